"""A simulation as it is reported: what was changed, what it does to whom, and how it is to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grantengine.errors import Message
from grantengine.money import format_ore
from grantengine.outcome import Outcome
from grantengine.outcome_json import case_json, summary_json
from grantengine.records import POINT_UNITS
from grantengine.scheme.checks import at
from grantengine.scheme.diff import diff
from grantengine.scheme.pointer import resolve
from grantengine.simulation.caution import Caution
from grantengine.simulation.compare import CHANGES, Comparison, reasons
from grantengine.simulation.groups import Group, Groups
from grantengine.simulation.robustness import Robustness
from grantengine.simulation.sweep import Range, Step, problem_words
from grantengine.texts.catalogue import Texts


@dataclass(frozen=True)
class Changed:
    """One thing that the scenario changes: where, and its value before and after (None where there is none)."""

    pointer: str
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class Report:
    """Everything a simulation says. ``ranges`` and ``steps`` are those of a sweep, ``robustness`` None if not asked."""

    title: str | Mapping[str, str] | None
    changed: tuple[Changed, ...]
    comparison: Comparison
    groups: tuple[Groups, ...]
    caution: Caution
    ranges: tuple[Range, ...] = ()
    steps: tuple[Step, ...] = ()
    robustness: Robustness | None = None


def what_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The differences between two schemes, each with the values it had and has."""
    found: list[Changed] = []
    reordered: set[str] = set()
    for operation in diff(before, after):
        pointer = operation.path
        if operation.op == "move":
            # What stands in another order is told once, by the list that it stands in.
            pointer = pointer.rpartition("/")[0]
            if pointer not in reordered:
                old, new = (_order(at(data, resolve(data, pointer)[0])) for data in (before, after))
                found.append(Changed(pointer, old, new))
            reordered.add(pointer)
            continue
        was = [at(before, path) for path in resolve(before, pointer)][:1]
        value = None if operation.op == "remove" else operation.value
        found.append(Changed(pointer, was[0] if was and operation.op != "add" else None, value))
    return tuple(found)


def _order(items: Sequence[Any]) -> list[Any]:
    """The items of a list, each by its id if it has one."""
    return [item.get("id", item) if isinstance(item, dict) else item for item in items]


def report_json(report: Report, texts: Texts, language: str) -> dict[str, Any]:
    """The report for scripts: stable keys, money as text with two decimals; texts in ``language``.

    ``cases`` are those that something changes for (sum, points, rank, eligibility or ground), in table order.
    """

    def say(message: Message | str) -> str:
        return texts.say(message, language) if isinstance(message, Message) else message

    comparison, caution = report.comparison, report.caution
    made: dict[str, Any] = {
        "title": report.title if isinstance(report.title, str) else report.title and dict(report.title),
        "changed": [{"pointer": one.pointer, "before": one.before, "after": one.after} for one in report.changed],
        "baseline": summary_json(comparison.before),
        "scenario": summary_json(comparison.after),
        "changes": comparison.counts,
        "groups": [
            {"column": groups.column, "groups": [_group(group, say(group.label)) for group in groups.groups]}
            for groups in report.groups
        ],
        "cases": _cases(comparison, say),
    }
    if report.steps:
        made["sweep"] = {
            "pointers": [one.pointer for one in report.ranges],
            "steps": [_step(step, say) for step in report.steps],
        }
    if report.robustness is not None:
        made["robustness"] = _robustness(report.robustness, comparison.before)
    made["notes"] = [say(message) for message in caution.notes]
    made["held_constant"] = [say(message) for message in caution.held_constant]
    made["can_not_know"] = [say(message) for message in caution.can_not_know]
    return made


def _group(group: Group, label: str) -> dict[str, Any]:
    return {
        "group": label,
        "cases": group.cases,
        "before": {"funded": group.funded[0], "granted": format_ore(group.granted[0])},
        "after": {"funded": group.funded[1], "granted": format_ore(group.granted[1])},
        "gains": group.gains,
        "loses": group.loses,
        "newly_funded": group.newly_funded,
        "no_longer_funded": group.no_longer_funded,
    }


def _cases(comparison: Comparison, say: Any) -> list[dict[str, Any]]:
    before, after = comparison.before, comparison.after
    touched = comparison.difference != 0
    touched |= (before.total != after.total) | (before.rank != after.rank) | (before.grounds != after.grounds)
    touched |= before.eligible != after.eligible
    return [_case(comparison, int(position), say) for position in touched.nonzero()[0]]


def _case(comparison: Comparison, position: int, say: Any) -> dict[str, Any]:
    change = int(comparison.change[position])
    return {
        "id": comparison.before.cases.ids[position],
        "change": CHANGES[change] if change >= 0 else None,
        "difference": format_ore(int(comparison.difference[position])),
        "before": _side(comparison.before, position),
        "after": _side(comparison.after, position),
        "why": [say(message) for message in reasons(comparison, position)],
    }


def _side(outcome: Outcome, position: int) -> dict[str, Any]:
    case = case_json(outcome, position)
    return {key: case[key] for key in ("eligible", "failed", "points", "total", "rank", "granted", "ground", "reserve")}


def _step(step: Step, say: Any) -> dict[str, Any]:
    problem = problem_words(step)
    if problem is not None:
        return {"values": list(step.values), "problem": say(problem)}
    return {
        "values": list(step.values),
        "funded": step.funded,
        "granted": format_ore(step.granted),
        "left": format_ore(step.left),
        "gains": step.gains,
        "loses": step.loses,
        "newly_funded": step.newly_funded,
        "no_longer_funded": step.no_longer_funded,
        "tips": step.tips,
        "blocked": step.blocked,
    }


def _robustness(found: Robustness, outcome: Outcome) -> dict[str, Any]:
    return {
        "tried": found.tried,
        "seed": found.seed,
        "always": found.always,
        "never": found.never,
        "depends": found.depends,
        "unsure": found.unsure,
        "cases": [
            {"id": id, "share": share, "total": total / POINT_UNITS}
            for id, share, total in zip(outcome.cases.ids, found.share.tolist(), outcome.total.tolist(), strict=True)
            if 0 < share < 1
        ],
    }
