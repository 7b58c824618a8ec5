"""Who takes part in which threads of a case, on which side, and who is told of what is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import APPLICANTS, DECIDERS, HANDLERS, READERS, Who
from grantengine.records import By
from grantengine.services.access import roles_of, user_of
from grantengine.services.messages import receiver_of, send
from grantengine.services.who_is_told import who_is_told
from grantengine.store.tables.applications import Application
from grantengine.store.tables.dialogue import Thread
from grantengine.store.tables.people import User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

AUDIENCES = ("applicant", "authority", "assessors")
TALKERS = APPLICANTS | READERS


@dataclass(frozen=True, slots=True)
class Party:
    """A user with the roles it has in a case; ``delivered`` are the rounds in which it has delivered a sheet of its own,
    ``owes`` those in which it is still to deliver one.
    """

    user: User
    roles: frozenset[str]
    delivered: frozenset[str]
    owes: frozenset[str] = frozenset()

    @property
    def side(self) -> str:
        """``applicant`` or ``authority``."""
        return "applicant" if self.roles & APPLICANTS else "authority"

    def takes_part(self, audience: str, round_id: str | None) -> bool:
        """Whether a thread for this audience is for this user.

        Assessors see what others think once they have delivered what they think themselves; so do handlers who are some.
        """
        if audience == "applicant":
            return bool(self.roles & (APPLICANTS | DECIDERS))
        if audience == "authority":
            return bool(self.roles & DECIDERS)
        if self.roles & HANDLERS:
            return not self.owes if round_id is None else round_id not in self.owes
        return Who.ASSESSOR in self.roles and round_id in self.delivered


def party_of(work: Reading, by: By, application: Application) -> Party:
    """Whoever does this, with what it has to do with the case.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    user, roles = user_of(work, by), roles_of(work, by, application)
    if Who.ASSESSOR not in roles:
        return Party(user, roles, frozenset())
    sheets = work.assessments.sheets(application.id)
    mine = frozenset(one.round_id for one in sheets if one.assessor_id == user.id and one.delivered_at is not None)
    given = work.assessments.assignments(application.id)
    owed = {one.round_id for one in given if one.user_id == user.id and one.role == "assessor"}
    return Party(user, roles, mine, frozenset(owed - mine))


def tell(engine: Engine, work: Work, application: Application, thread: Thread, author: Party) -> None:
    """Tell those who take part in a thread that something has been said; what was said is not in the message."""
    for one in _listeners(work, application, thread, author):
        case = f"applications/{application.id}" if one.side == "applicant" else f"office/cases/{application.id}"
        send(
            engine, work, receiver_of(one.user), "comment", about=application.id, name=one.user.name,
            who=author.user.name, number=application.number, url=f"{engine.settings.url}/{case}/threads/{thread.id}",
        )  # fmt: skip


def _listeners(work: Work, application: Application, thread: Thread, author: Party) -> list[Party]:
    """Everyone who has written in it, and the other side: contacts, or those who handle the case; other assessors.

    Where the case is given to nobody, and nobody else would hear of it, every handler does. Nobody is told who may not read it.
    """
    wanted = [one.author_id for one in work.dialogue.comments(application.id) if one.thread_id == thread.id]
    to_applicant = thread.audience == "applicant" and author.side == "authority"
    if to_applicant:
        people = work.organisations.people(application.organisation_id, work.by.at)
        wanted += [user.id for role, user in people if role.role == "contact"]
    else:
        given = work.assessments.assignments(application.id)
        wanted += [one.user_id for one in given if one.role == "handler" or thread.audience == "assessors"]
    found = [one for one in _able(work, application, thread, wanted) if one.user.id != author.user.id]
    if not (to_applicant or thread.audience == "authority" or any(one.roles & HANDLERS for one in found)):
        call = work.schemes.call_of(application)
        handlers = [one.id for one in who_is_told(work, call, HANDLERS, [application])]
        found += [one for one in _able(work, application, thread, handlers) if one.user.id != author.user.id]
    return list({one.user.id: one for one in found}.values())


def _able(work: Work, application: Application, thread: Thread, ids: list[str]) -> list[Party]:
    """Those of these users who may read the thread now, each once."""
    found = (_reader(work, application, id, work.by.at) for id in dict.fromkeys(ids))
    return [one for one in found if one is not None and one.takes_part(thread.audience, thread.round_id)]


def _reader(work: Work, application: Application, user_id: str, at: datetime) -> Party | None:
    user = work.users.get(user_id)
    if user is None or user.verified_at is None:
        return None
    party = party_of(work, By("user", user_id, at), application)
    touched = {application.organisation_id, *([application.host_id] if application.host_id else [])}
    if party.side == "authority" and work.impartiality.is_conflicted(application.call_id, user_id, touched):
        return None
    return party
