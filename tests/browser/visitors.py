"""Someone at a browser: opens pages, and has every fault told that the browser notices on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from browser.looks import FOCUSED, FROM_THE_TOP, OVERLAPS, REACHABLE, SIDEWAYS
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response
from worlds import PASSWORD

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
EXPECTED = "Failed to load resource: the server responded with a status of 4"
"""The browser says so of pages that refuse something; that they do is looked at by the tests themselves."""
TOLD_BY_SCRIPT = ("fetch", "xhr")
_IN_PARTS, _PARTS = "input[type=date], input[type=time]", 4
"""In these the key Tab goes from part to part, and then on."""


@dataclass
class Visitor:
    """A person with a browser of their own. ``faults`` is what the browser noticed: errors of scripts, reports on the policy
    of contents, requests that failed, answers that say that the server broke.
    """

    context: BrowserContext
    address: str
    has_scripts: bool
    faults: list[str] = field(default_factory=list)
    is_offline: bool = False

    @cached_property
    def page(self) -> Page:
        """The first tab."""
        return self.tab()

    def tab(self) -> Page:
        """One more tab of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(60_000)  # what takes long on a machine that does much else is no fault
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

    def go(self, path: str) -> Page:
        """Open an address in the first tab."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def press(self, words: str) -> None:
        """Press the button, or follow the link, with these words in the main part of the page; wait for what comes."""
        main = self.page.get_by_role("main")
        named = main.get_by_role("button", name=words, exact=True).or_(main.get_by_role("link", name=words, exact=True))
        self.presses(named.first)

    def presses(self, what: Locator) -> None:
        """Press something that leads to a page; wait for that."""
        with what.page.expect_navigation():
            what.click()

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """By the form."""
        self.go("/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.presses(self.page.locator("main button[type=submit]").first)
        assert "/sign-in" not in self.page.url, self.words()

    def words(self) -> str:
        """What can be read in the main part of the page."""
        return " ".join(self.page.inner_text("main").split())

    def cut_the_line(self, cut: bool = True) -> None:
        """The network is gone, or comes back."""
        self.is_offline = cut
        self.context.set_offline(cut)

    def looks_well(self) -> None:
        """What every page must be like, whoever looks at it: for readers of screens, on a narrow one, in other directions."""
        assert self.page.locator("h1").count() == 1, self.page.url
        if self.has_scripts:
            assert axe(self.page) == []
            assert no_sideways_scroll(self.page) == []

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (message.text.startswith(EXPECTED) or self.is_offline):
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left while it still asks for something asks for it no more.
        if not self.is_offline and "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"no answer: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        kind = response.request.resource_type
        is_refused_file = response.status >= 400 and kind not in ("document", *TOLD_BY_SCRIPT)
        if response.status >= 500 or is_refused_file:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")


def axe(page: Page) -> list[str]:
    """What the rules of WCAG 2.1 A and AA find on a page: the rule, what it says, and where."""
    found: dict[str, Any] = Axe().run(page, options={"runOnly": RULES}).response
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:150]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def no_sideways_scroll(page: Page) -> list[str]:
    """What stands out of the page to the side, so that one must scroll to read it."""
    found: list[str] = page.evaluate(SIDEWAYS)
    return [f"{page.url}: {one}" for one in found]


def overlaps(page: Page) -> list[str]:
    """Pairs of things to press or fill in of which one lies over the other."""
    found: list[str] = page.evaluate(OVERLAPS)
    return [f"{page.url}: {one}" for one in found]


def faults_in_every_way(page: Page) -> list[str]:
    """What is wrong with a page, in light and in the dark, on a phone and on the narrowest one, read from the right as well,
    and by keyboard on a large screen. One visit: it is left as a page in the light on a phone.
    """
    found = axe(page) + no_sideways_scroll(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in axe(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 800})
    found += no_sideways_scroll(page) + overlaps(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    found += [f"from the right: {fault}" for fault in no_sideways_scroll(page) + overlaps(page)]
    page.evaluate("document.documentElement.dir = ''")
    page.set_viewport_size({"width": 1100, "height": 800})
    found += no_sideways_scroll(page) + overlaps(page) + walk_by_keyboard(page)
    page.set_viewport_size({"width": 360, "height": 800})
    return found


def tab_to(page: Page, what: str) -> None:
    """Press Tab until this is reached, from where one is.

    :raises LookupError: it can not be reached.
    """
    press_until(page, "Tab", what)


def press_until(page: Page, key: str, what: str) -> None:
    """Press a key, Tab or an arrow, until it leads to this.

    :raises LookupError: it does not lead there.
    """
    for _ in range(200):
        page.keyboard.press(key)
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise LookupError(f"{page.url}: {what} is not reached")


def walk_by_keyboard(page: Page) -> list[str]:
    """Go through the page by the key Tab: what can not be reached so, can not be seen when it is, or does not show it."""
    wanted: dict[str, str] = page.evaluate(REACHABLE)
    page.evaluate(FROM_THE_TOP)
    seen: list[str] = []
    found = []
    for _ in range(len(wanted) + 5 + _PARTS * page.locator(_IN_PARTS).count()):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is not None and at["mark"] in seen[-1:]:
            continue
        if at is None or at["mark"] in seen:
            break
        seen.append(at["mark"])
        found += [f"{page.url}: {fault}: {at['html']}" for fault in at["faults"]]
    return found + [f"{page.url}: not reached: {html}" for mark, html in wanted.items() if mark not in seen]
