"""Scenes of applications, until they are handed in and after."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from stage import PARTNER, Call, Case, Stage, changes, reads
from worlds import ANSWERS

from grantengine.records import By
from grantengine.services.answer_files import attach_files, remove_file, see_files
from grantengine.services.attach_file import list_attachments, read_attachment, remove_attachment
from grantengine.services.complete_application import complete_application
from grantengine.services.copy_application import copy_application
from grantengine.services.enter_fact import enter_fact
from grantengine.services.erase_application import erase_application
from grantengine.services.give_feedback import give_feedback
from grantengine.services.invite_partner import (
    answer_as_partner,
    remind_partner,
    remove_partner,
    see_as_partner,
)
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.list_applications import list_of_call, list_of_organisation
from grantengine.services.list_reads import list_reads
from grantengine.services.merge_draft import Written, merge_draft
from grantengine.services.offer_partners import offer_partners
from grantengine.services.overlap_hint import overlap_hint
from grantengine.services.pre_check import Profile, pre_check, pre_check_organisation
from grantengine.services.prepare_draft import prepare_draft
from grantengine.services.preview_application import preview_application
from grantengine.services.read_application import read_application
from grantengine.services.read_draft import read_draft
from grantengine.services.refresh_facts import refresh_facts, refresh_filling, retry_facts
from grantengine.services.register_on_behalf import confirm_registered
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.scan_file import scan_file
from grantengine.services.see_history import see_history
from grantengine.services.see_overview import see_overview
from grantengine.services.see_receipt import see_receipt
from grantengine.services.see_registered import object_to_registered, see_registered
from grantengine.services.see_start import see_start
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.take_stock import take_stock
from grantengine.services.verify_audit import verify_audit
from grantengine.services.withdraw_application import withdraw_application


@changes("start_draft.start_draft")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: start_draft(on.engine, by, call_id=on.call, organisation_id=organisation), organisation)


@changes("save_draft.save_draft")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: save_draft(on.engine, by, case.id, 1, {"members": 7}, keep=True), case)


@changes("merge_draft.merge_draft")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: merge_draft(on.engine, by, case.id, lambda plan: Written({}, {"members": 7})), case)


@changes("copy_application.copy_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: copy_application(on.engine, by, case.id, call_id=on.call), case)


@changes("attach_file.attach_file")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: on.file(case, by), case)


@changes("attach_file.remove_attachment")
def _(on: Stage) -> Call:
    case = on.draft()
    file = on.file(case)
    return Call(case.by, lambda by: remove_attachment(on.engine, by, file), case)


@changes("answer_files.attach_files")
def _(on: Stage) -> Call:
    case = on.draft()
    files = [("b.txt", b"Leie")]
    take = partial(attach_files, on.engine, application_id=case.id, question="budget_file", files=files)
    return Call(case.by, take, case)


@changes("answer_files.remove_file")
def _(on: Stage) -> Call:
    case = on.draft()
    file = on.file(case)
    return Call(case.by, lambda by: remove_file(on.engine, by, file), case)


@changes("scan_file.scan_file")
def _(on: Stage) -> Call:
    file = on.file(on.draft())
    moments = {"grantengine_scan": (("mine", lambda **file: "infected"),)}
    engine = replace(on.engine, registry=replace(on.engine.registry, moments=moments))
    engine.__dict__["store"] = on.engine.store
    return Call(on.system, lambda by: scan_file(engine, by, file))


@changes("invite_partner.invite_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: on.partner(case, by), case)


@changes("invite_partner.remind_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    partner = on.partner(case)
    return Call(case.by, lambda by: remind_partner(on.engine, by, partner), case)


@changes("invite_partner.remove_partner")
def _(on: Stage) -> Call:
    case = on.draft()
    partner = on.partner(case)
    return Call(case.by, lambda by: remove_partner(on.engine, by, partner), case)


@changes("invite_partner.answer_as_partner")
def _(on: Stage) -> Call:
    on.partner(on.submitted())
    link = on.world.link("partner", PARTNER)
    return Call(on.anyone, lambda by: answer_as_partner(on.engine, by, link, "confirmed", person="Berit"))


@changes("submit_application.submit_application")
def _(on: Stage) -> Call:
    case = on.draft()
    version = save_draft(on.engine, case.by, case.id, 1, ANSWERS).version
    return Call(case.by, lambda by: submit_application(on.engine, by, case.id, version), case)


@changes("complete_application.complete_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: complete_application(on.engine, by, case.id, {"own_funding": "1000"}), case)


@changes("withdraw_application.withdraw_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: withdraw_application(on.engine, by, case.id), case)


@changes("register_on_behalf.register_on_behalf")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    return Call(on.handler, lambda by: on.register(by, organisation), organisation)


@changes("register_on_behalf.confirm_registered")
def _(on: Stage) -> Call:
    case = on.registered()
    return Call(case.by, lambda by: confirm_registered(on.engine, by, application_id=case.id), case)


@changes("refresh_facts.refresh_facts")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.system, lambda by: refresh_facts(on.engine, by, case.id), case)


@changes("refresh_facts.refresh_filling")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.system, lambda by: refresh_filling(on.engine, by, case.id), case)


@changes("refresh_facts.retry_facts")
def _(on: Stage) -> Call:
    case = on.submitted(on.number())
    return Call(on.system, lambda by: retry_facts(on.engine, by, case.id), case)


@changes("enter_fact.enter_fact")
def _(on: Stage) -> Call:
    case, values = on.submitted(on.number()), {"active": True, "voluntary_register": True}
    return Call(
        on.handler, lambda by: enter_fact(on.engine, by, case.id, "register", values, note="Brev fra registeret"), case
    )


@changes("lapse_drafts.lapse_drafts")
def _(on: Stage) -> Call:
    on.draft()
    late = By("system", None, on.world.clock.at.replace(month=8))
    return Call(late, lambda by: lapse_drafts(on.engine, by))


@changes("erase_application.erase_application")
def _(on: Stage) -> Call:
    case = on.withdrawn()
    return Call(on.admin, lambda by: erase_application(on.engine, by, case.id, "Lagringstiden er ute"), case)


def _handed_in_with_file(on: Stage) -> tuple[Case, str]:
    """An application that has been submitted with a file; the handler has declared since."""
    case = on.draft()
    file = on.file(case)
    version = save_draft(on.engine, case.by, case.id, 1, {**ANSWERS, "budget_file": file}).version
    submit_application(on.engine, case.by, case.id, version)
    on.world.declare(on.call)
    return case, file


@reads("attach_file.list_attachments")
def _(on: Stage) -> Call:
    case, _ = _handed_in_with_file(on)
    return Call(case.by, lambda by: list_attachments(on.engine, by, case.id), case)


@reads("attach_file.read_attachment")
def _(on: Stage) -> Call:
    case, file = _handed_in_with_file(on)
    return Call(case.by, lambda by: read_attachment(on.engine, by, file), case)


@reads("invite_partner.see_as_partner")
def _(on: Stage) -> Call:
    on.partner(on.draft())
    return Call(on.anyone, lambda by: see_as_partner(on.engine, by, on.world.link("partner", PARTNER)))


@reads("read_draft.read_draft")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: read_draft(on.engine, by, case.id), case)


@reads("offer_partners.offer_partners")
def _(on: Stage) -> Call:
    case = on.draft()
    on.partner(case)
    return Call(case.by, lambda by: offer_partners(on.engine, by, case.id), case)


@reads("answer_files.see_files")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: see_files(on.engine, by, case.id, "budget_file"), case)


@reads("see_start.see_start")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: see_start(on.engine, by, on.call, organisation), organisation)


@reads("see_overview.see_overview")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: see_overview(on.engine, by, case.id), case)


@reads("preview_application.preview_application")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: preview_application(on.engine, by, case.id), case)


@reads("see_receipt.see_receipt")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: see_receipt(on.engine, by, case.id), case)


@reads("see_history.see_history")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: see_history(on.engine, by, case.id, 1), case)


@reads("give_feedback.give_feedback")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: give_feedback(on.engine, by, case.id), case)


@reads("overlap_hint.overlap_hint")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: overlap_hint(on.engine, by, case.id), case)


@reads("prepare_draft.prepare_draft")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(
        by, lambda by: prepare_draft(on.engine, by, call_id=on.call, organisation_id=organisation), organisation
    )


@reads("pre_check.pre_check")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: pre_check(on.engine, by, Profile()))


@reads("pre_check.pre_check_organisation")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: pre_check_organisation(on.engine, by, organisation), organisation)


@reads("read_application.read_application")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: read_application(on.engine, by, case.id), case)


@reads("revisions.list_revisions")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(on.handler, lambda by: list_revisions(on.engine, by, case.id), case)


@reads("revisions.compare_revisions")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: compare_revisions(on.engine, by, case.id, 2), case)


@reads("list_applications.list_of_call")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: list_of_call(on.engine, by, on.call))


@reads("list_applications.list_of_organisation")
def _(on: Stage) -> Call:
    case = on.draft()
    return Call(case.by, lambda by: list_of_organisation(on.engine, by, case.organisation), case)


@reads("list_reads.list_reads")
def _(on: Stage) -> Call:
    case = on.submitted()
    return Call(case.by, lambda by: list_reads(on.engine, by, case.id), case)


@reads("take_stock.take_stock")
def _(on: Stage) -> Call:
    return Call(on.system, lambda by: take_stock(on.engine, by))


@reads("verify_audit.verify_audit")
def _(on: Stage) -> Call:
    return Call(on.system, lambda by: verify_audit(on.engine, by))


@reads("see_registered.see_registered")
def _(on: Stage) -> Call:
    on.registered()
    secret = on.world.link("confirm", on.world.messages(template="confirm")[-1].address)
    return Call(on.anyone, lambda by: see_registered(on.engine, by, secret))


@changes("see_registered.object_to_registered")
def _(on: Stage) -> Call:
    on.registered()
    secret = on.world.link("confirm", on.world.messages(template="confirm")[-1].address)
    return Call(on.anyone, lambda by: object_to_registered(on.engine, by, secret, "Vi er 20, ikke 200"))
