"""Strands: parts of a call with their own budget, and rules that are the scheme's with a patch."""

from __future__ import annotations

import pytest
from calls import call, case, decided, grounds, outcome, sums, wired

from grantengine.errors import EvaluationError, SchemeError
from grantengine.explain import explain
from grantengine.explanation_json import explanation_json
from grantengine.outcome_json import outcome_json

TWO = "strands: [{id: north, budget: 60 NOK}, {id: south, budget: 40 NOK}]"


def of(strand: str, id: str, score: int, requested: str | None = "30", **more: object) -> dict[str, object]:
    return case(id, score, requested, strand=strand, **more)


# --- budgets ---------------------------------------------------------------------------------------------------------


def test_each_strand_has_its_own_money() -> None:
    # North 60: n1 30, n2 30, n3 nothing. South 40: s1 30 and s2 the last 10, though n3 has more points than both.
    cases = [
        of("north", "n1", 9),
        of("north", "n2", 8),
        of("north", "n3", 7),
        of("south", "s1", 2),
        of("south", "s2", 1),
    ]
    found = decided(call(TWO), cases)
    assert sums(found) == {"n1": "30.00", "n2": "30.00", "n3": "0.00", "s1": "30.00", "s2": "10.00"}
    assert grounds(found) == {
        "n1": "funded", "n2": "funded", "n3": "budget used", "s1": "funded", "s2": "funded in part",
    }  # fmt: skip


def test_what_a_strand_leaves_stays_with_it() -> None:
    # North uses 30 of 60; the other 30 are not for the south, which has 40: 30 and 10.
    found = outcome(call(TWO), [of("north", "n1", 9), of("south", "s1", 2), of("south", "s2", 1)])
    assert found.granted.tolist() == [3000, 3000, 1000]
    summary = outcome_json(found)["summary"]
    assert summary["strands"] == [
        {"strand": "north", "budget": "60.00", "granted": "30.00", "left": "30.00"},
        {"strand": "south", "budget": "40.00", "granted": "40.00", "left": "0.00"},
    ]
    assert (summary["budget"], summary["granted"], summary["left"]) == ("100.00", "70.00", "30.00")


def test_a_strand_without_a_budget_has_what_the_others_do_not_have_by_budget() -> None:
    # 100 less 45 and 35 is 20, whatever the others use of theirs and in whichever place it stands.
    plan = call("strands: [{id: north, budget: 45 NOK}, {id: rest}, {id: south, budget: 35 NOK}]")
    found = decided(plan, [of("rest", "r1", 5), of("rest", "r2", 4), of("north", "n1", 9, "90")])
    assert sums(found) == {"r1": "20.00", "r2": "0.00", "n1": "45.00"}
    assert [strand.plan.budget for strand in plan.strands] == [4500, 2000, 3500]


def test_strands_may_have_less_than_the_call() -> None:
    # The 40 that no strand has are nobody's; they are in the sum of the call's budget, yet no part of what is given out.
    plan = call("strands: [{id: north, budget: 60 NOK}]")
    found = outcome(plan, [of("north", "a", 1, "90")])
    assert found.granted.tolist() == [6000]
    assert (found.plan.budget, found.budget) == (10_000, 6000)


def test_a_strand_without_cases() -> None:
    found = outcome(call(TWO), [of("south", "s1", 2, "50")])
    assert found.granted.tolist() == [4000]
    assert outcome_json(found)["summary"]["strands"][0]["granted"] == "0.00"


def test_strands_with_money_for_each_year() -> None:
    # North 30 in 2027 and 10 in 2028; the other has 70 and 40. Each case asks for 25 a year.
    years = "strands: [{id: north, budget: {2027: 30 NOK, 2028: 10 NOK}}, {id: rest}]"
    plan = call(years, budget="{2027: 100 NOK, 2028: 50 NOK}")
    found = decided(plan, [of("north", "n1", 9, "25"), of("north", "n2", 8, "25"), of("rest", "r1", 1, "60")])
    assert [(line["year"], line["amount"]) for line in found["n1"]["award"]] == [(2027, "25.00"), (2028, "10.00")]
    assert [(line["year"], line["amount"]) for line in found["n2"]["award"]] == [(2027, "5.00")]
    assert [(line["year"], line["amount"]) for line in found["r1"]["award"]] == [(2027, "60.00"), (2028, "40.00")]
    assert set(grounds(found).values()) == {"funded in part"}


