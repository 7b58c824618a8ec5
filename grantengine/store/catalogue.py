"""Calls as everyone may see them: the list of all, what one says, and what became of those that were decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from grantengine.lifecycle import AWAITS_LETTER, IN_REVIEW, Status
from grantengine.records import POINT_UNITS
from grantengine.store.tables.applications import Application
from grantengine.store.tables.decisions import AwardLine, Decision, Letter
from grantengine.store.tables.operations import Setting
from grantengine.store.tables.people import Authority
from grantengine.store.tables.schemes import (
    Call,
    CallAlert,
    CallAlertTold,
    CallResults,
    SchemeVersion,
    StoredScheme,
)

FUNDED = tuple(sorted({Status.GRANTED, Status.DECLINED, Status.FORFEITED}))
"""Those who were given something, whatever they did with it."""
WAITING = tuple(sorted(IN_REVIEW | AWAITS_LETTER | {Status.UNCONFIRMED}))


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with what names its rules, without what they say."""

    id: str
    version_id: str
    digest: str
    scheme_id: str
    authority_id: str
    title: dict[str, Any]
    patch: list[Any]
    opens_at: datetime | None
    closes_at: datetime | None


class Catalogue:
    """Queries about calls that are announced."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def calls(self, scheme_id: str | None = None) -> list[CallRow]:
        """Every call, or those of one scheme, in order of id."""
        found = (
            select(
                Call.id, Call.version_id, SchemeVersion.digest, SchemeVersion.scheme_id, Call.authority_id, Call.title,
                Call.patch, Call.opens_at, Call.closes_at,
            )
            .join(SchemeVersion, SchemeVersion.id == Call.version_id)
            .order_by(Call.id)
        )  # fmt: skip
        if scheme_id is not None:
            found = found.where(SchemeVersion.scheme_id == scheme_id)
        return [CallRow(*row) for row in self.session.execute(found)]

    def sources(self, version_ids: Collection[str]) -> dict[str, str]:
        """The files of published versions by digest, in one statement."""
        wanted = SchemeVersion.id.in_(sorted(set(version_ids)))
        found = self.session.execute(select(SchemeVersion.digest, SchemeVersion.source).where(wanted))
        return {row.digest: row.source for row in found}

    def places(self) -> dict[str, str]:
        """The municipality or county that authorities are of, by authority; none for those that are there for all."""
        found = self.session.execute(select(Setting.authority_id, Setting.value).where(Setting.name == "place"))
        return {row.authority_id: str(row.value.get("place", "")) for row in found}

    def call(self, id: str) -> tuple[Call, str, StoredScheme, Authority] | None:
        """A call with the digest of its version, its scheme and its authority, in one statement."""
        found = (
            select(Call, SchemeVersion.digest, StoredScheme, Authority)
            .join(SchemeVersion, SchemeVersion.id == Call.version_id)
            .join(StoredScheme, StoredScheme.id == SchemeVersion.scheme_id)
            .join(Authority, Authority.id == Call.authority_id)
            .where(Call.id == id)
        )
        row = self.session.execute(found).one_or_none()
        return (row[0], row[1], row[2], row[3]) if row is not None else None

    def sum_up(self, call_id: str, at: datetime) -> CallResults:
        """What became of a call, reckoned from its cases: a worker does this when letters have gone out, and no page."""
        counted = select(Application.status, func.count()).where(
            Application.call_id == call_id, Application.submitted_at.is_not(None)
        )
        rows = self.session.execute(counted.group_by(Application.status))
        by_status = {status: count for status, count in rows}  # noqa: C416 - rows have a method `keys` of their own
        granted = self._granted(call_id)
        told = select(Letter.made_at).join(Application, Application.id == Letter.application_id)
        told = told.where(Application.call_id == call_id, Letter.kind == "decision")
        count = self.session.scalar(select(func.count()).select_from(told.subquery())) or 0
        return CallResults(
            call_id=call_id, told=sum(by_status.get(one, 0) for one in (*FUNDED, Status.REFUSED)),
            funded=sum(by_status.get(one, 0) for one in FUNDED), waiting=sum(by_status.get(one, 0) for one in WAITING),
            granted=granted[1], unit=granted[0], least_total=self._least_total(call_id),
            told_at=self.session.scalar(told.order_by(Letter.made_at).offset(count // 2).limit(1)), made_at=at,
        )  # fmt: skip

    def _granted(self, call_id: str) -> tuple[str | None, int]:
        told = exists().where(
            Letter.application_id == AwardLine.application_id, Letter.decision_id == AwardLine.decision_id
        )
        found = select(AwardLine.unit, func.sum(AwardLine.amount)).where(
            AwardLine.call_id == call_id, AwardLine.freed_at.is_(None), told
        )
        rows = self.session.execute(found.group_by(AwardLine.unit).order_by(AwardLine.unit)).all()
        return (rows[0][0], int(rows[0][1])) if rows else (None, 0)

    def _least_total(self, call_id: str) -> int | None:
        told = exists().where(Letter.application_id == Decision.application_id, Letter.decision_id == Decision.id)
        found = select(Decision.outcome).where(Decision.call_id == call_id, Decision.granted > 0, told)
        totals = (outcome.get("total") for outcome in self.session.scalars(found.execution_options(yield_per=500)))
        return min((round(total * POINT_UNITS) for total in totals if total is not None), default=None)

    def alert(self, organisation_id: str) -> CallAlert | None:
        """The wish of an organisation to be told of calls, if it has one."""
        return self.session.get(CallAlert, organisation_id)

    def alerts_of(self, organisation_ids: Collection[str]) -> set[str]:
        """Those of these organisations that want to be told."""
        found = select(CallAlert.organisation_id).where(CallAlert.organisation_id.in_(sorted(organisation_ids)))
        return set(self.session.scalars(found))

    def to_tell(self, call_id: str, after: str = "", limit: int = 50) -> list[str]:
        """Organisations that want to be told of calls, and have not been looked at for this one, after this one."""
        told = exists().where(
            CallAlertTold.call_id == call_id, CallAlertTold.organisation_id == CallAlert.organisation_id
        )
        found = select(CallAlert.organisation_id).where(CallAlert.organisation_id > after, ~told)
        return list(self.session.scalars(found.order_by(CallAlert.organisation_id).limit(limit)))

    def is_told(self, call_id: str, organisation_id: str) -> bool:
        """Whether an organisation has been looked at for a call."""
        return self.session.get(CallAlertTold, (call_id, organisation_id)) is not None
