"""Scenes of what the authority's pages show of impartiality and of who works in a call."""

from __future__ import annotations

from stage import Call, Case, Stage, reads

from grantengine.records import By
from grantengine.services.assign_case import assign_case
from grantengine.services.declare_interests import declare_interests
from grantengine.services.see_assessments import see_assessments
from grantengine.services.see_interests import see_interests
from grantengine.services.see_people import see_people
from grantengine.services.see_sharing import see_sharing
from grantengine.services.see_sheet import see_sheet


def _given(on: Stage) -> tuple[Case, By]:
    """A case, and who is to rate it."""
    case, by = on.submitted(), on.staff("assessor")
    assign_case(on.engine, on.handler, case.id, by.id or "")
    return case, by


@reads("see_interests.see_interests")
def _(on: Stage) -> Call:
    by, case = on.staff("handler"), on.submitted()
    declare_interests(on.engine, by, on.call, {case.organisation: "Er med i styret"})
    return Call(on.staff("leader"), lambda by: see_interests(on.engine, by, on.call))


@reads("see_people.see_people")
def _(on: Stage) -> Call:
    _given(on)
    return Call(on.handler, lambda by: see_people(on.engine, by, on.call))


@reads("see_sharing.see_sharing")
def _(on: Stage) -> Call:
    on.submitted()
    on.staff("assessor")
    return Call(on.handler, lambda by: see_sharing(on.engine, by, on.call, "assessment"))


@reads("see_sheet.see_sheet")
def _(on: Stage) -> Call:
    case, by = _given(on)
    return Call(by, lambda by: see_sheet(on.engine, by, case.id), case)


@reads("see_assessments.see_assessments")
def _(on: Stage) -> Call:
    case, _ = _given(on)
    return Call(on.handler, lambda by: see_assessments(on.engine, by, case.id), case)
