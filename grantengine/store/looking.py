"""What is asked with nearly every page: one statement each, for values and not for rows that one could change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from grantengine.store.drafts import Drafts
from grantengine.store.sign_in import HALF
from grantengine.store.tables.dialogue import PublishedAnswer
from grantengine.store.tables.operations import AuditHead
from grantengine.store.tables.people import AuthorityRole, User
from grantengine.store.tables.schemes import Call, CallPatch, CallResults, SchemeVersion
from grantengine.store.tables.sign_in import UserSession

_STAFF = exists().where(
    AuthorityRole.user_id == User.id,
    AuthorityRole.since <= bindparam("at"),
    or_(AuthorityRole.until.is_(None), AuthorityRole.until > bindparam("at")),
)
# Statements are made once: to make one takes longer than to ask it.
_SEEN = (
    select(UserSession.seen_at, UserSession.ends_at, User.id, User.name, User.language, _STAFF)
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.id == bindparam("id"), UserSession.how != HALF, User.verified_at.is_not(None))
)
_COUNTS = [
    *(select(func.count()).select_from(one).scalar_subquery() for one in (Call, CallPatch)),
    # Of an authority also its name, address and place may change: with an event, as all that is audited.
    select(func.coalesce(func.sum(AuditHead.place), 0)).where(AuditHead.aggregate == "authority").scalar_subquery(),
]
_STAMP = select(*_COUNTS)
_ANSWERS = (
    select(func.count()).select_from(PublishedAnswer).where(PublishedAnswer.call_id == bindparam("call"))
).scalar_subquery()
_STAMP_OF_CALL = select(*_COUNTS, _ANSWERS)
_RESULTS = (
    select(*CallResults.__table__.columns)
    .join(Call, Call.id == CallResults.call_id)
    .join(SchemeVersion, SchemeVersion.id == Call.version_id)
    .where(SchemeVersion.scheme_id == bindparam("scheme"))
    .order_by(CallResults.call_id)
)

Stamp = tuple[int, ...]
"""How many calls, changes of calls, and events of authorities there are. None is ever removed: the same numbers mean that
nothing has been announced or changed. A call that is announced is changed by a patch, and a version never is.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session and its user; ``is_staff``: the user has a role in some authority now."""

    seen_at: datetime
    ends_at: datetime
    user_id: str
    name: str
    language: str
    is_staff: bool


class ResultRow(NamedTuple):
    """What became of a call, as :class:`grantengine.store.tables.schemes.CallResults` keeps it."""

    call_id: str
    told: int
    funded: int
    waiting: int
    granted: int
    unit: str | None
    least_total: int | None
    told_at: datetime | None
    made_at: datetime


class Looking:
    """Questions of one statement, in a transaction or without one."""

    def __init__(self, asking: Connection | Session) -> None:
        self._ask = asking.execute
        self.drafts = Drafts(asking)

    def seen(self, session_id: str, at: datetime) -> Seen | None:
        """Who is signed in by the session with this id; None where none is."""
        row = self._ask(_SEEN, {"id": session_id, "at": at}).first()
        return Seen(*row) if row else None

    def stamp(self) -> Stamp:
        """The stamp of what is announced."""
        return tuple(self._ask(_STAMP).one())

    def stamp_of(self, call_id: str) -> tuple[Stamp, int]:
        """The stamp of what is announced, and how many answers are published in a call."""
        *stamp, answers = self._ask(_STAMP_OF_CALL, {"call": call_id}).one()
        return tuple(stamp), answers

    def results(self, scheme_id: str) -> tuple[ResultRow, ...]:
        """What became of the calls of a scheme, as far as letters have told it, in order of their ids."""
        return tuple(ResultRow(*row) for row in self._ask(_RESULTS, {"scheme": scheme_id}))
