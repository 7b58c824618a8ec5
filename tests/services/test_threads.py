"""Threads about a field: who reads and writes what, who is told, and what is answered to all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from tamper import examined
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import Status
from grantengine.services.answer_changes import answer_changes
from grantengine.services.appoint import appoint
from grantengine.services.ask_changes import ask_changes
from grantengine.services.case_clock import Pause, clock_at
from grantengine.services.close_round import close_round
from grantengine.services.declare_interests import declare_interests
from grantengine.services.erase_application import erase_application
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.list_applications import list_of_organisation
from grantengine.services.list_reads import list_reads
from grantengine.services.list_rounds import RoundSeen, list_rounds
from grantengine.services.publish_answer import list_answers, publish_answer
from grantengine.services.read_application import read_application
from grantengine.services.read_threads import ThreadSeen, read_threads
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application
from grantengine.services.write_comment import answer_thread, open_thread, resolve_thread
from grantengine.store.tables.assessment import Assessment, Assignment

IN_DIALOGUE = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
IN_ASSESSMENT = datetime(2027, 4, 5, 9, 0, tzinfo=UTC)


class Case:
    """Kari's application, which Hanne handles; Ass and Ada are to rate it."""

    def __init__(self, world: World, at: datetime = IN_DIALOGUE) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call()
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari, ANSWERS)
        submit_application(self.engine, world.by(self.kari), self.id, 1)
        self.hanne = world.made["handler"]
        world.clock.at = at
        world.declare(self.call)

    def staff(self, role: str, name: str) -> str:
        user = self.world.user(name, f"{name.lower()}@imdi.example")
        appoint(self.engine, self.world.system, authority_id=self.world.made["imdi"], user_id=user, role=role)
        self.world.declare(self.call, user)
        return user

    def assessor(self, name: str, *, delivered: bool) -> str:
        """Someone to whom the case is given, and who has rated it, or not yet."""
        user, at = self.staff("assessor", name), self.world.clock()
        with self.engine.store.work(self.world.system) as work:
            application = work.applications.get(self.id, lock=True)
            assert application is not None
            common = {"id": work.new_id(), "application_id": self.id, "round_id": "assessment"}
            work.add(Assignment(**common, user_id=user, role="assessor", assigned_at=at))
            sheet = Assessment(**{**common, "id": work.new_id()}, assessor_id=user, saved_at=at)
            sheet.delivered_at = at if delivered else None
            work.add(sheet)
            work.record("case-given", application)
        return user

    def open(self, user: str, text: str = "Er dette riktig?", **how: str | None) -> str:
        return open_thread(self.engine, self.world.by(user), self.id, text, **how)  # type: ignore[arg-type]

    def answer(self, user: str, thread: str, text: str = "Ja, det er det") -> str:
        return answer_thread(self.engine, self.world.by(user), thread, text)

    def resolve(self, user: str, thread: str) -> None:
        resolve_thread(self.engine, self.world.by(user), thread)

    def read(self, user: str) -> tuple[ThreadSeen, ...]:
        return read_threads(self.engine, self.world.by(user), self.id)

    def told(self) -> list[str]:
        """To whom messages of new comments have gone."""
        return [one.address for one in self.world.messages(template="comment")]


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def test_both_sides_talk_about_a_field_until_it_is_resolved(case: Case) -> None:
    thread = case.open(case.hanne, "Hvor ofte møtes dere?", question="summary")
    case.world.clock.turn(hours=3)
    case.answer(case.kari, thread, "Hver tirsdag")
    [seen] = case.read(case.kari)
    assert (seen.id, seen.question, seen.round_id, seen.revision, seen.changed) == (
        thread,
        "summary",
        "dialogue",
        1,
        False,
    )
    assert [(one.side, one.author, one.text) for one in seen.comments] == [
        ("authority", "Hanne Handler", "Hvor ofte møtes dere?"), ("applicant", "Kari", "Hver tirsdag"),
    ]  # fmt: skip
    with pytest.raises(NotAllowedError, match="thread-of-authority"):
        case.resolve(case.kari, thread)
    case.resolve(case.hanne, thread)
    case.resolve(case.hanne, thread)
    [seen] = case.read(case.hanne)
    assert (seen.resolved_by, seen.resolved_at) == ("Hanne Handler", case.world.clock())
    case.answer(case.kari, thread, "Og på torsdager")
    [seen] = case.read(case.kari)
    assert (seen.resolved_by, seen.resolved_at, len(seen.comments)) == (None, None, 3)
    hanne = case.world.messages()[-1].address
    assert case.told() == ["kari@example.org", hanne, hanne]
    assert "Hver tirsdag" not in case.world.messages(template="comment")[1].body
    assert examined(case.world).found == 0


