"""Pointers into a scheme: RFC 6901 text whose steps through a list are the ids of its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def escape(step: str) -> str:
    """A step as it stands in a pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """The step that ``escape`` wrote."""
    return step.replace("~1", "/").replace("~0", "~")


def pointer_text(steps: Iterable[str | int]) -> str:
    """Steps as pointer text: ``("criteria", "reach")`` -> ``/criteria/reach``."""
    return "".join("/" + escape(str(step)) for step in steps)


def pointer_steps(text: str) -> tuple[str, ...]:
    """The steps of a pointer text; the empty text is the whole document."""
    return tuple(unescape(step) for step in text.split("/")[1:])


def step_of(items: Sequence[Any], position: int) -> str:
    """How an item of a list is addressed: by its id, or by its position where the id is no help."""
    item = items[position]
    name = item.get("id") if isinstance(item, dict) else None
    if not isinstance(name, str) or not name or name.isdigit():
        return str(position)
    alone = all(not isinstance(other, dict) or other.get("id") != name for other in items[:position])
    return name if alone else str(position)


def resolve(data: Any, pointer: str) -> list[tuple[str | int, ...]]:
    """The paths (keys and list positions) of all values a pointer means, none where there is no such value.

    Items of lists are named by id or position; ``*`` means every item or key.
    """
    found: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    for step in pointer_steps(pointer):
        found = [((*path, key), value) for path, below in found for key, value in _below(below, step)]
    return [path for path, _ in found]


def follow(data: Any, steps: Iterable[str | int]) -> tuple[tuple[str | int, ...], tuple[str, ...]]:
    """The path of a value, or of the nearest value above where there is none, and the names of all the steps.

    :param steps: keys, and list items by id or position; a whole number is always a position in a list.
    """
    path: tuple[str | int, ...] = ()
    names: tuple[str, ...] = ()
    for step in steps:
        found = _named(data, step) if len(path) == len(names) else []
        for key, below in found:
            names = (*names, step_of(data, key) if isinstance(key, int) else key)
            path, data = (*path, key), below
        if not found:
            names = (*names, str(step))
    return path, names


def _below(value: Any, step: str) -> list[tuple[str | int, Any]]:
    if step == "*" and isinstance(value, dict | list):
        return list(value.items() if isinstance(value, dict) else enumerate(value))
    return _named(value, step)


def _named(value: Any, step: str | int) -> list[tuple[str | int, Any]]:
    """The one value with a key, an id or a position, or none."""
    if isinstance(value, dict):
        return [(str(step), value[str(step)])] if str(step) in value else []
    if not isinstance(value, list):
        return []
    if isinstance(step, int):
        return [(step, value[step])] if 0 <= step < len(value) else []
    named = [(at, item) for at, item in enumerate(value) if isinstance(item, dict) and item.get("id") == step]
    if named or not (step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(value)):
        return list(named[:1])
    return [(int(step), value[int(step)])]