# --- rules -----------------------------------------------------------------------------------------------------------


def patched(*operations: str) -> str:
    return f"strands: [{{id: north, budget: 60 NOK, patch: [{', '.join(operations)}]}}, {{id: south, budget: 40 NOK}}]"


def test_a_patch_changes_a_criterion_of_its_strand_only() -> None:
    # score 4: north counts it twice, at most 7; south as the scheme does.
    plan = call(
        patched(
            "{op: replace, path: /criteria/score/points, value: score * 2}",
            "{op: add, path: /criteria/score/max_points, value: 7}",
        )
    )
    found = decided(plan, [of("north", "n", 4), of("north", "m", 3), of("south", "s", 4)])
    assert {id: one["total"] for id, one in found.items()} == {"n": 7.0, "m": 6.0, "s": 4.0}


def test_a_patch_changes_and_adds_rules_of_its_strand_only() -> None:
    rules = "eligibility: [{id: enough, require: score >= 3}]"
    plan = call(
        patched(
            "{op: replace, path: /eligibility/enough/require, value: score >= 5}",
            "{op: add, path: /eligibility/-, value: {id: modest, require: 'requested <= 30'}}",
        ),
        rules,
    )
    cases = [
        of("north", "n4", 4),
        of("north", "n5", 5),
        of("north", "n6", 6, "31"),
        of("south", "s4", 4),
        of("south", "s2", 2, "31"),
    ]
    found = decided(plan, cases)
    assert {id: one["failed"] for id, one in found.items()} == {
        "n4": ["enough"], "n5": [], "n6": ["modest"], "s4": [], "s2": ["enough"],
    }  # fmt: skip
    assert found["n6"]["ground"] == "not eligible: modest"


def test_a_patch_takes_a_rule_away() -> None:
    plan = call(patched("{op: remove, path: /eligibility/never}"), "eligibility: [{id: never, require: 'false'}]")
    found = decided(plan, [of("north", "n", 4), of("south", "s", 4)])
    assert grounds(found) == {"n": "funded", "s": "not eligible: never"}


def test_a_patch_changes_the_minimum_and_the_method() -> None:
    minimum = "{op: add, path: /allocation/options/minimum_points, value: 5}"
    found = decided(call(patched(minimum)), [of("north", "n", 4), of("south", "s", 4)])
    assert grounds(found) == {"n": "below minimum", "s": "funded"}
    # Equal parts of 60 in the north, 30 each, while in the south the first has all of 40.
    method = "{op: replace, path: /allocation, value: {method: equal}}"
    cases = [
        of("north", "n1", 4, "50"),
        of("north", "n2", 3, "50"),
        of("south", "s1", 4, "50"),
        of("south", "s2", 3, "50"),
    ]
    assert sums(decided(call(patched(method)), cases)) == {"n1": "30.00", "n2": "30.00", "s1": "40.00", "s2": "0.00"}


def test_rules_read_the_strand() -> None:
    plan = call(TWO, "criteria: [{id: score, points: score + case when strand = 'north' then 10 else 0 end}]")
    found = decided(plan, [of("north", "n", 1), of("south", "s", 1)])
    assert [found["n"]["total"], found["s"]["total"]] == [11.0, 1.0]


def test_ratings_for_a_criterion_that_only_a_strand_has() -> None:
    rated = "{id: well-made, kind: rating, max_points: 10, options: {scale: [1, 6]}}"
    plan = call(patched(f"{{op: add, path: /criteria/-, value: {rated}}}"))
    cases = [
        of("north", "n1", 2, ratings={"well-made": [4, 6]}),  # 10 x (5 - 1) / 5 = 8
        of("north", "n2", 9),
        of("south", "s1", 3),
    ]
    found = decided(plan, cases)
    assert found["n1"]["points"] == {"score": 2.0, "well-made": 8.0}
    assert (found["n1"]["combined"], found["s1"]["combined"]) == ({"well-made": 5.0}, {})
    assert found["s1"]["points"] == {"score": 3.0}
    assert grounds(found) == {"n1": "funded", "n2": "not rated", "s1": "funded"}


