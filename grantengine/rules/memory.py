"""What has been computed of something and may be asked for again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Entry = tuple[tuple[int, ...], tuple[object, ...], Any]
"""The identities of a key, the key itself, which keeps them from being given to others, and what was made for it."""


class Memory:
    """Keeps the latest two results of each kind.

    A scenario shares most of its parts with its baseline: what depends on those alone is then the same object, and so
    is what is made of that.
    """

    def __init__(self) -> None:
        # Each kind's entries are replaced, never changed, so that threads which share a table do not disturb each other.
        self._kept: dict[str, tuple[_Entry, ...]] = {}

    def kept(self, what: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for the same ``key`` objects."""
        entries = self._kept.get(what, ())
        ids = tuple(map(id, key))
        for entry in entries:
            if entry[0] == ids:
                if entry is not entries[0]:
                    self._kept[what] = (entry, entries[0])
                found: T = entry[2]
                return found
        made = make()
        self._kept[what] = ((ids, key, made), *entries[:1])
        return made

    def latest(self, what: str) -> tuple[tuple[object, ...], Any] | None:
        """The key and value of what was made or used last."""
        entries = self._kept.get(what)
        return entries[0][1:] if entries else None
