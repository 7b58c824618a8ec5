"""What a call's cases are evaluated from: each kind of it for all cases in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, select, union
from sqlalchemy.orm import Session

from grantengine.store.tables.applications import Application, CheckedValue, Extension, Fact, Revision
from grantengine.store.tables.assessment import Judgement
from grantengine.store.tables.people import Organisation

MOST_AT_ONCE = 500
"""Ids in one statement."""


class Cases:
    """Queries about all cases of a call in some statuses."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def handed_in(
        self, call_id: str, statuses: Collection[str]
    ) -> list[tuple[Application, Organisation, dict[str, Any]]]:
        """The cases with their applicants and the answers that count, in order of id."""
        found = (
            select(Application, Organisation, Revision.answers)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .join(Revision, Revision.id == Application.revision_id)
            .where(*_of(call_id, statuses))
            .order_by(Application.id)
        )
        return [(one, organisation, answers or {}) for one, organisation, answers in self.session.execute(found)]

    def names(self, call_id: str) -> dict[str, str]:
        """The name of the applicant of every case of a call that was handed in, by case."""
        found = (
            select(Application.id, Organisation.name)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .where(Application.call_id == call_id, Application.submitted_at.is_not(None))
        )
        return {id: name for id, name in self.session.execute(found)}  # noqa: C416 - rows have a method `keys`

    def facts(self, call_id: str, statuses: Collection[str]) -> dict[str, list[Fact]]:
        """The facts of each case by its id."""
        found = select(Fact).join(Application, Application.id == Fact.application_id).where(*_of(call_id, statuses))
        by_case = defaultdict(list)
        for fact in self.session.scalars(found.order_by(Fact.application_id, Fact.source)):
            by_case[fact.application_id].append(fact)
        return dict(by_case)

    def checked(self, call_id: str, statuses: Collection[str]) -> dict[str, dict[str, Any]]:
        """The checked values of each case by name."""
        found = select(CheckedValue).join(Application, Application.id == CheckedValue.application_id)
        by_case: dict[str, dict[str, Any]] = defaultdict(dict)
        for one in self.session.scalars(found.where(*_of(call_id, statuses)).order_by(CheckedValue.name)):
            by_case[one.application_id][one.name] = one.value["value"]
        return dict(by_case)

    def judged(self, call_id: str, statuses: Collection[str]) -> dict[str, dict[str, bool]]:
        """What handlers have judged of each case, by rule."""
        found = select(Judgement).join(Application, Application.id == Judgement.application_id)
        by_case: dict[str, dict[str, bool]] = defaultdict(dict)
        for one in self.session.scalars(found.where(*_of(call_id, statuses)).order_by(Judgement.rule)):
            by_case[one.application_id][one.rule] = one.answer
        return dict(by_case)

    def by_ids(self, ids: Collection[str], *, lock: bool = False) -> dict[str, Application]:
        """These applications by id; ``lock`` keeps others from changing them until the transaction ends. They are locked in
        one order, so that no two wait for each other.
        """
        found: dict[str, Application] = {}
        for some in _in_turns(sorted(ids)):
            rows = select(Application).where(Application.id.in_(some)).order_by(Application.id)
            if lock:
                rows = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
            found |= {one.id: one for one in self.session.scalars(rows)}
        return found

    def applicants(self, call_id: str) -> list[Organisation]:
        """Those who have handed in something in a call, and hosts who would receive their money, by name."""
        handed_in = (Application.call_id == call_id) & Application.submitted_at.is_not(None)
        ids: CompoundSelect[Any] = union(
            select(Application.organisation_id).where(handed_in),
            select(Application.host_id).where(handed_in, Application.host_id.is_not(None)),
        )
        found = select(Organisation).where(Organisation.id.in_(ids))
        return list(self.session.scalars(found.order_by(Organisation.name, Organisation.id)))

    def came_in(self, call_id: str) -> dict[str, datetime]:
        """Since when the last case of each applicant of a call, and of each host, is on the list of names, by organisation."""
        found = select(
            Application.organisation_id, Application.host_id, Application.submitted_at, Application.begun_at
        ).where(Application.call_id == call_id, Application.submitted_at.is_not(None))
        last: dict[str, datetime] = {}
        for applicant, host, submitted, begun in self.session.execute(found):
            for id in (applicant, host) if host else (applicant,):
                last[id] = max(submitted or begun, begun, last.get(id, begun))
        return last

    def extensions(self, call_id: str) -> list[Extension]:
        """The later deadlines that single applicants have in a call."""
        return list(self.session.scalars(select(Extension).where(Extension.call_id == call_id).order_by(Extension.id)))


def _of(call_id: str, statuses: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return Application.call_id == call_id, Application.status.in_(sorted(statuses))


def _in_turns(ids: list[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, MOST_AT_ONCE)):
        yield some
