"""The table of who may do what (``services/access.yaml``), as the tests read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cast import ACTORS, OUTSIDE, Actor
from ruamel.yaml import YAML

ONESELF = Actor("person", "oneself")
"""The person whom it concerns, who calls it in the scene."""
FILE = Path(__file__).parent / "services" / "access.yaml"
GROUPS = {
    "everyone": ACTORS,
    "everyone who has signed in": tuple(actor for actor in ACTORS if actor.relation != OUTSIDE),
}
"""Words that stand for many."""

Table = dict[str, tuple[Actor, ...]]


def read_table() -> Table:
    """Those who may, by service; who is not named may not.

    :raises ValueError: someone is named whom nobody knows.
    """
    sections: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return {service: _line(service, line) for lines in sections.values() for service, line in lines.items()}


def _line(service: str, line: str | dict[str, list[str]]) -> tuple[Actor, ...]:
    if isinstance(line, str):
        return GROUPS[line]
    named = [Actor(relation, role) for relation, roles in line.items() for role in roles]
    unknown = set(named) - {*ACTORS, ONESELF}
    if unknown:
        raise ValueError(f"{service}: {', '.join(sorted(map(str, unknown)))}")
    return tuple(named)
