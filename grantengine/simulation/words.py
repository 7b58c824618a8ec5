"""What the terminal and the page of a simulation share: sums, shares and values of a scheme in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grantengine.errors import Message, MoneyError
from grantengine.money import IN_KIND, Money, format_for_people, parse_money
from grantengine.outcome import UNDECIDED, Outcome
from grantengine.records import GROUNDS, POINT_UNITS, Ground
from grantengine.texts.catalogue import Texts, show_number


@dataclass(frozen=True)
class Speaker:
    """Says things in one language; sums are in ``currency`` where nothing else is said."""

    texts: Texts
    language: str
    currency: str

    def say(self, key: str, **params: object) -> str:
        """The words of a text."""
        return self.words(Message(key, params))

    def words(self, value: str | Message) -> str:
        """A text as it is, or the words of a message."""
        if isinstance(value, str):
            return value
        params = {name: self._in_kind(param) for name, param in value.params.items()}
        return self.texts.say(Message(value.key, params), self.language)

    def _in_kind(self, value: object) -> object:
        return self.money(value.ore, value.currency) if isinstance(value, Money) else value

    def money(self, ore: int, currency: str | None = None) -> str:
        """A sum as people write it; what is given in kind with its unit in words."""
        currency = currency or self.currency
        if currency not in IN_KIND:
            return format_for_people(Money(ore, currency), self.language)
        return f"{self.amount(ore)} {self.texts.say(Message(f'unit.{currency}'), self.language)}"

    def amount(self, ore: int) -> str:
        """A sum without its currency or unit."""
        return format_for_people(Money(ore, ""), self.language).rstrip()

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return show_number(value, self.language)

    def percent(self, share: float) -> str:
        """A share in per cent, with one decimal at most."""
        sign = "%" if self.language == "en" else "\u00a0%"
        return self.number(round(share * 100, 1)) + sign

    def value(self, value: Any, most: int = 70) -> str:
        """A value of a scheme in a line of at most ``most`` characters; what has an id is named by it."""
        if isinstance(value, Mapping) and isinstance(value.get("id"), str):
            value = value["id"]
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = self.number(value)
        elif isinstance(value, str):
            text = self._written(value)
        elif value is None or isinstance(value, bool):
            text = self.texts.show(value, self.language)
        else:
            text = json.dumps(value, ensure_ascii=False, default=str)
        return text if len(text) <= most else text[: most - 1] + "…"

    def _written(self, text: str) -> str:
        try:
            money = parse_money(text)
        except MoneyError:
            return text
        return self.money(money.ore, money.currency)

    def points(self, outcome: Outcome, position: int) -> str:
        """The points of a case, a dash where it has no total."""
        if not outcome.rated[position] or outcome.to_clarify[position]:
            return "–"
        points = self.number(int(outcome.total[position]) / POINT_UNITS)
        return self.say("simulate.points", points=points)

    def ground(self, outcome: Outcome, position: int) -> str:
        """Why a case got its sum, with the rules that refuse it; nothing where the call is blocked."""
        code = int(outcome.grounds[position])
        if code == UNDECIDED:
            return ""
        said = self.texts.say(Message(f"ground.{str(GROUNDS[code]).replace(' ', '-')}"), self.language)
        rules = outcome.failed(position) if code == Ground.NOT_ELIGIBLE.code else []
        return f"{said}: {', '.join(rules)}" if rules else said


def capital(text: str) -> str:
    """Words of ours that begin something; names and codes stay as they are written."""
    return text[:1].upper() + text[1:]
