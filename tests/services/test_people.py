"""Accounts, organisations, and who may do what."""

import pytest
from worlds import NUMBERS, PASSWORD, World

from grantengine.errors import ConflictError, InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.services.appoint import appoint, dismiss
from grantengine.services.check_password import check_password
from grantengine.services.create_authority import create_authority
from grantengine.services.create_organisation import create_organisation
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.host_organisation import ask_host, consent_as_host, end_hosting
from grantengine.services.invite_member import accept_invitation, end_role, invite_member
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset, reset_password
from grantengine.services.see_session import see_session
from grantengine.services.verify_user import verify_and_sign_in, verify_user


def _roles(world: World, organisation: str, user: str) -> set[str]:
    with world.engine.store.read() as reading:
        return set(reading.users.roles_in_organisation(user, organisation, world.clock()))


def test_an_account_is_confirmed_by_its_link_once(world: World) -> None:
    register_user(world.engine, world.anyone, email=" Kari@Example.ORG ", name="Kari", password=PASSWORD)
    with pytest.raises(NotAllowedError) as early:
        check_password(world.engine, world.anyone, "kari@example.org", PASSWORD)
    assert early.value.code == "email-not-verified"
    link = world.link("verify", "kari@example.org")
    user = verify_user(world.engine, world.anyone, link, password=PASSWORD)
    assert check_password(world.engine, world.anyone, "kari@example.org", PASSWORD) == user
    with pytest.raises(NotPossibleError) as again:
        verify_user(world.engine, world.anyone, link, password=PASSWORD)
    assert again.value.code == "link-used"


def test_a_link_expires_and_a_wrong_one_is_unknown(world: World) -> None:
    register_user(world.engine, world.anyone, email="kari@example.org", name="Kari", password=PASSWORD)
    world.clock.turn(days=7)
    with pytest.raises(NotPossibleError) as late:
        verify_user(world.engine, world.anyone, world.link("verify", "kari@example.org"), password=PASSWORD)
    assert late.value.code == "link-expired"
    with pytest.raises(NotFoundError):
        verify_user(world.engine, world.anyone, "nonsense", password=PASSWORD)


def test_an_account_is_confirmed_by_the_password_that_was_chosen_with_the_newest_link(world: World) -> None:
    links = []
    for password in ("another password here", PASSWORD):
        register_user(world.engine, world.anyone, email="kari@example.org", name="Kari", password=password)
        links.append(world.link("verify", "kari@example.org"))
    with pytest.raises(NotPossibleError) as older:
        verify_and_sign_in(world.engine, world.anyone, links[0], password="another password here")
    assert older.value.code == "link-used"
    with pytest.raises(InputError) as wrong:
        verify_and_sign_in(world.engine, world.anyone, links[1], password="another password here")
    assert [one.code for one in wrong.value.problems] == ["password-not-chosen"]
    opened = verify_and_sign_in(world.engine, world.anyone, links[1], password=PASSWORD)
    signed_in = see_session(world.engine, world.anyone, opened.secret)
    assert signed_in is not None
    assert signed_in.user_id == check_password(world.engine, world.anyone, "kari@example.org", PASSWORD)


def test_who_has_an_account_is_told_by_mail_only(world: World) -> None:
    kari = world.user("Kari", "kari@example.org")
    register_user(
        world.engine, world.anyone, email="kari@example.org", name="Someone", password="another password here"
    )
    assert [one.template for one in world.messages("kari@example.org")] == ["verify", "already-registered"]
    assert check_password(world.engine, world.anyone, "kari@example.org", PASSWORD) == kari


