"""After submission: changes are asked for, answered in time or too late, and nothing else moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from tamper import examined
from worlds import ANSWERS, EXAMPLE, WITH_FILE, World

from grantengine.cli.worker import Stop, Worker
from grantengine.errors import (
    AnswersError,
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotPossibleError,
)
from grantengine.services.answer_changes import answer_changes
from grantengine.services.appoint import dismiss
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assign_case import assign_case
from grantengine.services.attach_file import attach_file, list_attachments, read_attachment, remove_attachment
from grantengine.services.case_clock import case_clock
from grantengine.services.close_changes import lapse_changes, take_back_changes
from grantengine.services.complete_application import complete_application
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.invite_partner import answer_as_partner, invite_partner, remove_partner, see_as_partner
from grantengine.services.list_applications import list_of_call
from grantengine.services.read_application import CaseSeen, read_application
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import Receipt, submit_application
from grantengine.services.withdraw_application import withdraw_application

CLOSED = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
"""Within `completeness`, which is open from 2 to 11 March."""
IN_DIALOGUE = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
"""Within `dialogue`, which is open from 12 March to 1 April, in which the clock is put forward."""


class Case:
    """Kari's application, submitted in time; Hanne handles it, and the call is closed."""

    def __init__(
        self, world: World, at: datetime = CLOSED, source: str = EXAMPLE, answers: Mapping[str, Any] = ANSWERS
    ) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(source)
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari)
        version = save_draft(self.engine, world.by(self.kari), self.id, 1, answers).version
        submit_application(self.engine, world.by(self.kari), self.id, version)
        world.clock.at = at
        world.declare(self.call)
        self.hanne = world.made["handler"]

    def seen(self, user: str = "") -> CaseSeen:
        return read_application(self.engine, self.world.by(user or self.kari), self.id)

    @property
    def version(self) -> int:
        """The version of the draft, as Kari sees it."""
        draft = self.seen().draft
        assert draft is not None
        return draft.version

    def ask(self, questions: Sequence[str] = ("summary",), **how: Any) -> str:
        reason = how.pop("reason", "Skriv hvor ofte dere møtes")
        return ask_changes(self.engine, self.world.by(self.hanne), self.id, questions=questions, reason=reason, **how)

    def save(self, version: int | None = None, **changed: Any) -> int:
        answers = {**self.draft(), **changed}
        given = {name: value for name, value in answers.items() if value is not None}
        saved = save_draft(self.engine, self.world.by(self.kari), self.id, version or self.version, given)
        return saved.version

    def answer(self, version: int | None = None, **how: Any) -> Receipt:
        return answer_changes(self.engine, self.world.by(self.kari), self.id, version or self.version, **how)

    def lapse(self) -> int:
        return lapse_changes(self.engine, self.world.system)

    def draft(self) -> Mapping[str, Any]:
        draft = self.seen().draft
        assert draft is not None
        return draft.answers

    def record(self) -> Mapping[str, Any]:
        """The answers that count, as the handler sees them."""
        answers = self.seen(self.hanne).answers
        assert answers is not None
        return answers


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


# --- completeness: corrected in time, and too late


