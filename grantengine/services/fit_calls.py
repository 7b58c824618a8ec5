"""The open calls against a few answers about an organisation, as someone writes them who has not signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from grantengine.errors import Message, NotAllowedError
from grantengine.money import Money
from grantengine.records import By
from grantengine.services.call_cards import KINDS, CallCard, all_cards
from grantengine.services.edit_organisation import KINDS as APPLICANTS
from grantengine.services.people_input import Checks
from grantengine.services.pre_check import ORDER, Fit, Profile, pre_check, pre_check_organisation
from grantengine.services.throttle import count_try

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 10_000_000
FIELDS = ("kind", "has_number", "number", "municipality", "founded", "members", "employees", "wish", "amount")
"""What may be answered; each as text, empty where it is not."""
_SPACES = re.compile(r"[\s\u00a0.]")


@dataclass(frozen=True, slots=True)
class CallFit:
    """A call, and how it fits; ``unasked``: as far as can be said without asking other systems, which have been asked too
    often for the one who wants to know.
    """

    card: CallCard
    fit: Fit
    unasked: bool = False


def fit_calls(
    engine: Engine, by: By, answers: Mapping[str, str], *, organisation_id: str | None = None, sender: str = ""
) -> list[CallFit]:
    """Every open call of the kind that is wished for: those that fit first, then those that need to know more, then those
    that do not fit. One that does not give the sum that is wished for, does not fit.

    :param answers: some of ``FIELDS``.
    :param organisation_id: take what this organisation says of itself in its profile; then only the wishes count.
    :param sender: the network address it comes from; empty where there is none to count.
    :raises InputError: every answer that does not fit.
    :raises NotFoundError: ``organisation-not-found``.
    """
    checks = Checks()
    given = {name: str(answers.get(name, "")).strip() for name in FIELDS}
    if given["wish"]:
        checks.one_of(given["wish"], KINDS, "wish")
    wanted = checks.amount(given["amount"]) if given["amount"] else None
    profile = _profile(checks, given, by) if organisation_id is None else None
    checks.done()
    asks = (profile is not None and profile.number is None) or _may_ask(engine, by, sender)
    fits = (
        pre_check(engine, by, profile, asks=asks)
        if profile
        else pre_check_organisation(engine, by, organisation_id or "", asks=asks)
    )
    cards = {one.id: one for one in all_cards(engine)}
    found = [CallFit(cards[fit.call_id], fit, not asks) for fit in fits if fit.call_id in cards]
    of_kind = [_for_sum(one, wanted) for one in found if given["wish"] in ("", one.card.shown.kind)]
    return sorted(of_kind, key=lambda one: ORDER[one.fit.answer])


def _may_ask(engine: Engine, by: By, sender: str) -> bool:
    """Whether registers may be asked about a number: anyone may type one, and they serve others, too."""
    try:
        count_try(engine, by.at, ("look-up-from", sender), ("look-up", by.id or ""))
    except NotAllowedError:
        return False
    return True


def _for_sum(one: CallFit, wanted: int | None) -> CallFit:
    """How it fits who wants this sum, in hundredths: not, where it is more or less than one may ask for."""
    if wanted is None or one.card.gives(wanted):
        return one
    least, most = one.card.shown.least, one.card.shown.most
    is_much = most is not None and wanted > most
    limit = Money((most if is_much else least) or 0, one.card.shown.unit)
    why = Message("obstacle.most", {"most": limit}) if is_much else Message("obstacle.least", {"least": limit})
    return replace(one, fit=replace(one.fit, answer="no", obstacles=(*one.fit.obstacles, why)))


def _profile(checks: Checks, given: Mapping[str, str], by: By) -> Profile:
    kind = given["kind"] or "organisation"
    checks.one_of(kind, APPLICANTS, "kind")
    if given["has_number"]:
        checks.one_of(given["has_number"], ("yes", "no"), "has_number")
    number = checks.number(given["number"]) if given["has_number"] != "no" else None
    if given["has_number"] == "yes" and not given["number"]:
        checks.add("number-wanted", "number")  # without it nothing can be looked up, and every call would need more
    has_number = True if number else {"yes": True, "no": False}.get(given["has_number"])
    told: dict[str, Any] = {name: _count(checks, given[name], name) for name in ("members", "employees")}
    founded = None
    if given["founded"]:
        founded = int(given["founded"]) if re.fullmatch(r"\d{4}", given["founded"], re.ASCII) else 0
        if not 1500 <= founded <= by.at.year:
            checks.add("founded-range", "founded", got=given["founded"][:20])
    return Profile(
        kind, number, has_number, checks.municipality(given["municipality"]), founded,
        {name: count for name, count in told.items() if count is not None},
    )  # fmt: skip


def _count(checks: Checks, text: str, field: str) -> int | None:
    """A whole number as people write it, or none."""
    digits = _SPACES.sub("", text)
    if not digits:
        return None
    if not re.fullmatch(r"\d{1,8}", digits, re.ASCII) or int(digits) > MOST:
        checks.add("profile-count", field, got=text[:40])
        return None
    return int(digits)
