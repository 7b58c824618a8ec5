"""Facts through the services: gathered when one submits, asked for again, entered by a handler; on both databases."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from register_server import register_server, sample
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine import Collected, Engine, FactColumn, FactContext, FactSource, bootstrap, hookimpl, types
from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.lifecycle import Status
from grantengine.services.collect_facts import RETRIES
from grantengine.services.complete_application import complete_application
from grantengine.services.enter_fact import enter_fact
from grantengine.services.fit_calls import fit_calls
from grantengine.services.give_feedback import give_feedback
from grantengine.services.invite_partner import answer_as_partner, invite_partner
from grantengine.services.look_up_organisation import look_up_organisation
from grantengine.services.overlap_hint import Hint, overlap_hint
from grantengine.services.pre_check import Profile, pre_check
from grantengine.services.read_application import FactSeen, read_application
from grantengine.services.refresh_facts import refresh_facts
from grantengine.services.run_jobs import queue_retries, run_jobs
from grantengine.services.submit_application import Receipt, submit_application
from grantengine.services.throttle import MOST
from grantengine.services.withdraw_application import withdraw_application

ACTIVE = {"active": True, "voluntary_register": False}
NOTE = "Registerutskrift av 20. januar"
REGISTERED = EXAMPLE.replace(
    "  - id: report-delivered\n", "  - {id: registered, kind: registered_organisation}\n  - id: report-delivered\n"
)


class Case:
    """A world with a draft of Kari's, of an organisation with 20 employees and the first number."""

    def __init__(self, world: World, source: str = REGISTERED, answers: Mapping[str, Any] | None = None) -> None:
        self.world, self.call = world, world.call(source)
        self.kari = world.user("Kari", "kari@example.org")
        self.organisation = world.organisation(self.kari)
        self.id = world.draft(self.call, self.organisation, self.kari, answers or {**ANSWERS, "employees": 20})

    @property
    def engine(self) -> Engine:
        return self.world.engine

    def submit(self, engine: Engine | None = None) -> Receipt:
        """Kari submits; the handler declares her interests, and may open it from then on."""
        receipt = submit_application(engine or self.engine, self.world.by(self.kari), self.id, 1)
        self.world.declare(self.call)
        return receipt

    def work(self) -> int:
        """What the worker does now; how many jobs."""
        queue_retries(self.engine, self.world.system)
        return run_jobs(self.engine, self.world.system).done

    def facts(self) -> dict[str, FactSeen]:
        """The facts as a handler sees them."""
        handler = self.world.by(self.world.made["handler"])
        return {fact.source: fact for fact in read_application(self.engine, handler, self.id).facts}

    def rules(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """How the rules stand, and for which facts they wait."""
        look = give_feedback(self.engine, self.world.by(self.kari), self.id).look
        return {rule.id: (rule.answer, rule.facts) for rule in look.rules}

    def partner(self, name: str = "Kommunen", number: str | None = NUMBERS[1]) -> str:
        """Invite a partner; its link."""
        invite_partner(
            self.engine, self.world.by(self.kari), application_id=self.id, name=name, email="p@example.org",
            organisation_number=number,
        )  # fmt: skip
        return self.world.link("partner", "p@example.org")

    def confirm(self, link: str) -> None:
        answer_as_partner(self.engine, self.world.anyone, link, "confirmed", person="Pia")


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def test_every_source_of_the_scheme_is_asked_when_one_submits(case: Case) -> None:
    case.world.registered(NUMBERS[0], registrertIFrivillighetsregisteret=True, antallAnsatte=20)
    assert case.submit().not_obtained == ()
    facts = case.facts()
    assert {source: fact.values for source, fact in facts.items()} == {
        "register": {"active": True, "organisation_form": "FLI", "voluntary_register": True, "employees": 20,
                     "municipality": None, "founded": None},
        "earlier_grants": {"count": 0, "overdue_reports": 0, "first_time": True, "last_amount": None},
        "partners": {"partners": [{"name": "Biblioteket", "task": "Rom", "confirmed": False, "public": False}]},
    }  # fmt: skip
    assert case.rules() == {
        "enough-members": ("yes", ()), "registered": ("yes", ()), "report-delivered": ("yes", ()),
        "not-too-large-alone": ("no", ()),
    }  # fmt: skip


def test_a_register_that_is_down_stops_nobody_and_is_asked_again(case: Case) -> None:
    assert case.submit().not_obtained == ("register",)
    seen = case.facts()["register"]
    assert (seen.values, seen.failure, seen.retry_at) == (None, "down", case.world.clock.at + RETRIES[0])
    assert case.rules()["registered"] == ("needs", ("facts.register.active",))
    assert case.work() == 0  # not yet
    case.world.clock.turn(minutes=2)
    assert case.work() == 1
    assert case.facts()["register"].retry_at == case.world.clock.at + RETRIES[1]
    case.world.clock.turn(minutes=15)
    case.world.registered(NUMBERS[0])
    assert case.work() == 1
    seen = case.facts()["register"]
    assert (seen.values or {})["active"] is True
    assert (seen.failure, seen.retry_at) == (None, None)
    assert case.rules()["registered"] == ("yes", ())
    assert case.work() == 0


def test_the_same_over_real_http(world: World) -> None:
    with register_server() as server:
        environment = {
            "GRANTENGINE_DATABASE_URL": world.engine.settings.database_url, "GRANTENGINE_PASSWORD_MEMORY": "64",
            "GRANTENGINE_REGISTER_URL": server.url,
        }  # fmt: skip
        made, case = bootstrap(environment, now=world.clock), Case(world)
        server.before = [500] * 3
        assert case.submit(made).not_obtained == ("register",)
        server.knows({**sample("enheter-details-response"), "organisasjonsnummer": NUMBERS[0]})
        world.clock.turn(minutes=2)
        queue_retries(made, world.system)
        run_jobs(made, world.system)
        made.store.database.close()
    assert (case.facts()["register"].values or {})["organisation_form"] == "AS"


def test_nobody_is_asked_about_what_has_been_withdrawn(case: Case) -> None:
    assert case.submit().not_obtained == ("register",)
    withdraw_application(case.engine, case.world.by(case.kari), case.id)
    case.world.clock.turn(days=2)
    assert case.work() == 0
    assert case.facts()["register"].retry_at is None


def test_who_is_not_in_the_register_is_refused_by_what_it_says(world: World) -> None:
    case = Case(world)
    case.world.web.down = False
    case.submit()
    assert case.rules()["registered"] == ("no", ())


def test_partners_answers_stand_in_the_list_when_one_submits(case: Case) -> None:
    case.world.registered(NUMBERS[0])
    case.world.registered(NUMBERS[1], "KOMM")
    case.confirm(case.partner())
    assert case.submit().not_obtained == ()
    assert case.facts()["partners"].values == {
        "partners": [
            {"name": "Biblioteket", "task": "Rom", "confirmed": False, "public": False},
            {"name": "Kommunen", "organisation_number": NUMBERS[1], "confirmed": True, "public": True},
        ]
    }
    assert case.rules()["not-too-large-alone"] == ("yes", ())


def test_a_partner_that_can_not_be_looked_up_refuses_nobody(case: Case) -> None:
    case.confirm(case.partner())
    assert case.submit().not_obtained == ("partners", "register")
    assert case.rules()["not-too-large-alone"] == ("needs", ("facts.partners",))
    assert case.rules()["enough-members"] == ("yes", ())
    case.world.clock.turn(minutes=2)
    case.world.registered(NUMBERS[1], "KOMM")
    case.work()
    assert case.rules()["not-too-large-alone"] == ("yes", ())


def test_an_answer_after_the_submission_is_not_lost_where_the_register_is_down(case: Case) -> None:
    link = case.partner()
    case.world.registered(NUMBERS[0])
    case.submit()
    assert case.rules()["not-too-large-alone"] == ("no", ())
    case.world.web.down = True
    case.confirm(link)
    # What was said before is not known to be right any more.
    assert case.rules()["not-too-large-alone"] == ("needs", ("facts.partners",))
    assert case.work() == 1
    assert case.rules()["not-too-large-alone"] == ("needs", ("facts.partners",))
    case.world.clock.turn(minutes=2)
    case.world.registered(NUMBERS[1], "ORGL")
    assert case.work() == 1
    assert case.rules()["not-too-large-alone"] == ("yes", ())


def test_the_register_is_down_once_however_many_ask_it(case: Case) -> None:
    case.confirm(case.partner())
    case.submit()
    assert len(case.world.web.asked) == 1
    case.world.web.asked.clear()
    case.world.call(REGISTERED.replace("version: 1.0.0", "version: 1.0.1"))
    fits = pre_check(case.engine, case.world.anyone, Profile(number=NUMBERS[0], has_number=True))
    assert len(fits) == 2
    assert len(case.world.web.asked) == 1


def test_registers_are_asked_for_one_sender_only_so_often(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, fewer in {"look-up-from": 6, "look-up": 4}.items():
        assert MOST[kind] > fewer
        monkeypatch.setitem(MOST, kind, fewer)
    engine, anyone, number = case.engine, case.world.anyone, NUMBERS[0]
    case.world.registered(number)

    def one(answers: dict[str, str], sender: str = "192.0.2.1") -> tuple[bool, int]:
        case.world.web.asked.clear()
        [found] = fit_calls(engine, anyone, answers, sender=sender)
        return found.unasked, len(case.world.web.asked)

    assert [one({"number": number}) for _ in range(MOST["look-up-from"])] == [(False, 1)] * MOST["look-up-from"]
    assert one({"number": number}) == (True, 0)
    assert (one({"has_number": "no"}), one({"number": number}, "192.0.2.2")) == ((False, 0), (False, 1))
    kari = case.world.by(case.kari)
    assert [
        fit.unasked for fit in fit_calls(engine, kari, {}, organisation_id=case.organisation, sender="192.0.2.1")
    ] == [True]
    with pytest.raises(NotAllowedError, match="too-many-tries"):
        look_up_organisation(engine, kari, NUMBERS[1], sender="192.0.2.1")
    case.world.clock.turn(minutes=15)
    for at in range(MOST["look-up"]):
        look_up_organisation(engine, case.world.by(case.kari), NUMBERS[1], sender=f"192.0.2.{at}")
    with pytest.raises(NotAllowedError, match="too-many-tries"):
        look_up_organisation(engine, case.world.by(case.kari), NUMBERS[1])


def test_a_number_that_is_not_said_is_not_looked_for(case: Case) -> None:
    case.world.web.down = False
    [fit] = pre_check(case.engine, case.world.anyone, Profile(has_number=True))
    assert {rule.id: rule.answer for rule in fit.rules}["registered"] == "needs"
    [fit] = pre_check(case.engine, case.world.anyone, Profile(has_number=False))
    assert {rule.id: rule.answer for rule in fit.rules}["registered"] == "no"


def test_a_draft_that_does_not_fit_is_asked_about_as_far_as_it_fits(world: World) -> None:
    case = Case(world, answers={"partners": "mange", "members": 7})
    world.registered(NUMBERS[0])
    assert refresh_facts(case.engine, world.by(case.kari), case.id) == []


def test_a_handler_enters_what_was_not_obtained(case: Case) -> None:
    case.submit()
    handler = case.world.by(case.world.made["handler"])
    enter_fact(case.engine, handler, case.id, "register", {**ACTIVE, "employees": 3}, note=f" {NOTE} ")
    seen = case.facts()["register"]
    assert seen.values == {
        **ACTIVE, "organisation_form": None, "employees": 3, "municipality": None, "founded": None
    }  # fmt: skip
    assert (seen.entered_by, seen.failure, seen.retry_at) == (case.world.made["handler"], None, None)
    with case.engine.store.read() as reading:
        last = reading.trail.of("application", case.id)[-1]
        [kept] = [fact for fact in reading.parts.facts(case.id) if fact.source == "register"]
    assert (last.verb, kept.source_note) == ("fact-entered", NOTE)
    assert case.rules()["registered"] == ("yes", ())
    case.world.clock.turn(days=2)
    case.world.registered(NUMBERS[0], konkurs=True)
    case.work()
    refresh_facts(case.engine, handler, case.id)
    assert case.facts()["register"].values == seen.values
    enter_fact(case.engine, handler, case.id, "register", {**ACTIVE, "active": False}, note="Ny utskrift")
    assert case.rules()["registered"] == ("no", ())


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({}, {"/active", "/voluntary_register"}),
        ({**ACTIVE, "active": "ja"}, {"/active"}),
        ({**ACTIVE, "active": None}, {"/active"}),
        ({**ACTIVE, "employees": 2.5, "founded": "i fjor"}, {"/employees", "/founded"}),
        ({**ACTIVE, "colour": "red"}, {"/colour"}),
    ],
    ids=["nothing", "no yes or no", "null", "wrong values", "unknown"],
)
def test_what_does_not_fit_the_source_is_not_entered(case: Case, values: dict[str, Any], pointers: set[str]) -> None:
    case.submit()
    with pytest.raises(InputError) as error:
        enter_fact(case.engine, case.world.by(case.world.made["handler"]), case.id, "register", values, note=NOTE)
    assert {problem.where.pointer for problem in error.value.problems} == pointers
    assert case.facts()["register"].values is None


