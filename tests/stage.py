"""The stage on which every service has its scene: what scenes share, how they are kept, and what one gives.

A scene prepares what it needs and returns a ``Call``: the service that waits to be called, who calls it in the scene, and
whom it is about. Tests call it as that one (``call()``), or as someone else (``call(by)``). Scenes stand in ``walk.py`` and
in the files ``walk_*.py`` that it imports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from worlds import ANSWERS, WITH_FILE, World

from grantengine.records import By
from grantengine.services.appoint import appoint
from grantengine.services.attach_file import attach_file
from grantengine.services.create_organisation import create_organisation
from grantengine.services.invite_partner import invite_partner
from grantengine.services.join_network import ask_to_join
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.register_on_behalf import register_on_behalf
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application

_PITCH = "  - {id: pitch, kind: pitch, opens: 2027-01-18T08:00, closes: 2027-02-26T16:00, options: {minutes: 5}}\n"
_ASK = "  - {id: corrections, kind: dialogue, opens: 2027-01-18T08:00, closes: 2027-02-26T16:00, options: {exchanges: 2}}\n"
OPEN = WITH_FILE.replace("organisation_number: required", "organisation_number: optional").replace(
    "\nallocation:", f"{_PITCH}{_ASK}\nallocation:"
)
"""The example with a file, for organisations without a number too, and with rounds of pitches and corrections while it is open."""
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
PARTNER = "post@bibliotek.example"


@dataclass(frozen=True)
class Case:
    """An application, who writes it, and for whom."""

    id: str
    by: By
    organisation: str


@dataclass(frozen=True)
class Call:
    """A service that waits to be called.

    ``by`` calls it in the scene. ``do`` calls it as anyone, and reads nothing of the scene's own ``by``. ``about`` is the
    case, or the organisation's id, that it concerns; None where it concerns none. ``call`` is the call for grants, where that
    is neither the case's nor the stage's own. The authority is the stage's own. ``first`` is what anyone else who calls it must
    have done before, such as a draft of one's own.
    """

    by: By
    do: Callable[[By], Any]
    about: Case | str | None = None
    call: str | None = None
    first: Callable[[By], Any] | None = None

    def __call__(self, by: By | None = None) -> Any:
        return self.do(by or self.by)


Scene = Callable[["Stage"], Call]


class Stage:
    """A world with an authority and a call; scenes add people and cases of their own."""

    def __init__(self, world: World, source: str = OPEN) -> None:
        self.world, self.engine, self._count = world, world.engine, count(1)
        self.source = source
        self._published: dict[str, str] = {}
        self.call = world.call(source)
        self.authority = world.made["imdi"]

    @property
    def system(self) -> By:
        return self.world.system

    @property
    def anyone(self) -> By:
        return self.world.anyone

    @property
    def handler(self) -> By:
        """The handler of the call; one who has to open cases declares after they came: ``submitted`` sees to it."""
        return self.world.by(self.world.made["handler"])

    @property
    def admin(self) -> By:
        return self.world.by(self.world.made["admin"])

    def staff(self, role: str) -> By:
        """Someone new of the authority, in this role, who has declared to have no ties to those who applied so far."""
        by = self.person()
        appoint(self.engine, self.admin, authority_id=self.authority, user_id=by.id or "", role=role)
        self.world.declare(self.call, by.id or "")
        return by

    def email(self) -> str:
        """An address that nobody has."""
        return f"person{next(self._count)}@example.org"

    def number(self) -> str:
        """An organisation number, with the right check digit, that nobody has."""
        while True:
            digits = f"93{next(self._count):06d}"
            rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
            if rest != 1:
                return f"{digits}{-rest % 11}"

    def version(self, source: str = OPEN) -> str:
        """A scheme as a version that has not been published."""
        return source.replace("version: 1.0.0", f"version: 2.0.{next(self._count)}")

    def published(self, source: str) -> str:
        """A scheme, published as a version of its own, once; the version's id."""
        if source not in self._published:
            numbered = source.replace("version: 1.0.0", f"version: 1.1.{len(self._published) + 1}")
            self._published[source] = publish_scheme(self.engine, self.handler, numbered)
        return self._published[source]

    def person(self, email: str = "") -> By:
        """Someone new."""
        return self.world.by(self.world.user(f"Person {next(self._count)}", email or self.email()))

    def organisation(self, by: By, kind: str = "organisation", number: str | None = None) -> str:
        """A new organisation with this contact."""
        return create_organisation(
            self.engine, by, name=f"Lag {next(self._count)}", kind=kind, number=number, municipality="0301"
        )

    def draft(self, number: str | None = None) -> Case:
        """A draft of a new organisation."""
        by = self.person()
        organisation = self.organisation(by, number=number)
        id = start_draft(self.engine, by, call_id=self.call, organisation_id=organisation)
        return Case(id, by, organisation)

    def submitted(self, number: str | None = None) -> Case:
        """An application that has been submitted, and the handler has declared since.

        With a number, the register is asked about it, and is down.
        """
        case = self.draft(number)
        version = save_draft(self.engine, case.by, case.id, 1, ANSWERS, keep=True).version
        submit_application(self.engine, case.by, case.id, version)
        self.world.declare(self.call)
        return case

    def withdrawn(self) -> Case:
        """An application that has ended."""
        case = self.submitted()
        withdraw_application(self.engine, case.by, case.id)
        return case

    def partner(self, case: Case, by: By | None = None) -> str:
        """A partner that has been asked."""
        by = by or case.by
        return invite_partner(self.engine, by, application_id=case.id, name="Biblioteket", email=PARTNER)

    def file(self, case: Case, by: By | None = None) -> str:
        """A file beside a draft."""
        return attach_file(
            self.engine, by or case.by, application_id=case.id, question="budget_file", file_name="b.txt",
            content=b"Leie",
        ).id  # fmt: skip

    def registered(self) -> Case:
        """An application that was told by telephone, and the contact."""
        by = self.person()
        organisation = self.organisation(by)
        return Case(self.register(self.handler, organisation), by, organisation)

    def register(self, by: By, organisation: str) -> str:
        """Write down what was told by telephone; the application's id."""
        return register_on_behalf(
            self.engine, by, call_id=self.call, organisation_id=organisation, channel="oral", answers=ANSWERS
        )

    def network(self) -> tuple[By, str, By, str]:
        """A network and an organisation that has asked to join, each with its contact."""
        theirs, mine = self.person(), self.person()
        network, organisation = self.organisation(theirs, "network"), self.organisation(mine)
        ask_to_join(self.engine, mine, network_id=network, organisation_id=organisation)
        return theirs, network, mine, organisation


SCENES: dict[str, Scene] = {}
CHANGES: set[str] = set()
READS: set[str] = set()


def changes(name: str) -> Callable[[Scene], Scene]:
    """A scene of a service that changes something."""
    return _note(name, CHANGES)


def reads(name: str) -> Callable[[Scene], Scene]:
    """A scene of a service that changes nothing."""
    return _note(name, READS)


def _note(name: str, kind: set[str]) -> Callable[[Scene], Scene]:
    def keep(scene: Scene) -> Scene:
        assert name not in SCENES, f"{name} has a scene already"
        SCENES[name] = scene
        kind.add(name)
        return scene

    return keep
