"""A handler sets what a case gets, with a reason; what that does to the others is reckoned, and can be seen first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.evaluate import Outcome
from grantengine.money import format_ore
from grantengine.outcome_json import case_json
from grantengine.records import By, Ground
from grantengine.services.access import user_of
from grantengine.services.people_input import Checks
from grantengine.services.proposals import Opened, Record, allocation_for, check_open, check_seen, evaluated, lines_of
from grantengine.store.tables.decisions import ProposedCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

WHO = {"handler", "leader"}


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change does to one case: hundredths of the call's currency or unit, and the ground, before and after."""

    application_id: str
    number: str
    before: int
    after: int
    ground: str


@dataclass(frozen=True, slots=True)
class Hand:
    """What a handler sets for a case: ``amount`` in hundredths (for each year of the budget), None: as the rules say."""

    amount: int | None
    reason: str


def set_by_hand(
    engine: Engine, by: By, allocation_id: str, application_id: str, amount: str | None, *, reason: str,
    seen: str | None = None,
) -> tuple[Moved, ...]:  # fmt: skip
    """Set what a case gets (``"120000"``, ``"0"``; for each year of the budget), or let the rules say it again (None).

    What is left is shared anew among the others by the rules; all whom it moves are returned.

    :param seen: the mark of the proposal for which it was seen whom it moves.
    :raises InputError: ``reason-missing``, or a sum that is none.
    :raises NotFoundError: ``allocation-not-found``, ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``allocation-settled``; ``proposal-changed`` since; ``by-hand-not-given``: the case does not
        meet the conditions, or is not rated, and gets nothing by hand either; ``proposal-outdated``: a case has been erased
        since.
    :raises EvaluationError: ``by-hand-over-budget``, ``by-hand-not-whole``.
    """
    hand = _hand(amount, reason)
    with engine.store.work(by) as work:
        opened = allocation_for(engine, work, by, allocation_id, WHO, lock=True)
        check_open(opened.allocation, "proposed")
        check_seen(opened, seen)
        case = _case(opened, application_id)
        moved = change_cases(engine, work, opened, {case.application_id: hand}, user_of(work, by).id)
        work.record(
            "proposal-changed", opened.call, allocation=allocation_id, application=application_id, reason=hand.reason
        )  # fmt: skip
        return moved


def see_hand_move(
    engine: Engine, by: By, allocation_id: str, application_id: str, amount: str | None
) -> tuple[Moved, ...]:
    """What :func:`set_by_hand` would do to this and the other cases; nothing is changed.

    :raises InputError: a sum that is none.
    :raises NotFoundError: ``allocation-not-found``, ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``by-hand-not-given``, ``proposal-outdated``.
    :raises EvaluationError: ``by-hand-over-budget``, ``by-hand-not-whole``.
    """
    hand = _hand(amount, "–")
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
        case = _case(opened, application_id)
    return moved_by(engine, opened, {case.application_id: hand})


def moved_by(engine: Engine, opened: Opened, hands: Mapping[str, Hand]) -> tuple[Moved, ...]:
    """Whom it would move to set these cases by hand.

    :raises NotPossibleError: ``by-hand-not-given``, ``proposal-outdated``.
    :raises EvaluationError: ``by-hand-over-budget``, ``by-hand-not-whole``.
    """
    return _moved(opened, _evaluated(engine, opened, hands))


def change_cases(
    engine: Engine, work: Work, opened: Opened, hands: Mapping[str, Hand], user_id: str
) -> tuple[Moved, ...]:
    """Evaluate the proposal with what is set by hand, and write down what became of every case.

    :raises NotPossibleError: ``by-hand-not-given``, ``proposal-outdated``.
    :raises EvaluationError: ``by-hand-over-budget``, ``by-hand-not-whole``.
    """
    outcome = _evaluated(engine, opened, hands)
    moved = _moved(opened, outcome)
    for position, case in enumerate(opened.cases):
        hand, told = hands.get(case.application_id), case_json(outcome, position)
        # Also whoever gets the same may have another place in the reserve now.
        if hand is None and told == case.outcome and case.granted == outcome.granted[position]:
            continue
        if hand is not None:
            case.record = with_hand(case.record or {}, hand)
            case.hand_reason = None if hand.amount is None else hand.reason
            case.hand_by = None if hand.amount is None else user_id
        case.granted, case.ground = int(outcome.granted[position]), outcome.ground(position) or ""
        if case.ground != Ground.SET_BY_HAND:
            case.computed = case.granted
        case.outcome, case.lines = told, lines_of(outcome, position)
        application = opened.applications[case.application_id]
        details = {"reason": hand.reason} if hand else {}
        work.record("proposed", application, allocation=case.allocation_id, granted=case.granted, **details)
    return moved


def _hand(amount: str | None, reason: str) -> Hand:
    checks = Checks()
    told = checks.reason(reason)
    sum = None if amount is None else checks.amount(amount)
    checks.done()
    return Hand(sum, told)


def _case(opened: Opened, application_id: str) -> ProposedCase:
    case = next((one for one in opened.cases if one.application_id == application_id), None)
    if case is None:
        raise NotFoundError("application-not-found")
    return case


def _evaluated(engine: Engine, opened: Opened, hands: Mapping[str, Hand]) -> Outcome:
    """What comes of the proposal with what is set by hand.

    :raises NotPossibleError: ``proposal-outdated``: a case has been erased since; ``by-hand-not-given``.
    """
    erased = [opened.applications[case.application_id].number for case in opened.cases if case.record is None]
    if erased:
        raise NotPossibleError("proposal-outdated", count=len(erased), numbers=erased[:10])
    records: list[Record] = []
    for case in opened.cases:
        hand = hands.get(case.application_id)
        records.append(dict(case.record or {}) if hand is None else with_hand(case.record or {}, hand))
    as_of = date.fromisoformat(opened.allocation.as_of)
    outcome = evaluated(engine, opened.plan, records, as_of=as_of, committed=opened.allocation.committed)
    _check_given(opened, hands, outcome)
    return outcome


def _check_given(opened: Opened, hands: Mapping[str, Hand], outcome: Outcome) -> None:
    """What is set by hand is what the cases get.

    :raises NotPossibleError: ``by-hand-not-given``: a condition is not met, or points are lacking.
    """
    set_now = {id for id, hand in hands.items() if hand.amount is not None}
    numbers = [
        opened.applications[case.application_id].number
        for position, case in enumerate(opened.cases)
        if case.application_id in set_now and outcome.ground(position) != Ground.SET_BY_HAND
    ]
    if numbers:
        raise NotPossibleError("by-hand-not-given", numbers=numbers[:10])


def with_hand(record: Mapping[str, Any], hand: Hand) -> Record:
    """The record with what is set by hand, or without."""
    changed = {name: value for name, value in record.items() if name != "set_by_hand"}
    if hand.amount is not None:
        changed["set_by_hand"] = {"amount": format_ore(hand.amount), "reason": hand.reason}
    return changed


def _moved(opened: Opened, outcome: Outcome) -> tuple[Moved, ...]:
    found = []
    for position, case in enumerate(opened.cases):
        after, ground = int(outcome.granted[position]), outcome.ground(position) or ""
        if (after, ground) != (case.granted, case.ground):
            number = opened.applications[case.application_id].number
            found.append(Moved(case.application_id, number, case.granted, after, ground))
    return tuple(found)
