"""Compiling what comes after points: allocation, rounds, payment, reports."""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import Any

from grantengine.compile.criteria import checked_options, compile_text, kind_expression, reading
from grantengine.compile.plan import AllocationPlan, RoundPlan, TieBreak, YearPlan
from grantengine.compile.references import References, budgets_of, currency_of
from grantengine.compile.scopes import Columns
from grantengine.errors import Message
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked
from grantengine.expressions.nodes import Literal
from grantengine.expressions.parse import parse
from grantengine.expressions.templates import expr, expression
from grantengine.expressions.types import DATE, INTEGER, MONEY, NUMBER, TEXT, YES_NO, Scope, Type
from grantengine.form.build import Form
from grantengine.hooks.calls import call_plugin
from grantengine.hooks.expression_texts import split_tie_break
from grantengine.hooks.kinds import AllocationMethod, PaymentPlan, ReportProfile, RoundKind
from grantengine.hooks.options import expression_fields, expressions_in, rule_in
from grantengine.hooks.registry import Registry
from grantengine.money import WHOLE_UNITS, Money
from grantengine.scheme.collect import Collector, Path
from grantengine.scheme.model import Scheme
from grantengine.scheme.parts_process import Round

ORDERED = (NUMBER, MONEY, DATE, YES_NO, TEXT)
METHOD: Path = ("allocation", "method")
OPTIONS: Path = ("allocation", "options")
WANTED: dict[str, Type | tuple[Type, ...]] = {
    "money": (MONEY, NUMBER), "weight": (MONEY, NUMBER), "number": NUMBER, "yes_no": YES_NO,
}  # fmt: skip


def compile_years(
    scheme: Scheme, registry: Registry, scope: Scope, known: Columns, form: Form, references: References
) -> tuple[YearPlan, ...] | None:
    """The budget of each year with its allocation; expressions may read `year`."""
    years = []
    for year, budget in budgets_of(scheme).items():
        named = {**scope.definitions}
        if year is not None and "year" not in scope.columns:
            named["year"] = Literal(value=year, type=INTEGER)
        # Ties are broken alike in all years, so that one ranking holds for all of them.
        ties = _tie_breaks(scheme, scope, references.collector)
        by_year = replace(scope, definitions=named)
        allocation = _allocation(scheme, registry, by_year, ties, known, form, references)
        if allocation is None:
            return None
        years.append(YearPlan(year, budget, allocation))
    return tuple(years)


def _allocation(
    scheme: Scheme,
    registry: Registry,
    scope: Scope,
    ties: tuple[TieBreak, ...],
    known: Columns,
    form: Form,
    references: References,
) -> AllocationPlan | None:
    """The allocation of one year, with its amounts and tie-breaks."""
    collector = references.collector
    available = registry.available(scheme.plugins)
    cls = collector.find_kind(registry, AllocationMethod, scheme.allocation.method, METHOD, available)
    if cls is None:
        return None
    options = checked_options(cls, scheme.allocation.options, OPTIONS, collector, scope)
    if options is None or not references.check(options, OPTIONS):
        return None
    before = len(collector.problems)
    written = _written(options, scope, OPTIONS, collector)
    if len(collector.problems) > before:
        return None
    method = cls(cls.kind)
    owner = registry.owner(AllocationMethod, cls.kind) or cls.kind
    amount = _amount(method, options, written.pop("amount", None), scope, form, owner, collector)
    columns = {**written, **_own_columns(method, options, scope, owner, collector)}
    if amount is None or len(collector.problems) > before:
        return None
    marks = expression_fields(cls.Options)
    money = {name for name, checked in columns.items() if checked.type == MONEY}
    sums = frozenset(money | {name for name in columns if name in marks and marks[name].gives == "money"})
    expressions = [amount, *columns.values(), *(tie.expression for tie in ties)]
    facts = sorted({name for one in expressions for name in reading(one, known).facts})
    unit = _unit(getattr(options, "round_to", None), currency_of(scheme))
    return AllocationPlan(method, options, amount, columns, sums, ties, tuple(facts), unit, currency_of(scheme), owner)


def _unit(round_to: Money | None, currency: str) -> int:
    """The smallest sum that is given: seats and slots are whole."""
    least = 100 if currency in WHOLE_UNITS else 1
    return lcm(round_to.ore, least) if round_to else least


def _written(options: Any, scope: Scope, at: Path, collector: Collector) -> dict[str, Checked]:
    """The author's own expressions, by option; those in lists of options are checked only."""
    found = {}
    for path, mark, text in expressions_in(options):
        checked = compile_text(text, scope, WANTED.get(mark.gives), (*at, *path), collector)
        if checked is not None and len(path) == 1:
            found[str(path[0])] = checked
    return found


