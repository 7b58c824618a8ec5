"""Codes of a telephone are turned on, and signing in takes one from then on."""

from __future__ import annotations

import pyotp
from browser.conftest import Visits
from browser.town import SIGNED_OUT, Town
from browser.visitors import faults_in_every_way
from worlds import PASSWORD

EMAIL = "other.contact@example.org"


def test_signing_in_takes_a_code_of_the_telephone(looker: Visits, town: Town) -> None:
    visitor, clock = looker(SIGNED_OUT), town.everyone.world.clock
    page = visitor.page
    visitor.sign_in(EMAIL)
    visitor.go("/me/second-factor")
    visitor.presses(page.locator("main form button").first)
    assert faults_in_every_way(page) == []
    device = pyotp.TOTP("".join(page.inner_text(".site-secret").split()))
    page.fill("#code", device.at(clock()))
    visitor.presses(page.locator("main form:has(#code) button"))
    assert page.locator(".site-codes li").count() > 0
    assert faults_in_every_way(page) == []

    page.context.clear_cookies()
    visitor.go("/sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    visitor.presses(page.locator("main button[type=submit]").first)
    assert page.locator("#code").count() == 1, visitor.words()
    visitor.go("/sign-in/code")  # as who has closed the page finds it again
    assert faults_in_every_way(page) == []
    page.fill("#code", "000000")
    visitor.presses(page.locator("main form button"))
    assert page.locator("#problems").count() == 1
    assert faults_in_every_way(page) == []
    clock.turn(seconds=30)
    page.fill("#code", device.at(clock()))
    visitor.presses(page.locator("main form button"))
    assert page.url == f"{town.address}/mine", visitor.words()
    town.everyone.restore()
