"""The event stream of a YAML text, bounded while it is scanned, and our own words for what the scanner refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scanner import Scanner

MAX_DEPTH = 50
_LONGEST_NAME = 128
_NAME = re.compile(rf"\S{{0,{_LONGEST_NAME + 1}}}")


class Refused(Exception):
    """Reading stops here: a code of the problem, the index in the text, and parameters."""

    def __init__(self, code: str, index: int, **params: object) -> None:
        super().__init__(code)
        self.code, self.index, self.params = code, index, params


class _BoundedScanner(Scanner):
    """The library's scanner looks far ahead of its events, so brackets and names are bounded where they are scanned."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 - the library's own name
        if len(self.flow_context) >= MAX_DEPTH:
            raise Refused("yaml-too-deep", self.reader.index, most=MAX_DEPTH)
        super().fetch_flow_collection_start(TokenClass, to_push)

    def fetch_tag(self) -> None:
        self._bound("yaml-tag")
        super().fetch_tag()

    def fetch_anchor(self) -> None:
        self._bound("yaml-anchor")
        super().fetch_anchor()

    def fetch_alias(self) -> None:
        self._bound("yaml-alias")
        super().fetch_alias()

    def _bound(self, code: str) -> None:
        name = _NAME.match(self.reader.prefix(_LONGEST_NAME + 1))
        if name and len(name.group()) > _LONGEST_NAME:
            raise Refused(code, self.reader.index, name=name.group()[:20])


def events(text: str) -> Iterator[Any]:
    """The events of ``text``.

    :raises Refused: the text is not YAML, or is nested too deeply; ``yaml-syntax`` has a parameter ``what``.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _BoundedScanner
    try:
        yield from yaml.parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark else 0
        what = _what(f"{error.context or ''}: {error.problem or ''}", text[index : index + 1])
        raise Refused("yaml-syntax", _start(error, what, index), what=what) from error
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, RecursionError) as error:
        # The library trips over some texts (an escape beyond Unicode, for one) without an error of its own.
        raise Refused("yaml-syntax", 0, what="unexpected") from error


def _start(error: MarkedYAMLError, what: str, index: int) -> int:
    """For something that was never closed, the place where it was opened helps more than the end of the file."""
    if what in ("unclosed-quote", "unclosed-bracket") and error.context_mark:
        return int(error.context_mark.index)
    return index


_WORDS: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'|tab", "tab-indentation"),
    (r"quoted scalar: found unexpected", "unclosed-quote"),
    (r"flow (sequence|mapping): expected ',' or", "unclosed-bracket"),
    (r"escape|hexdecimal", "bad-escape"),
    (r"mapping values are not allowed", "colon-in-text"),
    (r"could not find expected ':'", "missing-colon"),
    (r"sequence entries are not allowed|expected <block end>", "bad-indentation"),
    (r"expected the node content, but found '[\]\}]'", "unexpected-bracket"),
    (r"found character", "reserved-character"),
    (r"block scalar", "bad-block-header"),
    (r"anchor|alias|tag", "bad-name"),
    (r"document|directive|YAML", "bad-document"),
)

SYNTAX_WORDS = (*dict.fromkeys(word for _, word in _WORDS), "text-after-quote", "unexpected")
"""Every value that ``what`` of a ``yaml-syntax`` problem can have."""


def _what(said: str, found: str) -> str:
    if found == "\t":
        return "tab-indentation"
    if "but found '<scalar>'" in said:
        return "text-after-quote"
    return next((word for pattern, word in _WORDS if re.search(pattern, said)), "unexpected")
