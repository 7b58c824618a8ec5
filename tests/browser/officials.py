"""What people of an authority do on the pages, step by step: each with a browser, and every page they open looked at."""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
    def page(self) -> Page:
        """The tab they have before them."""
        return self.visitor.page

    @property
    def words(self) -> str:
        """What they can read, with ordinary spaces."""
        return self.visitor.words().replace("\u00a0", " ")

    def signs_in(self, password: str = PASSWORD) -> None:
        """By the form; the authority's pages are a link away."""
        self.visitor.sign_in(self.email, password)
        self.open("/office")

    def open(self, path: str) -> None:
        """Open a page, and see that it is well made."""
        self.visitor.go(path)
        self.visitor.looks_well()

    def of_call(self, rest: str = "") -> None:
        """A page of the call."""
        self.open(f"/office/calls/{self.call}{rest}")

    def of_case(self, case: str, rest: str = "") -> None:
        """A page of a case."""
        self.open(f"/office/cases/{case}{rest}")

    def press(self, words: str) -> None:
        """Press a button or follow a link; the page that comes is well made."""
        self.visitor.press(words)
        self.visitor.looks_well()

    def fill(self, field: str, text: str) -> None:
        """Fill in the field with this label."""
        self.page.get_by_label(field, exact=True).fill(text)

    def declares(self, tie: str = "", what: str = "") -> None:
        """Read the list of names, and say to whom there is a tie (an organisation's name; none: to nobody)."""
        self.of_call("/interests")
        if tie:
            self.page.get_by_label(tie).first.check()
            self.page.locator(f"li:has(:checked) textarea").fill(what)
        self.page.check("#answer-ties" if tie else "#answer-none")
        self.visitor.presses(self.page.locator("form.site-ties button[type=submit]"))
        self.visitor.looks_well()
