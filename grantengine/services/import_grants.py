"""Grants given before, brought in from another system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import InputError, MoneyError, Problem, Where
from grantengine.hooks.moments import parse_date
from grantengine.money import parse_ore
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.people_input import Checks
from grantengine.store.tables.applications import EarlierGrant

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

REPORTS = ("none", "due", "overdue", "delivered")
FIELDS = (
    "organisation_number", "scheme", "year", "amount", "report", "report_due", "activity", "target_group", "municipality",
    "starts", "ends",
)  # fmt: skip
NEEDED = ("organisation_number", "scheme", "year", "amount")


def import_grants(engine: Engine, by: By, authority_id: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Bring in earlier grants of an authority, all or none; returns how many. A grant that is there already is left out.

    Each row has ``FIELDS``; ``amount`` in kroner (``"50000.00"``), ``report`` one of ``REPORTS``, dates as ``2027-02-01``.

    :raises InputError: every problem, with the row's number from 1.
    """
    checked, problems = [], []
    for number, row in enumerate(rows, 1):
        try:
            checked.append(_checked(row))
        except InputError as error:
            problems += [
                Problem(one.code, Where(line=number, pointer=one.where.pointer), {"row": number, **one.params})
                for one in error.problems
            ]
    if problems:
        raise InputError(problems)
    with engine.store.work(by) as work:
        authority = authority_for(work, by, authority_id, {"handler", "leader", "administrator"})
        known = work.grants.keys(authority_id)
        fresh = [row for row in checked if _key(row) not in known]
        for row in fresh:
            work.add(EarlierGrant(id=work.new_id(), authority_id=authority_id, **row))
        if fresh:
            work.record("grants-imported", authority, count=len(fresh))
    return len(fresh)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["organisation_number"], row["scheme"], row["year"], row["amount"]


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    checks = Checks()
    if not isinstance(row, Mapping):
        checks.add("field-form", "row")
        checks.done()
    found = {name: value for name, value in row.items() if value not in (None, "")}
    for name in sorted(found.keys() - set(FIELDS)):
        checks.add("field-unknown", name)
    for name in NEEDED:
        if name not in found:
            checks.add("field-missing", name)
    for name, value in found.items():
        if not isinstance(value, str | int | float):
            checks.add("field-form", name)
    checks.done()
    found["organisation_number"] = checks.number(str(found["organisation_number"]), "organisation_number")
    year = str(found["year"])
    if not (year.isdecimal() and len(year) == 4 and 1900 <= int(year) <= 2200):
        checks.add("year-format", "year", text=year[:20])
    checks.one_of(str(found.get("report", "none")), REPORTS, "report")
    for name in ("report_due", "starts", "ends"):
        if name in found and parse_date(str(found[name])) is None:
            checks.add("date-format", name, text=str(found[name])[:20])
    checks.municipality(str(found["municipality"]) if "municipality" in found else None)
    try:
        found["amount"] = parse_ore(str(found["amount"]))
    except MoneyError as error:
        checks.add(error.code, "amount", **error.params)
    checks.done()
    texts = {name: str(value) for name, value in found.items() if name != "amount"}  # as they are read again
    return {**texts, "year": int(year), "amount": found["amount"]}
