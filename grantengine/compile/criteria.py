"""Compiling eligibility rules and award criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from grantengine.compile.plan import CriterionPlan, Reading, RulePlan, Words
from grantengine.compile.references import References
from grantengine.compile.scopes import Columns, column_id, kind_scope
from grantengine.errors import Message, PluginError
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked, Expression, ExpressionError
from grantengine.expressions.parse import parse
from grantengine.expressions.templates import column, expr
from grantengine.expressions.types import NUMBER, YES_NO, Scope, Type
from grantengine.hooks.kinds import ConditionKind, CriterionKind, Kind
from grantengine.hooks.options import expression_fields
from grantengine.hooks.registry import Registry
from grantengine.scheme.collect import Collector, Path
from grantengine.scheme.model import Criterion, EligibilityRule, Scheme

FORMULA_MARKS: Mapping[str, Any] = {"type": "number"}


def reading(checked: Checked, known: Columns) -> Reading:
    """Sort the columns an expression reads by what their absence means."""
    names = sorted(checked.columns)
    return Reading(
        checked,
        tuple(name for name in names if name in known.facts or name in known.judged),
        tuple(name for name in names if name not in known.facts and not name.startswith(("judged.", "marks."))),
        tuple(name for name in names if name.startswith("marks.")),
    )


def compile_text(
    text: str, scope: Scope, want: Type | tuple[Type, ...] | None, path: Path, collector: Collector, offset: int = 0
) -> Checked | None:
    """Parse and check one expression of the scheme; its faults go to ``collector``."""
    try:
        return check(parse(text), scope, want=want)
    except ExpressionError as error:
        collector.faults(error, path, offset)
        return None


class Kinds:
    """The criterion kinds of a scheme, made once: their options, and what `ratings.<criterion>` stands for."""

    def __init__(self, scheme: Scheme, registry: Registry, known: Columns, references: References) -> None:
        self.made: dict[str, tuple[CriterionKind, Any]] = {}
        available = registry.available(scheme.plugins)
        for index, criterion in enumerate(scheme.criteria):
            if criterion.kind is not None:
                made = _criterion_kind(index, criterion, registry, available, references)
                if made:
                    self.made[criterion.id] = made
        self.combined = {column_id(c.id): self._combined(c.id, known).node for c in scheme.criteria}

    def _combined(self, id: str, known: Columns) -> Checked:
        marks = column(f"marks.{column_id(id)}")
        expression = expr("list_sum({marks}) / len({marks})", marks=marks)
        if id in self.made:
            kind, options = self.made[id]
            expression = kind.combined(options) or expression
        return check(expression, Scope(known.marks), want=NUMBER)


def _criterion_kind(
    index: int, criterion: Criterion, registry: Registry, available: frozenset[str], references: References
) -> tuple[CriterionKind, Any] | None:
    path: Path = ("criteria", index)
    collector = references.collector
    cls = collector.find_kind(registry, CriterionKind, criterion.kind or "", (*path, "kind"), available)
    if cls is None:
        return None
    options = checked_options(cls, criterion.options, (*path, "options"), collector)
    if cls.needs_max_points and criterion.max_points is None:
        collector.add("criterion-needs-max-points", path, {"id": criterion.id, "kind": cls.kind})
        return None
    if options is None or not references.check(options, (*path, "options")):
        return None
    missing = list(references.missing_defaults(options))
    for fault in missing:
        owner = registry.owner(CriterionKind, cls.kind)
        collector.add("kind-needs", path, {"plugin": owner, "fault": fault})
    return None if missing else (cls(column_id(criterion.id), criterion.max_points), options)


def checked_options(cls: type[Kind], raw: Mapping[str, Any], path: Path, collector: Collector) -> Any | None:
    """The options of a kind, or None with their problems collected."""
    try:
        return cls.Options.model_validate(dict(raw), context=collector.context)
    except ValidationError as error:
        collector.options(error, path, cls.Options)
        return None


def author_options_fit(options: Any, scope: Scope, path: Path, collector: Collector) -> bool:
    """Check the author's own expressions inside options, so that their faults stand where they were written."""
    fits = True
    for name, mark in expression_fields(type(options)).items():
        text = getattr(options, name)
        if text is None or mark.moment != "rules":
            continue
        try:
            check(parse(text), scope)
        except ExpressionError as error:
            collector.faults(error, (*path, name))
            fits = False
    return fits


