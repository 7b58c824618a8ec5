"""A scheme with its faulty parts taken out, so that one mistake does not hide the others."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from grantengine.errors import Where
from grantengine.scheme.load import SchemeSource
from grantengine.scheme.model import Scheme
from grantengine.scheme.read import read_data

ROUNDS = 8
"""How often parts are taken out before the rest is looked at no further."""

Path = tuple[str | int, ...]


class Pruned:
    """What is left of a source; places are still those of the whole file."""

    def __init__(self, source: SchemeSource) -> None:
        self.source = source
        self.data: dict[str, Any] = copy.deepcopy(source.data)
        self._gone: set[Path] = set()

    def scheme(self) -> Scheme | None:
        """The model of what is left, None where the scheme can not do without the parts that are faulty."""
        for _ in range(ROUNDS):
            scheme, _, spoilt = read_data(self.data)
            if scheme is not None:
                return scheme
            for path in sorted(set(spoilt), key=lambda path: [str(step).rjust(9) for step in path], reverse=True):
                if not path:
                    return None
                self._take_out(path)
        return None

    def _take_out(self, path: Path) -> None:
        holder: Any = self.data
        for step in path[:-1]:
            if not _has(holder, step):
                return  # went with something above it
            holder = holder[step]
        if not _has(holder, path[-1]):
            return
        if isinstance(path[-1], int):
            self._gone.add(self._original(path))
        del holder[path[-1]]

    def _original(self, path: Sequence[str | int]) -> Path:
        """The path in the whole file of a path in what is left: positions in lists move when items before them go."""
        original: Path = ()
        for step in path:
            if isinstance(step, int):
                left, position = step, -1
                while left >= 0:
                    position += 1
                    left -= (*original, position) not in self._gone
                step = position
            original = (*original, step)
        return original

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
