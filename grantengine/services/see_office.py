"""The front page of someone of an authority: what waits for the person, and how it stands with the calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.call_cards import CallCard, all_cards
from grantengine.services.case_deadlines import promise_of_card, today
from grantengine.services.list_cases import WHO
from grantengine.store.waiting import KINDS, OwnCall, WaitingCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

MOST = 20
AGREE = frozenset({"approver", "leader"})
COUNTED = tuple(str(one) for one in Status if one not in (Status.DRAFT, Status.LAPSED, Status.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class ToDo:
    """A case that waits for a person: to ``handle``, to ``rate`` in a round, or to ``answer`` what the applicant has said."""

    kind: str
    application_id: str
    number: str
    status: str
    organisation: str
    call_id: str
    call: Mapping[str, str]
    round_id: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToAgree:
    """A proposal that another has made, and that waits for a second person."""

    id: str
    call: Mapping[str, str]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OfficeCall:
    """A call and how it stands with it: ``counts`` by status, of those that are ``overdue``, and of undecided ones without an
    ``owner``; more than a thousand are told as 1 001, and none to those who do not see its cases (``lists``).

    ``closes`` is the first instant that is too late. ``decided_by`` is when an answer is promised, or ``answer_days`` after
    each application. ``one_case``: the person only stands in in a single case of it.
    """

    id: str
    title: Mapping[str, str]
    authority: Mapping[str, str]
    opens: datetime | None
    closes: datetime | None
    decided_by: date | None
    answer_days: int | None
    roles: frozenset[str]
    lists: bool
    one_case: bool
    is_open: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfficePage:
    """What waits for a person: the first of each kind, and how many there are by kind. The calls, those first with which
    something is still to be done, the earliest deadline first; then the others, the latest first. ``after`` begins the next.

    ``authorities`` are those that the person works in, with the roles; ``proposals`` are in these calls, where the person may
    agree to them.
    """

    waiting: Mapping[str, tuple[ToDo, ...]]
    counts: Mapping[str, int]
    authorities: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...]
    calls: tuple[OfficeCall, ...]
    proposals: tuple[ToAgree, ...]
    after: str | None


def see_office(engine: Engine, by: By, *, after: str = "", limit: int = MOST) -> OfficePage:
    """What waits for whoever asks, over all calls, and the calls of all authorities that the person works or stands in in.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    limit = min(max(limit, 1), MOST)
    cards = {one.id: one for one in all_cards(engine)}
    with engine.store.read() as reading:
        user = user_of(reading, by)
        offices = reading.users.offices(user.id, by.at)
        instead = reading.waiting.stand_ins(user.id, by.at)
        roles: dict[str, set[str]] = {}
        for authority, role in offices:
            roles.setdefault(authority.id, set()).add(role)
        mine = reading.waiting.calls(roles, {call for call, _, _ in instead})
        ordered = sorted((one for one in mine if one.id in cards), key=_place)
        begun = next((place for place, one in enumerate(ordered, 1) if one.id == after), 0)
        page = ordered[begun : begun + limit]
        held = {one.id: _roles(one, roles, instead) for one in page}
        names = {authority.id: authority.name for authority, _ in offices}
        return OfficePage(
            {kind: _first(reading, by, cards, kind) for kind in KINDS}, reading.waiting.counts(user.id, by.at),
            tuple((names[id], tuple(sorted(those))) for id, those in roles.items()),
            _calls(reading, by, cards, page, held), _proposals(reading, user.id, cards, held),
            page[-1].id if begun + limit < len(ordered) else None,
        )  # fmt: skip


def _place(one: OwnCall) -> tuple[bool, float, str]:
    """Where a call stands: one that takes applications at any time stands first of those that have ended."""
    closes = one.closes_at.timestamp() if one.closes_at else float("inf")
    return (False, closes, one.id) if one.is_open else (True, -closes, one.id)


@dataclass(frozen=True, slots=True)
class _Held:
    """The roles of someone in a call: of all of it, and of a single case."""

    whole: frozenset[str]
    single: frozenset[str]


def _roles(one: OwnCall, roles: Mapping[str, set[str]], instead: Iterable[tuple[str, str, bool]]) -> _Held:
    mine = [(role, single) for call, role, single in instead if call == one.id]
    whole = {role for role, single in mine if not single} | roles.get(one.authority_id, set())
    return _Held(frozenset(whole), frozenset(role for role, single in mine if single))


def _proposals(
    reading: Reading, user_id: str, cards: Mapping[str, CallCard], held: Mapping[str, _Held]
) -> tuple[ToAgree, ...]:
    mine = {id for id, roles in held.items() if roles.whole & AGREE}
    found = reading.decisions.to_agree_to(mine, user_id, MOST)
    return tuple(ToAgree(one.id, cards[one.call_id].title, one.made_at) for one in found)


def _calls(
    reading: Reading, by: By, cards: Mapping[str, CallCard], page: Iterable[OwnCall], held: Mapping[str, _Held]
) -> tuple[OfficeCall, ...]:
    lists = {id for id, roles in held.items() if roles.whole & WHO}
    promises = {id: promise_of_card(cards[id].shown) for id in sorted(lists)}
    counts = reading.queues.counts(promises, COUNTED, today(by.at))
    return tuple(
        OfficeCall(
            one.id, cards[one.id].title, cards[one.id].authority, cards[one.id].opens, cards[one.id].closes,
            cards[one.id].shown.decided_by, cards[one.id].shown.answer_days,
            held[one.id].whole | held[one.id].single, one.id in lists, not held[one.id].whole, one.is_open,
            counts.get(one.id, {}),
        )
        for one in page
    )  # fmt: skip


def _first(reading: Reading, by: By, cards: Mapping[str, CallCard], kind: str) -> tuple[ToDo, ...]:
    return tuple(_to_do(cards, kind, one) for one in reading.waiting.first(kind, by.id or "", by.at))


def _to_do(cards: Mapping[str, CallCard], kind: str, one: WaitingCase) -> ToDo:
    case, card = one.case, cards.get(one.case.call_id)
    return ToDo(
        kind, case.id, case.number, case.status, one.organisation, case.call_id, card.title if card else {}, one.round_id,
        case.submitted_at,
    )  # fmt: skip
