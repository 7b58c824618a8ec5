"""The criterion `collaboration`: points for partners that take part for real."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from grantengine import CriterionKind, Expression, KindOptions, Points, expr, hookimpl


class CollaborationOptions(KindOptions):
    """What a confirmed partner is worth."""

    points_per_partner: Points = Field(description="Points for each confirmed partner.")
    public_partner_bonus: Points = Field(0, description="Points if at least one confirmed partner is a public body.")
    needs_task: bool = Field(False, description="Count only partners with a task of their own.")


class Collaboration(CriterionKind):
    """Points for partners that have confirmed, with a bonus for a public one."""

    kind = "collaboration"
    Options = CollaborationOptions

    def points(self, options: Any) -> Expression:
        counted = expr(
            "list_filter(partners, p -> p.confirmed and (trim(coalesce(p.task, '')) != '' or not {needs_task}))",
            needs_task=options.needs_task,
        )
        return expr(
            "len({counted}) * {each} + case when len(list_filter({counted}, p -> p.public)) > 0 then {bonus} else 0 end",
            counted=counted, each=options.points_per_partner, bonus=options.public_partner_bonus,
        )  # fmt: skip


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Collaboration]
