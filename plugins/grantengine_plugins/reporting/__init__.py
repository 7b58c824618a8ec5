"""After the decision: payment plans and report profiles; before the next one: was the last report delivered?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from grantengine import (
    Collected,
    ConditionKind,
    Draw,
    EarlierAward,
    Expression,
    FactColumn,
    FactContext,
    FactSource,
    KindOptions,
    PaymentPlan,
    Percent,
    ReportProfile,
    expr,
    format_ore,
    hookimpl,
    refuse,
    types,
)


class EarlierGrants(FactSource):
    """What this authority has given the applicant before."""

    kind = "earlier_grants"

    def columns(self) -> Mapping[str, FactColumn]:
        return {
            "count": FactColumn(types.INTEGER),
            "overdue_reports": FactColumn(types.INTEGER),
            "first_time": FactColumn(types.YES_NO),
            "last_amount": FactColumn(types.MONEY, null_is_value=True),
        }

    def sample(self, draw: Draw) -> Mapping[str, list[Any]]:
        counts = draw.rng.poisson(1.2 * np.exp(0.4 * draw.size))
        overdue = np.where((counts > 0) & draw.chance(0.07), 1, 0)
        sums = np.round(draw.log_normal(15_000_000, 0.8) / 100_000) * 100_000
        return {
            "count": [int(count) for count in counts],
            "overdue_reports": [int(late) for late in overdue],
            "first_time": [bool(count == 0) for count in counts],
            "last_amount": [format_ore(int(ore)) if count else None for ore, count in zip(sums, counts, strict=True)],
        }

    def collect(self, context: FactContext) -> Collected:
        here = [award for award in context.read.earlier_awards() if award.authority == context.submission.authority]
        return Collected(
            {
                "count": len(here),
                "overdue_reports": sum(is_overdue(award, context.as_of) for award in here),
                "first_time": not here,
                "last_amount": format_ore(here[-1].amount) if here else None,
            },
            {"grants": [{"scheme": award.scheme, "year": award.year, "report": award.report} for award in here]},
        )


def is_overdue(award: EarlierAward, day: datetime.date) -> bool:
    """Whether its report is late on this day: it was said to be, or the last day for it has passed."""
    late = award.report_due is not None and award.report_due < day.isoformat()
    return award.report == "overdue" or (award.report == "due" and late)


class EarlierReportDelivered(ConditionKind):
    """No report of an earlier grant is overdue."""

    kind = "earlier_report_delivered"

    def holds(self, options: Any) -> Expression:
        return expr("facts.earlier_grants.overdue_reports = 0")


class AtOnce(PaymentPlan):
    """The whole sum after the decision."""

    kind = "at_once"


class InstalmentOptions(KindOptions):
    """How the sum is divided."""

    parts: tuple[Percent, ...] = Field((Decimal("0.5"), Decimal("0.5")), min_length=1, description="Shares; sum 100 %.")
    second_after: Literal["report_approved"] = Field(
        "report_approved", description="What releases the parts after the first."
    )

    @model_validator(mode="after")
    def _whole(self) -> InstalmentOptions:
        if sum(self.parts) != 1:
            raise refuse("parts-not-whole", at="parts")
        return self


class Instalments(PaymentPlan):
    """In parts, the later ones after a report."""

    kind = "instalments"
    Options = InstalmentOptions


class Milestone(PaymentPlan):
    """Paid when a milestone is confirmed."""

    kind = "milestone"


class PerReportedUnit(PaymentPlan):
    """Paid for what is reported."""

    kind = "per_reported_unit"


class NoReport(ReportProfile):
    """Nothing to report."""

    kind = "none"
    minutes = 0


class Confirmation(ReportProfile):
    """One page: it was done."""

    kind = "confirmation"
    minutes = 10


class Simple(ReportProfile):
    """A few figures and a short text."""

    kind = "simple"
    minutes = 45


class Standard(ReportProfile):
    """Figures, text and account against budget."""

    kind = "standard"
    minutes = 180


class Audited(ReportProfile):
    """As standard, with an auditor's statement."""

    kind = "audited"
    minutes = 480


@hookimpl
def grantengine_fact_sources() -> list[type[FactSource]]:
    return [EarlierGrants]


@hookimpl
def grantengine_condition_kinds() -> list[type[ConditionKind]]:
    return [EarlierReportDelivered]


@hookimpl
def grantengine_payment_plans() -> list[type[PaymentPlan]]:
    return [AtOnce, Instalments, Milestone, PerReportedUnit]


@hookimpl
def grantengine_report_profiles() -> list[type[ReportProfile]]:
    return [NoReport, Confirmation, Simple, Standard, Audited]