def test_a_strand_with_another_scale_takes_marks_of_it() -> None:
    # North: 10 x (8 - 0) / 10 = 8. South, by the scheme's scale: 10 x (6 - 1) / 5 = 10.
    rated = "criteria: [{id: made, kind: rating, max_points: 10, options: {scale: [1, 6]}}]"
    plan = call(patched("{op: replace, path: /criteria/made/options/scale, value: [0, 10]}"), rated)
    found = decided(plan, [of("north", "n", 0, ratings={"made": 8}), of("south", "s", 0, ratings={"made": 6})])
    assert [found["n"]["total"], found["s"]["total"]] == [8.0, 10.0]


def test_a_rule_that_only_a_strand_asks_a_handler_about() -> None:
    judged = (
        "{op: replace, path: /eligibility/good, value: {id: good, kind: judged, ask: {en: Is it?}, because: {en: No.}}}"
    )
    plan = call(patched(judged), "eligibility: [{id: good, require: score > 0}]")
    found = decided(plan, [of("north", "n", 0, judged={"good": True}), of("south", "s", 1)])
    assert set(grounds(found).values()) == {"funded"}


# --- ranks, reserve, strands that are not named ----------------------------------------------------------------------


def test_ranks_and_reserve_are_those_of_the_strand() -> None:
    cases = [of("north", f"n{score}", score) for score in range(9, 4, -1)] + [
        of("south", f"s{n}", n) for n in (3, 2, 1)
    ]
    found = decided(call(TWO), cases)
    assert [found[f"n{score}"]["rank"] for score in range(9, 4, -1)] == [1, 2, 3, 4, 5]
    assert [found[f"s{score}"]["rank"] for score in (3, 2, 1)] == [1, 2, 3]
    # North funds two of five, so n7 is first in line; south funds s3, and s2 with the last 10.
    assert {id: one["reserve"] for id, one in found.items() if one["reserve"]} == {"n7": 1, "n6": 2, "n5": 3, "s1": 1}


@pytest.mark.parametrize("undetermined", ["stop", "exclude"])
def test_a_case_without_a_strand_is_to_be_clarified(undetermined: str) -> None:
    cases = [of("north", "n", 1), case("nowhere", 9)]
    result = outcome(call(TWO), cases, undetermined=undetermined)
    found = decided(call(TWO), cases, undetermined=undetermined)
    lost = found["nowhere"]
    assert (lost["ground"], lost["undetermined"], lost["eligible"]) == ("to be clarified: strand", ["strand"], None)
    assert (lost["total"], lost["rank"], lost["points"], lost["award"]) == (None, None, {}, [])
    assert result.blocked == (undetermined == "stop")
    assert grounds(found)["n"] == (None if undetermined == "stop" else "funded")
    explained = explain(result, "nowhere", engine=wired().rules)
    assert (explained.rules, explained.criteria, explained.ground) == ((), (), "to be clarified: strand")


def test_a_withdrawn_case_in_a_strand_hides_no_case_without_one() -> None:
    cases = [of("north", "gone", 1, withdrawn=True), case("nowhere", 9)]
    assert outcome(call(TWO), cases).blocked


def test_a_withdrawn_case_needs_no_strand() -> None:
    cases = [of("north", "n", 1), case("gone", 9, withdrawn=True)]
    result = outcome(call(TWO), cases)
    assert not result.blocked
    found = decided(call(TWO), cases)
    assert grounds(found) == {"n": "funded", "gone": "withdrawn"}
    assert found["gone"]["eligible"] is False


def test_one_strand_waits_for_the_other() -> None:
    plan = call(TWO, "eligibility: [{id: known, kind: registered_organisation}]")
    known = {"facts": {"register": {"active": True}}}
    cases = [of("north", "n", 1, **known), of("south", "s", 1)]
    assert grounds(decided(plan, cases)) == {"n": None, "s": "to be clarified: facts.register.active"}
    assert grounds(decided(plan, cases, undetermined="exclude"))["n"] == "funded"