@pytest.mark.parametrize(("email", "password"), [("kari@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_signing_in_says_nothing_of_what_is_wrong(world: World, email: str, password: str) -> None:
    world.user("Kari", "kari@example.org")
    with pytest.raises(NotAllowedError) as refused:
        check_password(world.engine, world.anyone, email, password)
    assert refused.value.code == "sign-in-failed"


def test_a_password_is_reset_by_link(world: World) -> None:
    kari = world.user("Kari", "kari@example.org")
    ask_for_reset(world.engine, world.anyone, "nobody@example.org")
    ask_for_reset(world.engine, world.anyone, "Kari@example.org")
    first = world.link("reset", "kari@example.org")
    ask_for_reset(world.engine, world.anyone, "kari@example.org")
    with pytest.raises(NotPossibleError):
        reset_password(world.engine, world.anyone, first, "short")  # the link is looked at first: to hash is dear
    assert (
        reset_password(world.engine, world.anyone, world.link("reset", "kari@example.org"), "a new long password")
        == kari
    )
    assert check_password(world.engine, world.anyone, "kari@example.org", "a new long password") == kari
    assert world.messages("kari@example.org")[-1].template == "password-changed"


def test_every_field_that_does_not_fit_is_told(world: World) -> None:
    with pytest.raises(InputError) as error:
        register_user(
            world.engine, world.anyone, email="no address", name="x", password=PASSWORD, language="xx", phone="12"
        )
    assert {problem.where.pointer for problem in error.value.problems} == {"/email", "/name", "/language", "/phone"}
    with pytest.raises(InputError) as short:
        register_user(world.engine, world.anyone, email="a@b.no", name="Kari", password="short")
    assert short.value.problems[0].code == "password-too-short"


def test_an_organisation_is_made_once_by_its_number(world: World) -> None:
    kari, ola = world.user("Kari"), world.user("Ola")
    organisation = world.organisation(kari)
    with pytest.raises(NotPossibleError) as taken:
        create_organisation(world.engine, world.by(ola), name="Bydel Vel", number=NUMBERS[0])
    assert taken.value.code == "organisation-exists"
    with pytest.raises(InputError) as wrong:
        create_organisation(world.engine, world.by(ola), name="Other", number="974760674")
    assert wrong.value.problems[0].code == "organisation-number"
    assert create_organisation(world.engine, world.by(ola), name="Uten nummer") != organisation
    with pytest.raises(NotAllowedError):
        create_organisation(world.engine, world.anyone, name="Ingen")


def test_a_board_hands_over(world: World) -> None:
    kari, ola = world.user("Kari"), world.user("Ola", "ola@example.org")
    organisation = world.organisation(kari)
    with pytest.raises(NotPossibleError) as last:
        end_role(world.engine, world.by(kari), organisation_id=organisation, user_id=kari, role="contact")
    assert last.value.code == "last-contact"
    invite_member(
        world.engine, world.by(kari), organisation_id=organisation, email="ola@example.org", role="contact",
        takes_over_from=kari,
    )  # fmt: skip
    assert accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org")) == organisation
    world.clock.turn(seconds=1)
    assert _roles(world, organisation, ola) == {"contact"}
    assert _roles(world, organisation, kari) == set()
    with pytest.raises(NotFoundError):
        edit_organisation(world.engine, world.by(kari), organisation, 1, {"name": "Mine"})


def test_only_a_contact_invites_and_a_writer_may_leave(world: World) -> None:
    kari, ola = world.user("Kari"), world.user("Ola", "ola@example.org")
    organisation = world.organisation(kari)
    invite_member(world.engine, world.by(kari), organisation_id=organisation, email="ola@example.org", role="writer")
    accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org"))
    with pytest.raises(NotAllowedError) as refused:
        invite_member(world.engine, world.by(ola), organisation_id=organisation, email="x@example.org", role="contact")
    assert refused.value.code == "role-needed"
    with pytest.raises(NotAllowedError):
        end_role(world.engine, world.by(ola), organisation_id=organisation, user_id=kari, role="contact")
    end_role(world.engine, world.by(ola), organisation_id=organisation, user_id=ola, role="writer")
    world.clock.turn(seconds=1)
    assert _roles(world, organisation, ola) == set()


def test_a_profile_is_edited_and_a_stale_edit_shows_both_sides(world: World) -> None:
    kari = world.user("Kari")
    organisation = world.organisation(kari, number=None)
    profile = {"activities": ["språkkafé"], "members": 40, "mentor": "wishes"}
    assert edit_organisation(world.engine, world.by(kari), organisation, 1, {"profile": profile, "listed": True}) == 2
    with pytest.raises(ConflictError) as conflict:
        edit_organisation(world.engine, world.by(kari), organisation, 1, {"name": "Nytt navn"})
    assert conflict.value.mine == {"name": "Nytt navn"}
    assert conflict.value.theirs == {"name": "Bydel Vel"}
    edit_organisation(
        world.engine, world.by(kari), organisation, 2, {"profile": {"mentor": None}, "number": NUMBERS[1]}
    )
    with world.engine.store.read() as reading:
        found = reading.organisations.get(organisation)
        assert found is not None
        assert found.profile == {"activities": ["språkkafé"], "members": 40}
        assert [one.id for one in reading.directory.listed()] == [organisation]
    with pytest.raises(NotPossibleError) as kept:
        edit_organisation(world.engine, world.by(kari), organisation, 3, {"number": NUMBERS[2]})
    assert kept.value.code == "number-kept"


def test_wrong_parts_of_a_profile_are_all_told(world: World) -> None:
    kari = world.user("Kari")
    organisation = world.organisation(kari)
    wrong = {
        "profile": {"members": -1, "activities": "x", "mentor": "maybe", "about": 3, "shoe": 1}, "offices": {"king": "Per"},
        "founded": 3000, "kind": "firm", "listed": "yes", "salt": "x",
    }  # fmt: skip
    with pytest.raises(InputError) as error:
        edit_organisation(world.engine, world.by(kari), organisation, 1, wrong)
    assert {problem.where.pointer for problem in error.value.problems} == {
        "/profile/members", "/profile/activities", "/profile/mentor", "/profile/about", "/profile/shoe", "/offices", "/founded",
        "/kind", "/listed", "/salt",
    }  # fmt: skip


def test_a_host_receives_money_only_with_consent(world: World) -> None:
    kari, ola = world.user("Kari"), world.user("Ola", "ola@example.org")
    small = world.organisation(kari, number=None)
    host = world.organisation(ola, "Stor Vert", NUMBERS[1])
    ask_host(world.engine, world.by(kari), organisation_id=small, host_number=NUMBERS[1])
    assert world.messages("ola@example.org")[-1].template == "host-asked"
    with pytest.raises(NotFoundError):
        consent_as_host(world.engine, world.by(kari), small)
    consent_as_host(world.engine, world.by(ola), small)
    with world.engine.store.read() as reading:
        asked = reading.organisations.host_of(small)
        assert asked is not None
        assert (asked.host_id, asked.consented_by) == (host, ola)
    end_hosting(world.engine, world.by(ola), small)
    with world.engine.store.read() as reading:
        assert reading.organisations.host_of(small) is None


def test_administrators_appoint_and_one_always_stays(world: World) -> None:
    authority = world.authority()
    admin, hanne = world.made["admin"], world.user("Hanne")
    appoint(world.engine, world.by(admin), authority_id=authority, user_id=hanne, role="handler")
    appoint(world.engine, world.by(admin), authority_id=authority, user_id=hanne, role="handler")
    with pytest.raises(NotAllowedError):
        appoint(world.engine, world.by(hanne), authority_id=authority, user_id=hanne, role="leader")
    dismiss(world.engine, world.by(admin), authority_id=authority, user_id=hanne, role="handler")
    with pytest.raises(NotPossibleError) as last:
        dismiss(world.engine, world.by(admin), authority_id=authority, user_id=admin, role="administrator")
    assert last.value.code == "last-administrator"


def test_authorities_are_a_tree_that_administrators_grow(world: World) -> None:
    imdi = world.authority()
    below = create_authority(world.engine, world.by(world.made["admin"]), key="oslo", name={"nb": "Oslo"}, parent=imdi)
    with world.engine.store.read() as reading:
        found = reading.authorities.get(below)
        assert found is not None
        assert found.parent_id == imdi
    with pytest.raises(NotAllowedError):
        create_authority(world.engine, world.by(world.made["admin"]), key="top", name={"nb": "Topp"})
    with pytest.raises(NotPossibleError):
        create_authority(world.engine, world.system, key="imdi", name={"nb": "Igjen"})
