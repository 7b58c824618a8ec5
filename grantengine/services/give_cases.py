"""Many cases are given to a handler at once, moved, or taken back: seen first, then done where nothing hinders it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from grantengine.errors import NotAllowedError
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.assign_cases import Given, People, make_assignment, people_of, tell_given
from grantengine.services.case_deadlines import promise_of_plan, today
from grantengine.services.decide_interest import end
from grantengine.services.list_cases import Filter
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assignment
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

MOST = 1000
"""Cases at once."""
Deed = Literal["give", "move", "take"]
DEEDS = get_args(Deed)
Why = Literal["tied", "person-tied", "person-undeclared", "status", "has-it", "has-other", "has-none"]


@dataclass(frozen=True, slots=True)
class Line:
    """A case, and the names of those who handle it now. ``why`` nothing is done with it; None: something is."""

    id: str
    number: str
    organisation: str
    owners: tuple[str, ...]
    why: Why | None


@dataclass(frozen=True, slots=True)
class Giving:
    """What is done to which cases, or would be: ``give`` to someone what nobody handles, ``move`` it there from whoever
    handles it, ``take`` it from these. ``to`` is the name of the person. ``left_out`` has the others; ``more``: there are
    more than are taken at once.
    """

    deed: Deed
    to: str
    done: tuple[Line, ...]
    left_out: tuple[Line, ...]
    more: bool = False


def preview_giving(
    engine: Engine, by: By, call_id: str, deed: str, user_id: str = "", *, cases: Collection[str] = (),
    matching: Filter | None = None,
) -> Giving:  # fmt: skip
    """What :func:`give_cases` would do now with these cases of a call, or with all that match.

    :raises InputError: ``not-one-of``, ``choose-handler`` or ``nothing-chosen``.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, or ``conflict-of-interest`` with the whole call.
    """
    kind = _deed(deed)
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, HANDLERS)
        ids = list(dict.fromkeys(cases))
        if matching is not None:
            promise = promise_of_plan(plan_of_call(engine, reading, call))
            ids = reading.queues.ids(call_id, matching.wanted(by), promise, today(by.at), limit=MOST + 1)
        _check_some(ids)
        found = _mine(reading.cases.by_ids(ids[:MOST]), ids, call_id)
        given = reading.queues.handling([one.id for one in found])
        return _judged(reading, by, call, kind, user_id, found, given, more=len(ids) > MOST)


def give_cases(
    engine: Engine, by: By, call_id: str, deed: str, user_id: str = "", *, cases: Collection[str], reason: str = ""
) -> Giving:
    """Give these cases of a call to someone to handle, move or take them; what that is not possible with now is left out.

    All of it is one transaction. Done again, everything is left out. The person is told once, of all.

    :param reason: why they are moved or taken.
    :raises InputError: ``not-one-of``, ``choose-handler``, ``nothing-chosen``, ``reason-missing`` or ``text-length``.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: as of :func:`preview_giving`.
    """
    kind, checks = _deed(deed), Checks()
    why = "" if kind == "give" else checks.reason(reason)
    checks.done()
    ids = list(dict.fromkeys(cases))[:MOST]
    _check_some(ids)
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, HANDLERS, lock=True)
        found = _mine(work.cases.by_ids(ids, lock=True), ids, call_id)
        given = work.queues.handling([one.id for one in found])
        judged = _judged(work, by, call, kind, user_id, found, given)
        _do(engine, work, call, judged, user_id, given, why)
        return judged


def _deed(deed: str) -> Deed:
    checks = Checks()
    checks.one_of(deed, DEEDS, "deed")
    checks.done()
    return next(one for one in DEEDS if one == deed)


def _check_some(ids: Sequence[str]) -> None:
    checks = Checks()
    if not ids:
        checks.add("nothing-chosen", "cases")
    checks.done()


def _mine(found: Mapping[str, Application], ids: Iterable[str], call_id: str) -> list[Application]:
    """Those of the call that have been handed in, in the order they were chosen."""
    there = (found[id] for id in ids if id in found)
    return [one for one in there if one.call_id == call_id and one.submitted_at is not None]


def _judged(
    reading: Reading, by: By, call: Call, deed: Deed, user_id: str, cases: Sequence[Application],
    given: Mapping[str, Sequence[Assignment]], *, more: bool = False,
) -> Giving:  # fmt: skip
    """What can be done with each case.

    :raises InputError: ``choose-handler``: the person does not handle cases of the call.
    """
    people, checks = people_of(reading, call, "handler", by.at), Checks()
    able = {one.id: one.name for one in reading.queues.may_handle(call.authority_id, call.id, HANDLERS, by.at)}
    if deed != "take" and user_id not in able:
        checks.add("choose-handler", "to")
    checks.done()
    _check_may_give(by, call, people, cases)
    names = reading.users.named({one.user_id for those in given.values() for one in those})
    organisations = reading.queues.named([one.id for one in cases])
    lines = [
        Line(
            one.id, one.number, organisations[one.id], tuple(names[each.user_id] for each in given.get(one.id, ())),
            _why_not(by, people, deed, user_id, one, given.get(one.id, ())),
        )
        for one in cases
    ]  # fmt: skip
    done, left = [one for one in lines if one.why is None], [one for one in lines if one.why is not None]
    return Giving(deed, able.get(user_id, "") if deed != "take" else "", tuple(done), tuple(left), more)


def _check_may_give(by: By, call: Call, people: People, cases: Iterable[Application]) -> None:
    """Whoever gives cases has declared interests since they came in, and has no tie to the whole call."""
    me = by.id or ""
    if me in people.away:
        raise NotAllowedError("conflict-of-interest")
    open_ones = [one for one in cases if one.status in IN_REVIEW and not people.is_conflicted(me, one)]
    if not all(people.has_declared(me, one) for one in open_ones):
        raise NotAllowedError("interests-undeclared", call_id=call.id)


def _why_not(
    by: By, people: People, deed: Deed, user_id: str, case: Application, given: Sequence[Assignment]
) -> Why | None:
    """Why nothing is done with a case; what hinders most is told first."""
    owners = {one.user_id for one in given}
    if case.status not in IN_REVIEW:
        return "status"
    if people.is_conflicted(by.id or "", case):
        return "tied"
    if deed == "take":
        return None if owners else "has-none"
    if owners == {user_id}:
        return "has-it"
    if people.is_conflicted(user_id, case):
        return "person-tied"
    if not people.has_declared(user_id, case):
        return "person-undeclared"
    return "has-other" if deed == "give" and owners else None


def _do(
    engine: Engine, work: Work, call: Call, judged: Giving, user_id: str, given: Mapping[str, Sequence[Assignment]], why: str
) -> None:  # fmt: skip
    """What was found to be possible; who has a case already keeps it as it is."""
    keeps = "" if judged.deed == "take" else user_id
    theirs = [one for line in judged.done for one in given.get(line.id, ())]
    end(work, [one for one in theirs if one.user_id != keeps], why)
    has = {one.application_id for one in theirs if one.user_id == keeps}
    made = [Given(line.id, user_id) for line in judged.done if keeps and line.id not in has]
    for one in made:
        make_assignment(work, one.application_id, user_id, "handler", "")
    if made and user_id != work.by.id:
        tell_given(engine, work, call, made)
