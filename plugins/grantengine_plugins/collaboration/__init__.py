"""The criterion `collaboration`: points for partners that take part for real, and what they say themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from grantengine import (
    Collected,
    CriterionKind,
    Expression,
    FactColumn,
    FactContext,
    FactSource,
    KindOptions,
    Points,
    expr,
    hookimpl,
)
from grantengine_plugins.collaboration.merge import filled, partners_of
from grantengine_plugins.collaboration.public_bodies import is_public
from grantengine_plugins.register.lookup import look_up


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


class Partners(FactSource):
    """Who of the partners has confirmed, with its own task and sum, and whether the register says it is public.

    Only of those who have confirmed is the register asked: a name that the applicant writes counts for nothing.
    """

    kind = "partners"
    fills = "partners"

    def columns(self) -> Mapping[str, FactColumn]:
        return {}

    def collect(self, context: FactContext) -> Collected:
        submission = context.submission
        questions = submission.questions.get("partners", ())
        partners = partners_of(context.read.partner_answers(), submission.applicant) if questions else []
        numbers = sorted({one.number for one in partners if one.confirmed and one.number})
        units = {number: look_up(context, number) for number in numbers}
        public = {number for number, unit in units.items() if is_public(context, unit)}
        lists = {question: submission.answers.get(question) or [] for question in questions}
        found = [{**unit.answer, "public": number in public} for number, unit in units.items()]
        return Collected(filled(lists, partners, public), {"register": found})


@hookimpl
def grantengine_fact_sources() -> list[type[FactSource]]:
    return [Partners]


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Collaboration]
