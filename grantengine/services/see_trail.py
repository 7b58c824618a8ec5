"""The audit trail of a case, a call or an authority, as people read it: who did what and when, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import application_for, authority_for, call_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.see_desk import CallDesk, CaseDesk, call_desk_of, case_desk_of
from grantengine.services.thread_parties import party_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Authority
from grantengine.store.tables.schemes import Call
from grantengine.store.trail import Event, TrailLine

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading

AT_ONCE = 50
OF_CALL = frozenset({"handler", "leader", "administrator"})
WHILE_WRITING = frozenset({"draft-saved"})
"""What an applicant did while writing is the applicant's own: how often a draft was saved is not told."""
PEOPLE, ORGANISATIONS = ("user", "with_", "members", "present"), ("organisation", "host", "sender")
SUMS = ("granted", "freed")
TEXTS = ("reason", "note", "words", "committee", "reference")
ORDER = (
    "user", "with_", "role", "members", "present", "organisation", "host", "round", "questions", "channel", "in_time",
    "cases", "letters", "count", "granted", "freed", "version", "key", "due", "closes", "expected", "committee",
    "reference", "date", "reason", "note", "words",
)  # fmt: skip
"""The details that are shown, in this order; whatever else an event says is of ids and rows."""
OF_MARKS = "assessment-revised"
"""An assessor has changed marks: who is still to give the own is not told why."""
OF_ONE_CASE = ("application", "organisation")
"""In the trail of a call, free words about one applicant are not told: they are for those who may open the case."""


@dataclass(frozen=True, slots=True)
class Told:
    """A detail of an event: what it is, and its value as it is shown. ``sums`` are in hundredths."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: ``who`` did it, by name (None: nobody who had signed in), and as what (``user``, ``link``, ``system``)."""

    at: datetime
    kind: str
    who: str | None
    verb: str
    details: tuple[Told, ...]
    erased: bool
    place: int
    hash: str


@dataclass(frozen=True, slots=True)
class TrailSeen:
    """A page of a trail, newest first; ``before`` begins the next one, None where this is the last. ``desk`` is of the call
    or the case; ``authority`` is named where it is the trail of one. Sums are in ``currency``.
    """

    events: tuple[Happened, ...]
    before: int | None
    desk: CaseDesk | CallDesk | None = None
    authority: Mapping[str, str] = field(default_factory=dict)
    currency: str = "NOK"


def see_case_trail(engine: Engine, by: By, application_id: str, *, before: int | None = None) -> TrailSeen:
    """What has happened to a case, for its handlers. That it is read is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, HANDLERS)
        reader = reader_of(reading, by, one)
        plan = plan_of_call(engine, reading, reading.schemes.call_of(one))
        lines = _lines(reading, Application.aggregate, one.id, before)
        desk = case_desk_of(engine, reading, by, one)
        owes = by.kind == "user" and bool(party_of(reading, by, one).owes)
        found = _seen(reading, lines, plan, desk=desk, unspoken=(OF_MARKS,) if owes else ())
    keep_read(engine, by, reader, "application")
    return found


def see_call_trail(engine: Engine, by: By, call_id: str, *, before: int | None = None) -> TrailSeen:
    """What has happened to a call, but for what has been written of one applicant: that stands in the trail of the case.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, OF_CALL)
        plan, lines = plan_of_call(engine, reading, call), _lines(reading, Call.aggregate, call_id, before)
        return _seen(reading, lines, plan, desk=call_desk_of(engine, reading, by, call, plan))


def see_authority_trail(engine: Engine, by: By, authority_id: str, *, before: int | None = None) -> TrailSeen:
    """What has happened to an authority: its people, its letters, and grants that were brought in.

    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        authority = authority_for(reading, by, authority_id, {"administrator"})
        lines = _lines(reading, Authority.aggregate, authority_id, before)
        return _seen(reading, lines, None, authority=authority.name)


def _lines(work: Reading, aggregate: str, id: str, before: int | None) -> list[TrailLine]:
    return work.trail.page(aggregate, id, before=before, but_for=WHILE_WRITING, limit=AT_ONCE + 1)


def _seen(
    work: Reading, found: Sequence[TrailLine], plan: Plan | None, *, desk: CaseDesk | CallDesk | None = None,
    authority: Mapping[str, str] | None = None, unspoken: Collection[str] = (),
) -> TrailSeen:  # fmt: skip
    lines = found[:AT_ONCE]
    names = _Names(work, lines, plan)
    of_call = isinstance(desk, CallDesk)

    def wordless(event: Event) -> bool:
        return (of_call and _of_one(event)) or event.verb in unspoken

    events = tuple(
        Happened(
            line.event.at, line.event.actor_kind, names.who(line), line.event.verb,
            tuple(names.told(line.event, wordless=wordless(line.event))), line.erased, line.place, line.hash,
        )
        for line in lines
    )  # fmt: skip
    more = lines[-1].place if len(found) > AT_ONCE else None
    return TrailSeen(events, more, desk, authority or {}, plan.currency if plan else "NOK")


class _Names:
    """The names of those whom some events tell of, in two statements, and of what a scheme calls its things."""

    def __init__(self, work: Reading, lines: Iterable[TrailLine], plan: Plan | None) -> None:
        events = [line.event for line in lines]
        told = [event.details or {} for event in events]
        people = {id for one in told for name in PEOPLE for id in _ids(one.get(name))}
        people |= {event.actor_id for event in events if event.actor_kind == "user" and event.actor_id}
        self.people = work.users.named(people)
        self.organisations = work.organisations.names(
            {id for one in told for name in ORGANISATIONS for id in _ids(one.get(name))}
        )
        self.rounds = {one.id: dict(one.title) for one in plan.scheme.rounds if one.title} if plan else {}
        self.questions = {id: dict(asked.label) for id, asked in plan.form.by_id.items()} if plan else {}

    def who(self, line: TrailLine) -> str | None:
        """Who did it, by name."""
        event = line.event
        return self.people.get(event.actor_id or "") if event.actor_kind == "user" else None

    def told(self, event: Event, *, wordless: bool) -> Iterable[Told]:
        """The details that are shown, with names instead of ids; who did it to oneself is named once. ``wordless``: none of
        the free words.
        """
        details = event.details or {}
        for name in ORDER:
            value = details.get(name)
            if value in (None, "", []) or (wordless and name in TEXTS) or (name == "user" and value == event.actor_id):
                continue
            shown = self._shown(name, value)
            if shown not in (None, "", ()):
                yield Told(name, shown)

    def _shown(self, name: str, value: Any) -> Any:
        if name in PEOPLE:
            return tuple(self.people[id] for id in _ids(value) if id in self.people)
        if name in ORGANISATIONS:
            return tuple(self.organisations[id] for id in _ids(value) if id in self.organisations)
        if name == "round":
            return self.rounds.get(str(value))
        if name == "questions":
            return tuple(self.questions[id] for id in _ids(value) if id in self.questions)
        return value if isinstance(value, str | int | bool) else None


def _of_one(event: Event) -> bool:
    """Whether an event of a call is about one applicant."""
    return any(name in (event.details or {}) for name in OF_ONE_CASE)


def _ids(value: Any) -> tuple[str, ...]:
    """One id, or several."""
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else ()