def test_formal_errors_are_corrected_in_time(case: Case) -> None:
    case.ask(["own_funding", "members"], reason="Medlemstallet mangler en null")
    [letter] = case.world.messages("kari@example.org", "changes-asked")
    assert "– Antall medlemmer\n– Egenfinansiering\n" in letter.body
    assert "Medlemstallet mangler en null" in letter.body
    assert "Fristen er 17.03.2027 23:59" in letter.body
    seen = case.seen()
    assert seen.status == "changes-asked"
    assert seen.request is not None
    assert (seen.request.round_id, seen.request.exchange, seen.request.questions) == (
        "completeness", 1, ("members", "own_funding"),
    )  # fmt: skip
    case.world.clock.at = datetime(2027, 3, 17, 22, 59, 59, tzinfo=UTC)  # one second to midnight in Oslo
    case.save(members=1200, own_funding="40000")
    receipt = case.answer(message="Takk, det var en slurvefeil")
    assert (receipt.arrived, receipt.revision, receipt.to_complete) == (case.world.clock(), 3, ())
    assert (case.record()["members"], case.record()["own_funding"]) == (1200, "40000")
    assert (case.seen().status, case.seen().request) == ("submitted", None)
    assert case.seen().submitted_at == datetime(2027, 1, 20, 12, 0, tzinfo=UTC)
    [told] = case.world.messages(template="changes-answered")
    assert "Bydel Vel har sendt inn endringene" in told.body
    assert len(case.world.messages("kari@example.org", "changes-received")) == 1
    assert [(one.place, one.cause) for one in list_revisions(case.engine, case.world.by(case.hanne), case.id)] == [
        (1, "submitted"), (3, "changed"),
    ]  # fmt: skip
    changes = compare_revisions(case.engine, case.world.by(case.hanne), case.id, 1, 3)
    assert [one.field for one in changes] == ["members", "own_funding"]
    assert case.lapse() == 0
    assert examined(case.world).found == 0


def test_an_answer_that_comes_too_late_is_kept_in_the_draft_and_what_was_submitted_counts(case: Case) -> None:
    case.ask(["members"])
    case.save(members=1200)
    case.world.clock.at = datetime(2027, 3, 17, 23, 0, tzinfo=UTC)  # midnight in Oslo: the first instant too late
    with pytest.raises(NotPossibleError) as late:
        case.answer()
    assert (late.value.code, late.value.params["due"]) == ("answer-too-late", "17.03.2027 23:59")
    assert case.lapse() == 0, "those that arrived in time may be on their way"
    case.world.clock.turn(minutes=15)
    assert (case.lapse(), case.lapse()) == (1, 0)
    assert (case.seen().status, case.seen().request) == ("submitted", None)
    assert (case.record()["members"], case.draft()["members"]) == (120, 1200)
    for address, template in (("kari@example.org", "changes-lapsed"), (None, "changes-not-answered")):
        [letter] = case.world.messages(address, template)
        assert "17.03.2027 23:59" in letter.body
    with pytest.raises(NotPossibleError) as over:
        case.answer()
    assert over.value.code == "answer-too-late"
    assert examined(case.world).found == 0


def test_the_worker_lets_requests_lapse(case: Case) -> None:
    case.ask(["members"])
    case.world.clock.turn(days=20)
    Worker(case.engine, cast(Stop, lambda: False)).all_that_is_due()
    with case.engine.store.read() as reading:
        [request] = reading.dialogue.requests(case.id)
    assert (request.status, request.closed_at, request.closed_by) == ("lapsed", case.world.clock(), None)


def test_what_arrived_in_time_counts_although_its_turn_comes_later(case: Case) -> None:
    case.ask(["members"])
    version = case.save(members=1200)
    case.world.clock.at = datetime(2027, 3, 17, 22, 59, 59, tzinfo=UTC)
    arrived = case.world.by(case.kari)
    case.world.clock.turn(minutes=5)
    assert case.lapse() == 0
    receipt = answer_changes(case.engine, arrived, case.id, version)
    assert (receipt.arrived, case.record()["members"]) == (arrived.at, 1200)


def test_what_comes_after_the_handler_has_left_is_told_to_those_who_handle_the_case_now(case: Case) -> None:
    world, authority = case.world, case.world.made["imdi"]
    given = world.handler(authority, "Guri Gitt")
    world.declare(case.call, given)
    assign_case(case.engine, world.by(given), case.id, given, role="handler")
    world.handler(authority, "Nils Ny")
    case.ask(["members"])
    dismiss(case.engine, world.system, authority_id=authority, user_id=case.hanne, role="handler")
    case.answer()
    [told] = world.messages(template="changes-answered")
    assert "Hei Guri Gitt" in told.body


