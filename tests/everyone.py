"""Everyone there is, each with a browser, and one thing of each kind that pages are about; as it was before each try."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from closed import COMMITTEE, JUDGED, Closed, closed, proposed, sent
from flask.testing import FlaskClient
from reader import Site
from stage import PARTNER, Stage
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from worlds import PASSWORD, World, new_world

from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.ask_by_mail import send_link
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assign_case import assign_case
from grantengine.services.book_meeting import book_meeting
from grantengine.services.declare_interests import declare_interests
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.edit_user import ask_to_change_email
from grantengine.services.host_organisation import ask_host
from grantengine.services.invite_member import invite_member
from grantengine.services.keep_view import keep_view
from grantengine.services.offer_slots import offer_slots
from grantengine.services.read_organisation import read_organisation
from grantengine.services.register_user import register_user
from grantengine.services.reset_password import ask_for_reset
from grantengine.services.see_allocation import list_allocations
from grantengine.services.see_letter import list_letters
from grantengine.services.stand_in import appoint_stand_in
from grantengine.services.text_blocks import keep_text_block
from grantengine.services.write_comment import answer_thread, open_thread
from grantengine.store.tables.assessment import Assignment
from grantengine.store.tables.people import OrganisationRole

OWN = ("contact", "signatory", "writer")
PEOPLE = (
    "signed out",
    "newcomer",
    *OWN,
    "other contact",
    "handler",
    "leader",
    "approver",
    "assessor",
    "administrator",
    "other handler",
)
STRANGERS = ("newcomer", "other contact")
"""Those who have nothing to do with anything here: for them it is not there."""
STAFF = ("leader", "approver", "assessor", "administrator")
COOKIE = "grantengine"


@dataclass
class Everyone:
    """A small world with its people. ``things`` are what addresses and forms name, by the words that the table uses."""

    site: Site
    file: Path
    things: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Path:
        """The database as it was before anyone tried anything."""
        return self.file.with_suffix(".kept")

    @classmethod
    def on(cls, file: Path) -> Everyone:
        """Everyone, on this database."""
        world = new_world(f"sqlite:///{file}")
        everyone = cls(Site.of(world), file)
        everyone.site.app.config["RAISE_UNEXPECTED"] = True
        stage = Stage(world)
        users = _people(stage)
        everyone.things = _things(stage, users)
        for person in PEOPLE:
            everyone.open_browser(person, users.get(person))
        everyone.keep()
        return everyone

    @property
    def world(self) -> World:
        """The world that the pages are on."""
        return self.site.world

    def keep(self) -> None:
        """From now on it is to be as it is."""
        self.world.engine.store.database.close()
        shutil.copy(self.file, self.kept)

    def restore(self) -> None:
        """Everything as it was."""
        self.world.engine.store.database.close()
        shutil.copy(self.kept, self.file)

    def ask(self, person: str, method: str, path: str, form: dict[str, str] | None = None) -> TestResponse:
        """What someone gets to see; a form is sent with the token of that browser."""
        client: FlaskClient = self.site.app.test_client()
        client.set_cookie(COOKIE, self.cookies[person])
        if method == "GET":
            return client.get(path)
        return client.post(path, data=MultiDict({"csrf_token": self.tokens[person], **(form or {})}))

    def open_browser(self, person: str, user: str | None) -> None:
        """Someone comes, signed in where they are a user."""
        browser = self.site.browser(user)
        self.tokens[person] = browser.get("/").form("/language").values["csrf_token"]
        cookie = browser.client.get_cookie(COOKIE)
        assert cookie is not None
        self.cookies[person] = cookie.value


def _people(on: Stage) -> dict[str, str]:
    world = on.world
    admin, elsewhere = world.made["admin"], world.authority("bergen")
    world.made["admin"] = admin  # of the stage's own authority, as before there was another
    users = {person: world.user(person.title(), f"{person.replace(' ', '.')}@example.org") for person in PEOPLE[1:]}
    on.organisation(world.by(users["other contact"]))
    for person, authority in {**dict.fromkeys(STAFF, on.authority), "other handler": elsewhere}.items():
        role = "handler" if person == "other handler" else person
        appoint(on.engine, on.system, authority_id=authority, user_id=users[person], role=role)
    users["handler"] = world.made["handler"]
    return users


def _things(on: Stage, users: dict[str, str]) -> dict[str, str]:
    """One of each, all of the same organisation but for what has to be decided first; the own people act for all of it."""
    world, engine = on.world, on.engine
    there = sent(on)
    draft, submitted, asked, told = on.draft(), on.submitted(), on.submitted(), on.registered()
    for case in (draft, submitted, asked, told, there.first):
        _join(on, users, case.organisation)
    by = world.by(users["contact"])
    waiting, asked_of_all, judged = closed(on), closed(on, COMMITTEE), closed(on, JUDGED, (200_000,))
    for call in (on.call, there.call, waiting.call, asked_of_all.call, judged.call):
        world.declare(call, *(users[person] for person in ("handler", "leader", "approver", "assessor")))
    with engine.store.work(on.system) as work:
        row = Assignment(
            id=work.new_id(), application_id=submitted.id, round_id="assessment", user_id=users["assessor"],
            role="assessor", assigned_at=work.by.at,
        )  # fmt: skip
        work.add(row)
        work.record("case-assigned", row, user=users["assessor"], role="assessor")
    ask_changes(
        engine,
        on.handler,
        asked.id,
        round_id="corrections",
        questions=["summary"],
        reason="Skriv mer",
        due="2027-02-20T23:59",
    )
    slots = offer_slots(
        engine, on.handler, on.call, "guidance", starts=["2027-01-25T18:00", "2027-01-26T18:00"], place="Rom 1"
    )
    keep_text_block(engine, on.handler, on.authority, "few", {"nb": "Få har søkt.", "nn": "Få har søkt."})
    things = {
        "call": on.call, "authority": on.authority, "other-call": there.call, "organisation": draft.organisation, "draft": draft.id, "submitted": submitted.id, "asked": asked.id,
        "told": told.id, "decided": there.first.id, "letter": list_letters(engine, there.first.by, there.first.id)[-1].id,
        "thread": open_thread(engine, by, submitted.id, "Hva betyr dette?"), "file": on.file(draft),
        "partner": on.partner(draft),
        "waiting-call": waiting.call, "proposal": proposed(on, waiting), "proposed": waiting.first.id,
        "judged": judged.first.id,
        "handled": assign_case(engine, on.handler, submitted.id, users["leader"], role="handler"),
        "committee-proposal": committee_proposal(on, asked_of_all), "decided-proposal": decision_of(on, there),
        "slot": slots[0], "booking": book_meeting(engine, by, slots[1], organisation_id=submitted.organisation),
        "interest": tie_of(on, on.call), "booker": submitted.organisation, **{person.replace(" ", "-"): id for person, id in users.items()},
    }  # fmt: skip
    things["comment"] = answer_thread(engine, on.handler, things["thread"], "Det betyr leie")
    things |= staffed(on, users, submitted.id)
    things["view"] = keep_view(engine, on.handler, on.call, name="Mine", query="owner=me")
    return things | _organisations(on, users, things) | _links(on)


def staffed(on: Stage, users: dict[str, str], case: str) -> dict[str, str]:
    """A case that is given to one more assessor, and someone who stands in."""
    rates, stands_in = on.staff("assessor").id or "", on.person().id or ""
    assignment = assign_case(on.engine, on.handler, case, rates)
    stand_in = appoint_stand_in(on.engine, on.admin, on.call, user_id=stands_in, role="assessor", reason="Sykdom")
    return {"assignment": assignment, "stand-in": stand_in}


def tie_of(on: Stage, call: str) -> str:
    """A tie to an applicant of a call that someone else there has declared, and nobody has decided about."""
    by = on.staff("assessor")
    with on.engine.store.read() as reading:
        applicant = reading.cases.applicants(call)[0].id
    declare_interests(on.engine, by, call, {applicant: "Er med i styret"})
    with on.engine.store.read() as reading:
        return reading.impartiality.interests(call, by.id)[0].id


def committee_proposal(on: Stage, there: Closed) -> str:
    """A proposal that waits for a committee."""
    proposal = proposed(on, there)
    approve_allocation(on.engine, there.second, proposal)
    return proposal


def decision_of(on: Stage, there: Closed) -> str:
    """The proposal that was decided in a call."""
    return list_allocations(on.engine, on.handler, there.call)[-1].id


def _join(on: Stage, users: dict[str, str], organisation: str) -> None:
    with on.engine.store.work(on.system) as work:
        for role in OWN:
            row = OrganisationRole(
                id=work.new_id(), organisation_id=organisation, user_id=users[role], role=role, since=work.by.at
            )
            work.add(row)
            work.record("member-joined", row, user=users[role], role=role)


def _organisations(on: Stage, users: dict[str, str], things: dict[str, str]) -> dict[str, str]:
    """A network that is asked, a host that is asked, and an invitation."""
    world, engine = on.world, on.engine
    _, network, _, joining = on.network()
    number, hosted_by = on.number(), on.person()
    host = on.organisation(on.person(), number=number)
    hosted = on.organisation(hosted_by)
    ask_host(engine, hosted_by, organisation_id=hosted, host_number=number)
    for organisation in (network, host):
        _join(on, users, organisation)
    edit_organisation(engine, world.by(users["contact"]), network, 1, {"listed": True})
    free = on.number()
    on.organisation(on.person(), number=free)
    invite_member(
        engine,
        world.by(users["contact"]),
        organisation_id=things["organisation"],
        email="invited@example.org",
        role="writer",
    )
    [asked] = read_organisation(engine, world.by(users["contact"]), things["organisation"]).asked
    registered = on.organisation(on.person(), number=on.number())
    _join(on, users, registered)
    return {
        "network": network, "joining": joining, "host": host, "hosted": hosted, "free-number": free, "invitation": asked.id,
        "registered": registered,
    }  # fmt: skip


def _links(on: Stage) -> dict[str, str]:
    """The secret of a link of each purpose."""
    world, engine = on.world, on.engine
    register_user(engine, on.anyone, email="unverified@example.org", name="Ny Bruker", password=PASSWORD)
    person = on.person("forgetful@example.org")
    ask_for_reset(engine, on.anyone, "forgetful@example.org")
    ask_to_change_email(engine, person, "new@example.org", PASSWORD)
    send_link(engine, on.system, {"purpose": "sign-in", "email": "forgetful@example.org"})
    found = {
        "verify": "unverified@example.org", "reset": "forgetful@example.org", "sign-in-link": "forgetful@example.org",
        "email-change": "new@example.org",
        "join": "invited@example.org", "partner": PARTNER, "confirm": world.messages(template="confirm")[-1].address,
    }  # fmt: skip
    return {f"{name}-link": world.link(name, address).rsplit("/", 1)[-1] for name, address in found.items()}
