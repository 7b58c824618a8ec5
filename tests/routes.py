"""Every route of the pages, who gets in there and with what: the table ``web/routes.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from everyone import OWN, PEOPLE
from ruamel.yaml import YAML

FILE = Path(__file__).parent / "web" / "routes.yaml"
GROUPS = {"everyone": PEOPLE, "signed in": PEOPLE[1:], "own": OWN}


@dataclass(frozen=True)
class Line:
    """A line of the table: who gets in, with what in the address (``at``), the query and the form."""

    who: tuple[str, ...]
    at: dict[str, str]
    query: dict[str, str]
    form: dict[str, str]


def read_table() -> dict[str, Line]:
    """The lines by method and rule, such as ``GET /calls/<call_id>``.

    :raises ValueError: someone is named whom nobody knows.
    """
    sections: dict[str, dict[str, Any]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return {route: _line(route, line) for lines in sections.values() for route, line in lines.items()}


def _line(route: str, line: Any) -> Line:
    parts = line if isinstance(line, dict) else {"who": line}
    named = parts["who"] if isinstance(parts["who"], list) else [parts["who"]]
    who = tuple(person for name in named for person in GROUPS.get(name, (name,)))
    if unknown := set(who) - set(PEOPLE):
        raise ValueError(f"{route}: {', '.join(sorted(unknown))}")
    return Line(who, parts.get("at", {}), parts.get("query", {}), parts.get("form", {}))


def address_of(route: str, line: Line, things: dict[str, str]) -> str:
    """The address that is tried; ``$name`` is a thing of the world."""
    rule = route.split(" ", 1)[1]
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: said(line.at[found[1]], things), rule)
    query = urlencode({name: said(value, things) for name, value in line.query.items()})
    return f"{path}?{query}" if query else path


def said(value: str, things: dict[str, str]) -> str:
    """What a word of the table stands for."""
    return things[value[1:]] if str(value).startswith("$") else str(value)
