"""Message catalogues (gettext .po files whose ids are stable keys) and the rendering of messages in a language."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from grantengine.errors import Message, PluginError, Problem
from grantengine.money import Money, format_for_people

LANGUAGES = ("nb", "nn", "en")
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_OTHERS = {"nb": ("nn",), "nn": ("nb",)}
"""Languages that are as good as the one asked for."""
MOST_SHOWN = 10**15
"""Numbers from here on are shown in powers of ten."""

Catalogue = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the core and of every loaded plugin: language to key to words."""

    catalogues: Mapping[str, Catalogue] = field(default_factory=lambda: MappingProxyType({}))

    def with_plugin(self, plugin: str, added: Mapping[str, Catalogue]) -> Texts:
        """These texts and a plugin's own.

        :raises PluginError: ``plugin-duplicate-text`` where the key belongs to someone else.
        """
        merged = {language: dict(self.catalogues.get(language, {})) for language in {*self.catalogues, *added}}
        for language, catalogue in added.items():
            for key, words in catalogue.items():
                if key in merged[language]:
                    raise PluginError(plugin, "plugin-duplicate-text", key=key)
                merged[language][key] = words
        return Texts(MappingProxyType(merged))

    def has(self, key: str) -> bool:
        """Whether some language has words for ``key``."""
        return any(key in catalogue for catalogue in self.catalogues.values())

    def say(self, message: Message, language: str) -> str:
        """The words of ``message`` in ``language``, else in another, else the key with its parameters.

        Words write a parameter as ``{name}``, or as ``{name:v}`` where its value is of the engine's own vocabulary (see
        :meth:`word`). A parameter the message lacks is shown by its name in braces, and words that can not be filled in
        are shown as they are: a wrong text must never hide the fault it tells of.
        """
        for choice in dict.fromkeys((language, *_OTHERS.get(language, ()), "en", *self.catalogues)):
            words = self.catalogues.get(choice, {}).get(message.key)
            if words:
                try:
                    return words.format_map(_Shown({n: _Param(self, v, language) for n, v in message.params.items()}))
                except (ValueError, TypeError, LookupError, AttributeError):
                    return words
        params = ", ".join(f"{name}={value}" for name, value in message.params.items())
        return f"{message.key} ({params})" if params else message.key

    def word(self, value: object, language: str) -> str:
        """A value of a small vocabulary, such as ``whole-number``, in words: the text ``v.<value>``, spaces as hyphens.

        A list is said item by item; a value without such a text is as :meth:`show` has it.
        """
        if isinstance(value, list | tuple | frozenset):
            return ", ".join(self.word(item, language) for item in value)
        key = f"v.{value}".replace(" ", "-")
        return self.say(Message(key), language) if self.has(key) else self.show(value, language)

    def show(self, value: object, language: str) -> str:
        """A parameter as people of the language write it."""
        if isinstance(value, Message):
            return self.say(value, language)
        if isinstance(value, Money):
            return format_for_people(value, language)
        if isinstance(value, bool):
            return self.say(Message("value.yes" if value else "value.no"), language)
        if isinstance(value, float):
            return show_number(value, language)
        if value is None:
            return self.say(Message("value.none"), language)
        if isinstance(value, list | tuple | frozenset):
            return ", ".join(self.show(item, language) for item in value)
        if isinstance(value, Mapping):
            return in_language(value, language)
        return str(value).encode(errors="replace").decode()  # half a character can not be shown

    def problem(self, problem: Problem, language: str) -> str:
        """One line: ``file:line:column: code: message (hint)``, without the parts that are not known."""
        where = problem.where
        place = [part for part in (where.file, where.line, where.column) if part]
        words = self.words_of(problem, language)
        hint = f" ({self.say(problem.hint, language)})" if problem.hint else ""
        said = f"{problem.code}: {words}" if words else problem.code
        return f"{':'.join(str(part) for part in place)}{': ' if place else ''}{said}{hint}"

    def words_of(self, problem: Problem, language: str) -> str:
        """What is wrong, in words; its parameters where a plugin has a code of its own and brings no words for it."""
        key = f"problem.{problem.code}"
        if self.has(key):
            return self.say(Message(key, problem.params), language)
        return ", ".join(f"{name}: {self.show(value, language)}" for name, value in problem.params.items())


@dataclass(frozen=True, slots=True)
class _Param:
    """A parameter in words; only what the words ask for is shown."""

    texts: Texts
    value: object
    language: str

    def __format__(self, spec: str) -> str:
        return (self.texts.word if spec == "v" else self.texts.show)(self.value, self.language)


class _Shown(dict[str, _Param]):
    def __missing__(self, key: str) -> _Param:
        return _Param(Texts(), "{" + key + "}", "en")


def in_language(text: Mapping[str, str], language: str) -> str:
    """The text of a scheme in ``language``; else in a related or the first language it has."""
    for choice in (language, *_OTHERS.get(language, ("en", "nb", "nn"))):
        if choice in text:
            return text[choice]
    return next(iter(text.values()), "")


@lru_cache(maxsize=8192)
def show_number(value: float, language: str) -> str:
    """A number with the language's separators and at most four decimals; a huge one in powers of ten."""
    from babel.numbers import format_decimal

    if abs(value) >= MOST_SHOWN:
        return f"{value:g}" if language == "en" else f"{value:g}".replace(".", ",")
    words: str = format_decimal(round(value, 4), format="#,##0.####", locale=_LOCALES.get(language, "en_GB"))
    return words


@lru_cache(maxsize=1)
def core_texts() -> Texts:
    """The core's own catalogue."""
    return Texts(MappingProxyType(read_texts(resources.files("grantengine") / "texts")))


def read_texts(folder: Traversable) -> dict[str, Catalogue]:
    """The catalogues ``nb.po``, ``nn.po``, ``en.po`` of a folder; a language that is not there is left out."""
    found = {}
    for language in LANGUAGES:
        file = folder / f"{language}.po"
        if file.is_file():
            found[language] = read_catalogue(file.read_bytes())
    return found


@lru_cache(maxsize=256)
def read_catalogue(data: bytes) -> Catalogue:
    """Key to words from the bytes of a .po file, read once; fuzzy and empty entries are left out."""
    from babel.messages.pofile import read_po

    catalogue = read_po(io.BytesIO(data))
    return MappingProxyType(
        {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy and isinstance(m.id, str)}
    )
