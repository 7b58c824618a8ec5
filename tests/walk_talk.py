"""Scenes of the talk about a case, and of rounds and meetings, as the authority has them before it."""

from __future__ import annotations

from stage import Call, Stage, reads

from grantengine.services.ask_changes import preview_changes
from grantengine.services.see_asking import see_asking
from grantengine.services.see_talk import see_talk
from grantengine.services.write_comment import open_thread


@reads("see_talk.see_talk")
def _(on: Stage) -> Call:
    case = on.submitted()
    open_thread(on.engine, case.by, case.id, "Kan vi endre dette?", question="summary")
    return Call(on.handler, lambda by: see_talk(on.engine, by, case.id), case)


@reads("see_asking.see_asking")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_asking(on.engine, by, case.id), case)


@reads("ask_changes.preview_changes")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(
        on.handler,
        lambda by: preview_changes(on.engine, by, case.id, questions=["summary"], reason="Hvor ofte er det?"),
        case,
    )
