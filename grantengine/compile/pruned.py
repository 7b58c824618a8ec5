"""A scheme with its faulty parts taken out, so that one mistake does not hide the others."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grantengine.compile.consequences import Lost
from grantengine.errors import Problem, Where
from grantengine.scheme.collect import Source
from grantengine.scheme.load import unread_in
from grantengine.scheme.model import Scheme
from grantengine.scheme.pointer import escape, unescape
from grantengine.scheme.read import languages_of, read_data

ROUNDS = 8
"""How often parts are taken out before the rest is looked at no further."""

Path = tuple[str | int, ...]

_NAMING = ("form", "checked", "criteria", "rounds", "plugins")
"""Sections whose items are read by their names elsewhere."""
_STAND_INS: dict[str, Any] = {
    "format": 1,
    "id": "none",
    "version": "0.0.0",
    "status": "draft",
    "authority": "none",
    "kind": "project",
    "regulation": {},
    "call": {"intake": "rolling", "budget": "0 NOK"},
    "form": [],
    "allocation": {"method": "none"},
}
"""What a scheme can not do without, as plain as can be, so that the rest can be looked at."""


class Pruned:
    """What is left of a source; places are still those of the whole file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: dict[str, Any] = copy.deepcopy(source.data)
        self._gone: set[Path] = set()
        self._lost_ids: set[str] = set()
        self._lost_unnamed = False
        self._lost_places: set[tuple[str, str]] = set()
        self._replaced: set[str] = set()
        self._take_out_all(unread_in(source))

    @property
    def lost(self) -> Lost:
        """What was taken out."""
        return Lost.of(self._lost_ids, self._lost_unnamed or "form" in self._replaced, self._replaced)

    def explains(self, problem: Problem) -> bool:
        """Whether the problem is told only because the value it is about was taken out."""
        pointer = problem.where.pointer
        if problem.code == "missing-key" and (pointer, problem.params.get("key")) in self._lost_places:
            return True
        if problem.code == "list-too-short" and any(parent == pointer for parent, _ in self._lost_places):
            return True
        return any(f"{pointer}/".startswith(f"{parent}/{escape(step)}/") for parent, step in self._lost_places)

    def scheme(self) -> Scheme | None:
        """The model of what is left, None where the scheme can not do without the parts that are faulty."""
        for _ in range(ROUNDS):
            scheme, _, spoilt = read_data(self.data)
            if scheme is not None:
                return scheme
            self._take_out_all(spoilt)
        return None

    def _take_out_all(self, paths: Iterable[Path]) -> None:
        """From the end, as positions in lists move when items before them go."""
        for path in sorted(set(paths), key=lambda path: [str(step).rjust(9) for step in path], reverse=True):
            if path:
                self._take_out(path)
            else:
                self._stand_in()

    def _stand_in(self) -> None:
        """Put something in the place of what is missing at the top."""
        title = {"title": dict.fromkeys(("en", *languages_of(self.data)), "none")}
        for key, value in {**_STAND_INS, **title}.items():
            if key not in self.data:
                self.data[key] = copy.deepcopy(value)
                self._replaced.add(key)

    def _take_out(self, path: Path) -> None:
        holder: Any = self.data
        for step in path[:-1]:
            if not _has(holder, step):
                return  # went with something above it
            holder = holder[step]
        if not _has(holder, path[-1]):
            return
        self._note(path, holder[path[-1]])
        if isinstance(path[-1], int):
            self._gone.add(self._original(path))
        del holder[path[-1]]

    def _note(self, path: Path, value: Any) -> None:
        """Remember what is lost with a value, by name where it has one."""
        parent, _, step = self.where(path).pointer.rpartition("/")
        self._lost_places.add((parent, unescape(step)))
        if path[0] not in (*_NAMING, "call"):
            return
        ids = {value} if path[-1] == "id" and isinstance(value, str) else set(_ids(value))
        self._lost_ids |= ids
        is_part = len(path) == 1 or isinstance(path[-1], int) or path[-1] in ("id", "questions")
        self._lost_unnamed |= path[0] != "call" and is_part and not ids

    def _original(self, path: Sequence[str | int]) -> Path:
        """The path in the whole file of a path in what is left: positions in lists move when items before them go."""
        original: Path = ()
        for step in path:
            original = (*original, self._place(original, step) if isinstance(step, int) else step)
        return original

    def _place(self, items: Path, left: int) -> int:
        """The position in the whole file of the item that is now at ``left`` of the list ``items``."""
        position = -1
        while left >= 0:
            position += 1
            left -= (*items, position) not in self._gone
        return position

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        """As :meth:`SchemeSource.where`."""
        return self.source.where(self._original(pointer), key)

    def where_in_text(self, pointer: Sequence[str | int], offset: int) -> Where:
        """As :meth:`SchemeSource.where_in_text`."""
        return self.source.where_in_text(self._original(pointer), offset)

    def written(self, pointer: Sequence[str | int]) -> str | None:
        """As :meth:`SchemeSource.written`."""
        return self.source.written(self._original(pointer))


def _has(holder: Any, step: str | int) -> bool:
    if isinstance(holder, list):
        return isinstance(step, int) and step < len(holder)
    return isinstance(holder, dict) and step in holder


def _ids(value: Any) -> Iterator[str]:
    """The ids of all parts in a value."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        yield value["id"]
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _ids(below)
