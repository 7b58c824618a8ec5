"""From a character of a YAML text value back to the character of the file it was written as.

White space may change through folding; visible characters never do. So the n-th visible character of the
value is the n-th visible character of its raw text, once quotes, headers and escapes are stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_ESCAPED_BREAK = re.compile(r"\\(?:\r\n|\r|\n)")
_HEX_LENGTHS = {"x": 2, "u": 4, "U": 8}
_WHITE_ESCAPES = frozenset("tnvfrN_LP \t")


def position_of(raw: str, style: str | None, value: str, offset: int) -> int:
    """The index in ``raw`` of the character at ``offset`` of ``value``.

    :param raw: the scalar as it stands in the file, quotes and block header included.
    :param style: ``None`` (plain), ``'``, ``"``, ``|`` or ``>``.
    :param offset: may be the length of the value (its end); is kept within ``0 … len(value)``.
    """
    offset = max(0, min(offset, len(value)))
    before = sum(not character.isspace() for character in value[:offset])
    end_of_last = _content_start(raw, style)
    starts = _visible(raw, style)
    for _ in range(before):
        _, end_of_last = next(starts, (end_of_last, end_of_last))
    if offset < len(value) and not value[offset].isspace():
        return next(starts, (end_of_last, end_of_last))[0]
    return _through_same_space(raw, end_of_last, _space_before(value, offset))


def _space_before(value: str, offset: int) -> str:
    start = offset
    while start > 0 and value[start - 1].isspace():
        start -= 1
    return value[start:offset]


def _through_same_space(raw: str, index: int, space: str) -> int:
    """Step over ``space`` as far as the file has the very same characters."""
    for character in space:
        if index >= len(raw) or raw[index] != character:
            break
        index += 1
    return index


def _content_start(raw: str, style: str | None) -> int:
    found = _PROPERTIES.match(raw)
    start = found.end() if found else 0
    if style in ("'", '"'):
        return start + 1
    if style in ("|", ">"):
        ended = re.compile(r"\r\n|\r|\n").search(raw, start)
        return ended.end() if ended else len(raw)
    return start


def _visible(raw: str, style: str | None) -> Iterator[tuple[int, int]]:
    """Start and end in ``raw`` of each visible character of the value, in order."""
    index = _content_start(raw, style)
    end = len(raw) - 1 if style in ("'", '"') else len(raw)
    while index < end:
        length, visible = _step(raw, index, style)
        if visible:
            yield index, index + length
        index += length


def _step(raw: str, index: int, style: str | None) -> tuple[int, bool]:
    """How many characters of ``raw`` make the next character of the value, and whether it is a visible one."""
    if style == "'" and raw.startswith("''", index):
        return 2, True
    if style == '"' and raw[index] == "\\":
        broken = _ESCAPED_BREAK.match(raw, index)
        if broken:
            return broken.end() - index, False
        return _escape(raw, index)
    return 1, not raw[index].isspace()


def _escape(raw: str, index: int) -> tuple[int, bool]:
    letter = raw[index + 1]
    digits = _HEX_LENGTHS.get(letter)
    if digits is None:
        return 2, letter not in _WHITE_ESCAPES
    character = chr(int(raw[index + 2 : index + 2 + digits], 16))
    return 2 + digits, not character.isspace()
