"""Asking the organisation register (Enhetsregisteret) about one number, by its open interface."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grantengine import FactContext, SourceDown

PUBLIC_ADDRESS = "https://data.brreg.no/enhetsregisteret/api"
SETTING = "register_url"
OFF = "off"
"""As the address: nobody is asked, and what the register would say is not obtained."""
GONE, UNKNOWN = 410, 404
_KEPT = (
    "organisasjonsnummer", "navn", "overordnetEnhet", "slettedato", "nedleggelsesdato", "konkurs", "underAvvikling",
    "underTvangsavviklingEllerTvangsopplosning", "registrertIFrivillighetsregisteret", "antallAnsatte", "stiftelsesdato",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """What the register says of a number. ``answer`` is what it said, without addresses and other ways to reach people."""

    number: str
    answer: Mapping[str, Any]

    @property
    def known(self) -> bool:
        """Whether there is, or was, such a unit."""
        return bool(self.answer)

    @property
    def form(self) -> str | None:
        """The code of the organisation form, such as ``FLI``."""
        return _text(self.answer.get("organisasjonsform"))

    @property
    def sector(self) -> str | None:
        """The code of the institutional sector, such as ``6500``."""
        return _text(self.answer.get("institusjonellSektorkode"))

    @property
    def part_of(self) -> str | None:
        """The number of the unit that this one is a part of."""
        return _text(self.answer.get("overordnetEnhet"))

    @property
    def municipality(self) -> str | None:
        """The number of the municipality where it is."""
        return _text(self.answer.get("kommunenummer"))

    @property
    def employees(self) -> int | None:
        """How many employees; None where the register does not say, as it does not of one to four."""
        count = self.answer.get("antallAnsatte")
        return count if isinstance(count, int) and not isinstance(count, bool) else None

    @property
    def founded(self) -> str | None:
        """The day it was founded, as an ISO date."""
        return _date(self.answer.get("stiftelsesdato"))

    @property
    def in_voluntary_register(self) -> bool:
        """Whether it stands in the register of voluntary organisations."""
        return self.answer.get("registrertIFrivillighetsregisteret") is True

    def is_active(self, day: datetime.date) -> bool:
        """Not deleted or closed by this day, not bankrupt, and not being wound up."""
        ending = ("konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning")
        closed = _date(self.answer.get("nedleggelsesdato"))
        return (
            self.known
            and not self.answer.get("slettedato")
            and not any(self.answer.get(name) is True for name in ending)
            and (closed is None or closed > day.isoformat())
        )


def look_up(context: FactContext, number: str) -> Unit:
    """What the register says of this number, as a unit or as a part of one; of a number that nobody has, nothing.

    :raises SourceDown: the register does not answer, or not as it should.
    """
    address = _address(context.settings)
    for kind in ("enheter", "underenheter"):
        status, body = context.http.get_json(f"{address}/{kind}/{number}")
        if status == GONE:
            return Unit(number, {"organisasjonsnummer": number, "slettedato": "410"})
        if status == UNKNOWN:
            continue
        if status != 200 or not isinstance(body, Mapping) or body.get("organisasjonsnummer") != number:
            raise SourceDown(f"the register answered {status} of {number}, and not with that unit")
        return Unit(number, _without_people(body))
    return Unit(number, {})


def _address(settings: Mapping[str, str]) -> str:
    address = settings.get(SETTING) or PUBLIC_ADDRESS
    if address == OFF:
        raise SourceDown("the register is switched off")
    return address.rstrip("/")


def _without_people(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is needed of an answer: addresses may be those of people, and are left where they are."""
    kept = {name: body[name] for name in _KEPT if name in body}
    for name in ("organisasjonsform", "institusjonellSektorkode"):
        code = _part(body, name, "kode")
        if code is not None:
            kept[name] = code
    places = ("forretningsadresse", "beliggenhetsadresse", "postadresse")
    municipality = next((found for name in places if (found := _part(body, name, "kommunenummer"))), None)
    return {**kept, "kommunenummer": municipality} if municipality else kept


def _part(body: Mapping[str, Any], name: str, part: str) -> str | None:
    inner = body.get(name)
    return _text(inner.get(part)) if isinstance(inner, Mapping) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _date(value: Any) -> str | None:
    try:
        return datetime.date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None