def compile_rules(
    scheme: Scheme, registry: Registry, scope: Scope, known: Columns, collector: Collector
) -> list[RulePlan]:
    """Every eligibility rule that has no problem."""
    available = registry.available(scheme.plugins)
    plans = []
    for index, rule in enumerate(scheme.eligibility):
        path: Path = ("eligibility", index)
        if rule.require is not None:
            checked = compile_text(rule.require, scope, YES_NO, (*path, "require"), collector)
            because: Words = rule.because or Message("rule.require.because", {"rule": rule.require})
            if checked:
                plans.append(RulePlan(rule.id, rule.require, reading(checked, known), because))
            continue
        plan = _rule_of_kind(rule, path, registry, available, scope, known, collector)
        if plan:
            plans.append(plan)
    return plans


def _rule_of_kind(
    rule: EligibilityRule,
    path: Path,
    registry: Registry,
    available: frozenset[str],
    scope: Scope,
    known: Columns,
    collector: Collector,
) -> RulePlan | None:
    cls = collector.find_kind(registry, ConditionKind, rule.kind or "", (*path, "kind"), available)
    if cls is None:
        return None
    try:
        options = cls.Options.model_validate(dict(rule.kind_options), context=collector.context)
    except ValidationError as error:
        collector.options(error, path, cls.Options, extra_keys=type(rule).model_fields)
        return None
    if not author_options_fit(options, scope, path, collector):
        return None
    kind = cls(column_id(rule.id))
    owner = registry.owner(ConditionKind, cls.kind) or cls.kind
    checked = kind_expression(lambda: kind.holds(options), kind_scope(scope, known), YES_NO, owner, path, collector)
    if checked is None:
        return None
    because: Words = rule.because or Message(f"condition.{cls.kind}.because")
    return RulePlan(rule.id, checked.text, reading(checked, known), because, cls.asks)


def kind_expression(
    make: Any, scope: Scope, want: Type | tuple[Type, ...] | None, owner: str, path: Path, collector: Collector
) -> Checked | None:
    """Check what a plugin's kind returned. A name it needs and the scheme lacks is the scheme's problem.

    :raises PluginError: the kind raised, or returned something that is no expression.
    """
    try:
        expression = make()
    except Exception as error:
        raise PluginError(owner, "plugin-raised", hook="kind", error=f"{type(error).__name__}: {error}") from error
    if not isinstance(expression, Expression):
        raise PluginError(owner, "plugin-bad-return", role="kind", got=type(expression).__name__)
    try:
        return check(expression, scope, want=want)
    except ExpressionError as error:
        for fault in error.faults:
            collector.add(
                "kind-needs", path, {"plugin": owner, "fault": Message(f"problem.{fault.code}", fault.params)}
            )
        return None


def compile_criteria(
    scheme: Scheme, registry: Registry, kinds: Kinds, scope: Scope, known: Columns, collector: Collector
) -> list[CriterionPlan]:
    """Every award criterion that has no problem."""
    plans = []
    for index, criterion in enumerate(scheme.criteria):
        path: Path = ("criteria", index)
        if criterion.points is not None:
            checked = compile_text(criterion.points, scope, NUMBER, (*path, "points"), collector)
            if checked:
                plans.append(_criterion_plan(criterion, criterion.points, checked, known, None, None))
        elif criterion.id in kinds.made:
            kind, options = kinds.made[criterion.id]
            if not author_options_fit(options, scope, (*path, "options"), collector):
                continue
            owner = registry.owner(CriterionKind, kind.kind) or kind.kind
            wider = kind_scope(scope, known)
            checked = kind_expression(lambda k=kind, o=options: k.points(o), wider, NUMBER, owner, path, collector)
            if checked:
                plans.append(_criterion_plan(criterion, checked.text, checked, known, kind, options))
    return plans


def _criterion_plan(
    criterion: Criterion, text: str, checked: Checked, known: Columns, kind: CriterionKind | None, options: Any
) -> CriterionPlan:
    expression = kind.combined(options) if kind else None
    unrounded = check(expression, Scope(known.marks), want=NUMBER) if expression else None
    title: Words = criterion.title or Message(f"criterion.{kind.kind if kind else 'points'}.title")
    marks = kind.mark_schema(options) if kind else FORMULA_MARKS
    return CriterionPlan(
        criterion.id,
        title,
        text,
        reading(checked, known),
        criterion.max_points,
        criterion.weight,
        unrounded,
        marks,
        kind,
    )
