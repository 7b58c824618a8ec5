"""A stored case as a line of a cases file: what rules read of it, and what is exported of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from grantengine.compile.plan import Plan
from grantengine.hooks.kinds import FactSource
from grantengine.hooks.registry import Registry
from grantengine.store.tables.applications import Fact
from grantengine.store.tables.people import Organisation


def case_record(
    plan: Plan, registry: Registry, organisation: Organisation, answers: Mapping[str, Any], *, id: str,
    facts: Mapping[str, Mapping[str, Any] | None], submitted_at: datetime | None = None, strand: str | None = None,
    checked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The record of a case. ``facts`` has the values by source, None where it could not be asked; those that complete
    answers are put in their place.
    """
    fills = _filling(registry)
    filled = {name: value for source in fills for name, value in (facts.get(source) or {}).items()}
    known = {name.split(".")[1] for name in plan.facts}
    first_time = (facts.get("earlier_grants") or {}).get("first_time")
    profile = organisation.profile
    applicant = {
        "id": organisation.id, "organisation_number": organisation.number, "kind": organisation.kind,
        "municipality": organisation.municipality, "founded": organisation.founded,
        "employees": profile.get("employees"), "first_time": first_time,
    }  # fmt: skip
    record: dict[str, Any] = {
        "id": id,
        "applicant": {name: value for name, value in applicant.items() if value is not None},
        "answers": {name: value for name, value in {**answers, **filled}.items() if name in plan.form.by_id},
        "facts": {source: dict(values) for source, values in facts.items() if source in known and values is not None},
    }
    for name in sorted(set(plan.known.filled.values())):
        source = name.removeprefix("facts.")
        if source in facts and facts[source] is None:
            record["facts"][source] = None
    if submitted_at is not None:
        record["submitted_at"] = submitted_at.isoformat()
    if strand is not None:
        record["strand"] = strand
    if checked:
        record["checked"] = dict(checked)
    return record


def values_of(facts: Iterable[Fact], registry: Registry) -> dict[str, dict[str, Any] | None]:
    """The values of facts by source, None where one was not obtained.

    A list that is to be completed anew is not known: someone has answered since.
    """
    fills = _filling(registry)
    return {fact.source: None if fact.retry_at is not None and fact.source in fills else fact.values for fact in facts}


def _filling(registry: Registry) -> frozenset[str]:
    return frozenset(name for name, cls in registry.of_role(FactSource).items() if cls.fills is not None)
