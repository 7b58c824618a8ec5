"""Compiling eligibility rules and award criteria."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from grantengine.compile.plan import CriterionPlan, Reading, RulePlan, Words
from grantengine.compile.references import References
from grantengine.compile.scopes import Columns, column_id, kind_scope
from grantengine.errors import Message, PluginError
from grantengine.expressions.check import check
from grantengine.expressions.expression import Checked, Expression, ExpressionError
from grantengine.expressions.nodes import rebuilt
from grantengine.expressions.parse import parse
from grantengine.expressions.show import show
from grantengine.expressions.templates import column, expr
from grantengine.expressions.types import NUMBER, YES_NO, Scope, Type
from grantengine.hooks.guard import options_of
from grantengine.hooks.kinds import ConditionKind, CriterionKind, Kind
from grantengine.hooks.options import expressions_written, reference_fields
from grantengine.hooks.registry import Registry
from grantengine.scheme.collect import Collector, Path
from grantengine.scheme.model import Criterion, EligibilityRule, Scheme

FORMULA_MARKS: Mapping[str, Any] = {"type": "number"}


def reading(checked: Checked, known: Columns) -> Reading:
    """Sort the columns an expression reads by what their absence means."""
    names = sorted(checked.columns)
    filled = sorted({known.filled[name] for name in names if name in known.filled})
    return Reading(
        checked,
        (*(name for name in names if name in known.facts or name in known.judged), *filled),
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
        self.unrounded: dict[str, Checked] = {}
        available = registry.available(scheme.plugins)
        for index, criterion in enumerate(scheme.criteria):
            if criterion.kind is not None:
                made = _criterion_kind(index, criterion, registry, available, references)
                if made:
                    self.made[criterion.id] = made
                    self._combine(criterion.id, *made, known, registry)
        self.combined = {column_id(c.id): self._stands_for(c.id, known).node for c in scheme.criteria}

    def _combine(self, id: str, kind: CriterionKind, options: Any, known: Columns, registry: Registry) -> None:
        expression = kind.combined(options)
        if expression is None:
            return
        try:
            self.unrounded[id] = check(expression, Scope(known.marks), want=NUMBER)
        except ExpressionError as error:
            owner = registry.owner(CriterionKind, kind.kind) or kind.kind
            hook = f"criterion.{kind.kind}.combined"
            raise PluginError(owner, "plugin-raised", hook=hook, error=f"{show(expression.node)}: {error}") from error

    def _stands_for(self, id: str, known: Columns) -> Checked:
        """What an expression reads as `ratings.<criterion>`: the mean where the kind does not say."""
        if id in self.unrounded:
            return self.unrounded[id]
        marks = column(f"marks.{column_id(id)}")
        return check(expr("list_sum({marks}) / len({marks})", marks=marks), Scope(known.marks), want=NUMBER)


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


def checked_options(
    cls: type[Kind],
    raw: Mapping[str, Any],
    path: Path,
    collector: Collector,
    scope: Scope | None = None,
    extra_keys: Iterable[str] = (),
) -> Any | None:
    """The options of a kind, or None with their problems collected; with ``scope`` also those of their expressions."""
    try:
        return options_of(cls, raw, collector.context)
    except ValidationError as error:
        collector.options(error, path, cls.Options, extra_keys)
        if scope is not None:
            author_options_fit(cls, raw, scope, path, collector)
        return None


def author_options_fit(cls: type[Kind], raw: Mapping[str, Any], scope: Scope, path: Path, collector: Collector) -> bool:
    """Check the author's own expressions inside options, so that their faults stand where they were written."""
    fits = True
    for below, _, text in expressions_written(cls.Options, raw):
        try:
            check(parse(text), scope)
        except ExpressionError as error:
            collector.faults(error, (*path, *below))
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
    raw = rule.kind_options
    options = checked_options(cls, raw, path, collector, scope, type(rule).model_fields)
    if options is None or not author_options_fit(cls, raw, scope, path, collector):
        return None
    made = cls(column_id(rule.id)).holds(options)
    owner = registry.owner(ConditionKind, cls.kind) or cls.kind
    checked = kind_expression(lambda: made, kind_scope(scope, known), YES_NO, owner, path, collector)
    if checked is None:
        return None
    text, own = show(made.node), f"condition.{cls.kind}.because"
    plain = Message(own) if registry.texts.has(own) else Message("rule.require.because", {"rule": text})
    return RulePlan(rule.id, text, reading(checked, known), rule.because or plain, cls.asks, of_kind=True)


def kind_expression(
    make: Any, scope: Scope, want: Type | tuple[Type, ...] | None, owner: str, path: Path, collector: Collector
) -> Checked | None:
    """Check what a plugin's kind returned. A name it needs and the scheme lacks is the scheme's problem.

    :raises PluginError: it is no expression.
    """
    expression = make()
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
                title: Words = criterion.title or Message("criterion.points.title")
                plans.append(
                    CriterionPlan(
                        criterion.id, title, criterion.points, reading(checked, known), criterion.max_points,
                        criterion.weight, None, FORMULA_MARKS,
                    )
                )  # fmt: skip
            continue
        plan = _criterion_of_kind(criterion, (*path, "options"), registry, kinds, scope, known, collector)
        if plan:
            plans.append(plan)
    return plans


def _criterion_of_kind(
    criterion: Criterion,
    path: Path,
    registry: Registry,
    kinds: Kinds,
    scope: Scope,
    known: Columns,
    collector: Collector,
) -> CriterionPlan | None:
    cls = registry.find(CriterionKind, criterion.kind or "")
    # Also where something else is wrong with the options, so that everything is told at once.
    fits = cls is None or author_options_fit(cls, criterion.options, scope, path, collector)
    if not fits or criterion.id not in kinds.made:
        return None
    kind, options = kinds.made[criterion.id]
    made = kind.points(options)
    owner = registry.owner(CriterionKind, kind.kind) or kind.kind
    checked = kind_expression(lambda: made, kind_scope(scope, known), NUMBER, owner, path[:-1], collector)
    if checked is None:
        return None
    key = f"criterion.{kind.kind}.title"
    title = criterion.title or (Message(key) if registry.texts.has(key) else {"": criterion.id})
    combined = kind.combined(options)
    return CriterionPlan(
        criterion.id, title, _shown(made, combined, column_id(criterion.id)), reading(checked, known),
        criterion.max_points, criterion.weight, kinds.unrounded.get(criterion.id), kind.mark_schema(options), kind,
        _round_in(options),
    )  # fmt: skip


def _round_in(options: Any) -> str | None:
    """The review round that the options of a kind name, None where they name none."""
    named = (getattr(options, name) for name, what in reference_fields(type(options)).items() if what == "round")
    return next((id for id in named if isinstance(id, str)), None)


def _shown(points: Expression, combined: Expression | None, id: str) -> str:
    """The text of an expression; assessors' combined mark reads as the scheme's own expressions name it."""
    if combined is None:
        return show(points.node)
    rating = column(f"ratings.{id}").node
    return show(rebuilt(points.node, lambda node: rating if node == combined.node else node))
