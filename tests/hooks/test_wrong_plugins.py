"""What a plugin's kinds raise or wrongly give is told with the plugin, the role, the kind and the method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pydantic import model_validator

from grantengine import (
    ConditionKind,
    CriterionKind,
    FactColumn,
    FactSource,
    KindOptions,
    PluginError,
    QuestionKind,
    RoundKind,
    RoundTerms,
    column,
    expr,
    hookimpl,
    population,
    types,
)
from grantengine.bootstrap import Engine
from grantengine.form.schema import form_schema
from grantengine.hooks.kinds import Kind
from grantengine.testing import engine_with, plan_of, small_scheme


class Fine(QuestionKind):
    kind = "wrong"

    def column(self, options: Any) -> types.Type:
        return types.NUMBER

    def schema(self, options: Any, audience: str) -> dict[str, Any]:
        return {"type": "number"}


class Holds(ConditionKind):
    kind = "wrong"

    def holds(self, options: Any) -> Any:
        return expr("requested > 5")


class Rated(CriterionKind):
    kind = "wrong"
    rated = True

    def points(self, options: Any) -> Any:
        return expr("len({marks})", marks=column(f"marks.{self.id}"))

    def combined(self, options: Any) -> Any:
        return expr("list_sum({marks})", marks=column(f"marks.{self.id}"))


class Source(FactSource):
    kind = "wrong"

    def columns(self) -> Any:
        return {"degrees": FactColumn(types.NUMBER)}


class Talk(RoundKind):
    kind = "wrong"

    def terms(self, options: Any) -> Any:
        return TERMS


TERMS = RoundTerms(frozenset({"handler", "applicant"}), frozenset({"meet"}))
HOOKS: dict[type[Kind], tuple[str, str]] = {
    Fine: ("question", "grantengine_question_kinds"),
    Holds: ("condition", "grantengine_condition_kinds"),
    Rated: ("criterion", "grantengine_criterion_kinds"),
    Source: ("fact_source", "grantengine_fact_sources"),
    Talk: ("round", "grantengine_round_kinds"),
}
SCHEME = small_scheme(
    "eligibility: [{id: r, kind: wrong}]\ncriteria: [{id: c, kind: wrong}]\nrounds: [{id: t, kind: wrong}]",
    plugins=["mine"],
    questions="- {id: q, kind: wrong}\n- {id: t, kind: table, columns: [{id: q, kind: wrong}]}",
)


def engine_of(*classes: type[Kind]) -> Engine:
    module = ModuleType("mine")
    for base, (_, hook) in HOOKS.items():
        chosen = next((cls for cls in classes if issubclass(cls, base)), base)
        setattr(module, hook, hookimpl(lambda chosen=chosen: [chosen]))
    return engine_with(("mine", module))


def run_everything(*classes: type[Kind]) -> None:
    engine = engine_of(*classes)
    plan = plan_of(SCHEME, engine)
    form_schema(plan.form)
    list(population(plan, engine.registry, 3, 1))


def test_kinds_as_they_should_be() -> None:
    run_everything()


def with_method(base: type[Kind], method: str, call: Callable[..., Any]) -> type[Kind]:
    return type("Wrong", (base,), {method: call})


def fails(*args: Any) -> Any:
    raise KeyError("oh")


METHODS = [
    (Fine, "column"),
    (Fine, "schema"),
    (Fine, "sample"),
    (Holds, "holds"),
    (Rated, "points"),
    (Rated, "combined"),
    (Rated, "mark_schema"),
    (Source, "columns"),
    (Source, "sample"),
    (Talk, "terms"),
]


@pytest.mark.parametrize(("base", "method"), [*METHODS, *((base, "__init__") for base in HOOKS)])
def test_a_method_that_raises_is_named(base: type[Kind], method: str) -> None:
    with pytest.raises(PluginError) as raised:
        run_everything(with_method(base, method, fails))
    error = raised.value
    role = HOOKS[base][0]
    assert (error.plugin, error.code) == ("mine", "plugin-raised")
    assert error.params == {"hook": f"{role}.wrong.{method.strip('_')}", "error": "KeyError: 'oh'"}


GIVEN: list[tuple[type[Kind], str, Any]] = [
    (Fine, "column", "number"),
    (Fine, "column", None),
    (Fine, "schema", None),
    (Fine, "schema", {"type": "nummer"}),
    (Fine, "schema", {"type": "string", "pattern": "("}),
    (Fine, "schema", {"type": "string", "enum": {"a", "b"}}),
    (Fine, "sample", None),
    (Fine, "sample", [1]),
    (Fine, "sample", [1, 2, 3, 4]),
    (Fine, "sample", (1, 2, 3)),
    (Fine, "sample", np.zeros(3)),
    (Fine, "sample", [np.int64(1)] * 3),
    (Fine, "sample", [float("nan")] * 3),
    (Holds, "holds", "requested > 5"),
    (Holds, "holds", True),
    (Rated, "points", 5),
    (Rated, "combined", "list_sum(marks.c)"),
    (Rated, "combined", expr("requested")),
    (Rated, "mark_schema", [1, 6]),
    (Rated, "mark_schema", {"type": "number", "minimum": "low"}),
    (Source, "columns", None),
    (Source, "columns", ["degrees"]),
    (Source, "columns", {"degrees": types.NUMBER}),
    (Source, "columns", {"degrees": FactColumn("number")}),
    (Source, "columns", {"de.grees": FactColumn(types.NUMBER)}),
    (Source, "columns", {5: FactColumn(types.NUMBER)}),
    (Source, "sample", None),
    (Source, "sample", [[1, 2, 3]]),
    (Source, "sample", {"degrees": [1, 2]}),
    (Source, "sample", {"degrees": 5}),
    (Source, "sample", {"other": [1, 2, 3]}),
    (Talk, "terms", None),
    (Talk, "terms", {"acts": ["handler"]}),
    (Talk, "terms", replace(TERMS, acts=frozenset({"mayor"}))),
    (Talk, "terms", replace(TERMS, allows=frozenset({"meet", "sing"}))),
    (Talk, "terms", replace(TERMS, allows={"meet"})),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, allows="meet")),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, exchanges=0)),
    (Talk, "terms", replace(TERMS, exchanges=True)),
    (Talk, "terms", replace(TERMS, answer_days=-1)),
    (Talk, "terms", replace(TERMS, answer_days=2.5)),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, meeting_minutes=0)),
    (Talk, "terms", replace(TERMS, meeting_minutes=None)),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, assessors_per_case=-1)),
    (Talk, "terms", replace(TERMS, blind="yes")),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, discuss_if_spread_over=float("nan"))),
    (Talk, "terms", replace(TERMS, editable="summary")),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, editable=[])),  # type: ignore[arg-type]
    (Talk, "terms", replace(TERMS, asked=("Why?", 5))),  # type: ignore[arg-type]
    # There is no rule that says for whom.
    (Talk, "terms", replace(TERMS, offered_to_all=False)),
]


@pytest.mark.parametrize(("base", "method", "given"), GIVEN)
def test_a_method_that_gives_the_wrong_thing_is_named(base: type[Kind], method: str, given: Any) -> None:
    with pytest.raises(PluginError) as raised:
        run_everything(with_method(base, method, lambda *args: given))
    error = raised.value
    assert error.plugin == "mine"
    assert error.code in ("plugin-bad-value", "plugin-raised")
    assert error.params["hook"] == f"{HOOKS[base][0]}.wrong.{method}"


class Fussy(KindOptions):
    """Options whose check is itself wrong."""

    @model_validator(mode="after")
    def _checked(self) -> Fussy:
        raise KeyError("oh")


@pytest.mark.parametrize("base", [Fine, Holds, Rated, Talk])
def test_options_whose_check_raises_are_named(base: type[Kind]) -> None:
    with pytest.raises(PluginError) as raised:
        run_everything(type("Wrong", (base,), {"Options": Fussy}))
    error = raised.value
    assert (error.plugin, error.params["hook"]) == ("mine", f"{HOOKS[base][0]}.wrong.Options")
    assert error.params["error"] == "KeyError: 'oh'"


def test_the_words_name_plugin_and_method() -> None:
    with pytest.raises(PluginError) as raised:
        run_everything(with_method(Fine, "sample", lambda *args: [1]))
    texts = engine_of().registry.texts
    for language in ("nb", "nn", "en"):
        said = texts.problem(raised.value.problem, language)
        assert "«mine»" in said
        assert "«question.wrong.sample»" in said
        assert ": [1]" in said


def test_a_guarded_kind_is_still_what_its_author_wrote() -> None:
    class Static(Fine):
        """Of the author."""

        @staticmethod
        def column(options: Any) -> types.Type:  # type: ignore[override]
            return types.TEXT

    found = engine_of(Static).registry.find(QuestionKind, "wrong")
    assert found is not None
    assert issubclass(found, Static)
    assert (found.__doc__, found.__name__) == ("Of the author.", "Static")
    assert found("q").column(None) == types.TEXT
