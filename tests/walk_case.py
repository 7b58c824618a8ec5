"""Scenes of a case on one page."""

from __future__ import annotations

from stage import Call, Stage, reads

from grantengine.services.case_entries import case_entries
from grantengine.services.see_case import see_case
from grantengine.services.see_case_history import see_case_history
from grantengine.services.see_registering import see_registering


@reads("see_case.see_case")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_case(on.engine, by, case.id), case)


@reads("see_case_history.see_case_history")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_case_history(on.engine, by, case.id), case)


@reads("case_entries.case_entries")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: case_entries(on.engine, by, case.id), case)


@reads("see_registering.see_registering")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_registering(on.engine, by, on.call, words="Lag"))
