"""Before cases are opened: whoever is to work with them reads the list of applicants and says which ties there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import Message
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.assessment import Interest, InterestDeclaration
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan
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

    A tie counts as a conflict until a leader has decided. What was declared before stays; what is said of it in other words
    is kept too, and where it was decided to be no conflict, it is to be decided anew. A new applicant asks for a new
    declaration. A role in an organisation that has applied is a tie that need not be told.

    :param ties: what the tie is, by organisation.
    :raises InputError: ``applicant-unknown``: an organisation that has not applied; ``reason-missing``: of a tie.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, WHO, lock=True, one_case=True)
        user = user_of(work, by)
        applicants = {one.id for one in work.cases.applicants(call_id)}
        mine = {one.id for one, _ in work.organisations.of_user(user.id, by.at)} & applicants
        told: dict[str, list[str]] = {id: [_role(engine, user)] for id in sorted(mine)}
        for id, words in _checked(ties, applicants).items():
            told.setdefault(id, []).append(words)
        declaration = work.impartiality.declaration(call_id, user.id)
        if declaration is None:
            work.add(
                InterestDeclaration(call_id=call_id, user_id=user.id, declared_at=by.at, applicants=len(applicants))
            )
        else:
            declaration.declared_at, declaration.applicants = max(by.at, declaration.declared_at), len(applicants)
        new = _keep(engine, work, call, user, told)
        work.record("interests-declared", call, user=user.id, applicants=len(applicants), ties=new)


def keep_role(engine: Engine, work: Work, call: Call, user: User, organisation_id: str) -> None:
    """Someone who has declared in a call, which is locked, has come to act for one that applies in it: that is a tie."""
    ties = _keep(engine, work, call, user, {organisation_id: [_role(engine, user)]})
    if ties:
        work.record("interests-declared", call, user=user.id, ties=ties)


def _keep(engine: Engine, work: Work, call: Call, user: User, told: Mapping[str, Sequence[str]]) -> list[str]:
    """Keep what is said of ties and was not said before, and tell of those that are to be decided; the organisations that
    they are to.
    """
    known = {one.organisation_id: one for one in work.impartiality.interests(call.id, user.id)}
    whole = touches_all(plan_of_call(engine, work, call))
    waiting = []
    for id, words in told.items():
        tie = known.get(id)
        if tie is None:
            tie = Interest(
                id=work.new_id(), call_id=call.id, user_id=user.id, organisation_id=id, description="\n".join(words),
                whole_call=whole, declared_at=work.by.at,
            )  # fmt: skip
            work.add(tie)
        elif not _say_more(tie, words):
            continue
        if tie.status == "declared":
            waiting.append(id)
    if waiting:
        _tell(engine, work, call, user, waiting)
    return sorted(waiting)


def _say_more(tie: Interest, words: Sequence[str]) -> bool:
    """Keep other words about a tie that is known; what was decided of the earlier ones, that it is none, holds no longer."""
    fresh = [one for one in words if one not in tie.description]
    if fresh:
        tie.description = "\n".join([tie.description, *fresh])
        if tie.status == "no-conflict":
            tie.status, tie.decided_by, tie.decided_at, tie.reason = "declared", None, None, None
    return bool(fresh)


def touches_all(plan: Plan) -> bool:
    """Whether a tie to one applicant touches every case of the call; it is enough that a strand says so."""
    return any(part.scheme.impartiality == "call" for part in plan.parts)


def _role(engine: Engine, user: User) -> str:
    """What the tie of someone is who acts for an organisation."""
    return engine.registry.texts.say(Message("interest.role"), user.language)


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


def _tell(engine: Engine, work: Work, call: Call, user: User, organisations: Collection[str]) -> None:
    """Tell the leaders who can decide about a tie to these organisations, or, where there is none, those who can have
    somebody stand in.
    """
    ties = work.impartiality.keeping_away(call.id)
    away = {user.id, *(one.user_id for one in ties if one.whole_call or one.organisation_id in organisations)}
    leaders = [one for one in who_is_told(work, call, {"leader"}) if one.id not in away]
    calls = f"{engine.settings.url}/office/calls"
    for one in leaders:
        send(
            engine, work, receiver_of(one), "interest-declared", about=call.id, name=one.name, who=user.name,
            call=call.title, url=f"{calls}/{call.id}/interests",
        )  # fmt: skip
    if leaders:
        return
    for one in work.users.in_role(call.authority_id, {"administrator"}, work.by.at):
        send(
            engine, work, receiver_of(one), "interest-without-leader", about=call.id, name=one.name, who=user.name,
            call=call.title, url=f"{calls}/{call.id}/people",
        )  # fmt: skip
