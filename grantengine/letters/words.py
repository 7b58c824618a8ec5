"""How a letter says things in its reader's language: texts, sums, points, dates in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from grantengine.errors import Message
from grantengine.money import IN_KIND, Money, format_for_people
from grantengine.texts.catalogue import Texts, in_language, show_number

_LOCALES = {"nb": "nb_NO", "nn": "nn_NO"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language."""

    texts: Texts
    language: str

    def say(self, key: str, **params: object) -> str:
        """The words of a text."""
        return self.texts.say(Message(key, params), self.language)

    def titled(self, title: Mapping[str, str]) -> tuple[str, str]:
        """A title, and the language it is in where that is another than the letter's."""
        text = in_language(title, self.language)
        own = title.get(self.language) == text
        return text, "" if own else next((code for code, words in title.items() if words == text), "")

    def amount(self, hundredths: int, unit: str) -> str:
        """A sum of a currency, or of what is given in kind with its unit in words."""
        if unit not in IN_KIND:
            return format_for_people(Money(hundredths, unit), self.language)
        number = format_for_people(Money(hundredths, ""), self.language).rstrip()
        return f"{number} {self.say(f'unit.{unit}')}"

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return show_number(value, self.language)

    def date(self, day: datetime.date) -> str:
        """A date in words, such as «3. mai 2027»."""
        from babel.dates import format_date

        return str(format_date(day, "long", locale=_LOCALES.get(self.language, "en_GB")))

    def listed(self, items: list[str]) -> str:
        """«a, b and c»."""
        *first, last = items
        return f"{', '.join(first)} {self.say('letter.and')} {last}" if first else last


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which empty lines part."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [block.strip() for block in blocks if block.strip()]
