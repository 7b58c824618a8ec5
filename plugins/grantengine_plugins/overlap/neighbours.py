"""Which municipalities lie beside each other (``neighbours.csv``; ``SOURCE.md`` tells where it is from)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources


def near(municipality: str) -> list[str]:
    """The municipality itself and its neighbours, as numbers; of a number that is not known, only itself."""
    return sorted({municipality, *_neighbours().get(municipality, ())})


@cache
def _neighbours() -> Mapping[str, frozenset[str]]:
    text = (resources.files("grantengine_plugins.overlap") / "neighbours.csv").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for line in text.splitlines()[1:]:
        one, other = line.split(",")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {number: frozenset(others) for number, others in found.items()}
