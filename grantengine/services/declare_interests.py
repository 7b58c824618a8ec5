"""Before cases are opened: whoever is to work with them reads the list of applicants and says which ties there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.assessment import Interest, InterestDeclaration
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

WHO = frozenset({"handler", "leader", "approver", "assessor"})


@dataclass(frozen=True, slots=True)
class ApplicantNamed:
    """An applicant as the list of names shows it, and nothing of what it applies for."""

    organisation_id: str
    name: str
    municipality: str | None


def list_applicants(engine: Engine, by: By, call_id: str) -> list[ApplicantNamed]:
    """Those who have applied in a call and hosts who would receive their money, by name, for whoever is to declare.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, WHO, one_case=True)
        found = reading.cases.applicants(call_id)
    return [ApplicantNamed(one.id, one.name, one.municipality) for one in found]


def declare_interests(engine: Engine, by: By, call_id: str, ties: Mapping[str, str] | None = None) -> None:
    """Say that one has read the list of applicants, and to which of them one has ties; none is an answer too.

    A tie counts as a conflict until a leader has decided. What was declared before stays; a new applicant asks for a new
    declaration.

    :param ties: what the tie is, by organisation.
    :raises InputError: ``applicant-unknown``: an organisation that has not applied; ``reason-missing``: of a tie.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, WHO, lock=True, one_case=True)
        user = user_of(work, by)
        applicants = {one.id for one in work.cases.applicants(call_id)}
        told = _checked(ties, applicants)
        declaration = work.impartiality.declaration(call_id, user.id)
        if declaration is None:
            work.add(
                InterestDeclaration(call_id=call_id, user_id=user.id, declared_at=by.at, applicants=len(applicants))
            )
        else:
            declaration.declared_at, declaration.applicants = max(by.at, declaration.declared_at), len(applicants)
        known = {one.organisation_id for one in work.impartiality.interests(call_id, user.id)}
        whole = plan_of_call(engine, work, call).scheme.impartiality == "call"
        new = {id: words for id, words in told.items() if id not in known}
        for id, words in new.items():
            work.add(
                Interest(
                    id=work.new_id(), call_id=call_id, user_id=user.id, organisation_id=id, description=words,
                    whole_call=whole, declared_at=by.at,
                )
            )  # fmt: skip
        work.record("interests-declared", call, user=user.id, applicants=len(applicants), ties=sorted(new))
        if new:
            _tell_leaders(engine, work, call, user.name)


def _checked(ties: Mapping[str, str] | None, applicants: set[str]) -> dict[str, str]:
    """The ties in words.

    :raises InputError: every one that does not fit.
    """
    checks = Checks()
    told = {}
    for id, words in checks.record(ties, "ties").items():
        told[id] = checks.reason(words, f"ties/{id}")
        if id not in applicants:
            checks.add("applicant-unknown", f"ties/{id}")
    checks.done()
    return told


def _tell_leaders(engine: Engine, work: Work, call: Call, name: str) -> None:
    for leader in work.users.in_role(call.authority_id, {"leader"}, work.by.at):
        send(
            engine, work, receiver_of(leader), "interest-declared", about=call.id, name=leader.name, who=name,
            call=call.title, url=f"{engine.settings.url}/calls/{call.id}/interests",
        )  # fmt: skip
