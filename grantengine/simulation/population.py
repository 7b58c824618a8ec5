"""Synthetic cases that fit a scheme's form: seeded, with sensible sizes and answers that hang together."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from grantengine.compile.plan import Plan
from grantengine.form.build import Field
from grantengine.form.schema import validator
from grantengine.form.visible import true_schema
from grantengine.hooks.draw import UNDATED, Draw
from grantengine.hooks.kinds import FactSource
from grantengine.hooks.registry import Registry
from grantengine.money import format_ore, parse_ore
from grantengine.scheme.parts_process import Call

BATCH = 5_000
OPEN = datetime.timedelta(days=60)
"""How long a call is open that does not say when it opens."""
LEFT_OUT = 0.1
"""Share of applicants who leave an optional question unanswered."""

Record = dict[str, Any]


def population(plan: Plan, registry: Registry, n: int, seed: int) -> Iterator[Record]:
    """``n`` cases shaped as the lines of a cases file. The same plan, ``n`` and ``seed`` give the same cases."""
    rng = np.random.default_rng(seed)
    hide, day = _Hiding(plan), _day(plan)
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        draw = Draw(rng, size, rng.standard_normal(size), rng.standard_normal(size), day)
        columns = _columns(plan, registry, draw)
        for index in range(size):
            yield _record(plan, columns, index, f"s{start + index + 1:07d}", hide)


def _day(plan: Plan) -> datetime.date:
    """When the call is decided, as far as the scheme says."""
    call = plan.scheme.call
    moments = [call.closes, *(deadline.closes for deadline in reversed(call.deadlines)), call.opens]
    known = [call.decided_by, *(moment.date for moment in moments if moment)]
    year = plan.years[0].year
    return next((day for day in known if day), UNDATED if year is None else datetime.date(year, 1, 1))


def _columns(plan: Plan, registry: Registry, draw: Draw) -> dict[str, Any]:
    answers = {field.id: _answers(field, draw) for field in plan.form.fields}
    sources = registry.of_role(FactSource, plan.scheme.plugins)
    facts = {name: dict(cls(name).sample(draw)) for name, cls in sources.items()}
    return {
        "answers": answers,
        "facts": {name: columns for name, columns in facts.items() if columns},
        "ratings": {c.id: _marks(plan, dict(c.mark_schema), draw) for c in plan.all_criteria if c.rated},
        "judged": {rule.id: [bool(yes) for yes in draw.chance(0.93)] for rule in plan.all_rules if rule.asks},
        "checked": {name: _checked(kind.name, answers, draw) for name, kind in plan.checked_types.items()},
        "applicant": _applicants(answers, facts, draw),
        "strand": _strands(plan, draw),
        "submitted_at": _arrivals(plan.scheme.call, draw),
    }


def _answers(field: Field, draw: Draw) -> list[Any]:
    values = field.kind.sample(field.options, draw)
    if field.needed is not None or field.type.name == "list":
        return values
    return [None if left_out else value for value, left_out in zip(values, draw.chance(LEFT_OUT), strict=True)]


def _marks(plan: Plan, schema: dict[str, Any], draw: Draw) -> list[list[float]]:
    """Marks of each case's assessors: the same quality seen with a noise of each assessor's own."""
    low, high = schema.get("minimum", 1), schema.get("maximum", 6)
    many = [r.options.get("assessors_per_case", 2) for r in plan.scheme.rounds if r.kind == "assessment"] or [2]
    seen = 0.7 * draw.quality[:, None] + 0.2 * draw.size[:, None] + 0.6 * draw.rng.standard_normal((draw.n, many[0]))
    share = 1 / (1 + np.exp(-(0.35 + 1.1 * seen)))
    marks = np.clip(np.rint(low + (high - low) * share), low, high)
    return [[float(mark) for mark in row] for row in marks]


def _checked(kind: str, answers: dict[str, list[Any]], draw: Draw) -> list[Any]:
    """For sums: some approved costs a little below what was asked for."""
    if kind != "money" or "requested" not in answers:
        return [None] * draw.n
    cut, share = draw.chance(0.3), draw.rng.uniform(0.7, 1, draw.n)
    return [
        format_ore(int(parse_ore(asked) * part) // 100_000 * 100_000) if is_cut and asked is not None else None
        for asked, is_cut, part in zip(answers["requested"], cut, share, strict=True)
    ]


def _strands(plan: Plan, draw: Draw) -> list[str | None]:
    if not plan.strands:
        return [None] * draw.n
    return [plan.strands[place].id for place in draw.rng.integers(len(plan.strands), size=draw.n)]


def _applicants(answers: dict[str, list[Any]], facts: dict[str, dict[str, list[Any]]], draw: Draw) -> dict[str, Any]:
    last = draw.day.year - 1
    founded = np.clip(last - draw.log_normal(9, 0.9, 0.4), min(1850, last), last).astype(int)
    first = facts.get("earlier_grants", {}).get("first_time") or [bool(yes) for yes in draw.chance(0.35)]
    employees = answers.get("employees") or [int(v) for v in np.floor(draw.log_normal(0.8, 1.4))]
    return {
        "kind": ["organisation"] * draw.n,
        "municipality": answers.get("municipality") or [None] * draw.n,
        "founded": [int(year) for year in founded],
        "employees": employees,
        "first_time": first,
    }


def _arrivals(call: Call, draw: Draw) -> list[str]:
    """Most arrive in the last days before the deadline, or one of several; where there is none, evenly."""
    windows = _windows(call, draw.day)
    which = draw.rng.integers(len(windows), size=draw.n) if len(windows) > 1 else np.zeros(draw.n, int)
    left = draw.rng.random(draw.n) if call.intake == "rolling" else draw.rng.exponential(1 / 6, draw.n)
    moments = []
    for place, share in zip(which, np.minimum(left, 1), strict=True):
        opens, closes = windows[place]
        # What closes is the first moment that is too late.
        before = datetime.timedelta(seconds=1 + int(share * (closes - opens).total_seconds()))
        moments.append(max(closes - before, opens).isoformat(timespec="seconds"))
    return moments


def _windows(call: Call, day: datetime.date) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """From when until when applications come: for each deadline, or for a year where there is no end."""
    closing = [one.closes.closes_at for one in (call.deadlines or (call,)) if one.closes]
    if call.opens:
        start = call.opens.opens_at
    else:
        start = closing[0] - OPEN if closing else datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    ends = closing or [start + datetime.timedelta(days=365)]
    return list(pairwise([start, *ends]))


class _Hiding:
    """Takes out the answers to questions that are not shown."""

    def __init__(self, plan: Plan) -> None:
        self._checks = [
            (field.id, validator(true_schema(field.visible_if.node)))
            for field in plan.form.by_dependency
            if field.visible_if is not None
        ]

    def __call__(self, answers: Record) -> Record:
        for name, shown in self._checks:
            if name in answers and not shown.is_valid(answers):
                del answers[name]
        return answers


def _record(plan: Plan, columns: dict[str, Any], index: int, id: str, hide: _Hiding) -> Record:
    record: Record = {"id": id, "submitted_at": columns["submitted_at"][index], "strand": columns["strand"][index]}
    record["applicant"] = {"id": f"o{id[1:]}", **_row(columns["applicant"], index)}
    record["answers"] = hide(_row(columns["answers"], index))
    record["facts"] = {
        source: {name: values[index] for name, values in inner.items()} for source, inner in columns["facts"].items()
    }
    for part in ("ratings", "checked", "judged"):
        values = _row(columns[part], index)
        if values:
            record[part] = values
    return {key: value for key, value in record.items() if value is not None}


def _row(columns: dict[str, list[Any]], index: int) -> Record:
    return {name: values[index] for name, values in columns.items() if values[index] is not None}
