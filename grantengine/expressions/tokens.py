"""Tokens made ready for the parser, so that nothing in it can give a word another meaning than ours.

Every name becomes ``n_<name>``, every function ``f_<name>``, and a grouping parenthesis a call of the function ``f_``.
A parser of SQL treats hundreds of words specially, some only before a parenthesis; with these prefixes none is left, a
column can be called ``order`` or ``from``, and every name, function and parenthesis keeps its position in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot.tokenizer_core import Token, TokenType

from grantengine.errors import Message
from grantengine.expressions.expression import refusal
from grantengine.expressions.functions import FUNCTIONS, KEYWORDS, REFUSED_WORDS, nearest_function
from grantengine.expressions.limits import bounded_tokens, raw

NAME, FUNCTION = "n_", "f_"
_SIGNS = frozenset(
    {"+", "-", "*", "/", "%", "//", "=", "==", "!=", "<>", "<", "<=", ">", ">=", "(", ")", ",", ".", "->", ":"}
)
_BINARY_SIGNS = frozenset({"*", "/", "%", "//", "=", "==", "!=", "<>", "<", "<=", ">", ">="})


class Tokens:
    """The tokens of one text: ``for_parser`` in the parser's terms, ``written`` as (start, text) in the author's."""

    def __init__(self, text: str, trusted: bool) -> None:
        self.text, self.trusted = text, trusted
        self._tokens = bounded_tokens(text)
        self.written = [(token.start, raw(text, token)) for token in self._tokens]
        self.index = {start: index for index, (start, _) in enumerate(self.written)}
        self.for_parser: list[Token] = []
        for index in range(len(self._tokens)):
            self._add(index)

    def word(self, index: int) -> str:
        """The token at ``index`` in lower case, an empty text beyond either end."""
        return self.written[index][1].lower() if 0 <= index < len(self.written) else ""

    def _add(self, index: int) -> None:
        token, written = self._tokens[index], self.written[index][1]
        self._check_joined(index, token, written)
        if token.token_type in (TokenType.NUMBER, TokenType.STRING):
            pass
        elif written[0].isalpha() or written[0] == "_":
            self._word(index, token, written)
        elif written == "(":
            self._parenthesis(index, token)
        else:
            self._sign(index, token, written)
        self.for_parser.append(token)

    def _check_joined(self, index: int, token: Token, written: str) -> None:
        """Refuse two operands side by side: the parser would read the second as a new name for the first."""
        starts = (written[0].isalnum() or written[0] in "_'") and written.lower() not in KEYWORDS | REFUSED_WORDS
        dated = written[0] == "'" and self.word(index - 1) == "date" and self.word(index - 2) != "."
        if starts and not dated and not _is_phrase(written) and _ends_operand(self.word(index - 1)):
            raise refusal("expression-syntax", token.start, found=written)

    def _word(self, index: int, token: Token, written: str) -> None:
        word = written.lower()
        if self.word(index - 1) == ".":
            if self.word(index + 1) == "(":
                raise refusal("expression-not-allowed", token.start, construct="method", text=written)
        elif word in KEYWORDS:
            return
        elif word in REFUSED_WORDS or _is_phrase(written):
            raise refusal("expression-not-allowed", token.start, construct="word", text=written)
        elif self._kept(index, word):
            return
        elif self.word(index + 1) == "(":
            self._function(token, written)
            _rename(token, FUNCTION + word)
            return
        _rename(token, NAME + written)

    def _kept(self, index: int, word: str) -> bool:
        """Whether the parser needs the word as it is: ``date`` before a text, ``null`` after ``is`` or ``is not``."""
        if word == "date":
            return self.word(index + 1).startswith("'")
        before = index - 2 if self.word(index - 1) == "not" else index - 1
        return word == "null" and self.word(before) == "is"

    def _function(self, token: Token, written: str) -> None:
        function = FUNCTIONS.get(written.lower())
        if function is None or (function.trusted and not self.trusted):
            near = nearest_function(written, self.trusted)
            hint = Message("hint.nearest", {"nearest": near}) if near else None
            raise refusal("expression-unknown-function", token.start, hint, name=written)

    def _parenthesis(self, index: int, token: Token) -> None:
        before = self.word(index - 1)
        called = before and self.for_parser[-1].text.startswith(FUNCTION) and before[0].isalpha()
        if not called and before != "in":
            group = Token(TokenType.VAR, FUNCTION, token.line, token.col, token.start, token.end)
            self.for_parser.append(group)

    def _sign(self, index: int, token: Token, written: str) -> None:
        before, after = self.word(index - 1), self.word(index + 1)
        if written == "::" or written not in _SIGNS:
            construct = "cast" if written == "::" else "operator"
            raise refusal("expression-not-allowed", token.start, construct=construct, text=written)
        if written == "->" and not (_is_name(before) and self.word(index - 2) == ","):
            raise refusal("expression-not-allowed", token.start, construct="arrow", text=written)
        if written == ":" and not (_is_name(before) and self.word(index - 2) == "lambda"):
            raise refusal("expression-not-allowed", token.start, construct="operator", text=written)
        if written == "*" and not _ends_operand(before):
            raise refusal("expression-not-allowed", token.start, construct="star", text=written)
        if written in _BINARY_SIGNS and not _ends_operand(before):
            raise refusal("expression-syntax", token.start, found=written)
        glued = self.text[token.start - 1 : token.start + 2] if token.start else ""
        if written == "." and not (
            _is_name(before) and (_is_name(after) or after == "*") and not re.search(r"\s", glued)
        ):
            raise refusal("expression-syntax", token.start, found=written)


def _rename(token: Token, text: str) -> None:
    # Tokens of the parser's library take new values, but their type says nothing of it.
    assign: Callable[[Token, str, object], None] = setattr
    assign(token, "token_type", TokenType.VAR)
    assign(token, "text", text)


def _is_phrase(written: str) -> bool:
    """Whether the parser's library took several words as one, such as ``order by``."""
    return written[0].isalpha() and len(written.split()) > 1


def _is_name(word: str) -> bool:
    return bool(word) and (word[0].isalpha() or word[0] == "_")


def _ends_operand(word: str) -> bool:
    if not word or word in KEYWORDS - {"end"}:
        return False
    return word[-1].isalnum() or word[-1] in "_')"
