"""The one door: a scheme's source to a Plan, or every problem of the scheme at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grantengine.compile.consequences import Lost
from grantengine.compile.criteria import Kinds, compile_criteria, compile_rules
from grantengine.compile.life import check_payment, compile_reports, compile_rounds, compile_years
from grantengine.compile.parts import check_parts, compile_intake, compile_strands
from grantengine.compile.plan import Plan
from grantengine.compile.pruned import Pruned
from grantengine.compile.references import References
from grantengine.compile.scopes import allocation_scope, column_id, columns, outcome_scope, rule_scope
from grantengine.errors import Message, Problem, SchemeError
from grantengine.expressions.types import Type
from grantengine.form.build import Form, build
from grantengine.hooks.kinds import FactSource
from grantengine.hooks.registry import Registry
from grantengine.scheme.collect import Collector, Path, Source, nearest_hint
from grantengine.scheme.model import Scheme
from grantengine.scheme.pointer import resolve
from grantengine.scheme.read import read
from grantengine.scheme.versions import version_hash


def check(source: Source, registry: Registry) -> Plan:
    """Compile a scheme.

    :raises SchemeError: with every problem found, in the order of the file.
    """
    scheme, problems = read(source)
    if scheme is None:
        raise SchemeError(_sorted([*problems, *_problems_of_the_rest(source, registry)]))
    collector = Collector(source)
    plan = _compile(scheme, registry, collector, Lost())
    if problems or collector.problems or plan is None:
        raise SchemeError(_sorted([*problems, *collector.problems]))
    if not scheme.strands:
        return plan
    try:
        return compile_strands(plan, source, lambda patched: check(patched, registry))
    except SchemeError as error:
        raise SchemeError(_sorted(error.problems)) from error


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    unique = {(p.code, p.where.line, p.where.column, p.where.pointer, str(p.params)): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.where.line, p.where.column, p.code))


def _compile(scheme: Scheme, registry: Registry, collector: Collector, lost: Lost) -> Plan | None:
    """Compile what is there; of the problems found, those that follow from what is not there are left out."""
    meant = _check_plugins(scheme, registry, collector)
    form = build(scheme, registry, collector)
    checked_types = _checked_types(scheme, form, collector)
    known = columns(scheme, form, registry, checked_types)
    _check_column_names(scheme, collector)
    references = References.of(scheme, form, collector)
    references.check_form(scheme, form)
    kinds = Kinds(scheme, registry, known, references)
    sources = {figure.id: figure.from_ for figure in scheme.checked if figure.from_}
    scope = rule_scope(known, kinds.combined, sources)
    rules = compile_rules(scheme, registry, scope, known, collector)
    criteria = compile_criteria(scheme, registry, kinds, scope, known, collector)
    years = compile_years(scheme, registry, allocation_scope(scope, known), known, form, references)
    check_parts(scheme, collector)
    rounds = compile_rounds(scheme, registry, scope, references)
    check_payment(scheme, registry, references)
    reports = compile_reports(scheme, registry, outcome_scope(scope, known), collector)
    _check_pointers(scheme, collector)
    questions = {question.id for question in scheme.questions} - form.by_id.keys()
    figures = {figure.id for figure in scheme.checked} - checked_types.keys()
    facts = {kind for (_, kind), entry in registry.kinds.items() if entry.plugin in meant}
    lost = lost.and_also({*questions, *figures, *facts}, meant)
    collector.problems = [
        _with_plugin(problem, registry) for problem in collector.problems if not lost.explains(problem)
    ]
    if years is None or collector.problems:
        return None
    used = tuple(registry.plugins[name] for name in sorted(registry.available(scheme.plugins)))
    return Plan(
        scheme, form, known.all, known.facts, tuple(rules), tuple(criteria), years, compile_intake(scheme), reports,
        checked_types, references.currency, version_hash(collector.source.data), used, scope, known, rounds=rounds,
    )  # fmt: skip


def _check_plugins(scheme: Scheme, registry: Registry, collector: Collector) -> set[str]:
    """Every plugin listed is installed; gives those that were meant by names that are not."""
    meant: set[str] = set()
    for index, name in enumerate(scheme.plugins):
        if name not in registry.plugins:
            near = nearest_hint(name, list(registry.plugins))
            collector.add("plugin-not-installed", ("plugins", index), {"plugin": name}, near)
            if near:
                meant.add(str(near.params["nearest"]))
    return meant


def _with_plugin(problem: Problem, registry: Registry) -> Problem:
    """A fact that is not known, with the plugin that would bring it as the hint."""
    parts = str(problem.params.get("name", "")).split(".")
    if problem.code != "expression-unknown-name" or parts[0] != "facts" or len(parts) < 2:
        return problem
    owner = registry.owner(FactSource, parts[1])
    if owner and registry.of_role(FactSource)[parts[1]].fills is not None:
        return problem  # it has no columns, listed or not
    # A source that is listed has columns of its own in scope; then the column is what is wrong.
    return (
        replace(problem, hint=Message("hint.list-plugin", {"plugin": owner})) if owner and not problem.hint else problem
    )


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
            collector.add(
                "unknown-question", (*path, "from"), {"id": figure.from_}, nearest_hint(figure.from_, list(answers))
            )
        elif figure.from_ is not None and answers[figure.from_].type.name != figure.kind:
            params = {"id": figure.from_, "wanted": figure.kind, "got": answers[figure.from_].type.name}
            collector.add("checked-other-kind", (*path, "from"), params)
        elif figure.id in answers and answers[figure.id].type.name != figure.kind:
            # A figure with the id of a question is that question's answer until a handler sets it.
            params = {"id": figure.id, "wanted": figure.kind, "got": answers[figure.id].type.name}
            collector.add("checked-other-kind", (*path, "kind"), params)
    return types


def _check_column_names(scheme: Scheme, collector: Collector) -> None:
    """Hyphens read as underscores in column names, so two ids may not differ in that alone."""
    sections = {"criteria": [c.id for c in scheme.criteria], "eligibility": [rule.id for rule in scheme.eligibility]}
    for section, ids in sections.items():
        seen: dict[str, str] = {}
        for index, id in enumerate(ids):
            other = seen.setdefault(column_id(id), id)
            if other != id:
                collector.add("ids-alike", (section, index, "id"), {"id": id, "other": other})


def _check_pointers(scheme: Scheme, collector: Collector) -> None:
    """Pointers to what may be adjusted, and to what strands change, lead to something."""
    pointers: list[tuple[Path, str]] = [
        (("delegation", "adjustable", index), pointer) for index, pointer in enumerate(scheme.delegation.adjustable)
    ]
    for number, strand in enumerate(scheme.strands):
        for index, operation in enumerate(strand.patch):
            here: Path = ("call", "strands", number, "patch", index)
            if operation.op in ("remove", "replace", "test"):
                pointers.append(((*here, "path"), operation.path))
            elif operation.from_ is not None:
                pointers.append(((*here, "from"), operation.from_))
    for path, pointer in pointers:
        if not resolve(collector.source.data, pointer):
            collector.add("pointer-nowhere", path, {"target": pointer})


def _problems_of_the_rest(source: Source, registry: Registry) -> list[Problem]:
    """Problems in the parts that are in order; what may only follow from a part that is not is not told."""
    pruned = Pruned(source)
    scheme = pruned.scheme()
    if scheme is None:
        return []
    collector = Collector(pruned)
    _compile(scheme, registry, collector, pruned.lost)
    return [problem for problem in collector.problems if not pruned.explains(problem)]
