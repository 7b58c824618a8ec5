"""A register of organisations in the process itself: it answers as the public one does, of those that are made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from grantengine.hooks.context import SourceDown

_NUMBER = re.compile(r"/(\d{9})(?:[/?]|$)")


class MadeUpRegister:
    """A :class:`grantengine.hooks.context.HttpReader` that never leaves the process. ``is_down`` says when it is."""

    def __init__(self, is_down: Callable[[], bool]) -> None:
        self.is_down = is_down
        self._units: dict[str, dict[str, Any]] = {}

    def add(self, number: str, name: str, *, form: str, municipality: str, founded: int, employees: int = 0) -> None:
        """Have the register know an organisation; ``form`` is its code, such as ``FLI`` or ``KOMM``."""
        is_public = form in ("KOMM", "ORGL")
        self._units[number] = {
            "organisasjonsnummer": number, "navn": name.upper(), "organisasjonsform": {"kode": form},
            "forretningsadresse": {"kommunenummer": municipality}, "stiftelsesdato": f"{founded}-03-01",
            "registreringsdatoEnhetsregisteret": f"{founded}-04-01", "harRegistrertAntallAnsatte": employees >= 5,
            "registrertIFrivillighetsregisteret": not is_public, "konkurs": False, "underAvvikling": False,
            "underTvangsavviklingEllerTvangsopplosning": False,
            "institusjonellSektorkode": {"kode": "6500" if is_public else "7000"},
            **({"antallAnsatte": employees} if employees >= 5 else {}),
        }  # fmt: skip

    def get_json(self, url: str) -> tuple[int, Any]:
        """What the register says of the number that the address ends with; 404 of a number that nobody has.

        :raises SourceDown: the register is down now.
        """
        if self.is_down():
            raise SourceDown("made-up register: closed for the evening")
        found = _NUMBER.search(url)
        unit = self._units.get(found.group(1)) if found and "/underenheter" not in url else None
        return (200, unit) if unit else (404, None)
