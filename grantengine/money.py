"""Amounts as whole øre (hundredths of the currency's unit): parse, format, split and round by one rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grantengine.errors import MoneyError

MOST_ORE = 10**13
"""The largest amount accepted: 10^11 units, in hundredths."""

IN_KIND = ("hours", "seats", "slots")
"""Units of what is given in kind: written and counted like money, in hundredths, but never money."""
WHOLE_UNITS = ("seats", "slots")
"""Units that are not divided."""

_UNITS = "|".join(IN_KIND)
_SPACES = " \u00a0\u202f\u2009'"
_AMOUNT = re.compile(
    rf"(?P<sign>[-\u2212]?)(?P<units>\d+|\d{{1,3}}(?:[{_SPACES}]\d{{3}})+)(?:[.,](?P<cents>\d+))?[{_SPACES}]*(?P<currency>[A-Z]{{3}}|{_UNITS})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``ore`` hundredths of ``currency``: an ISO 4217 code, or a unit of :data:`IN_KIND`."""

    ore: int
    currency: str

    def __str__(self) -> str:
        return f"{format_ore(self.ore)} {self.currency}"


@lru_cache(maxsize=64)
def has_two_decimals(currency: str) -> bool:
    """Whether ``currency`` is known and divided in hundredths (CLDR data through Babel)."""
    from babel.core import get_global
    from babel.numbers import get_currency_precision

    return currency in get_global("all_currencies") and get_currency_precision(currency) == 2


def parse_money(text: str) -> Money:
    """Read an amount with its currency or unit, such as ``40 000 000 NOK``, ``1 500,50 NOK`` or ``400 hours``.

    :raises MoneyError: ``money-format``, ``money-currency``, ``money-decimals`` or ``money-range``.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise MoneyError("money-format", text=text)
    currency = found["currency"]
    if not currency:
        raise MoneyError("money-currency-missing", text=text)
    if currency not in IN_KIND and not has_two_decimals(currency):
        raise MoneyError("money-currency", text=text, currency=currency)
    ore = _ore(text, found)
    if currency in WHOLE_UNITS and ore % 100:
        raise MoneyError("unit-not-whole", text=text, unit=currency)
    return Money(ore, currency)


def parse_ore(text: str) -> int:
    """Read a bare decimal text such as ``12000.5`` (no currency) as øre.

    :raises MoneyError: as :func:`parse_money`.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if not found or found["currency"]:
        raise MoneyError("money-format", text=text)
    return _ore(text, found)


def _ore(text: str, found: re.Match[str]) -> int:
    cents = found["cents"] or ""
    if len(cents) > 2:
        raise MoneyError("money-decimals", text=text)
    units = re.sub(rf"[{_SPACES}]", "", found["units"])
    if len(units) > 13:
        raise MoneyError("money-range", text=text)
    ore = int(units) * 100 + int(cents.ljust(2, "0"))
    if ore > MOST_ORE:
        raise MoneyError("money-range", text=text)
    return -ore if found["sign"] else ore


def format_ore(ore: int) -> str:
    """The plain decimal text with two decimals that files and JSON use: ``150050`` -> ``1500.50``."""
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02d}"


@lru_cache(maxsize=8192)
def format_for_people(money: Money, language: str) -> str:
    """The amount as people of a language write it, without decimals when they are zero."""
    from decimal import Decimal

    from babel.numbers import format_decimal

    locale = {"nb": "nb_NO", "nn": "nn_NO"}.get(language, language)
    pattern = "#,##0" if money.ore % 100 == 0 else "#,##0.00"
    text = format_decimal(Decimal(money.ore) / 100, format=pattern, locale=locale)
    unit = "kr" if money.currency == "NOK" else money.currency
    return f"{text} {unit}"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Divide ``total`` øre in proportion to ``weights`` (whole numbers), every øre given out.

    Shares are rounded down; what is left over goes one øre each to the largest remainders, ties to the
    earliest. The shares sum to ``total`` exactly; all weights zero gives zeros.
    """
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    left = total - sum(shares)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        shares[index] += 1
    return shares
