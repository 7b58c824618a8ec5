"""A proposal for who gets what: for a call, a strand, or those who have come so far where they come at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.errors import DuplicateError, NotFoundError, NotPossibleError
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import call_for, check_impartial, user_of
from grantengine.services.blockers import BlockedError, Blocker, blockers_of
from grantengine.services.budgets import keep_budgets, used_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.proposals import evaluated, new_allocation, propose
from grantengine.services.stored_cases import StoredCase, stored_cases
from grantengine.services.tell_proposal import tell_proposed
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.outcome import Outcome
    from grantengine.store.unit_of_work import Reading

WAITING = frozenset({Status.SUBMITTED, Status.CHANGES_ASKED, Status.UNCONFIRMED})
PROPOSERS = {"handler", "leader"}
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a call are to be shared among: those of a strand, and those that came before an instant."""

    strand: str | None
    before: datetime | None
    kind: str


def allocate_call(engine: Engine, by: By, call_id: str, *, strand: str | None = None, until: date | None = None) -> str:
    """Propose who gets what, by the rules of the call; returns the proposal's id. Nothing is decided by it.

    :param strand: only the cases of this strand.
    :param until: where applications are taken at any time: those of this day and before (default: until yesterday).
    :raises BlockedError: cases are to be clarified first; they are listed.
    :raises NotFoundError: ``call-not-found``, ``strand-unknown``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``call-still-open``, ``nothing-to-allocate``, ``batch-of-what``, ``batch-not-over``,
        ``case-in-other-proposal``.
    :raises EvaluationError: a rule can not be computed.
    """
    with engine.store.read() as reading:
        call, plan, cases, wanted = _cases(engine, reading, by, call_id, strand, until)
        committed = used_of(reading, call_id)
        outcome = evaluated(
            engine, plan, [case.record for case in cases], as_of=engine.today(), committed=committed
        )  # fmt: skip
        blockers = _blockers(reading, plan, cases, outcome, by.at)
    if blockers:
        raise BlockedError(blockers)
    try:
        with engine.store.work(by) as work:
            call = call_for(work, by, call_id, PROPOSERS)
            applications = work.cases.by_ids([case.application.id for case in cases], lock=True)
            check_impartial(work, by, applications.values())
            keep_budgets(work, plan, call_id)
            allocation = new_allocation(
                engine, work, call, plan, kind=wanted.kind, as_of=outcome.as_of, committed=committed, strand=strand,
                made_by=user_of(work, by).id,
            )  # fmt: skip
            kept = [applications[case.application.id] for case in cases]
            propose(work, allocation, outcome, [case.record for case in cases], kept)
            work.record("allocated", call, allocation=allocation.id, cases=len(cases), granted=outcome.granted_in_all)
            tell_proposed(engine, work, call, plan, allocation, kept, outcome.granted_in_all)
            return allocation.id
    except DuplicateError as error:
        raise NotPossibleError("case-in-other-proposal") from error


def see_blockers(
    engine: Engine, by: By, call_id: str, *, strand: str | None = None, until: date | None = None
) -> tuple[Blocker, ...]:
    """What must be clarified before :func:`allocate_call` can do its work; empty: nothing.

    :raises NotFoundError: ``call-not-found``, ``strand-unknown``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: as there.
    """
    with engine.store.read() as reading:
        _, plan, cases, _ = _cases(engine, reading, by, call_id, strand, until)
        records = [case.record for case in cases]
        outcome = evaluated(engine, plan, records, as_of=engine.today(), committed=used_of(reading, call_id))
        return tuple(_blockers(reading, plan, cases, outcome, by.at))


def _cases(
    engine: Engine, work: Reading, by: By, call_id: str, strand: str | None, until: date | None
) -> tuple[Call, Plan, list[StoredCase], Wanted]:
    """What is to be shared among.

    :raises NotPossibleError: ``nothing-to-allocate``, or ``case-in-other-proposal``.
    """
    call = call_for(work, by, call_id, PROPOSERS)
    plan = plan_of_call(engine, work, call)
    wanted = _wanted(plan, call, strand, until, by.at)
    found = [case for case in stored_cases(engine, work, plan, call_id, WAITING) if _is_wanted(case, wanted)]
    check_impartial(work, by, [case.application for case in found])
    if all(case.application.status == Status.UNCONFIRMED for case in found):
        raise NotPossibleError("nothing-to-allocate")
    if work.decisions.in_open_proposal(call_id) & {case.application.id for case in found}:
        raise NotPossibleError("case-in-other-proposal")
    return call, plan, found, wanted


def _is_wanted(case: StoredCase, wanted: Wanted) -> bool:
    one = case.application
    if wanted.strand is not None and one.strand != wanted.strand:
        return False
    return wanted.before is None or (one.submitted_at is not None and one.submitted_at < wanted.before)


def _wanted(plan: Plan, call: Call, strand: str | None, until: date | None, at: datetime) -> Wanted:
    """Which cases, by how they come in.

    :raises NotPossibleError: ``call-still-open`` or ``batch-of-what``.
    """
    known, checks = [one.id for one in plan.strands], Checks()
    if strand is not None and strand not in known:
        raise NotFoundError("strand-unknown", got=str(strand)[:80], choices=known)
    until = checks.day(until, "until")
    checks.done()
    if plan.intake.kind == "rolling":
        today = at.astimezone(OSLO).date()
        day = until or today - timedelta(days=1)
        if day >= today:
            raise NotPossibleError("batch-not-over", until=day.isoformat())
        return Wanted(strand, datetime.combine(day + timedelta(days=1), time(), OSLO).astimezone(UTC), "batch")
    if until is not None:
        raise NotPossibleError("batch-of-what")
    if plan.intake.kind == "deadlines":
        now = int(at.timestamp() * 1_000_000)
        passed = [one.closes for one in plan.intake.deadlines if one.closes <= now]
        if not passed:
            raise NotPossibleError("call-still-open")
        # Who was let in after the last deadline belongs to the last.
        is_last = len(passed) == len(plan.intake.deadlines)
        return Wanted(strand, None if is_last else datetime.fromtimestamp(max(passed) / 1_000_000, UTC), "batch")
    if call.closes_at is None or call.closes_at > at:
        raise NotPossibleError("call-still-open")
    return Wanted(strand, None, "strand" if strand else "call")


def _blockers(work: Reading, plan: Plan, cases: Sequence[StoredCase], outcome: Outcome, at: datetime) -> list[Blocker]:
    """What the cases wait for, and the later deadlines that still run."""
    if plan.intake.kind == "rolling":
        running = []
    else:
        running = [one for one in work.cases.extensions(cases[0].application.call_id) if one.closes_at > at]
    later = [Blocker("", "", "extension", (one.closes_at.isoformat(),)) for one in running]
    return [*blockers_of(work, plan, cases, outcome), *later]
