"""Scenes of what the authority's pages show: lists, desks, and what waits."""

from __future__ import annotations

from stage import Call, Stage, reads

from grantengine.services.see_desk import see_case_desk, see_desk


@reads("see_desk.see_desk")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_desk(on.engine, by, on.call))


@reads("see_desk.see_case_desk")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_case_desk(on.engine, by, case.id), case)
