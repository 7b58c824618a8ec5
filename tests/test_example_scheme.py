"""The example scheme worked by hand: each figure below is explained beside it.

Criteria: collaboration 5 a confirmed partner + 5 if one is public, at most 20; continuity 8 x min(years, 3) / 3; reach by
members 25, 100, 500: 3, 6, 10; target group 15 x share; relevance 30 x (mean - 1) / 5; feasibility 17 x (mean - 1) / 5.
"""

from __future__ import annotations

from typing import Any

import pytest
from factories import Record, example_case, outcome_of, plan_of, scheme_text

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.outcome_json import outcome_json


def partner(name: str, **more: Any) -> Record:
    return {"name": name, **more}


def result_of(engine: Engine, plan: Plan, case: Record, **options: Any) -> Record:
    (result,) = outcome_json(outcome_of(engine, plan, [case], **options))["cases"]
    return dict(result)


def test_points_of_the_ordinary_case(engine: Engine, example: Plan) -> None:
    result = result_of(engine, example, example_case())
    assert result["points"] == {
        "collaboration": 10.0,  # one confirmed partner: 5, public: + 5
        "continuity": 5.3333,  # 8 x 2 / 3 = 5.33333…, four decimals
        "reach": 6.0,  # 120 members
        "target-group": 7.5,  # 15 x 0.5
        "relevance": 21.0,  # mean of 5 and 4 is 4.5: 30 x 3.5 / 5
        "feasibility": 10.2,  # mean 4: 17 x 3 / 5
    }
    assert result["combined"] == {"relevance": 4.5, "feasibility": 4.0}
    assert result["total"] == 60.0333
    assert (result["eligible"], result["failed"], result["missing"], result["undetermined"]) == (True, [], [], [])
    assert (result["rank"], result["granted"], result["ground"]) == (1, "300000.00", "funded")
    assert result["reserve"] is None


@pytest.mark.parametrize(
    ("answers", "criterion", "points"),
    [
        # not confirmed does not count, and a public partner that has not confirmed gives no bonus
        ({"partners": [partner("A", confirmed=False, public=True)]}, "collaboration", 0.0),
        ({"partners": [partner("A", confirmed=True), partner("B", public=True)]}, "collaboration", 5.0),
        # what is not said is no
        ({"partners": [partner("A")]}, "collaboration", 0.0),
        # 4 x 5 + 5 = 25, at most 20
        ({"partners": [partner(n, confirmed=True, public=True) for n in "ABCD"]}, "collaboration", 20.0),
        ({"partners": []}, "collaboration", 0.0),
        ({"partners": None}, "collaboration", 0.0),  # a missing list is the empty list
        ({"years_running": 0}, "continuity", 0.0),
        ({"years_running": 1}, "continuity", 2.6667),  # 8 / 3 = 2.66666…
        ({"years_running": 3}, "continuity", 8.0),
        ({"years_running": 9}, "continuity", 8.0),
        ({"continues_earlier": False}, "continuity", 0.0),  # the years are hidden then
        ({"members": 24}, "reach", 0.0),
        ({"members": 25}, "reach", 3.0),
        ({"members": 99}, "reach", 3.0),
        ({"members": 100}, "reach", 6.0),
        ({"members": 500}, "reach", 10.0),
        ({"target_group_share": 0}, "target-group", 0.0),
        ({"target_group_share": 1}, "target-group", 15.0),
        ({"target_group_share": 0.33333}, "target-group", 5.0),  # 4.99995 is a tie of the fifth decimal: to even
    ],
)
def test_points_of_one_criterion(answers: Record, criterion: str, points: float, engine: Engine, example: Plan) -> None:
    assert result_of(engine, example, example_case(**answers))["points"][criterion] == points


@pytest.mark.parametrize(
    ("marks", "points", "combined"),
    [
        ([1], 0.0, 1.0),
        ([6, 6], 30.0, 6.0),
        (6, 30.0, 6.0),  # one mark stands for a list of one
        ([1, 2, 2], 4.0, 5 / 3),  # 30 x (2 / 3) / 5
        ([None, 3], 12.0, 3.0),  # what is not given is not counted
    ],
)
def test_marks(marks: Any, points: float, combined: float, engine: Engine, example: Plan) -> None:
    case = example_case()
    case["ratings"]["relevance"] = marks
    result = result_of(engine, example, case)
    assert result["points"]["relevance"] == points
    assert result["combined"]["relevance"] == pytest.approx(combined, abs=1e-12)


