"""One case is given to one person, to rate or to handle, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import application_for, call_for, roles_in_call, status_forbids
from grantengine.services.assign_cases import make_assignment, people_of
from grantengine.services.decide_interest import check_decides, end, settle
from grantengine.services.declare_interests import touches_all
from grantengine.services.marks import criteria_of_round, part_of, rating_rounds
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assignment, Interest
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
    from grantengine.store.unit_of_work import Work

ROLES = ("assessor", "handler")
MAY_HAVE = {"assessor": frozenset({"assessor"}), "handler": frozenset({"handler", "leader"})}


def assign_case(
    engine: Engine, by: By, application_id: str, user_id: str, *, role: str = "assessor", round_id: str = ""
) -> str:
    """Give a case to someone to rate in a round, or to handle; the id. It may be more than the round asks for.

    Who has it already keeps it. One who gets it after its round has closed may still deliver.

    :param round_id: left out: the only one in which marks are given; a handler has the case in all rounds.
    :raises InputError: ``not-one-of`` or ``round-needed``: there are several.
    :raises NotFoundError: ``application-not-found``, ``round-not-found``, or ``user-not-found`` in this role.
    :raises NotAllowedError: as to open the case.
    :raises NotPossibleError: ``status-forbids``, ``person-conflicted`` or ``person-undeclared``.
    """
    checks = Checks()
    role = checks.one_of(role, ROLES, "role")
    checks.done()
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, HANDLERS, lock=True)
        if application.status not in IN_REVIEW:
            raise status_forbids("assign", application)
        call = work.schemes.call_of(application)
        plan = plan_of_call(engine, work, call)
        round_id = round_of(plan, application, round_id) if role == "assessor" else ""
        user = _person(work, call, application, user_id, role)
        for one in work.assessments.assignments(application_id):
            if (one.user_id, one.round_id, one.role) == (user_id, round_id, role):
                return one.id
        id = make_assignment(work, application_id, user_id, role, round_id)
        send(
            engine, work, receiver_of(user), "case-assigned", about=application_id, name=user.name,
            number=application.number, call=call.title, url=_way(engine, application_id, role),
        )  # fmt: skip
        return id


def _way(engine: Engine, application_id: str, role: str) -> str:
    """Where an assessor rates the case, or a handler reads it."""
    page = f"{engine.settings.url}/office/cases/{application_id}"
    return f"{page}/sheet" if role == "assessor" else page


def end_assignment(
    engine: Engine, by: By, assignment_id: str, *, reason: str, conflict: bool = False, of_case: str | None = None
) -> None:
    """Take a case back. What was delivered stays and counts, unless it was taken back for a conflict of interest.

    :param of_case: the case that it must be of, where one is named.
    :param conflict: the person has a tie to the applicant: by a leader, who decides so with it. It is kept as a tie, all
        that it touches is taken back, and nothing that the person has delivered of it counts.
    :raises InputError: ``reason-missing`` or ``text-length``.
    :raises NotFoundError: ``assignment-not-found``.
    :raises NotAllowedError: as to open the case; with a conflict as to decide about a tie.
    :raises NotPossibleError: ``assignment-ended`` already.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        id = work.assignments.application_of(assignment_id)
        call_id = work.assignments.call_of(id) if id else None
        if id is None or call_id is None or of_case not in (None, id):
            raise NotFoundError("assignment-not-found")
        # The call before the case, as everywhere: two in different orders would wait for each other.
        call = call_for(work, by, call_id, {"leader"}, lock=True) if conflict else None
        application = application_for(work, by, id, HANDLERS, lock=True)
        assignment = work.assignments.assignment(assignment_id)
        assert assignment is not None  # nobody removes one
        if assignment.ended_at is not None:
            raise NotPossibleError("assignment-ended")
        if call is None:
            end(work, [assignment], told)
        else:
            _keep_conflict(engine, work, call, application, assignment, told)


def round_of(plan: Plan, application: Application, round_id: str) -> str:
    """The round of this name, in which marks are given for the case; without a name, the only one.

    :raises NotFoundError: ``round-not-found``.
    :raises InputError: ``round-needed``.
    """
    part = part_of(plan, application)
    rounds = [one for one in rating_rounds(part) if criteria_of_round(part, one)]
    if not round_id and len(rounds) > 1:
        checks = Checks()
        checks.add("round-needed", "round_id", rounds=rounds)
        checks.done()
    if not rounds or (round_id and round_id not in rounds):
        raise NotFoundError("round-not-found")
    return round_id or rounds[0]


def _person(work: Work, call: Call, application: Application, user_id: str, role: str) -> User:
    """Someone who may have the case in this role.

    :raises NotFoundError: ``user-not-found``.
    :raises NotPossibleError: ``person-conflicted`` or ``person-undeclared``.
    """
    user = work.users.get(user_id)
    if user is None or not roles_in_call(work, user, call, work.by, application) & MAY_HAVE[role]:
        raise NotFoundError("user-not-found")
    people = people_of(work, call, role, work.by.at)
    if people.is_conflicted(user_id, application):
        raise NotPossibleError("person-conflicted", who=user.name)
    if not people.has_declared(user_id, application):
        raise NotPossibleError("person-undeclared", who=user.name)
    return user


def _keep_conflict(
    engine: Engine, work: Work, call: Call, application: Application, assignment: Assignment, reason: str
) -> None:
    """A leader knows of a tie that the person has not declared, or has not been believed to have."""
    ties = work.impartiality.interests(call.id, assignment.user_id)
    tie = next((one for one in ties if one.organisation_id == application.organisation_id), None)
    if tie is None:
        tie = Interest(
            id=work.new_id(), call_id=call.id, user_id=assignment.user_id, organisation_id=application.organisation_id,
            description=reason, whole_call=touches_all(plan_of_call(engine, work, call)),
            declared_at=work.by.at,
        )  # fmt: skip
        work.add(tie)
    check_decides(work, work.by, tie)
    settle(engine, work, call, tie, conflict=True, reason=reason)
