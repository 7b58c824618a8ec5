"""What fact sources are handed behaves alike in the store, over HTTP, and in the twins for authors of plugins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from register_server import RegisterServer, register_server
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine import Activity, EarlierAward, FactReader, HttpReader, PartnerAnswer, SourceDown
from grantengine.http_client import HttpClient, OnceOnly
from grantengine.services.fact_reader import StoreFacts
from grantengine.services.import_grants import import_grants
from grantengine.services.invite_partner import answer_as_partner, invite_partner, remove_partner
from grantengine.services.invite_to_call import invite_to_call
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application
from grantengine.testing import AnswersInMemory, FactsInMemory

PLANS = EXAMPLE.replace(
    "      - {id: partners,", "      - {id: plans, kind: activities, optional: true, label: {nb: Plan, nn: Plan, en: Plans}}\n"
    "      - {id: partners,", 1,
)  # fmt: skip
SWIM = {
    "name": "Svømmekurs", "target_group": "kvinner", "municipality": "0301", "from": "2027-08-20", "to": "2027-12-01",
}  # fmt: skip
AWARDS = [
    EarlierAward("imdi", "project", 2025, 100, "delivered"),
    EarlierAward("imdi", "project", 2026, 200, "due", "Kor", "barn", "0301", "2026-01-01", "2026-12-31", "2027-01-31"),
]
RUNNING = EarlierAward("imdi", "project", 2026, 300, "none", "Svømming", None, "4601", "2026-09-01", "2027-09-01")
PARTNERS = [
    PartnerAnswer("", "Klubben", NUMBERS[2], "confirmed", "Bane", 120_050), PartnerAnswer("", "Laget", None, "invited", "Rom"),
]  # fmt: skip
THEIRS = [
    Activity("Andre", "Svømmekurs", "kvinner", "0301", "2027-08-20", "2027-12-01"),
    Activity("Andre", "Svømming", None, "4601", "2026-09-01", "2027-09-01"),
]


def stored(world: World) -> FactReader:
    """What the store knows of Kari's application, after the services have done what the twin is told."""
    call, kari, ola = world.call(PLANS), world.user("Kari"), world.user("Ola")
    mine, theirs = world.organisation(kari), world.organisation(ola, "Andre", NUMBERS[1])
    handler = world.by(world.made["handler"])
    rows = [(NUMBERS[0], award) for award in reversed(AWARDS)] + [(NUMBERS[1], RUNNING)]
    names = ("scheme", "year", "report", "activity", "target_group", "municipality", "starts", "ends", "report_due")
    grants = [
        {"organisation_number": number, "amount": f"{award.amount / 100:.2f}", **{name: getattr(award, name) for name in names}}
        for number, award in rows
    ]  # fmt: skip
    import_grants(world.engine, handler, world.made["imdi"], grants)
    application = world.draft(call, mine, kari, {**ANSWERS, "plans": [SWIM]})
    for one in PARTNERS:
        invite_partner(
            world.engine, world.by(kari), application_id=application, name=one.name, email=f"{one.name}@example.org",
            organisation_number=one.organisation_number, task=one.task,
        )  # fmt: skip
    gone = invite_partner(world.engine, world.by(kari), application_id=application, name="Borte", email="b@example.org")
    remove_partner(world.engine, world.by(kari), gone)
    link = world.link("partner", "klubben@example.org")
    answer_as_partner(world.engine, world.anyone, link, "confirmed", person="Kim", amount="1200,50")
    # Mine, drafts, and what is withdrawn are no activities of others.
    submit_application(world.engine, world.by(kari), application, 1)
    for what in ("submitted", "draft", "withdrawn"):
        other = world.draft(call, theirs, ola, {**ANSWERS, "plans": [SWIM]})
        if what != "draft":
            submit_application(world.engine, world.by(ola), other, 1)
        if what == "withdrawn":
            withdraw_application(world.engine, world.by(ola), other)
    invite_to_call(world.engine, handler, call_id=call, organisation_id=mine)
    return StoreFacts(world.engine.store, application, call, mine, NUMBERS[0])


def remembered(world: World) -> FactReader:
    """The same in memory."""
    return FactsInMemory(AWARDS[::-1], PARTNERS, THEIRS, invited=True)


@pytest.mark.parametrize("make", [stored, remembered])
def test_readers_of_facts_behave_alike(world: World, make: Callable[[World], FactReader]) -> None:
    read = make(world)
    assert list(read.earlier_awards()) == AWARDS
    seen = [(one.name, one.organisation_number, one.status, one.task, one.amount) for one in read.partner_answers()]
    assert seen == [(one.name, one.organisation_number, one.status, one.task, one.amount) for one in PARTNERS]
    assert read.is_invited() is True
    oslo, both = ["0301", "3201"], ["0301", "4601"]
    autumn = (date(2027, 9, 1), date(2027, 12, 31))
    assert list(read.similar_cases(oslo, *autumn)) == THEIRS[:1]
    assert list(read.similar_cases(both, *autumn)) == THEIRS
    assert list(read.similar_cases(both, date(2027, 9, 2), date(2027, 9, 2))) == THEIRS[:1]
    assert list(read.similar_cases(both, date(2026, 1, 1), date(2026, 9, 1))) == THEIRS[1:]
    assert list(read.similar_cases(oslo, date(2027, 12, 2), date(2028, 1, 1))) == []
    assert list(read.similar_cases([], *autumn)) == []


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with register_server() as running:
        yield running


def over_http(server: RegisterServer) -> HttpReader:
    server.answers |= {
        "/api/here": (200, json.dumps({"a": 1}).encode()), "/api/gone": (410, b""), "/api/ill": (500, b"{}"),
        "/api/busy": (429, b"{}"),
    }  # fmt: skip
    return HttpClient(connect=0.3, read=0.3, retries=0)


def in_memory(server: RegisterServer) -> HttpReader:
    paths = {"here": (200, {"a": 1}), "gone": (410, None), "ill": (500, {}), "busy": (429, {})}
    return AnswersInMemory({f"{server.url}/{path}": answer for path, answer in paths.items()})


@pytest.mark.parametrize("make", [over_http, in_memory])
def test_readers_of_other_systems_behave_alike(
    server: RegisterServer, make: Callable[[RegisterServer], HttpReader]
) -> None:
    http = make(server)
    assert http.get_json(f"{server.url}/here") == (200, {"a": 1})
    assert http.get_json(f"{server.url}/gone") == (410, None)
    assert http.get_json(f"{server.url}/nowhere") == (404, None)
    for path in ("ill", "busy"):
        with pytest.raises(SourceDown):
            http.get_json(f"{server.url}/{path}")


def test_each_address_is_asked_once_and_a_host_that_is_down_no_more() -> None:
    web = AnswersInMemory({"http://a/1": (200, {}), "http://b/1": (503, None)})
    once = OnceOnly(web)
    assert [once.get_json("http://a/1") for _ in range(2)] == [(200, {})] * 2
    for path in ("1", "2"):
        with pytest.raises(SourceDown, match="503"):
            once.get_json(f"http://b/{path}")
    assert once.get_json("http://a/2") == (404, None)
    assert web.asked == ["http://a/1", "http://b/1", "http://a/2"]
