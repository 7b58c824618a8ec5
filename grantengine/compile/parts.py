"""Compiling the parts of a call: how cases come in, and strands with rules and a budget of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from grantengine.compile.plan import Deadline, Intake, Plan, StrandPlan
from grantengine.compile.references import budgets_of
from grantengine.compile.scopes import column_id
from grantengine.errors import Problem, SchemeError, Where
from grantengine.hooks.values import Budget
from grantengine.money import Money, format_ore
from grantengine.scheme.collect import Collector, Path, Source
from grantengine.scheme.model import Scheme, Strand
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.pointer import pointer_steps

RULES = frozenset(
    "title regulation eligibility criteria rounds allocation impartiality decision payment reporting".split()
)
"""What a strand may have its own of; the form and the call are one for all."""
MICROSECOND = 1_000_000


def compile_intake(scheme: Scheme) -> Intake:
    """How cases come in."""
    call = scheme.call
    deadlines = tuple(
        Deadline(str(one.closes), round(one.closes.closes_at.timestamp() * MICROSECOND), _share(one.budget))
        for one in call.deadlines
    )
    return Intake(call.intake, deadlines if call.intake == "deadlines" else (), call.batch)


def _share(budget: Any) -> int | Fraction | None:
    if isinstance(budget, Money):
        return budget.ore
    return None if budget == "rest" else Fraction(budget)


def check_parts(scheme: Scheme, collector: Collector) -> None:
    """Budgets of strands and deadlines that can not be kept together, and patches of strands that reach too far."""
    _check_deadlines(scheme, collector)
    whole = budgets_of(scheme)
    left = dict(whole)
    without: list[int] = []
    for index, strand in enumerate(scheme.strands):
        path: Path = ("call", "strands", index)
        own = _strand_budget(strand, scheme)
        if own is None:
            without.append(index)
            continue
        if own.keys() != whole.keys():
            collector.add("strand-other-years", (*path, "budget"), {"years": [str(year) for year in whole]})
            continue
        for year, budget in own.items():
            left[year] -= budget
            if left[year] < 0:
                collector.add("strands-over-budget", (*path, "budget"), {"over": Money(-left[year], _currency(scheme))})
        _check_reach(strand, path, collector)
    for index in without[1:]:
        first = scheme.strands[without[0]].id
        collector.add("strands-share-budget", ("call", "strands", index), {"first": first})
    for index in without:
        _check_reach(scheme.strands[index], ("call", "strands", index), collector)


def _check_reach(strand: Strand, path: Path, collector: Collector) -> None:
    for number, operation in enumerate(strand.patch):
        for key, pointer in (("path", operation.path), ("from", operation.from_)):
            if pointer is not None and pointer_steps(pointer)[0] not in RULES:
                params = {"target": pointer, "allowed": sorted(RULES)}
                collector.add("strand-patch-not-rules", (*path, "patch", number, key), params)


def _check_deadlines(scheme: Scheme, collector: Collector) -> None:
    """Sums at deadlines are parts of one sum; with years or strands only percents say which part."""
    one_sum = isinstance(scheme.call.budget, Money) and not scheme.strands
    fixed = Fraction(0)
    whole = sum(budgets_of(scheme).values())
    for index, deadline in enumerate(scheme.call.deadlines):
        path: Path = ("call", "deadlines", index, "budget")
        share = _share(deadline.budget)
        if isinstance(share, int) and not one_sum:
            collector.add("deadline-sum-of-what", path, {})
            continue
        fixed += Fraction(share) if isinstance(share, int) else (share or 0) * whole
        if fixed > whole:
            over = Money(round(fixed - whole), _currency(scheme))
            collector.add("deadlines-over-budget", path, {"over": over})


def _currency(scheme: Scheme) -> str:
    budget = scheme.call.budget
    return budget.currency if isinstance(budget, Money) else next(iter(budget.values())).currency


def _strand_budget(strand: Strand, scheme: Scheme) -> dict[int | None, int] | None:
    """The strand's own budget by year, None where it uses what the others leave."""
    if strand.budget is None:
        return None
    return budgets_of(scheme.model_copy(update={"call": scheme.call.model_copy(update={"budget": strand.budget})}))


def compile_strands(plan: Plan, source: Source, compile: Callable[[Source], Plan]) -> Plan:
    """The plan with a plan for each strand: the scheme with the strand's patch and budget, checked like any scheme.

    :param compile: from a source to its plan.
    :raises SchemeError: with every problem of every strand.
    """
    scheme = plan.scheme
    left = budgets_of(scheme)
    for strand in scheme.strands:
        for year, budget in (_strand_budget(strand, scheme) or {}).items():
            left[year] -= budget
    strands: list[StrandPlan] = []
    problems: list[Problem] = []
    named: dict[tuple[str, str], str] = {}
    _check_alike(plan, source, named)
    for index, strand in enumerate(scheme.strands):
        budget = source.data["call"]["strands"][index].get("budget") or _written(
            scheme.call.budget, left, plan.currency
        )
        try:
            own = _strand_source(source, index, strand, budget)
            strands.append(StrandPlan(strand.id, compile(own)))
            problems.extend(_check_alike(strands[-1].plan, own, named))
        except SchemeError as error:
            problems.extend(error.problems)
    if problems:
        raise SchemeError(problems)
    columns = dict(plan.columns)
    for one in strands:
        columns |= one.plan.columns
    return replace(plan, strands=tuple(strands), columns=columns)


def _check_alike(plan: Plan, source: Source, named: dict[tuple[str, str], str]) -> list[Problem]:
    """Ids that differ by a hyphen only from one in ``named``: cases of all strands are read by one name for each column.

    :param named: ids by section and column; those of ``plan`` are added.
    """
    ids = [("criteria", index, one.id) for index, one in enumerate(plan.criteria)]
    ids += [("eligibility", index, one.id) for index, one in enumerate(plan.rules)]
    found = []
    for section, index, id in ids:
        other = named.setdefault((section, column_id(id)), id)
        if other != id:
            found.append(Problem("ids-alike", source.where((section, index, "id")), {"id": id, "other": other}))
    return found


def _written(call: Budget, left: Mapping[int | None, int], currency: str) -> Any:
    """Sums as a scheme writes them."""
    texts = {year: f"{format_ore(ore)} {currency}" for year, ore in left.items()}
    return next(iter(texts.values())) if isinstance(call, Money) else {str(year): text for year, text in texts.items()}


def _strand_source(source: Source, index: int, strand: Strand, budget: Any) -> Source:
    own = [
        PatchOperation(op="replace", path="/call/budget", value=budget),
        PatchOperation(op="remove", path="/call/strands"),
    ]

    def origin(number: int) -> Where:
        here: Path = ("call", "strands", index)
        return source.where((*here, "patch", number) if number < len(strand.patch) else (*here, "budget"))

    from grantengine.scheme.patch import apply

    return apply(source, [*strand.patch, *own], origin=origin)
