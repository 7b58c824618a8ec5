"""The one door: a scheme's source to a Plan, or every problem of the scheme at once."""

from __future__ import annotations

from collections.abc import Sequence

from grantengine.compile.criteria import Kinds, compile_criteria, compile_rules
from grantengine.compile.life import compile_allocation, compile_reports, compile_rounds_and_payment
from grantengine.compile.plan import Plan
from grantengine.compile.scopes import Columns, allocation_scope, column_id, columns, outcome_scope, rule_scope
from grantengine.compile.pruned import Pruned
from grantengine.errors import Message, Problem, SchemeError
from grantengine.expressions.types import Type
from grantengine.form.build import Form, build
from grantengine.hooks.registry import Registry
from grantengine.money import Money
from grantengine.scheme.collect import Collector, nearest_hint
from grantengine.scheme.load import SchemeSource
from grantengine.scheme.model import Scheme
from grantengine.scheme.pointer import resolve
from grantengine.scheme.read import read
from grantengine.scheme.versions import version_hash

FOLLOWS_FROM_MISSING = frozenset({"expression-unknown-name", "unknown-question", "unknown-round", "kind-needs"})
"""Problems that may only follow from a part that was taken out."""


def check(source: SchemeSource, registry: Registry) -> Plan:
    """Compile a scheme.

    :raises SchemeError: with every problem found, in the order of the file.
    """
    scheme, problems = read(source)
    if scheme is None:
        raise SchemeError(_sorted([*problems, *_problems_of_the_rest(source, registry)]))
    collector = Collector(source)
    plan = _compile(scheme, registry, collector)
    if problems or collector.problems or plan is None:
        raise SchemeError(_sorted([*problems, *collector.problems]))
    return plan


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    unique = {(p.code, p.where.line, p.where.column, p.where.pointer, str(p.params)): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.where.line, p.where.column, p.code))


def _compile(scheme: Scheme, registry: Registry, collector: Collector) -> Plan | None:
    _check_plugins(scheme, registry, collector)
    form = build(scheme, registry, collector)
    checked_types = _checked_types(scheme, form, collector)
    known = columns(scheme, form, registry, checked_types)
    _check_column_names(scheme, collector)
    kinds = Kinds(scheme, registry, known, collector)
    sources = {figure.id: figure.from_ for figure in scheme.checked if figure.from_}
    scope = rule_scope(known, kinds.combined, sources)
    rules = compile_rules(scheme, registry, scope, known, collector)
    criteria = compile_criteria(scheme, registry, kinds, scope, known, collector)
    allocation = compile_allocation(scheme, form, registry, allocation_scope(scope, known), collector)
    compile_rounds_and_payment(scheme, form, registry, collector)
    reports = compile_reports(scheme, registry, outcome_scope(scope, known), collector)
    _check_delegation(scheme, collector)
    if allocation is None or collector.problems:
        return None
    budget, currency = _budget(scheme)
    used = tuple(registry.plugins[name] for name in sorted(registry.available(scheme.plugins)))
    return Plan(
        scheme, form, known.all, known.facts, tuple(rules), tuple(criteria), allocation, reports, checked_types,
        budget, currency, version_hash(collector.source.data), used,
    )  # fmt: skip


def _check_plugins(scheme: Scheme, registry: Registry, collector: Collector) -> None:
    for index, name in enumerate(scheme.plugins):
        if name not in registry.plugins:
            near = nearest_hint(name, list(registry.plugins))
            collector.add("plugin-not-installed", ("plugins", index), {"plugin": name}, near)


def _checked_types(scheme: Scheme, form: Form, collector: Collector) -> dict[str, Type]:
    """The type of each figure a handler may establish: that of its question kind."""
    simple = {"integer", "number", "percent", "money", "yes_no", "text", "date"}
    answers = form.by_id
    types: dict[str, Type] = {}
    for index, figure in enumerate(scheme.checked):
        path = ("checked", index)
        if figure.kind not in simple:
            hint = Message("hint.one-of", {"allowed": ", ".join(sorted(simple))})
            collector.add("unknown-kind", (*path, "kind"), {"kind": figure.kind, "role": Message("role.checked")}, hint)
            continue
        types[figure.id] = Type(figure.kind)
        if figure.from_ is not None and figure.from_ not in answers:
            collector.add("unknown-question", (*path, "from"), {"id": figure.from_}, nearest_hint(figure.from_, list(answers)))
        elif figure.from_ is not None and answers[figure.from_].type.name != figure.kind:
            params = {"id": figure.from_, "wanted": figure.kind, "got": answers[figure.from_].type.name}
            collector.add("checked-other-kind", (*path, "from"), params)
    return types


def _check_column_names(scheme: Scheme, collector: Collector) -> None:
    """Hyphens read as underscores in column names, so two ids may not differ in that alone."""
    for section, items in (("criteria", scheme.criteria), ("eligibility", scheme.eligibility)):
        seen: dict[str, str] = {}
        for index, item in enumerate(items):
            other = seen.setdefault(column_id(item.id), item.id)
            if other != item.id:
                collector.add("ids-alike", (section, index, "id"), {"id": item.id, "other": other})


def _check_delegation(scheme: Scheme, collector: Collector) -> None:
    for index, pointer in enumerate(scheme.delegation.adjustable):
        if not resolve(collector.source.data, pointer):
            collector.add("pointer-nowhere", ("delegation", "adjustable", index), {"target": pointer})


def _budget(scheme: Scheme) -> tuple[int, str]:
    budget = scheme.call.budget
    sums = [budget] if isinstance(budget, Money) else list(budget.values())
    return sum(amount.ore for amount in sums), sums[0].currency


def _problems_of_the_rest(source: SchemeSource, registry: Registry) -> list[Problem]:
    """Problems in the parts that are in order; what may only follow from a part that is not is not told."""
    pruned = Pruned(source)
    scheme = pruned.scheme()
    if scheme is None:
        return []
    collector = Collector(pruned)
    _compile(scheme, registry, collector)
    return [problem for problem in collector.problems if problem.code not in FOLLOWS_FROM_MISSING]
