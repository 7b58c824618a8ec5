"""Scenes of signing in and out, the second step, and one's own account."""

from __future__ import annotations

import pyotp
from stage import Call, Stage, changes, reads
from worlds import PASSWORD

from grantengine.records import By
from grantengine.services.ask_by_mail import send_link
from grantengine.services.change_password import change_password
from grantengine.services.check_health import check_health
from grantengine.services.drop_second_factor import drop_second_factor
from grantengine.services.erase_own_account import erase_own_account
from grantengine.services.own_account import see_own_account, see_own_data
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset
from grantengine.services.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    see_second_factor,
)
from grantengine.services.see_link import see_account_link
from grantengine.services.see_session import see_session
from grantengine.services.sign_in import (
    ask_for_link,
    enter_code,
    sign_in,
    sign_in_by_link,
    sign_out,
    sign_out_elsewhere,
)
from grantengine.services.verify_user import ask_to_verify


def code_now(on: Stage, by: By) -> str:
    """What the device of this person shows now; a guess of whoever has none."""
    with on.engine.store.read() as reading:
        factor = reading.sign_in.factor(by.id or "")
    return pyotp.TOTP(factor.secret).at(on.world.clock()) if factor else "000000"


def with_second_factor(on: Stage, by: By) -> None:
    """A code is asked for from now on; the next step of time has begun."""
    begin_second_factor(on.engine, by)
    confirm_second_factor(on.engine, by, code_now(on, by))
    on.world.clock.turn(seconds=30)


def as_before(on: Stage, by: By) -> None:
    """No code is asked for; one that was is ended."""
    factor = see_second_factor(on.engine, by)
    if factor is not None and factor.is_on:
        on.world.clock.turn(seconds=60)
        end_second_factor(on.engine, on.world.by(by.id or ""), code_now(on, by))


def begun(on: Stage, by: By) -> None:
    """A device is being set up."""
    as_before(on, by)
    begin_second_factor(on.engine, by)


def asked_for(on: Stage, by: By) -> None:
    """A code is asked for."""
    as_before(on, by)
    with_second_factor(on, on.world.by(by.id or ""))


@changes("sign_in.sign_in")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return Call(on.anyone, lambda by: sign_in(on.engine, by, email=email, password=PASSWORD))


@changes("sign_in.ask_for_link")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return Call(on.anyone, lambda by: ask_for_link(on.engine, by, email))


@changes("sign_in.sign_in_by_link")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    ask_for_link(on.engine, on.anyone, email)
    return Call(on.anyone, lambda by: sign_in_by_link(on.engine, by, on.world.link("sign-in-link", email)))


@changes("sign_in.enter_code")
def _(on: Stage) -> Call:
    email = on.email()
    person = on.person(email)
    with_second_factor(on, person)
    half = sign_in(on.engine, on.anyone, email=email, password=PASSWORD).secret
    return Call(on.anyone, lambda by: enter_code(on.engine, by, half, code_now(on, person)))


@changes("sign_in.sign_out")
def _(on: Stage) -> Call:
    email = on.email()
    person = on.person(email)
    secret = sign_in(on.engine, on.anyone, email=email, password=PASSWORD).secret
    return Call(person, lambda by: sign_out(on.engine, by, secret))


@changes("sign_in.sign_out_elsewhere")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: sign_out_elsewhere(on.engine, by))


@reads("see_session.see_session")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    secret = sign_in(on.engine, on.anyone, email=email, password=PASSWORD).secret
    return Call(on.anyone, lambda by: see_session(on.engine, by, secret))


@reads("check_health.check_health")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: check_health(on.engine, by))


@changes("verify_user.ask_to_verify")
def _(on: Stage) -> Call:
    email = on.email()
    register_user(on.engine, on.anyone, email=email, name="Kari", password=PASSWORD)
    return Call(on.anyone, lambda by: ask_to_verify(on.engine, by, email))


@changes("ask_by_mail.send_link")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    return Call(on.system, lambda by: send_link(on.engine, by, {"purpose": "reset", "email": email}))


@reads("see_link.see_account_link")
def _(on: Stage) -> Call:
    email = on.email()
    on.person(email)
    ask_for_reset(on.engine, on.anyone, email)
    return Call(on.anyone, lambda by: see_account_link(on.engine, by, "reset", on.world.link("reset", email)))


@changes("second_factor.begin_second_factor")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: begin_second_factor(on.engine, by), first=lambda by: as_before(on, by))


@changes("second_factor.confirm_second_factor")
def _(on: Stage) -> Call:
    person = on.person()
    begin_second_factor(on.engine, person)
    return Call(
        person, lambda by: confirm_second_factor(on.engine, by, code_now(on, by)),
        first=lambda by: begun(on, by),
    )  # fmt: skip


@changes("second_factor.end_second_factor")
def _(on: Stage) -> Call:
    person = on.person()
    with_second_factor(on, person)
    return Call(
        person, lambda by: end_second_factor(on.engine, by, code_now(on, by)),
        first=lambda by: asked_for(on, by),
    )  # fmt: skip


@changes("drop_second_factor.drop_second_factor")
def _(on: Stage) -> Call:
    email = on.email()
    with_second_factor(on, on.person(email))
    return Call(on.system, lambda by: drop_second_factor(on.engine, by, email))


@reads("second_factor.see_second_factor")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: see_second_factor(on.engine, by))


@changes("change_password.change_password")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: change_password(on.engine, by, old=PASSWORD, new="et annet langt passord"))


@changes("erase_own_account.erase_own_account")
def _(on: Stage) -> Call:
    person = on.person()
    return Call(person, lambda by: erase_own_account(on.engine, by, person.id or "", PASSWORD))


@reads("own_account.see_own_account")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: see_own_account(on.engine, by))


@reads("own_account.see_own_data")
def _(on: Stage) -> Call:
    return Call(on.person(), lambda by: see_own_data(on.engine, by))
