"""What access to a call or a case is judged by, read together: who asks, the call with its authority, and every role and tie.

Pages ask for it piece by piece through the repositories, which find it here; a statement for each piece would be most of what
a page costs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, literal, null, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from grantengine.store.impartiality import Impartiality
from grantengine.store.once import ANSWERS, foretell
from grantengine.store.schemes import Schemes
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Interest, InterestDeclaration, StandIn
from grantengine.store.tables.people import Authority, AuthorityRole, Organisation, OrganisationRole, User
from grantengine.store.tables.schemes import Call, SchemeVersion
from grantengine.store.users import Users

KEPT = "around"
"""Where a session keeps what was read: its own map of rows lets go of what nobody holds."""

_ID = User.id.type
_CALL, _USER, _CASE = (bindparam(name, type_=_ID) for name in ("call", "user", "case"))
_AT = bindparam("at", type_=AuthorityRole.since.type)


def _valid(since: InstrumentedAttribute[datetime], until: InstrumentedAttribute[datetime | None]) -> Any:
    return and_(since <= _AT, or_(until.is_(None), until > _AT))


def _with(found: Any) -> Any:
    """Joined with what is around a call."""
    declared = and_(InterestDeclaration.call_id == Call.id, InterestDeclaration.user_id == _USER)
    return (
        found.join(Authority, Authority.id == Call.authority_id)
        .join(SchemeVersion, SchemeVersion.id == Call.version_id)
        .outerjoin(User, User.id == _USER)
        .outerjoin(InterestDeclaration, declared)
    )


_OF_CALL = _with(select(Call, Authority, User, InterestDeclaration, SchemeVersion.digest)).where(Call.id == _CALL)
_OF_CASE = _with(
    select(Call, Authority, User, InterestDeclaration, SchemeVersion.digest, Application, Organisation)
    .join(Application, Application.call_id == Call.id)
    .join(Organisation, Organisation.id == Application.organisation_id)
).where(Application.id == _CASE)


def _own() -> Any:
    found = select(literal("authority"), AuthorityRole.role, null()).join(
        Call, Call.authority_id == AuthorityRole.authority_id
    )
    mine = (Call.id == _CALL, AuthorityRole.user_id == _USER, _valid(AuthorityRole.since, AuthorityRole.until))
    return found.where(*mine)


_TIES = [
    _own(),
    select(literal("instead"), StandIn.role, StandIn.application_id).where(
        StandIn.call_id == _CALL, StandIn.user_id == _USER, _valid(StandIn.since, StandIn.until)
    ),
    select(literal("tie"), Interest.organisation_id, case((Interest.whole_call, literal("all")))).where(
        Interest.call_id == _CALL, Interest.user_id == _USER, Interest.status != "no-conflict"
    ),
]
_OF_ORGANISATION = select(literal("organisation"), OrganisationRole.role, OrganisationRole.organisation_id).where(
    OrganisationRole.organisation_id == bindparam("organisation", type_=_ID), OrganisationRole.user_id == _USER,
    _valid(OrganisationRole.since, OrganisationRole.until),
)  # fmt: skip
_ROLES, _ROLES_IN_CASE = union_all(*_TIES), union_all(*_TIES, _OF_ORGANISATION)


class Around:
    """Reads it all, in a session that only reads; where something is changed, rows are locked one by one and in order."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def of_call(self, call_id: str, user_id: str, at: datetime) -> None:
        """What is around a call for a user."""
        if self._is_new(call_id, user_id):
            row = self.session.execute(_OF_CALL, {"call": call_id, "user": user_id}).first()
            self._keep(row, user_id, at)

    def of_case(self, application_id: str, user_id: str, at: datetime) -> None:
        """What is around a case for a user."""
        if self._is_new(application_id, user_id):
            row = self.session.execute(_OF_CASE, {"case": application_id, "user": user_id}).first()
            self._keep(row, user_id, at, application_id)

    def _is_new(self, *of: str) -> bool:
        kept = self.session.info.setdefault(KEPT, {})
        if ANSWERS not in self.session.info or not all(isinstance(one, str) for one in of) or of in kept:
            return False
        kept[of] = None
        return True

    def _keep(self, row: Any, user_id: str, at: datetime, application_id: str | None = None) -> None:
        if row is None:
            return
        call, authority, user, declaration, digest, *about = row
        self.session.info[KEPT][call.id, authority.id, user_id] = (call, authority, user, declaration, *about)
        organisation = about[1].id if about else None
        asked = {"call": call.id, "user": user_id, "at": at, "organisation": organisation}
        roles: dict[str, list[tuple[str, str | None]]] = {"authority": [], "instead": [], "tie": [], "organisation": []}
        for kind, name, of in self.session.execute(_ROLES_IN_CASE if about else _ROLES, asked):
            roles[kind].append((name, of))
        tell = self.session.info[ANSWERS]
        own = frozenset(name for name, _ in roles["authority"])
        foretell(tell, Users.roles_in_authority, own, user_id, authority.id, at)
        if organisation is not None:
            mine = frozenset(name for name, _ in roles["organisation"])
            foretell(tell, Users.roles_in_organisation, mine, user_id, organisation, at)
        foretell(tell, Impartiality.standing, tuple(roles["instead"]), call.id, user_id, at)
        foretell(tell, Impartiality.ties, tuple((name, of is not None) for name, of in roles["tie"]), call.id, user_id)
        foretell(tell, Impartiality.declaration, declaration, call.id, user_id)
        foretell(tell, Schemes.digest_of, digest, call.version_id)
