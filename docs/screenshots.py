"""Takes the pictures of handling-cases.md anew: `python docs/screenshots.py`, where requirements-tests.txt is installed.

A demo is lived at a day and with a seed that stay the same, on a clock of its own, so that the pictures do too. While it is,
and once it has been, people of the authority open their pages in a browser.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from grantengine.demo.timeline import Story
    from grantengine.demo.world import DemoCall, World

ROOT = Path(__file__).parents[1]
SCREENS = ROOT / "docs" / "screens"
PICTURES = (
    "front-page", "cases", "case", "changes", "rounds", "meetings", "interests", "sheet", "assessments", "ranking", "letter",
    "administration",
)  # fmt: skip
"""The pictures, in the order in which the guide shows them."""
DAY, MORNING = date(2027, 3, 1), time(10)
ORGANISATIONS, APPLICATIONS = 36, 200
WIDTH, HEIGHT = 1100, 1000
MARGIN = 24
"""Left above what a picture begins with, where that is not the top of the page."""
ABOVE = 560
"""So much of the ranking is seen above the line where the money ends."""
MOST_BYTES = 200_000
RANKED, MEETS, ROUNDS = "imdi-integration-work", "imdi-norwegian-practice", "imdi-regional-operating-support"
"""The schemes that are looked at: one that ranks, one that asks for changes on that day, one where all tell of their plans."""


@dataclass
class Studio:
    """The demo, where its pages are, and the browser of each person who has signed in since the clock was moved."""

    world: World
    address: str
    browser: Browser
    taken: set[str] = field(default_factory=set)
    _pages: dict[str, Page] = field(default_factory=dict)

    def call(self, scheme: str, stage: str) -> DemoCall:
        """A call of the demo."""
        return next(one for one in self.world.calls if (one.scheme, one.stage) == (scheme, stage))

    def takes(
        self, name: str, who: str, path: str, *, top: str = "", margin: int = MARGIN, height: int = HEIGHT,
        first: Callable[[Page], None] | None = None,
    ) -> None:  # fmt: skip
        """Take a picture of what someone sees, from what is named ``top`` on; ``first``, something is done on the page."""
        page = self._page(who)
        answer = page.goto(self.address + path)
        assert answer is not None
        assert answer.ok, f"{answer.status} {page.inner_text('main')}"
        if first:
            first(page)
        page.evaluate(
            "document.activeElement && document.activeElement.blur(); scrollTo({top: 0, behavior: 'instant'})"
        )
        begins = page.locator(top).first.bounding_box() if top else None
        y = max(0, begins["y"] - margin) if begins else 0
        all = float(page.evaluate("document.documentElement.scrollHeight"))
        file = SCREENS / f"{name}.png"
        clip = {"x": 0, "y": y, "width": WIDTH, "height": min(height, all - y)}
        size = len(page.screenshot(path=file, full_page=True, animations="disabled", clip=clip))  # type: ignore[arg-type]
        assert size < MOST_BYTES, f"{name}: {size} bytes"
        self.taken.add(name)

    def _page(self, who: str) -> Page:
        """The page of someone who is signed in."""
        if who not in self._pages:
            from grantengine.demo.world import PASSWORD

            with self.world.engine.store.read() as reading:
                user = reading.users.get(self.world.staff[f"imdi/{who}"])
            context = self.browser.new_context(
                viewport={"width": WIDTH, "height": 800}, locale="en-GB", reduced_motion="reduce"
            )
            page = self._pages[who] = context.new_page()
            page.goto(f"{self.address}/sign-in")
            page.fill("#email", user.email if user and user.email else "")
            page.fill("#password", PASSWORD)
            page.click("main button[type=submit]")
            page.click("footer button[lang=en]")
        return self._pages[who]

    def leave(self) -> None:
        """All go home; who comes next time signs in."""
        for page in self._pages.values():
            page.context.close()
        self._pages.clear()


def while_it_is_decided(studio: Studio) -> Story:
    """When there is a proposal that somebody has changed, the ranking and a letter that is being written."""
    from grantengine.services.see_allocation import see_allocation
    from grantengine.services.see_proposals import see_proposals

    world = studio.world
    yield world.in_days(-160)
    call = studio.call(RANKED, "long-closed")
    handler = world.by(call.handler)
    while True:
        listed = see_proposals(world.engine, handler, call.id).proposals
        open = [one.allocation for one in listed if one.allocation.status == "proposed"]
        seen = see_allocation(world.engine, handler, open[0].id) if open else None
        if seen and any(one.hand_reason for one in seen.cases):
            break
        yield world.now + timedelta(hours=1)
    yield datetime.combine(world.now.date() + timedelta(days=1), MORNING, world.until.tzinfo)
    short = next(one for one in seen.cases if one.reserve == 1)
    studio.takes(
        "ranking", "leader/0", f"/office/proposals/{seen.allocation.id}", top=".site-budget-line", margin=ABOVE
    )
    studio.takes(
        "letter", "handler/0", f"/office/cases/{short.application_id}/letter", top="h2:has-text('Write')", first=writes
    )
    studio.leave()


def afterwards(studio: Studio) -> None:
    """On the morning of the day of the demo: the rest."""
    from grantengine.demo.timeline import OSLO
    from grantengine.services.list_disagreements import list_disagreements

    world = studio.world
    world.timeline.at = datetime.combine(DAY, MORNING, OSLO)
    talked, told, coming = (
        studio.call(MEETS, "just-closed"),
        studio.call(ROUNDS, "just-closed"),
        studio.call(RANKED, "open"),
    )
    studio.takes("front-page", "handler/0", "/office", height=1100)
    studio.takes("cases", "handler/0", f"/office/calls/{talked.id}")
    studio.takes("case", "handler/0", f"/office/cases/{first_that(studio, talked, 'authority')}", height=1100)
    studio.takes("changes", "handler/0", f"/office/cases/{may_be_asked(studio, talked)}/changes", first=asks)
    studio.takes("rounds", "handler/0", f"/office/calls/{told.id}/rounds", top=".ds-card >> nth=1", height=900)
    studio.takes("meetings", "handler/0", f"/office/calls/{told.id}/rounds/pitch/pitches")
    studio.takes("interests", "handler/1", f"/office/calls/{coming.id}/interests", top="#names", first=has_a_tie)
    apart = list_disagreements(world.engine, world.by(told.handler), told.id)[0]
    studio.takes("sheet", "assessor/0", f"/office/cases/{begun(studio, told)}/sheet")
    studio.takes("assessments", "handler/0", f"/office/cases/{apart.application_id}/assessments")
    studio.takes("administration", "administrator/0", f"/office/authorities/{world.authorities['imdi']}")


def first_that(studio: Studio, call: DemoCall, waits: str) -> str:
    """The first case of a call that waits for the authority, or for the applicant."""
    from grantengine.services.list_cases import Filter, list_cases

    found = list_cases(studio.world.engine, studio.world.by(call.handler), call.id, Filter(due=waits))
    return found.items[0].id


def may_be_asked(studio: Studio, call: DemoCall) -> str:
    """The first case of a call whose applicant may be asked for changes once more."""
    from grantengine.services.list_applications import list_of_call
    from grantengine.services.see_asking import see_asking

    by = studio.world.by(call.handler)
    for one in list_of_call(studio.world.engine, by, call.id, statuses={"submitted"}).items:
        seen = see_asking(studio.world.engine, by, one.id)
        if seen.may_ask and any(round.left != 0 for round in seen.rounds):
            return one.id
    raise LookupError(call.id)


def begun(studio: Studio, call: DemoCall) -> str:
    """A case whose sheet is begun by the first of those who rate, and not delivered."""
    from grantengine.services.list_my_cases import list_my_cases

    found = list_my_cases(studio.world.engine, studio.world.by(studio.world.staff["imdi/assessor/0"]), call.id)
    return next(one.application_id for one in found.items if one.state == "draft")


def asks(page: Page) -> None:
    """Two answers are ticked, and it is said why."""
    for box in page.locator("input[name=question]").all()[1:3]:
        box.check()
    page.fill("#reason", "Vi lurer på om dette er nok timer. Kan dere se på det en gang til?")


def has_a_tie(page: Page) -> None:
    """One of the names is known."""
    page.locator("input[name=tie]").first.check()
    page.locator("li:has(:checked) textarea").first.fill("Søsteren min er leder der.")
    page.check("#answer-ties")


def writes(page: Page) -> None:
    """The view of the authority is written, and both standard texts are to be in the letter."""
    page.locator("textarea").first.fill("Vi har lest søknaden nøye. Planen er god, og dere kjenner dem dere vil nå.")
    for box in page.locator("input[type=checkbox]").all()[:2]:
        box.check()


def main() -> None:
    """Live the demo, and take all pictures."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]
    from browser.chromium import FLAGS, chromium
    from browser.town import served_here
    from playwright.sync_api import sync_playwright

    from grantengine.cli.inputs import bundled_schemes, scheme_files
    from grantengine.demo.fill import Size, demo_world, fill
    from grantengine.store.migrate import upgrade
    from grantengine_web import create_app

    # Registers are down on the last evening of a demo: that is meant.
    logging.getLogger("grantengine").addHandler(logging.NullHandler())
    SCREENS.mkdir(exist_ok=True)
    size = Size(ORGANISATIONS, APPLICATIONS)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = {"GRANTENGINE_DATABASE_URL": f"sqlite:///{folder}/demo.db", "GRANTENGINE_LANGUAGE": "nb"}
        world = demo_world(environment, DAY, size)
        upgrade(world.engine.store.database)
        world.engine.store.database.hurry()
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with served_here(create_app(world.engine)) as address:
            studio = Studio(world, address, browser)
            world.timeline.tell(while_it_is_decided(studio))
            files = [file for schemes in bundled_schemes() for file in scheme_files(schemes)]
            fill(world, [(file.read_text("utf-8"), world.engine.plan(file)) for file in files], size, lambda _: None)
            afterwards(studio)
        browser.close()
        world.engine.store.database.close()
    assert studio.taken == set(PICTURES)


if __name__ == "__main__":
    main()
