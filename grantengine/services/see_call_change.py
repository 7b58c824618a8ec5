"""What may be changed in a call that is announced, what was, and who has a later deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.lifecycle import HANDLERS
from grantengine.money import Money
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.read_call import Change
from grantengine.services.see_desk import CallDesk, call_desk_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.compile.plan import Plan


@dataclass(frozen=True, slots=True)
class ExtensionSeen:
    """A later deadline for one applicant; ``closes`` is the first instant that is too late."""

    organisation: str
    closes: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BudgetSeen:
    """A sum of the budget, in øre (or in hundredths of its unit): of all, or of a strand (its title), and of a year where there
    are several. ``path`` is where it stands in the scheme.
    """

    path: str
    strand: Mapping[str, str] | None
    year: int | None
    ore: int


@dataclass(frozen=True, slots=True)
class CallChangeSeen:
    """A call with what may be changed in it; ``one_deadline``: there is one for all. ``writers`` is how many contacts have a
    draft, and are told.
    """

    desk: CallDesk
    budgets: tuple[BudgetSeen, ...]
    unit: str
    one_deadline: bool
    writers: int
    changes: tuple[Change, ...]
    extensions: tuple[ExtensionSeen, ...]


def see_call_change(engine: Engine, by: By, call_id: str) -> CallChangeSeen:
    """A call as handlers may change it.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, HANDLERS)
        plan = plan_of_call(engine, reading, call)
        given = reading.cases.extensions(call_id)
        names = reading.organisations.names({one.organisation_id for one in given})
        return CallChangeSeen(
            call_desk_of(engine, reading, by, call, plan), tuple(_budgets(plan)), plan.currency,
            plan.intake.kind == "window", len(reading.organisations.contacts_writing(call_id, by.at)),
            tuple(Change(one.made_at, one.reason) for one in reading.schemes.patches(call_id)),
            tuple(ExtensionSeen(names.get(one.organisation_id, ""), one.closes_at, one.reason) for one in given),
        )  # fmt: skip


def _budgets(plan: Plan) -> Iterator[BudgetSeen]:
    call = plan.scheme.call
    yield from _sums("/call/budget", None, call.budget)
    for one in call.strands:
        if one.budget is not None:
            yield from _sums(f"/call/strands/{one.id}/budget", one.title or {"": one.id}, one.budget)


def _sums(path: str, strand: Mapping[str, str] | None, budget: Money | Mapping[int, Money]) -> Iterator[BudgetSeen]:
    if isinstance(budget, Money):
        yield BudgetSeen(path, strand, None, budget.ore)
    else:
        yield from (BudgetSeen(f"{path}/{year}", strand, year, budget[year].ore) for year in sorted(budget))