def _amount(
    method: AllocationMethod,
    options: Any,
    written: Checked | None,
    scope: Scope,
    form: Form,
    owner: str,
    collector: Collector,
) -> Checked | None:
    """What a case would get if money were no limit: as the scheme says, as the method says, or what is requested."""
    own = call_plugin(owner, f"allocation.{method.kind}.amount", lambda: method.amount(options))
    if own is not None:
        alone = kind_expression(lambda: own, scope, (MONEY, NUMBER), owner, METHOD, collector)
        if written is None or alone is None:
            return alone
        given = expression(options.amount)
        if written.type == MONEY and alone.type != MONEY:
            # A sum divided by one whole unit of currency is a number, as what the method gives is.
            given = expr("{sum} / ({sum} * 0 + 1)", sum=given)
        both = expr("least({own}, {given})", own=own, given=given)
        return kind_expression(lambda: both, scope, (MONEY, NUMBER), owner, METHOD, collector)
    if written is None and _needs_amount(method, options, owner) and not _has_requested(form):
        collector.add("allocation-needs-requested", METHOD, {"method": method.kind})
        return None
    return written or check(parse("requested"), scope)


def _needs_amount(method: AllocationMethod, options: Any, owner: str) -> bool:
    return call_plugin(owner, f"allocation.{method.kind}.needs_amount", lambda: method.needs_amount(options))


def _own_columns(
    method: AllocationMethod, options: Any, scope: Scope, owner: str, collector: Collector
) -> dict[str, Checked]:
    """The columns that the method asks for by itself."""
    columns = {}
    wanted = call_plugin(owner, f"allocation.{method.kind}.columns", lambda: dict(method.columns(options)))
    for name, made in wanted.items():
        checked = kind_expression(lambda made=made: made, scope, None, owner, METHOD, collector)
        if checked is not None:
            columns[name] = checked
    return columns


def _has_requested(form: Form) -> bool:
    return "requested" in form.by_id and form.by_id["requested"].type == MONEY


def _tie_breaks(scheme: Scheme, scope: Scope, collector: Collector) -> tuple[TieBreak, ...]:
    ties = []
    for index, text in enumerate(scheme.allocation.tie_break):
        path: Path = ("allocation", "tie_break", index)
        expression, descending, offset = split_tie_break(text)
        checked = compile_text(expression, scope, ORDERED, path, collector, offset)
        if checked:
            ties.append(TieBreak(checked, descending))
    return tuple(ties)


def compile_rounds(scheme: Scheme, registry: Registry, scope: Scope, references: References) -> tuple[RoundPlan, ...]:
    """Every review round that has no problem, in the order of the scheme."""
    plans = (_round(index, round, scheme, registry, scope, references) for index, round in enumerate(scheme.rounds))
    return tuple(plan for plan in plans if plan is not None)


def _round(
    index: int, round: Round, scheme: Scheme, registry: Registry, scope: Scope, references: References
) -> RoundPlan | None:
    path, collector = ("rounds", index), references.collector
    available = registry.available(scheme.plugins)
    cls = collector.find_kind(registry, RoundKind, round.kind, (*path, "kind"), available)
    if cls is None:
        return None
    at: Path = (*path, "options")
    before = len(collector.problems)
    options = checked_options(cls, round.options, at, collector, scope)
    if options is None:
        return None
    references.check(options, at)
    written = _written(options, scope, at, collector)
    if len(collector.problems) > before:
        return None
    terms = cls(round.id).terms(options)
    rule = None if rule_in(options) is None else written["rule"]
    for id in terms.editable or ():
        if id not in references.known["question"]:
            fault = Message("problem.unknown-question", {"id": id})
            collector.add("kind-needs", path, {"plugin": registry.owner(RoundKind, cls.kind), "fault": fault})
    key = f"round.{cls.kind}.title"
    title = round.title or (Message(key) if registry.texts.has(key) else {"": round.id})
    return RoundPlan(round.id, cls.kind, title, terms, rule, round.opens, round.closes, round.days)


def check_payment(scheme: Scheme, registry: Registry, references: References) -> None:
    """Check the kind and options of the payment plan."""
    if scheme.payment is None:
        return
    available, collector = registry.available(scheme.plugins), references.collector
    plan = collector.find_kind(registry, PaymentPlan, scheme.payment.plan, ("payment", "plan"), available)
    if plan is not None:
        path: Path = ("payment", "options")
        references.check(checked_options(plan, scheme.payment.options, path, collector), path)


def compile_reports(
    scheme: Scheme, registry: Registry, scope: Scope, collector: Collector
) -> tuple[tuple[str, Checked | None], ...]:
    """Each report's condition by report id; None where it applies to all that are left."""
    available = registry.available(scheme.plugins)
    reports: list[tuple[str, Checked | None]] = []
    for index, report in enumerate(scheme.reporting):
        path: Path = ("reporting", index)
        cls = collector.find_kind(registry, ReportProfile, report.profile, (*path, "profile"), available)
        if cls is not None:
            checked_options(cls, report.options, (*path, "options"), collector)
        when = None
        if report.when is not None:
            when = compile_text(report.when, scope, YES_NO, (*path, "when"), collector)
        reports.append((report.id, when))
    return tuple(reports)
