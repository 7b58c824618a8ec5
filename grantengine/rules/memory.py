"""What has been computed of something and may be asked for again."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Keeps the latest two results of each kind.

    A scenario shares most of its parts with its baseline: what depends on those alone is then the same object, and so
    is what is made of that.
    """

    def __init__(self) -> None:
        # Each kind's entries are replaced, never changed, so that threads which share a table do not disturb each other.
        self._kept: dict[str, tuple[tuple[tuple[object, ...], Any], ...]] = {}

    def kept(self, what: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for the same ``key`` objects."""
        entries = self._kept.get(what, ())
        for index, (other, value) in enumerate(entries):
            if len(other) == len(key) and all(map(is_, other, key)):
                if index:
                    self._kept[what] = (entries[index], *entries[:index])
                found: T = value
                return found
        made = make()
        self._kept[what] = ((key, made), *entries[:1])
        return made

    def latest(self, what: str) -> tuple[tuple[object, ...], Any] | None:
        """The key and value of what was made or used last."""
        entries = self._kept.get(what)
        return entries[0] if entries else None
