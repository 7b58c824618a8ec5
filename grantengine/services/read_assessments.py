"""What assessors have found, for those who may see it: their marks, how far apart they are, and what they talk about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import CriterionPlan, Plan, Words
from grantengine.lifecycle import READERS
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.marks import is_marked_in, marked_criteria, part_of, rating_rounds, spread_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.points_so_far import PointsSoFar, points_so_far, record_of
from grantengine.services.reads import keep_read, reader_of
from grantengine.store.tables.applications import Application
from grantengine.store.tables.assessment import Assessment

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """An assessor's marks and notes by criterion. ``delivered_at`` is None for one's own draft. ``counts``: it is delivered,
    and no tie keeps the assessor away. ``earlier`` is what was delivered before a discussion, oldest first.
    """

    round_id: str
    assessor_id: str
    assessor: str
    version: int
    marks: Mapping[str, Any]
    notes: Mapping[str, Any]
    saved_at: datetime
    delivered_at: datetime | None
    counts: bool
    earlier: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CriterionSeen:
    """One criterion in one round over the sheets that are shown and count: the ``combined`` mark, unrounded, how far apart
    marks are, and whether that calls for a discussion that nobody has settled (``alert``).
    """

    id: str
    title: Words
    round_id: str
    marks: tuple[float, ...]
    combined: float | None
    spread: float
    limit: float | None
    discussed: bool

    @property
    def alert(self) -> bool:
        """Whether assessors are to talk about it."""
        return self.limit is not None and self.spread > self.limit and not self.discussed


@dataclass(frozen=True, slots=True)
class AssessmentsSeen:
    """The sheets of a case that may be seen. ``hidden`` says that others have to be delivered to blindly first: there may be
    more, which are shown when one's own is delivered.
    """

    application_id: str
    number: str
    own: tuple[SheetSeen, ...]
    others: tuple[SheetSeen, ...]
    hidden: bool
    criteria: tuple[CriterionSeen, ...]
    so_far: PointsSoFar


def read_assessments(engine: Engine, by: By, application_id: str) -> AssessmentsSeen:
    """What assessors have found in a case: delivered sheets, and one's own.

    An assessor sees those of others in a blind round after delivering the own; so does a handler who is one. That someone
    reads it is kept first.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        application = application_for(reading, by, application_id, READERS)
        reader = reader_of(reading, by, application)
        plan = plan_of_call(engine, reading, reading.schemes.call_of(application))
        seen = assessments_seen(engine, reading, by, plan, application)
    keep_read(engine, by, reader, "assessments")
    return seen


def assessments_seen(
    engine: Engine, reading: Reading, by: By, plan: Plan, application: Application,
    record: Mapping[str, Any] | None = None,
) -> AssessmentsSeen:  # fmt: skip
    """The same of a case that has been read, by the plan of its call; ``record`` is what is known of it, where it is there."""
    me, id = user_of(reading, by).id, application.id
    record = record_of(engine, reading, plan, application) if record is None else record
    sheets = reading.assessments.sheets(id)
    counting = {(one.round_id, one.assessor_id) for one in reading.assessments.counting(application.call_id, [id])}
    part = part_of(plan, application)
    blind = blind_to(reading, part, id, me, sheets)
    shown = [one for one in sheets if one.assessor_id == me or (one.delivered_at and one.round_id not in blind)]
    names = reading.users.named({one.assessor_id for one in shown})
    settled = reading.assessments.discussed(application.call_id, [id]).get(id, frozenset())
    found = [_seen(one, names, counting) for one in shown]
    so_far = points_so_far(engine, plan, application, record, _marks(part, found))
    own, others = [[one for one in found if (one.assessor_id == me) is mine] for mine in (True, False)]
    criteria = _criteria(part, found, settled, so_far)
    return AssessmentsSeen(id, application.number, tuple(own), tuple(others), bool(blind), tuple(criteria), so_far)


def blind_to(
    reading: Reading, part: Plan, application_id: str, me: str, sheets: Sequence[Assessment]
) -> frozenset[str]:
    """The blind rounds in which the case is given to the user to rate, and the user has not delivered."""
    mine = {
        one.round_id for one in reading.assessments.assignments(application_id)
        if one.user_id == me and one.role == "assessor"
    }  # fmt: skip
    delivered = {one.round_id for one in sheets if one.assessor_id == me and one.delivered_at}
    blind = {one.id for one in part.rounds if one.terms.blind}
    return frozenset(mine & blind - delivered)


def _seen(one: Assessment, names: Mapping[str, str], counting: Collection[tuple[str, str]]) -> SheetSeen:
    return SheetSeen(
        one.round_id, one.assessor_id, names.get(one.assessor_id, ""), one.version, one.marks, one.notes, one.saved_at,
        one.delivered_at, (one.round_id, one.assessor_id) in counting, tuple(one.earlier),
    )  # fmt: skip


def _given(part: Plan, criterion: CriterionPlan, sheets: Sequence[SheetSeen], round_id: str) -> list[float]:
    """The marks for a criterion in a round, of the sheets that count."""
    if not is_marked_in(part, criterion, round_id):
        return []
    given = [one.marks.get(criterion.id) for one in sheets if one.round_id == round_id and one.counts]
    return [float(mark) for mark in given if mark is not None]


def _marks(part: Plan, sheets: Sequence[SheetSeen]) -> dict[str, list[float]]:
    return {
        criterion.id: [mark for round_id in rating_rounds(part) for mark in _given(part, criterion, sheets, round_id)]
        for criterion in marked_criteria(part)
    }


def _criteria(
    part: Plan, sheets: Sequence[SheetSeen], settled: Collection[str], so_far: PointsSoFar
) -> list[CriterionSeen]:
    found = []
    for criterion in marked_criteria(part):
        for round_id in rating_rounds(part):
            if not is_marked_in(part, criterion, round_id):
                continue
            round, marks = part.round(round_id), tuple(_given(part, criterion, sheets, round_id))
            limit = round.terms.discuss_if_spread_over if round else None
            found.append(
                CriterionSeen(
                    criterion.id, criterion.title, round_id, marks, so_far.combined.get(criterion.id), spread_of(marks),
                    limit, criterion.id in settled,
                )
            )  # fmt: skip
    return found