def test_that_nobody_answered_is_told_to_every_handler_where_the_one_who_asked_has_left(case: Case) -> None:
    world, authority = case.world, case.world.made["imdi"]
    for name in ("Nils Ny", "Nora Ny"):
        world.handler(authority, name)
    case.ask(["members"], due="2027-03-05T12:00")
    dismiss(case.engine, world.system, authority_id=authority, user_id=case.hanne, role="handler")
    world.clock.turn(days=5)
    assert case.lapse() == 1
    told = world.messages(template="changes-not-answered")
    assert [one.body.split("\n")[0] for one in told] == ["Hei Nils Ny", "Hei Nora Ny"]


def test_an_answer_sent_twice_gives_the_same_receipt(case: Case) -> None:
    case.ask(["members"])
    version = case.save(members=1200)
    first = case.answer(version)
    case.world.clock.turn(minutes=3)
    assert case.answer(version) == first
    assert len(case.world.messages(template="changes-answered")) == 1


def test_a_request_sent_twice_is_made_once_and_another_waits(case: Case) -> None:
    first = case.ask(["members"])
    assert case.ask(["members"]) == first
    with pytest.raises(NotPossibleError) as forbidden:
        case.ask(["summary"])
    assert forbidden.value.code == "status-forbids"
    assert len(case.world.messages(template="changes-asked")) == 1


def test_what_still_lacks_or_does_not_fit_is_told_of_all_at_once(case: Case) -> None:
    case.ask(["members", "summary"])
    case.save(members=-1, summary=None)
    with pytest.raises(AnswersError) as wrong:
        case.answer()
    assert {one.where.pointer for one in wrong.value.problems} == {"/members", "/summary"}
    assert case.seen().status == "changes-asked"


def test_an_answer_may_say_that_nothing_is_to_be_changed(case: Case) -> None:
    case.ask(["members"])
    receipt = case.answer(message="Vi er 120, det stemmer")
    assert (receipt.revision, case.record()["members"]) == (2, 120)


# --- other fields stay closed


def test_only_what_was_asked_about_is_open(case: Case) -> None:
    case.ask(["members"])
    with pytest.raises(AnswersError) as closed:
        case.save(members=1200, requested="900000", summary=None, own_funding="1")
    assert [(one.code, one.where.pointer) for one in closed.value.problems] == [
        ("answer-not-open", "/own_funding"), ("answer-not-open", "/requested"), ("answer-not-open", "/summary"),
    ]  # fmt: skip
    assert case.draft() == ANSWERS
    case.save(members=1200)
    assert case.draft() == {**ANSWERS, "members": 1200}


def test_what_is_shown_because_of_an_open_question_is_open_too(world: World) -> None:
    alone = {name: value for name, value in ANSWERS.items() if name != "years_running"}
    case = Case(world, answers={**alone, "continues_earlier": False})
    case.ask(["continues_earlier"])
    case.save(continues_earlier=True)
    with pytest.raises(AnswersError) as lacks:
        case.answer()
    assert [one.where.pointer for one in lacks.value.problems] == ["/years_running"]
    case.save(years_running=3)
    case.answer()
    assert (case.record()["continues_earlier"], case.record()["years_running"]) == (True, 3)


def test_what_was_answered_already_is_not_opened_by_the_question_it_hangs_on(case: Case) -> None:
    case.ask(["continues_earlier"])
    with pytest.raises(AnswersError, match="answer-not-open"):
        case.save(years_running=9)
    case.save(continues_earlier=False)
    case.answer()
    assert "years_running" not in case.record()
    assert case.draft()["years_running"] == 2


def test_hidden_answers_stay_in_the_draft_whether_they_are_sent_or_not(world: World) -> None:
    case = Case(world, answers={**ANSWERS, "continues_earlier": False, "years_running": 7})
    assert "years_running" not in case.record()
    case.ask(["members"])
    assert case.draft()["years_running"] == 7
    without = {name: value for name, value in case.draft().items() if name != "years_running"}
    save_draft(case.engine, world.by(case.kari), case.id, case.version, {**without, "members": 90})
    assert case.draft() == {**ANSWERS, "continues_earlier": False, "years_running": 7, "members": 90}
    with pytest.raises(AnswersError):
        case.save(years_running=8)


