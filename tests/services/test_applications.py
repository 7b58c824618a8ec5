"""Drafts, revisions, partners, files, submission and what comes after it, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.errors import (
    AnswersError,
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotPossibleError,
)
from grantengine.lifecycle import Status
from grantengine.services.attach_file import attach_file, list_attachments, read_attachment, remove_attachment
from grantengine.services.change_call import change_call
from grantengine.services.complete_application import complete_application
from grantengine.services.copy_application import copy_application
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.give_feedback import give_feedback
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.invite_partner import (
    answer_as_partner,
    invite_partner,
    remind_partner,
    remove_partner,
    see_as_partner,
)
from grantengine.services.invite_to_call import invite_to_call
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.list_applications import list_of_call, list_of_organisation
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.refresh_facts import refresh_facts
from grantengine.services.register_on_behalf import confirm_registered, register_on_behalf
from grantengine.services.register_organisation import register_organisation
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application


class Case:
    """A world with a call, an organisation with its contact Kari, and a draft of theirs."""

    def __init__(self, world: World, **how: Any) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(**how)
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari)
        self.version = 1

    def save(self, answers: dict[str, Any], by: str = "", **how: Any) -> int:
        saved = save_draft(self.engine, self.world.by(by or self.kari), self.id, self.version, answers, **how)
        self.version = saved.version
        return saved.version

    def submit(self) -> Any:
        return submit_application(self.engine, self.world.by(self.kari), self.id, self.version)

    def writer(self) -> str:
        ola = self.world.user("Ola", "ola@example.org")
        invite_member(
            self.engine,
            self.world.by(self.kari),
            organisation_id=self.organisation,
            email="ola@example.org",
            role="writer",
        )
        accept_invitation(self.engine, self.world.by(ola), self.world.link("join", "ola@example.org"))
        return ola


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def _status(world: World, id: str) -> str:
    with world.engine.store.read() as reading:
        found = reading.applications.get(id)
        assert found is not None
        return found.status


def test_partial_and_unfitting_answers_are_kept_and_told_of(case: Case) -> None:
    saved = save_draft(case.engine, case.world.by(case.kari), case.id, 1, {"members": "mange", "requested": "5"})
    assert {problem.where.pointer for problem in saved.problems} == {"/members", "/requested"}
    with case.engine.store.read() as reading:
        draft = reading.applications.draft(case.id)
        assert draft is not None
        assert draft.answers == {"members": "mange", "requested": "5"}


@pytest.mark.parametrize(
    "answers",
    [
        {"partners": [{"name": "Biblioteket", "confirmed": True}]},
        {"partners": [{"name": "Biblioteket", "public": True}]},
        {"facts": {"register": {"active": True}}},
        {"facts.register.active": True},
        {"checked": {"approved_costs": "1"}},
        {"approved_costs": "1"},
        {"ratings": {"relevance": 6}},
        {"summary": "nul \0 character"},
        {"summary": "half \ud800 character"},
        {"summary": float("nan")},
        {"summary": "x" * 2_100_000},
    ],
    ids=lambda answers: next(iter(answers)),
)
def test_what_an_applicant_may_not_say_is_refused(case: Case, answers: dict[str, Any]) -> None:
    with pytest.raises(AnswersError):
        case.save(answers)
    with pytest.raises(AnswersError):
        start_draft(
            case.engine, case.world.by(case.kari), call_id=case.call, organisation_id=case.organisation, answers=answers
        )
    with case.engine.store.read() as reading:
        draft = reading.applications.draft(case.id)
        assert draft is not None
        assert (draft.version, draft.answers) == (1, {})


def test_a_save_whose_answer_was_lost_can_be_sent_again(case: Case) -> None:
    case.save({"members": 7})
    again = save_draft(case.engine, case.world.by(case.kari), case.id, 1, {"members": 7})
    assert again.version == 2


def test_a_change_of_author_and_15_minutes_of_writing_keep_revisions(case: Case) -> None:
    ola = case.writer()
    case.save({"summary": "Kari skrev dette"})
    case.world.clock.turn(minutes=1)
    case.save({"summary": "Ola skrev dette"}, by=ola)
    case.world.clock.turn(minutes=14, seconds=59)
    case.save({"summary": "Ola skrev mer"}, by=ola)
    case.world.clock.turn(seconds=1)
    case.save({"summary": "Ola skrev enda mer"}, by=ola)
    case.save({"summary": "Ola tar vare på dette"}, by=ola, keep=True)
    kept = list_revisions(case.engine, case.world.by(case.kari), case.id)
    assert [(one.place, one.cause, one.author) for one in kept] == [
        (1, "author", "Kari"), (2, "interval", "Ola"), (3, "kept", "Ola"),
    ]  # fmt: skip
    [change] = compare_revisions(case.engine, case.world.by(ola), case.id, 1, 3)
    assert change.field == "summary"
    assert [(one.change, one.text) for one in change.pieces] == [
        ("removed", "Kari"), ("added", "Ola"), ("same", " "), ("removed", "skrev"), ("added", "tar"), ("same", " "),
        ("added", "vare"), ("added", " "), ("added", "på"), ("added", " "), ("same", "dette"),
    ] or "".join(one.text for one in change.pieces if one.change != "added") == "Kari skrev dette"  # fmt: skip


def test_strangers_and_handlers_do_not_see_a_draft_and_writers_do_not_submit(case: Case) -> None:
    stranger, ola = case.world.user("Fremmed"), case.writer()
    for user in (stranger, case.world.made["handler"]):
        for service in (list_revisions, give_feedback, list_attachments, refresh_facts):
            with pytest.raises(NotFoundError):
                service(case.engine, case.world.by(user), case.id)
        with pytest.raises(NotFoundError):
            save_draft(case.engine, case.world.by(user), case.id, 1, {})
    case.save(ANSWERS, by=ola)
    with pytest.raises(NotAllowedError):
        submit_application(case.engine, case.world.by(ola), case.id, case.version)
    with pytest.raises(NotAllowedError):
        withdraw_application(case.engine, case.world.by(ola), case.id)


def test_a_partner_answers_by_its_link_without_an_account(case: Case) -> None:
    partner = invite_partner(
        case.engine, case.world.by(case.kari), application_id=case.id, name="Biblioteket", email="bib@example.org",
        organisation_number=NUMBERS[1], task="Rom",
    )  # fmt: skip
    first = case.world.link("partner", "bib@example.org")
    remind_partner(case.engine, case.world.by(case.kari), partner)
    with pytest.raises(NotPossibleError):
        answer_as_partner(case.engine, case.world.anyone, first, "confirmed", person="Berit")
    link = case.world.link("partner", "bib@example.org")
    seen = see_as_partner(case.engine, case.world.anyone, link)
    assert (seen.applicant, seen.partner, seen.task, seen.can_answer) == ("Bydel Vel", "Biblioteket", "Rom", True)
    with pytest.raises(InputError):
        answer_as_partner(case.engine, case.world.anyone, link, "maybe", person="Berit")
    answer_as_partner(
        case.engine, case.world.anyone, link, "confirmed", person="Berit", task="Rom og bøker", amount="12 000,50"
    )
    seen = see_as_partner(case.engine, case.world.anyone, link)
    assert (seen.status, seen.task, seen.amount, seen.can_answer) == ("confirmed", "Rom og bøker", 1_200_050, False)
    with pytest.raises(NotPossibleError) as used:
        answer_as_partner(case.engine, case.world.anyone, link, "declined", person="Berit")
    assert used.value.code == "link-used"
    assert case.world.messages("kari@example.org")[-1].template == "partner-confirmed"
    with pytest.raises(NotPossibleError):
        remind_partner(case.engine, case.world.by(case.kari), partner)


def test_a_partner_may_decline_after_the_deadline_but_not_confirm(case: Case) -> None:
    for name in ("a", "b"):
        invite_partner(
            case.engine,
            case.world.by(case.kari),
            application_id=case.id,
            name=f"Lag {name}",
            email=f"{name}@example.org",
        )
    case.save(ANSWERS)
    case.submit()
    case.world.clock.at = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)  # midnight in Oslo: the first instant too late
    with pytest.raises(NotPossibleError) as late:
        answer_as_partner(
            case.engine, case.world.anyone, case.world.link("partner", "a@example.org"), "confirmed", person="Anne"
        )
    assert late.value.code == "deadline-passed"
    answer_as_partner(
        case.engine, case.world.anyone, case.world.link("partner", "b@example.org"), "declined", person="Bo"
    )
    with case.engine.store.read() as reading:
        assert reading.jobs.waiting("refresh-facts", case.id) is not None


def test_a_removed_partner_can_not_answer(case: Case) -> None:
    partner = invite_partner(
        case.engine, case.world.by(case.kari), application_id=case.id, name="Biblioteket", email="bib@example.org"
    )
    remove_partner(case.engine, case.world.by(case.kari), partner)
    with pytest.raises(NotPossibleError):
        answer_as_partner(
            case.engine, case.world.anyone, case.world.link("partner", "bib@example.org"), "confirmed", person="Berit"
        )
    with pytest.raises(NotFoundError):
        remove_partner(case.engine, case.world.by(case.kari), partner)


WITH_FILE = EXAMPLE.replace(
    "  - id: project\n", "  - id: files\n    title: {nb: Filer, nn: Filer, en: Files}\n    questions:\n"
    "      - {id: budget_file, kind: attachment, optional: true, label: {nb: Budsjett, nn: Budsjett, en: Budget}}\n"
    "  - id: project\n", 1,
)  # fmt: skip
PDF = b"%PDF-1.7 not much"


def test_files_lie_beside_a_draft(world: World) -> None:
    case = Case(world, source=WITH_FILE)
    by = world.by(case.kari)
    one = attach_file(
        case.engine, by, application_id=case.id, question="budget_file", file_name="../b.pdf", content=PDF
    )
    again = attach_file(case.engine, by, application_id=case.id, question="budget_file", file_name="b.pdf", content=PDF)
    assert again == one
    assert (one.file_name, one.media_type, one.size) == ("b.pdf", "application/pdf", len(PDF))
    assert read_attachment(case.engine, by, one.id) == (one, PDF)
    case.save({**ANSWERS, "budget_file": one.id})
    other = attach_file(
        case.engine, by, application_id=case.id, question="budget_file", file_name="c.txt", content=b"c"
    )
    remove_attachment(case.engine, by, other.id)
    assert list_attachments(case.engine, by, case.id) == [one]
    case.submit()
    with pytest.raises(NotPossibleError):
        remove_attachment(case.engine, by, one.id)
    with pytest.raises(NotFoundError):
        read_attachment(case.engine, world.by(world.user("Fremmed")), one.id)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "file-type"),
        ("a.pdf", b"MZ not a pdf", "file-not-as-named"),
        ("a.txt", b"nul \0", "file-not-as-named"),
        ("a.pdf", b"", "file-empty"),
        ("a.pdf", b"%PDF-" + b"x" * 25_000_000, "attachment-too-large"),
    ],
)
def test_other_files_are_refused(world: World, name: str, content: bytes, code: str) -> None:
    case = Case(world, source=WITH_FILE)
    with pytest.raises(InputError) as error:
        attach_file(
            case.engine,
            world.by(case.kari),
            application_id=case.id,
            question="budget_file",
            file_name=name,
            content=content,
        )
    assert error.value.problems[0].code == code


def test_a_file_that_is_not_there_stops_a_submission(world: World) -> None:
    case = Case(world, source=WITH_FILE)
    case.save({**ANSWERS, "budget_file": "01mcsffng046qxv6t05fnys3rt"})
    with pytest.raises(AnswersError) as error:
        case.submit()
    assert error.value.problems[0].code == "answer-no-such-file"
    with pytest.raises(InputError) as wrong:
        attach_file(
            case.engine, world.by(case.kari), application_id=case.id, question="summary", file_name="a.pdf", content=PDF
        )
    assert wrong.value.problems[0].code == "question-takes-no-file"


def test_what_is_needed_to_decide_is_completed_after_submission(case: Case) -> None:
    case.save(ANSWERS)
    assert case.submit().to_complete == ("own_funding",)
    by = case.world.by(case.kari)
    with pytest.raises(AnswersError) as closed:
        complete_application(case.engine, by, case.id, {"members": 1})
    assert closed.value.problems[0].code == "answer-not-open"
    with pytest.raises(AnswersError):
        complete_application(case.engine, by, case.id, {"own_funding": "mye"})
    done = complete_application(case.engine, by, case.id, {"own_funding": "50000"})
    assert (done.to_complete, done.revision) == ((), 2)
    [change] = compare_revisions(case.engine, by, case.id, 1, 2)
    assert (change.field, change.before, change.after) == ("own_funding", None, "50000")
    with pytest.raises(AnswersError):
        complete_application(case.engine, by, case.id, {"own_funding": "1"})


def test_a_submission_sent_again_after_a_completion_gives_its_own_receipt(case: Case) -> None:
    case.save(ANSWERS)
    receipt = case.submit()
    complete_application(case.engine, case.world.by(case.kari), case.id, {"own_funding": "10000"})
    again = case.submit()
    assert (again.number, again.arrived, again.revision) == (receipt.number, receipt.arrived, receipt.revision)
    assert again.to_complete == ()


def test_a_completion_whose_answer_was_lost_can_be_sent_again(case: Case) -> None:
    case.save(ANSWERS)
    case.submit()
    by = case.world.by(case.kari)
    receipt = complete_application(case.engine, by, case.id, {"own_funding": "10000"})
    assert complete_application(case.engine, by, case.id, {"own_funding": "10000"}) == receipt
    with pytest.raises(AnswersError):
        complete_application(case.engine, by, case.id, {"own_funding": "20000"})
    assert len(list_revisions(case.engine, by, case.id)) == receipt.revision


def test_hidden_answers_stay_in_the_draft_and_are_not_submitted(case: Case) -> None:
    case.save({**ANSWERS, "continues_earlier": False})
    case.submit()
    with case.engine.store.read() as reading:
        revision, draft = reading.applications.revision(case.id, 1), reading.applications.draft(case.id)
        assert revision is not None
        assert draft is not None
        assert "years_running" not in (revision.answers or {})
        assert draft.answers["years_running"] == 2


def test_a_withdrawn_application_stays_and_can_be_copied(case: Case) -> None:
    case.save(ANSWERS)
    case.submit()
    by = case.world.by(case.kari)
    withdraw_application(case.engine, by, case.id, reason="Vi fikk penger fra andre")
    assert _status(case.world, case.id) == Status.WITHDRAWN
    assert case.world.messages("kari@example.org")[-1].template == "withdrawn"
    with pytest.raises(NotPossibleError) as error:
        withdraw_application(case.engine, by, case.id)
    assert error.value.code == "status-forbids"
    copied = copy_application(case.engine, by, case.id, call_id=case.call, request_id="r1")
    assert copied == copy_application(case.engine, by, case.id, call_id=case.call, request_id="r1")
    with case.engine.store.read() as reading:
        draft = reading.applications.draft(copied.application_id)
        assert draft is not None
        assert draft.answers == ANSWERS


def test_a_copy_takes_what_the_new_form_asks(case: Case) -> None:
    case.save({**ANSWERS, "members": "mange"})
    other = EXAMPLE.replace("id: imdi-integration-work", "id: another-scheme").replace(
        "maximum: 1 500 000 NOK", "maximum: 200 000 NOK"
    )
    call = case.world.call(other)
    copied = copy_application(case.engine, case.world.by(case.kari), case.id, call_id=call)
    assert copied.left_out == ("members", "requested")


def test_an_oral_application_counts_when_it_is_confirmed(case: Case) -> None:
    handler = case.world.by(case.world.made["handler"])
    how: dict[str, Any] = {
        "call_id": case.call,
        "organisation_id": case.organisation,
        "channel": "oral",
        "answers": ANSWERS,
    }
    id = register_on_behalf(case.engine, handler, **how, request_id="told-once")
    assert register_on_behalf(case.engine, handler, **how, request_id="told-once") == id
    assert _status(case.world, id) == Status.UNCONFIRMED
    link = case.world.link("confirm", "kari@example.org")
    case.world.clock.turn(days=20)
    receipt = confirm_registered(case.engine, case.world.anyone, secret=link)
    assert _status(case.world, id) == Status.SUBMITTED
    assert receipt.arrived == handler.at
    assert confirm_registered(case.engine, case.world.anyone, secret=link) == receipt
    assert confirm_registered(case.engine, case.world.by(case.kari), application_id=id) == receipt
    with pytest.raises(NotFoundError):
        register_on_behalf(case.engine, case.world.by(case.kari), **{**how, "call_id": "x"})
    with pytest.raises(NotAllowedError):
        register_on_behalf(case.engine, case.world.by(case.kari), **how)


def test_a_paper_from_an_organisation_without_accounts(case: Case) -> None:
    handler = case.world.by(case.world.made["handler"])
    organisation = register_organisation(
        case.engine, handler, authority_id=case.world.made["imdi"], name="Nabolaget", municipality="0301",
        number=NUMBERS[3],
    )  # fmt: skip
    how: dict[str, Any] = {
        "call_id": case.call,
        "organisation_id": organisation,
        "channel": "paper",
        "answers": ANSWERS,
    }
    with pytest.raises(InputError) as nowhere:
        register_on_behalf(case.engine, handler, **how)
    assert nowhere.value.problems[0].code == "confirmation-nowhere"
    with pytest.raises(InputError):
        register_on_behalf(
            case.engine, handler, **how, email="n@example.org", arrived=datetime(2027, 1, 21, tzinfo=UTC)
        )
    with pytest.raises(NotPossibleError) as early:
        register_on_behalf(
            case.engine, handler, **how, email="n@example.org", arrived=datetime(2027, 1, 14, tzinfo=UTC)
        )
    assert early.value.code == "call-not-open-yet"
    with pytest.raises(AnswersError):
        register_on_behalf(case.engine, handler, **{**how, "answers": {}}, email="n@example.org")
    id = register_on_behalf(case.engine, handler, **how, email="n@example.org")
    confirm_registered(case.engine, case.world.anyone, secret=case.world.link("confirm", "n@example.org"))
    assert _status(case.world, id) == Status.SUBMITTED


def test_what_came_with_a_paper_is_kept_with_it(world: World) -> None:
    case = Case(world, source=WITH_FILE)
    handler = world.by(world.made["handler"])
    how: dict[str, Any] = {"call_id": case.call, "organisation_id": case.organisation, "channel": "paper"}
    with pytest.raises(AnswersError) as error:
        register_on_behalf(case.engine, handler, **how, answers={**ANSWERS, "budget_file": "made up"})
    assert error.value.problems[0].code == "answer-no-such-file"
    for files, code in (
        ({"summary": ("b.pdf", PDF)}, "question-takes-no-file"),
        ({"budget_file": ("b.exe", b"MZ")}, "file-type"),
    ):
        with pytest.raises(InputError) as wrong:
            register_on_behalf(case.engine, handler, **how, answers=ANSWERS, files=files)
        assert wrong.value.problems[0].code == code
    id = register_on_behalf(case.engine, handler, **how, answers=ANSWERS, files={"budget_file": ("b.pdf", PDF)})
    [one] = list_attachments(case.engine, world.by(case.kari), id)
    assert read_attachment(case.engine, world.by(case.kari), one.id)[1] == PDF
    confirm_registered(case.engine, world.by(case.kari), application_id=id)
    with case.engine.store.read() as reading:
        application = reading.applications.get(id)
        assert application is not None
        kept = reading.applications.revision_by_id(application.revision_id or "")
    assert kept is not None
    assert (kept.answers or {})["budget_file"] == one.id


def test_a_call_by_invitation_is_for_the_invited(world: World) -> None:
    case_call = world.call(patch=[{"op": "replace", "path": "/call/invited_only", "value": True}])
    kari = world.user("Kari", "kari@example.org")
    organisation = world.organisation(kari)
    with pytest.raises(NotPossibleError) as error:
        world.draft(case_call, organisation, kari)
    assert error.value.code == "invited-only"
    handler = world.by(world.made["handler"])
    invite_to_call(world.engine, handler, call_id=case_call, organisation_id=organisation)
    invite_to_call(world.engine, handler, call_id=case_call, organisation_id=organisation)
    assert [one.template for one in world.messages("kari@example.org")][-1:] == ["invited"]
    assert world.draft(case_call, organisation, kari)


def test_a_number_or_a_host_is_needed_to_submit(world: World) -> None:
    call = world.call()
    kari = world.user("Kari")
    organisation = world.organisation(kari, number=None)
    id = world.draft(call, organisation, kari, ANSWERS)
    with pytest.raises(NotPossibleError) as error:
        submit_application(world.engine, world.by(kari), id, 1)
    assert error.value.code == "organisation-number-needed"
    told = {"call_id": call, "organisation_id": organisation, "channel": "oral", "answers": ANSWERS}
    with pytest.raises(NotPossibleError) as error:
        register_on_behalf(world.engine, world.by(world.made["handler"]), **told)
    assert error.value.code == "organisation-number-needed"
    with pytest.raises(NotPossibleError) as error:
        register_on_behalf(
            world.engine, world.by(world.made["handler"]),
            **{**told, "organisation_id": world.organisation(kari), "strand": "x"},
        )  # fmt: skip
    assert error.value.code == "strand-unknown"


def test_the_same_request_begins_one_application(case: Case) -> None:
    how = {"call_id": case.call, "organisation_id": case.organisation, "request_id": "abc"}
    first = start_draft(case.engine, case.world.by(case.kari), **how)
    assert start_draft(case.engine, case.world.by(case.kari), **how) == first
    with pytest.raises(NotFoundError):
        start_draft(case.engine, case.world.by(case.world.user("Fremmed")), **how)


def test_drafts_lapse_after_the_deadline_unless_it_was_extended(case: Case) -> None:
    ola = case.world.user("Ola")
    other = case.world.organisation(ola, "Andre", NUMBERS[1])
    extended = case.world.draft(case.call, other, ola)
    handler = case.world.by(case.world.made["handler"])
    extend_deadline(
        case.engine, handler, call_id=case.call, organisation_id=other, closes="2027-03-20T12:00", reason="Sykdom"
    )
    case.world.clock.at = datetime(2027, 3, 3, 22, 59, 59, tzinfo=UTC)
    assert lapse_drafts(case.engine, case.world.system) == 0
    case.world.clock.turn(seconds=1)
    assert lapse_drafts(case.engine, case.world.system) == 1
    assert (_status(case.world, case.id), _status(case.world, extended)) == ("lapsed", "draft")
    with pytest.raises(NotPossibleError) as error:
        case.save({"members": 1})
    assert error.value.code == "status-forbids"


def test_feedback_tells_what_is_certain_and_what_is_missing(case: Case) -> None:
    by = case.world.by(case.kari)
    empty = give_feedback(case.engine, by, case.id)
    assert empty.look.answer == "needs"
    assert {problem.params["field"] for problem in empty.to_submit} >= {"members", "summary", "requested"}
    case.save({**ANSWERS, "partners": [], "employees": 20})
    found = give_feedback(case.engine, by, case.id)
    rules = {rule.id: (rule.answer, rule.questions, rule.facts) for rule in found.look.rules}
    assert rules["enough-members"] == ("yes", (), ())
    assert rules["not-too-large-alone"] == ("needs", ("partners",), ())
    assert rules["report-delivered"] == ("needs", (), ("facts.earlier_grants.overdue_reports",))
    points = {one.id: (one.points, one.certain) for one in found.look.criteria}
    assert points["reach"] == (6, True)
    assert points["target-group"] == (7.5, True)
    assert points["continuity"] == (pytest.approx(8 * 2 / 3, abs=1e-4), True)
    assert points["collaboration"] == (0, False)
    assert points["relevance"][1] is False
    case.save({**ANSWERS, "members": 3, "employees": "mange"})
    refused = give_feedback(case.engine, by, case.id)
    assert refused.look.answer == "no"
    assert {rule.id for rule in refused.look.rules if rule.answer == "no"} == {"enough-members"}


def test_lists_show_handlers_no_drafts_and_come_in_pages(case: Case) -> None:
    handler, by = case.world.by(case.world.made["handler"]), case.world.by(case.kari)
    assert list_of_call(case.engine, handler, case.call).items == ()
    ids = [case.id, *(case.world.draft(case.call, case.organisation, case.kari) for _ in range(4))]
    for id in ids:
        version = save_draft(case.engine, by, id, 1, ANSWERS).version
        submit_application(case.engine, by, id, version)
    first = list_of_call(case.engine, handler, case.call, limit=3)
    rest = list_of_call(case.engine, handler, case.call, limit=3, after=first.after or "")
    assert [one.id for one in (*first.items, *rest.items)] == ids
    assert rest.after is None
    assert [one.id for one in list_of_organisation(case.engine, by, case.organisation).items] == ids
    with pytest.raises(NotAllowedError):
        list_of_call(case.engine, by, case.call)


def test_a_published_version_never_changes(case: Case) -> None:
    by = case.world.by(case.world.made["handler"])
    first = publish_scheme(case.engine, by, EXAMPLE)
    assert publish_scheme(case.engine, by, EXAMPLE) == first
    with pytest.raises(NotPossibleError) as error:
        publish_scheme(case.engine, by, EXAMPLE.replace("members >= 5", "members >= 6"))
    assert error.value.code == "version-exists"
    assert publish_scheme(case.engine, by, EXAMPLE.replace("version: 1.0.0", "version: 1.0.1")) != first
    with pytest.raises(NotAllowedError):
        publish_scheme(case.engine, case.world.by(case.kari), EXAMPLE)


def test_stale_submission_shows_both_sides(case: Case) -> None:
    case.save(ANSWERS)
    with pytest.raises(ConflictError) as conflict:
        submit_application(case.engine, case.world.by(case.kari), case.id, 1)
    assert conflict.value.theirs == ANSWERS


def test_a_call_is_changed_for_all_with_a_reason(case: Case) -> None:
    handler = case.world.by(case.world.made["handler"])
    later = [{"op": "replace", "path": "/call/closes", "value": "2027-03-08T23:59"}]
    with pytest.raises(InputError):
        change_call(case.engine, handler, case.call, later, reason=" ")
    change_call(case.engine, handler, case.call, later, reason="Nettsidene var nede")
    with case.engine.store.read() as reading:
        call = reading.schemes.call(case.call)
        assert call is not None
        assert call.closes_at == datetime(2027, 3, 8, 23, 0, tzinfo=UTC)
        assert [one.reason for one in reading.schemes.patches(case.call)] == ["Nettsidene var nede"]
    earlier = [{"op": "replace", "path": "/call/closes", "value": "2027-03-07T23:59"}]
    with pytest.raises(NotPossibleError) as error:
        change_call(case.engine, handler, case.call, earlier, reason="Hastverk")
    assert error.value.code == "call-closes-earlier"
