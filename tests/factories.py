"""What tests make again and again: a case, a scheme text, an outcome."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grantengine.bootstrap import Engine
from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.evaluate import Outcome, Undetermined, evaluate
from grantengine.rules.tables import cases_from_records
from grantengine.scheme.load import load

Record = dict[str, Any]
TODAY = datetime.date(2027, 3, 2)
DATA = Path(__file__).parent / "data"

SCHEME = """format: 1
id: made-for-a-test
version: 1.0.0
status: example
authority: test
kind: project
languages: [en]
plugins: [{plugins}]
title: {{en: Made for a test}}
regulation:
  objective: {{en: To test.}}
  target_group: {{en: Those who test.}}
  goal_attainment: []
  follow_up: {{en: None.}}
  evaluation: {{en: None.}}
call:
  budget: {budget} NOK
  opens: 2027-01-15T09:00
  closes: 2027-03-01T23:59
form:
  - id: page
    questions:
{questions}
checked: [{checked}]
eligibility: [{eligibility}]
criteria: [{criteria}]
allocation: {{method: ranked, options: {{{options}}}, tie_break: [{tie_break}]}}
"""


def scheme_text(
    questions: Iterable[str],
    *,
    budget: str = "1000",
    eligibility: str = "",
    criteria: str = "",
    options: str = "",
    tie_break: str = "",
    plugins: str = "",
    checked: str = "",
) -> str:
    """A scheme; each question is the inside of a YAML flow mapping, the other parts insides of flow lists."""
    lines = "\n".join(f"      - {{{question}}}" for question in questions)
    return SCHEME.format(
        questions=lines,
        budget=budget,
        eligibility=eligibility,
        criteria=criteria,
        options=options,
        tie_break=tie_break,
        plugins=plugins,
        checked=checked,
    )


def plan_of(engine: Engine, text: str) -> Plan:
    """The plan of a scheme given as text."""
    return check(load(text, name="scheme.yaml"), engine.registry)


def outcome_of(
    engine: Engine, plan: Plan, records: Iterable[Record], *, committed: int = 0, undetermined: Undetermined = "exclude"
) -> Outcome:
    """The outcome of these cases by the ordinary path; ``committed`` in øre."""
    table = cases_from_records(records, plan, extra=plan.columns)
    return evaluate(plan, table, engine=engine.rules, as_of=TODAY, committed=committed, undetermined=undetermined)


def example_case(id: str = "a", **changed: Any) -> Record:
    """A case of the example scheme that is eligible, fully rated and above the minimum; ``changed`` are answers."""
    answers = {
        "members": 120,
        "employees": 2,
        "municipality": "0301",
        "summary": "Language café",
        "continues_earlier": True,
        "years_running": 2,
        "requested": "300000",
        "own_funding": "50000",
        "target_group_share": 0.5,
        "partners": [{"name": "Library", "public": True, "confirmed": True, "task": "Rooms"}],
    }
    return {
        "id": id,
        "answers": {**answers, **changed},
        "facts": {
            "register": {"active": True},
            "earlier_grants": {"count": 0, "overdue_reports": 0, "first_time": True},
        },
        "ratings": {"relevance": [5, 4], "feasibility": [4, 4]},
    }
