"""Synthetic cases fit every form: bounds are kept, dates lie about the call, and intake is what the scheme says."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

from grantengine import Draw, population
from grantengine.bootstrap import Engine
from grantengine.rules.tables import cases_from_records
from grantengine.simulation.population import Record
from grantengine.testing import outcome_of, plan_of, small_scheme

N = 300


def drawn(text: str, engine: Engine) -> list[Record]:
    plan = plan_of(text, engine)
    records = list(population(plan, engine.registry, N, 7))
    assert len(cases_from_records(records, plan)) == N
    return records


@pytest.mark.parametrize(
    "bounds",
    [
        "kind: percent, minimum: 0.333, maximum: 0.334",
        "kind: percent, minimum: 0.996",
        "kind: percent, maximum: 0.004",
        "kind: percent, minimum: 0.5, maximum: 0.5",
        "kind: number, minimum: 0.001, maximum: 0.002",
        "kind: number, minimum: 1000.555",
        "kind: number, maximum: -5.555",
        "kind: number, minimum: 3.333, maximum: 3.333",
        "kind: number, minimum: -1.0e+308, maximum: 1.0e+308",
        "kind: number, minimum: 0.005, typical: 0.006",
        "kind: integer, maximum: -3",
        "kind: integer, minimum: 1000000000000000",
        "kind: integer, minimum: 7, maximum: 7",
        "kind: integer, typical: 5000000",
        "kind: money, minimum: 2 000 000 NOK",
        "kind: money, minimum: 12.34 NOK, maximum: 12.35 NOK",
        "kind: money, typical: 9 000 000 NOK",
        "kind: money, minimum: 100 000 000 000 NOK",
        "kind: partners, minimum_rows: 12, maximum_rows: 14",
        "kind: text, min_length: 3, max_length: 4",
    ],
)
def test_answers_keep_the_bounds(engine: Engine, bounds: str) -> None:
    drawn(small_scheme("", questions=f"- {{id: it, {bounds}}}"), engine)


def test_a_typical_answer_is_not_cut_off(engine: Engine) -> None:
    records = drawn(small_scheme("", questions="- {id: it, kind: integer, typical: 5000000}"), engine)
    assert 2_000_000 < np.median([record["answers"]["it"] for record in records]) < 10_000_000


DATES = "- {id: starts, kind: date}\n- {id: plans, kind: activities}\n- {id: rows, kind: table, columns: [{id: on, kind: date}]}"


def dates_of(value: Any) -> list[datetime.date]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    try:
        own = [datetime.date.fromisoformat(value)] if isinstance(value, str) else []
        return own + [date for part in inner for date in dates_of(part)]
    except ValueError:
        return []


@pytest.mark.parametrize(
    ("call", "day"),
    [
        ("opens: 2019-01-15T09:00, closes: 2019-03-01T23:59", "2019-03-01"),
        ("opens: 2019-01-15T09:00, closes: 2019-03-01T23:59, decided_by: 2019-06-15", "2019-06-15"),
        ("intake: deadlines, deadlines: [{closes: 2031-03-01T12:00}, {closes: 2031-09-01T12:00}]", "2031-09-01"),
        ("intake: rolling, opens: 2031-03-01T12:00", "2031-03-01"),
        ("intake: rolling", "2027-01-01"),
    ],
)
def test_dates_lie_in_the_two_years_after_the_decision(engine: Engine, call: str, day: str) -> None:
    text = small_scheme("", questions=DATES).replace("opens: 2027-01-15T09:00, closes: 2027-03-01T23:59", call)
    found = [date for record in drawn(text, engine) for date in dates_of(record["answers"])]
    first = datetime.date.fromisoformat(day)
    assert len(found) > N
    assert first <= min(found) < first + datetime.timedelta(days=60)
    assert first + datetime.timedelta(days=660) < max(found) < first + datetime.timedelta(days=730)


def test_a_draw_of_ones_own_needs_no_day() -> None:
    draw = Draw(np.random.default_rng(1), 2, np.zeros(2), np.zeros(2))
    assert draw.day == datetime.date(2027, 1, 1)


@pytest.mark.parametrize(
    "call",
    [
        "opens: 2027-01-15T09:00, closes: 2027-03-01T23:59",
        "intake: deadlines, deadlines: [{closes: 2027-03-01T12:00, budget: 50%}, {closes: 2027-09-01T12:00}]",
        "intake: rolling, opens: 2027-01-15T09:00",
        "opens: 2027-01-15T09:00, closes: 2027-03-01T23:59, strands: [{id: a, budget: 5 NOK}, {id: b}]",
    ],
)
def test_no_synthetic_case_waits_for_what_was_not_drawn(engine: Engine, call: str) -> None:
    text = small_scheme("").replace("opens: 2027-01-15T09:00, closes: 2027-03-01T23:59", call)
    plan = plan_of(text, engine)
    outcome = outcome_of(plan, list(population(plan, engine.registry, N, 7)), engine)
    assert not outcome.to_clarify.any()


def test_arrivals_lie_before_their_deadlines(engine: Engine) -> None:
    call = "intake: deadlines, deadlines: [{closes: 2027-03-01T12:00}, {closes: 2027-09-01T12:00}]"
    text = small_scheme("").replace("opens: 2027-01-15T09:00, closes: 2027-03-01T23:59", call)
    arrivals = [datetime.datetime.fromisoformat(record["submitted_at"]) for record in drawn(text, engine)]
    assert max(arrivals) < datetime.datetime(2027, 9, 1, 10, 1, tzinfo=datetime.UTC)
    assert min(arrivals) >= datetime.datetime(2026, 12, 31, tzinfo=datetime.UTC)
