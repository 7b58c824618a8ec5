"""Who of an authority is told of what happens in a call: whoever works in it, also as a stand-in, and nobody with a tie."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from grantengine.lifecycle import HANDLERS
from grantengine.store.tables.applications import Application
from grantengine.store.tables.people import User
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Work


def who_handles(work: Work, application: Application, first: str) -> list[User]:
    """Who of the authority is told of what comes to a case: the one who began it, if at work in the call still; else those
    to whom the case is given to handle, and else every handler. Nobody with a tie.
    """
    able = {one.id: one for one in who_is_told(work, work.schemes.call_of(application), HANDLERS, [application])}
    given = [one.user_id for one in work.assessments.assignments(application.id) if one.role == "handler"]
    for ids in ([first], given):
        found = [able[id] for id in dict.fromkeys(ids) if id in able]
        if found:
            return found
    return list(able.values())


def who_is_told(work: Work, call: Call, roles: Collection[str], cases: Iterable[Application] = ()) -> list[User]:
    """Those who have one of these roles in a call now, each once.

    Who stands in for a single case is told of that case alone. A tie to any of ``cases``, or to the whole call, keeps its
    person from being told: a mail may say more than its reader may open.
    """
    about = list(cases)
    found = {user.id: user for user in work.users.in_role(call.authority_id, roles, work.by.at)}
    for role in sorted(roles):
        for one in work.impartiality.standing_in(call.id, str(role), work.by.at):
            stands_in = one.application_id is None or [one.application_id] == [case.id for case in about]
            user = work.users.get(one.user_id) if stands_in else None
            if user is not None:
                found[user.id] = user
    touched = {case.organisation_id for case in about} | {case.host_id for case in about}
    ties = work.impartiality.keeping_away(call.id)
    away = {one.user_id for one in ties if one.whole_call or one.organisation_id in touched}
    return [user for id, user in found.items() if id not in away]
