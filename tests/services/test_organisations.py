"""The directory, networks, what an organisation sees of itself, and what a person says of themselves."""

import pytest
from worlds import NUMBERS, PASSWORD, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.services.check_password import check_password
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.edit_user import ask_to_change_email, change_email, edit_user
from grantengine.services.find_organisations import find_organisations
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.join_network import ask_to_join, leave_network, take_in
from grantengine.services.read_organisation import list_my_organisations, read_organisation
from grantengine.services.refresh_organisation import refresh_organisation

SWIMS = {"activities": ["Svømmekurs", "Turgruppe"], "languages": ["somali", "norsk"], "target_groups": ["Kvinner"]}


def listed(world: World, contact: str, name: str, number: str, place: str, profile: dict[str, object]) -> str:
    """An organisation that wants to be found."""
    id = world.organisation(contact, name, number)
    changes = {"listed": True, "municipality": place, "profile": profile}
    edit_organisation(world.engine, world.by(contact), id, 1, changes)
    return id


def names(world: World, **asked: str) -> list[str]:
    return [one.name for one in find_organisations(world.engine, world.anyone, **asked).items]  # type: ignore[arg-type]


def test_those_who_want_to_be_found_are_found_by_what_they_do(world: World) -> None:
    kari = world.user()
    listed(world, kari, "Ærlig Vannglede", NUMBERS[0], "0301", {**SWIMS, "mentor": "offers"})
    listed(world, kari, "Bergen Turlag", NUMBERS[1], "4601", {"activities": ["turgruppe"], "mentor": "wishes"})
    world.organisation(kari, "Vil ikke synes", NUMBERS[2])
    assert names(world) == ["Ærlig Vannglede", "Bergen Turlag"]
    assert names(world, words="svøm") == ["Ærlig Vannglede"]
    assert names(world, words="ÆRLIG turgruppe") == ["Ærlig Vannglede"]
    assert names(world, words="100%_") == []
    assert names(world, activity="Turgruppe ") == ["Ærlig Vannglede", "Bergen Turlag"]
    assert names(world, activity="Turgruppe", place="46") == ["Bergen Turlag"]
    assert names(world, place="0301", language="Somali") == ["Ærlig Vannglede"]
    assert names(world, mentor="offers", target_group="kvinner") == ["Ærlig Vannglede"]
    with pytest.raises(InputError) as error:
        find_organisations(world.engine, world.anyone, place="Oslo", mentor="much")
    assert [problem.code for problem in error.value.problems] == ["place-format", "not-one-of"]


def test_who_no_longer_wants_to_be_found_is_not(world: World) -> None:
    kari = world.user()
    id = listed(world, kari, "Bydel Vel", NUMBERS[0], "0301", SWIMS)
    edit_organisation(world.engine, world.by(kari), id, 2, {"profile": {"activities": ["Sjakk"]}})
    assert names(world, words="svøm") == []
    assert names(world, words="sjakk") == ["Bydel Vel"]
    edit_organisation(world.engine, world.by(kari), id, 3, {"listed": False})
    assert names(world) == []


def test_the_directory_comes_in_pages(world: World) -> None:
    kari = world.user()
    for number, place in enumerate(["0301", "4601", "5001"]):
        listed(world, kari, f"Lag {number}", NUMBERS[number], place, {})
    first = find_organisations(world.engine, world.anyone, limit=2)
    assert ([one.name for one in first.items], first.after) == (["Lag 0", "Lag 1"], first.items[1].id)
    assert first.after is not None
    rest = find_organisations(world.engine, world.anyone, limit=2, after=first.after)
    assert ([one.name for one in rest.items], rest.after) == (["Lag 2"], None)


def test_an_organisation_sees_its_people_and_that_a_second_contact_is_wanted(world: World) -> None:
    kari, ola = world.user("Kari"), world.user("Ola", "ola@example.org")
    id = world.organisation(kari)
    invite_member(world.engine, world.by(kari), organisation_id=id, email="ola@example.org", role="contact")
    seen = read_organisation(world.engine, world.by(kari), id)
    assert [(one.name, one.role) for one in seen.people] == [("Kari", "contact")]
    assert [(one.email, one.role) for one in seen.asked] == [("ola@example.org", "contact")]
    assert seen.contacts_wanted == 1
    accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org"))
    seen = read_organisation(world.engine, world.by(ola), id)
    assert ([one.name for one in seen.people], seen.asked, seen.contacts_wanted) == (["Kari", "Ola"], (), 0)
    assert [(one.id, one.roles) for one in list_my_organisations(world.engine, world.by(ola))] == [(id, ("contact",))]
    with pytest.raises(NotFoundError):
        read_organisation(world.engine, world.by(world.user("Per")), id)


