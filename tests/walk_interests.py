"""Scenes of interests: before cases are opened."""

from __future__ import annotations

from stage import Call, Stage, changes, reads

from grantengine.services.declare_interests import declare_interests, list_applicants


@reads("declare_interests.list_applicants")
def _(on: Stage) -> Call:
    on.submitted()
    return Call(on.handler, lambda by: list_applicants(on.engine, by, on.call))


@changes("declare_interests.declare_interests")
def _(on: Stage) -> Call:
    tie = {on.submitted().organisation: "Er med i styret"}
    leader = on.staff("leader")
    return Call(leader, lambda by: declare_interests(on.engine, by, on.call, tie))
