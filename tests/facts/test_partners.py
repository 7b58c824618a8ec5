"""What partners say themselves, put into the list that the applicant wrote; and who of them is public."""

from __future__ import annotations

from typing import Any

import pytest

from grantengine import Applicant, Engine, PartnerAnswer, SourceDown, population
from grantengine.testing import AnswersInMemory, FactsInMemory, collected, plan_of, results, small_scheme

US, LIBRARY, CLUB, SCHOOL = "974760673", "971032081", "913000889", "913001222"
BASE = "https://data.brreg.no/enhetsregisteret/api"


def register(**forms: Any) -> AnswersInMemory:
    """A register with these numbers: an organisation form, or more of the answer."""
    web = AnswersInMemory()
    for name, form in forms.items():
        number = name.removeprefix("n")
        more = form if isinstance(form, dict) else {"organisasjonsform": {"kode": form}}
        web.answers[f"{BASE}/enheter/{number}"] = (200, {"organisasjonsnummer": number, **more})
    return web


def rows(engine: Engine, written: list[dict[str, Any]], *partners: PartnerAnswer, web: Any = None) -> Any:
    """The list as the source fills it."""
    found = collected(
        engine, "partners", applicant=Applicant("1", "Bydel Vel", US), answers={"partners": written},
        questions={"partners": ["partners"]}, read=FactsInMemory(partners=partners), http=web or register(),
    )  # fmt: skip
    return found.values["partners"]


def answer(name: str, status: str = "confirmed", number: str | None = None, **more: Any) -> PartnerAnswer:
    return PartnerAnswer(f"p-{name}", name, number, status, **more)


def test_a_partner_is_found_by_its_number_and_speaks_for_itself(engine: Engine) -> None:
    written = [{"name": "Bibl.", "organisation_number": LIBRARY, "task": "Alt", "amount": "1"}]
    says = answer("Biblioteket", number=LIBRARY, task="Rom og bøker", amount=1_200_050)
    assert rows(engine, written, says, web=register(n971032081="ORGL")) == [
        {"name": "Bibl.", "organisation_number": LIBRARY, "task": "Rom og bøker", "amount": "12000.50",
         "confirmed": True, "public": True}
    ]  # fmt: skip


def test_or_by_its_name_whatever_its_case_and_spaces(engine: Engine) -> None:
    written = [{"name": " biblioteket  i BYEN "}, {"name": "Turlaget", "task": "Gå tur"}]
    assert rows(engine, written, answer("Biblioteket i byen")) == [
        {"name": " biblioteket  i BYEN ", "confirmed": True, "public": False},
        {"name": "Turlaget", "task": "Gå tur", "confirmed": False, "public": False},
    ]


def test_other_numbers_are_other_partners_whatever_their_names(engine: Engine) -> None:
    written = [{"name": "Biblioteket", "organisation_number": CLUB}]
    found = rows(engine, written, answer("Biblioteket", number=LIBRARY))
    assert [(row["organisation_number"], row["confirmed"]) for row in found] == [(CLUB, False), (LIBRARY, True)]


@pytest.mark.parametrize(
    ("status", "added"), [("confirmed", [("Klubben", True)]), ("invited", [("Klubben", False)]), ("declined", [])]
)
def test_who_was_invited_and_not_written_is_added(engine: Engine, status: str, added: list[tuple[str, bool]]) -> None:
    found = rows(engine, [], answer("Klubben", status, CLUB))
    assert [(row["name"], row["confirmed"]) for row in found] == added


def test_who_declines_stays_as_the_applicant_wrote(engine: Engine) -> None:
    written = [{"name": "Klubben", "task": "Trening"}]
    assert rows(engine, written, answer("Klubben", "declined", task="Nei")) == [
        {"name": "Klubben", "task": "Trening", "confirmed": False, "public": False}
    ]


def test_one_that_is_written_or_invited_twice_counts_once(engine: Engine) -> None:
    written = [{"name": "Klubben"}, {"name": "klubben"}]
    asked = (answer("Klubben", "invited"), answer("Klubben", number=CLUB), answer("KLUBBEN", number=CLUB))
    assert [row["confirmed"] for row in rows(engine, written, *asked)] == [True, False]
    assert [row["confirmed"] for row in rows(engine, [], *asked)] == [True]
    assert [row["confirmed"] for row in rows(engine, [], *asked[1:], answer("Klubben", "declined"))] == [True]


@pytest.mark.parametrize("own", [answer("Oss selv", number=US), answer("bydel vel")], ids=["number", "name"])
def test_nobody_is_a_partner_of_itself(engine: Engine, own: PartnerAnswer) -> None:
    assert rows(engine, [{"name": own.name, "organisation_number": US}], own)[0]["confirmed"] is False


