"""Calls for those who are invited: the condition `invited` and the fact that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantengine import (
    Collected,
    ConditionKind,
    Draw,
    Expression,
    FactColumn,
    FactContext,
    FactSource,
    expr,
    hookimpl,
    types,
)


class Invited(ConditionKind):
    """Holds where the applicant is on the list of those who are invited."""

    kind = "invited"

    def holds(self, options: Any) -> Expression:
        return expr("facts.invitation.invited")


class Invitation(FactSource):
    """The list of those whom the authority has invited to the call."""

    kind = "invitation"

    def columns(self) -> Mapping[str, FactColumn]:
        return {"invited": FactColumn(types.YES_NO)}

    def sample(self, draw: Draw) -> Mapping[str, list[Any]]:
        return {"invited": [bool(yes) for yes in draw.chance(0.9)]}

    def collect(self, context: FactContext) -> Collected:
        return Collected({"invited": context.read.is_invited()})


@hookimpl
def grantengine_condition_kinds() -> list[type[ConditionKind]]:
    return [Invited]


@hookimpl
def grantengine_fact_sources() -> list[type[FactSource]]:
    return [Invitation]
