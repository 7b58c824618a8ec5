"""A letter that was sent, taken apart for a page: its three sentences and its sections, in the words that were sent.

The letter is the record of what was told. The page shows the same words, and computes nothing anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import Markup, escape

KEPT = frozenset(
    {"p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "strong", "dl", "dt", "dd"}
)
"""What is shown as it is marked up; of all else, the words."""
CLASSES = {"table": "ds-table", "ul": "ds-list", "ol": "ds-list", "p": "ds-paragraph", "dl": "site-facts"}
ATTRIBUTES = {"th": ("scope", "colspan"), "td": ("colspan",), "span": ("lang",)}
WAYS = ("mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a letter: its id without ``h-``, its heading, and what it says."""

    id: str
    heading: str
    content: Markup


@dataclass(frozen=True, slots=True)
class LetterParts:
    """A letter in the language ``language``: the sentences that it opens with, and its sections in order."""

    language: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]


def letter_parts(html: str) -> LetterParts:
    """The parts of a letter as :mod:`grantengine.letters.render` writes it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return LetterParts(reader.language, tuple(filter(None, map(_line, reader.sentences))), tuple(reader.sections))


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass
class _Open:
    """The section that is being read."""

    id: str
    heading: str = ""
    written: list[Markup] = field(default_factory=list)
    in_heading: bool = False


class _Reader(HTMLParser):
    """Goes through a letter once. What is kept is written anew: nothing of the letter's own attributes comes along."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.sentences: list[str] = []
        self.sections: list[Section] = []
        self._section: _Open | None = None
        self._in_lead = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "section":
            self._section = _Open(given.get("aria-labelledby", "").removeprefix("h-"))
        elif tag == "div" and given.get("class") == "lead":
            self._in_lead = True
        elif tag == "p" and self._in_lead:
            self.sentences.append("")
        elif self._section is not None:
            self._begin(self._section, tag, given)

    def handle_endtag(self, tag: str) -> None:
        one = self._section
        if tag == "section" and one is not None:
            self.sections.append(Section(one.id, _line(one.heading), Markup("").join(one.written)))
            self._section = None
        elif tag == "div" and self._in_lead:
            self._in_lead = False
        elif one is not None and tag == "h2":
            one.in_heading = False
        elif one is not None and tag in KEPT | {"a", "span", "div"}:
            one.written.append(Markup("</{}>").format(tag))

    def handle_data(self, data: str) -> None:
        if self._section is not None and self._section.in_heading:
            self._section.heading += data
        elif self._section is not None:
            self._section.written.append(escape(data))
        elif self._in_lead and self.sentences:
            self.sentences[-1] += data

    def _begin(self, one: _Open, tag: str, given: dict[str, str]) -> None:
        if tag == "h2":
            one.in_heading = True
        elif tag == "div":
            one.written.append(
                Markup('<div class="site-scroll" tabindex="0" role="group" aria-labelledby="l-{}">').format(one.id)
            )
        elif tag == "a":
            way = given.get("href", "")
            more = Markup(' href="{}"').format(way) if way.startswith(WAYS) else ""
            one.written.append(Markup('<a class="ds-link"{}>').format(more))
        elif tag in KEPT | {"span"}:
            one.written.append(Markup("<{}{}>").format(tag, _kept(tag, given)))


def _kept(tag: str, given: dict[str, str]) -> Markup:
    classes = [CLASSES[tag]] if tag in CLASSES else []
    own = given.get("class", "").split()
    classes += ["site-number"] if "right" in own else []
    classes += ["site-answer-text"] if "written" in own else []
    found = [("class", " ".join(classes))] if classes else []
    found += [(name, given[name]) for name in ATTRIBUTES.get(tag, ()) if name in given]
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in found)
