"""Whether what an authority has decided agrees: statuses, proposals, decisions, letters, mails and money."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from grantengine.bootstrap import Engine
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import Allocation, AwardLine, BudgetPart, Decision, Letter, ProposedCase
from grantengine.store.tables.operations import AuditEvent, OutboxMessage
from grantengine.store.unit_of_work import Reading

CONTACTS = 1
"""How many contacts each organisation has: each is told of each letter."""
GIVEN_BACK = {Status.WITHDRAWN, Status.DECLINED, Status.FORFEITED}


def way(verbs: Iterable[str]) -> str | None:
    """Where the verbs of a trail lead by the table of statuses; None: it allows no such way."""
    status: Status | None = None
    known = {one.verb: one for one in LIFECYCLE.transitions}
    for verb in verbs:
        step = known.get(verb)
        if step is None:
            continue
        if status not in step.sources and (status is not None or step.sources):
            return None
        status = step.to
    return str(status)


def disagreements(engine: Engine) -> list[str]:
    """Everything that one row says and another denies, over all calls."""
    with engine.store.read() as reading:
        found = _money(reading) + _proposals(reading)
        decisions, lines = _by(reading, Decision), _by(reading, AwardLine)
        letters, proposed = _by(reading, Letter), _by(reading, ProposedCase)
        mails = Counter(
            reading.session.scalars(select(OutboxMessage.about).where(OutboxMessage.template == "decision-letter"))
        )
        verbs = defaultdict(list)
        for id, verb in reading.session.execute(
            select(AuditEvent.aggregate_id, AuditEvent.verb)
            .where(AuditEvent.aggregate == "application")
            .order_by(AuditEvent.aggregate_id, AuditEvent.place)
        ):
            verbs[id].append(verb)
        for case in reading.session.scalars(select(Application).order_by(Application.id)):
            agree = _case(case, verbs[case.id], decisions[case.id], lines[case.id], letters[case.id], proposed[case.id])
            agree["mails"] = (mails[case.id], len(letters[case.id]) * CONTACTS)
            found += [f"{case.id} {name}: {one} and {other}" for name, (one, other) in agree.items() if one != other]
    return found


def _case(
    case: Application, verbs: Sequence[str], decisions: Sequence[Any], lines: Sequence[Any], letters: Sequence[Any],
    proposed: Sequence[Any],
) -> dict[str, tuple[Any, Any]]:  # fmt: skip
    times = Counter(verbs)
    last = decisions[-1] if decisions else None
    standing = [one for one in lines if one.freed_at is None]
    told = {one.decision_id for one in letters if one.kind == "decision"}
    has_grant = last is not None and case.status not in GIVEN_BACK
    taken: Counter[str] = Counter()
    for one in lines:
        taken[one.decision_id] += one.amount
    return {
        "status": (case.status, way(verbs)),
        "decided as often as told": (len(decisions), times["decide"] + times["move-up"]),
        "places": ([one.place for one in decisions], list(range(1, len(decisions) + 1))),
        "first decisions": (sum(one.place == 1 for one in decisions), min(1, len(decisions))),
        "settled": (sum(one.settled_at is None for one in proposed) <= 1, True),
        "money of decisions": ({one.id: one.granted for one in decisions if one.granted}, dict(taken)),
        "money that stands": (sum(one.amount for one in standing), last.granted if has_grant and last else 0),
        "of the last decision": ({one.decision_id for one in standing} <= ({last.id} if last else set()), True),
        "letters": (len(letters), len({one.mark for one in letters})),
        "letters of decisions": (len(told), times["grant"] + times["refuse"]),
        "letters of others": (told <= {one.id for one in decisions}, True),
        "marks": ({one.mark for one in letters}, {f"decision:{id}" for id in told}),
        "told before the next": (told >= {one.id for one in decisions[:-1]}, True),
        "told": (
            last is not None and last.id in told,
            case.status in {Status.GRANTED, Status.REFUSED, Status.DECLINED, Status.FORFEITED},
        ),
        "granted": (case.status == Status.GRANTED, bool(last and last.id in told and last.granted and has_grant)),
    }


def _proposals(reading: Reading) -> list[str]:
    """A proposal that is decided has a decision for each of its cases; one that is not has none."""
    found = []
    decided: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in reading.session.scalars(select(Decision)):
        decided[one.allocation_id][one.application_id] = one.granted
    cases = defaultdict(list)
    for row in reading.session.scalars(select(ProposedCase)):
        cases[row.allocation_id].append(row)
    told: Counter[str] = Counter()
    for event in reading.session.scalars(select(AuditEvent).where(AuditEvent.verb == "decided")):
        told.update(key for table, key, *_ in event.changes if table == "allocations")
    for allocation in reading.session.scalars(select(Allocation)):
        mine, is_decided = cases[allocation.id], allocation.status == "decided"
        wanted = {one.application_id: one.granted for one in mine} if is_decided else {}
        if decided[allocation.id] != wanted or not mine:
            found.append(f"proposal {allocation.id} is {allocation.status}, and is decided as {decided[allocation.id]}")
        open_cases = sum(one.settled_at is None for one in mine)
        if open_cases != (len(mine) if allocation.status in ("proposed", "approved") else 0):
            found.append(f"proposal {allocation.id} is {allocation.status} with {open_cases} open cases")
        if told[allocation.id] != is_decided:
            found.append(f"proposal {allocation.id} is {allocation.status}, and was told {told[allocation.id]} times")
    return found


def _money(reading: Reading) -> list[str]:
    """What is used of each part of a budget is what stands, and no more than there is."""
    stands: Counter[tuple[str, str]] = Counter()
    for line in reading.session.scalars(select(AwardLine).where(AwardLine.freed_at.is_(None))):
        stands[line.call_id, line.part] += line.amount
    found = []
    for part in reading.session.scalars(select(BudgetPart)):
        there = stands.pop((part.call_id, part.part), 0)
        if part.used != there or not 0 <= part.used <= part.budget:
            found.append(f"{part.used} of {part.budget} is used of {part.call_id} {part.part}, and {there} stands")
    return found + [f"{one} is of no budget" for one in stands]


def _by(reading: Reading, table: Any) -> defaultdict[str, list[Any]]:
    """The rows of a table by case, in the order they were written."""
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in reading.session.scalars(select(table).order_by(table.id)):
        rows[row.application_id].append(row)
    return rows
