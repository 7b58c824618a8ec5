"""What the organisation register (Enhetsregisteret) says of an applicant, and the rule that it is registered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np

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
from grantengine_plugins.register.lookup import Unit, look_up


class Register(FactSource):
    """Facts of the organisation register. What a small association need not register may be null."""

    kind = "register"

    def columns(self) -> Mapping[str, FactColumn]:
        return {
            "active": FactColumn(types.YES_NO),
            "organisation_form": FactColumn(types.TEXT, null_is_value=True),
            "voluntary_register": FactColumn(types.YES_NO),
            "employees": FactColumn(types.INTEGER, null_is_value=True),
            "municipality": FactColumn(types.TEXT, null_is_value=True),
            "founded": FactColumn(types.DATE, null_is_value=True),
        }

    def sample(self, draw: Draw) -> Mapping[str, list[Any]]:
        employees = np.floor(draw.log_normal(0.8, 1.4)).astype(int)
        days = draw.rng.integers(0, 365 * 30, draw.n)
        first = datetime.date(1995, 1, 1)
        return {
            "active": [bool(yes) for yes in draw.chance(0.985)],
            "organisation_form": ["FLI" if yes else "STI" for yes in draw.chance(0.95)],
            "voluntary_register": [bool(yes) for yes in draw.chance(0.8)],
            "employees": [int(count) if count else None for count in employees],
            "municipality": [None] * draw.n,
            "founded": [(first + datetime.timedelta(days=int(day))).isoformat() for day in days],
        }

    def collect(self, context: FactContext) -> Collected:
        number = context.submission.applicant.organisation_number
        # Who has no number does not stand in the register: that is known, and nobody needs to be asked.
        unit = look_up(context, number) if number else Unit("", {})
        return Collected(
            {
                "active": unit.is_active(context.as_of),
                "organisation_form": unit.form,
                "voluntary_register": unit.in_voluntary_register,
                "employees": unit.employees,
                "municipality": unit.municipality,
                "founded": unit.founded,
            },
            dict(unit.answer),
        )


class RegisteredOrganisation(ConditionKind):
    """The organisation stands in the register and is active."""

    kind = "registered_organisation"

    def holds(self, options: Any) -> Expression:
        return expr("facts.register.active")


@hookimpl
def grantengine_fact_sources() -> list[type[FactSource]]:
    return [Register]


@hookimpl
def grantengine_condition_kinds() -> list[type[ConditionKind]]:
    return [RegisteredOrganisation]
