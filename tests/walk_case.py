"""Scenes of a case on one page."""

from __future__ import annotations

from stage import Call, Stage, reads

from grantengine.services.see_case import see_case


@reads("see_case.see_case")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_case(on.engine, by, case.id), case)