def test_a_writer_takes_part_and_an_applicant_resolves_what_it_has_opened(case: Case) -> None:
    ola = case.world.user("Ola", "ola@example.org")
    invite_member(
        case.engine, case.world.by(case.kari), organisation_id=case.organisation, email="ola@example.org", role="writer"
    )
    accept_invitation(case.engine, case.world.by(ola), case.world.link("join", "ola@example.org"))
    thread = case.open(ola, "Kan vi sende et nytt budsjett?")
    case.answer(case.hanne, thread)
    assert case.told()[1:] == ["ola@example.org", "kari@example.org"], "who has written, and the contact"
    case.resolve(case.kari, thread)
    [seen] = case.read(ola)
    assert (seen.question, seen.resolved_by) == (None, "Kari")


def test_what_is_sent_twice_is_said_once(case: Case) -> None:
    thread = case.open(case.kari, "Hei", question="members")
    assert case.open(case.kari, "Hei", question="members") == thread
    assert case.open(case.kari, "Hei") != thread
    said = case.answer(case.hanne, thread)
    assert case.answer(case.hanne, thread) == said
    assert len(case.read(case.kari)) == 2
    once = case.open(case.kari, "Takk for praten")
    case.resolve(case.kari, once)
    assert case.open(case.kari, "Takk for praten") != once  # what was resolved is over, and this is said anew


def test_the_authority_has_notes_of_its_own(case: Case) -> None:
    approver, leader = case.staff("approver", "Arne"), case.staff("leader", "Lise")
    note = case.open(case.hanne, "Ring fylket om dette", question="requested", audience="authority")
    case.answer(approver, note)
    case.answer(leader, note)
    assert case.read(case.kari) == ()
    assert [one.id for one in case.read(approver)] == [note]
    assert "kari@example.org" not in case.told()
    for call in (lambda: case.answer(case.kari, note), lambda: case.resolve(case.kari, note)):
        with pytest.raises(NotFoundError, match="thread-not-found"):
            call()
    for audience in ("authority", "assessors"):
        with pytest.raises(NotAllowedError, match="audience-not-yours"):
            case.open(case.kari, audience=audience)
    with pytest.raises(NotAllowedError, match="audience-not-yours"):
        case.open(approver, audience="assessors")


def test_assessors_talk_once_each_has_said_what_it_thinks(world: World) -> None:
    case = Case(world, IN_ASSESSMENT)
    ass, ada, nina = (case.assessor(name, delivered=name != "Nina") for name in ("Ass", "Ada", "Nina"))
    thread = case.open(ass, "Vi er langt fra hverandre", criterion="relevance", audience="assessors")
    assert case.read(nina) == ()
    with pytest.raises(NotAllowedError, match="deliver-first"):
        case.open(nina, criterion="relevance", audience="assessors")
    with pytest.raises(NotFoundError, match="thread-not-found"):
        case.answer(nina, thread)
    for audience in ("applicant", "authority"):
        with pytest.raises(NotAllowedError, match="audience-not-yours"):
            case.open(ada, audience=audience)
    case.answer(ada, thread, "De har gjort det før")
    [seen] = case.read(case.hanne)
    assert (seen.criterion, seen.round_id, [one.author for one in seen.comments]) == (
        "relevance", "assessment", ["Ass", "Ada"],
    )  # fmt: skip
    assert case.read(case.kari) == ()
    handler = next(one for one in case.told() if "example.org" in one)
    assert sorted(case.told()) == sorted(["ada@imdi.example", handler, "ass@imdi.example", handler])