def test_a_list_is_entered_whole(case: Case) -> None:
    case.confirm(case.partner())
    case.submit()
    handler = case.world.by(case.world.made["handler"])
    rows = [{"name": "Kommunen", "confirmed": True, "public": True}]
    with pytest.raises(InputError):
        enter_fact(case.engine, handler, case.id, "partners", {}, note=NOTE)
    enter_fact(case.engine, handler, case.id, "partners", {"partners": rows}, note=NOTE)
    assert case.rules()["not-too-large-alone"] == ("yes", ())


def test_only_a_handler_enters_what_no_source_has_said_and_says_where_it_is_from(case: Case) -> None:
    handler, by = case.world.by(case.world.made["handler"]), case.world.by(case.kari)
    with pytest.raises(NotFoundError):
        enter_fact(case.engine, handler, case.id, "register", ACTIVE, note=NOTE)  # a draft is the applicant's own
    case.submit()
    with pytest.raises(NotAllowedError):
        enter_fact(case.engine, by, case.id, "register", ACTIVE, note=NOTE)
    with pytest.raises(InputError) as nowhere:
        enter_fact(case.engine, handler, case.id, "register", ACTIVE, note=" ")
    assert [problem.code for problem in nowhere.value.problems] == ["reason-missing"]
    with pytest.raises(NotFoundError) as unknown:
        enter_fact(case.engine, handler, case.id, "overlap", {"similar": 1}, note=NOTE)
    assert unknown.value.code == "fact-not-found"
    given = {"count": 9, "overdue_reports": 0, "first_time": False}
    with pytest.raises(NotPossibleError) as obtained:
        enter_fact(case.engine, handler, case.id, "earlier_grants", given, note=NOTE)
    assert obtained.value.code == "fact-obtained"


