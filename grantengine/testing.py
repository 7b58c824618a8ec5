"""For authors of plugins and schemes: an engine with your plugin, a scheme in a few lines, and what comes out.

Everything here goes the ordinary path; nothing is faked but the date.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.errors import SchemeError
from grantengine.evaluate import Committed, Outcome, Undetermined, evaluate
from grantengine.outcome_json import outcome_json
from grantengine.rules.tables import cases_from_records
from grantengine.scheme.load import load

TODAY = datetime.date(2027, 6, 1)

MINIMAL = """\
format: 1
id: test-scheme
version: 1.0.0
status: example
authority: test
kind: project
languages: [en]
plugins: [{plugins}]
title: {{en: Test}}
regulation: {{}}
call: {{budget: {budget}, opens: 2027-01-15T09:00, closes: 2027-03-01T23:59{call}}}
form:
  - id: page
    questions:
      - {{id: requested, kind: money}}
{questions}
"""


def engine_with(*plugins: tuple[str, object], environment: Mapping[str, str] | None = None) -> Engine:
    """An engine with every installed plugin and ``plugins`` (name and module or object); today is 1 June 2027.

    :raises PluginError: as at start-up.
    """
    return bootstrap(environment or {}, extra_plugins=plugins, today=lambda: TODAY)


def plan_of(yaml: str, engine: Engine) -> Plan:
    """The plan of a scheme written in a test.

    :raises SchemeError: with every problem.
    """
    return check(load(textwrap.dedent(yaml), name="scheme.yaml"), engine.registry)


def small_scheme(
    rest: str, *, plugins: Sequence[str] = (), questions: str = "", budget: str = "100 000 NOK", call: str = ""
) -> str:
    """A scheme that lacks only ``rest`` (eligibility, criteria, allocation …) and further ``questions`` (a YAML list).

    ``call`` is more of the call, such as ``intake: rolling, batch: week``. Ranked allocation is added where ``rest`` says
    none.
    """
    asked = textwrap.indent(textwrap.dedent(questions).strip("\n"), "      ")
    more = f", {call}" if call else ""
    head = MINIMAL.format(plugins=", ".join(plugins), budget=budget, questions=asked, call=more)
    body = textwrap.dedent(rest)
    return head + body + ("" if "allocation:" in body else "\nallocation: {method: ranked}\n")


def outcome_of(
    plan: Plan,
    records: Sequence[Mapping[str, Any]],
    engine: Engine,
    *,
    undetermined: Undetermined = "stop",
    committed: Committed = 0,
) -> Outcome:
    """Evaluate cases given as records; ``committed`` øre of the budget are used already."""
    table = cases_from_records((dict(record) for record in records), plan)
    return evaluate(
        plan, table, engine=engine.rules, as_of=engine.today(), committed=committed, undetermined=undetermined
    )


def results(plan: Plan, records: Sequence[Mapping[str, Any]], engine: Engine, **how: Any) -> dict[str, dict[str, Any]]:
    """What each case gets, by id, in the form of ``evaluate --json``."""
    cases = outcome_json(outcome_of(plan, records, engine, **how))["cases"]
    return {case["id"]: case for case in cases}


def codes(yaml: str, engine: Engine) -> list[str]:
    """The codes of a scheme's problems, in the order of the file; none where it is in order."""
    try:
        plan_of(yaml, engine)
    except SchemeError as error:
        return [problem.code for problem in error.problems]
    return []