def test_the_submitted_revision_stays_the_record_while_changes_are_written(case: Case) -> None:
    case.ask(["members"])
    case.save(members=1200)
    assert (case.record()["members"], case.seen(case.hanne).draft) == (120, None)
    [listed] = list_of_call(case.engine, case.world.by(case.hanne), case.call).items
    assert listed.status == "changes-asked"
    [kept] = list_revisions(case.engine, case.world.by(case.hanne), case.id)
    assert kept.cause == "submitted"


def test_of_two_that_save_at_once_one_gets_both_sides_to_read(case: Case) -> None:
    ola = case.world.user("Ola", "ola@example.org")
    invite_member(
        case.engine, case.world.by(case.kari), organisation_id=case.organisation, email="ola@example.org", role="writer"
    )
    accept_invitation(case.engine, case.world.by(ola), case.world.link("join", "ola@example.org"))
    case.ask(["summary"])
    version = case.version
    mine = {**ANSWERS, "summary": "Ola skrev dette"}
    save_draft(case.engine, case.world.by(ola), case.id, version, mine)
    with pytest.raises(ConflictError) as conflict:
        case.save(version, summary="Kari skrev dette")
    assert (conflict.value.mine["summary"], conflict.value.theirs["summary"]) == ("Kari skrev dette", "Ola skrev dette")
    with pytest.raises(ConflictError):
        case.answer(version)
    with pytest.raises(NotAllowedError, match="role-needed"):
        answer_changes(case.engine, case.world.by(ola), case.id, case.version)
    case.answer()
    assert case.record()["summary"] == "Ola skrev dette"


def test_what_was_begun_before_it_was_asked_is_not_saved_on_top_of_it(case: Case) -> None:
    version = case.version
    case.ask(["summary"])
    with pytest.raises(ConflictError):
        case.save(version, summary="Fra et gammelt vindu")


# --- dialogue: two exchanges, and no third


def test_a_dialogue_of_two_exchanges_has_no_third(world: World) -> None:
    case = Case(world, IN_DIALOGUE)
    case.ask()
    seen = case.seen().request
    assert seen is not None
    # Ten whole days, in which the clock is put forward: midnight in Oslo is 22:00 in UTC then.
    assert (seen.round_id, seen.due_at) == ("dialogue", datetime(2027, 3, 30, 22, 0, tzinfo=UTC))
    case.save(summary="Språkkafé hver tirsdag")
    case.answer()
    case.world.clock.turn(days=1)
    case.ask(reason="Og hvor mange kommer?", due="2027-03-26T12:00")
    seen = case.seen().request
    assert seen is not None
    assert (seen.exchange, seen.due_at) == (2, datetime(2027, 3, 26, 11, 1, tzinfo=UTC))
    case.save(summary="Språkkafé hver tirsdag, for 30 deltakere")
    case.answer()
    with pytest.raises(NotPossibleError) as third:
        case.ask()
    assert (third.value.code, third.value.params["limit"]) == ("exchanges-used", 2)
    assert case.record()["summary"] == "Språkkafé hver tirsdag, for 30 deltakere"
    assert [one.cause for one in list_revisions(case.engine, world.by(case.hanne), case.id)] == [
        "submitted", "changed", "changed",
    ]  # fmt: skip


