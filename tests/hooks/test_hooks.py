"""Each hook, through a plugin made for the test."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grantengine import (
    AllocationMethod,
    Candidates,
    ConditionKind,
    CriterionKind,
    Expression,
    FactColumn,
    FactSource,
    Grants,
    Ground,
    KindOptions,
    PaymentPlan,
    PluginError,
    QuestionKind,
    ReportProfile,
    RoundKind,
    RoundTerms,
    YesNoExpression,
    expr,
    hookimpl,
    types,
)
from grantengine.testing import codes, engine_with, plan_of, results, small_scheme


def plugin(hook: str, *returned: Any) -> tuple[str, object]:
    """A plugin with one hook that returns ``returned``."""

    def implementation() -> list[Any]:
        return list(returned)

    implementation.__name__ = hook
    return "mine", module(**{hook: hookimpl(implementation)})


def module(**contents: object) -> ModuleType:
    made = ModuleType("mine")
    for name, value in contents.items():
        setattr(made, name, value)
    return made


class Colour(QuestionKind):
    kind = "colour"

    def column(self, options: Any) -> types.Type:
        return types.choice_of(("red", "blue"))

    def schema(self, options: Any, audience: str) -> dict[str, Any]:
        return {"type": "string", "enum": ["red", "blue"]}


class IsRed(ConditionKind):
    kind = "is_red"

    def holds(self, options: Any) -> Expression:
        return expr("requested > {least}", least=10)


class Flat(CriterionKind):
    kind = "flat"

    def points(self, options: Any) -> Expression:
        return expr("7")


class Weather(FactSource):
    kind = "weather"

    def columns(self) -> Mapping[str, FactColumn]:
        return {"degrees": FactColumn(types.NUMBER)}


class EqualShares(AllocationMethod):
    kind = "even"

    def allocate(self, options: Any, candidates: Candidates) -> Grants:
        size = len(candidates.amounts)
        each = candidates.budget // max(size, 1)
        granted = np.minimum(candidates.amounts, each)
        return Grants(granted, np.full(size, Ground.FUNDED.code, np.int8))


class Greedy(EqualShares):
    kind = "greedy"

    def allocate(self, options: Any, candidates: Candidates) -> Grants:
        return Grants(candidates.amounts, np.full(len(candidates.amounts), Ground.FUNDED.code, np.int8))


class Visit(RoundKind):
    kind = "visit"

    class Options(KindOptions):
        hours: int = 1
        rule: YesNoExpression | None = None

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"handler", "applicant"}), allows=frozenset({"meet"}),
            meeting_minutes=60 * options.hours, offered_to_all=options.rule is None,
        )  # fmt: skip


class InGold(PaymentPlan):
    kind = "in_gold"


class Postcard(ReportProfile):
    kind = "postcard"
    minutes = 5


CASE = {"id": "a", "answers": {"requested": "500"}}


def test_hook_grantengine_question_kinds() -> None:
    engine = engine_with(plugin("grantengine_question_kinds", Colour))
    scheme = small_scheme(
        "eligibility: [{id: red, require: colour = 'red'}]", plugins=["mine"], questions="- {id: colour, kind: colour}"
    )
    plan = plan_of(scheme, engine)
    red = {"id": "a", "answers": {"requested": "500", "colour": "red"}}
    blue = {"id": "b", "answers": {"requested": "500", "colour": "blue"}}
    assert [case["eligible"] for case in results(plan, [red, blue], engine).values()] == [True, False]


def test_hook_grantengine_condition_kinds() -> None:
    engine = engine_with(plugin("grantengine_condition_kinds", IsRed))
    plan = plan_of(small_scheme("eligibility: [{id: big, kind: is_red}]", plugins=["mine"]), engine)
    small = {"id": "b", "answers": {"requested": "10"}}
    assert [case["failed"] for case in results(plan, [CASE, small], engine).values()] == [[], ["big"]]


def test_hook_grantengine_criterion_kinds() -> None:
    engine = engine_with(plugin("grantengine_criterion_kinds", Flat))
    plan = plan_of(small_scheme("criteria: [{id: flat, kind: flat, weight: 2}]", plugins=["mine"]), engine)
    assert results(plan, [CASE], engine)["a"]["points"] == {"flat": 14.0}


def test_hook_grantengine_fact_sources() -> None:
    engine = engine_with(plugin("grantengine_fact_sources", Weather))
    plan = plan_of(
        small_scheme("eligibility: [{id: warm, require: facts.weather.degrees > 10}]", plugins=["mine"]), engine
    )
    warm = {**CASE, "facts": {"weather": {"degrees": 20.5}}}
    assert results(plan, [warm], engine)["a"]["eligible"] is True
    assert results(plan, [CASE], engine)["a"]["undetermined"] == ["facts.weather.degrees"]


def test_hook_grantengine_round_kinds() -> None:
    engine = engine_with(plugin("grantengine_round_kinds", Visit))
    good = small_scheme("rounds: [{id: visit, kind: visit, days: 5, options: {hours: 2}}]", plugins=["mine"])
    (visit,) = plan_of(good, engine).rounds
    assert (visit.id, visit.kind, visit.days, visit.rule) == ("visit", "visit", 5, None)
    assert visit.terms.meeting_minutes == 120
    assert codes(good.replace("hours: 2", "hour: 2"), engine) == ["unknown-key"]
    large = plan_of(good.replace("hours: 2", "rule: requested > 1000"), engine).round("visit")
    assert large is not None
    assert large.rule is not None
    assert large.rule.columns == {"requested"}


def test_a_round_about_a_question_that_the_form_lacks_is_a_problem_of_the_scheme() -> None:
    class About(Visit):
        kind = "about"

        def terms(self, options: Any) -> RoundTerms:
            return RoundTerms(frozenset({"handler"}), frozenset({"ask"}), editable=("requested", "summary"))

    engine = engine_with(plugin("grantengine_round_kinds", About))
    scheme = small_scheme("rounds: [{id: about, kind: about}]", plugins=["mine"])
    assert codes(scheme, engine) == ["kind-needs"]


def test_hook_grantengine_allocation_methods() -> None:
    engine = engine_with(plugin("grantengine_allocation_methods", EqualShares, Greedy))
    scheme = small_scheme("allocation: {method: even}", plugins=["mine"], budget="600 NOK")
    cases = [{"id": name, "answers": {"requested": "500"}} for name in "ab"]
    granted = [case["granted"] for case in results(plan_of(scheme, engine), cases, engine).values()]
    assert granted == ["300.00", "300.00"]
    greedy = plan_of(scheme.replace("even", "greedy"), engine)
    with pytest.raises(PluginError) as raised:
        results(greedy, cases, engine)
    assert raised.value.code == "allocation-over-budget"


def test_hook_grantengine_payment_plans() -> None:
    engine = engine_with(plugin("grantengine_payment_plans", InGold))
    scheme = small_scheme("payment: {plan: in_gold}", plugins=["mine"])
    assert codes(scheme, engine) == []
    assert codes(scheme.replace("[mine]", "[]"), engine) == ["plugin-not-listed"]


def test_hook_grantengine_report_profiles() -> None:
    engine = engine_with(plugin("grantengine_report_profiles", Postcard))
    scheme = small_scheme("reporting: [{id: card, profile: postcard, when: granted < 1000}]", plugins=["mine"])
    assert codes(scheme, engine) == []
    assert codes(scheme.replace("postcard", "postkard"), engine) == ["unknown-kind"]


@pytest.mark.parametrize(
    ("offered", "code"),
    [
        (plugin("grantengine_criterion_kinds", Colour), "plugin-bad-kind"),
        (plugin("grantengine_criterion_kinds", "Flat"), "plugin-bad-kind"),
        (("mine", module(grantengine_criterion_kinds=hookimpl(lambda: None))), None),
        (("mine", module(grantengine_criterion_kinds=hookimpl(lambda: {"flat": Flat}))), "plugin-bad-return"),
        (("mine", module(grantengine_criterion_kindz=hookimpl(lambda: [Flat]))), "plugin-unknown-hook"),
        (("mine", module(grantengine_criterion_kinds=hookimpl(lambda: 1 // 0))), "plugin-raised"),
    ],
)
def test_a_plugin_that_breaks_its_contract_is_named(offered: tuple[str, object], code: str | None) -> None:
    if code is None:
        assert "mine" in engine_with(offered).registry.plugins
        return
    with pytest.raises(PluginError) as raised:
        engine_with(offered)
    assert (raised.value.plugin, raised.value.code) == ("mine", code)


def test_two_plugins_with_one_kind_are_both_named() -> None:
    class Again(CriterionKind):
        kind = "collaboration"

    with pytest.raises(PluginError) as raised:
        engine_with(plugin("grantengine_criterion_kinds", Again))
    assert raised.value.code == "plugin-duplicate-kind"
    assert {raised.value.plugin, raised.value.params["other"]} == {"mine", "collaboration"}


def test_a_kind_that_raises_names_its_plugin() -> None:
    class Broken(Flat):
        kind = "broken"

        def points(self, options: Any) -> Expression:
            raise RuntimeError("no")

    engine = engine_with(plugin("grantengine_criterion_kinds", Broken))
    with pytest.raises(PluginError, match="mine"):
        plan_of(small_scheme("criteria: [{id: b, kind: broken}]", plugins=["mine"]), engine)


def test_a_disabled_plugin_is_not_loaded() -> None:
    engine = engine_with(environment={"GRANTENGINE_DISABLE_PLUGINS": "continuity, ratings"})
    assert {"continuity", "ratings"} & set(engine.registry.plugins) == set()


def test_tracing_tells_of_each_hook(capsys: pytest.CaptureFixture[str]) -> None:
    engine_with(environment={"GRANTENGINE_TRACE": "1"})
    assert "grantengine_criterion_kinds" in capsys.readouterr().err
