"""What those who decide, and those who are decided about, were told, held against what the store has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from faults.journal import Line
from sqlalchemy import func, select

from grantengine.bootstrap import Engine
from grantengine.store.tables.operations import AuditEvent
from grantengine.store.unit_of_work import Reading

EVENTS = {
    "allocate": "allocated", "reserve": "reserve-allocated", "approve": "decided", "set": "proposal-changed",
    "drop": "allocation-dropped", "publish": "letters-ordered", "start": "start", "submit": "submit",
    "withdraw": "withdraw", "decline": "decline",
}  # fmt: skip
AS_BEFORE = {"approve", "start", "submit"}
"""What is done again without anything being done: whoever asks is told what came of it the first time."""


def broken_commitments(engine: Engine, lines: Sequence[Line]) -> list[str]:
    """What one person's journal tells of that is not there, or is there more often than it was done."""
    if not lines:
        return []
    with engine.store.read() as reading:
        found = _counted(reading, lines)
        for line in lines:
            if line["kind"] == "did" and not _is_there(reading, line):
                found.append(f"acknowledged, and not there: {line}")
        return found + _amounts(reading, lines)


def done_unseen(engine: Engine, lines: Sequence[Line]) -> bool:
    """Whether the last step was kept although whoever took it was killed before it knew."""
    if not lines or lines[-1]["kind"] != "try" or lines[-1]["verb"] not in EVENTS:
        return False
    with engine.store.read() as reading:
        told, least, _ = _times(reading, lines, lines[-1]["verb"])
    return told > least


def touched_by(lines: Sequence[Line]) -> set[str]:
    """The cases and calls that steps were about."""
    found = {line["args"][name] for line in lines for name in ("id", "call") if name in line["args"]}
    return found | {line["result"] for line in lines if (line["kind"], line["verb"]) == ("did", "start")}


def _counted(reading: Reading, lines: Sequence[Line]) -> list[str]:
    found = []
    for verb in EVENTS:
        told, least, most = _times(reading, lines, verb)
        if not least <= told <= most:
            found.append(f"{verb} was done {least} to {most} times, and is told {told} times")
    return found


def _times(reading: Reading, lines: Sequence[Line], verb: str) -> tuple[int, int, int]:
    """How often the trail tells of what someone did, and how often that is by the journal, at least and at most."""
    mine = [line for line in lines if line["verb"] == verb]
    did = [line for line in mine if line["kind"] == "did" and not (verb == "publish" and line["result"] == 0)]
    cut = sum(line["kind"] == "try" for line in mine) - sum(line["kind"] != "try" for line in mine)
    sure = len({json.dumps(line["args"], sort_keys=True) for line in did}) if verb in AS_BEFORE else len(did)
    user = lines[0]["user"]
    events = select(func.count()).where(AuditEvent.verb == EVENTS[verb], AuditEvent.actor_id == user)
    if verb == "approve":
        events = events.where(AuditEvent.aggregate == "call")
    return reading.session.scalar(events) or 0, sure, sure + cut


def _is_there(reading: Reading, line: Line) -> bool:
    args, result, user = line["args"], line["result"], line["user"]
    match line["verb"]:
        case "allocate" | "reserve":
            made = reading.decisions.allocation(result)
            return made is not None and (made.call_id, made.made_by) == (args["call"], user)
        case "approve":
            row = reading.decisions.allocation(args["allocation"])
            decisions = reading.decisions.of_allocation(args["allocation"])
            there = (len(decisions), sum(one.granted for one in decisions))
            return (
                row is not None
                and (row.status, row.approved_by) == ("decided", user)
                and there == (result["cases"], result["granted"])
            )
        case "drop":
            row = reading.decisions.allocation(args["allocation"])
            return row is not None and (row.status, row.reason) == ("dropped", args["reason"])
        case "withdraw" | "decline":
            one = reading.applications.get(args["id"])
            return one is not None and one.status == {"withdraw": "withdrawn", "decline": "declined"}[line["verb"]]
        case "start":
            return reading.applications.get(result) is not None
        case "submit":
            one = reading.applications.get(args["id"])
            return one is not None and (one.number, one.submitted_at) == (
                result["number"], datetime.fromisoformat(result["arrived"]),
            )  # fmt: skip
    return True


def _amounts(reading: Reading, lines: Sequence[Line]) -> list[str]:
    """What a proposal gives each case is what the handler saw last, unless a step was cut off since."""
    seen: dict[tuple[str, str], int] = {}
    unsure: Counter[str] = Counter()
    for line in lines:
        if line["verb"] != "set":
            continue
        allocation = line["args"]["allocation"]
        if line["kind"] == "try":
            unsure[allocation] += 1
        else:
            unsure[allocation] -= 1
        if line["kind"] == "did":
            seen |= {(allocation, one["id"]): one["after"] for one in line["result"]}
    found = []
    for (allocation, id), amount in seen.items():
        case = reading.decisions.proposed_case(allocation, id)
        if not unsure[allocation] and (case is None or case.granted != amount):
            found.append(f"{id} was set to {amount} in {allocation}, and is {case and case.granted}")
    return found
