"""Compiling what comes after points: allocation, rounds, payment, reports."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from grantengine.compile.criteria import checked_options, compile_text
from grantengine.compile.plan import AllocationPlan, TieBreak
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked
from grantengine.expressions.parse import parse
from grantengine.expressions.types import DATE, MONEY, NUMBER, TEXT, YES_NO, Scope, Type
from grantengine.form.build import Form
from grantengine.hooks.kinds import AllocationMethod, PaymentPlan, ReportProfile, RoundKind
from grantengine.hooks.options import expression_fields, reference_fields
from grantengine.hooks.registry import Registry
from grantengine.hooks.values import split_tie_break
from grantengine.scheme.collect import Collector, Path, nearest_hint
from grantengine.scheme.model import Scheme

ORDERED = (NUMBER, MONEY, DATE, YES_NO, TEXT)
WANTED: dict[str, Type] = {"money": MONEY, "number": NUMBER, "yes_no": YES_NO}


def compile_allocation(
    scheme: Scheme, form: Form, registry: Registry, scope: Scope, collector: Collector
) -> AllocationPlan | None:
    """The allocation with its amounts and tie-breaks."""
    available = registry.available(scheme.plugins)
    path: Path = ("allocation", "method")
    cls = collector.find_kind(registry, AllocationMethod, scheme.allocation.method, path, available)
    ties = _tie_breaks(scheme, scope, collector)
    if cls is None:
        return None
    options = checked_options(cls, scheme.allocation.options, ("allocation", "options"), collector)
    if options is None:
        return None
    given = getattr(options, "amount", None)
    if cls.needs_requested and given is None and not _has_requested(form):
        collector.add("allocation-needs-requested", path, {"method": cls.kind})
        return None
    amount = _expression("amount", given or "requested", MONEY, scope, collector)
    columns: dict[str, Checked] = {}
    for name, mark in expression_fields(cls.Options).items():
        text = getattr(options, name)
        if name == "amount" or text is None:
            continue
        checked = _expression(name, text, WANTED.get(mark.gives), scope, collector)
        if checked is not None:
            columns[name] = checked
    if amount is None:
        return None
    round_to = getattr(options, "round_to", None)
    return AllocationPlan(cls(cls.kind), options, amount, columns, ties, round_to.ore if round_to else 1)


def _has_requested(form: Form) -> bool:
    return "requested" in form.by_id and form.by_id["requested"].type == MONEY


def _expression(name: str, text: str, want: Type | None, scope: Scope, collector: Collector) -> Checked | None:
    if text == "requested" and name == "amount":
        return check(parse(text), scope)
    wanted = (want, NUMBER) if want == MONEY else want
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


def compile_rounds_and_payment(scheme: Scheme, form: Form, registry: Registry, collector: Collector) -> None:
    """Check the kinds and options of rounds and payment, and what the options of criteria and rounds refer to."""
    available = registry.available(scheme.plugins)
    known = {"question": list(form.by_id), "round": [round.id for round in scheme.rounds]}
    for index, round in enumerate(scheme.rounds):
        cls = collector.find_kind(registry, RoundKind, round.kind, ("rounds", index, "kind"), available)
        if cls is not None:
            options = checked_options(cls, round.options, ("rounds", index, "options"), collector)
            check_references(options, known, ("rounds", index, "options"), collector)
    if scheme.payment is not None:
        plan = collector.find_kind(registry, PaymentPlan, scheme.payment.plan, ("payment", "plan"), available)
        if plan is not None:
            checked_options(plan, scheme.payment.options, ("payment", "options"), collector)


def check_references(options: BaseModel | None, known: dict[str, list[str]], path: Path, collector: Collector) -> None:
    """Options that name a question or a round must name one there is."""
    if options is None:
        return
    for name, what in reference_fields(type(options)).items():
        if name not in options.model_fields_set:
            continue
        value: Any = getattr(options, name)
        items = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for position, id in items:
            if id is not None and id not in known[what]:
                at = (*path, name) if position is None else (*path, name, position)
                collector.add(f"unknown-{what}", at, {"id": id}, nearest_hint(id, known[what]))


def compile_reports(
    scheme: Scheme, registry: Registry, scope: Scope, collector: Collector
) -> tuple[tuple[str, Checked | None], ...]:
    """Each report's condition by report id; None where it applies to all that are left."""
    available = registry.available(scheme.plugins)
    reports: list[tuple[str, Checked | None]] = []
    for index, report in enumerate(scheme.reporting):
        collector.find_kind(registry, ReportProfile, report.profile, ("reporting", index, "profile"), available)
        when = None
        if report.when is not None:
            when = compile_text(report.when, scope, YES_NO, ("reporting", index, "when"), collector)
        reports.append((report.id, when))
    return tuple(reports)


