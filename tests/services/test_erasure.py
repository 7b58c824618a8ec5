"""What is known of a person, and what people wrote in an application, can be erased; the trail still holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from tamper import dump, examined
from worlds import ANSWERS, NUMBERS, PASSWORD, WITH_FILE, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.services.appoint import appoint
from grantengine.services.attach_file import attach_file
from grantengine.services.check_password import check_password
from grantengine.services.deliver_outbox import deliver_outbox
from grantengine.services.erase_application import erase_application
from grantengine.services.erase_user import erase_user
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.invite_partner import answer_as_partner, invite_partner
from grantengine.services.list_applications import list_of_organisation
from grantengine.services.read_application import read_application
from grantengine.services.refresh_facts import refresh_facts
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset, reset_password
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.verify_user import verify_user
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store.tables.applications import CheckedValue

WORDS = ("Sommerfugl", "sommerfugl@example.org", "Vintergull", "vintergull.pdf", "Høstløv", "98765432", "Vårsol")
"""What people wrote or were called."""


def words_in(world: World, *words: str) -> list[str]:
    """Which of these words stand anywhere in the database."""
    everything = str(dump(world)).lower()
    return [word for word in words if word.lower() in everything or word.lower().encode().hex() in everything]


@pytest.fixture
def case(world: World) -> dict[str, str]:
    """An application in which much personal was said, submitted and answered by its partner."""
    engine = world.engine
    call = world.call(WITH_FILE)
    kari = world.user("Kari")
    organisation = world.organisation(kari)
    by = world.by(kari)
    id = world.draft(call, organisation, kari, {"summary": "Vårsol begynner"})
    file = attach_file(
        engine, by, application_id=id, question="budget_file", file_name="Vintergull.pdf", content=b"%PDF-Vintergull"
    )
    invite_partner(engine, by, application_id=id, name="Sommerfugl", email="sommerfugl@example.org", task="Høstløv")
    answer_as_partner(
        engine, world.anyone, world.link("partner", "sommerfugl@example.org"), "confirmed", person="Vårsol", amount="12"
    )
    version = save_draft(engine, by, id, 1, {**ANSWERS, "summary": "Vårsol", "budget_file": file.id}, keep=True).version
    submit_application(engine, by, id, version)
    refresh_facts(engine, world.system, id)
    with engine.store.work(world.system) as work:
        application = work.applications.get(id)
        assert application is not None
        work.add(
            CheckedValue(
                id=work.new_id(), application_id=id, name="approved_costs", value={"value": 5}, reason="Vårsol skrev 6",
                set_by=world.made["handler"], set_at=world.clock(),
            )
        )  # fmt: skip
        work.record("value-checked", application, reason="Vårsol skrev 6")
    return {"id": id, "kari": kari, "organisation": organisation, "file": file.id}


def test_an_application_that_has_ended_is_erased_and_the_trail_holds(world: World, case: dict[str, str]) -> None:
    assert words_in(world, *WORDS) == [
        "Sommerfugl",
        "sommerfugl@example.org",
        "Vintergull",
        "vintergull.pdf",
        "Høstløv",
        "Vårsol",
    ]
    before = read_application(world.engine, world.by(case["kari"]), case["id"])
    withdraw_application(world.engine, world.by(case["kari"]), case["id"])
    world.clock.turn(days=1)
    erase_application(world.engine, world.by(world.made["admin"]), case["id"], "Lagringstiden er ute")
    assert words_in(world, *WORDS) == []
    assert examined(world).found == 0
    seen = read_application(world.engine, world.by(case["kari"]), case["id"])
    assert (seen.number, seen.status, seen.submitted_at) == (before.number, "withdrawn", before.submitted_at)
    assert (seen.erased_at, seen.answers, seen.attachments) == (world.clock(), None, ())
    assert seen.draft is not None
    assert seen.draft.answers == {}
    assert {(one.name, one.amount) for one in seen.partners} == {("", 1200)}
    assert {(fact.values is None, fact.failure) for fact in seen.facts} == {(True, "erased")}
    with world.engine.store.read() as reading:
        assert reading.parts.checked(case["id"]) == {"approved_costs": 5}
        trail = reading.trail.of("application", case["id"])
    assert (trail[-1].verb, trail[-1].details) == ("application-erased", {"reason": "Lagringstiden er ute"})
    assert all(event.details is None for event in trail[:-1])
    assert "submit" in {event.verb for event in trail}


def test_erasing_again_changes_nothing(world: World, case: dict[str, str]) -> None:
    withdraw_application(world.engine, world.by(case["kari"]), case["id"])
    erase_application(world.engine, world.system, case["id"], "Lagringstiden er ute")
    everything = dump(world)
    erase_application(world.engine, world.system, case["id"], "Igjen")
    assert dump(world) == everything


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
def test_what_is_erased_is_nowhere_in_the_file(world: World, case: dict[str, str]) -> None:
    withdraw_application(world.engine, world.by(case["kari"]), case["id"])
    erase_application(world.engine, world.system, case["id"], "Lagringstiden er ute")
    database = world.engine.store.database
    with database.engine.connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute("pragma wal_checkpoint(truncate)")
    file = Path(str(database.url.database))
    assert [word for word in WORDS if word.encode() in file.read_bytes()] == []


def test_only_what_has_ended_is_erased_and_only_by_an_administrator(world: World, case: dict[str, str]) -> None:
    engine, admin = world.engine, world.by(world.made["admin"])
    with pytest.raises(NotPossibleError, match="application-not-ended"):
        erase_application(engine, admin, case["id"], "Feil")
    withdraw_application(engine, world.by(case["kari"]), case["id"])
    for who in (world.made["handler"], case["kari"]):
        with pytest.raises(NotAllowedError, match="role-needed"):
            erase_application(engine, world.by(who), case["id"], "Feil")
    with pytest.raises(InputError, match="reason-missing"):
        erase_application(engine, admin, case["id"], " ")
    with pytest.raises(NotFoundError, match="application-not-found"):
        erase_application(engine, admin, "nothing", "Feil")


# --- a person's account


@pytest.fixture
def person(world: World) -> str:
    """A person with an account and a telephone, who has asked for a new password and been asked to join."""
    register_user(
        world.engine,
        world.anyone,
        email="sommerfugl@example.org",
        name="Sommerfugl",
        password=PASSWORD,
        phone="98765432",
    )
    id = verify_user(world.engine, world.anyone, world.link("verify", "sommerfugl@example.org"), password=PASSWORD)
    ask_for_reset(world.engine, world.anyone, "sommerfugl@example.org")
    return id


def test_an_account_is_erased_and_the_trail_holds(world: World, person: str) -> None:
    engine = world.engine
    kari = world.user("Kari", "kari@example.org")
    organisation = world.organisation(kari)
    reset = world.link("reset", "sommerfugl@example.org")
    invite_member(engine, world.by(kari), organisation_id=organisation, email="sommerfugl@example.org", role="writer")
    accept_invitation(engine, world.by(person), world.link("join", "sommerfugl@example.org"))
    other = world.organisation(person, "Grenda Vel", NUMBERS[1])
    authority = world.authority()
    appoint(engine, world.system, authority_id=authority, user_id=person, role="administrator")
    deliver_outbox(engine, world.system)
    assert words_in(world, *WORDS) == ["Sommerfugl", "sommerfugl@example.org", "98765432"]
    erase_user(engine, world.by(person), person)
    assert words_in(world, *WORDS) == []
    assert examined(world).found == 0
    with pytest.raises(NotAllowedError, match="sign-in-failed"):
        check_password(engine, world.anyone, "sommerfugl@example.org", PASSWORD)
    with pytest.raises(NotAllowedError, match="sign-in-needed"):
        list_of_organisation(engine, world.by(person), other)
    with pytest.raises(NotPossibleError, match="link-used"):
        reset_password(engine, world.anyone, reset, PASSWORD)
    with engine.store.read() as reading:
        assert reading.users.roles_in_authority(person, authority, world.clock()) == frozenset()
        assert reading.users.roles_in_organisation(person, organisation, world.clock()) == frozenset()
        assert reading.trail.of("user", person)[-1].verb == "user-erased"
    everything = dump(world)
    erase_user(engine, world.system, person)
    assert dump(world) == everything


def test_the_last_contact_of_open_applications_stays(world: World) -> None:
    kari = world.user("Kari")
    organisation = world.organisation(kari)
    id = world.draft(world.call(), organisation, kari)
    with pytest.raises(NotPossibleError) as error:
        erase_user(world.engine, world.by(kari), kari)
    assert (error.value.code, error.value.params) == ("person-last-contact", {"organisation": "Bydel Vel"})
    withdraw_application(world.engine, world.by(kari), id)
    erase_user(world.engine, world.by(kari), kari)
    assert examined(world).found == 0


def test_the_last_administrator_stays(world: World) -> None:
    authority = world.authority()
    with pytest.raises(NotPossibleError) as error:
        erase_user(world.engine, world.system, world.made["admin"])
    assert (error.value.code, error.value.params) == ("person-last-administrator", {"authority": {"nb": "IMDI"}})
    appoint(world.engine, world.system, authority_id=authority, user_id=world.user("Berit"), role="administrator")
    erase_user(world.engine, world.system, world.made["admin"])
    assert examined(world).found == 0


def test_nobody_erases_someone_else(world: World, person: str) -> None:
    with pytest.raises(NotAllowedError, match="own-account-only"):
        erase_user(world.engine, world.by(world.user("Kari")), person)
    with pytest.raises(NotFoundError, match="user-not-found"):
        erase_user(world.engine, world.system, "nobody")
