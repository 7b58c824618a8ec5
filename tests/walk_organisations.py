"""Scenes of organisations, hosts and networks."""

from __future__ import annotations

from dataclasses import dataclass

from stage import Call, Stage, changes, reads

from grantengine.records import By
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.find_organisations import find_organisations, see_entry
from grantengine.services.host_organisation import ask_host, consent_as_host, end_hosting
from grantengine.services.invite_member import (
    accept_invitation,
    end_role,
    invite_member,
    see_invitation,
    take_back_invitation,
)
from grantengine.services.join_network import ask_to_join, leave_network, take_in
from grantengine.services.look_up_organisation import look_up_organisation
from grantengine.services.read_organisation import list_my_organisations, read_organisation
from grantengine.services.refresh_organisation import refresh_organisation
from grantengine.services.register_organisation import register_organisation
from grantengine.services.what_next import what_next
from grantengine.services.write_to_organisation import see_writing, write_to_organisation


@changes("create_organisation.create_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    return Call(by, on.organisation)


@changes("register_organisation.register_organisation")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: register_organisation(on.engine, by, authority_id=on.authority, name="Nytt lag"))


@changes("edit_organisation.edit_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: edit_organisation(on.engine, by, organisation, 1, {"name": "Nytt navn"}), organisation)


@changes("invite_member.invite_member")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(
        by,
        lambda by: invite_member(on.engine, by, organisation_id=organisation, email=on.email(), role="writer"),
        organisation,
    )


@changes("invite_member.accept_invitation")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    invited = on.person(email)
    invite_member(on.engine, by, organisation_id=on.organisation(by), email=email, role="contact")
    return Call(invited, lambda by: accept_invitation(on.engine, by, on.world.link("join", email)))


@changes("invite_member.take_back_invitation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    id = invite_member(on.engine, by, organisation_id=organisation, email=on.email(), role="writer")
    return Call(
        by,
        lambda by: take_back_invitation(on.engine, by, organisation_id=organisation, invitation_id=id),
        organisation,
    )


@changes("invite_member.end_role")
def _(on: Stage) -> Call:
    contact, email = on.person(), on.email()
    invited, organisation = on.person(email), on.organisation(contact)
    invite_member(on.engine, contact, organisation_id=organisation, email=email, role="contact")
    accept_invitation(on.engine, invited, on.world.link("join", email))
    return Call(
        contact,
        lambda by: end_role(on.engine, by, organisation_id=organisation, user_id=contact.id or "", role="contact"),
        organisation,
    )


@dataclass(frozen=True)
class Hosted:
    """An organisation with its contact, and the one that is to be its host, with its own."""

    by: By
    organisation: str
    host_by: By
    host: str
    number: str

    def ask(self, on: Stage, by: By | None = None) -> str:
        """Ask the host."""
        return ask_host(on.engine, by or self.by, organisation_id=self.organisation, host_number=self.number)


def _hosted(on: Stage) -> Hosted:
    mine, theirs, number = on.person(), on.person(), on.number()
    return Hosted(mine, on.organisation(mine), theirs, on.organisation(theirs, number=number), number)


@changes("host_organisation.ask_host")
def _(on: Stage) -> Call:
    there = _hosted(on)
    return Call(there.by, lambda by: there.ask(on, by), there.organisation)


@changes("host_organisation.consent_as_host")
def _(on: Stage) -> Call:
    there = _hosted(on)
    there.ask(on)
    return Call(there.host_by, lambda by: consent_as_host(on.engine, by, there.organisation), there.host)


@changes("host_organisation.end_hosting")
def _(on: Stage) -> Call:
    there = _hosted(on)
    there.ask(on)
    return Call(there.by, lambda by: end_hosting(on.engine, by, there.organisation), there.organisation)


@changes("join_network.ask_to_join")
def _(on: Stage) -> Call:
    theirs, mine = on.person(), on.person()
    network, organisation = on.organisation(theirs, "network"), on.organisation(mine)
    return Call(
        mine, lambda by: ask_to_join(on.engine, by, network_id=network, organisation_id=organisation), organisation
    )


@changes("join_network.take_in")
def _(on: Stage) -> Call:
    theirs, network, _, organisation = on.network()
    return Call(theirs, lambda by: take_in(on.engine, by, network_id=network, organisation_id=organisation), network)


@changes("join_network.leave_network")
def _(on: Stage) -> Call:
    _, network, mine, organisation = on.network()
    return Call(
        mine, lambda by: leave_network(on.engine, by, network_id=network, organisation_id=organisation), organisation
    )


@reads("find_organisations.find_organisations")
def _(on: Stage) -> Call:
    by = on.person()
    return Call(by, lambda by: find_organisations(on.engine, by))


@reads("read_organisation.read_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: read_organisation(on.engine, by, organisation), organisation)


@reads("read_organisation.list_my_organisations")
def _(on: Stage) -> Call:
    by = on.person()
    return Call(by, lambda by: list_my_organisations(on.engine, by))


@changes("refresh_organisation.refresh_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    number = on.number()
    organisation = on.organisation(by, number=number)
    on.world.registered(number, antallAnsatte=7)
    return Call(by, lambda by: refresh_organisation(on.engine, by, organisation), organisation)


@reads("find_organisations.see_entry")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    edit_organisation(on.engine, by, organisation, 1, {"listed": True})
    return Call(by, lambda by: see_entry(on.engine, by, organisation), organisation)


def _wants_to_be_found(on: Stage) -> str:
    by = on.person()
    organisation = on.organisation(by)
    edit_organisation(on.engine, by, organisation, 1, {"listed": True})
    return organisation


@reads("write_to_organisation.see_writing")
def _(on: Stage) -> Call:
    by, to = on.person(), _wants_to_be_found(on)
    return Call(by, lambda by: see_writing(on.engine, by, to))


@changes("write_to_organisation.write_to_organisation")
def _(on: Stage) -> Call:
    by, to = on.person(), _wants_to_be_found(on)
    mine = on.organisation(by)
    return Call(by, lambda by: write_to_organisation(on.engine, by, to, sender_id=mine, text="Vil dere?"), mine)


@reads("look_up_organisation.look_up_organisation")
def _(on: Stage) -> Call:
    by, number = on.person(), on.number()
    on.world.registered(number)
    return Call(by, lambda by: look_up_organisation(on.engine, by, number))


@reads("invite_member.see_invitation")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    invite_member(on.engine, by, organisation_id=on.organisation(by), email=email, role="contact")
    return Call(by, lambda by: see_invitation(on.engine, by, on.world.link("join", email)))


@reads("what_next.what_next")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: what_next(on.engine, by))
