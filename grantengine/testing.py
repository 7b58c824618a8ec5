"""For authors of plugins and schemes: an engine with your plugin, a scheme in a few lines, and what comes out.

Everything here goes the ordinary path; nothing is faked but the date, and for fact sources what is read of the store and
of other systems.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.errors import SchemeError
from grantengine.evaluate import Committed, Outcome, Undetermined, evaluate
from grantengine.hooks.context import (
    Activity,
    Applicant,
    Collected,
    EarlierAward,
    FactContext,
    FactReader,
    HttpReader,
    PartnerAnswer,
    SourceDown,
    Submitted,
)
from grantengine.hooks.kinds import FactSource
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


@dataclass
class FactsInMemory:
    """A :class:`grantengine.FactReader` over lists: what the store would know of the submission at hand.

    ``activities`` are those of other organisations.
    """

    awards: Sequence[EarlierAward] = ()
    partners: Sequence[PartnerAnswer] = ()
    activities: Sequence[Activity] = ()
    invited: bool = False

    def earlier_awards(self) -> Sequence[EarlierAward]:
        """The applicant's earlier grants, oldest first."""
        return sorted(self.awards, key=lambda award: award.year)

    def partner_answers(self) -> Sequence[PartnerAnswer]:
        """The partners of the application, in the order they were invited."""
        return list(self.partners)

    def similar_cases(
        self, municipalities: Sequence[str], since: datetime.date, until: datetime.date
    ) -> Sequence[Activity]:
        """Activities of other organisations in these municipalities that overlap the time, applied for or running."""
        first, last = since.isoformat(), until.isoformat()
        return [
            one
            for one in self.activities
            if one.municipality in municipalities and (one.ends or "") >= first and (one.starts or "~") <= last
        ]

    def is_invited(self) -> bool:
        """Whether the applicant is invited to the call."""
        return self.invited


@dataclass
class AnswersInMemory:
    """A :class:`grantengine.HttpReader` over a table of addresses; others are not found (404).

    With ``down`` nothing answers. ``asked`` lists the addresses in the order they were asked for.
    """

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def get_json(self, url: str) -> tuple[int, Any]:
        """The status and the JSON of the answer.

        :raises SourceDown: it is down, or the answer is one of 429 or from 500 on.
        """
        self.asked.append(url)
        status, body = self.answers.get(url, (404, None))
        if self.down or status >= 500 or status == 429:
            raise SourceDown("down" if self.down else str(status))
        return status, body


def collected(
    engine: Engine,
    source: str,
    *,
    applicant: Applicant | None = None,
    answers: Mapping[str, Any] | None = None,
    questions: Mapping[str, Sequence[str]] | None = None,
    authority: str = "test",
    read: FactReader | None = None,
    http: HttpReader | None = None,
    settings: Mapping[str, str] | None = None,
) -> Collected:
    """What a fact source gives of a submission, checked as in the engine. ``questions`` are ids of questions by kind.

    :raises SourceDown: as the source.
    :raises PluginError: the source raises something else, or gives what does not fit its columns.
    """
    moment = datetime.datetime.combine(engine.today(), datetime.time(12), datetime.UTC)
    who = applicant or Applicant("1", "Applicant")
    submitted = Submitted("1", "1", authority, who, answers or {}, moment, questions or {})
    context = FactContext(
        submitted, engine.today(), read or FactsInMemory(), settings or {}, http or AnswersInMemory(down=True)
    )
    return engine.registry.of_role(FactSource)[source](source).collect(context)
