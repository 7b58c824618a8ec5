"""What people write of themselves and their organisation, checked and brought to one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from stdnum.no import orgnr

from grantengine.errors import InputError, MoneyError, Problem, Where
from grantengine.money import parse_ore
from grantengine.settings import LANGUAGES

# One sign, a domain with a dot, no spaces: enough to catch slips; whether it exists, the message to it tells.
_EMAIL = re.compile(r"[^@\s,;<>\"\0]{1,64}@[^@\s,;<>\"\0]+\.[^@\s.,;<>\"\0]{2,}", re.ASCII)
_PHONE = re.compile(r"\+?\d{8,15}", re.ASCII)
_MUNICIPALITY = re.compile(r"\d{4}", re.ASCII)
_PLACE = re.compile(r"\d{2}(\d{2})?", re.ASCII)
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which no page can show."""


class _Collected:
    """Every problem there is, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, field: str, **params: Any) -> None:
        """Note a problem with a field."""
        self.problems.append(Problem(code, Where(pointer=f"/{field}"), {"field": field, **params}))

    def done(self) -> None:
        """Everything has been looked at.

        :raises InputError: with every problem.
        """
        if self.problems:
            raise InputError(self.problems)

    def _written(self, text: object, field: str) -> str:
        """The text, empty where there is none; a value of another kind does not fit the field."""
        if text is not None and not isinstance(text, str):
            self.add("field-form", field)
        return text if isinstance(text, str) else ""


class Checks(_Collected):
    """Brings each field to one form, and collects every problem, so that all are told at once."""

    def email(self, text: str, field: str = "email") -> str:
        """An e-mail address in lower case."""
        found = self._written(text, field).strip().lower()
        if not _EMAIL.fullmatch(found) or len(found) > 254:
            self.add("email-format", field, got=found[:80])
        return found

    def name(self, text: str, field: str = "name") -> str:
        """A name of 2 to 200 letters."""
        found = " ".join(self._written(text, field).split())
        if not 2 <= len(found) <= 200 or "\0" in found:
            self.add("name-length", field, got=found[:40])
        return found

    def text(self, text: str | None, field: str, longest: int) -> str | None:
        """A text of at most ``longest`` letters, or none."""
        found = self._written(text, field).strip()
        if len(found) > longest or "\0" in found:
            self.add("text-length", field, limit=longest, got=len(found))
        elif _HALF.search(found):
            self.add("value-not-kept", field)
        return found or None

    def reason(self, text: str | None, field: str = "reason", longest: int = 2000) -> str:
        """A reason, which must be given."""
        found = self.text(text, field, longest)
        if found is None:
            self.add("reason-missing", field)
        return found or ""

    def language(self, code: str, field: str = "language") -> str:
        """A language that we have words in."""
        code = self._written(code, field)
        if code not in LANGUAGES:
            self.add("language-unknown", field, got=code[:20], choices=list(LANGUAGES))
        return code

    def phone(self, text: str | None, field: str = "phone") -> str | None:
        """A telephone number without spaces, or none."""
        found = re.sub(r"[\s()-]", "", self._written(text, field))
        if found and not _PHONE.fullmatch(found):
            self.add("phone-format", field, got=found[:40])
        return found or None

    def number(self, text: str | None, field: str = "number") -> str | None:
        """An organisation number of nine digits with its check digit (modulus 11), or none."""
        found = re.sub(r"\s", "", self._written(text, field))
        if found and not orgnr.is_valid(found):
            self.add("organisation-number", field, got=found[:40])
        return found or None

    def municipality(self, text: str | None, field: str = "municipality") -> str | None:
        """A municipality number of four digits, or none."""
        text = self._written(text, field)
        if text and not _MUNICIPALITY.fullmatch(text):
            self.add("municipality-format", field, got=text[:40])
        return text or None

    def place(self, text: str | None, field: str = "place") -> str | None:
        """A municipality number of four digits, or the two digits of a county, or none."""
        text = self._written(text, field)
        if text and not _PLACE.fullmatch(text):
            self.add("place-format", field, got=text[:40])
        return text or None

    def amount(self, text: object, field: str = "amount") -> int:
        """A sum without currency, in hundredths; nothing below zero."""
        found = 0
        try:
            found = parse_ore(self._written(text, field))
        except MoneyError as error:
            self.add(error.code, field, **error.params)
        if found < 0:
            self.add("money-negative", field, text=text)
        return found

    def day(self, value: object, field: str) -> date | None:
        """A day, or none; an instant is no day."""
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.add("field-form", field)
        return None

    def instant(self, value: object, field: str) -> datetime | None:
        """An instant with its offset from UTC, or none."""
        if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
            return value
        self.add("field-form", field)
        return None

    def listed(self, values: object, field: str) -> list[str]:
        """A list of ids or texts, each as it came; a single one is no list."""
        if isinstance(values, list | tuple) and all(isinstance(one, str) for one in values):
            return list(values)
        self.add("field-form", field)
        return []

    def record(self, values: object, field: str) -> dict[str, Any]:
        """Values by name; none where there are none."""
        if values is not None and not isinstance(values, Mapping):
            self.add("field-form", field)
        return dict(values) if isinstance(values, Mapping) else {}

    def one_of(self, value: str, choices: Mapping[str, Any] | tuple[str, ...], field: str) -> str:
        """One of a few words."""
        value = str(value)
        if value not in choices:
            self.add("not-one-of", field, value=value[:40], allowed=list(choices))
        return value


def page_of(after: object, limit: object, most: int) -> tuple[str, int]:
    """Where a page of a list begins, and how long it is: at least one, at most ``most``.

    :raises InputError: ``field-form``.
    """
    checks = Checks()
    if not isinstance(after, str):
        checks.add("field-form", "after")
    if not isinstance(limit, int) or isinstance(limit, bool):
        checks.add("field-form", "limit")
    checks.done()
    assert isinstance(after, str)  # as above
    assert isinstance(limit, int)  # as above
    return after, min(max(limit, 1), most)