def test_a_network_takes_members_in_and_either_side_ends_it(world: World) -> None:
    kari, nina = world.user("Kari"), world.user("Nina", "nina@example.org")
    member, network = world.organisation(kari), world.organisation(nina, "Nettet", NUMBERS[1])
    with pytest.raises(NotFoundError) as error:
        ask_to_join(world.engine, world.by(kari), network_id=network, organisation_id=member)
    assert error.value.code == "network-not-found"
    edit_organisation(world.engine, world.by(nina), network, 1, {"kind": "network"})
    ask_to_join(world.engine, world.by(kari), network_id=network, organisation_id=member)
    ask_to_join(world.engine, world.by(kari), network_id=network, organisation_id=member)
    assert len(world.messages("nina@example.org", "membership-asked")) == 1
    with pytest.raises(NotFoundError):  # one can not take oneself in
        take_in(world.engine, world.by(kari), network_id=network, organisation_id=member)
    [asked] = read_organisation(world.engine, world.by(kari), member).networks
    assert (asked.name, asked.agreed) == ("Nettet", None)
    take_in(world.engine, world.by(nina), network_id=network, organisation_id=member)
    [taken] = read_organisation(world.engine, world.by(nina), network).members
    assert (taken.organisation_id, taken.agreed) == (member, world.clock())
    leave_network(world.engine, world.by(nina), network_id=network, organisation_id=member)
    assert read_organisation(world.engine, world.by(kari), member).networks == ()
    with pytest.raises(NotPossibleError):
        leave_network(world.engine, world.by(kari), network_id=network, organisation_id=member)
    with pytest.raises(NotFoundError):
        take_in(world.engine, world.by(nina), network_id=network, organisation_id=member)
    ask_to_join(world.engine, world.by(kari), network_id=network, organisation_id=member)
    assert read_organisation(world.engine, world.by(kari), member).networks[0].agreed is None


def test_a_person_chooses_language_and_channel(world: World) -> None:
    kari = world.user("Kari", "kari@example.org")
    with pytest.raises(InputError) as error:
        edit_user(world.engine, world.by(kari), {"channel": "sms"})
    assert [problem.code for problem in error.value.problems] == ["phone-missing"]
    with pytest.raises(InputError) as error:
        edit_user(world.engine, world.by(kari), {"language": "fr", "phone": "12", "email": "x@example.org"})
    assert {problem.code for problem in error.value.problems} == {"language-unknown", "phone-format", "field-unknown"}
    edit_user(world.engine, world.by(kari), {"channel": "sms", "phone": "+47 999 99 999", "language": "nn"})
    ola = world.user("Ola", "ola@example.org")
    id = world.organisation(kari)
    invite_member(world.engine, world.by(kari), organisation_id=id, email="ola@example.org", role="writer")
    accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org"))
    [message] = world.messages("+4799999999", "joined")
    assert (message.channel, message.language) == ("sms", "nn")
    assert message.body == "Ola kan no arbeide for Bydel Vel."


def test_an_address_is_changed_by_a_link_to_the_new_one(world: World) -> None:
    kari = world.user("Kari", "kari@example.org")
    world.user("Ola", "ola@example.org")
    ask_to_change_email(world.engine, world.by(kari), "Ny@example.org", PASSWORD)
    assert check_password(world.engine, world.anyone, "kari@example.org", PASSWORD) == kari
    assert change_email(world.engine, world.anyone, world.link("email-change", "ny@example.org")) == kari
    assert check_password(world.engine, world.anyone, "ny@example.org", PASSWORD) == kari
    with pytest.raises(NotAllowedError):
        check_password(world.engine, world.anyone, "kari@example.org", PASSWORD)
    assert len(world.messages("kari@example.org", "email-changed")) == 1
    ask_to_change_email(world.engine, world.by(kari), "ola@example.org", PASSWORD)
    assert world.messages("ola@example.org", "email-change") == []
    assert len(world.messages("ola@example.org", "already-registered")) == 1
    ask_to_change_email(world.engine, world.by(kari), "to@example.org", PASSWORD)
    world.user("Tom", "to@example.org")
    with pytest.raises(NotPossibleError) as error:
        change_email(world.engine, world.anyone, world.link("email-change", "to@example.org"))
    assert error.value.code == "email-taken"


def test_what_the_register_says_of_an_organisation_is_taken_over(world: World) -> None:
    kari = world.user()
    id = listed(world, kari, "Bydel Vel", NUMBERS[0], "0301", {"members": 40, "employees": 1})
    with pytest.raises(NotPossibleError) as error:
        refresh_organisation(world.engine, world.by(kari), id)
    assert error.value.code == "register-silent"
    place = {"kommunenummer": "4601"}
    world.registered(NUMBERS[0], antallAnsatte=7, stiftelsesdato="1998-04-01", forretningsadresse=place)
    changed = refresh_organisation(world.engine, world.by(kari), id)
    assert changed == ("municipality", "founded", "employees")
    seen = read_organisation(world.engine, world.by(kari), id)
    assert (seen.municipality, seen.founded, seen.version) == ("4601", 1998, 3)
    assert seen.profile == {"members": 40, "employees": 7}
    assert refresh_organisation(world.engine, world.by(kari), id) == ()
    world.registered(NUMBERS[0])
    assert refresh_organisation(world.engine, world.by(kari), id) == ()
    without = world.organisation(kari, "Uten nummer", None)
    with pytest.raises(NotPossibleError) as error:
        refresh_organisation(world.engine, world.by(kari), without)
    assert error.value.code == "number-missing"
