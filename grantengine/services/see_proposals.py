"""Where the sharing of a call's money stands: its proposals, and what must be clarified before the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan, Words
from grantengine.compile.scopes import column_id
from grantengine.errors import InputError, Message, NotAllowedError, NotPossibleError, Problem
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import call_for
from grantengine.services.allocate_call import PROPOSERS, see_blockers
from grantengine.services.allocate_reserve import IN_RESERVE
from grantengine.services.blockers import Blocker
from grantengine.services.budgets import budgets_of, used_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.proposals import OPEN
from grantengine.services.rule_words import rule_words
from grantengine.services.see_allocation import WHO, AllocationListed, allocation_listed, people_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class ProposalListed:
    """A proposal in the list: how many cases it has, how many of them get something, and how much in all (hundredths)."""

    allocation: AllocationListed
    cases: int
    funded: int
    granted: int


@dataclass(frozen=True, slots=True)
class ProposalsSeen:
    """The proposals of a call, newest first, and what the next one waits for.

    ``may_propose``: whoever asks may make one. Then ``stopped`` says why none can be made now, and ``blockers`` what must be
    clarified first; both empty: one can. ``names`` are words for what the blockers name. ``reserve`` counts those who got
    nothing for want of money, where nothing else is proposed, and ``free`` is what is left of the budget.
    """

    proposals: tuple[ProposalListed, ...]
    currency: str
    strands: Mapping[str, Mapping[str, str]]
    rolling: bool
    may_propose: bool
    stopped: Problem | None
    blockers: tuple[Blocker, ...]
    names: Mapping[str, Words]
    reserve: int
    free: int

    @property
    def is_open(self) -> bool:
        """Whether some proposal waits for someone."""
        return any(one.allocation.status in OPEN for one in self.proposals)


def see_proposals(
    engine: Engine, by: By, call_id: str, *, strand: str | None = None, until: date | None = None
) -> ProposalsSeen:
    """The proposals of a call, and what stands in the way of the next one, for this strand and until this day.

    :raises NotFoundError: ``call-not-found``, ``strand-unknown``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO)
        plan = plan_of_call(engine, reading, call)
        listed = _listed(reading, call_id)
        may_propose = by.kind == "system" or _may_propose(reading, by, call_id)
        reserve = reading.sharing.refused_for(call_id, IN_RESERVE, Status.REFUSED) if may_propose else 0
        free = sum(budgets_of(plan).values()) - sum(used_of(reading, call_id).values())
    stopped: Problem | None = None
    blockers: tuple[Blocker, ...] = ()
    if may_propose and any(one.allocation.kind == "call" and one.allocation.status in OPEN for one in listed):
        stopped = Problem("case-in-other-proposal")  # all of the call's cases are in it: none need be looked at
    elif may_propose:
        stopped, blockers = _next(engine, by, call_id, strand, until)
    with engine.store.read() as reading:
        names = _names(engine, reading, plan, blockers)
    strands = {one.id: one.title or {"": one.id} for one in plan.scheme.call.strands}
    return ProposalsSeen(
        listed, plan.currency, strands, plan.intake.kind == "rolling", may_propose, stopped, blockers, names, reserve, free
    )  # fmt: skip


def _may_propose(work: Reading, by: By, call_id: str) -> bool:
    try:
        call_for(work, by, call_id, PROPOSERS)
    except NotAllowedError:
        return False
    return True


def _listed(work: Reading, call_id: str) -> tuple[ProposalListed, ...]:
    rows, sums = work.decisions.allocations(call_id), work.sharing.sums(call_id)
    names = work.users.named(people_of(rows))
    return tuple(ProposalListed(allocation_listed(row, names), *sums.get(row.id, (0, 0, 0))) for row in reversed(rows))


def _next(
    engine: Engine, by: By, call_id: str, strand: str | None, until: date | None
) -> tuple[Problem | None, tuple[Blocker, ...]]:
    """What stands in the way of the next proposal."""
    try:
        return None, see_blockers(engine, by, call_id, strand=strand, until=until)
    except InputError as error:
        return error.problems[0], ()
    except (NotPossibleError, NotAllowedError) as error:
        return error.problem, ()


def _names(engine: Engine, work: Reading, plan: Plan, blockers: Sequence[Blocker]) -> dict[str, Words]:
    """Words for facts, conditions that are judged, criteria and people; what has none is called by its id."""
    wanted = {name for one in blockers for name in one.what}
    if not wanted:
        return {}
    found: dict[str, Words] = {id: {"": name} for id, name in work.users.named(wanted).items()}
    found |= {f"judged.{column_id(one.id)}": rule_words(engine, plan, one) for one in plan.all_rules}
    found |= {one.id: one.title for one in plan.all_criteria}
    found |= {name: field.label for name, field in plan.form.by_id.items() if name in wanted}
    for name in wanted - found.keys():
        source = Message(f"fact_source.{name.removeprefix('facts.').split('.')[0]}.title")
        if engine.registry.texts.has(source.key):
            found[name] = source
    return {name: words for name, words in found.items() if name in wanted}
