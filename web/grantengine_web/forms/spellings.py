"""Numbers, sums, dates, places as people write them, and back; what is none of these stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from grantengine.errors import MoneyError
from grantengine.money import format_ore, parse_ore

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_NUMBER = re.compile(r"[-\u2212]?\d{1,310}([.,]\d{1,340})?", re.ASCII)
_UNIT = re.compile(r"(^(kr|nok)\.?\s*)|(\s*(kr|nok|,-)\.?$)|(,-+$)", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
_THOUSANDS_AND_CENTS = re.compile(r"(-?\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?!\2)[.,](\d{1,2})", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_PLACE = re.compile(r"\d{4}(?!\d)", re.ASCII)
GAP = "\u00a0"


def number(text: str, *, whole: bool = False) -> int | float | None:
    """A number written with a comma or a point; None where it is none.

    A whole number may be divided in thousands by any sign, as it has no decimals to mistake them for.
    """
    bare = _SPACES.sub("", text)
    if whole and _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "").replace(".", "")
    value = _plain(_decimal(bare))
    return None if whole and isinstance(value, float) else value


def whole(text: str) -> int | None:
    """A whole number that pages count by, such as a version or the number of a row; None where it is none, or too long."""
    bare = text.strip()
    return int(bare) if _WHOLE.fullmatch(bare) else None


def share(text: str) -> int | float | None:
    """A percentage as a share: «12,5 %» is 0.125."""
    value = _decimal(_SPACES.sub("", text.strip().removesuffix("%")))
    return None if value is None else _plain(value / 100)


def _decimal(bare: str) -> Decimal | None:
    if not _NUMBER.fullmatch(bare):
        return None
    return Decimal(bare.replace(",", ".").replace("\u2212", "-"))


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def percentage(value: float) -> Decimal:
    """A share as a percentage."""
    return Decimal(str(value)) * 100


def written(value: float | Decimal, language: str) -> str:
    """A number as one writes it, never in powers of ten."""
    text = format(Decimal(str(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if language == "en" else text.replace(".", ",")


def money(text: str) -> str | None:
    """A sum as it is kept, such as ``12000.50``; None where it is none, or below nothing."""
    bare = _SPACES.sub("", _UNIT.sub("", text.strip()))
    parted = _THOUSANDS_AND_CENTS.fullmatch(bare)
    if parted:
        bare = f"{re.sub('[.,]', '', parted[1])}.{parted[3]}"
    elif _THOUSANDS.fullmatch(bare):
        bare = re.sub("[.,]", "", bare)
    try:
        ore = parse_ore(bare)
    except MoneyError:
        return None
    return None if ore < 0 else format_ore(ore)


def written_money(value: str | int, language: str) -> str | None:
    """A sum as one writes it: thousands apart, decimals where there are any; None where it is none."""
    kept = money(str(value))
    if kept is None:
        return None
    units, cents = kept.split(".")
    groups = f"{int(units):,}".replace(",", GAP)
    return groups if cents == "00" else f"{groups}{'.' if language == 'en' else ','}{cents}"


def day(text: str) -> str | None:
    """A day as ISO 8601, from that or from «1.3.2027»; None where it is none."""
    bare = text.strip()
    found = _DAY.fullmatch(bare)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return date.fromisoformat(bare).isoformat() if _ISO.fullmatch(bare) else None
    except ValueError:
        return None


def place(text: str, names: Mapping[str, str]) -> str | None:
    """The number of a place, from its number or its name; None where it is none, or several have that name."""
    found = _PLACE.search(text)
    if found and found[0] in names:
        return found[0]
    sought = text.strip().casefold()
    named = [number for number, name in names.items() if name.casefold() == sought]
    return named[0] if len(named) == 1 else None


def digits(text: str) -> str | None:
    """The nine digits of an organisation number; None where they are not nine."""
    bare = _SPACES.sub("", text)
    return bare if re.fullmatch(r"\d{9}", bare, re.ASCII) else None
