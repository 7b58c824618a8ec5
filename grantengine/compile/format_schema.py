"""The JSON Schema of the scheme format with the options of every kind that is loaded."""

from __future__ import annotations

from typing import Any

from grantengine.hooks.kinds import (
    AllocationMethod,
    ConditionKind,
    CriterionKind,
    Kind,
    PaymentPlan,
    QuestionKind,
    ReportProfile,
    RoundKind,
)
from grantengine.hooks.registry import Registry
from grantengine.scheme.json_schema import format_schema

_SECTIONS: dict[str, type[Kind]] = {
    "questions": QuestionKind,
    "eligibility": ConditionKind,
    "criteria": CriterionKind,
    "rounds": RoundKind,
    "allocation": AllocationMethod,
    "payment": PaymentPlan,
    "reporting": ReportProfile,
}


def full_schema(registry: Registry) -> dict[str, Any]:
    """The format's JSON Schema (draft 2020-12), completed by what the loaded plugins add."""
    kinds = {
        section: {name: cls.Options.model_json_schema() for name, cls in registry.of_role(base).items()}
        for section, base in _SECTIONS.items()
    }
    return format_schema(kinds)
