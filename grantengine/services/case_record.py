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
    facts: Mapping[str, Mapping[str, Any]], submitted_at: datetime | None = None, strand: str | None = None,
    checked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The record of a case. ``facts`` has the values by source; those that complete answers are put in their place."""
    fills = {name for name, cls in registry.of_role(FactSource).items() if cls.fills is not None}
    filled = {name: value for source, values in facts.items() if source in fills for name, value in values.items()}
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
        "facts": {source: dict(values) for source, values in facts.items() if source in known},
    }
    if submitted_at is not None:
        record["submitted_at"] = submitted_at.isoformat()
    if strand is not None:
        record["strand"] = strand
    if checked:
        record["checked"] = dict(checked)
    return record


def obtained(facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """The values of the facts that were obtained, by source."""
    return {fact.source: fact.values for fact in facts if fact.values is not None}