WITH_PLANS = EXAMPLE.replace("register]", "register, overlap]").replace(
    "      - {id: partners,", "      - {id: plans, kind: activities, optional: true, label: {nb: Plan, nn: Plan, en: Plans}}\n"
    "      - {id: partners,", 1,
)  # fmt: skip


def _plan(name: str, place: str = "0301") -> dict[str, Any]:
    return {"name": name, "target_group": "kvinner", "municipality": place, "from": "2027-08-20", "to": "2027-12-01"}


def test_who_plans_the_same_is_shown_while_one_writes(world: World) -> None:
    case = Case(world, WITH_PLANS, {**ANSWERS, "plans": [_plan("Svømmekurs"), _plan("Kor")]})
    per = world.user("Per")
    theirs = world.organisation(per, "Bærum svømmere", NUMBERS[1])

    def hints() -> list[Hint]:
        return overlap_hint(case.engine, world.by(case.kari), case.id)

    assert hints() == []
    other = world.draft(case.call, theirs, per, {**ANSWERS, "plans": [_plan("Svømming", "3201"), _plan("Sjakk")]})
    assert hints() == []  # nothing of a draft
    submit_application(case.engine, world.by(per), other, 1)
    found = Hint("Bærum svømmere", "Svømming", "3201", "2027-08-20", "2027-12-01", "Svømmekurs")
    assert hints() == [found]
    assert overlap_hint(case.engine, world.by(per), other) == []
    case.submit()
    assert case.facts()["overlap"].values == {"similar": 1}
    withdraw_application(case.engine, world.by(per), other)
    assert hints() == []
    with pytest.raises(NotFoundError):
        overlap_hint(case.engine, world.by(per), case.id)


