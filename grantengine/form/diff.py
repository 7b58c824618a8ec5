"""What differs between two sets of answers: field by field, and word by word within texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from grantengine.form.build import Form

_WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 4000
"""Beyond this many words a text is compared as a whole: word by word would take seconds, and nobody could read it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same, was removed, or was added."""

    change: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A question whose answer differs; None is no answer. ``pieces`` are given where both are texts."""

    field: str
    before: Any
    after: Any
    pieces: tuple[Piece, ...] = ()


def answers_diff(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The questions whose answers differ, in the order of the form; then answers to what is no question any more."""
    names = [field.id for field in form.fields]
    names += sorted({*before, *after} - set(names))
    return tuple(
        FieldChange(name, before.get(name), after.get(name), _pieces(before.get(name), after.get(name)))
        for name in names
        if _canonical(before.get(name)) != _canonical(after.get(name))
    )


def _canonical(value: Any) -> str:
    # As JSON, so that 1 and true differ, and the order of keys does not matter.
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pieces(before: Any, after: Any) -> tuple[Piece, ...]:
    if not (isinstance(before, str) and isinstance(after, str)):
        return ()
    return words_diff(before, after)


def words_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The stretches of two texts, word by word; those that are not added make ``before``, those not removed ``after``."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return tuple(piece for piece in (Piece("removed", before), Piece("added", after)) if piece.text)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            found.append(Piece("added", "".join(new[c:d])))
    return tuple(found)
