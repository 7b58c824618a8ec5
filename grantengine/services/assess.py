"""An assessor rates a case: a draft of one's own, delivered when every criterion has its mark, changed after a discussion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import ConflictError, NotPossibleError
from grantengine.records import By
from grantengine.services.marks import open_to_change
from grantengine.services.people_input import Checks
from grantengine.services.points_so_far import PointsSoFar, points_so_far, record_of
from grantengine.services.sheets import Task, check_open, checked_sheet, task_of
from grantengine.store.tables.assessment import Assessment

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class SheetSaved:
    """A save: the ``version`` that the next one is built on, the criteria that lack a mark, and the points with one's own
    marks alone.
    """

    version: int
    at: datetime
    lacking: tuple[str, ...]
    so_far: PointsSoFar


def save_assessment(
    engine: Engine, by: By, application_id: str, version: int, *, marks: Mapping[str, Any], notes: Mapping[str, Any],
    round_id: str | None = None,
) -> SheetSaved:  # fmt: skip
    """Keep all of one's marks and notes as they are now, by criterion; nobody else sees them before they are delivered.

    :param version: the one that was written on; 0 where nothing has been saved yet.
    :param round_id: left out: the only one in which the case is given to the user.
    :raises InputError: marks outside the scale, criteria that are not marked in this round, notes that are too long.
    :raises ConflictError: saved in the meantime, in another window; both sides are in the error.
    :raises NotFoundError: ``application-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids`` or ``assessment-delivered``.
    """
    with engine.store.work(by) as work:
        task = task_of(engine, work, by, application_id, round_id, "assess")
        kept, told = checked_sheet(task.criteria, marks, notes)
        sheet = _sheet(work, task, version, kept, told)
        if sheet.version == version:  # else it was saved already, and the answer was lost on its way
            sheet.marks, sheet.notes, sheet.saved_at = kept, told, by.at
            sheet.version += 1
            work.record("assessment-saved", sheet, round=task.round_id)
        record, saved = record_of(engine, work, task.plan, task.application), (sheet.version, sheet.saved_at)
    so_far = points_so_far(engine, task.plan, task.application, record, {id: [mark] for id, mark in kept.items()})
    return SheetSaved(*saved, tuple(one.id for one in task.criteria if one.id not in kept), so_far)


def deliver_assessment(
    engine: Engine, by: By, application_id: str, version: int, *, round_id: str | None = None
) -> datetime:
    """Deliver what was saved; it counts from now on, and others may see it. Sent again, it gives the same time.

    :raises InputError: ``mark-missing``, for each criterion without a mark.
    :raises ConflictError: saved in the meantime.
    :raises NotFoundError: ``application-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids`` or ``round-not-open``.
    """
    with engine.store.work(by) as work:
        task = task_of(engine, work, by, application_id, round_id, "assess")
        sheet = task.sheet
        marks = sheet.marks if sheet else {}
        checks = Checks()
        for one in task.criteria:
            if marks.get(one.id) is None:
                checks.add("mark-missing", f"marks/{one.id}", title=one.title)
        checks.done()
        assert sheet is not None  # else marks would be missing: a round has at least one criterion
        if sheet.version != version:
            raise _changed(sheet, {}, {})
        if sheet.delivered_at is not None:
            return sheet.delivered_at
        check_open(work, task)
        sheet.delivered_at = by.at
        work.record("assessment-delivered", sheet, round=task.round_id)
        return by.at


def revise_assessment(
    engine: Engine, by: By, application_id: str, *, marks: Mapping[str, Any], notes: Mapping[str, Any] | None = None,
    reason: str, round_id: str | None = None,
) -> int:  # fmt: skip
    """Change delivered marks after a discussion: those of criteria that assessors disagree about and talk about.

    What was delivered before stays on the sheet as ``earlier``. Returns the sheet's new version.

    :raises InputError: ``reason-missing``, ``not-discussed`` for a criterion, and what does not fit.
    :raises NotFoundError: ``application-not-found`` or ``round-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids`` or ``assessment-not-delivered``.
    """
    checks = Checks()
    told = checks.reason(reason)
    with engine.store.work(by) as work:
        task = task_of(engine, work, by, application_id, round_id, "assess")
        sheet = task.sheet
        if sheet is None or sheet.delivered_at is None:
            raise NotPossibleError("assessment-not-delivered")
        new_marks, new_notes = checked_sheet(task.criteria, marks, notes or {})
        talked = open_to_change(work, task.part, task.application, task.round_id)
        for id in sorted({*new_marks, *new_notes} - talked):
            checks.add("not-discussed", f"marks/{id}", criterion=id)
        checks.done()
        before = {"at": (sheet.saved_at if sheet.earlier else sheet.delivered_at).isoformat(), "marks": sheet.marks,
                  "notes": sheet.notes, "reason": told}  # fmt: skip
        sheet.earlier = [*sheet.earlier, before]
        sheet.marks, sheet.notes = {**sheet.marks, **new_marks}, {**sheet.notes, **new_notes}
        sheet.saved_at = by.at
        sheet.version += 1
        work.record("assessment-revised", sheet, round=task.round_id, criteria=sorted(new_marks), reason=told)
        return sheet.version


def _sheet(work: Work, task: Task, version: int, marks: Mapping[str, Any], notes: Mapping[str, Any]) -> Assessment:
    """The sheet to write on, new where there is none; one that has this version, or was made from it by this very save.

    :raises ConflictError: saved in the meantime.
    :raises NotPossibleError: ``assessment-delivered``.
    """
    sheet = task.sheet
    if sheet is None:
        if version != 0:
            raise ConflictError({"marks": dict(marks), "notes": dict(notes)}, {}, 0)
        sheet = Assessment(
            id=work.new_id(), application_id=task.application.id, round_id=task.round_id,
            assessor_id=task.assignment.user_id, version=0, saved_at=work.by.at,
        )  # fmt: skip
        work.add(sheet)
        return sheet
    if sheet.delivered_at is not None:
        raise NotPossibleError("assessment-delivered")
    same = sheet.version - 1 == version and (sheet.marks, sheet.notes) == (marks, notes)
    if sheet.version != version and not same:
        raise _changed(sheet, marks, notes)
    return sheet


def _changed(sheet: Assessment, marks: Mapping[str, Any], notes: Mapping[str, Any]) -> ConflictError:
    mine = {"marks": dict(marks), "notes": dict(notes)}
    return ConflictError(mine, {"marks": sheet.marks, "notes": sheet.notes}, sheet.version)
