"""The cases of a call as records of a cases file: what is evaluated when it is decided, repeated, or exported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.services.case_record import case_record, values_of
from grantengine.services.marks import marks_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case with its applicant, and its record with everything that rules read of it."""

    application: Application
    organisation: Organisation
    record: dict[str, Any]


def stored_cases(
    engine: Engine, work: Reading, plan: Plan, call_id: str, statuses: Collection[str]
) -> list[StoredCase]:
    """The cases of a call in these statuses in order of id, in a fixed number of statements."""
    registry = engine.registry
    rows = work.cases.handed_in(call_id, statuses)
    facts, checked = work.cases.facts(call_id, statuses), work.cases.checked(call_id, statuses)
    judged, marks = work.cases.judged(call_id, statuses), marks_of(work, plan, [one for one, *_ in rows])
    asking = {rule.id for rule in plan.all_rules if rule.asks}
    found = []
    for one, organisation, answers in rows:
        record = case_record(
            plan, registry, organisation, answers, id=one.id, facts=values_of(facts.get(one.id, ()), registry),
            submitted_at=one.submitted_at, strand=one.strand, checked=checked.get(one.id),
        )  # fmt: skip
        said = {rule: answer for rule, answer in judged.get(one.id, {}).items() if rule in asking}
        if said:
            record["judged"] = said
        if marks.get(one.id):
            record["ratings"] = marks[one.id]
        found.append(StoredCase(one, organisation, record))
    return found
