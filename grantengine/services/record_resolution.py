"""What a committee has resolved about a proposal is written down, and becomes the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.approve_allocation import Decided, check_current, decide, decided_as
from grantengine.services.change_proposal import Hand, Moved, change_cases, moved_by, with_hand
from grantengine.services.decision_letter import OSLO
from grantengine.services.people_input import Checks
from grantengine.services.proposals import Opened, allocation_for, check_open

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

WHO = {"handler", "leader"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a committee resolved: who, when, where it stands, and what is set otherwise than proposed."""

    committee: str
    day: date
    reference: str
    hands: Mapping[str, Hand]

    @property
    def resolution(self) -> dict[str, str]:
        """As it is kept with the proposal."""
        return {"committee": self.committee, "date": self.day.isoformat(), "reference": self.reference}


def record_resolution(
    engine: Engine, by: By, allocation_id: str, *, committee: str, on: date, reference: str,
    changes: Mapping[str, tuple[str, str]] | None = None,
) -> Decided:  # fmt: skip
    """Write down what a committee resolved: as proposed, or with other amounts for some cases, each with its reason.

    :param on: the day of the meeting.
    :param reference: where it stands in the committee's minutes.
    :param changes: amount and reason by application.
    :raises InputError: every field that does not fit; ``case-not-in-proposal``.
    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``no-committee``: the administration decides; ``allocation-not-approved``: the second person has
        not agreed yet; ``resolved-before-submitted``: the meeting was before the last application came;
        ``allocation-settled``: also where other amounts were written down before; ``by-hand-not-given``,
        ``proposal-outdated``, ``proposal-of-other-call``, ``budget-exceeded``.
    :raises EvaluationError: the committee gave more than there is.
    """
    told = _told(engine, committee, on, reference, changes)
    hands = told.hands
    with engine.store.work(by) as work:
        opened = allocation_for(engine, work, by, allocation_id, WHO, lock=True)
        allocation = opened.allocation
        resolution = told.resolution
        if allocation.status == "decided" and allocation.resolution == resolution and _as_kept(opened, hands):
            return decided_as(opened)
        _check_ready(opened)
        _check_day(opened, told.day)
        check_current(engine, work, opened)
        _check_cases(opened, hands)
        user = user_of(work, by)
        if hands:
            change_cases(engine, work, opened, hands, user.id)
        allocation.resolution = resolution
        work.record("resolved", opened.call, allocation=allocation_id, **resolution)
        return decide(engine, work, opened, user.id)


def see_resolution(
    engine: Engine, by: By, allocation_id: str, *, committee: str, on: date, reference: str,
    changes: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Moved, ...]:  # fmt: skip
    """Whom :func:`record_resolution` would give something else than is proposed; nothing is changed.

    :raises InputError: as there, and all the other errors too, but for what others do meanwhile.
    """
    told = _told(engine, committee, on, reference, changes)
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
    _check_ready(opened)
    _check_day(opened, told.day)
    _check_cases(opened, told.hands)
    return moved_by(engine, opened, told.hands) if told.hands else ()


def _told(
    engine: Engine, committee: str, on: date | None, reference: str, changes: Mapping[str, tuple[str, str]] | None
) -> _Told:
    """What a committee resolved.

    :raises InputError: every field that does not fit.
    """
    checks = Checks()
    name, where = checks.name(committee, "committee"), checks.reason(reference, "reference", 200)
    day = checks.day(on, "on")
    if on is None:
        checks.add("field-missing", "on")
    if day is not None and day > engine.today():
        checks.add("date-ahead", "on")
    hands = _hands(checks, checks.record(changes, "changes"))
    checks.done()
    assert day is not None  # that it is missing has been told
    return _Told(name, day, where, hands)


def _check_cases(opened: Opened, hands: Mapping[str, Hand]) -> None:
    """What was changed are cases of the proposal.

    :raises InputError: ``case-not-in-proposal``.
    """
    checks = Checks()
    for id in sorted(hands.keys() - opened.applications.keys()):
        checks.add("case-not-in-proposal", f"changes/{id}")
    checks.done()


def _hands(checks: Checks, changes: Mapping[str, Any]) -> dict[str, Hand]:
    hands = {}
    for id, said in changes.items():
        amount, reason = said if isinstance(said, list | tuple) and len(said) == 2 else (None, None)
        sum = checks.amount(amount, f"changes/{id}/amount")
        hands[id] = Hand(sum, checks.reason(reason, f"changes/{id}/reason"))
    return hands


def _as_kept(opened: Opened, hands: Mapping[str, Hand]) -> bool:
    """Whether these amounts are the ones that were written down: told again, and not told otherwise."""
    kept = {case.application_id: (case.record or {}).get("set_by_hand") for case in opened.cases}
    return all(kept.get(id) == with_hand({}, hand)["set_by_hand"] for id, hand in hands.items())


def _check_day(opened: Opened, day: date) -> None:
    """No committee has decided about what had not come yet.

    :raises NotPossibleError: ``resolved-before-submitted``.
    """
    came = [one.submitted_at.astimezone(OSLO).date() for one in opened.applications.values() if one.submitted_at]
    if came and day < max(came):
        raise NotPossibleError("resolved-before-submitted", came=max(came).isoformat())


def _check_ready(opened: Opened) -> None:
    """The proposal is one that a committee can decide now.

    :raises NotPossibleError: ``no-committee``, ``allocation-settled`` or ``allocation-not-approved``.
    """
    decision = opened.plan.scheme.decision
    if decision.by != "committee":
        raise NotPossibleError("no-committee")
    check_open(opened.allocation)
    if opened.allocation.status == "proposed" and decision.second_person != "none":
        raise NotPossibleError("allocation-not-approved")
