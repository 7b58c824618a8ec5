"""One door in: calls are found, read with what became of earlier ones, checked against a few answers, and told of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from closed import SMALL, closed, decided
from stage import Stage
from statements import counted
from worlds import EXAMPLE, NUMBERS, START, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError
from grantengine.money import Money
from grantengine.records import By
from grantengine.services.call_alerts import ask_for_alerts, list_alerts, stop_alerts
from grantengine.services.call_results import FEW, results_of
from grantengine.services.change_call import change_call
from grantengine.services.create_authority import create_authority
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.fit_calls import fit_calls
from grantengine.services.list_calls import list_calls
from grantengine.services.publish_answer import publish_answer
from grantengine.services.read_call import read_call
from grantengine.services.run_jobs import run_jobs
from grantengine.services.send_letters import send_letters
from grantengine.services.tell_alerts import tell_alerts
from grantengine.store.catalogue import CallRow
from grantengine.store.tables.schemes import CallResults

SWIMMING = (
    EXAMPLE.replace("id: imdi-integration-work", "id: bergen-swimming").replace("authority: imdi", "authority: bergen")
    .replace("kind: project   ", "kind: event     ")
    .replace("nb: Integreringsarbeid i regi av frivillige organisasjoner", "nb: Svømming for alle")
    .replace("nn: Integreringsarbeid i regi av frivillige organisasjonar", "nn: Symjing for alle")
    .replace("en: Integration work by voluntary organisations", "en: Swimming for all")
    .replace("maximum: 1 500 000 NOK", "maximum: 50 000 NOK")
    .replace("nb: Innvandrere og barna deres.", "nb: Barn og unge.")
)  # fmt: skip


def moved(opens: str, closes: str) -> list[dict[str, str]]:
    """A call with other dates."""
    return [
        {"op": "replace", "path": "/call/opens", "value": opens},
        {"op": "replace", "path": "/call/closes", "value": closes},
    ]


def found(world: World, **asked: str) -> list[str]:
    """The titles of the calls that are found, in order."""
    return [one.title["nb"].split()[0] for one in list_calls(world.engine, world.anyone, **asked).items]  # type: ignore[arg-type]


@pytest.fixture
def two(world: World) -> World:
    """A directorate for all, and a municipality with a scheme of its own."""
    world.call()
    world.made["bergen"] = create_authority(
        world.engine, world.system, key="bergen", name={"nb": "Bergen kommune"}, place="4601"
    )
    world.made["handler"] = world.handler(world.made["bergen"], "Berit Bergen")
    world.made["swimming"] = world.call(SWIMMING, moved("2027-01-10T09:00", "2027-02-01T12:00"), key="bergen")
    return world


def test_calls_of_all_authorities_are_found_the_first_deadline_first(two: World) -> None:
    assert found(two) == ["Svømming", "Integreringsarbeid"]


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"words": "svømm"}, ["Svømming"]),
        ({"words": "Swimming"}, ["Svømming"]),
        ({"words": "bergen KOMM"}, ["Svømming"]),
        ({"words": "sivilsamfunnet"}, ["Svømming", "Integreringsarbeid"]),
        ({"words": "svømming bibliotek"}, []),
        ({"kind": "event"}, ["Svømming"]),
        ({"kind": "operating"}, []),
        ({"place": "4601"}, ["Svømming", "Integreringsarbeid"]),
        ({"place": "46"}, ["Svømming", "Integreringsarbeid"]),
        ({"place": "0301"}, ["Integreringsarbeid"]),
        ({"target": "barn unge"}, ["Svømming"]),
        ({"amount": "50 000"}, ["Svømming", "Integreringsarbeid"]),
        ({"amount": "50001"}, ["Integreringsarbeid"]),
        ({"amount": "5"}, []),
        ({"state": "closed"}, []),
    ],
)
def test_calls_are_searched_and_filtered(two: World, asked: dict[str, str], titles: list[str]) -> None:
    assert found(two, **asked) == titles


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"state": "soon"}, "not-one-of"),
        ({"kind": "loan"}, "not-one-of"),
        ({"place": "Bergen"}, "place-format"),
        ({"amount": "mye"}, "money-format"),
    ],
)
def test_a_filter_that_can_not_be_understood_is_told(two: World, asked: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as error:
        found(two, **asked)
    assert [problem.code for problem in error.value.problems] == [code]


def test_a_call_comes_opens_and_closes(two: World) -> None:
    two.clock.at = START - timedelta(days=8)  # the municipality has opened, the directorate has not
    assert found(two) == ["Svømming"]
    assert found(two, state="coming") == ["Integreringsarbeid"]
    two.clock.turn(days=60)
    assert list_calls(two.engine, two.anyone).counts == {"open": 0, "coming": 0, "closed": 2}
    assert found(two, state="closed") == ["Integreringsarbeid", "Svømming"]


def test_a_change_of_a_call_is_seen_at_once(two: World) -> None:
    [first] = list_calls(two.engine, two.anyone, limit=1).items
    by = two.by(two.made["handler"])
    value = {"op": "replace", "path": "/call/closes", "value": "2027-02-20T12:00"}
    change_call(two.engine, by, first.id, [value], reason="Flere rekker det")
    [again] = list_calls(two.engine, two.anyone, limit=1).items
    assert (again.closes, again.title) == (first.closes and first.closes + timedelta(days=19), first.title)
    assert [change.reason for change in read_call(two.engine, two.anyone, first.id).changes] == ["Flere rekker det"]


def test_pages_follow_each_other_without_a_gap(two: World) -> None:
    first = list_calls(two.engine, two.anyone, limit=1)
    then = list_calls(two.engine, two.anyone, limit=1, after=first.after or "")
    assert [len(first.items), len(then.items), then.after] == [1, 1, None]
    assert first.items[0].id != then.items[0].id
    assert list_calls(two.engine, two.anyone, after="nothing of the kind").items == first.items + then.items


def test_a_list_takes_one_statement_and_a_call_two_however_many_apply(two: World) -> None:
    def taken() -> list[int]:
        numbers = []
        for ask in (
            lambda: list_calls(two.engine, two.anyone, words="svømming"),
            lambda: read_call(two.engine, two.anyone, two.made["swimming"]),
            lambda: fit_calls(two.engine, two.anyone, {"members": "12", "has_number": "no"}),
        ):
            with counted(two) as sent:
                ask()
            numbers.append(len(sent))
        return numbers

    taken()  # what is compiled once is compiled now
    assert taken() == [1, 2, 4]
    for place in range(4):
        contact = two.user(f"Kari {place}")
        application = two.draft(
            two.made["swimming"], two.organisation(contact, f"Lag {place}", NUMBERS[place]), contact
        )
        assert application
    assert taken() == [1, 2, 4]


def test_a_call_says_what_it_is_for_and_how_it_is_decided(world: World) -> None:
    call = world.call()
    publish_answer(world.engine, world.by(world.made["handler"]), call, asked="Kan vi?", answer="Ja")
    page = read_call(world.engine, world.anyone, call)
    terms = page.terms
    assert (page.state, page.answers, page.results) == ("open", 1, ())
    assert {one.id: round(one.share or 0, 2) for one in terms.criteria} == {
        "collaboration": 0.2, "continuity": 0.08, "reach": 0.1, "target-group": 0.15, "relevance": 0.3, "feasibility": 0.17,
    }  # fmt: skip
    assert [one.id for one in terms.criteria if one.is_judged] == ["relevance", "feasibility"]
    assert (terms.least, terms.most, terms.total, terms.minimum_points) == (1_000_000, 150_000_000, 4_000_000_000, 40)
    assert (terms.decided_by, terms.second_person, terms.appeal_days) == ("administration", "required", 21)
    assert [(one.minutes, one.under, one.other) for one in terms.reports] == [
        (45, 20_000_000, False), (180, 50_000_000, False), (480, None, True),
    ]  # fmt: skip
    guidance, _, dialogue, _ = terms.rounds
    assert (guidance.meets, guidance.meeting_minutes, guidance.is_outside_hours) == (True, 20, True)
    assert (dialogue.asks, dialogue.exchanges, dialogue.answer_days) == (True, 2, 10)
    report = next(one for one in terms.rules if one.id == "report-delivered")
    # Nobody is told that a report of theirs is late, where nothing is known of them.
    assert getattr(report.words, "key", None) == "condition.earlier_report_delivered.help"


def test_a_call_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFoundError):
        read_call(world.engine, world.anyone, "nothing")


def test_results_are_told_once_letters_are_out(world: World) -> None:
    on = Stage(world)
    there = closed(on, SMALL, (100_000,) * FEW)
    allocation = decided(on, there)
    assert read_call(world.engine, world.anyone, there.call).results == ()
    send_letters(world.engine, world.system, allocation)
    page = read_call(world.engine, world.anyone, there.call)
    [result] = page.results
    assert (result.applicants, result.funded, result.granted, result.rate) == (FEW, FEW, 50_000_000, 1.0)
    assert (result.least_total is not None, result.so_far) == (True, False)
    assert page.expected.told == world.clock().date()


def test_how_long_it_took_tells_when_the_next_answer_comes(world: World) -> None:
    on = Stage(world)
    there = closed(on, SMALL)
    world.clock.turn(days=40)
    send_letters(world.engine, world.system, decided(on, there))
    later = closed(on, SMALL, (100_000,))
    expected = read_call(world.engine, world.anyone, later.call).expected
    assert (expected.days, expected.of, expected.told) == (40, 1, None)


@pytest.mark.parametrize(
    ("told", "funded", "seen"),
    [
        (4, 4, (None, None, None)),
        (5, 5, (5, 5, 900)),
        (20, 4, (20, None, None)),
        (20, 17, (20, None, 900)),
        (20, 10, (20, 10, 900)),
    ],
)
def test_figures_about_few_are_not_told(told: int, funded: int, seen: tuple[int | None, ...]) -> None:
    row = CallRow("c", "v", "d", "s", "a", {}, [], None, None)
    kept = CallResults(call_id="c", told=told, funded=funded, waiting=0, granted=900, made_at=START)
    result = results_of(row, kept)
    assert (result.applicants, result.funded, result.granted) == seen


def test_a_few_answers_tell_what_fits_and_why_not(two: World) -> None:
    def answers(**given: str) -> dict[str, str]:
        fits = fit_calls(two.engine, two.anyone, given)
        return {one.card.title["nb"].split()[0]: one.fit.answer for one in fits}

    assert answers(members="3") == {"Svømming": "no", "Integreringsarbeid": "no"}
    assert answers(members="1 200", employees="2") == {"Svømming": "needs", "Integreringsarbeid": "needs"}
    assert answers(members="12", wish="event") == {"Svømming": "needs"}
    assert answers(members="12", amount="100000") == {"Integreringsarbeid": "needs", "Svømming": "no"}
    [_, swimming] = fit_calls(two.engine, two.anyone, {"members": "12", "amount": "100000"})
    assert [(one.key, one.params) for one in swimming.fit.obstacles] == [
        ("obstacle.most", {"most": Money(5_000_000, "NOK")})
    ]
    assert answers(members="12", amount="5") == {"Svømming": "no", "Integreringsarbeid": "no"}
    [first, _] = fit_calls(two.engine, two.anyone, {"members": "3", "has_number": "no"})
    assert [message.key for message in first.fit.obstacles] == ["problem.organisation-number-needed"]
    [needs, _] = fit_calls(two.engine, two.anyone, {"members": "30"})
    assert needs.fit.asks["employees"]["nb"] == "Antall ansatte"


@pytest.mark.parametrize("rule", [True, False])
def test_that_one_must_be_invited_is_told_once(world: World, rule: bool) -> None:
    text = EXAMPLE.replace("invited_only: false", "invited_only: true")
    own = "{id: invited, kind: invited, because: {nb: For inviterte., nn: For inviterte., en: Invited only.}}"
    if rule:
        text = text.replace("[collaboration, ", "[invitation, collaboration, ")
        text = text.replace("eligibility:\n", f"eligibility:\n  - {own}\n")
    world.call(text)
    [one] = fit_calls(world.engine, world.anyone, {"members": "30", "has_number": "no"})
    said = [message.key for message in one.fit.obstacles]
    failed = [found.id for found in one.fit.rules if found.answer == "no"]
    assert (one.fit.answer, "invited" in failed, "problem.invited-only" in said) == ("no", rule, not rule)


@pytest.mark.parametrize(
    "given",
    [{"number": "123"}, {"municipality": "Oslo"}, {"founded": "i fjor"}, {"founded": "3027"}, {"members": "mange"},
     {"employees": "-1"}, {"kind": "band"}, {"has_number": "kanskje"}, {"wish": "alt"}, {"amount": "mye"}],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_told_at_its_field(world: World, given: dict[str, str]) -> None:
    with pytest.raises(InputError) as error:
        fit_calls(world.engine, world.anyone, given)
    assert [problem.where.pointer for problem in error.value.problems] == [f"/{name}" for name in given]


def test_who_has_a_number_is_asked_which(world: World) -> None:
    with pytest.raises(InputError) as error:
        fit_calls(world.engine, world.anyone, {"has_number": "yes", "number": " "})
    assert [(one.code, one.where.pointer) for one in error.value.problems] == [("number-wanted", "/number")]


class Waiting:
    """Two organisations that want to be told: one that may fit, and one that is too small."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.call = world.call(patch=moved("2027-02-01T09:00", "2027-03-01T12:00"))
        self.kari, self.ola = world.user("Kari"), world.user("Ola", "ola@example.org")
        self.fits = world.organisation(self.kari, "Mange", NUMBERS[0])
        self.small = world.organisation(self.ola, "Få", NUMBERS[1])
        for contact, organisation, members in ((self.kari, self.fits, 40), (self.ola, self.small, 2)):
            edit_organisation(world.engine, world.by(contact), organisation, 1, {"profile": {"members": members}})
            ask_for_alerts(world.engine, world.by(contact), organisation)

    def mails(self) -> list[str]:
        """What has been told of calls."""
        return [one.subject for one in self.world.messages(template="call-opened")]

    def work(self) -> None:
        """The worker does what is due."""
        run_jobs(self.world.engine, self.world.system)


