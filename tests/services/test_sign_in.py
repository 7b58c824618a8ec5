"""People sign in by password, by link and with a code; nobody tries often, nobody learns who has an account."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from statistics import median
from time import thread_time

import pyotp
import pytest
from statements import counted
from tamper import dump, examined
from worlds import PASSWORD, World

from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.ask_by_mail import ask_by_mail, send_link
from grantengine.services.change_password import change_password
from grantengine.services.clear_sign_ins import clear_sign_ins
from grantengine.services.drop_second_factor import drop_second_factor
from grantengine.services.edit_user import ask_to_change_email, change_email
from grantengine.services.erase_own_account import erase_own_account
from grantengine.services.erase_user import erase_user
from grantengine.services.own_account import see_own_account, see_own_data
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset, reset_password
from grantengine.services.run_jobs import run_jobs
from grantengine.services.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    see_second_factor,
)
from grantengine.services.see_link import see_account_link
from grantengine.services.see_session import IDLE, SignedIn, see_session
from grantengine.services.sessions import HALFWAY, Opened
from grantengine.services.sign_in import (
    ask_for_link,
    enter_code,
    sign_in,
    sign_in_by_link,
    sign_out,
    sign_out_elsewhere,
)
from grantengine.services.throttle import LONGEST, MOST

KARI = "kari@example.org"
OTHER = "et helt annet passord"


@pytest.fixture
def kari(world: World) -> str:
    """Someone with an account."""
    return world.user("Kari", KARI)


def enter(world: World, email: str = KARI, password: str = PASSWORD, sender: str = "") -> Opened:
    return sign_in(world.engine, world.anyone, email=email, password=password, sender=sender)


def seen(world: World, secret: str) -> SignedIn | None:
    return see_session(world.engine, world.anyone, secret)


def device(world: World, kari: str) -> pyotp.TOTP:
    """Kari turns the code on; her device, and the clock in the next step of time."""
    begin_second_factor(world.engine, world.by(kari))
    factor = see_second_factor(world.engine, world.by(kari))
    assert factor is not None
    made = pyotp.TOTP(factor.secret)
    confirm_second_factor(world.engine, world.by(kari), made.at(world.clock()))
    world.clock.turn(seconds=30)
    return made


def verbs(world: World, kari: str) -> list[str]:
    return [verb for _, verb in see_own_data(world.engine, world.by(kari)).events]


def test_a_session_has_a_secret_of_its_own_that_is_kept_nowhere(world: World, kari: str) -> None:
    first, second = enter(world), enter(world)
    assert first.secret != second.secret
    assert not first.needs_code
    person = seen(world, first.secret)
    assert person is not None
    assert (person.user_id, person.name, person.is_staff) == (kari, "Kari", False)
    assert first.secret not in str(dump(world))
    assert verbs(world, kari)[-2:] == ["signed-in", "signed-in"]


def test_a_session_ends_when_nothing_is_seen_of_it_and_after_a_week_in_any_case(world: World, kari: str) -> None:
    idle, used = enter(world).secret, enter(world).secret
    for _ in range(27):
        world.clock.turn(hours=6)
        assert seen(world, used) is not None
    assert seen(world, idle) is None
    world.clock.turn(hours=6)
    assert seen(world, used) is None


def test_who_signs_out_is_out_here_or_everywhere_else(world: World, kari: str) -> None:
    here, there, gone = (enter(world).secret for _ in range(3))
    sign_out(world.engine, world.by(kari), gone)
    sign_out(world.engine, world.by(kari), gone)
    assert seen(world, gone) is None
    this = seen(world, here)
    assert this is not None
    assert sign_out_elsewhere(world.engine, world.by(kari), this.session) == 1
    assert (seen(world, here) is None, seen(world, there) is None) == (False, True)


def test_all_other_sessions_end_with_the_password(world: World, kari: str) -> None:
    here, there = enter(world).secret, enter(world).secret
    this = seen(world, here)
    assert this is not None
    with pytest.raises(InputError) as wrong:
        change_password(world.engine, world.by(kari), old="feil", new=OTHER, session=this.session)
    assert [(one.code, one.where.pointer) for one in wrong.value.problems] == [("password-wrong", "/old_password")]
    change_password(world.engine, world.by(kari), old=PASSWORD, new=OTHER, session=this.session)
    assert (seen(world, here) is None, seen(world, there) is None) == (False, True)
    ask_for_reset(world.engine, world.anyone, KARI)
    reset_password(world.engine, world.anyone, world.link("reset", KARI), PASSWORD)
    assert seen(world, here) is None
    assert world.messages(KARI)[-1].template == "password-changed"


def test_a_reset_ends_links_that_sign_in_too_and_another_address_ends_both(world: World, kari: str) -> None:
    ask_for_link(world.engine, world.anyone, KARI)
    ask_for_reset(world.engine, world.anyone, KARI)
    reset_password(world.engine, world.anyone, world.link("reset", KARI), OTHER)
    with pytest.raises(NotPossibleError):
        sign_in_by_link(world.engine, world.anyone, world.link("sign-in-link", KARI))
    ask_for_reset(world.engine, world.anyone, KARI)
    ask_to_change_email(world.engine, world.by(kari), "ny@example.org", OTHER)
    change_email(world.engine, world.anyone, world.link("email-change", "ny@example.org"))
    with pytest.raises(NotPossibleError) as used:
        reset_password(world.engine, world.anyone, world.link("reset", KARI), PASSWORD)
    assert used.value.code == "link-used"


def test_a_link_signs_in_once_and_for_half_an_hour(world: World, kari: str) -> None:
    ask_for_link(world.engine, world.anyone, KARI)
    link = world.link("sign-in-link", KARI)
    for _ in range(3):  # what looks through mail opens it, and it stays
        assert see_account_link(world.engine, world.anyone, "sign-in", link).name == "Kari"
    opened = sign_in_by_link(world.engine, world.anyone, link)
    assert seen(world, opened.secret) is not None
    with pytest.raises(NotPossibleError) as used:
        sign_in_by_link(world.engine, world.anyone, link)
    assert used.value.code == "link-used"
    ask_for_link(world.engine, world.anyone, KARI)
    world.clock.turn(minutes=30)
    with pytest.raises(NotPossibleError) as late:
        sign_in_by_link(world.engine, world.anyone, world.link("sign-in-link", KARI))
    assert late.value.code == "link-expired"
    with pytest.raises(NotFoundError):
        sign_in_by_link(world.engine, world.anyone, "tull")
    with pytest.raises(NotFoundError):
        see_account_link(world.engine, world.anyone, "reset", link)


def test_to_who_has_not_confirmed_the_address_goes_the_link_that_does(world: World) -> None:
    register_user(world.engine, world.anyone, email=KARI, name="Kari", password=PASSWORD)
    first = world.link("verify", KARI)
    ask_for_link(world.engine, world.anyone, KARI)
    assert [one.template for one in world.messages(KARI)] == ["verify", "verify"]
    with pytest.raises(NotPossibleError):
        see_account_link(world.engine, world.anyone, "verify", first)
    assert see_account_link(world.engine, world.anyone, "verify", world.link("verify", KARI)).email == KARI


def test_after_the_password_comes_the_code_and_each_counts_once(world: World, kari: str) -> None:
    phone = device(world, kari)
    half = enter(world)
    assert half.needs_code
    assert seen(world, half.secret) is None
    code = phone.at(world.clock())
    with pytest.raises(InputError) as wrong:
        enter_code(world.engine, world.anyone, half.secret, f"{(int(code) + 1) % 1_000_000:06d}")
    assert [(one.code, one.where.pointer) for one in wrong.value.problems] == [("code-wrong", "/code")]
    secret = enter_code(world.engine, world.anyone, half.secret, f" {code[:3]} {code[3:]} ")
    assert secret != half.secret
    assert seen(world, secret) is not None
    with pytest.raises(NotPossibleError):
        enter_code(world.engine, world.anyone, half.secret, code)
    again = enter(world)
    with pytest.raises(InputError):
        enter_code(world.engine, world.anyone, again.secret, code)
    world.clock.turn(seconds=30)
    assert enter_code(world.engine, world.anyone, again.secret, phone.at(world.clock()))
    assert verbs(world, kari)[-2:] == ["code-used", "signed-in"]


def test_the_first_step_is_forgotten_after_a_while(world: World, kari: str) -> None:
    phone = device(world, kari)
    half = enter(world)
    world.clock.turn(seconds=HALFWAY.total_seconds())
    with pytest.raises(NotPossibleError) as late:
        enter_code(world.engine, world.anyone, half.secret, phone.at(world.clock()))
    assert late.value.code == "sign-in-too-late"


def test_a_new_password_ends_a_first_step_too(world: World, kari: str) -> None:
    phone = device(world, kari)
    half = enter(world)
    ask_for_reset(world.engine, world.anyone, KARI)
    reset_password(world.engine, world.anyone, world.link("reset", KARI), OTHER)
    with pytest.raises(NotPossibleError):
        enter_code(world.engine, world.anyone, half.secret, phone.at(world.clock()))


def test_a_link_needs_the_code_too(world: World, kari: str) -> None:
    phone = device(world, kari)
    ask_for_link(world.engine, world.anyone, KARI)
    half = sign_in_by_link(world.engine, world.anyone, world.link("sign-in-link", KARI))
    assert (half.needs_code, seen(world, half.secret)) == (True, None)
    assert seen(world, enter_code(world.engine, world.anyone, half.secret, phone.at(world.clock()))) is not None


def test_codes_for_a_lost_device_are_shown_once_and_used_once(world: World, kari: str) -> None:
    begin_second_factor(world.engine, world.by(kari))
    begun = see_second_factor(world.engine, world.by(kari))
    assert begun is not None
    assert (begun.is_on, begun.address.startswith("otpauth://totp/Tilskuddsportalen:kari")) == (False, True)
    spare = confirm_second_factor(world.engine, world.by(kari), pyotp.TOTP(begun.secret).at(world.clock()))
    assert len(set(spare)) == 10
    assert all(re.fullmatch("[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}", one) for one in spare)
    assert not any(one in str(dump(world)) or one.replace("-", "") in str(dump(world)) for one in spare)
    enter_code(world.engine, world.anyone, enter(world).secret, spare[3].upper().replace("O", "0"))
    with pytest.raises(InputError):
        enter_code(world.engine, world.anyone, enter(world).secret, spare[3])
    now = see_second_factor(world.engine, world.by(kari))
    assert now is not None
    assert (now.is_on, now.spare, now.secret, now.address) == (True, 9, "", "")


def test_turning_the_code_on_or_off_needs_a_code_and_ends_other_sessions(world: World, kari: str) -> None:
    before = enter(world).secret
    phone = device(world, kari)
    assert seen(world, before) is None
    with pytest.raises(NotPossibleError) as on:
        begin_second_factor(world.engine, world.by(kari))
    assert on.value.code == "second-factor-on"
    with pytest.raises(InputError):
        end_second_factor(world.engine, world.by(kari), "000000")
    inside = enter_code(world.engine, world.anyone, enter(world).secret, phone.at(world.clock()))
    world.clock.turn(seconds=30)
    end_second_factor(world.engine, world.by(kari), phone.at(world.clock()))
    assert seen(world, inside) is None
    assert not enter(world).needs_code
    assert [one.template for one in world.messages(KARI)][-2:] == ["second-factor-on", "second-factor-off"]
    for call in (confirm_second_factor, end_second_factor):
        with pytest.raises(NotPossibleError) as off:
            call(world.engine, world.by(kari), "000000")
        assert off.value.code == "second-factor-off"
    assert examined(world).findings == ()


def test_passwords_are_tried_so_often_and_no_more(world: World, kari: str) -> None:
    for _ in range(MOST["password"]):
        with pytest.raises(NotAllowedError) as wrong:
            enter(world, password="feil")
        assert wrong.value.code == "sign-in-failed"
    world.clock.turn(minutes=5, seconds=1)
    with pytest.raises(NotAllowedError) as many:
        enter(world)
    assert (many.value.code, many.value.params["minutes"]) == ("too-many-tries", 10)
    world.clock.turn(minutes=10)
    assert enter(world).secret


def test_nobody_learns_from_counting_who_has_an_account(world: World, kari: str) -> None:
    said: dict[str, list[str]] = {}
    for email in (KARI, "ingen@example.org"):
        for _ in range(MOST["password"] + 2):
            with pytest.raises(NotAllowedError) as error:
                enter(world, email, "feil")
            said.setdefault(email, []).append(error.value.code)
    assert said[KARI] == said["ingen@example.org"]
    assert said[KARI][-1] == "too-many-tries"


def test_a_success_forgets_what_was_tried_for_the_address_and_is_no_try_of_the_sender(world: World, kari: str) -> None:
    for _ in range(3):
        for _ in range(MOST["password"] - 1):
            with pytest.raises(NotAllowedError):
                enter(world, password="feil", sender="192.0.2.1")
        assert enter(world, sender="192.0.2.1").secret
    for n in range(MOST["password-from"] - 3 * (MOST["password"] - 1)):
        with pytest.raises(NotAllowedError) as wrong:
            enter(world, f"nr{n}@example.org", "feil", sender="192.0.2.1")
        assert wrong.value.code == "sign-in-failed"
    with pytest.raises(NotAllowedError) as many:
        enter(world, sender="192.0.2.1")
    assert many.value.code == "too-many-tries"
    assert enter(world, sender="192.0.2.2").secret


def test_who_has_tried_too_often_does_not_shut_others_out(world: World, kari: str) -> None:
    for n in range(MOST["password-from"]):
        with pytest.raises(NotAllowedError):
            enter(world, f"nr{n}@example.org", "feil", sender="192.0.2.1")
    for _ in range(MOST["password"] + 1):
        with pytest.raises(NotAllowedError):
            enter(world, password="feil", sender="192.0.2.1")
    assert enter(world, sender="192.0.2.2").secret


def test_codes_are_tried_so_often_whatever_the_password(world: World, kari: str) -> None:
    phone = device(world, kari)
    for _ in range(MOST["code"]):
        with pytest.raises(InputError):
            enter_code(world.engine, world.anyone, enter(world).secret, "nei")
    with pytest.raises(NotAllowedError) as many:
        enter_code(world.engine, world.anyone, enter(world).secret, phone.at(world.clock()))
    assert many.value.code == "too-many-tries"


def test_several_workers_count_together(world: World, kari: str) -> None:
    """Two engines on one database, each with four threads: of 40 tries at once, so many are looked at as may be."""
    from grantengine.store.database import Database
    from grantengine.store.unit_of_work import Store

    other = replace(world.engine)
    store = Store(Database(world.engine.settings.database_url), other.new_id, other.new_secret)
    other.__dict__["store"] = store
    at = world.clock()

    def attempt(n: int) -> str:
        engine = (world.engine, other)[n % 2]
        try:
            sign_in(engine, By("link", None, at), email=KARI, password="feil", sender=f"192.0.2.{n}")
        except NotAllowedError as error:
            return error.code
        return "in"

    with closing(store.database), ThreadPoolExecutor(8) as pool:
        said = list(pool.map(attempt, range(40)))
    assert (said.count("sign-in-failed"), said.count("too-many-tries")) == (MOST["password"], 40 - MOST["password"])


def test_one_code_lets_one_in_also_when_two_come_at_once(world: World, kari: str) -> None:
    phone = device(world, kari)
    code, halves, at = phone.at(world.clock()), [enter(world).secret for _ in range(4)], world.clock()

    def attempt(half: str) -> str:
        try:
            return enter_code(world.engine, By("link", None, at), half, code)
        except InputError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(attempt, halves))
    assert len([secret for secret in said if secret]) == 1


@pytest.mark.parametrize("purpose", ["reset", "sign-in", "verify"])
def test_asking_for_a_link_does_the_same_for_every_address(world: World, kari: str, purpose: str) -> None:
    done = []
    for email in (KARI, "ingen@example.org"):
        with counted(world) as sent:
            ask_by_mail(world.engine, world.anyone, purpose, email, "192.0.2.1")
        done.append(list(sent))
    assert done[0] == done[1]
    before = len(world.messages())
    run_jobs(world.engine, world.system)
    new = [(one.address, one.template) for one in world.messages()[before:]]
    template = {"reset": [(KARI, "reset")], "sign-in": [(KARI, "sign-in-link")], "verify": []}[purpose]
    assert new == template


def test_links_are_asked_for_so_often_and_no_more(world: World, kari: str) -> None:
    for email in (KARI, "ingen@example.org"):
        for _ in range(MOST["mail"]):
            ask_by_mail(world.engine, world.anyone, "reset", email)
        with pytest.raises(NotAllowedError) as many:
            ask_by_mail(world.engine, world.anyone, "sign-in", email)
        assert many.value.code == "too-many-tries"
    with pytest.raises(InputError):
        ask_by_mail(world.engine, world.anyone, "join", KARI)
    with pytest.raises(NotAllowedError):
        send_link(world.engine, world.anyone, {"purpose": "reset", "email": KARI})


def test_accounts_are_made_from_one_place_so_often_and_no_more(world: World) -> None:
    for n in range(MOST["mail-from"]):
        register_user(
            world.engine, world.anyone, email=f"p{n}@example.org", name="Per", password=PASSWORD, sender="192.0.2.1"
        )
    with pytest.raises(NotAllowedError) as many:
        register_user(world.engine, world.anyone, email=KARI, name="Kari", password=PASSWORD, sender="192.0.2.1")
    assert many.value.code == "too-many-tries"


def test_a_wrong_password_takes_as_long_as_an_unknown_address(world: World, kari: str) -> None:
    slow = replace(world.engine, settings=replace(world.engine.settings, password_memory=16_384))
    slow.__dict__["store"] = world.engine.store
    change_password(slow, world.by(kari), old=PASSWORD, new=OTHER)  # hashed as slowly as is checked
    took: dict[str, list[float]] = {KARI: [], "ingen@example.org": []}
    for _ in range(5):
        for email, times in took.items():
            began = thread_time()  # what it computes: others have the machine's time too
            with pytest.raises(NotAllowedError):
                sign_in(slow, world.anyone, email=email, password="feil")
            times.append(thread_time() - began)
    known, unknown = (median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


def test_what_has_ended_is_removed(world: World, kari: str) -> None:
    enter(world)
    with pytest.raises(NotAllowedError):
        enter(world, password="feil")
    with pytest.raises(NotAllowedError):
        clear_sign_ins(world.engine, world.by(kari))
    clear_sign_ins(world.engine, world.system)
    assert (len(dump(world)["user_sessions"]), len(dump(world)["tries"])) == (1, 1)
    for passed, left in ((IDLE, (0, 1)), (LONGEST, (0, 0))):
        world.clock.turn(seconds=passed.total_seconds())
        clear_sign_ins(world.engine, world.system)
        assert (len(dump(world)["user_sessions"]), len(dump(world)["tries"])) == left


def test_with_the_account_go_its_sessions_and_its_second_factor(world: World, kari: str) -> None:
    phone = device(world, kari)
    inside = enter_code(world.engine, world.anyone, enter(world).secret, phone.at(world.clock()))
    half = enter(world).secret
    with pytest.raises(InputError):
        erase_own_account(world.engine, world.by(kari), kari, "feil")
    with pytest.raises(NotAllowedError):
        erase_own_account(world.engine, world.by(world.user("Ola")), kari, PASSWORD)
    erase_own_account(world.engine, world.by(kari), kari, PASSWORD)
    assert seen(world, inside) is None
    with pytest.raises(NotPossibleError):
        enter_code(world.engine, world.anyone, half, phone.at(world.clock()))
    rows = dump(world)
    assert (rows["user_sessions"], rows["second_factors"]) == ([], [])
    assert phone.secret not in str(rows)
    erase_user(world.engine, world.system, kari)
    assert examined(world).findings == ()


def test_one_sees_what_is_known_of_oneself(world: World, kari: str) -> None:
    organisation = world.organisation(kari)
    enter(world)
    own = see_own_account(world.engine, world.by(kari))
    assert (own.email, own.name, own.language, own.asks_for_code) == (KARI, "Kari", "nb", False)
    assert [(one.kind, one.name, one.role) for one in own.roles] == [("organisation", "Bydel Vel", "contact")]
    assert [one.how for one in own.sessions] == ["password"]
    assert organisation not in str(own)


@pytest.mark.parametrize("email", ["", "a\0b@example.org", "x" * 100_000, "kari", 7])
def test_an_address_that_is_none_is_told_and_not_counted(world: World, kari: str, email: str) -> None:
    with pytest.raises(InputError) as told:
        enter(world, email)
    assert [one.code for one in told.value.problems][-1] == "email-format"
    assert dump(world)["tries"] == []


@pytest.mark.parametrize("code", ["", "a\0b", "9" * 100_000, "æøå", "１２３４５６", "\ud800"])
def test_a_code_that_is_none_is_wrong(world: World, kari: str, code: str) -> None:
    device(world, kari)
    with pytest.raises(InputError) as told:
        enter_code(world.engine, world.anyone, enter(world).secret, code)
    assert [one.code for one in told.value.problems] == ["code-wrong"]


def test_who_has_lost_telephone_and_codes_is_let_in_again_by_those_who_run_it(world: World, kari: str) -> None:
    device(world, kari)
    half = enter(world)
    with pytest.raises(NotAllowedError):
        drop_second_factor(world.engine, world.by(kari), KARI)
    drop_second_factor(world.engine, world.system, f" {KARI.upper()} ")
    with pytest.raises(NotPossibleError):
        enter_code(world.engine, world.anyone, half.secret, "000000")
    assert not enter(world).needs_code
    assert world.messages(KARI)[-1].template == "second-factor-off"
    with pytest.raises(NotPossibleError):
        drop_second_factor(world.engine, world.system, KARI)
    with pytest.raises(NotFoundError):
        drop_second_factor(world.engine, world.system, "ingen@example.org")
    assert examined(world).findings == ()