def test_explain_shows_the_rules_of_the_strand() -> None:
    plan = call(
        patched(
            "{op: replace, path: /eligibility/enough/require, value: score >= 5}",
            "{op: add, path: /criteria/-, value: {id: extra, points: 1}}",
        ),
        "eligibility: [{id: enough, require: score >= 3}]",
    )
    result = outcome(plan, [of("south", "s", 4), of("north", "n", 4), of("north", "m", 8)])

    def shown(id: str) -> dict[str, object]:
        explanation = explain(result, id, engine=wired().rules)
        return explanation_json(explanation, plan, wired().registry.texts, "en")

    north, south = shown("n"), shown("s")
    assert [(rule["rule"], rule["verdict"]) for rule in north["rules"]] == [("score >= 5", "no")]  # type: ignore[attr-defined]
    assert [(rule["rule"], rule["verdict"]) for rule in south["rules"]] == [("score >= 3", "yes")]  # type: ignore[attr-defined]
    assert north["rules"][0]["would_hold_with"] == {"question": "score", "value": 5, "today": 4}  # type: ignore[index]
    assert [one["id"] for one in shown("m")["criteria"]] == ["score", "extra"]  # type: ignore[attr-defined]
    assert [one["id"] for one in south["criteria"]] == ["score"]  # type: ignore[attr-defined]
    assert (shown("m")["rank"], shown("m")["total"], shown("m")["granted"]) == (1, 9.0, "30.00")


# --- committed -------------------------------------------------------------------------------------------------------


def test_committed_of_a_strand() -> None:
    # North has 60 - 45 = 15 left, south 40.
    cases = [of("north", "n", 1, "50"), of("south", "s", 1, "50")]
    result = outcome(call(TWO), cases, committed={"north": 4500})
    assert result.granted.tolist() == [1500, 4000]
    assert result.budget == 5500


@pytest.mark.parametrize(
    ("committed", "code"),
    [
        (1, "committed-of-what"),
        ({"west": 1}, "committed-of-what"),
        ({"north/2027": 1}, "committed-of-what"),
        ({"north": 6001}, "committed-over-budget"),
        ({"south": -1}, "committed-over-budget"),
    ],
)
def test_committed_that_does_not_fit_strands(committed: object, code: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        outcome(call(TWO), [of("north", "n", 1)], committed=committed)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_the_summary_of_a_strand_has_what_was_left_of_its_budget() -> None:
    # North 60 less the 45 that are used, of which 15 are given.
    result = outcome(call(TWO), [of("north", "n", 1, "50")], committed={"north": 4500})
    assert outcome_json(result)["summary"]["strands"] == [
        {"strand": "north", "budget": "15.00", "granted": "15.00", "left": "0.00"},
        {"strand": "south", "budget": "40.00", "granted": "0.00", "left": "40.00"},
    ]


def test_committed_of_a_year_of_a_strand() -> None:
    # North 2027: 30 - 12 = 18; 2028: 10. The other 2028: 40 - 5 = 35.
    years = "strands: [{id: north, budget: {2027: 30 NOK, 2028: 10 NOK}}, {id: rest}]"
    plan = call(years, budget="{2027: 100 NOK, 2028: 50 NOK}")
    cases = [of("north", "n", 1, "90"), of("rest", "r", 1, "90")]
    result = outcome(plan, cases, committed={"north/2027": 1200, "rest/2028": 500})
    assert [[int(year.sum()) for year in part.by_year] for part in result.parts] == [[1800, 1000], [7000, 3500]]
    assert result.budgets == (10_000 - 1200, 5000 - 500)
    with pytest.raises(EvaluationError) as caught:
        outcome(plan, cases, committed={"north": 1})
    [problem] = caught.value.problems
    assert problem.params["names"] == ["north/2027", "north/2028", "rest/2027", "rest/2028"]


def test_ids_of_two_strands_may_not_differ_by_a_hyphen_only() -> None:
    # Ratings of both would be read by one name.
    def adds(id: str) -> str:
        return f"patch: [{{op: add, path: /criteria/-, value: {{id: {id}, points: 1}}}}]"

    strands = f"strands: [{{id: north, {adds('well-made')}}}, {{id: south, budget: 40 NOK, {adds('well_made')}}}]"
    with pytest.raises(SchemeError) as caught:
        call(strands)
    assert [(problem.code, problem.params["id"]) for problem in caught.value.problems] == [("ids-alike", "well_made")]
    assert call(strands.replace("well_made", "well-made")).strands
