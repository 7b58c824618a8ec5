"""Scenes of the authority's letters, its event logs and its administration."""

from __future__ import annotations

from closed import closed, proposed, sent
from stage import Call, Stage, changes, reads

from grantengine.services.appoint import appoint_by_email
from grantengine.services.interim_reply import count_waiting
from grantengine.services.invite_to_call import invite_named, invite_to_call, list_invited
from grantengine.services.see_authority import list_authorities, see_authority
from grantengine.services.see_case_letter import see_case_letter
from grantengine.services.see_trail import see_authority_trail, see_call_trail, see_case_trail


@reads("see_case_letter.see_case_letter")
def _(on: Stage) -> Call:
    there = closed(on)
    proposed(on, there)
    return Call(on.handler, lambda by: see_case_letter(on.engine, by, there.first.id), there.first)


@reads("interim_reply.count_waiting")
def _(on: Stage) -> Call:
    there = closed(on)
    return Call(on.handler, lambda by: count_waiting(on.engine, by, there.call), there.first)


@reads("see_trail.see_case_trail")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(on.handler, lambda by: see_case_trail(on.engine, by, there.first.id), there.first)


@reads("see_trail.see_call_trail")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: see_call_trail(on.engine, by, on.call))


@reads("see_trail.see_authority_trail")
def _(on: Stage) -> Call:
    return Call(on.admin, lambda by: see_authority_trail(on.engine, by, on.authority))


@reads("see_authority.list_authorities")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: list_authorities(on.engine, by))


@reads("see_authority.see_authority")
def _(on: Stage) -> Call:
    return Call(on.admin, lambda by: see_authority(on.engine, by, on.authority))


@changes("appoint.appoint_by_email")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return Call(
        on.admin,
        lambda by: appoint_by_email(on.engine, by, authority_id=on.authority, email=email, role="assessor"),
    )


@changes("invite_to_call.invite_named")
def _(on: Stage) -> Call:
    number = on.number()
    organisation = on.organisation(on.person(), number=number)
    return Call(on.handler, lambda by: invite_named(on.engine, by, call_id=on.call, named=number), organisation)


@reads("invite_to_call.list_invited")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    invite_to_call(on.engine, on.handler, call_id=on.call, organisation_id=organisation)
    return Call(on.handler, lambda by: list_invited(on.engine, by, on.call))
