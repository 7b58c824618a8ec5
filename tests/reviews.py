"""A call in review for tests of assessment: cases of several applicants, a handler, a leader, assessors who have declared."""

from __future__ import annotations

from typing import Any

from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.services.appoint import appoint
from grantengine.services.assess import SheetSaved, deliver_assessment, save_assessment
from grantengine.services.assign_case import assign_case
from grantengine.services.declare_interests import declare_interests
from grantengine.services.submit_application import submit_application
from grantengine.store.tables.assessment import Interest
from grantengine.store.tables.dialogue import Thread

PER_CASE = EXAMPLE.replace("impartiality: call ", "impartiality: case ")
UNTIL_ASSESSMENT = 75
"""Days from the start of the worlds to within the example's assessment round, 2 to 23 April 2027."""


class Review:
    """A call whose assessment round is open; everybody has declared to have no ties."""

    def __init__(self, world: World, source: str = EXAMPLE, *, cases: int = 1, assessors: int = 2) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(source)
        self.authority, self.handler = world.made["imdi"], world.made["handler"]
        self.organisations: list[str] = []
        self.cases = [self._case(number) for number in range(cases)]
        world.clock.turn(days=UNTIL_ASSESSMENT)
        self.leader = self.staff("leader", "Leif Leder")
        self.assessors = [self.staff("assessor", f"Vurderer {letter}") for letter in "ABCDEF"[:assessors]]
        world.declare(self.call)

    def _case(self, number: int) -> str:
        contact = self.world.user(f"Kontakt {number}")
        self.organisations.append(self.world.organisation(contact, f"Lag {number}", NUMBERS[number]))
        id = self.world.draft(self.call, self.organisations[-1], contact, ANSWERS)
        submit_application(self.engine, self.world.by(contact), id, 1)
        self.contact = contact
        return id

    def staff(self, role: str, name: str, *, declares: bool = True) -> str:
        """Someone new of the authority; the user's id."""
        id = self.world.user(name)
        appoint(self.engine, self.world.system, authority_id=self.authority, user_id=id, role=role)
        if declares:
            self.world.declare(self.call, id)
        return id

    def assign(self, *users: str, case: int = 0) -> list[str]:
        """The case is given to these assessors."""
        handler = self.world.by(self.handler)
        return [assign_case(self.engine, handler, self.cases[case], user) for user in users]

    def rate(self, user: str, relevance: float | None, feasibility: float | None = 4, *, case: int = 0) -> SheetSaved:
        """An assessor's first draft."""
        marks = {"relevance": relevance, "feasibility": feasibility}
        return save_assessment(self.engine, self.world.by(user), self.cases[case], 0, marks=marks, notes={})

    def deliver(self, user: str, relevance: float, feasibility: float = 4, *, case: int = 0) -> None:
        """An assessor rates a case and delivers."""
        version = self.rate(user, relevance, feasibility, case=case).version
        deliver_assessment(self.engine, self.world.by(user), self.cases[case], version)

    def tie(self, user: str, case: int = 0) -> str:
        """A user declares a tie to the applicant of a case; the id."""
        declare_interests(self.engine, self.world.by(user), self.call, {self.organisations[case]: "Er med i styret"})
        with self.engine.store.read() as reading:
            ties = reading.impartiality.interests(self.call, user)
        found: Interest | None = next((one for one in ties if one.organisation_id == self.organisations[case]), None)
        assert found is not None
        return found.id

    def discuss(self, criterion: str, *, case: int = 0, resolved: bool = False) -> str:
        """Assessors talk about a criterion."""
        with self.engine.store.work(self.world.by(self.handler)) as work:
            application = work.applications.get(self.cases[case])
            assert application is not None
            thread = Thread(
                id=work.new_id(), application_id=application.id, revision_id=application.revision_id or "",
                audience="assessors", criterion=criterion, opened_by=self.handler, opened_at=work.by.at,
                resolved_at=work.by.at if resolved else None, resolved_by=self.handler if resolved else None,
            )  # fmt: skip
            work.add(thread)
            work.record("thread-opened", application)
            return thread.id

    def read(self, what: str) -> Any:
        """Marks that count, those outstanding, or criteria that are not discussed, of all cases."""
        from grantengine.services import marks
        from grantengine.services.pinned import plan_of_call

        with self.engine.store.read() as reading:
            call = reading.schemes.call(self.call)
            assert call is not None
            cases = [one for id in self.cases if (one := reading.applications.get(id))]
            return getattr(marks, what)(reading, plan_of_call(self.engine, reading, call), cases)
