"""What an applicant does on the pages, step by step, with scripts and without: on a phone, in bokmål, in the evening."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from browser.visitors import Visitor
from playwright.sync_api import Page, expect
from worlds import PASSWORD, World

PLACE = "0301"
SUMMARY = "Språkkafé hver torsdag. Vi lager mat sammen og øver på norsk. 🍲"
EMAIL = "amina@example.org"
TITLE = "Integreringsarbeid i regi av frivillige organisasjoner"


@dataclass
class Applicant:
    """Someone who has never been here before, with a browser; ``paths`` are where things of theirs are."""

    visitor: Visitor
    world: World
    call: str
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The tab they have before them."""
        return self.visitor.page

    def send(self, form: str = "main form[method=post]") -> None:
        """Press the button of a form."""
        self.visitor.presses(self.page.locator(f"{form} button[data-variant=primary]").first)

    def open(self, path: str) -> None:
        """Open a page, and see that it is well made."""
        self.visitor.go(path)
        self.visitor.looks_well()

    def finds_a_call(self, title: str) -> None:
        """In the list, on its own page, and by the questions about who may apply."""
        self.open("/calls")
        self.visitor.press(title)
        self.visitor.looks_well()
        assert title in self.page.inner_text("h1")
        self.open("/pre-check")
        self.page.fill("#members", "40")
        self.page.fill("#employees", "0")
        self.page.select_option("#municipality", PLACE)
        self.send("#questions")
        self.visitor.looks_well()
        assert title in self.visitor.words()

    def registers(self) -> None:
        """An account, confirmed by the link in the mail; then signed in."""
        self.open("/register")
        self.page.fill("#name", "Amina Ali")
        self.page.fill("#email", EMAIL)
        self.page.fill("#password", PASSWORD)
        self.send()
        self.visitor.looks_well()
        self.open(self.world.link("verify", EMAIL))
        self.page.fill("#password", PASSWORD)
        self.visitor.looks_well()
        self.send()
        assert "/link/" not in self.page.url, self.visitor.words()

    def makes_an_organisation(self) -> None:
        """One without a number, as new ones are."""
        self.open("/organisations/new?unnumbered=1")
        self.page.fill("#name", "Tøyen språkkafé")
        self.page.select_option("#municipality", PLACE)
        self.send()
        assert "/organisations/" in self.page.url, self.visitor.words()
        self.visitor.looks_well()

    def begins(self) -> None:
        """The application, from the page of the call."""
        self.open(f"/calls/{self.call}/apply")
        self.send()
        assert "/applications/" in self.page.url, self.visitor.words()
        id = self.page.url.split("/applications/")[1].split("/")[0]
        self.paths = {name: f"/applications/{id}{path}" for name, path in PATHS.items()}
        self.paths["id"] = id

    def writes(self, part: str, **answers: str) -> None:
        """Answers to questions of a part, by their ids; saved by the button."""
        self.open(self.paths["form"] + f"/{part}")
        self.types(self.page, **answers)
        self.visitor.presses(self.page.locator("#draft .site-actions button[value=save]"))
        self.visitor.looks_well()
        for question, value in answers.items():
            if value not in ("yes", "no"):
                assert self.page.input_value(f"[name='a.{question}']").replace("\u00a0", "") != "", question

    def types(self, page: Page, **answers: str) -> None:
        """Fill in, but save nothing oneself."""
        for question, value in answers.items():
            if value in ("yes", "no"):
                page.check(f"[name='a.{question}'][value={value}]")
            else:
                page.fill(f"[name='a.{question}']", value)

    def invites(self, partner: Visitor) -> None:
        """A partner, who answers by the link, without an account."""
        self.open(self.paths["partners"])
        self.page.fill("#name", "Deichman bibliotek")
        self.page.fill("#email", "biblioteket@example.org")
        self.page.fill("#task", "Rom og kaffe")
        self.send("main form:has(#email)")
        self.visitor.looks_well()
        partner.go(self.world.link("partner", "biblioteket@example.org"))
        partner.looks_well()
        partner.page.check("[name=answer][value=confirmed]")
        partner.page.fill("#person", "Berit Bibliotekar")
        partner.presses(partner.page.locator("main button[data-variant=primary]"))
        partner.looks_well()
        self.open(self.paths["partners"])
        assert "Berit Bibliotekar" in self.visitor.words()

    def books_a_meeting(self) -> None:
        """The first time that is free."""
        self.open(f"/calls/{self.call}/meetings")
        self.page.locator("[name=slot]").first.check()
        self.send("main form[id^=times]")
        self.visitor.looks_well()
        assert self.page.locator("a[href$='.ics']").count() == 1

    def hands_in(self) -> None:
        """After a look at all of it; there is a receipt."""
        self.open(self.paths["preview"])
        self.page.check("#confirmed")
        self.send()
        assert self.page.url.endswith("/receipt"), self.visitor.words()
        self.visitor.looks_well()

    def answers_the_request(self, question: str, words: str) -> None:
        """Only what is asked about can be changed; then it is handed in again."""
        self.open(self.paths["changes"])
        self.visitor.presses(self.page.locator(f"main a.ds-button[href*='q-{question}']").first)
        self.visitor.looks_well()
        assert self.page.locator("[name='a.requested']").count() == 0
        self.types(self.page, **{question: words})
        self.visitor.presses(self.page.locator("#draft .site-actions button[value=save]"))
        self.open(self.paths["changes"])
        # The new words stand between marks that say which are new, in words for those who listen.
        assert set(words.split()) <= set(self.visitor.words().split())
        self.send()
        self.visitor.looks_well()
        self.open(self.paths["receipt"])
        assert words in self.visitor.words()

    def types_and_sees_it_saved(self, page: Page, **answers: str) -> None:
        """What is typed is saved by itself, and the page says when."""
        with page.expect_response(lambda answer: answer.request.method == "POST") as saving:
            self.types(page, **answers)
        assert saving.value.status == 200
        expect(page.locator("#saved")).to_contain_text(re.compile("^Lagret"), timeout=20_000)


PATHS = {
    "overview": "", "form": "/form", "partners": "/partners", "preview": "/preview", "changes": "/changes",
    "decision": "/decision", "history": "/history", "receipt": "/receipt",
}  # fmt: skip
