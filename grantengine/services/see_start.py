"""Before one begins an application: what the call asks of applicants, for whom one may apply, and what is known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import Message, NotFoundError
from grantengine.form.build import Field
from grantengine.form.burden import minutes_to_apply
from grantengine.hooks.kinds import ReportProfile
from grantengine.hooks.registry import Registry
from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.paper import strand_title
from grantengine.services.pinned import plan_of_call
from grantengine.services.prepare_draft import Prepared, prepare_draft
from grantengine.services.read_organisation import Mine, list_my_organisations

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan, Words


@dataclass(frozen=True, slots=True)
class ReportTold:
    """A report that may be asked for: what it is called, and the minutes it takes."""

    title: Words
    minutes: float


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier application that can be copied."""

    application_id: str
    number: str
    call: Mapping[str, str]
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class StartSeen:
    """``minutes`` is what it takes to apply, ``reports`` what those who get a grant may have to report, least first;
    ``budget`` and ``most`` (the largest sum that can be asked for, None: no limit) are in hundredths of
    ``currency``, which may be something in kind. ``strands`` are titles by id.

    ``prepared`` is there once an organisation (``chosen``) is; ``questions`` are those that its proposals answer.
    """

    call_id: str
    call: Mapping[str, str]
    authority: Mapping[str, str]
    opening: Opening
    budget: int
    most: int | None
    currency: str
    minutes: float
    reports: tuple[ReportTold, ...]
    strands: Mapping[str, Mapping[str, str]]
    mine: tuple[Mine, ...]
    chosen: Mine | None
    prepared: Prepared | None
    questions: Mapping[str, Field]
    earlier: Earlier | None


def see_start(engine: Engine, by: By, call_id: str, organisation_id: str | None = None) -> StartSeen:
    """What a person sees before beginning an application; without ``organisation_id``, for the only one there is, if so.

    :raises NotFoundError: ``call-not-found``, or ``organisation-not-found``: one that the person does not act for.
    """
    mine = [one for one in list_my_organisations(engine, by) if APPLICANTS & set(one.roles)]
    with engine.store.read() as reading:
        call = reading.schemes.call(call_id)
        if call is None:
            raise NotFoundError("call-not-found")
        plan = plan_of_call(engine, reading, call)
        authority = reading.authorities.get(call.authority_id)
    chosen = _chosen(mine, organisation_id)
    prepared = prepare_draft(engine, by, call_id=call_id, organisation_id=chosen.id) if chosen else None
    earlier = None
    if prepared and prepared.earlier:
        with engine.store.read() as reading:
            source = reading.applications.get(prepared.earlier)
            if source is not None:
                earlier = Earlier(source.id, source.number, reading.schemes.call_of(source).title, source.begun_at)
    asked = plan.form.by_id
    return StartSeen(
        call_id, call.title, authority.name if authority else {},
        prepared.opening if prepared else Opening(call.opens_at, call.closes_at), plan.budget, _most(plan), plan.currency,
        minutes_to_apply(plan.form), reports_told(plan, engine.registry),
        {one.id: strand_title(plan, one.id) or {} for one in plan.strands}, tuple(mine), chosen, prepared,
        {one.question: asked[one.question] for one in prepared.proposed} if prepared else {}, earlier,
    )  # fmt: skip


def _chosen(mine: list[Mine], organisation_id: str | None) -> Mine | None:
    if organisation_id is None:
        return mine[0] if len(mine) == 1 else None
    found = next((one for one in mine if one.id == organisation_id), None)
    if found is None:
        raise NotFoundError("organisation-not-found")
    return found


def reports_told(plan: Plan, registry: Registry) -> tuple[ReportTold, ...]:
    """The reports of a scheme with the minutes that each takes, each profile once, least first."""
    found: dict[str, ReportTold] = {}
    for report in plan.scheme.reporting:
        profile = registry.find(ReportProfile, report.profile)
        if profile is not None:
            title = report.title or Message(f"report.{report.profile}.title")
            found.setdefault(report.profile, ReportTold(title, profile.minutes))
    return tuple(sorted(found.values(), key=lambda one: one.minutes))


def _most(plan: Plan) -> int | None:
    """The largest sum that can be asked for, where the form sets one."""
    field = plan.form.by_id.get("requested")
    money = getattr(field.options, "maximum", None) if field else None
    return getattr(money, "ore", None)
