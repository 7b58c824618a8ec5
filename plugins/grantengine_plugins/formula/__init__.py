"""Criteria computed from answers alone: bands, geography, own effort, first time. `require:` and `points:` need no kind."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pydantic import Field, model_validator

from grantengine import (
    CriterionKind,
    Expression,
    ExpressionText,
    KindOptions,
    Percent,
    Points,
    QuestionRef,
    expr,
    expression,
    hookimpl,
    refuse,
)
from grantengine import column as answer

always = True


class BandedOptions(KindOptions):
    """A value and the bands it may fall in."""

    of: ExpressionText = Field(description="The number to place in a band.")
    bands: tuple[tuple[float, Points], ...] = Field(min_length=1, description="[from, points] of each band, rising.")

    @model_validator(mode="after")
    def _rising(self) -> BandedOptions:
        starts = [start for start, _ in self.bands]
        if any(low >= high for low, high in pairwise(starts)):
            raise refuse("bands-not-rising", at="bands")
        return self


class Banded(CriterionKind):
    """Points of the last band whose start is at most the value; below the first band none."""

    kind = "banded"
    Options = BandedOptions

    def points(self, options: Any) -> Expression:
        value = expression(options.of)
        result = expr("case when {value} is null then null else 0 end", value=value)
        for start, points in options.bands:
            result = expr(
                "case when {value} >= {start} then {points} else {below} end",
                value=value, start=start, points=points, below=result,
            )  # fmt: skip
        return result


class FirstTime(CriterionKind):
    """Full points for an applicant that has not been given support here before."""

    kind = "first_time"
    needs_max_points = True

    def points(self, options: Any) -> Expression:
        return expr(
            "case when applicant.first_time is null then null when applicant.first_time then {most} else 0 end",
            most=self.max_points,
        )


class GeographyOptions(KindOptions):
    """Places that give points: municipalities by number or whole counties."""

    municipalities: tuple[str, ...] = Field((), description="Municipality numbers of four digits, in quotes.")
    counties: tuple[str, ...] = Field((), description="County numbers of two digits, in quotes.")
    question: QuestionRef = Field("municipality", description="The question that holds the municipality.")

    @model_validator(mode="after")
    def _some_place(self) -> GeographyOptions:
        if not self.municipalities and not self.counties:
            raise refuse("geography-without-places")
        for key, places, digits in (("municipalities", self.municipalities, 4), ("counties", self.counties, 2)):
            if any(not (place.isascii() and place.isdigit() and len(place) == digits) for place in places):
                raise refuse("geography-number", at=key)
        return self


class Geography(CriterionKind):
    """Full points where the municipality is among the places."""

    kind = "geography"
    Options = GeographyOptions
    needs_max_points = True

    def points(self, options: Any) -> Expression:
        place = answer(options.question)
        matches = expr("{place} is null and false", place=place)
        for number in options.municipalities:
            matches = expr("{matches} or {place} = {number}", matches=matches, place=place, number=number)
        for county in options.counties:
            matches = expr(
                "{matches} or ({place} >= {first} and {place} <= {last})",
                matches=matches, place=place, first=f"{county}00", last=f"{county}99",
            )  # fmt: skip
        return expr(
            "case when {place} is null then null when {matches} then {most} else 0 end",
            place=place, matches=matches, most=self.max_points,
        )  # fmt: skip


class OwnEffortOptions(KindOptions):
    """How much of its own money gives the full score."""

    share_for_full_score: Percent = Field(description="Own money as a share of the sum asked for.")
    question: QuestionRef = Field("own_funding", description="The question that holds the own money.")

    @model_validator(mode="after")
    def _positive(self) -> OwnEffortOptions:
        if self.share_for_full_score <= 0:
            raise refuse("share-not-positive", at="share_for_full_score")
        return self


class OwnEffort(CriterionKind):
    """max_points × min(own / requested / share, 1)."""

    kind = "own_effort"
    Options = OwnEffortOptions
    needs_max_points = True

    def points(self, options: Any) -> Expression:
        reached = expr(
            "{own} / requested / {share}", own=answer(options.question), share=float(options.share_for_full_score)
        )
        # least() passes over null, so a missing sum must be kept missing here.
        return expr(
            "case when {reached} is null then null else {most} * least({reached}, 1) end",
            reached=reached, most=self.max_points,
        )  # fmt: skip


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Banded, FirstTime, Geography, OwnEffort]