def test_what_is_taken_back_does_not_count_and_what_lapses_does(world: World) -> None:
    case = Case(world, IN_DIALOGUE)
    case.ask()
    case.save(summary="Halvveis")
    with pytest.raises(InputError, match="reason-missing"):
        take_back_changes(case.engine, world.by(case.hanne), case.id, reason=" ")
    take_back_changes(case.engine, world.by(case.hanne), case.id, reason="Det sto i vedlegget")
    assert "Det sto i vedlegget" in world.messages("kari@example.org", "changes-taken-back")[-1].body
    assert (case.seen().status, case.draft()["summary"]) == ("submitted", "Halvveis")
    with pytest.raises(NotPossibleError, match="status-forbids"):
        case.answer()
    case.ask(due="2027-03-21T12:00")
    assert case.draft()["summary"] == ANSWERS["summary"], "it begins from what was submitted"
    assert case.seen().revision == 1
    kept = list_revisions(case.engine, world.by(case.kari), case.id)
    assert [one.cause for one in kept] == ["submitted", "interval"], "and what was written then is not lost"
    world.clock.at = datetime(2027, 3, 22, tzinfo=UTC)
    assert case.lapse() == 1
    case.ask()
    request = case.seen().request
    assert request is not None
    assert request.exchange == 2


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"questions": []}, "questions-missing"),
        ({"questions": ["sumary"]}, "unknown-question"),
        ({"questions": ["members"]}, "question-not-editable"),
        ({"due": "2027-03-20T09:59"}, "due-not-ahead"),
        ({"due": "2027-03-28T02:30"}, "moment-does-not-exist"),
        ({"due": "i morgen"}, "moment-format"),
        ({"reason": "  "}, "reason-missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_that_does_not_fit_is_refused_with_the_field(world: World, how: dict[str, Any], code: str) -> None:
    case = Case(world, IN_DIALOGUE)
    with pytest.raises(InputError) as refused:
        case.ask(**{"questions": ["summary"], **how})
    assert [one.code for one in refused.value.problems] == [code]
    if code == "unknown-question":
        hint = refused.value.problems[0].hint
        assert hint is not None
        assert hint.params == {"nearest": "summary"}


@pytest.mark.parametrize(
    ("at", "round_id", "code"),
    [
        (datetime(2027, 2, 20, tzinfo=UTC), None, "no-open-round"),
        (datetime(2027, 4, 10, tzinfo=UTC), None, "no-open-round"),
        (CLOSED, "dialogue", "round-not-open"),
        (CLOSED, "assessment", "round-without-changes"),
    ],
)
def test_changes_are_asked_for_in_a_round_that_is_open_and_allows_it(
    world: World, at: datetime, round_id: str | None, code: str
) -> None:
    case = Case(world, at)
    with pytest.raises(NotPossibleError) as refused:
        case.ask(round_id=round_id)
    assert refused.value.code == code
    with pytest.raises(NotFoundError, match="round-not-found"):
        case.ask(round_id="interview")


def test_where_two_rounds_are_open_one_is_named(world: World) -> None:
    both = EXAMPLE.replace("id: dialogue, kind: dialogue, days: 21", "id: dialogue, kind: dialogue, opens: call.closes")
    case = Case(world, source=both)
    with pytest.raises(NotPossibleError) as refused:
        case.ask()
    assert refused.value.code == "rounds-several"
    case.ask(round_id="dialogue")
    request = case.seen().request
    assert request is not None
    assert request.round_id == "dialogue"


def test_a_round_by_rule_is_for_those_whom_the_rule_names(world: World) -> None:
    small = EXAMPLE.replace("offered_to: all", "offered_to: by_rule, rule: 'members < 50'")
    case = Case(world, IN_DIALOGUE, source=small)
    with pytest.raises(NotPossibleError) as refused:
        case.ask()
    assert refused.value.code == "round-not-offered"


def test_a_round_by_rule_is_offered_by_what_is_submitted(world: World) -> None:
    small = EXAMPLE.replace("offered_to: all", "offered_to: by_rule, rule: 'members < 50'")
    case = Case(world, IN_DIALOGUE, source=small, answers={**ANSWERS, "members": 49})
    case.ask()
    assert case.seen().status == "changes-asked"


def test_a_rule_that_reads_what_is_not_obtained_is_not_clear(world: World) -> None:
    new = EXAMPLE.replace("offered_to: all", "offered_to: by_rule, rule: facts.register.active")
    case = Case(world, IN_DIALOGUE, source=new)
    with pytest.raises(NotPossibleError) as refused:
        case.ask()
    assert (refused.value.code, refused.value.params["facts"]) == ("round-offer-unknown", ("facts.register.active",))


def test_others_can_not_ask_and_who_has_not_declared_can_not_either(case: Case) -> None:
    stranger, other = case.world.user("Fremmed"), case.world.handler(case.world.made["imdi"], "Nils Ny")
    for user, error in ((stranger, NotFoundError), (case.kari, NotAllowedError), (other, NotAllowedError)):
        with pytest.raises(error):
            ask_changes(case.engine, case.world.by(user), case.id, questions=["members"], reason="Hvorfor?")
    case.ask(["members"])
    for user, error in ((stranger, NotFoundError), (case.kari, NotAllowedError), (other, NotAllowedError)):
        with pytest.raises(error):
            take_back_changes(case.engine, case.world.by(user), case.id, reason="Nei")
    with pytest.raises(NotAllowedError, match="system-only"):
        lapse_changes(case.engine, case.world.by(case.hanne))


# --- what goes with it: the clock, files, partners, completions, withdrawal


def test_the_clock_stands_while_the_applicant_is_asked(case: Case) -> None:
    hanne = case.world.by(case.hanne)
    clock = case_clock(case.engine, hanne, case.id)
    assert (clock.since, clock.days, clock.paused) == (datetime(2027, 3, 1, 23, 0, tzinfo=UTC), 1, False)
    case.ask(["members"])
    case.world.clock.turn(days=6)
    clock = case_clock(case.engine, case.world.by(case.hanne), case.id)
    assert (clock.days, clock.waited, clock.paused) == (1, 6, True)
    case.answer()
    case.world.clock.turn(days=3)
    clock = case_clock(case.engine, case.world.by(case.kari), case.id)
    assert (clock.days, clock.waited, clock.paused, clock.stopped) == (4, 6, False, None)
    withdraw_application(case.engine, case.world.by(case.kari), case.id)
    ended = case.world.clock()
    case.world.clock.turn(days=100)
    clock = case_clock(case.engine, case.world.by(case.kari), case.id)
    assert (clock.days, clock.stopped) == (4, ended)


def test_a_file_may_come_to_an_open_question_and_is_the_authoritys_once_it_is_handed_in(world: World) -> None:
    case = Case(world, source=WITH_FILE)
    with pytest.raises(NotPossibleError, match="status-forbids"):
        _attach(case, b"For sent")
    case.ask(["members"])
    with pytest.raises(NotPossibleError, match="status-forbids"):
        _attach(case, b"Ikke spurt om")
    take_back_changes(case.engine, world.by(case.hanne), case.id, reason="Feil spørsmål")
    case.ask(["budget_file"])
    first, second = _attach(case, b"Leie"), _attach(case, b"Leie og mat")
    remove_attachment(case.engine, world.by(case.kari), first)
    assert list_attachments(case.engine, world.by(case.hanne), case.id) == []
    assert case.seen(case.hanne).attachments == ()
    with pytest.raises(NotFoundError, match="attachment-not-found"):
        read_attachment(case.engine, world.by(case.hanne), second)
    case.save(budget_file=second)
    case.answer()
    assert [one.id for one in case.seen(case.hanne).attachments] == [second]
    assert read_attachment(case.engine, world.by(case.hanne), second)[1] == b"Leie og mat"
    with pytest.raises(NotPossibleError, match="status-forbids"):
        remove_attachment(case.engine, world.by(case.kari), second)


def _attach(case: Case, content: bytes) -> str:
    return attach_file(
        case.engine, case.world.by(case.kari), application_id=case.id, question="budget_file", file_name="b.txt",
        content=content,
    ).id  # fmt: skip


def test_a_partner_may_confirm_after_the_deadline_where_partners_are_asked_about(world: World) -> None:
    case = Case(world, IN_DIALOGUE)
    case.ask(["partners"])
    _invite(case, "skole")
    link = world.link("partner", "skole@example.org")
    seen = see_as_partner(case.engine, world.anyone, link)
    assert (seen.can_answer, seen.closes) == (True, datetime(2027, 3, 30, 22, 0, tzinfo=UTC))
    assert case.seen(case.hanne).partners == ()
    answer_as_partner(case.engine, world.anyone, link, "confirmed", person="Siri")
    case.save(partners=[{"name": "skole", "task": "Rom"}])
    case.answer()
    assert [(one.name, one.status) for one in case.seen(case.hanne).partners] == [("skole", "confirmed")]
    _invite(case, "kor")
    with pytest.raises(NotPossibleError, match="deadline-passed"):
        answer_as_partner(
            case.engine, world.anyone, world.link("partner", "kor@example.org"), "confirmed", person="Kai"
        )


def test_partners_are_as_they_were_where_nothing_was_answered(world: World) -> None:
    case = Case(world, datetime(2027, 2, 1, tzinfo=UTC))
    bibliotek, klubb = _invite(case, "bibliotek"), _invite(case, "klubb")
    answer_as_partner(
        case.engine, world.anyone, world.link("partner", "bibliotek@example.org"), "confirmed", person="Berit"
    )
    world.clock.at = IN_DIALOGUE
    case.ask(["partners"])
    remove_partner(case.engine, world.by(case.kari), bibliotek)
    _invite(case, "skole")
    for name in ("skole", "klubb"):
        link = world.link("partner", f"{name}@example.org")
        answer_as_partner(case.engine, world.anyone, link, "confirmed", person="Noen")
    world.clock.turn(days=20)
    assert case.lapse() == 1
    assert [(one.id, one.status) for one in case.seen().partners] == [(bibliotek, "confirmed"), (klubb, "invited")]
    with case.engine.store.read() as reading:
        assert reading.jobs.waiting("refresh-facts", case.id) is not None
    assert examined(world).found == 0


def test_partners_stay_where_something_else_is_asked_about(case: Case) -> None:
    partner = _invite(case, "bibliotek")
    case.ask(["members"])
    for change in (
        lambda: _invite(case, "skole"),
        lambda: remove_partner(case.engine, case.world.by(case.kari), partner),
    ):
        with pytest.raises(NotPossibleError, match="status-forbids"):
            change()
    link = case.world.link("partner", "bibliotek@example.org")
    with pytest.raises(NotPossibleError, match="deadline-passed"):
        answer_as_partner(case.engine, case.world.anyone, link, "confirmed", person="Berit")
    answer_as_partner(case.engine, case.world.anyone, link, "declined", person="Berit")


def _invite(case: Case, name: str) -> str:
    return invite_partner(
        case.engine, case.world.by(case.kari), application_id=case.id, name=name, email=f"{name}@example.org"
    )


def test_what_lacks_can_be_completed_while_changes_are_asked_for(case: Case) -> None:
    case.ask(["members"])
    case.save(members=1200)
    complete_application(case.engine, case.world.by(case.kari), case.id, {"own_funding": "5000"})
    assert (case.record()["own_funding"], case.record()["members"]) == ("5000", 120)
    case.answer()
    assert (case.record()["own_funding"], case.record()["members"]) == ("5000", 1200)


def test_a_withdrawn_application_waits_for_nothing(case: Case) -> None:
    case.ask(["members"])
    withdraw_application(case.engine, case.world.by(case.kari), case.id)
    with case.engine.store.read() as reading:
        [request] = reading.dialogue.requests(case.id)
    assert (request.status, request.closed_at) == ("lapsed", case.world.clock())
    case.world.clock.turn(days=30)
    assert case.lapse() == 0
    with pytest.raises(NotPossibleError):
        case.answer(1)
