"""What people of an authority do on the pages, step by step: each with a browser, and every page they open looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from browser.visitors import Visitor
from playwright.sync_api import Page

from grantengine.demo.world import PASSWORD


@dataclass
class Official:
    """Someone of an authority, signed in at a browser; ``call`` is what they work with."""

    visitor: Visitor
    name: str
    email: str
    call: str
    password: str = PASSWORD
    looked_at: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page:
        """The tab they have before them."""
        return self.visitor.page

    @property
    def words(self) -> str:
        """What they can read, with ordinary spaces."""
        return self.visitor.words().replace("\u00a0", " ")

    def arrives(self) -> None:
        """Sign in, and see what waits."""
        self.visitor.sign_in(self.email, self.password)
        self.open("/office")

    def open(self, path: str) -> None:
        """Open a page, and see that it is well made; whose session has ended meanwhile signs in on the way."""
        self.visitor.go(path)
        if "/sign-in" in self.page.url:
            self.page.fill("#email", self.email)
            self.page.fill("#password", self.password)
            self.visitor.presses(self.page.locator("main button[type=submit]").first)
        self.looks_well()

    def looks_well(self) -> None:
        """The page is well made; one that was looked at is not looked at again for another case."""
        kind = re.sub(r"[0-9a-z]{26}", "…", self.page.url.partition("?")[0])
        if kind not in self.looked_at:
            self.visitor.looks_well()
            self.looked_at.add(kind)

    def of_call(self, rest: str = "") -> None:
        """A page of the call."""
        self.open(f"/office/calls/{self.call}{rest}")

    def of_case(self, case: str, rest: str = "") -> None:
        """A page of a case."""
        self.open(f"/office/cases/{case}{rest}")

    def press(self, words: str) -> None:
        """Press a button or follow a link; the page that comes is well made."""
        self.visitor.press(words)
        self.looks_well()

    def fill(self, field: str, text: str) -> None:
        """Fill in the field with this label."""
        self.page.get_by_label(field, exact=True).fill(text)

    def declares(self, tie: str = "", what: str = "") -> None:
        """Read the list of names, and say to whom there is a tie (an organisation's name; none: to nobody)."""
        self.of_call("/interests")
        if tie:
            self.page.get_by_label(tie).first.check()
            self.page.locator("li:has(:checked) textarea").fill(what)
        self.page.check("#answer-ties" if tie else "#answer-none")
        self.visitor.presses(self.page.locator("form.site-ties button[type=submit]"))
        self.looks_well()
