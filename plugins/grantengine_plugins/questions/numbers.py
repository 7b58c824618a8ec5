"""Questions answered with a number or a sum of money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar

import numpy as np
from pydantic import Field, model_validator

from grantengine import Audience, Draw, KindOptions, QuestionKind, SchemeMoney, format_ore, refuse, types

WHOLE = 10**15
"""Largest whole number accepted, so that sums and products of a few answers stay exact in 64 bits."""
MOST_ORE = 10**13
# To Python, though not to browsers, `$` also stands before a line break at the end; `(?!\n)` makes both mean the end.
MONEY_PATTERN = r"^([0-9]{1,11}(\.[0-9]{1,2})?|100000000000(\.0{1,2})?)$(?!\n)"


Bounded = TypeVar("Bounded", bound="IntegerOptions | NumberOptions | MoneyOptions")


class IntegerOptions(KindOptions):
    """Smallest and largest whole number."""

    minimum: int | None = Field(None, ge=-WHOLE, le=WHOLE, description="Smallest number that is accepted.")
    maximum: int | None = Field(None, ge=-WHOLE, le=WHOLE, description="Largest number that is accepted.")
    typical: int | None = Field(
        None, ge=0, le=WHOLE, description="A usual answer; synthetic applications are drawn around it."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _ordered(self)


class NumberOptions(KindOptions):
    """Smallest and largest number."""

    minimum: float | None = Field(None, allow_inf_nan=False, description="Smallest number that is accepted.")
    maximum: float | None = Field(None, allow_inf_nan=False, description="Largest number that is accepted.")
    typical: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="A usual answer; synthetic applications are drawn around it."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _ordered(self)


class ShareOptions(NumberOptions):
    """Smallest and largest share, from 0 to 1."""

    minimum: float | None = Field(None, ge=0, le=1, description="Smallest share that is accepted, from 0 to 1.")
    maximum: float | None = Field(None, ge=0, le=1, description="Largest share that is accepted, from 0 to 1.")
    typical: float | None = Field(
        None, ge=0, le=1, description="A usual answer; synthetic applications are drawn around it."
    )


class MoneyOptions(KindOptions):
    """Smallest and largest sum."""

    minimum: SchemeMoney | None = Field(None, description="Smallest sum that is accepted, such as `10 000 NOK`.")
    maximum: SchemeMoney | None = Field(None, description="Largest sum that is accepted.")
    typical: SchemeMoney | None = Field(None, description="A usual answer; synthetic applications are drawn around it.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _ordered(self)


def _range(low: Any, high: Any, width: float, typical: Any) -> tuple[Any, Any]:
    """The bounds that answers are drawn within where the scheme leaves one or both open."""
    if low is None:
        low = 0 if high is None or high > 0 else high - width
    if high is None:
        high = max(low + width, 10 * (typical or 0))
    return low, high


def _within(values: Iterable[Any], low: float, high: float) -> list[Any]:
    """Two decimals, but never so rounded that a bound is passed."""
    return [float(min(max(round(float(value), 2), low), high)) for value in values]


def _ordered(options: Bounded) -> Bounded:
    low: Any = options.minimum
    high: Any = options.maximum
    if low is not None and high is not None and low > high:
        raise refuse("minimum-above-maximum", at="minimum")
    return options


class Integer(QuestionKind):
    """A whole number."""

    kind = "integer"
    Options = IntegerOptions
    widget = "number"
    step = 1

    def column(self, options: Any) -> types.Type:
        return types.INTEGER

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        low = -WHOLE if options.minimum is None else options.minimum
        high = WHOLE if options.maximum is None else options.maximum
        return {"type": "integer", "minimum": low, "maximum": high}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        low, high = _range(options.minimum, options.maximum, 100_000, options.typical)
        low, high = max(low, -WHOLE), min(high, WHOLE)
        usual = 20 if options.typical is None else options.typical
        median = min(max(usual, low + 0.5), max((low + high) / 2, low + 1.0))
        values = low + draw.log_normal(max(median - low, 0.5), 1.1)
        return [int(v) for v in np.clip(np.floor(values), low, high)]


class Number(QuestionKind):
    """A number, decimals allowed."""

    kind = "number"
    Options = NumberOptions
    widget = "number"
    step = 0.01

    def column(self, options: Any) -> types.Type:
        return types.NUMBER

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        bounds = {"minimum": options.minimum, "maximum": options.maximum}
        return {"type": "number", **{key: value for key, value in bounds.items() if value is not None}}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        low, high = _range(options.minimum, options.maximum, 1000.0, options.typical)
        usual = (high - low) / 8 if options.typical is None else max(options.typical - low, 0.01)
        return _within(low + draw.log_normal(usual, 0.8), low, high)


class Percentage(QuestionKind):
    """A share, from 0 to 1."""

    kind = "percent"
    Options = ShareOptions
    widget = "percent"
    step = 0.01

    def column(self, options: Any) -> types.Type:
        return types.PERCENT

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        low = 0 if options.minimum is None else max(0, options.minimum)
        high = 1 if options.maximum is None else min(1, options.maximum)
        return {"type": "number", "minimum": low, "maximum": high}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        bounds = self.schema(options, "cases")
        usual = 0.6 if options.typical is None else min(max(options.typical, 0.02), 0.98)
        return _within(draw.rng.beta(4 * usual, 4 * (1 - usual), draw.n), bounds["minimum"], bounds["maximum"])


class MoneyAmount(QuestionKind):
    """A sum of money in the call's currency."""

    kind = "money"
    Options = MoneyOptions
    widget = "money"
    default_minutes = 3
    step = 1

    def column(self, options: Any) -> types.Type:
        return types.MONEY

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        low = 0 if options.minimum is None else options.minimum.ore
        high = MOST_ORE if options.maximum is None else options.maximum.ore
        # JSON Schema can not compare sums written as text: x-money carries the bounds in øre, and the form's checker
        # (a vocabulary of our own on top of jsonschema) holds them.
        return {
            "anyOf": [
                {"type": "string", "pattern": MONEY_PATTERN},
                {"type": "integer", "minimum": 0, "maximum": 10**11},
            ],
            "x-money": {"minimum": low, "maximum": high},
        }

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        bounds = (options.minimum, options.maximum, options.typical)
        least, most, typical = (None if one is None else one.ore for one in bounds)
        low, high = _range(least, most, 100_000_000, typical)
        high = min(high, MOST_ORE)
        usual = (low + high) / 5 if typical is None else typical
        sums = draw.log_normal(max(usual, 100.0), 0.8, 0.5)
        # Applicants ask for round sums; a few do not.
        unit = np.where(draw.chance(0.9), 100_000, 100)
        rounded = np.clip(np.round(sums / unit) * unit, low, high)
        return [format_ore(int(ore)) for ore in rounded]