@pytest.fixture
def waiting(world: World) -> Waiting:
    return Waiting(world)


def test_those_who_asked_are_told_once_when_a_call_that_may_fit_opens(waiting: Waiting) -> None:
    world = waiting.world
    waiting.work()
    assert waiting.mails() == []
    world.clock.turn(days=13)
    waiting.work()
    assert waiting.mails() == [
        "Ny utlysning som kan passe Mange: Integreringsarbeid i regi av frivillige organisasjoner"
    ]
    body = world.messages(template="call-opened")[0].body
    assert f"/calls/{waiting.call}" in body
    assert "Fristen er 01.03.2027 12:00" in body
    assert tell_alerts(world.engine, world.system, waiting.call) == 0
    waiting.work()
    assert len(waiting.mails()) == 1


def test_stopped_in_the_middle_the_rest_is_told_and_nobody_twice(waiting: Waiting) -> None:
    world = waiting.world
    world.clock.turn(days=13)

    def stop(done: int, steps: int | None) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell_alerts(world.engine, world.system, waiting.call, progress=stop)
    before = len(waiting.mails())
    told = tell_alerts(world.engine, world.system, waiting.call)
    assert (before + told, len(waiting.mails())) == (1, 1)


def test_a_call_that_opens_another_day_is_told_that_day(waiting: Waiting) -> None:
    world = waiting.world
    by = world.by(world.made["handler"])
    later = {"op": "replace", "path": "/call/opens", "value": "2027-02-10T09:00"}
    change_call(world.engine, by, waiting.call, [later], reason="Vi er ikke klare")
    world.clock.turn(days=13)
    waiting.work()
    assert waiting.mails() == []
    world.clock.turn(days=9)
    waiting.work()
    assert len(waiting.mails()) == 1


def test_who_does_not_want_it_any_more_is_not_told(waiting: Waiting) -> None:
    world = waiting.world
    by = world.by(waiting.kari)
    assert [one.is_told for one in list_alerts(world.engine, by)] == [True]
    ask_for_alerts(world.engine, by, waiting.fits)
    stop_alerts(world.engine, by, waiting.fits)
    stop_alerts(world.engine, by, waiting.fits)
    assert [(one.is_told, one.may_change) for one in list_alerts(world.engine, by)] == [(False, True)]
    world.clock.turn(days=13)
    waiting.work()
    assert waiting.mails() == []


def test_a_call_that_is_open_when_it_is_announced_is_told_at_once(waiting: Waiting) -> None:
    world = waiting.world
    source = EXAMPLE.replace("version: 1.0.0", "version: 1.0.1")
    call = world.call(source)
    waiting.work()
    assert len(waiting.mails()) == 1
    assert f"/calls/{call}" in world.messages(template="call-opened")[0].body


def test_only_the_system_tells(waiting: Waiting) -> None:
    with pytest.raises(NotAllowedError):
        tell_alerts(waiting.world.engine, By("user", waiting.kari, START), waiting.call)