def test_a_scheme_without_the_plugin_gives_no_hints(case: Case) -> None:
    assert overlap_hint(case.engine, case.world.by(case.kari), case.id) == []


def _crashes(context: FactContext) -> Collected:
    raise ZeroDivisionError("oh")


def _misfits(context: FactContext) -> Collected:
    return Collected({"degrees": "warm"})


@pytest.mark.parametrize(
    ("collect", "words"), [(_crashes, "ZeroDivisionError: oh"), (_misfits, "plugin-bad-value")], ids=["crash", "misfit"]
)
def test_a_source_that_crashes_is_named_and_loses_nothing(
    world: World, caplog: pytest.LogCaptureFixture, collect: Callable[[FactContext], Collected], words: str
) -> None:
    class Weather(FactSource):
        kind = "weather"

        def columns(self) -> Mapping[str, FactColumn]:
            return {"degrees": FactColumn(types.NUMBER)}

        def collect(self, context: FactContext) -> Collected:
            return collect(context)

    mine = ModuleType("mine")
    mine.__dict__["grantengine_fact_sources"] = hookimpl(_named(lambda: [Weather]))
    whole = world.engine
    environment = {
        "GRANTENGINE_DATABASE_URL": whole.settings.database_url, "GRANTENGINE_PASSWORD_MEMORY": "64",
        "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down",
    }  # fmt: skip
    world.engine = bootstrap(environment, now=world.clock, http=whole.http, extra_plugins=[("mine", mine)])
    warm = "eligibility:\n  - {id: warm, require: facts.weather.degrees > 10, because: {nb: K, nn: K, en: C}}\n"
    case = Case(world, REGISTERED.replace("register]", "register, mine]").replace("eligibility:\n", warm))
    world.registered(NUMBERS[0])
    with caplog.at_level(logging.ERROR, logger="grantengine.hooks"):
        assert case.submit().not_obtained == ("weather",)
    assert [record.getMessage() for record in caplog.records] == ["fact source weather of plugin mine failed"]
    seen = case.facts()["weather"]
    assert (seen.values, seen.failure, seen.retry_at) == (
        None, f"plugin mine: {words}", world.clock.at + timedelta(minutes=2)
    )  # fmt: skip
    with world.engine.store.read() as reading:
        found = reading.applications.get(case.id)
        assert found is not None
        assert found.status == Status.SUBMITTED
    assert case.rules()["warm"] == ("needs", ("facts.weather.degrees",))
    assert case.rules()["registered"] == ("yes", ())
    world.engine.store.database.close()
    world.engine = whole