@pytest.mark.parametrize("marks", [[], None, [None, None]])
def test_not_rated(marks: Any, engine: Engine, example: Plan) -> None:
    case = example_case()
    case["ratings"]["relevance"] = marks
    result = result_of(engine, example, case)
    assert (result["eligible"], result["total"], result["rank"]) == (True, None, None)
    assert (result["granted"], result["ground"], result["missing"]) == ("0.00", "not rated", ["relevance"])


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        ({"members": 4}, ["enough-members"]),
        ({"members": None}, ["enough-members"]),  # missing fails
        ({"employees": 11, "partners": []}, ["not-too-large-alone"]),
        ({"employees": 11, "partners": [partner("A", confirmed=True)]}, ["not-too-large-alone"]),
        ({"employees": None, "partners": []}, ["not-too-large-alone"]),  # unknown or no: unknown
        ({"members": 4, "employees": 11, "partners": []}, ["enough-members", "not-too-large-alone"]),
    ],
)
def test_not_eligible(answers: Record, failed: list[str], engine: Engine, example: Plan) -> None:
    result = result_of(engine, example, example_case(**answers))
    assert (result["eligible"], result["failed"], result["rank"]) == (False, failed, None)
    assert (result["granted"], result["ground"]) == ("0.00", f"not eligible: {', '.join(failed)}")


@pytest.mark.parametrize(
    "answers",
    [{"members": 5}, {"employees": 10, "partners": []}, {"employees": 11}, {"employees": None}],
)
def test_eligible_on_the_edge(answers: Record, engine: Engine, example: Plan) -> None:
    """The last: unknown or yes is yes, for a public partner has confirmed."""
    assert result_of(engine, example, example_case(**answers))["eligible"] is True


def test_earlier_report_overdue(engine: Engine, example: Plan) -> None:
    case = example_case()
    case["facts"]["earlier_grants"]["overdue_reports"] = 1
    assert result_of(engine, example, case)["ground"] == "not eligible: report-delivered"


@pytest.mark.parametrize(
    "facts", [None, {}, {"earlier_grants": {}}, {"earlier_grants": None}, {"earlier_grants": {"overdue_reports": None}}]
)
def test_fact_not_obtained(facts: Any, engine: Engine, example: Plan) -> None:
    case = {**example_case("unclear"), "facts": facts}
    fact = "facts.earlier_grants.overdue_reports"
    left_out = outcome_json(outcome_of(engine, example, [case, example_case("clear")]))
    unclear, clear = left_out["cases"]
    assert (unclear["eligible"], unclear["total"], unclear["undetermined"]) == (None, None, [fact])
    assert (unclear["granted"], unclear["ground"]) == ("0.00", f"to be clarified: {fact}")
    assert (clear["rank"], clear["ground"]) == (1, "funded")
    blocked = outcome_json(outcome_of(engine, example, [case, example_case("clear")], undetermined="stop"))
    assert blocked["summary"]["blocked"] is True
    assert [(c["granted"], c["ground"]) for c in blocked["cases"]] == [(None, f"to be clarified: {fact}"), (None, None)]


def test_refused_by_one_rule_and_undetermined_by_another_is_to_be_clarified(engine: Engine, example: Plan) -> None:
    """A case waits for its facts even where an answer already refuses it; both are told."""
    result = result_of(engine, example, {**example_case(members=1), "facts": {}})
    assert (result["eligible"], result["failed"]) == (None, ["enough-members"])
    assert result["ground"] == "to be clarified: facts.earlier_grants.overdue_reports"


def test_withdrawn(engine: Engine, example: Plan) -> None:
    result = result_of(engine, example, {**example_case(), "withdrawn": True, "facts": {}})
    assert (result["eligible"], result["rank"], result["granted"], result["ground"]) == (
        False,
        None,
        "0.00",
        "withdrawn",
    )


def test_set_by_hand(engine: Engine, example: Plan) -> None:
    case = {**example_case(), "set_by_hand": {"amount": "12345.67", "reason": "part of it is for others"}}
    result = result_of(engine, example, case)
    assert (result["rank"], result["granted"], result["ground"]) == (1, "12345.67", "set by hand")


def test_approved_costs_below_what_was_asked(engine: Engine, example: Plan) -> None:
    case = {**example_case(), "checked": {"approved_costs": "250000.50"}}
    assert result_of(engine, example, case)["granted"] == "250000.50"
    case["checked"]["approved_costs"] = "900000"
    assert result_of(engine, example, case)["granted"] == "300000.00"  # never more than was asked for


def test_below_the_minimum(engine: Engine, example: Plan) -> None:
    case = example_case(partners=[], continues_earlier=False, members=5, target_group_share=0)
    # relevance 30 x 3.5 / 5 = 21 and feasibility 10.2 remain: 31.2 of the 40 that are needed
    result = result_of(engine, example, case)
    assert (result["total"], result["rank"], result["ground"]) == (31.2, 1, "below minimum")


