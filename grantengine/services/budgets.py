"""The parts of a call's budget in the database, which keeps decisions within them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.evaluate import committed_names
from grantengine.money import Money

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.store.tables.decisions import BudgetPart
    from grantengine.store.unit_of_work import Reading, Work


def budgets_of(plan: Plan) -> dict[str, int]:
    """What there is in each part of the budget, in hundredths, by the names that ``committed`` has."""
    named = zip(committed_names(plan), plan.parts, strict=True)
    return {name: year.budget for names, part in named for name, year in zip(names, part.years, strict=True)}


def used_of(work: Reading, call_id: str) -> dict[str, int]:
    """What decisions have taken of each part so far; only what is more than nothing."""
    return {name: one.used for name, one in work.decisions.budget_parts(call_id).items() if one.used}


def keep_budgets(work: Work, plan: Plan, call_id: str) -> dict[str, BudgetPart]:
    """The parts as the call has them now, locked.

    :raises NotPossibleError: ``budget-below-used``: more has been decided than there would be, also where a year that
        something was given of is no more.
    """
    budgets = budgets_of(plan)
    work.decisions.begin_parts(call_id, budgets)
    known = work.decisions.budget_parts(call_id, lock=True)
    for name, part in known.items():
        budget = budgets.get(name, 0)
        if part.used > budget:
            raise NotPossibleError(
                "budget-below-used", used=Money(part.used, plan.currency), budget=Money(budget, plan.currency)
            )
        if name in budgets and part.budget != budget:
            part.budget = budget
    work.session.flush()
    return known
