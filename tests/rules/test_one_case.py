"""A single case is read and evaluated by queries that are planned once: it gets what it would get among others."""

from __future__ import annotations

from typing import Any

import pytest

from grantengine.bootstrap import Engine
from grantengine.evaluate import evaluate
from grantengine.rules import statements
from grantengine.rules.connection import connect
from grantengine.rules.statements import Statements, literal
from grantengine.rules.tables import cases_from_records
from grantengine.testing import plan_of, small_scheme

QUESTIONS = """
- {id: members, kind: integer, optional: true}
- {id: since, kind: date, optional: true, visible_if: members > 10}
"""
RULE = 'eligibility: [{id: early, require: "since is not null and members > 5"}]\n'
RECORDS: list[dict[str, Any]] = [
    {"id": "it's", "answers": {"requested": "500.10", "members": 11, "since": "2019-01-01"}},
    {"id": "\u00e6 \\ ' \" {", "answers": {"requested": "1", "members": 9, "since": "2019-01-01"}},
    {"id": "none", "answers": {"requested": "2"}, "withdrawn": True},
    {"id": "by-hand", "answers": {"requested": "3"}, "set_by_hand": {"amount": "2", "reason": "x"}},
]


@pytest.mark.parametrize("intake", ["", "intake: rolling, batch: week"])
def test_a_single_case_is_read_and_judged_as_among_others(intake: str, engine: Engine) -> None:
    plan = plan_of(small_scheme(RULE, questions=QUESTIONS, call=intake), engine)
    records = [{**one, "submitted_at": "2027-01-20T12:00:00+01:00"} for one in RECORDS] if intake else RECORDS
    many = cases_from_records(records, plan)
    for place, record in enumerate(records):
        among = evaluate(plan, many, engine=engine.rules, as_of=engine.today(), undetermined="exclude")
        for _ in range(3):  # what is asked again is planned
            alone = cases_from_records([record], plan)
            assert alone.table.equals(many.table.slice(place, 1))
            found = evaluate(plan, alone, engine=engine.rules, as_of=engine.today(), undetermined="exclude")
            assert found.failed(0) == among.failed(place)


def test_few_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_PLANNED", 2)
    monkeypatch.setattr(statements, "MOST_SEEN", 1)
    asked = Statements(connect())
    for number in (1, 2, 3, 1):
        [row] = asked.ask(f"select $1 || '{number}'", [literal("it's ")]).fetchall()
        assert row == (f"it's {number}",)
    assert not asked.was_asked("a")
    assert asked.was_asked("a")
    assert not asked.was_asked("b")
    assert not asked.was_asked("a")
