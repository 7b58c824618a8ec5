"""The words by which an organisation is found in the directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grantengine.store.tables.people import Organisation, ProfileTerm

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Work

LISTS = ("activities", "languages", "target_groups")
LONGEST = 80


def keep_terms(work: Work, organisation: Organisation) -> None:
    """Keep the words of an organisation that wants to be found, and none of one that does not."""
    wanted = terms_of(organisation) if organisation.listed else set()
    known = {(one.kind, one.term): one for one in work.directory.terms(organisation.id)}
    for key in known.keys() - wanted:
        work.session.delete(known[key])
    for kind, term in sorted(wanted - known.keys()):
        work.add(ProfileTerm(organisation_id=organisation.id, kind=kind, term=term))


def terms_of(organisation: Organisation) -> set[tuple[str, str]]:
    """Kind and term of everything that can be searched for."""
    profile = organisation.profile
    said = {(kind, plain(one)) for kind in LISTS for one in profile.get(kind) or ()}
    words = {word for text in (organisation.name, *(term for _, term in said)) for word in words_of(text)}
    if profile.get("mentor") in ("offers", "wishes"):
        said.add(("mentor", profile["mentor"]))
    return said | {("words", word) for word in words}


def plain(text: str) -> str:
    """A text as it is compared: small letters, single spaces."""
    return " ".join(text.casefold().split())[:LONGEST]


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [word[:LONGEST] for word in re.findall(r"\w+", text.casefold())]
