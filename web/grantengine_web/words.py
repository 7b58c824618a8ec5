"""Words on pages: the catalogues of core, plugins and web, and how dates, sums and numbers are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Flask, current_app
from markupsafe import Markup, escape

from grantengine.errors import Message, Problem
from grantengine.money import Money
from grantengine.texts.catalogue import Texts, in_language, read_texts, show_number
from grantengine_web import here

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

OSLO = ZoneInfo("Europe/Oslo")
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""Each language by its own name."""


def texts_of(engine: Engine) -> Texts:
    """The texts of core and plugins, and those of the pages."""
    return engine.registry.texts.with_plugin("web", read_texts(resources.files("grantengine_web") / "translations"))


class Words:
    """What templates say; one for an application."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._plain: dict[tuple[str, str], str] = {}

    def t(self, key: str, /, **params: Any) -> str:
        """The text of this key in the language of the page."""
        language = here.language()
        if params:
            return self.texts.say(Message(key, params), language)
        said = self._plain.get((key, language))
        if said is None:
            said = self._plain[key, language] = self.texts.say(Message(key), language)
        return said

    def message(self, message: Message) -> str:
        """A message of a service."""
        return self.texts.say(message, here.language())

    def problem(self, problem: Problem) -> str:
        """A problem in a sentence; what to do about it, where the engine can tell."""
        words = self.texts.words_of(problem, here.language())
        return f"{words} {self.message(problem.hint)}" if problem.hint else words

    def words(self, text: Mapping[str, str]) -> Markup:
        """A text that a scheme has per language; where it is in another than the page's, it is marked so for readers."""
        said = in_language(text, here.language())
        own = next((code for code, words in text.items() if words == said and code), here.language())
        if own == here.language() or {own, here.language()} == {"nb", "nn"}:
            return escape(said)
        return Markup('<span lang="{}">{}</span>').format(own, said)

    def said(self, text: Mapping[str, str] | Message) -> str:
        """What a scheme says, or a plugin in its place."""
        return self.message(text) if isinstance(text, Message) else self.words(text)

    def plain(self, text: Mapping[str, str]) -> str:
        """The same without markup, for titles and attributes."""
        return in_language(text, here.language())

    def money(self, ore: int | Money, currency: str = "NOK") -> str:
        """A sum, given in øre."""
        return self.texts.show(ore if isinstance(ore, Money) else Money(ore, currency), here.language())

    def number(self, value: float) -> str:
        """A number with the separators of the language."""
        return show_number(value, here.language())

    def day(self, day: date | datetime) -> str:
        """A day, such as «1. mars 2027»."""
        return _day(day.astimezone(OSLO).date() if isinstance(day, datetime) else day, here.language())

    def minute(self, at: datetime) -> str:
        """An instant in Norwegian time, such as «1. mars 2027 kl. 23.59»."""
        local = at.astimezone(OSLO)
        return self.t("web.minute", day=_day(local.date(), here.language()), time=_time(local, here.language()))

    def until(self, at: datetime) -> str:
        """A deadline, given as the first instant that is too late: the last minute that is in time."""
        return self.minute(at - timedelta(minutes=1))

    def clock(self, at: datetime) -> str:
        """The time of day in Norway."""
        return _time(at.astimezone(OSLO), here.language())


def t(key: str, /, **params: Any) -> str:
    """The text of this key in the language of the page, for what a view says itself."""
    return cast("Words", current_app.extensions["words"]).t(key, **params)


def problem(problem: Problem) -> str:
    """A problem in a sentence, for what a view says itself."""
    return cast("Words", current_app.extensions["words"]).problem(problem)


def labelled(problems: Iterable[Problem], area: str) -> tuple[Problem, ...]:
    """Problems that name their fields by what these are called on the page, where the words of ``area`` say so."""
    return tuple(_labelled(one, area) for one in problems)


def _labelled(one: Problem, area: str) -> Problem:
    words = cast("Words", current_app.extensions["words"])
    key = f"web.{area}.{one.where.pointer.lstrip('/').replace('office-', 'office.')}"
    if "field" not in one.params or not words.texts.has(key):
        return one
    return replace(one, params={**one.params, "field": words.t(key)})


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    return format_date(day, "d. MMMM y" if language != "en" else "d MMMM y", locale=LOCALES[language])


def _time(at: datetime, language: str) -> str:
    return format_time(at, "HH:mm" if language == "en" else "HH.mm", locale=LOCALES[language])


def showable(value: object) -> object:
    """What a template writes, without the one sign that no page may hold: what was typed is shown again whatever it is."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) and "\0" in value else value


def speak(app: Flask, engine: Engine) -> None:
    """Give the templates their words."""
    words = Words(texts_of(engine))
    app.extensions["words"] = words
    app.jinja_env.globals.update(t=words.t, languages=NAMES, language=here.language, signed_in=here.signed_in)
    app.jinja_env.filters.update(
        words=words.words, said=words.said, plain=words.plain, money=words.money, number=words.number, day=words.day,
        minute=words.minute, until=words.until, clock=words.clock, message=words.message, problem=words.problem,
    )  # fmt: skip
