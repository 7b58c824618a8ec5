"""Words for stories: people by name, what they do on which day, and what each of them has in front of them afterwards.

A story is told by a :class:`Tale`: an authority, its people, one call, and those who apply in it. Whatever has no word of its
own here is done through ``does``: a service, called by that person at that time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from closed import SMALL
from tamper import examined
from worlds import ANSWERS, EXAMPLE, NUMBERS, PASSWORD, World

from grantengine.errors import CodedError, InputError
from grantengine.records import By
from grantengine.services.allocate_call import allocate_call
from grantengine.services.answer_changes import answer_changes
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import Decided, approve_allocation
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assess import deliver_assessment, save_assessment
from grantengine.services.close_changes import lapse_changes
from grantengine.services.create_authority import create_authority
from grantengine.services.create_organisation import create_organisation
from grantengine.services.declare_interests import declare_interests
from grantengine.services.interim_reply import remind_of_slipped
from grantengine.services.lapse_drafts import lapse_drafts
from grantengine.services.open_call import open_call
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.read_application import CaseSeen, read_application
from grantengine.services.register_user import register_user
from grantengine.services.run_jobs import queue_retries, run_jobs
from grantengine.services.save_draft import save_draft
from grantengine.services.see_letter import list_letters, read_letter
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import Receipt, submit_application
from grantengine.services.verify_user import verify_user

OSLO = ZoneInfo("Europe/Oslo")
CALL = "Integreringsarbeid i regi av frivillige organisasjoner"
"""What the call is named in subjects of mails."""
RATED = (
    EXAMPLE.replace("budget: 40 000 000 NOK", "budget: 500 000 NOK")
    .replace("organisation_number: required", "organisation_number: optional")
    .replace("{id: relevance,", "{id: relevance, title: {nb: Relevans, nn: Relevans, en: Relevance},")
)
"""The example, in which assessors give marks from 2 to 23 April, with half a million to share."""


class Tale:
    """What happens in one call. The clock stands at 20 January 2027, and the call is open until 1 March, unless it says else."""

    def __init__(self, world: World, scheme: str = SMALL, *, key: str = "imdi", name: str = "IMDi") -> None:
        self.world, self.engine, self._count = world, world.engine, count(1)
        self.scheme = scheme.replace("authority: imdi", f"authority: {key}")
        self.authority = create_authority(
            self.engine, world.system, key=key, name={"nb": name, "nn": name}, email=f"post@{key}.example"
        )
        self.call = self.proposal = ""

    def official(self, name: str, *roles: str, language: str = "nb") -> Official:
        """Someone who works for the authority in these roles; none: as a handler. The first handler announces the call."""
        by = Official(self, name, self._user(name, language), language)
        for role in roles or ("handler",):
            self.appoint(by, role)
        if not self.call and "handler" in (roles or ("handler",)):
            self.call = by.does(open_call, by.does(publish_scheme, self.scheme))
        return by

    def appoint(self, who: Person, role: str) -> None:
        """Someone gets a role in the authority."""
        appoint(self.engine, self.world.system, authority_id=self.authority, user_id=who.id, role=role)

    def applicant(self, name: str, organisation: str, *, language: str = "nb", number: bool = False) -> Applicant:
        """Someone who applies for an organisation, and is its contact."""
        by = Applicant(self, name, self._user(name, language), language, organisation)
        by.number = NUMBERS[next(self._count)] if number else None
        by.organisation_id = by.does(
            create_organisation, name=organisation, number=by.number, municipality="0301", language=language
        )
        return by

    def elsewhere(self, name: str, key: str, authority: str) -> Official:
        """A handler of another authority, who has nothing to do with this one."""
        by = Official(self, name, self._user(name, "nb"), "nb")
        id = create_authority(self.engine, self.world.system, key=key, name={"nb": authority})
        appoint(self.engine, self.world.system, authority_id=id, user_id=by.id, role="handler")
        return by

    def _user(self, name: str, language: str) -> str:
        email, anyone = address(name), self.world.anyone
        register_user(self.engine, anyone, email=email, name=name, password=PASSWORD, language=language)
        return verify_user(self.engine, anyone, self.world.link("verify", email), password=PASSWORD)

    def in_days(self, days: float, **more: float) -> None:
        """So much time passes."""
        self.world.clock.turn(days=days, **more)

    def on(self, moment: str) -> None:
        """It becomes this moment in Norway: ``2027-03-17`` (nine o'clock) or ``2027-03-17T23:59``."""
        local = datetime.fromisoformat(moment if "T" in moment else f"{moment}T09:00")
        self.world.clock.at = local.replace(tzinfo=OSLO).astimezone(UTC)

    def worker_comes_by(self) -> int:
        """What the worker finds to do now is done; mails stay where they can be read. Returns how many jobs it did."""
        lapse_drafts(self.engine, self.world.system)
        lapse_changes(self.engine, self.world.system)
        remind_of_slipped(self.engine, self.world.system)
        queue_retries(self.engine, self.world.system)
        return run_jobs(self.engine, self.world.system).done

    @property
    def spent(self) -> int:
        """Kroner taken of the call's budget."""
        with self.engine.store.read() as reading:
            return sum(part.used for part in reading.decisions.budget_parts(self.call).values()) // 100

    def is_sound(self) -> bool:
        """Whether the audit trail holds together from the first event to the last."""
        return examined(self.world).found == 0


def address(name: str) -> str:
    """The e-mail address of someone of this name."""
    plain = name.lower().translate(str.maketrans("æøå", "aoa"))
    return f"{re.sub('[^a-z]+', '.', plain)}@example.org"


@dataclass(eq=False)
class Person:
    """Someone with a name. ``language`` is the form of Norwegian in which they get their mail."""

    tale: Tale
    name: str
    id: str
    language: str

    @property
    def by(self) -> By:
        return self.tale.world.by(self.id)

    def does(self, service: Any, *args: Any, **how: Any) -> Any:
        """This person uses a service now."""
        return service(self.tale.engine, self.by, *args, **how)

    @property
    def mailbox(self) -> list[str]:
        """The subjects of all mails since the account was confirmed, oldest first."""
        return [one.subject for one in self.tale.world.messages(address(self.name)) if one.template != "verify"]

    def mail(self, subject: str) -> str:
        """The text of the newest mail whose subject begins so."""
        found = [one for one in self.tale.world.messages(address(self.name)) if one.subject.startswith(subject)]
        assert found, f"{self.name} has no mail «{subject}», but: {self.mailbox}"
        return found[-1].body

    @contextmanager
    def hears(self, code: str, words: str = "") -> Iterator[None]:
        """What is tried here is not possible, and this is what the person is told, in their own form of Norwegian."""
        try:
            yield
        except CodedError as error:
            problems = [error.problem]
        except InputError as error:
            problems = list(error.problems)
        else:
            raise AssertionError(f"{self.name} should have been told {code}")
        told = [self.tale.engine.registry.texts.problem(one, self.language) for one in problems]
        assert [one.code for one in problems] == [code]
        assert words in told[0], told[0]


@dataclass(eq=False)
class Applicant(Person):
    """The contact of an organisation that applies."""

    organisation: str
    organisation_id: str = field(default="", init=False)
    number: str | None = field(default=None, init=False)
    case: str = field(default="", init=False)

    def begins(self, requested: int, **answers: Any) -> None:
        """Begin an application for so many kroner; ``answers`` are other than the usual ones."""
        written = {**ANSWERS, "own_funding": "0", "partners": [], **answers, "requested": str(requested)}
        self.case = self.does(
            start_draft, call_id=self.tale.call, organisation_id=self.organisation_id, answers=written
        )  # fmt: skip

    def hands_in(self, requested: int, **answers: Any) -> Receipt:
        """Apply for so many kroner; ``answers`` are other than the usual ones."""
        self.begins(requested, **answers)
        receipt: Receipt = self.does(submit_application, self.case, 1)
        return receipt

    def writes(self, **changed: Any) -> int:
        """Write on the draft; the version."""
        draft = self.sees.draft
        assert draft is not None
        version: int = self.does(save_draft, self.case, draft.version, {**draft.answers, **changed}).version
        return version

    def answers(self, message: str = "", **changed: Any) -> Receipt:
        """Hand in the changes that were asked for."""
        receipt: Receipt = self.does(answer_changes, self.case, self.writes(**changed), message=message)
        return receipt

    @property
    def sees(self) -> CaseSeen:
        """The own case."""
        seen: CaseSeen = self.does(read_application, self.case)
        return seen

    @property
    def status(self) -> str:
        """Where the own case is, in the words of the applicant's page."""
        return self.tale.engine.registry.texts.say(self.sees.status_words, self.language)

    @property
    def help(self) -> str:
        """What the page says under the status."""
        return self.tale.engine.registry.texts.say(self.sees.status_help, self.language)

    @property
    def letters(self) -> list[str]:
        """The letters that have come, oldest first, as one hears them."""
        return [as_text(self.does(read_letter, one.id).html) for one in self.does(list_letters, self.case)]


@dataclass(eq=False)
class Official(Person):
    """Someone who works for the authority."""

    def declares(self, ties: Mapping[Applicant, str] | None = None) -> None:
        """Read the list of applicants, and say to whom there are ties (none: to nobody)."""
        self.does(
            declare_interests, self.tale.call, {one.organisation_id: words for one, words in (ties or {}).items()}
        )

    def asks(self, whom: Applicant, *questions: str, reason: str, **how: Any) -> None:
        """Ask an applicant to change its answers to these questions."""
        self.does(ask_changes, whom.case, questions=questions, reason=reason, **how)

    def reads(self, whom: Applicant) -> CaseSeen:
        """The case of an applicant."""
        seen: CaseSeen = self.does(read_application, whom.case)
        return seen

    def rates(self, whom: Applicant, relevance: int, feasibility: int, note: str = "") -> None:
        """Rate a case from 1 to 6 and deliver the marks, with a note of why it is relevant or not."""
        marks = {"relevance": relevance, "feasibility": feasibility}
        version = self.does(save_assessment, whom.case, 0, marks=marks, notes={"relevance": note}).version
        self.does(deliver_assessment, whom.case, version)

    def proposes(self, **part: Any) -> None:
        """Share out the money by the rules of the call, as a proposal."""
        self.tale.proposal = self.does(allocate_call, self.tale.call, **part)

    def agrees(self) -> Decided:
        """Agree to the newest proposal."""
        decided: Decided = self.does(approve_allocation, self.tale.proposal)
        return decided

    def sends_the_letters(self) -> int:
        """Have the letters of the newest proposal sent; how many."""
        waiting: int = self.does(publish_decisions, self.tale.proposal)
        self.tale.worker_comes_by()
        return waiting


def as_text(html: str) -> str:
    """A page as its reader hears it."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())
