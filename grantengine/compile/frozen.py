"""What is kept of a plan when a scheme is published: every expression, as data, by where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from grantengine.compile.plan import (
    AllocationPlan,
    CriterionPlan,
    Plan,
    RoundPlan,
    RulePlan,
    StrandPlan,
    TieBreak,
    YearPlan,
)
from grantengine.expressions.expression import Checked
from grantengine.expressions.frozen import freeze_expression, thaw_expression

Frozen = Mapping[str, Any]
"""Where an expression stands (``rules/enough-members``) to the expression as data."""


def freeze(plan: Plan) -> dict[str, Any]:
    """Every expression of the plan and of its strands."""
    return {place: freeze_expression(one) for place, one in _expressions(plan, "")}


def thaw(plan: Plan, frozen: Frozen) -> Plan:
    """The plan with the expressions that were kept, whatever the plugins of today make of the scheme.

    :raises KeyError: what was kept is of another scheme.
    """
    return _thawed(plan, {place: thaw_expression(data) for place, data in frozen.items()}, "")


def differing(plan: Plan, frozen: Frozen) -> tuple[str, ...]:
    """Where the plugins of today make another expression of the scheme than the one that was kept."""
    today = freeze(plan)
    return tuple(sorted(place for place in {*today, *frozen} if today.get(place) != frozen.get(place)))


def _expressions(plan: Plan, at: str) -> Iterator[tuple[str, Checked]]:
    for rule in plan.rules:
        yield f"{at}rules/{rule.id}", rule.reading.expression
    for criterion in plan.criteria:
        yield f"{at}criteria/{criterion.id}", criterion.reading.expression
        if criterion.combined is not None:
            yield f"{at}criteria/{criterion.id}/combined", criterion.combined
    for year in plan.years:
        place = f"{at}years/{year.year}"
        yield f"{place}/amount", year.allocation.amount
        for name, one in year.allocation.columns.items():
            yield f"{place}/columns/{name}", one
        for index, tie in enumerate(year.allocation.tie_break):
            yield f"{place}/tie_break/{index}", tie.expression
    for round in plan.rounds:
        if round.rule is not None:
            yield f"{at}rounds/{round.id}/rule", round.rule
    for id, when in plan.reports:
        if when is not None:
            yield f"{at}reports/{id}", when
    for strand in plan.strands:
        yield from _expressions(strand.plan, f"{at}strands/{strand.id}/")


def _thawed(plan: Plan, kept: Mapping[str, Checked], at: str) -> Plan:
    return replace(
        plan,
        rules=tuple(_rule(rule, kept, at) for rule in plan.rules),
        criteria=tuple(_criterion(criterion, kept, at) for criterion in plan.criteria),
        years=tuple(_year(year, kept, at) for year in plan.years),
        rounds=tuple(_round(round, kept, at) for round in plan.rounds),
        reports=tuple((id, None if when is None else kept[f"{at}reports/{id}"]) for id, when in plan.reports),
        strands=tuple(
            StrandPlan(strand.id, _thawed(strand.plan, kept, f"{at}strands/{strand.id}/")) for strand in plan.strands
        ),
    )


def _rule(rule: RulePlan, kept: Mapping[str, Checked], at: str) -> RulePlan:
    return replace(rule, reading=replace(rule.reading, expression=kept[f"{at}rules/{rule.id}"]))


def _criterion(criterion: CriterionPlan, kept: Mapping[str, Checked], at: str) -> CriterionPlan:
    place = f"{at}criteria/{criterion.id}"
    combined = None if criterion.combined is None else kept[f"{place}/combined"]
    return replace(criterion, reading=replace(criterion.reading, expression=kept[place]), combined=combined)


def _round(round: RoundPlan, kept: Mapping[str, Checked], at: str) -> RoundPlan:
    # Versions that were published before rounds had rules have none kept.
    return replace(round, rule=kept.get(f"{at}rounds/{round.id}/rule", round.rule))


def _year(year: YearPlan, kept: Mapping[str, Checked], at: str) -> YearPlan:
    place = f"{at}years/{year.year}"
    allocation: AllocationPlan = replace(
        year.allocation,
        amount=kept[f"{place}/amount"],
        columns={name: kept[f"{place}/columns/{name}"] for name in year.allocation.columns},
        tie_break=tuple(
            TieBreak(kept[f"{place}/tie_break/{index}"], tie.descending)
            for index, tie in enumerate(year.allocation.tie_break)
        ),
    )
    return replace(year, allocation=allocation)
