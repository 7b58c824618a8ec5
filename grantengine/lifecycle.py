"""The statuses of a case and the ways between them: one table, checked when it is built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a case is. Words for people: the texts ``status.<status>`` and ``status.<status>.help``."""

    DRAFT = "draft"
    UNCONFIRMED = "unconfirmed"
    SUBMITTED = "submitted"
    CHANGES_ASKED = "changes-asked"
    DECIDED = "decided"
    MOVED_UP = "moved-up"
    GRANTED = "granted"
    REFUSED = "refused"
    DECLINED = "declined"
    FORFEITED = "forfeited"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Who(StrEnum):
    """Who may do something to a case: a role in the organisation or in the authority, or the system itself."""

    WRITER = "writer"
    CONTACT = "contact"
    SIGNATORY = "signatory"
    HANDLER = "handler"
    LEADER = "leader"
    APPROVER = "approver"
    ASSESSOR = "assessor"
    SYSTEM = "system"


APPLICANTS = frozenset({Who.WRITER, Who.CONTACT, Who.SIGNATORY})
HANDLERS = frozenset({Who.HANDLER, Who.LEADER})
DECIDERS = HANDLERS | {Who.APPROVER}
READERS = DECIDERS | {Who.ASSESSOR}
"""Those of the authority who may open a case; an assessor only what is assigned."""

IN_REVIEW = frozenset({Status.SUBMITTED, Status.CHANGES_ASKED})
"""Where a case is with the authority and nothing is decided."""


AWAITS_LETTER = frozenset({Status.DECIDED, Status.MOVED_UP})
"""What is decided, and not told yet."""


def told_status(status: str) -> Status:
    """The status as the applicant is told of it: what is decided is told by the letter, and not before it has gone out."""
    return {Status.DECIDED: Status.SUBMITTED, Status.MOVED_UP: Status.REFUSED}.get(Status(status), Status(status))


class LifecycleError(ValueError):
    """The table contradicts itself; a mistake of ours, found when the package is imported."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one of ``sources`` (none: a case begins) to ``to``, done by ``verb``, allowed to ``who``."""

    verb: str
    sources: frozenset[Status]
    to: Status
    who: frozenset[Who]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All transitions; ``ends`` are the statuses that a case may stay in for good."""

    transitions: tuple[Transition, ...]
    ends: frozenset[Status]

    def __post_init__(self) -> None:
        _check(self)

    def find(self, verb: str) -> Transition:
        """The transition of this name.

        :raises KeyError: there is none.
        """
        return next((one for one in self.transitions if one.verb == verb), None) or _unknown(verb)

    def from_status(self, status: Status) -> tuple[Transition, ...]:
        """What can be done to a case in this status."""
        return tuple(one for one in self.transitions if status in one.sources)


def _unknown(verb: str) -> Transition:
    raise KeyError(verb)


def _check(life: Lifecycle) -> None:
    verbs = [one.verb for one in life.transitions]
    if len(set(verbs)) != len(verbs):
        raise LifecycleError("a verb stands twice")
    if any(not one.who for one in life.transitions):
        raise LifecycleError("a transition nobody may do")
    reached = {one.to for one in life.transitions if not one.sources}
    while True:
        more = {one.to for one in life.transitions if one.sources & reached} - reached
        if not more:
            break
        reached |= more
    if set(Status) - reached:
        raise LifecycleError(f"never reached: {_names(set(Status) - reached)}")
    leaving = {status for one in life.transitions for status in one.sources}
    if set(Status) - leaving - life.ends:
        raise LifecycleError(f"dead ends: {_names(set(Status) - leaving - life.ends)}")
    if life.ends & leaving:
        raise LifecycleError(f"ends that can be left: {_names(life.ends & leaving)}")


def _names(statuses: Iterable[Status]) -> str:
    return ", ".join(sorted(statuses))


def _way(verb: str, sources: Iterable[Status], to: Status, who: Iterable[Who]) -> Transition:
    return Transition(verb, frozenset(sources), to, frozenset(who))


_SIGNS = (Who.CONTACT, Who.SIGNATORY)

LIFECYCLE = Lifecycle(
    (
        _way("start", (), Status.DRAFT, APPLICANTS),
        _way("register", (), Status.UNCONFIRMED, HANDLERS),
        _way("submit", (Status.DRAFT,), Status.SUBMITTED, _SIGNS),
        _way("confirm", (Status.UNCONFIRMED,), Status.SUBMITTED, _SIGNS),
        _way("ask-changes", (Status.SUBMITTED,), Status.CHANGES_ASKED, HANDLERS),
        _way("answer-changes", (Status.CHANGES_ASKED,), Status.SUBMITTED, _SIGNS),
        _way("close-changes", (Status.CHANGES_ASKED,), Status.SUBMITTED, (*HANDLERS, Who.SYSTEM)),
        _way("decide", (Status.SUBMITTED,), Status.DECIDED, DECIDERS),
        _way("move-up", (Status.REFUSED,), Status.MOVED_UP, DECIDERS),
        _way("grant", (Status.DECIDED, Status.MOVED_UP), Status.GRANTED, (*HANDLERS, Who.SYSTEM)),
        _way("refuse", (Status.DECIDED, Status.MOVED_UP), Status.REFUSED, (*HANDLERS, Who.SYSTEM)),
        _way("decline", (Status.GRANTED,), Status.DECLINED, _SIGNS),
        _way("forfeit", (Status.GRANTED,), Status.FORFEITED, HANDLERS),
        _way("withdraw", (Status.DRAFT, Status.UNCONFIRMED, *IN_REVIEW, Status.DECIDED), Status.WITHDRAWN, _SIGNS),
        _way("lapse", (Status.DRAFT, Status.UNCONFIRMED), Status.LAPSED, (Who.SYSTEM,)),
    ),
    ends=frozenset({Status.WITHDRAWN, Status.LAPSED, Status.DECLINED, Status.FORFEITED}),
)
