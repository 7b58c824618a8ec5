"""Every service that works on the store, each with a small scene in which it does what it is for.

A new service is listed here: in ``CHANGES`` if it changes something, in ``READS`` if it does not, in ``APART`` with the
reason where neither fits. A scene prepares what it needs on a stage that all scenes share, and returns the call itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from worlds import ANSWERS, NUMBERS, PASSWORD, WITH_FILE, World

from grantengine.records import By
from grantengine.services.appoint import appoint, dismiss
from grantengine.services.attach_file import attach_file, list_attachments, read_attachment, remove_attachment
from grantengine.services.change_call import change_call
from grantengine.services.check_password import check_password
from grantengine.services.complete_application import complete_application
from grantengine.services.copy_application import copy_application
from grantengine.services.create_authority import create_authority
from grantengine.services.create_organisation import create_organisation
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.edit_user import ask_to_change_email, change_email, edit_user
from grantengine.services.enter_fact import enter_fact
from grantengine.services.erase_application import erase_application
from grantengine.services.erase_user import erase_user
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.find_organisations import find_organisations
from grantengine.services.give_feedback import give_feedback
from grantengine.services.host_organisation import ask_host, consent_as_host, end_hosting
from grantengine.services.import_grants import import_grants
from grantengine.services.invite_member import accept_invitation, end_role, invite_member
from grantengine.services.invite_partner import (
    answer_as_partner,
    invite_partner,
    remind_partner,
    remove_partner,
    see_as_partner,
)
from grantengine.services.invite_to_call import invite_to_call
from grantengine.services.join_network import ask_to_join, leave_network, take_in
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.list_applications import list_of_call, list_of_organisation
from grantengine.services.list_reads import list_reads
from grantengine.services.open_call import open_call
from grantengine.services.overlap_hint import overlap_hint
from grantengine.services.pre_check import Profile, pre_check, pre_check_organisation
from grantengine.services.prepare_draft import prepare_draft
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.read_application import read_application
from grantengine.services.read_organisation import list_my_organisations, read_organisation
from grantengine.services.refresh_facts import refresh_facts, refresh_filling, retry_facts
from grantengine.services.refresh_organisation import refresh_organisation
from grantengine.services.register_on_behalf import confirm_registered, register_on_behalf
from grantengine.services.register_organisation import register_organisation
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset, reset_password
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.take_stock import take_stock
from grantengine.services.verify_audit import verify_audit
from grantengine.services.verify_user import verify_user
from grantengine.services.withdraw_application import withdraw_application

Call = Callable[[], Any]
Scene = Callable[["Stage"], Call]
OPEN = WITH_FILE.replace("organisation_number: required", "organisation_number: optional")
PARTNER = "post@bibliotek.example"
CLOSES = [{"op": "replace", "path": "/call/closes", "value": "2027-03-15T23:59"}]


@dataclass(frozen=True)
class Case:
    """An application, who writes it, and for whom."""

    id: str
    by: By
    organisation: str


class Stage:
    """A world with an authority and a call; scenes add people and cases of their own."""

    def __init__(self, world: World) -> None:
        self.world, self.engine, self._count = world, world.engine, count(1)
        self.call = world.call(OPEN)
        self.authority = world.made["imdi"]
        self.handler, self.admin = world.by(world.made["handler"]), world.by(world.made["admin"])

    @property
    def system(self) -> By:
        return self.world.system

    @property
    def anyone(self) -> By:
        return self.world.anyone

    def email(self) -> str:
        """An address that nobody has."""
        return f"person{next(self._count)}@example.org"

    def person(self, email: str = "") -> By:
        """Someone new."""
        return self.world.by(self.world.user(f"Person {next(self._count)}", email or self.email()))

    def organisation(self, by: By, kind: str = "organisation", number: str | None = None) -> str:
        """A new organisation with this contact."""
        return create_organisation(
            self.engine, by, name=f"Lag {next(self._count)}", kind=kind, number=number, municipality="0301"
        )

    def draft(self, number: str | None = None) -> Case:
        """A draft of a new organisation."""
        by = self.person()
        organisation = self.organisation(by, number=number)
        id = start_draft(self.engine, by, call_id=self.call, organisation_id=organisation)
        return Case(id, by, organisation)

    def submitted(self, number: str | None = None) -> Case:
        """An application that has been submitted; with a number, the register is asked about it, and is down."""
        case = self.draft(number)
        version = save_draft(self.engine, case.by, case.id, 1, ANSWERS, keep=True).version
        submit_application(self.engine, case.by, case.id, version)
        return case

    def withdrawn(self) -> Case:
        """An application that has ended."""
        case = self.submitted()
        withdraw_application(self.engine, case.by, case.id)
        return case

    def partner(self, case: Case) -> str:
        """A partner that has been asked."""
        return invite_partner(self.engine, case.by, application_id=case.id, name="Biblioteket", email=PARTNER)

    def file(self, case: Case) -> str:
        """A file beside a draft."""
        return attach_file(
            self.engine, case.by, application_id=case.id, question="budget_file", file_name="b.txt", content=b"Leie"
        ).id

    def registered(self) -> tuple[str, By]:
        """An application that was told by telephone, and the contact."""
        by = self.person()
        organisation = self.organisation(by)
        id = register_on_behalf(
            self.engine, self.handler, call_id=self.call, organisation_id=organisation, channel="oral", answers=ANSWERS
        )
        return id, by

    def network(self) -> tuple[By, str, By, str]:
        """A network and an organisation that has asked to join, each with its contact."""
        theirs, mine = self.person(), self.person()
        network, organisation = self.organisation(theirs, "network"), self.organisation(mine)
        ask_to_join(self.engine, mine, network_id=network, organisation_id=organisation)
        return theirs, network, mine, organisation


SCENES: dict[str, Scene] = {}
CHANGES: set[str] = set()
READS: set[str] = set()
APART = {
    "reads.keep_read": "writes the log of reads, which is no part of the trail",
    "seal_audit.seal_audit": "writes seals, which are about the trail",
    "deliver_outbox.deliver_outbox": "carries out what events have told",
    "run_jobs.run_jobs": "carries out work that events have told of; the work tells its own",
    "run_jobs.queue_retries": "queues work",
}
"""Services that change rows which are no part of an aggregate."""


def changes(name: str) -> Callable[[Scene], Scene]:
    """A scene of a service that changes something."""
    return _note(name, CHANGES)


def reads(name: str) -> Callable[[Scene], Scene]:
    """A scene of a service that changes nothing."""
    return _note(name, READS)


def _note(name: str, kind: set[str]) -> Callable[[Scene], Scene]:
    def keep(scene: Scene) -> Scene:
        SCENES[name] = scene
        kind.add(name)
        return scene

    return keep


# --- people


@changes("register_user.register_user")
def _(on: Stage) -> Call:
    return lambda: register_user(on.engine, on.anyone, email=on.email(), name="Kari", password=PASSWORD)


@changes("verify_user.verify_user")
def _(on: Stage) -> Call:
    email = on.email()
    register_user(on.engine, on.anyone, email=email, name="Kari", password=PASSWORD)
    return lambda: verify_user(on.engine, on.anyone, on.world.link("verify", email))


@changes("edit_user.edit_user")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: edit_user(on.engine, by, {"name": "Nytt Navn"})


@changes("edit_user.ask_to_change_email")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: ask_to_change_email(on.engine, by, on.email())


@changes("edit_user.change_email")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    ask_to_change_email(on.engine, by, email)
    return lambda: change_email(on.engine, on.anyone, on.world.link("email-change", email))


@changes("reset_password.ask_for_reset")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return lambda: ask_for_reset(on.engine, on.anyone, email)


@changes("reset_password.reset_password")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    ask_for_reset(on.engine, on.anyone, email)
    return lambda: reset_password(on.engine, on.anyone, on.world.link("reset", email), PASSWORD)


@reads("check_password.check_password")
def _(on: Stage) -> Call:
    """A password that is hashed in an outdated way is hashed anew, which is told; that has a test of its own."""
    email = on.email()
    on.person(email)
    return lambda: check_password(on.engine, on.anyone, email, PASSWORD)


@changes("erase_user.erase_user")
def _(on: Stage) -> Call:
    by = on.person()
    on.organisation(by)
    return lambda: erase_user(on.engine, by, by.id or "")


# --- authorities and calls


@changes("create_authority.create_authority")
def _(on: Stage) -> Call:
    return lambda: create_authority(on.engine, on.system, key="bergen", name={"nb": "Bergen"})


@changes("appoint.appoint")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: appoint(on.engine, on.admin, authority_id=on.authority, user_id=by.id or "", role="assessor")


@changes("appoint.dismiss")
def _(on: Stage) -> Call:
    by = on.person()
    appoint(on.engine, on.admin, authority_id=on.authority, user_id=by.id or "", role="assessor")
    return lambda: dismiss(on.engine, on.admin, authority_id=on.authority, user_id=by.id or "", role="assessor")


@changes("import_grants.import_grants")
def _(on: Stage) -> Call:
    row = {"organisation_number": NUMBERS[0], "scheme": "Integrering", "year": 2025, "amount": "50000.00"}
    return lambda: import_grants(on.engine, on.admin, on.authority, [row])


@changes("publish_scheme.publish_scheme")
def _(on: Stage) -> Call:
    return lambda: publish_scheme(on.engine, on.handler, OPEN.replace("version: 1.0.0", "version: 1.0.1"))


@changes("open_call.open_call")
def _(on: Stage) -> Call:
    version = publish_scheme(on.engine, on.handler, OPEN.replace("version: 1.0.0", "version: 1.0.2"))
    return lambda: open_call(on.engine, on.handler, version)


@changes("change_call.change_call")
def _(on: Stage) -> Call:
    return lambda: change_call(on.engine, on.handler, on.call, CLOSES, reason="Mange har bedt om det")


@changes("extend_deadline.extend_deadline")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    return lambda: extend_deadline(
        on.engine, on.handler, call_id=on.call, organisation_id=organisation, closes="2027-03-20T12:00", reason="Sykdom"
    )


@changes("invite_to_call.invite_to_call")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    return lambda: invite_to_call(on.engine, on.handler, call_id=on.call, organisation_id=organisation)


# --- organisations


@changes("create_organisation.create_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: on.organisation(by)


@changes("register_organisation.register_organisation")
def _(on: Stage) -> Call:
    return lambda: register_organisation(on.engine, on.handler, authority_id=on.authority, name="Nytt lag")


@changes("edit_organisation.edit_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: edit_organisation(on.engine, by, organisation, 1, {"name": "Nytt navn"})


@changes("invite_member.invite_member")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: invite_member(on.engine, by, organisation_id=organisation, email=on.email(), role="writer")


@changes("invite_member.accept_invitation")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    invited = on.person(email)
    invite_member(on.engine, by, organisation_id=on.organisation(by), email=email, role="contact")
    return lambda: accept_invitation(on.engine, invited, on.world.link("join", email))


@changes("invite_member.end_role")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    invited, organisation = on.person(email), on.organisation(by)
    invite_member(on.engine, by, organisation_id=organisation, email=email, role="contact")
    accept_invitation(on.engine, invited, on.world.link("join", email))
    return lambda: end_role(on.engine, by, organisation_id=organisation, user_id=by.id or "", role="contact")


def _hosted(on: Stage, number: str) -> tuple[By, By, str]:
    mine, theirs = on.person(), on.person()
    on.organisation(theirs, number=number)
    return mine, theirs, on.organisation(mine)


@changes("host_organisation.ask_host")
def _(on: Stage) -> Call:
    mine, _, organisation = _hosted(on, NUMBERS[1])
    return lambda: ask_host(on.engine, mine, organisation_id=organisation, host_number=NUMBERS[1])


@changes("host_organisation.consent_as_host")
def _(on: Stage) -> Call:
    mine, theirs, organisation = _hosted(on, NUMBERS[2])
    ask_host(on.engine, mine, organisation_id=organisation, host_number=NUMBERS[2])
    return lambda: consent_as_host(on.engine, theirs, organisation)


@changes("host_organisation.end_hosting")
def _(on: Stage) -> Call:
    mine, _, organisation = _hosted(on, NUMBERS[3])
    ask_host(on.engine, mine, organisation_id=organisation, host_number=NUMBERS[3])
    return lambda: end_hosting(on.engine, mine, organisation)


@changes("join_network.ask_to_join")
def _(on: Stage) -> Call:
    theirs, mine = on.person(), on.person()
    network, organisation = on.organisation(theirs, "network"), on.organisation(mine)
    return lambda: ask_to_join(on.engine, mine, network_id=network, organisation_id=organisation)


@changes("join_network.take_in")
def _(on: Stage) -> Call:
    theirs, network, _, organisation = on.network()
    return lambda: take_in(on.engine, theirs, network_id=network, organisation_id=organisation)


@changes("join_network.leave_network")
def _(on: Stage) -> Call:
    _, network, mine, organisation = on.network()
    return lambda: leave_network(on.engine, mine, network_id=network, organisation_id=organisation)


@reads("find_organisations.find_organisations")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: find_organisations(on.engine, by)


@reads("read_organisation.read_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: read_organisation(on.engine, by, organisation)


@reads("read_organisation.list_my_organisations")
def _(on: Stage) -> Call:
    by = on.person()
    return lambda: list_my_organisations(on.engine, by)


# --- applications


@changes("start_draft.start_draft")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: start_draft(on.engine, by, call_id=on.call, organisation_id=organisation)


@changes("save_draft.save_draft")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: save_draft(on.engine, case.by, case.id, 1, {"members": 7}, keep=True)


@changes("copy_application.copy_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: copy_application(on.engine, case.by, case.id, call_id=on.call)


@changes("attach_file.attach_file")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: on.file(case)


@changes("attach_file.remove_attachment")
def _(on: Stage) -> Call:
    case = on.draft()
    file = on.file(case)
    return lambda: remove_attachment(on.engine, case.by, file)


@changes("invite_partner.invite_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: on.partner(case)


@changes("invite_partner.remind_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    partner = on.partner(case)
    return lambda: remind_partner(on.engine, case.by, partner)


@changes("invite_partner.remove_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    partner = on.partner(case)
    return lambda: remove_partner(on.engine, case.by, partner)


@changes("invite_partner.answer_as_partner")
def _(on: Stage) -> Call:
    on.partner(on.submitted())
    link = on.world.link("partner", PARTNER)
    return lambda: answer_as_partner(on.engine, on.anyone, link, "confirmed", person="Berit")


@changes("submit_application.submit_application")
def _(on: Stage) -> Call:
    case = on.draft()
    version = save_draft(on.engine, case.by, case.id, 1, ANSWERS).version
    return lambda: submit_application(on.engine, case.by, case.id, version)


@changes("complete_application.complete_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: complete_application(on.engine, case.by, case.id, {"own_funding": "1000"})


@changes("withdraw_application.withdraw_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: withdraw_application(on.engine, case.by, case.id)


@changes("register_on_behalf.register_on_behalf")
def _(on: Stage) -> Call:
    return on.registered


@changes("register_on_behalf.confirm_registered")
def _(on: Stage) -> Call:
    id, by = on.registered()
    return lambda: confirm_registered(on.engine, by, application_id=id)


@changes("refresh_facts.refresh_facts")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: refresh_facts(on.engine, on.system, case.id)


@changes("refresh_facts.refresh_filling")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: refresh_filling(on.engine, on.system, case.id)


@changes("refresh_facts.retry_facts")
def _(on: Stage) -> Call:
    case = on.submitted(NUMBERS[4])
    return lambda: retry_facts(on.engine, on.system, case.id)


@changes("enter_fact.enter_fact")
def _(on: Stage) -> Call:
    case, values = on.submitted(NUMBERS[5]), {"active": True, "voluntary_register": True}
    return lambda: enter_fact(on.engine, on.handler, case.id, "register", values, note="Brev fra registeret")


@changes("lapse_drafts.lapse_drafts")
def _(on: Stage) -> Call:
    on.draft()
    late = By("system", None, on.world.clock.at.replace(month=8))
    return lambda: lapse_drafts(on.engine, late)


@changes("erase_application.erase_application")
def _(on: Stage) -> Call:
    case = on.withdrawn()
    return lambda: erase_application(on.engine, on.admin, case.id, "Lagringstiden er ute")


@reads("attach_file.list_attachments")
def _(on: Stage) -> Call:
    case = on.draft()
    on.file(case)
    return lambda: list_attachments(on.engine, case.by, case.id)


@reads("attach_file.read_attachment")
def _(on: Stage) -> Call:
    case = on.draft()
    file = on.file(case)
    return lambda: read_attachment(on.engine, case.by, file)


@reads("invite_partner.see_as_partner")
def _(on: Stage) -> Call:
    on.partner(on.draft())
    return lambda: see_as_partner(on.engine, on.anyone, on.world.link("partner", PARTNER))


@reads("give_feedback.give_feedback")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: give_feedback(on.engine, case.by, case.id)


@reads("overlap_hint.overlap_hint")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: overlap_hint(on.engine, case.by, case.id)


@changes("refresh_organisation.refresh_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by, number=NUMBERS[6])
    on.world.registered(NUMBERS[6], antallAnsatte=7)
    return lambda: refresh_organisation(on.engine, by, organisation)


@reads("prepare_draft.prepare_draft")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: prepare_draft(on.engine, by, call_id=on.call, organisation_id=organisation)


@reads("pre_check.pre_check")
def _(on: Stage) -> Call:
    return lambda: pre_check(on.engine, on.anyone, Profile())


@reads("pre_check.pre_check_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return lambda: pre_check_organisation(on.engine, by, organisation)


@reads("read_application.read_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: read_application(on.engine, on.handler, case.id)


@reads("revisions.list_revisions")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: list_revisions(on.engine, on.handler, case.id)


@reads("revisions.compare_revisions")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: compare_revisions(on.engine, case.by, case.id, 1)


@reads("list_applications.list_of_call")
def _(on: Stage) -> Call:
    return lambda: list_of_call(on.engine, on.handler, on.call)


@reads("list_applications.list_of_organisation")
def _(on: Stage) -> Call:
    case = on.draft()
    return lambda: list_of_organisation(on.engine, case.by, case.organisation)


@reads("list_reads.list_reads")
def _(on: Stage) -> Call:
    case = on.submitted()
    return lambda: list_reads(on.engine, case.by, case.id)


@reads("take_stock.take_stock")
def _(on: Stage) -> Call:
    return lambda: take_stock(on.engine, on.system)


@reads("verify_audit.verify_audit")
def _(on: Stage) -> Call:
    return lambda: verify_audit(on.engine, on.system)
