"""The criterion `continuity`: good activities that go on need not be new each year."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from grantengine import CriterionKind, Expression, KindOptions, QuestionRef, column, expr, hookimpl


class ContinuityOptions(KindOptions):
    """When an activity has run long enough."""

    years_for_full_score: int = Field(ge=1, le=100, description="Years after which the score is full.")
    question: QuestionRef = Field("continues_earlier", description="The yes/no question: does it continue an activity?")
    years_question: QuestionRef = Field("years_running", description="The question that holds the years.")


class Continuity(CriterionKind):
    """max_points × min(years, full) / full where the activity continues, else 0."""

    kind = "continuity"
    Options = ContinuityOptions
    needs_max_points = True

    def points(self, options: Any) -> Expression:
        # least() passes over null, so missing years must be kept missing here.
        return expr(
            "case when {continues} is null then null when {continues} and {years} is null then null"
            " when {continues} then {most} * least({years}, {full}) / {full} else 0 end",
            continues=column(options.question), years=column(options.years_question),
            most=self.max_points, full=options.years_for_full_score,
        )  # fmt: skip


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Continuity]
