"""Scenes of the talk about a case, and of rounds and meetings, as the authority has them before it."""

from __future__ import annotations

from stage import Call, Stage, changes, reads

from grantengine.services.ask_changes import preview_changes
from grantengine.services.book_meeting import book_meeting
from grantengine.services.extend_deadline import extend_named
from grantengine.services.offer_slots import offer_slots
from grantengine.services.see_asking import see_asking
from grantengine.services.see_call_change import see_call_change
from grantengine.services.see_log import see_booking_log, see_case_log
from grantengine.services.see_pitches import see_pitches
from grantengine.services.see_rounds import see_rounds
from grantengine.services.see_slots import see_slots
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


@reads("see_rounds.see_rounds")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_rounds(on.engine, by, on.call))


@reads("see_slots.see_slots")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_slots(on.engine, by, on.call, "guidance"))


@reads("see_pitches.see_pitches")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_pitches(on.engine, by, on.call, "pitch"))


@reads("see_log.see_case_log")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: see_case_log(on.engine, by, case.id), case)


@reads("see_log.see_booking_log")
def _(on: Stage) -> Call:
    case = on.submitted()
    [slot] = offer_slots(on.engine, on.handler, on.call, "guidance", starts=["2027-01-25T18:00"], place="Telefon")
    booking = book_meeting(on.engine, case.by, slot, organisation_id=case.organisation)
    return Call(on.handler, lambda by: see_booking_log(on.engine, by, on.call, booking), case)


@reads("see_call_change.see_call_change")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_call_change(on.engine, by, on.call))


@changes("extend_deadline.extend_named")
def _(on: Stage) -> Call:
    number = on.number()
    organisation = on.organisation(on.person(), number=number)
    return Call(
        on.handler,
        lambda by: extend_named(
            on.engine, by, call_id=on.call, named=number, closes="2027-03-20T23:59", reason="Feil hos oss"
        ),
        organisation,
    )