def _named(implementation: Callable[[], list[type[FactSource]]]) -> Callable[[], list[type[FactSource]]]:
    implementation.__name__ = "grantengine_fact_sources"
    return implementation


def test_a_partner_who_answers_while_the_sources_are_asked_is_not_overlooked(case: Case) -> None:
    case.world.registered(NUMBERS[0])
    case.world.registered(NUMBERS[1], "KOMM")
    link, web = case.partner(), case.world.web

    class Slow:
        """The partner answers while the register, which is asked after the partners, thinks."""

        def get_json(self, url: str) -> tuple[int, Any]:
            if not web.asked:
                case.confirm(link)
            return web.get_json(url)

    slow = replace(case.engine, reader=Slow())
    assert case.submit(slow).not_obtained == ()
    slow.store.database.close()
    assert case.rules()["not-too-large-alone"] == ("needs", ("facts.partners",))
    assert case.work() == 1
    assert case.rules()["not-too-large-alone"] == ("yes", ())


LATER = WITH_PLANS.replace("kind: activities, optional: true", "kind: activities, needed: to_decide").replace(
    "kind: partners, optional: true", "kind: partners, needed: to_decide"
)


def test_lists_that_are_completed_later_are_asked_about_anew(world: World) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != "partners"}
    case = Case(world, LATER, {**answers, "employees": 20})
    world.registered(NUMBERS[0])
    assert case.submit().to_complete == ("own_funding", "plans", "partners")
    by = world.by(case.kari)
    rows = [{"name": "Biblioteket"}]
    complete_application(case.engine, by, case.id, {"plans": [_plan("Svømmekurs")], "partners": rows})
    assert case.rules()["not-too-large-alone"] == ("needs", ("facts.partners",))
    assert case.work() == 1
    assert case.facts()["partners"].values == {
        "partners": [{"name": "Biblioteket", "confirmed": False, "public": False}]
    }
    with case.engine.store.read() as reading:
        assert [one.name for one in reading.parts.activities(case.id)] == ["Svømmekurs"]
