"""Questions about where and who: municipality and organisation number."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from grantengine import Audience, Draw, QuestionKind, types


@lru_cache(maxsize=1)
def municipalities() -> dict[str, str]:
    """Number to name of the 357 municipalities from 2024 (Statistics Norway, classification 131)."""
    file = resources.files("grantengine_plugins.questions") / "data" / "municipalities_2024.csv"
    with file.open(encoding="utf-8") as lines:
        return {row["kommunenummer"]: row["kommunenavn"] for row in csv.DictReader(lines)}


class Municipality(QuestionKind):
    """A Norwegian municipality by its four-digit number.

    An applicant chooses among today's; a file of an authority may hold earlier numbers too.
    """

    kind = "municipality"
    widget = "municipality"

    def column(self, options: Any) -> types.Type:
        return types.TEXT

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        if audience == "form":
            return {"type": "string", "enum": list(municipalities())}
        return {"type": "string", "pattern": r"^[0-9]{4}$(?!\n)"}

    def names(self, options: Any) -> Mapping[str, str]:
        return municipalities()

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        numbers = list(municipalities())
        # Few municipalities have most of the applicants: shares fall with the place in a fixed shuffled order.
        order = draw.rng.permutation(len(numbers))
        weights = 1 / (1 + order)
        picks = draw.rng.choice(len(numbers), size=draw.n, p=weights / weights.sum())
        return [numbers[pick] for pick in picks]


def check_digit(first_eight: str) -> str | None:
    """The ninth digit of a Norwegian organisation number (modulus 11), None where there is none."""
    total = sum(int(digit) * weight for digit, weight in zip(first_eight, (3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    rest = -total % 11
    return None if rest == 10 else str(rest)


class OrganisationNumber(QuestionKind):
    """A Norwegian organisation number of nine digits; from an applicant the check digit must be right."""

    kind = "organisation_number"
    widget = "organisation_number"

    def column(self, options: Any) -> types.Type:
        return types.TEXT

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        schema = {"type": "string", "pattern": r"^[0-9]{9}$(?!\n)"}
        return {**schema, "format": "no-orgnr"} if audience == "form" else schema

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return [organisation_number(draw) for _ in range(draw.n)]


def organisation_number(draw: Draw) -> str:
    """A random number with a right check digit."""
    while True:
        first = f"{draw.rng.integers(80_000_000, 99_999_999)}"
        digit = check_digit(first)
        if digit is not None:
            return first + digit
