"""What a plain YAML scalar means: the core schema of YAML 1.2, with dates left as text."""

from __future__ import annotations

import math
import re

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

LARGEST_WHOLE_NUMBER = 2**63 - 1

Scalar = str | int | float | bool | None


def resolve(written: str) -> Scalar:
    """The value of a plain scalar.

    :raises OverflowError: the number is infinite, not a number, or a whole number beyond 64 bits.
    """
    if _NULL.fullmatch(written):
        return None
    if _TRUE.fullmatch(written):
        return True
    if _FALSE.fullmatch(written):
        return False
    whole = _whole(written)
    if whole is not None:
        return whole
    if _NOT_FINITE.fullmatch(written):
        raise OverflowError(written)
    if not _FLOAT.fullmatch(written):
        return written
    number = float(written)
    if not math.isfinite(number):
        raise OverflowError(written)
    return number


def _whole(written: str) -> int | None:
    """The whole number ``written`` stands for; Python refuses to read very long ones, so the length is checked first."""
    base = 10 if _INT.fullmatch(written) else 8 if _OCTAL.fullmatch(written) else 16 if _HEX.fullmatch(written) else 0
    if not base:
        return None
    if len(written) > 64:
        raise OverflowError(written)
    number = int(written, base)
    if abs(number) > LARGEST_WHOLE_NUMBER:
        raise OverflowError(written)
    return number


def first_unprintable(text: str) -> int | None:
    """Where the first character that YAML does not allow stands (NUL, other controls, lone surrogates), or None."""
    found = _UNPRINTABLE.search(text)
    return found.start() if found else None
