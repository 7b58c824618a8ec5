"""The form in which an organisation says what it is: between what people write and what the services take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from grantengine.errors import Problem
from grantengine.services.edit_organisation import COUNTS, LISTS, OFFICES
from grantengine.services.places import municipalities
from grantengine_web import here
from grantengine_web.words import labelled

if TYPE_CHECKING:
    from grantengine.services.read_organisation import OrganisationView

SIMPLE = ("name", "number", "kind", "municipality", "language")
KINDS = ("organisation", "network", "municipality", "host", "person")
"""As they are offered: what most are stands first."""


def places() -> list[tuple[str, str]]:
    """The municipalities by number and name, in the order of their names."""
    return sorted(municipalities(here.engine()).items(), key=lambda one: one[1])


def written(form: MultiDict[str, str]) -> dict[str, str]:
    """What stands in the form, by field, as it was written."""
    return {name: form.get(name, "") for name in form if name != "csrf_token"}


def as_written(view: OrganisationView) -> dict[str, str]:
    """What stands in the form when it is opened."""
    profile = view.profile
    found = {name: getattr(view, name) or "" for name in SIMPLE}
    found |= {name: "\n".join(profile.get(name) or ()) for name in LISTS}
    found |= {name: _digits(profile.get(name)) for name in COUNTS}
    found |= {f"office-{office}": str(view.offices.get(office, "")) for office in OFFICES}
    return {
        **found, "founded": _digits(view.founded), "about": profile.get("about") or "",
        "mentor": profile.get("mentor") or "none", "listed": "yes" if view.listed else "",
    }  # fmt: skip


def changes_of(written: Mapping[str, str], *, without: Iterable[str] = ()) -> dict[str, Any]:
    """What is to be changed, as the service takes it; what is no number goes as it is, and is refused by its field."""
    profile: dict[str, Any] = {name: _lines(written.get(name, "")) or None for name in LISTS}
    profile |= {name: _number(written.get(name, "")) for name in COUNTS}
    profile["about"] = written.get("about", "").replace("\r\n", "\n").strip() or None
    profile["mentor"] = mentor if (mentor := written.get("mentor", "none")) != "none" else None
    offices = {office: name for office in OFFICES if (name := written.get(f"office-{office}", "").strip())}
    changes = {
        **{name: written.get(name, "") for name in SIMPLE}, "founded": _number(written.get("founded", "")),
        "listed": written.get("listed") == "yes", "profile": profile, "offices": offices,
    }  # fmt: skip
    return {name: value for name, value in changes.items() if name not in set(without)}


def at_fields(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems at the fields of the page, and with what these are called there."""
    found = (replace(one, where=replace(one.where, pointer=_field(one.where.pointer))) for one in problems)
    return labelled(found, "organisation")


def clashes(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The fields that differ between two sides: the field, what I wrote, what stands there."""
    names = [name for name in theirs if mine.get(name, "").replace("\r\n", "\n").strip() != theirs[name].strip()]
    return [(name, mine.get(name, ""), theirs[name]) for name in names]


def _field(pointer: str) -> str:
    first, *rest = pointer.lstrip("/").split("/")
    if first == "profile" and rest:
        return f"/{rest[0]}"
    return f"/office-{rest[0]}" if first == "offices" and rest else f"/{first}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _digits(value: object) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> int | str | None:
    text = "".join(text.split())
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text
