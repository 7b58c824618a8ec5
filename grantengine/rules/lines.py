"""Checking JSON lines of cases: quickly where they are right, by name where they are not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

from grantengine.compile.case_schema import case_schema
from grantengine.compile.plan import Plan
from grantengine.errors import Message, Problem, Where
from grantengine.form.problems import problems_of
from grantengine.form.schema import validator
from grantengine.rules.fast_check import decoder

Lines: TypeAlias = Iterator[tuple[int, bytes]]
"""Line numbers from 1, and the line's bytes."""

MOST_BYTES = 10_000_000
MOST_DIGITS = 308
"""Digits of a whole number: what a double holds."""
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPED_NUL = b"\\u0000"


class JsonProblem(ValueError):
    """A line is no JSON that this project accepts; ``code`` and ``column`` say why and where."""

    def __init__(self, code: str, column: int = 1, **params: object) -> None:
        self.code, self.column, self.params = code, column, params
        super().__init__(code)


class LineChecker:
    """Checks lines against one plan's case schema."""

    def __init__(self, plan: Plan, name: str) -> None:
        self.name = name
        schema = case_schema(plan)
        self._validator = validator(schema)
        self._decode = decoder(schema).decode

    def check(self, chunk: list[tuple[int, bytes]], problems: list[Problem]) -> list[bytes]:
        """The lines of ``chunk``, all of them right; else ``problems`` grows."""
        good = []
        for number, line in chunk:
            try:
                self._decode(line)
                _refuse_repeated_keys(line)
                if _ESCAPED_NUL in line:
                    strict_json(line)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                problems.extend(self._judge(number, line))
            good.append(line)
        return good

    def _judge(self, number: int, line: bytes) -> list[Problem]:
        """What is wrong with a line by jsonschema's verdict; nothing where it is right after all."""
        try:
            record = strict_json(line)
        except JsonProblem as problem:
            return [Problem(problem.code, Where(self.name, number, problem.column), problem.params)]
        if not isinstance(record, dict):
            params = {"path": "/", "wanted": Message("json.object"), "got": json.dumps(record, ensure_ascii=False)[:40]}
            return [Problem("answer-type", Where(self.name, number, 1, "/"), params)]
        return problems_of(self._validator.iter_errors(record), Where(self.name, number, 1))


def strict_json(line: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no repeated keys, no number beyond a double, no half characters, no NUL.

    :raises JsonProblem: ``not-utf8``, ``json-broken``, ``json-repeated-key``, ``json-not-finite``, ``json-half-character``,
        ``json-nul-character``, ``json-too-deep``, ``json-line-too-long``.
    """
    if len(line) > MOST_BYTES:
        raise JsonProblem("json-line-too-long", limit=MOST_BYTES)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonProblem("not-utf8", error.start + 1, byte=error.start) from error
    try:
        record = json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_not_finite, parse_float=_finite, parse_int=_finite_whole
        )
    except json.JSONDecodeError as error:
        raise JsonProblem("json-broken", error.pos + 1) from error
    except RecursionError as error:
        raise JsonProblem("json-too-deep") from error
    if _ESCAPED_SURROGATE.search(line):
        try:
            json.dumps(record, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise JsonProblem("json-half-character") from error
    if _ESCAPED_NUL in line and _has_nul(record):
        raise JsonProblem("json-nul-character")
    return record


def _has_nul(value: Any) -> bool:
    """Whether some text has the character NUL, which databases do not keep."""
    if isinstance(value, dict):
        return any(_has_nul(part) for item in value.items() for part in item)
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        seen: set[str] = set()
        key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise JsonProblem("json-repeated-key", key=key)
    return record


def _refuse_repeated_keys(line: bytes) -> None:
    json.loads(line, object_pairs_hook=_pairs)


def _not_finite(text: str) -> Any:
    raise JsonProblem("json-not-finite", got=text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonProblem("json-not-finite", got=text[:40])
    return number


def _finite_whole(text: str) -> int:
    # The length first: Python refuses to read whole numbers of thousands of digits, and no double holds them.
    if len(text) > MOST_DIGITS:
        raise JsonProblem("json-not-finite", got=text[:40])
    return int(text)
