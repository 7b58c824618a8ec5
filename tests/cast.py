"""Who may do what is asked of everyone in turn: people in every relation to what a scene is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stage import Call, Case, Stage

from grantengine.records import By
from grantengine.services.appoint import appoint
from grantengine.store.tables.assessment import Assignment, Interest, InterestDeclaration
from grantengine.store.tables.people import OrganisationRole
from grantengine.store.unit_of_work import Work

OWN, OTHER, STAFF, ELSEWHERE = "own organisation", "other organisation", "own authority", "other authority"
TIED, OUTSIDE = "with a tie", "outside"
GIVEN = "assessor with the case"


@dataclass(frozen=True, order=True)
class Actor:
    """Someone as the table of access names them: a relation and, in it, a role."""

    relation: str
    role: str

    def __str__(self) -> str:
        return f"{self.relation}: {self.role}"


ACTORS: tuple[Actor, ...] = tuple(
    Actor(relation, role)
    for relation, roles in {
        OWN: ("contact", "signatory", "writer"),
        OTHER: ("contact",),
        STAFF: ("handler", "leader", "approver", GIVEN, "assessor", "reviewer", "administrator"),
        ELSEWHERE: ("handler",),
        TIED: ("handler", "leader", "approver", GIVEN),
        OUTSIDE: ("signed out", "system"),
    }.items()
    for role in roles
)
"""Everyone whom the table asks about. Those with a tie have one to another applicant, which by the scheme touches all."""


class Cast:
    """These people on a stage; ``play`` puts them in their relations to what a scene is about."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        world = on.world
        elsewhere = world.authority("bergen")
        world.made["admin"] = self._admin_of(on)
        self.users = {
            actor: world.user(f"{actor}", f"actor{place}@example.org")
            for place, actor in enumerate(ACTORS)
            if actor.relation != OUTSIDE
        }
        self.tied_to = on.organisation(world.by(self.users[Actor(OTHER, "contact")]))
        for actor, user in self.users.items():
            if actor.relation in {STAFF, TIED, ELSEWHERE}:
                role = "assessor" if actor.role == GIVEN else actor.role
                authority = elsewhere if actor.relation == ELSEWHERE else on.authority
                appoint(on.engine, on.system, authority_id=authority, user_id=user, role=role)

    @staticmethod
    def _admin_of(on: Stage) -> str:
        """The administrator of the stage's own authority, as before there was another."""
        with on.engine.store.read() as reading:
            [admin] = reading.users.in_role(on.authority, {"administrator"}, on.world.clock())
        return admin.id

    def by(self, actor: Actor, at: datetime) -> By:
        """This one, at this moment."""
        if actor.relation == OUTSIDE:
            return By("system" if actor.role == "system" else "link", None, at)
        return By("user", self.users[actor], at)

    def enter(self, call: Call) -> None:
        """Everyone takes the place that the table says, and those of the authority have declared since the case came in."""
        with self.on.engine.store.work(self.on.system) as work:
            call_id = call.call or self.on.call
            if isinstance(call.about, Case):
                application = work.applications.get(call.about.id)
                assert application is not None
                call_id = application.call_id
                self._give(work, call.about)
            if call.about is not None:
                self._join(work, call.about.organisation if isinstance(call.about, Case) else call.about)
            self._declare(work, call_id)

    def _join(self, work: Work, organisation: str) -> None:
        at = work.by.at
        for actor, user in self.users.items():
            if actor.relation == OWN:
                row = OrganisationRole(
                    id=work.new_id(), organisation_id=organisation, user_id=user, role=actor.role, since=at
                )
                work.add(row)
                work.record("member-joined", row, user=user, role=actor.role)

    def _give(self, work: Work, case: Case) -> None:
        """A case that someone may rate is also given to the one who has a tie: the tie alone is in the way."""
        for actor, user in self.users.items():
            if actor.role == GIVEN:
                row = Assignment(
                    id=work.new_id(), application_id=case.id, round_id="assessment", user_id=user, role="assessor",
                    assigned_at=work.by.at,
                )  # fmt: skip
                work.add(row)
                work.record("case-assigned", row, user=user, role="assessor")

    def _declare(self, work: Work, call_id: str) -> None:
        at, call = work.by.at, work.schemes.call(call_id)
        assert call is not None
        for actor, user in self.users.items():
            if actor.relation not in {STAFF, TIED}:
                continue
            declared = work.impartiality.declaration(call_id, user)
            if declared is not None:
                declared.declared_at = at
                continue
            work.add(InterestDeclaration(call_id=call_id, user_id=user, declared_at=at, applicants=1))
            if actor.relation == TIED:
                work.add(
                    Interest(
                        id=work.new_id(), call_id=call_id, user_id=user, organisation_id=self.tied_to,
                        description="Er gift med lederen", whole_call=True, declared_at=at,
                    )
                )  # fmt: skip
        work.record("interests-declared", call)