@pytest.mark.parametrize(
    ("says", "public"),
    [
        ("KOMM", True), ("FYLK", True), ("STAT", True), ("ORGL", True), ("IKS", True), ("KF", True), ("AS", False), ("FLI", False),
        ({"organisasjonsform": {"kode": "SÆR"}, "institusjonellSektorkode": {"kode": "6100"}}, True),
        ({"organisasjonsform": {"kode": "SÆR"}, "institusjonellSektorkode": {"kode": "2100"}}, False),
    ],
    ids=str,
)  # fmt: skip
def test_the_register_says_who_is_public(engine: Engine, says: Any, public: bool) -> None:
    found = rows(engine, [], answer("X", number=LIBRARY), web=register(n971032081=says))
    assert found[0]["public"] is public


def test_a_part_of_a_public_body_is_public(engine: Engine) -> None:
    web = register(n971032081="KOMM", n913000889="AS")
    for number, whole in ((SCHOOL, LIBRARY), ("913002776", CLUB)):
        body = {"organisasjonsnummer": number, "organisasjonsform": {"kode": "BEDR"}, "overordnetEnhet": whole}
        web.answers[f"{BASE}/underenheter/{number}"] = (200, body)
    found = rows(engine, [], answer("Skolen", number=SCHOOL), answer("Avdelingen", number="913002776"), web=web)
    assert [row["public"] for row in found] == [True, False]


def test_the_register_is_asked_of_those_who_have_confirmed_only(engine: Engine) -> None:
    web = AnswersInMemory(down=True)
    written = [{"name": "Kommunen", "organisation_number": LIBRARY}]
    found = rows(engine, written, answer("Klubben", "invited", CLUB), answer("Laget"), web=web)
    assert (web.asked, [row["confirmed"] for row in found]) == ([], [False, False, True])
    with pytest.raises(SourceDown):
        rows(engine, written, answer("Kommunen", number=LIBRARY), web=web)


def test_of_several_lists_each_partner_stands_in_one(engine: Engine) -> None:
    found = collected(
        engine, "partners", applicant=Applicant("1", "Vi"), answers={"others": [{"name": "Laget"}]},
        questions={"partners": ["partners", "others"]},
        read=FactsInMemory(partners=[answer("Laget"), answer("Klubben")]), http=register(),
    )  # fmt: skip
    assert {name: [row["name"] for row in list] for name, list in found.values.items()} == {
        "partners": ["Klubben"], "others": ["Laget"],
    }  # fmt: skip
    nowhere = collected(engine, "partners", read=FactsInMemory(partners=[answer("Klubben", number=CLUB)]))
    assert nowhere.values == {}


SCHEME = small_scheme(
    "eligibility:\n  - {id: together, require: 'requested < 100 or len(list_filter(partners, p -> p.public)) > 0'}\n"
    "  - {id: modest, require: requested < 1000}\n"
    "criteria: [{id: joint, kind: collaboration, options: {points_per_partner: 2}}]",
    plugins=["collaboration"],
    questions="- {id: partners, kind: partners, optional: true}",
)


def test_a_list_that_could_not_be_completed_refuses_nobody(engine: Engine) -> None:
    plan = plan_of(SCHEME, engine)
    answers = {"requested": "500", "partners": [{"name": "Biblioteket"}]}
    cases = [
        {"id": "down", "answers": answers, "facts": {"partners": None}},
        {"id": "as-it-stands", "answers": answers},
        {"id": "refused", "answers": {**answers, "requested": "5000"}, "facts": {"partners": None}},
    ]
    found = results(plan, cases, engine, undetermined="exclude")
    assert {id: (case["eligible"], case["failed"], case["undetermined"]) for id, case in found.items()} == {
        "down": (None, [], ["facts.partners"]),
        "as-it-stands": (False, ["together"], []),
        "refused": (None, ["modest"], ["facts.partners"]),
    }
    assert found["down"]["ground"] == "to be clarified: facts.partners"


def test_synthetic_cases_have_lists_that_are_complete(engine: Engine) -> None:
    plan = plan_of(SCHEME, engine)
    records = list(population(plan, engine.registry, 200, 1))
    assert {"partners"} & {name for record in records for name in record["facts"]} == set()
    assert any(row["confirmed"] for record in records for row in record["answers"].get("partners", ()))


def test_more_partners_than_the_form_has_room_for_are_no_fault(engine: Engine) -> None:
    plan = plan_of(SCHEME.replace("optional: true", "optional: true, maximum_rows: 1"), engine)
    filled = [{"name": name, "confirmed": True, "public": True} for name in ("A", "B")]
    case = {"id": "a", "answers": {"requested": "500", "partners": filled}}
    assert results(plan, [case], engine)["a"]["points"] == {"joint": 4.0}


def test_a_long_task_is_cut_to_what_a_row_holds(engine: Engine) -> None:
    [row] = rows(engine, [], answer("Laget", task="å" * 900))
    assert row["task"] == "å" * 500
