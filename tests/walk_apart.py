"""Scenes of what the authority's pages show of impartiality and of who works in a call."""

from __future__ import annotations

from stage import Call, Stage, reads

from grantengine.services.declare_interests import declare_interests
from grantengine.services.see_interests import see_interests


@reads("see_interests.see_interests")
def _(on: Stage) -> Call:
    by, case = on.staff("handler"), on.submitted()
    declare_interests(on.engine, by, on.call, {case.organisation: "Er med i styret"})
    return Call(on.staff("leader"), lambda by: see_interests(on.engine, by, on.call))