def test_a_handler_who_is_to_rate_too_reads_what_assessors_say_after_delivering(world: World) -> None:
    case = Case(world, IN_ASSESSMENT)
    ass = case.assessor("Ass", delivered=True)
    both = case.assessor("Begge", delivered=False)
    appoint(case.engine, world.system, authority_id=world.made["imdi"], user_id=both, role="handler")
    thread = case.open(ass, "Jeg har gitt 6", criterion="relevance", audience="assessors")
    assert case.read(both) == ()
    assert "begge@imdi.example" not in case.told()
    with pytest.raises(NotFoundError, match="thread-not-found"):
        case.answer(both, thread)
    with pytest.raises(NotAllowedError, match="deliver-first"):
        case.open(both, audience="assessors")
    with case.engine.store.work(world.system) as work:
        [sheet] = [one for one in work.assessments.sheets(case.id) if one.assessor_id == both]
        sheet.delivered_at = world.clock()
        work.record("assessment-delivered", sheet)
    assert [one.id for one in case.read(both)] == [thread]


def test_that_the_authority_reads_is_kept_and_what_the_applicant_reads_is_not(case: Case) -> None:
    case.open(case.kari)
    case.read(case.kari)
    case.read(case.hanne)
    found = list_reads(case.engine, case.world.by(case.kari), case.id)
    assert [(one.name, one.what) for one in found] == [("Hanne Handler", "threads")]


def test_a_thread_tells_that_its_field_has_changed_since(world: World) -> None:
    case = Case(world)
    case.open(case.kari, question="summary")
    case.open(case.kari, question="members")
    ask_changes(case.engine, world.by(case.hanne), case.id, questions=["summary"], reason="Hvor ofte?")
    draft = read_application(case.engine, world.by(case.kari), case.id).draft
    assert draft is not None
    saved = save_draft(case.engine, world.by(case.kari), case.id, draft.version, {**ANSWERS, "summary": "Hver tirsdag"})
    assert [one.changed for one in case.read(case.hanne)] == [False, False]
    answer_changes(case.engine, world.by(case.kari), case.id, saved.version)
    assert [one.changed for one in case.read(case.hanne)] == [True, False]


