"""Two people, or two windows, write in one draft: what each changed is kept, and where both did, both sides are told."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grantengine.expressions.types import NULL, Type
from grantengine.form.build import Field, Form
from grantengine.money import format_ore, parse_ore

_SUM = re.compile(r"[0-9]{1,11}(\.[0-9]{1,2})?", re.ASCII)
# Beside tabs and line breaks, characters that steer machines are nothing that anyone writes.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Clash:
    """A question that both have answered anew, and differently."""

    field: str
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The answers brought together, which questions ``mine`` has changed in them, and where they clash.

    Where they clash, ``answers`` has what was there.
    """

    answers: Mapping[str, Any]
    taken: tuple[str, ...]
    clashes: tuple[Clash, ...]


def merge(form: Form, current: Mapping[str, Any], base: Mapping[str, str], mine: Mapping[str, Any]) -> Merged:
    """Bring what one has written together with what is there now.

    :param base: the digest of each answer as it was shown to whoever wrote; without it, none was shown.
    :param mine: the answers of the questions that were shown; None is no answer.
    """
    answers, taken, clashes = dict(current), [], []
    for name, value in mine.items():
        field = form.by_id.get(name)
        before, now, after = base.get(name, NOTHING), digest(field, current.get(name)), digest(field, value)
        if after in (before, now):
            continue
        if now != before:
            clashes.append(Clash(name, value, current.get(name)))
            continue
        taken.append(name)
        answers.pop(name, None)
        if value is not None:
            answers[name] = value
    return Merged(answers, tuple(taken), tuple(clashes))


def digest(field: Field | None, value: Any) -> str:
    """A short mark of an answer; two ways to write the same answer have the same."""
    if field is not None and field.kind.widget == "checkbox" and value is False:
        value = None  # a box without a tick is no answer
    normal = normal_answer(field.type if field else NULL, value)
    written = json.dumps(normal, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def normal_answer(type: Type, value: Any) -> Any:
    """One of the ways in which the same answer can be written; None where nothing is said."""
    if isinstance(value, str):
        return _text(type, value)
    if isinstance(value, list):
        rows = [row for row in (normal_answer(type.item or NULL, item) for item in value) if row is not None]
        if type.item and type.item.values and all(isinstance(row, str) for row in rows):
            rows = sorted(set(rows))  # boxes that are ticked have no order
        return rows or None
    if isinstance(value, dict):
        parts = {name: normal_answer(type.field_type(name) or NULL, part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, bool) or value is None:
        return value
    if type.name == "money" and isinstance(value, int):
        return format_ore(value * 100)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def clean_text(text: str) -> str:
    """A text as it is kept: lines end in one way, and nothing is in it that can not be seen but white space."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n"))


def _text(type: Type, text: str) -> str | None:
    if type.name == "money" and _SUM.fullmatch(text):
        return format_ore(parse_ore(text))
    text = clean_text(text)
    return text if text.strip() else None


NOTHING = digest(None, None)
"""The digest of no answer."""
