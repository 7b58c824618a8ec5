"""Judgement by people: the criterion `rating` (assessors' marks) and the condition `judged` (a handler's yes or no)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from grantengine import (
    ConditionKind,
    CriterionKind,
    Expression,
    KindOptions,
    LocalizedText,
    RoundRef,
    column,
    expr,
    hookimpl,
    refuse,
)

_COMBINED = {
    "mean": "list_sum({marks}) / len({marks})",
    "sum": "case when len({marks}) = 0 then null else list_sum({marks}) end",
    "median": "list_median({marks})",
    # The highest and the lowest mark are left out where at least three are given.
    "trimmed": "case when len({marks}) >= 3"
    " then (list_sum({marks}) - list_min({marks}) - list_max({marks})) / (len({marks}) - 2)"
    " else list_sum({marks}) / len({marks}) end",
}


class RatingOptions(KindOptions):
    """The scale and how several marks become one."""

    scale: tuple[float, float] = Field(description="[lowest mark, highest mark].")
    better: Literal["high", "low"] = Field("high", description="Which end of the scale is the best.")
    combine: Literal["mean", "median", "sum", "trimmed"] = Field("mean", description="How marks become one figure.")
    round: RoundRef | None = Field(None, description="The review round in which the marks are given.")

    @model_validator(mode="after")
    def _rising(self) -> RatingOptions:
        if self.scale[0] >= self.scale[1]:
            raise refuse("scale-not-rising", at="scale")
        return self


class Rating(CriterionKind):
    """max_points × (r − low) / (high − low), r the combined mark; with `better: low`, (high − r) / (high − low)."""

    kind = "rating"
    Options = RatingOptions
    rated = True
    needs_max_points = True

    def points(self, options: Any) -> Expression:
        low, high = options.scale
        distance = "({combined} - {low})" if options.better == "high" else "({high} - {combined})"
        holes = {"combined": self.combined(options), "high": high, "low": low}
        return expr("{most} * " + distance + " / ({high} - {low})", most=self.max_points, **holes)

    def combined(self, options: Any) -> Expression:
        return expr(_COMBINED[options.combine], marks=column(f"marks.{self.id}"))

    def mark_schema(self, options: Any) -> dict[str, Any]:
        return {"type": "number", "minimum": options.scale[0], "maximum": options.scale[1]}


class JudgedOptions(KindOptions):
    """What the handler is asked."""

    ask: LocalizedText = Field(description="The question a handler answers with yes or no and a reason.")


class Judged(ConditionKind):
    """Holds when a handler has said yes; unanswered it is to be clarified."""

    kind = "judged"
    Options = JudgedOptions
    asks = True

    def holds(self, options: Any) -> Expression:
        return column(f"judged.{self.id}")


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Rating]


@hookimpl
def grantengine_condition_kinds() -> list[type[ConditionKind]]:
    return [Judged]
