"""Compiling what comes after points: allocation, rounds, payment, reports."""

from __future__ import annotations

from grantengine.compile.criteria import checked_options, compile_text
from grantengine.compile.plan import AllocationPlan, TieBreak
from grantengine.compile.references import References
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked
from grantengine.expressions.parse import parse
from grantengine.expressions.types import DATE, MONEY, NUMBER, TEXT, YES_NO, Scope, Type
from grantengine.form.build import Form
from grantengine.hooks.kinds import AllocationMethod, PaymentPlan, ReportProfile, RoundKind
from grantengine.hooks.options import expression_fields
from grantengine.hooks.registry import Registry
from grantengine.hooks.values import split_tie_break
from grantengine.money import Money
from grantengine.scheme.collect import Collector, Path
from grantengine.scheme.model import Scheme

ORDERED = (NUMBER, MONEY, DATE, YES_NO, TEXT)
WANTED: dict[str, Type] = {"money": MONEY, "number": NUMBER, "yes_no": YES_NO}


def compile_allocation(
    scheme: Scheme, registry: Registry, scope: Scope, form: Form, references: References
) -> AllocationPlan | None:
    """The allocation with its amounts and tie-breaks."""
    collector = references.collector
    available = registry.available(scheme.plugins)
    path: Path = ("allocation", "method")
    cls = collector.find_kind(registry, AllocationMethod, scheme.allocation.method, path, available)
    ties = _tie_breaks(scheme, scope, collector)
    if cls is None:
        return None
    options = checked_options(cls, scheme.allocation.options, ("allocation", "options"), collector)
    if options is None or not references.check(options, ("allocation", "options")):
        return None
    given = getattr(options, "amount", None)
    if cls.needs_requested and given is None and not _has_requested(form):
        collector.add("allocation-needs-requested", path, {"method": cls.kind})
        return None
    amount = _expression("amount", given or "requested", MONEY, scope, collector)
    columns: dict[str, Checked] = {}
    marks = expression_fields(cls.Options)
    for name, mark in marks.items():
        text = getattr(options, name)
        if name == "amount" or text is None:
            continue
        checked = _expression(name, text, WANTED.get(mark.gives), scope, collector)
        if checked is not None:
            columns[name] = checked
    if amount is None:
        return None
    round_to = getattr(options, "round_to", None)
    sums = frozenset(name for name in columns if marks[name].gives == "money")
    unit = round_to.ore if round_to else 1
    return AllocationPlan(cls(cls.kind), options, amount, columns, sums, ties, unit, currency(scheme))


def currency(scheme: Scheme) -> str:
    """The one currency of the scheme's sums."""
    budget = scheme.call.budget
    return budget.currency if isinstance(budget, Money) else next(iter(budget.values())).currency


def _has_requested(form: Form) -> bool:
    return "requested" in form.by_id and form.by_id["requested"].type == MONEY


def _expression(name: str, text: str, want: Type | None, scope: Scope, collector: Collector) -> Checked | None:
    if text == "requested" and name == "amount":
        return check(parse(text), scope)
    wanted: Type | tuple[Type, ...] | None = (want, NUMBER) if want == MONEY else want
    return compile_text(text, scope, wanted, ("allocation", "options", name), collector)


def _tie_breaks(scheme: Scheme, scope: Scope, collector: Collector) -> tuple[TieBreak, ...]:
    ties = []
    for index, text in enumerate(scheme.allocation.tie_break):
        path: Path = ("allocation", "tie_break", index)
        expression, descending, offset = split_tie_break(text)
        checked = compile_text(expression, scope, ORDERED, path, collector, offset)
        if checked:
            ties.append(TieBreak(checked, descending))
    return tuple(ties)


def compile_rounds_and_payment(scheme: Scheme, registry: Registry, references: References) -> None:
    """Check the kinds and options of rounds and payment."""
    available, collector = registry.available(scheme.plugins), references.collector
    for index, round in enumerate(scheme.rounds):
        cls = collector.find_kind(registry, RoundKind, round.kind, ("rounds", index, "kind"), available)
        if cls is not None:
            path: Path = ("rounds", index, "options")
            references.check(checked_options(cls, round.options, path, collector), path)
    if scheme.payment is not None:
        plan = collector.find_kind(registry, PaymentPlan, scheme.payment.plan, ("payment", "plan"), available)
        if plan is not None:
            path = ("payment", "options")
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
