"""What someone who acts for organisations can do next: each thing with its minutes, and with its deadline where it has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError
from grantengine.form.answers import check_answers, check_draft
from grantengine.form.build import Form
from grantengine.form.progress import minutes_left, progress, shown_fields
from grantengine.lifecycle import IN_REVIEW, Status
from grantengine.records import By
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Interest
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

SIGNS = frozenset({"contact", "signatory"})
READ_THROUGH = 5
"""Minutes to read through what is written and hand it in."""
MINUTES = {
    "confirm": 10, "answer": 5, "letter": 5, "partners": 2, "book": 3, "host": 5, "member": 2, "contact": 3,
}  # fmt: skip
"""Minutes for what has no form to count: the more urgent of what has no deadline first."""
WAITS = frozenset({Status.DRAFT, *IN_REVIEW})
SPOKEN_OF = frozenset({*IN_REVIEW, Status.DECIDED})
"""Where questions may still be answered; what is decided looks like what is submitted until its letter has gone out."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, of a ``kind``: ``write``, ``confirm`` (what was told and written down), ``change``, ``complete``,
    ``answer`` (a question), ``letter``, ``partners`` (that have not answered), ``meeting`` (one that is booked), ``book``,
    ``host`` (someone asks), ``member`` (someone asks a network), ``contact`` (there is only one).

    ``minutes`` is what it takes; of a meeting, how long it is. ``due`` is the first instant that is too late; of a meeting,
    when it begins. ``names`` are of partners or of those who ask, ``id`` is that of the thread, letter or round.
    """

    kind: str
    minutes: int
    due: datetime | None
    organisation_id: str
    organisation: str
    application_id: str | None = None
    number: str | None = None
    call_id: str | None = None
    call: Mapping[str, str] | None = None
    id: str | None = None
    names: tuple[str, ...] = ()


class Tasks:
    """Gathers what waits for someone, in a number of statements that does not depend on how much there is."""

    def __init__(self, engine: Engine, reading: Reading, by: By, acts_for: Iterable[tuple[Organisation, str]]) -> None:
        self.engine, self.reading, self.by = engine, reading, by
        self.names: dict[str, str] = {}
        self.in_role: dict[str, set[str]] = {"contact": set(), "signatory": set(), "writer": set()}
        for organisation, role in acts_for:
            self.names[organisation.id] = organisation.name
            self.in_role[role].add(organisation.id)
        self.signs = self.in_role["contact"] | self.in_role["signatory"]
        self._digests: dict[str, str] = {}

    def all(self) -> tuple[Task, ...]:
        """Everything, what is due first in front; then what has no deadline."""
        own, ids = self.reading.own, sorted(self.names)
        written = own.being_written(ids, self.by.at)
        asked, handed_in = own.changes_asked(ids), own.handed_in(ids)
        here = [(one, call) for one, call, _, _ in written if one.status == Status.DRAFT]
        here += [(one, call) for one, call, _ in asked] + [(one, call) for one, call, _ in handed_in]
        calls = {call.id: call for call in (*(call for _, call in here), *(call for _, call, *_ in written))}
        self._digests = self.reading.schemes.digests({call.version_id for call in calls.values()})
        found = [
            *(self._to_write(one, call, draft.answers, later) for one, call, draft, later in written),
            *(self._to_change(one, call, request.questions, request.due_at) for one, call, request in asked),
            *self._to_complete((one, call, revision.answers or {}) for one, call, revision in handed_in),
            *self._from_others(),
            *self._meetings(here, calls),
            *self._of_organisations(),
        ]
        return tuple(sorted((one for one in found if one is not None), key=_urgency))

    def _task(self, kind: str, one: Application, call: Call, **more: Any) -> Task:
        minutes = more.pop("minutes", None)
        return Task(
            kind, max(1, round(MINUTES[kind] if minutes is None else minutes)), more.pop("due", None),
            one.organisation_id, self.names[one.organisation_id], one.id, one.number, call.id, call.title, **more,
        )  # fmt: skip

    def _plan(self, call: Call) -> Plan:
        return plan_of_call(self.engine, self.reading, call, self._digests.get(call.version_id))

    def _to_write(
        self, one: Application, call: Call, answers: Mapping[str, Any], later: datetime | None
    ) -> Task | None:
        if one.status == Status.UNCONFIRMED:
            return self._task("confirm", one, call) if one.organisation_id in self.signs else None
        due = max((at for at in (call.closes_at, later) if at is not None), default=None) if call.closes_at else None
        left = _minutes_left(self._plan(call).form, answers)
        return self._task("write", one, call, minutes=left + READ_THROUGH, due=due)

    def _to_change(self, one: Application, call: Call, questions: Iterable[str], due: datetime) -> Task:
        by_id = self._plan(call).form.by_id
        minutes = sum(by_id[name].minutes for name in questions if name in by_id)
        return self._task("change", one, call, minutes=minutes + READ_THROUGH, due=due)

    def _to_complete(self, handed_in: Iterable[tuple[Application, Call, Mapping[str, Any]]]) -> Iterator[Task]:
        """What was not needed to hand in, and is needed to decide."""
        for one, call, answers in handed_in:
            form = self._plan(call).form
            try:
                lacking = check_answers(form, answers, audience="cases").missing_to_decide
            except AnswersError:  # it has been erased, or lacks what the form asks for in another way
                continue
            if lacking:
                yield self._task("complete", one, call, minutes=sum(form.by_id[name].minutes for name in lacking))

    def _from_others(self) -> Iterator[Task]:
        """Questions of the authority, its decisions, and partners that have not answered."""
        own, ids = self.reading.own, sorted(self.names)
        for (one, call), thread in own.questions_asked(ids, SPOKEN_OF):
            yield self._task("answer", one, call, id=thread.id)
        for (one, call), letter in own.letters_told(ids, self.by.at):
            yield self._task("letter", one, call, due=letter.appeal_until, id=letter.id)
        waiting: dict[str, Task] = {}
        for (one, call), partner in own.partners_asked(ids, WAITS, self.by.at):
            task = waiting.get(one.id) or self._task("partners", one, call, due=call.closes_at)
            waiting[one.id] = replace(task, names=(*task.names, partner.name))
        yield from waiting.values()

    def _meetings(self, cases: list[tuple[Application, Call]], calls: Mapping[str, Call]) -> Iterator[Task]:
        own, booked = self.reading.own, set()
        for booking, slot, call in own.meetings_ahead(sorted(self.names), self.by.at):
            booked.add((call.id, slot.round_id, booking.organisation_id))
            yield Task(
                "meeting", round((slot.ends_at - slot.starts_at).total_seconds() / 60), slot.starts_at,
                booking.organisation_id, self.names[booking.organisation_id], booking.application_id, None, call.id,
                call.title, slot.round_id, (slot.place,),
            )  # fmt: skip
        free: dict[str, dict[str, set[str]]] = {}
        for call_id, round_id, user_id in own.free_times(calls, self.by.at):
            free.setdefault(call_id, {}).setdefault(round_id, set()).add(user_id)
        ties, panels = own.ties(calls), own.panels(calls)
        for one, call in cases:
            away = kept_from(one, ties)
            for round_id, users in free.get(call.id, {}).items():
                mark = (call.id, round_id, one.organisation_id)
                panel = panels.get((call.id, round_id))
                heard = set(panel.members) if panel else None
                if mark not in booked and users - away and self._may_meet(one, call, round_id, heard, away):
                    booked.add(mark)
                    yield self._task("book", one, call, id=round_id)

    def _may_meet(self, one: Application, call: Call, round_id: str, heard: set[str] | None, away: set[str]) -> bool:
        """Whether a time of this round can be booked: not where a rule has to be asked first, nor where someone of the panel
        may not hear this one, of which nothing is told.
        """
        round = self._plan(call).round(round_id)
        if round is None or round.rule is not None:
            return False
        if "pitch" in round.terms.allows:
            return one.status in IN_REVIEW and heard is not None and not heard & away
        return "meet" in round.terms.allows

    def _of_organisations(self) -> Iterator[Task]:
        own = self.reading.own
        for host, name in own.hosts_asked(self.signs):
            yield self._about("host", host.host_id, host.organisation_id, name)
        for member, name in own.memberships_asked(self.signs):
            yield self._about("member", member.network_id, member.organisation_id, name)
        for id in sorted(own.single_contacts(self.in_role["contact"], self.by.at)):
            yield self._about("contact", id, None)

    def _about(self, kind: str, organisation_id: str, id: str | None, *names: str) -> Task:
        return Task(kind, MINUTES[kind], None, organisation_id, self.names[organisation_id], id=id, names=names)


def kept_from(one: Application, ties: Iterable[Interest]) -> set[str]:
    """The users whom a tie keeps away from an application; one that nobody has decided about does."""
    touched = {one.organisation_id, *([one.host_id] if one.host_id else [])}
    return {
        tie.user_id for tie in ties if tie.call_id == one.call_id and (tie.whole_call or tie.organisation_id in touched)
    }


def _minutes_left(form: Form, answers: Mapping[str, Any]) -> int:
    """Minutes that the form still takes, as its own pages say."""
    return minutes_left(progress(form, answers, shown_fields(form, answers), check_draft(form, answers)))


def _urgency(task: Task) -> tuple[bool, float, int, str]:
    kinds = [*MINUTES]
    place = kinds.index(task.kind) if task.kind in kinds else -1
    return task.due is None, task.due.timestamp() if task.due else 0, place, task.application_id or task.organisation_id