def test_threads_are_read_in_a_fixed_number_of_statements(case: Case) -> None:
    counts = []
    for number in (1, 4):
        for place in range(number):
            thread = case.open(case.kari, f"Spørsmål {number}.{place}")
            case.answer(case.hanne, thread)
            case.resolve(case.hanne, thread)
        statements: list[str] = []
        engine = case.engine.store.database.engine

        def listener(*args: Any, into: list[str] = statements) -> None:
            into.append(args[2])

        event.listen(engine, "before_cursor_execute", listener)
        case.read(case.kari)
        event.remove(engine, "before_cursor_execute", listener)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("text", "how", "code"),
    [
        ("  ", {}, "comment-missing"),
        ("x" * 4001, {}, "text-length"),
        ("nul \0", {}, "text-length"),
        ("Hei", {"question": "sumary"}, "unknown-question"),
        ("Hei", {"criterion": "relevans", "audience": "assessors"}, "unknown-criterion"),
        ("Hei", {"criterion": "relevance"}, "criterion-for-assessors"),
        ("Hei", {"audience": "everyone"}, "not-one-of"),
    ],
    ids=["empty", "long", "nul", "question", "criterion", "audience", "nobody"],
)
def test_what_can_not_be_said_is_refused_with_the_field(case: Case, text: str, how: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as refused:
        case.open(case.hanne, text, **how)
    assert [one.code for one in refused.value.problems] == [code]


def test_strangers_and_the_conflicted_are_kept_out_and_nobody_talks_of_what_has_ended(case: Case) -> None:
    thread, stranger = case.open(case.kari), case.world.user("Fremmed")
    tied = case.staff("handler", "Tore")
    declare_interests(case.engine, case.world.by(tied), case.call, {case.organisation: "Søsteren er leder"})
    for user, error in ((stranger, NotFoundError), (tied, NotAllowedError)):
        with pytest.raises(error):
            case.open(user)
        with pytest.raises(error):
            case.answer(user, thread)
        with pytest.raises(error):
            case.read(user)
    case.answer(case.kari, thread, "Er det noen der?")
    assert "tore@imdi.example" not in case.told()
    withdraw_application(case.engine, case.world.by(case.kari), case.id)
    with pytest.raises(NotPossibleError, match="status-forbids"):
        case.answer(case.kari, thread, "Vi trakk den")
    erase_application(case.engine, case.world.by(case.world.made["admin"]), case.id, "Etter ønske")
    with case.engine.store.read() as reading:
        assert [one.body for one in reading.dialogue.comments(case.id)] == [None, None]
    assert examined(case.world).found == 0


def test_a_decision_is_not_told_before_its_letter(case: Case) -> None:
    with case.engine.store.work(case.world.system) as work:
        application = work.applications.get(case.id, lock=True)
        assert application is not None
        application.status = Status.DECIDED
        work.record("decide", application)
    kari = case.world.by(case.kari)
    seen = read_application(case.engine, kari, case.id)
    assert (seen.status, seen.status_words.key) == ("submitted", "status.submitted")
    [listed] = list_of_organisation(case.engine, kari, case.organisation).items
    assert listed.status == "submitted"
    assert read_application(case.engine, case.world.by(case.hanne), case.id).status == "decided"
    with pytest.raises(NotPossibleError) as forbidden:
        save_draft(case.engine, kari, case.id, 1, ANSWERS)
    assert getattr(forbidden.value.params["status"], "key", None) == "status.submitted"


# --- rounds


def _round(rounds: tuple[RoundSeen, ...], id: str) -> RoundSeen:
    return next(one for one in rounds if one.id == id)


def test_the_rounds_of_a_call_with_what_is_left_of_them(case: Case) -> None:
    kari = case.world.by(case.kari)
    rounds = list_rounds(case.engine, kari, case.call)
    assert [(one.id, one.state, one.left) for one in rounds] == [
        ("guidance", "closed", None), ("completeness", "closed", None), ("dialogue", "open", None),
        ("assessment", "coming", None),
    ]  # fmt: skip
    dialogue = _round(rounds, "dialogue")
    assert (dialogue.opens, dialogue.closes) == (
        datetime(2027, 3, 11, 23, 0, tzinfo=UTC), datetime(2027, 4, 1, 22, 0, tzinfo=UTC),
    )  # fmt: skip
    assert (dialogue.exchanges, dialogue.answer_days, dialogue.editable) == (2, 10, ("summary", "partners"))
    mine = list_rounds(case.engine, kari, case.call, application_id=case.id)
    assert [(one.left, one.offered) for one in mine] == [(None, True), (1, True), (2, True), (None, True)]
    assert list_rounds(case.engine, case.world.by(case.hanne), case.call) == rounds
    with pytest.raises(NotAllowedError):
        list_rounds(case.engine, case.world.by(case.world.user("Fremmed")), case.call)
    with pytest.raises(NotFoundError):
        list_rounds(case.engine, kari, "nothing")


def test_a_round_without_an_end_is_closed_by_hand_and_the_next_one_opens(world: World) -> None:
    source = EXAMPLE.replace("kind: completeness_check, days: 10", "kind: completeness_check")
    call, kari = world.call(source), world.user("Kari", "kari@example.org")
    id = world.draft(call, world.organisation(kari), kari, ANSWERS)
    submit_application(world.engine, world.by(kari), id, 1)
    hanne = world.made["handler"]
    with pytest.raises(NotPossibleError, match="round-not-open"):
        close_round(world.engine, world.by(hanne), call, "completeness")
    world.clock.at = IN_DIALOGUE
    world.declare(call)
    ask_changes(world.engine, world.by(hanne), id, questions=["members"], reason="Hvor mange?")
    with pytest.raises(NotPossibleError) as waiting:
        close_round(world.engine, world.by(hanne), call, "completeness")
    assert (waiting.value.code, waiting.value.params["count"]) == ("round-has-requests", 1)
    draft = read_application(world.engine, world.by(kari), id).draft
    assert draft is not None
    answer_changes(world.engine, world.by(kari), id, draft.version)
    with pytest.raises(NotAllowedError):
        close_round(world.engine, world.by(kari), call, "completeness")
    close_round(world.engine, world.by(hanne), call, "completeness")
    world.clock.turn(minutes=1)
    rounds = list_rounds(world.engine, world.by(kari), call)
    assert (_round(rounds, "completeness").state, _round(rounds, "dialogue").state) == ("closed", "open")
    for round, code in (("completeness", "round-not-open"), ("dialogue", "round-ends-itself")):
        with pytest.raises(NotPossibleError, match=code):
            close_round(world.engine, world.by(hanne), call, round)
    with pytest.raises(NotFoundError, match="round-not-found"):
        close_round(world.engine, world.by(hanne), call, "interview")
    assert examined(world).found == 0


# --- answers to all


def test_an_answer_of_general_interest_is_told_to_all_and_names_nobody(case: Case) -> None:
    world = case.world
    world.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    ola = world.user("Ola", "ola@example.org")
    other = world.organisation(ola, "Sentrum Vel", NUMBERS[1])
    world.draft(case.call, other, ola)
    world.clock.at = IN_DIALOGUE
    thread = case.open(case.kari, "Teller frivillige timer som egeninnsats?")
    comment = case.answer(case.hanne, thread, "Ja")
    hanne = world.by(case.hanne)
    number = read_application(case.engine, world.by(case.kari), case.id).number
    for words in ("Som vi svarte BYDEL  vel: ja", "Svar til 974 760 673", f"Se {number}"):
        for texts in ({"asked": words, "answer": "Ja"}, {"asked": "Teller timer?", "answer": words}):
            with pytest.raises(InputError, match="names-applicant"):
                publish_answer(case.engine, hanne, case.call, **texts, comment_id=comment)
    texts = {"asked": "Teller frivillige timer?", "answer": "Ja, med 300 kroner timen."}
    id = publish_answer(case.engine, hanne, case.call, **texts, comment_id=comment)
    assert publish_answer(case.engine, hanne, case.call, **texts, comment_id=comment) == id
    letters = world.messages(template="answer-published")
    assert sorted(one.address for one in letters) == ["kari@example.org", "ola@example.org"]
    assert "Ja, med 300 kroner timen." in letters[0].body
    [seen] = list_answers(case.engine, world.anyone, case.call)
    assert (seen.id, seen.asked, seen.answer) == (id, texts["asked"], texts["answer"])
    assert examined(world).found == 0


def test_only_handlers_publish_and_only_what_was_said_to_an_applicant(case: Case) -> None:
    note = case.open(case.hanne, "Internt", audience="authority")
    said = case.answer(case.hanne, note, "Bare for oss")
    for comment in (said, "nothing"):
        with pytest.raises(NotFoundError, match="comment-not-found"):
            publish_answer(case.engine, case.world.by(case.hanne), case.call, asked="A", answer="B", comment_id=comment)
    with pytest.raises(InputError) as empty:
        publish_answer(case.engine, case.world.by(case.hanne), case.call, asked=" ", answer="")
    assert [one.where.pointer for one in empty.value.problems] == ["/asked", "/answer"]
    with pytest.raises(NotAllowedError):
        publish_answer(case.engine, case.world.by(case.kari), case.call, asked="A", answer="B")
    with pytest.raises(NotFoundError, match="call-not-found"):
        list_answers(case.engine, case.world.anyone, "nothing")


# --- the clock alone

NOON = datetime(2027, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("pauses", "days", "waited"),
    [
        ((), 10, 0),
        ((Pause(NOON + 2 * DAY, NOON + 5 * DAY),), 7, 3),
        ((Pause(NOON - 5 * DAY, NOON + 1 * DAY),), 9, 1),
        ((Pause(NOON - 5 * DAY, NOON - 1 * DAY),), 10, 0),
        ((Pause(NOON + 8 * DAY, None),), 8, 2),
        ((Pause(NOON + DAY, NOON + 2 * DAY), Pause(NOON + 9 * DAY, None)), 8, 2),
    ],
    ids=["none", "within", "begun-before", "over-before", "still", "two"],
)
def test_days_with_the_authority_are_those_in_which_nobody_was_asked(
    pauses: tuple[Pause, ...], days: int, waited: int
) -> None:
    clock = clock_at(NOON + 10 * DAY, NOON, pauses)
    assert (clock.days, clock.waited) == (days, waited)


def test_a_clock_that_has_not_begun_and_one_that_has_stopped() -> None:
    assert clock_at(NOON, None).since is None
    assert clock_at(NOON, NOON + DAY).days == 0
    stopped = clock_at(NOON + 30 * DAY, NOON, [Pause(NOON + 4 * DAY, None)], NOON + 5 * DAY)
    assert (stopped.days, stopped.waited, stopped.paused, stopped.stopped) == (4, 1, False, NOON + 5 * DAY)