def test_missing_answer_gives_no_points_and_is_named(engine: Engine, example: Plan) -> None:
    result = result_of(engine, example, example_case(target_group_share=None))
    assert (result["points"]["target-group"], result["missing"]) == (0.0, ["target-group"])
    assert result["total"] == 52.5333  # 60.0333 - 7.5


def test_ties_go_to_the_smaller_sum_then_fewer_members_then_the_id(engine: Engine, example: Plan) -> None:
    cases = [
        example_case("d"),
        example_case("c"),
        example_case("b", members=110),  # the same reach, fewer members
        example_case("a", requested="300000.01"),
        example_case("C"),  # capitals come before small letters
    ]
    results = outcome_json(outcome_of(engine, example, cases))["cases"]
    assert {result["id"]: result["rank"] for result in results} == {"b": 1, "C": 2, "c": 3, "d": 4, "a": 5}
    assert len({result["total"] for result in results}) == 1


def test_the_edge_of_the_budget(engine: Engine, example: Plan) -> None:
    """40 000 000, skip, smallest share 60 %: 26 x 1.5 m = 39 m; 1 m left is 66.7 % of the next one's 1.5 m."""
    cases = [example_case(f"c{n:02d}", requested="1500000") for n in range(30)]
    results = outcome_json(outcome_of(engine, example, cases))["cases"]
    assert [result["ground"] for result in results] == ["funded"] * 26 + ["funded in part"] + ["budget used"] * 3
    assert results[26]["granted"] == "1000000.00"
    assert [result["reserve"] for result in results[27:]] == [1, 2, 3]


def test_the_edge_of_the_budget_below_the_share(engine: Engine, example: Plan) -> None:
    """26 x 1.5 m + 500 000 are used already: 500 000 left is a third of 1.5 m; the next one that fits gets its sum."""
    cases = [example_case(f"c{n:02d}", requested="1500000", members=100) for n in range(28)]
    cases.append(example_case("small", requested="400000", members=99))  # reach 3: last
    results = outcome_json(outcome_of(engine, example, cases, committed=50_000_000))["cases"]
    assert [result["ground"] for result in results] == ["funded"] * 26 + ["does not fit"] * 2 + ["funded"]
    assert results[-1]["granted"] == "400000.00"


def test_division_by_zero_is_missing(engine: Engine) -> None:
    text = scheme_text(
        ["id: requested, kind: money", "id: budget_in_all, kind: money, optional: true"],
        criteria="{id: share, points: 100 * requested / budget_in_all}, {id: base, points: 1}",
    )
    plan = plan_of(engine, text)
    cases = [
        {"id": "quarter", "answers": {"requested": "25", "budget_in_all": "100"}},  # 100 x 25 / 100
        {"id": "zero", "answers": {"requested": "25", "budget_in_all": "0"}},
        {"id": "unsaid", "answers": {"requested": "25"}},
    ]
    quarter, zero, unsaid = outcome_json(outcome_of(engine, plan, cases))["cases"]
    assert (quarter["points"], quarter["missing"]) == ({"share": 25.0, "base": 1.0}, [])
    assert (zero["points"], zero["missing"]) == ({"share": 0.0, "base": 1.0}, ["share"])
    assert (unsaid["points"], unsaid["missing"]) == ({"share": 0.0, "base": 1.0}, ["share"])
    assert [case["ground"] for case in (quarter, zero, unsaid)] == ["funded"] * 3


def test_null_of_a_fact_where_null_is_an_answer(engine: Engine) -> None:
    """`last_amount` is null where there was no earlier grant: obtained. Absent, it was not obtained."""
    text = scheme_text(
        ["id: requested, kind: money"],
        plugins="reporting",
        eligibility="{id: small, require: 'coalesce(facts.earlier_grants.last_amount, 0) < 100'}",
        criteria="{id: base, points: 1}",
    )
    plan = plan_of(engine, text)
    given: list[Any] = [{"last_amount": None}, {"last_amount": "99.99"}, {"last_amount": "100"}, {}, None]
    cases = [
        {"id": f"c{n}", "answers": {"requested": "1"}, "facts": {"earlier_grants": earlier}}
        for n, earlier in enumerate(given)
    ]
    results = outcome_json(outcome_of(engine, plan, cases))["cases"]
    assert [result["eligible"] for result in results] == [True, True, False, None, None]
    assert [result["ground"].split(":")[0] for result in results] == [
        "funded", "funded", "not eligible", "to be clarified", "to be clarified",
    ]  # fmt: skip
