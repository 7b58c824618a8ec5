"""The directory: organisations that want to be found, by what they do, where, in which languages, and as mentors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.directory_terms import plain, words_of
from grantengine.services.edit_organisation import MENTOR
from grantengine.services.people_input import Checks

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import Organisation

MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """An organisation as the directory shows it; nothing of its people."""

    id: str
    name: str
    number: str | None
    kind: str
    municipality: str | None
    profile: Mapping[str, Any]
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of the directory; ``after`` begins the next one, None where this is the last."""

    items: tuple[Entry, ...]
    after: str | None


def find_organisations(
    engine: Engine, by: By, *, words: str = "", place: str = "", activity: str = "", language: str = "",
    target_group: str = "", mentor: str = "", after: str = "", limit: int = 50,
) -> Entries:  # fmt: skip
    """A page of the organisations that want to be found; whoever asks, signed in or not.

    :param words: beginnings of words, all of them to be found in the name or the profile: ``svøm`` finds «Svømmekurs».
    :param place: a municipality number, or the two digits of a county.
    :param activity: just this activity; ``language`` and ``target_group`` likewise.
    :param mentor: ``offers`` or ``wishes``.
    :raises InputError: ``place-format`` or ``not-one-of``.
    """
    checks = Checks()
    checks.place(place)
    if mentor:
        checks.one_of(mentor, MENTOR, "mentor")
    checks.done()
    asked = {"activities": activity, "languages": language, "target_groups": target_group, "mentor": mentor}
    terms = [(kind, plain(term)) for kind, term in asked.items() if term.strip()]
    limit = min(max(limit, 1), MOST)
    with engine.store.read() as reading:
        found = reading.directory.listed(terms, words_of(words)[:10], place, after=after, limit=limit + 1)
    items = tuple(entry_of(one) for one in found)
    return Entries(items[:limit], items[limit - 1].id if len(items) > limit else None)


def see_entry(engine: Engine, by: By, organisation_id: str) -> Entry:
    """An organisation as the directory shows it: one that wants to be found; to those who act for it also one that does not.

    :raises NotFoundError: ``organisation-not-found``.
    """
    with engine.store.read() as reading:
        one = reading.organisations.get(organisation_id)
        is_own = by.kind == "user" and by.id and reading.users.roles_in_organisation(by.id, organisation_id, by.at)
    if one is None or not (one.listed or is_own):
        raise NotFoundError("organisation-not-found")
    return entry_of(one)


def entry_of(one: Organisation) -> Entry:
    """An organisation as the directory shows it."""
    return Entry(one.id, one.name, one.number, one.kind, one.municipality, one.profile, one.listed)
