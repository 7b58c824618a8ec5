"""Scenes of people, authorities and calls."""

from __future__ import annotations

from stage import Call, Stage, changes, reads
from worlds import NUMBERS, PASSWORD

from grantengine.services.appoint import appoint, dismiss
from grantengine.services.change_call import change_call
from grantengine.services.check_password import check_password
from grantengine.services.create_authority import create_authority
from grantengine.services.edit_user import ask_to_change_email, change_email, edit_user
from grantengine.services.erase_user import erase_user
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.find_examples import find_examples
from grantengine.services.import_grants import import_grants
from grantengine.services.invite_to_call import invite_to_call
from grantengine.services.open_call import open_call
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset, reset_password
from grantengine.services.see_messages import see_messages
from grantengine.services.verify_user import verify_and_sign_in, verify_user


@changes("register_user.register_user")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: register_user(on.engine, by, email=on.email(), name="Kari", password=PASSWORD))


@changes("verify_user.verify_user")
def _(on: Stage) -> Call:
    email = on.email()
    register_user(on.engine, on.anyone, email=email, name="Kari", password=PASSWORD)
    return Call(on.anyone, lambda by: verify_user(on.engine, by, on.world.link("verify", email), password=PASSWORD))


@changes("verify_user.verify_and_sign_in")
def _(on: Stage) -> Call:
    email = on.email()
    register_user(on.engine, on.anyone, email=email, name="Kari", password=PASSWORD)
    link = on.world.link("verify", email)
    return Call(on.anyone, lambda by: verify_and_sign_in(on.engine, by, link, password=PASSWORD))


@changes("edit_user.edit_user")
def _(on: Stage) -> Call:
    by = on.person()
    return Call(by, lambda by: edit_user(on.engine, by, {"name": "Nytt Navn"}))


@changes("edit_user.ask_to_change_email")
def _(on: Stage) -> Call:
    by = on.person()
    return Call(by, lambda by: ask_to_change_email(on.engine, by, on.email(), PASSWORD))


@changes("edit_user.change_email")
def _(on: Stage) -> Call:
    by, email = on.person(), on.email()
    ask_to_change_email(on.engine, by, email, PASSWORD)
    return Call(on.anyone, lambda by: change_email(on.engine, by, on.world.link("email-change", email)))


@changes("reset_password.ask_for_reset")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return Call(on.anyone, lambda by: ask_for_reset(on.engine, by, email))


@changes("reset_password.reset_password")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    ask_for_reset(on.engine, on.anyone, email)
    return Call(on.anyone, lambda by: reset_password(on.engine, by, on.world.link("reset", email), PASSWORD))


@reads("check_password.check_password")
def _(on: Stage) -> Call:
    """A password that is hashed in an outdated way is hashed anew, which is told; that has a test of its own."""
    email = on.email()
    on.person(email)
    return Call(on.anyone, lambda by: check_password(on.engine, by, email, PASSWORD))


@changes("erase_user.erase_user")
def _(on: Stage) -> Call:
    person = on.person()
    on.organisation(person)
    return Call(person, lambda by: erase_user(on.engine, by, person.id or ""))


@changes("create_authority.create_authority")
def _(on: Stage) -> Call:
    key = f"bergen{on.number()}"
    return Call(on.system, lambda by: create_authority(on.engine, by, key=key, name={"nb": "Bergen"}))


@changes("appoint.appoint")
def _(on: Stage) -> Call:
    person = on.person().id or ""
    return Call(on.admin, lambda by: appoint(on.engine, by, authority_id=on.authority, user_id=person, role="assessor"))


@changes("appoint.dismiss")
def _(on: Stage) -> Call:
    person = on.person().id or ""
    appoint(on.engine, on.admin, authority_id=on.authority, user_id=person, role="assessor")
    return Call(on.admin, lambda by: dismiss(on.engine, by, authority_id=on.authority, user_id=person, role="assessor"))


@changes("import_grants.import_grants")
def _(on: Stage) -> Call:
    row = {"organisation_number": NUMBERS[0], "scheme": "Integrering", "year": 2025, "amount": "50000.00"}
    return Call(on.admin, lambda by: import_grants(on.engine, by, on.authority, [row]))


CLOSES = [{"op": "replace", "path": "/call/closes", "value": "2027-03-15T23:59"}]


@changes("publish_scheme.publish_scheme")
def _(on: Stage) -> Call:
    source = on.version()
    return Call(on.handler, lambda by: publish_scheme(on.engine, by, source))


@changes("open_call.open_call")
def _(on: Stage) -> Call:
    version = publish_scheme(on.engine, on.handler, on.version())
    return Call(on.handler, lambda by: open_call(on.engine, by, version))


@changes("change_call.change_call")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: change_call(on.engine, by, on.call, CLOSES, reason="Mange har bedt om det"))


@changes("extend_deadline.extend_deadline")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    return Call(
        on.handler,
        lambda by: extend_deadline(
            on.engine, by, call_id=on.call, organisation_id=organisation, closes="2027-03-20T12:00", reason="Sykdom"
        ),
        organisation,
    )


@changes("invite_to_call.invite_to_call")
def _(on: Stage) -> Call:
    organisation = on.organisation(on.person())
    return Call(
        on.handler,
        lambda by: invite_to_call(on.engine, by, call_id=on.call, organisation_id=organisation),
        organisation,
    )


@reads("find_examples.find_examples")
def _(on: Stage) -> Call:
    on.submitted()
    return Call(on.system, lambda by: find_examples(on.engine, by))


@reads("see_messages.see_messages")
def _(on: Stage) -> Call:
    on.person()
    return Call(on.system, lambda by: see_messages(on.engine, by))
