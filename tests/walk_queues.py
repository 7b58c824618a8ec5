"""Scenes of the lists that cases are worked from."""

from __future__ import annotations

from stage import Call, Stage, changes, reads

from grantengine.services.give_cases import give_cases, preview_giving
from grantengine.services.list_cases import list_cases
from grantengine.services.see_office import see_office


@reads("see_office.see_office")
def _(on: Stage) -> Call:
    on.submitted()
    return Call(on.handler, lambda by: see_office(on.engine, by))


@reads("list_cases.list_cases")
def _(on: Stage) -> Call:
    on.submitted()
    return Call(on.handler, lambda by: list_cases(on.engine, by, on.call))


@reads("give_cases.preview_giving")
def _(on: Stage) -> Call:
    case = on.submitted()
    to = on.handler.id or ""
    return Call(on.handler, lambda by: preview_giving(on.engine, by, on.call, "give", to, cases=[case.id]), case)


@changes("give_cases.give_cases")
def _(on: Stage) -> Call:
    case = on.submitted()
    to = on.handler.id or ""
    return Call(on.handler, lambda by: give_cases(on.engine, by, on.call, "give", to, cases=[case.id]), case)
