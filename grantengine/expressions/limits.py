"""Bounds on the characters and tokens of an expression, all of them checked before anything is parsed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from grantengine.errors import Message
from grantengine.expressions.expression import refusal
from grantengine.expressions.functions import KEYWORDS

MAX_CHARACTERS = 4_000
MAX_TOKENS = 600
MAX_DEPTH = 16
MAX_SIGNS = 3

_DIALECT = DuckDB()
_ALLOWED = re.compile(r"[A-Za-z0-9_ \t\r\n.,()+\-*/%<>=!':]")
_PLAIN = re.compile(r"[A-Za-z0-9_ \t\r\n.,()+\-*/%<>=!:]*")
"""What needs no closer look: no text in quotes, nothing refused."""
_REFUSED = {
    '"': "quoted-name", "`": "quoted-name", ";": "semicolon", "\\": "backslash", "{": "braces", "}": "braces",
    "[": "brackets", "]": "brackets", "$": "parameter", "?": "parameter", "@": "parameter", "#": "parameter",
}  # fmt: skip
_WORD_BEFORE = re.compile(r"[A-Za-z0-9_]+\Z")
_OPENED_BY = {")": "(", "end": "case"}
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?\Z")


def bounded_tokens(text: str) -> list[Token]:
    """The tokens of ``text``, when it is within every bound.

    Raises:
        ExpressionError: the text is too long, too deep, empty, or has a character or token outside the language.
    """
    if len(text) > MAX_CHARACTERS:
        raise refusal("expression-too-long", MAX_CHARACTERS, length=len(text), limit=MAX_CHARACTERS)
    _check_characters(text)
    try:
        tokens = list(_DIALECT.tokenize(text))
    except SqlglotError as error:
        raise refusal("expression-syntax", 0, found="") from error
    if not tokens:
        raise refusal("expression-empty", 0)
    if len(tokens) > MAX_TOKENS:
        raise refusal("expression-too-many-tokens", tokens[MAX_TOKENS].start, tokens=len(tokens), limit=MAX_TOKENS)
    _check_numbers(text, tokens)
    _check_depth(text, tokens)
    _check_signs(text, tokens)
    return tokens


def raw(text: str, token: Token) -> str:
    """The token as it is written."""
    return text[token.start : token.end + 1]


def _check_characters(text: str) -> None:
    if _PLAIN.fullmatch(text) and "--" not in text and "/*" not in text:
        return
    opened = -1
    for at, character in enumerate(text):
        if character not in "\t\r\n" and unicodedata.category(character) in ("Cc", "Cs"):
            raise refusal("expression-control-character", at, codepoint=f"U+{ord(character):04X}")
        if character == "'":
            if opened < 0 and text[at - 1 : at] != "'":
                _check_prefix(text, at)
            opened = at if opened < 0 else -1
        elif opened >= 0:
            # A backslash is an ordinary character of a text for one engine and an escape for another.
            if character == "\\":
                raise refusal("expression-not-allowed", at, construct="backslash", text=character)
        else:
            _check_outside(text, at, character)
    if opened >= 0:
        raise refusal("expression-unfinished-text", opened)


def _check_outside(text: str, at: int, character: str) -> None:
    pair = text[at : at + 2]
    if pair in ("--", "/*"):
        raise refusal("expression-not-allowed", at, construct="comment", text=pair)
    if character in _REFUSED:
        construct = _REFUSED[character]
        hint = Message("hint.expression-single-quotes") if character == '"' else None
        raise refusal("expression-not-allowed", at, hint, construct=construct, text=character)
    if not _ALLOWED.match(character):
        if character.isascii():
            raise refusal("expression-not-allowed", at, construct="operator", text=character)
        name = unicodedata.name(character, "")
        raise refusal("expression-character", at, character=character, codepoint=f"U+{ord(character):04X}", name=name)


def _check_prefix(text: str, at: int) -> None:
    """Refuse ``E'…'``, ``x'…'`` and the like: a word glued to a text, but for ``date'…'`` and keywords."""
    before = _WORD_BEFORE.search(text[:at])
    if before and before.group().lower() not in KEYWORDS | {"date"}:
        raise refusal("expression-not-allowed", before.start(), construct="text-prefix", text=before.group())


def _check_numbers(text: str, tokens: Sequence[Token]) -> None:
    for index, token in enumerate(tokens):
        if token.token_type != TokenType.NUMBER:
            continue
        start, written = token.start, raw(text, token)
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if before and before.end == token.start - 1 and raw(text, before)[-1:] == ".":
            start, written = before.start, "." + written
        if after and after.start == token.end + 1 and re.match(r"[\w.]", text[after.start]):
            written += raw(text, after)
        if not _NUMBER.match(written):
            raise refusal("expression-number", start, text=written)


def _check_depth(text: str, tokens: Sequence[Token]) -> None:
    opened: list[Token] = []
    for index, token in enumerate(tokens):
        word = raw(text, token).lower()
        if index and raw(text, tokens[index - 1]) == ".":
            continue
        if word in ("(", "case"):
            opened.append(token)
            if len(opened) > MAX_DEPTH:
                raise refusal("expression-too-deep", token.start, limit=MAX_DEPTH)
        elif word in _OPENED_BY and (not opened or raw(text, opened.pop()).lower() != _OPENED_BY[word]):
            raise refusal("expression-syntax", token.start, found=raw(text, token))
    if opened:
        raise refusal("expression-unclosed", opened[-1].start, opened=raw(text, opened[-1]))


def _check_signs(text: str, tokens: Sequence[Token]) -> None:
    run = 0
    for token in tokens:
        word = raw(text, token).lower()
        run = run + 1 if word in ("not", "-") else 0
        if run > MAX_SIGNS:
            raise refusal("expression-repeated-sign", token.start, sign=word, limit=MAX_SIGNS)
