"""What an application plans, kept by place and time, so that overlaps can be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.store.tables.applications import Application, PlannedActivity

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Work


def keep_activities(work: Work, application: Application, plan: Plan, answers: Mapping[str, Any]) -> None:
    """Keep the activities that are submitted, in place of those before."""
    end_activities(work, application)
    for field in plan.form.fields:
        if field.question.kind == "activities":
            for row in answers.get(field.id) or ():
                work.add(_planned(work, application, row))


def end_activities(work: Work, application: Application) -> None:
    """What the application planned no longer stands."""
    for one in work.parts.activities(application.id):
        one.ended_at = work.by.at


def _planned(work: Work, application: Application, row: Mapping[str, Any]) -> PlannedActivity:
    return PlannedActivity(
        id=work.new_id(), application_id=application.id, organisation_id=application.organisation_id, name=row["name"],
        target_group=row.get("target_group"), municipality=row.get("municipality"), starts=row.get("from"),
        ends=row.get("to") or row.get("from"),
    )  # fmt: skip
