"""An organisation says more of itself: its profile, its offices, and whether it wants to be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import ConflictError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import organisation_for
from grantengine.services.directory_terms import keep_terms
from grantengine.services.people_input import Checks

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

KINDS = ("organisation", "municipality", "network", "person", "host")
LISTS = ("activities", "languages", "target_groups")
COUNTS = ("members", "employees")
MENTOR = ("offers", "wishes", "none")
OFFICES = ("chair", "deputy", "treasurer", "auditor", "manager")
FIELDS = ("name", "number", "kind", "municipality", "founded", "language", "listed", "offices", "profile")
MOST_ITEMS, LONGEST_ITEM, LONGEST_ABOUT = 30, 80, 2000


def edit_organisation(engine: Engine, by: By, organisation_id: str, version: int, changes: Mapping[str, Any]) -> int:
    """Change some of ``FIELDS``; ``version`` is the one that was shown. Returns the new version.

    ``profile`` is merged key by key (null removes); ``offices`` maps an office to the name of who holds it.

    :raises InputError: every field that does not fit.
    :raises ConflictError: someone else changed it in the meantime; both sides are in the error.
    :raises NotPossibleError: ``organisation-exists`` or ``number-kept``.
    """
    checked = _checked(changes, by)
    with engine.store.work(by) as work:
        organisation = organisation_for(work, by, organisation_id, {"contact"}, lock=True)
        if organisation.version != version:
            theirs = {name: getattr(organisation, name) for name in checked}
            raise ConflictError(checked, theirs, organisation.version)
        number = checked.get("number", organisation.number)
        if number != organisation.number:
            if organisation.number is not None:
                raise NotPossibleError("number-kept", number=organisation.number)
            if number and work.organisations.by_number(number) is not None:
                raise NotPossibleError("organisation-exists", number=number)
        if "profile" in checked:
            merged = {**organisation.profile, **checked.pop("profile")}
            organisation.profile = {name: value for name, value in merged.items() if value is not None}
        for name, value in checked.items():
            setattr(organisation, name, value)
        organisation.version += 1
        keep_terms(work, organisation)
        work.record("organisation-edited", organisation, fields=sorted(changes))
        return organisation.version


def _checked(changes: Mapping[str, Any], by: By) -> dict[str, Any]:
    checks = Checks()
    found = dict(changes)
    for name in sorted(changes.keys() - set(FIELDS)):
        checks.add("field-unknown", name)
    simple = {
        "name": checks.name, "number": checks.number, "municipality": checks.municipality, "language": checks.language,
    }  # fmt: skip
    for name, check in simple.items():
        if name in found:
            found[name] = check(found[name])
    if "kind" in found:
        checks.one_of(found["kind"], KINDS, "kind")
    founded = found.get("founded")
    if founded is not None and not (isinstance(founded, int) and 1500 <= founded <= by.at.year):
        checks.add("founded-range", "founded", got=founded)
    if not isinstance(found.get("listed", False), bool):
        checks.add("not-one-of", "listed", value=found["listed"], allowed=[True, False])
    _check_offices(found.get("offices", {}), checks)
    _check_profile(found.get("profile", {}), checks)
    checks.done()
    return found


def _check_offices(offices: Any, checks: Checks) -> None:
    if not isinstance(offices, Mapping):
        checks.add("field-form", "offices")
        return
    for office, holder in offices.items():
        checks.one_of(office, OFFICES, "offices")
        checks.name(str(holder), f"offices/{office}")


def _check_profile(profile: Any, checks: Checks) -> None:
    if not isinstance(profile, Mapping):
        checks.add("field-form", "profile")
        return
    for name, value in profile.items():
        at = f"profile/{name}"
        if value is None:
            continue
        if name in LISTS:
            good = isinstance(value, list) and len(value) <= MOST_ITEMS
            if not good or not all(isinstance(one, str) and 0 < len(one) <= LONGEST_ITEM for one in value):
                checks.add("profile-list", at, items=MOST_ITEMS, length=LONGEST_ITEM)
        elif name in COUNTS:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000_000:
                checks.add("profile-count", at, got=str(value)[:40])
        elif name == "mentor":
            checks.one_of(str(value), MENTOR, at)
        elif name == "about":
            if not isinstance(value, str) or len(value) > LONGEST_ABOUT:
                checks.add("profile-about", at, limit=LONGEST_ABOUT)
        else:
            checks.add("field-unknown", at)
