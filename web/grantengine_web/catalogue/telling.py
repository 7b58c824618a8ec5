"""What pages of the catalogue say of dates and places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import current_app, url_for

from grantengine.form.burden import told_minutes
from grantengine.money import IN_KIND
from grantengine.services.places import municipalities
from grantengine_web import here
from grantengine_web.words import OSLO, Words

if TYPE_CHECKING:
    from flask import Blueprint


def tell(room: Blueprint) -> None:
    """Give the templates these words."""
    room.add_app_template_filter(days_left)
    room.add_app_template_filter(last_day)
    room.add_app_template_filter(minutes)
    room.add_app_template_filter(give)
    room.add_app_template_filter(place_name)
    room.add_app_template_global(counties)
    room.add_app_template_global(apply_address)


def last_day(closes: datetime) -> str:
    """The day of the deadline, given the first instant that is too late."""
    return _words().day(closes - timedelta(seconds=1))


def days_left(closes: datetime) -> int:
    """How many days there are until the day of the deadline; 0 on that day."""
    last = (closes - timedelta(seconds=1)).astimezone(OSLO).date()
    return (last - here.by().at.astimezone(OSLO).date()).days


def give(amount: int, unit: str) -> str:
    """What is given or asked for: a sum of money, or so much in kind, in hundredths of its unit."""
    if unit in IN_KIND:
        return f"{_words().number(amount / 100)} {_words().t(f'unit.{unit}')}"
    return _words().money(amount, unit)


def minutes(count: float) -> str:
    """So many minutes as people are told, in hours where they are many."""
    whole = told_minutes(count)
    if whole < 90:
        return _words().t("web.minutes", count=whole)
    return _words().t("web.hours", count=_words().number(whole / 60))


def counties() -> Mapping[str, Mapping[str, str]]:
    """The municipalities by name, under the two digits of their counties."""
    found: dict[str, dict[str, str]] = {}
    for number, name in sorted(municipalities(here.engine()).items(), key=lambda one: one[1]):
        found.setdefault(number[:2], {})[number] = name
    return dict(sorted(found.items()))


def place_name(number: str) -> str:
    """A municipality or a county by its name, or the number where nobody knows it."""
    known = municipalities(here.engine()).get(number)
    if known is None and len(number) == 2 and any(one.startswith(number) for one in municipalities(here.engine())):
        return _words().t(f"web.county.{number}")
    return known or number


def apply_address(call_id: str) -> str:
    """Where one begins an application."""
    return url_for("applicant.start", id=call_id)


def _words() -> Words:
    words: Words = current_app.extensions["words"]
    return words
