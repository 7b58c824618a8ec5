"""What waits for a handler or a source: cases to be clarified, what handlers have established, and what they have set."""

from __future__ import annotations

from typing import Any

import pytest
from calls import Case, call, case, decided, grounds, outcome, sums, wired

from grantengine.errors import CasesError, EvaluationError
from grantengine.explain import explain

# --- facts that were not obtained ------------------------------------------------------------------------------------

LAST = "facts.earlier_grants.last_amount"
COUNT = "facts.earlier_grants.count"
READS = {
    "amount": (LAST, f"allocation: {{method: ranked, options: {{amount: 'least(requested, coalesce({LAST}, 0))'}}}}"),
    "option": (LAST, f"allocation: {{method: ranked, options: {{largest_grant: 'coalesce({LAST}, 10)'}}}}"),
    "tie-break": (COUNT, f"allocation: {{method: ranked, tie_break: ['{COUNT} desc']}}"),
    "points": (COUNT, f"criteria: [{{id: c, points: 'coalesce({COUNT}, 0)'}}]"),
    "rule": (COUNT, f"eligibility: [{{id: r, require: '{COUNT} < 3 or score > 0'}}]"),
}
"""What a scheme reads in one place only."""
KNOWN = {"facts": {"earlier_grants": {"count": 1, "last_amount": "20"}}}


@pytest.mark.parametrize("where", READS)
def test_a_fact_that_one_thing_reads_is_waited_for(where: str) -> None:
    fact, rest = READS[where]
    plan = call("", rest)
    cases = [case("unclear", 9), case("clear", 1, **KNOWN)]
    stopped = decided(plan, cases)
    assert grounds(stopped) == {"unclear": f"to be clarified: {fact}", "clear": None}
    assert (stopped["unclear"]["undetermined"], stopped["unclear"]["eligible"]) == ([fact], None)
    assert (stopped["unclear"]["total"], stopped["unclear"]["rank"]) == (None, None)
    assert set(sums(stopped).values()) == {None}
    assert outcome(plan, cases).blocked
    left_out = decided(plan, cases, undetermined="exclude")
    assert grounds(left_out) == {"unclear": f"to be clarified: {fact}", "clear": "funded"}
    assert sums(left_out)["unclear"] == "0.00"
    gone = [case("unclear", 9, withdrawn=True), cases[1]]
    assert grounds(decided(plan, gone)) == {"unclear": "withdrawn", "clear": "funded"}


@pytest.mark.parametrize("facts", [{}, {"facts": {}}, {"facts": {"earlier_grants": {}}}, {"facts": None}])
def test_however_a_fact_is_absent(facts: dict[str, Any]) -> None:
    plan = call("", READS["option"][1])
    assert grounds(decided(plan, [case("a", 1, **facts)])) == {"a": f"to be clarified: {LAST}"}


def test_a_null_that_is_an_answer_is_waited_for_by_nobody() -> None:
    # No earlier grant: coalesce(null, 10), so at most 10.
    facts = {"facts": {"earlier_grants": {"last_amount": None}}}
    assert sums(decided(call("", READS["option"][1]), [case("a", 1, **facts)])) == {"a": "10.00"}
    # An amount of nothing; and one that does not say what no earlier grant means is not known.
    assert grounds(decided(call("", READS["amount"][1]), [case("a", 1, **facts)])) == {"a": "below minimum"}
    plan = call("", f"allocation: {{method: ranked, options: {{amount: '{LAST}'}}}}")
    assert grounds(decided(plan, [case("a", 1, **facts)])) == {"a": f"to be clarified: {LAST}"}


def test_a_fact_of_one_year_only() -> None:
    amount = f"case when year = 2028 then coalesce({LAST}, 0) else requested end"
    plan = call(
        "", f'allocation: {{method: ranked, options: {{amount: "{amount}"}}}}', budget="{2027: 50 NOK, 2028: 50 NOK}"
    )
    assert grounds(decided(plan, [case("a", 1)])) == {"a": f"to be clarified: {LAST}"}
    # 30 that it asks for, and the 20 it had.
    assert sums(decided(plan, [case("a", 1, **KNOWN)])) == {"a": "50.00"}


def test_an_ineligible_case_waits_as_well() -> None:
    rest = f"eligibility: [{{id: never, require: 'false'}}]\n{READS['amount'][1]}"
    assert grounds(decided(call("", rest), [case("a", 1)])) == {"a": f"to be clarified: {LAST}"}
    assert grounds(decided(call("", rest), [case("a", 1, **KNOWN)])) == {"a": "not eligible: never"}


def test_several_facts_are_all_named() -> None:
    rest = f"{READS['rule'][1]}\n{READS['amount'][1]}"
    assert grounds(decided(call("", rest), [case("a", 1)])) == {"a": f"to be clarified: {COUNT}, {LAST}"}


# --- an amount that is not known -------------------------------------------------------------------------------------


def test_an_amount_that_is_not_known_is_to_be_clarified() -> None:
    cases = [case("a", 9, None), case("b", 1)]
    assert grounds(decided(call(), cases)) == {"a": "to be clarified: requested", "b": None}
    assert grounds(decided(call(), cases, undetermined="exclude")) == {"a": "to be clarified: requested", "b": "funded"}


def test_an_amount_of_who_does_not_compete_is_not_waited_for() -> None:
    rated = "{id: made, kind: rating, max_points: 5, options: {scale: [1, 6]}}"
    plan = call("", f"eligibility: [{{id: some, require: score > 0}}]\ncriteria: [{rated}]")
    marks = {"ratings": {"made": 6}}
    cases = [case("no", 0, None, **marks), case("unrated", 1, None), case("gone", 1, None, withdrawn=True, **marks)]
    assert grounds(decided(plan, cases)) == {"no": "not eligible: some", "unrated": "not rated", "gone": "withdrawn"}


# --- set by hand -----------------------------------------------------------------------------------------------------


def by_hand(amount: str = "25") -> Case:
    return {"set_by_hand": {"amount": amount, "reason": "The board has decided"}}


def test_what_is_set_by_hand_needs_no_amount() -> None:
    cases = [case("hand", 1, None, **by_hand()), case("b", 9, "90")]
    found = decided(call(), cases)
    assert grounds(found) == {"hand": "set by hand", "b": "funded in part"}
    assert sums(found) == {"hand": "25.00", "b": "75.00"}


def test_what_is_set_by_hand_waits_for_what_decides_whether_it_is_eligible() -> None:
    plan = call("", READS["rule"][1])
    assert grounds(decided(plan, [case("hand", 1, None, **by_hand())])) == {"hand": f"to be clarified: {COUNT}"}


def test_nothing_set_by_hand_is_nothing() -> None:
    assert grounds(decided(call(), [case("a", 1, None, set_by_hand=None)])) == {"a": "to be clarified: requested"}


def test_what_is_set_by_hand_is_more_than_asked_for_or_less_or_nothing() -> None:
    cases = [case("more", 1, "10", **by_hand("40")), case("less", 2, "40", **by_hand("0")), case("b", 0, "90")]
    found = decided(call(), cases)
    assert sums(found) == {"more": "40.00", "less": "0.00", "b": "60.00"}
    assert grounds(found) == {"more": "set by hand", "less": "set by hand", "b": "funded in part"}
    assert found["less"]["reserve"] is None


def test_what_is_set_by_hand_is_no_minimum_of_points() -> None:
    plan = call("", "allocation: {method: ranked, options: {minimum_points: 5}}")
    assert grounds(decided(plan, [case("hand", 1, **by_hand()), case("b", 1)])) == {
        "hand": "set by hand", "b": "below minimum",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "ground"),
    [({"answers": {"score": 0}}, "not eligible: some"), ({"withdrawn": True}, "withdrawn"), ({}, "set by hand")],
)
def test_what_is_set_by_hand_is_given_to_the_eligible_only(more: dict[str, Any], ground: str) -> None:
    plan = call("", "eligibility: [{id: some, require: score > 0}]")
    found = decided(plan, [case("hand", 1, **by_hand(), **more), case("b", 9, "100")])
    assert grounds(found)["hand"] == ground
    # What is not given stays in the budget.
    assert sums(found) == (
        {"hand": "25.00", "b": "75.00"} if ground == "set by hand" else {"hand": "0.00", "b": "100.00"}
    )


def test_more_set_by_hand_than_there_is() -> None:
    with pytest.raises(EvaluationError) as caught:
        decided(call(), [case("a", 1, **by_hand("60")), case("b", 1, **by_hand("40.01"))])
    [problem] = caught.value.problems
    assert (problem.code, str(problem.params["sum"]), str(problem.params["budget"])) == (
        "by-hand-over-budget", "100.01 NOK", "100.00 NOK",
    )  # fmt: skip
    assert sums(decided(call(), [case("a", 1, **by_hand("60")), case("b", 1, **by_hand("40"))])) == {
        "a": "60.00", "b": "40.00",
    }  # fmt: skip


# --- what a handler has established ----------------------------------------------------------------------------------


def established(figure: str, read: str, cases: list[Case], kind: str = "integer") -> dict[str, dict[str, Any]]:
    rest = f"checked: [{{{figure}, kind: {kind}}}]\ncriteria: [{{id: c, points: {read}}}]"
    return decided(call("", rest), cases)


def test_a_figure_is_the_answer_until_a_handler_sets_it() -> None:
    cases = [case("a", 4), case("b", 4, checked={"counted": 7}), case("c", 4, checked={"counted": None})]
    found = established("id: counted, from: score", "checked.counted", cases)
    assert [found[id]["total"] for id in "abc"] == [4.0, 7.0, 4.0]


def test_a_figure_without_a_question_is_missing_until_a_handler_sets_it() -> None:
    cases = [case("a", 4), case("b", 4, checked={"counted": 7})]
    found = established("id: counted", "checked.counted", cases)
    assert [(found[id]["total"], found[id]["missing"]) for id in "ab"] == [(0.0, ["c"]), (7.0, [])]
    rest = "checked: [{id: counted, kind: integer}]\neligibility: [{id: some, require: checked.counted > 0}]"
    assert grounds(decided(call("", rest), cases)) == {"a": "not eligible: some", "b": "funded"}


def test_every_answer_has_a_value_that_a_handler_may_set() -> None:
    rest = "criteria: [{id: c, points: checked.score + score / 10}]"
    cases = [case("a", 4), case("b", 4, checked={"score": 7})]
    found = decided(call("", rest), cases)
    # 4 + 0.4; 7 + 0.4: the answer itself stays what was answered.
    assert [found[id]["total"] for id in "ab"] == [4.4, 7.4]


def test_a_figure_with_the_id_of_a_question_is_its_answer() -> None:
    cases = [case("a", 4), case("b", 4, checked={"score": 7})]
    assert [one["total"] for one in established("id: score", "checked.score", cases).values()] == [4.0, 7.0]


def test_amounts_read_what_a_handler_has_approved() -> None:
    rest = (
        "checked: [{id: approved_costs, kind: money, from: requested}, {id: deduction, kind: money}]\n"
        "allocation: {method: ranked, options: {amount: 'least(requested, checked.approved_costs) - coalesce(checked.deduction, 0)'}}"
    )
    cases = [
        case("a", 4, "30"),  # 30
        case("b", 3, "30", checked={"approved_costs": "12.50"}),  # 12.50
        case("c", 2, "30", checked={"approved_costs": 40, "deduction": "5"}),  # 30 - 5
        case("d", 1, "30", checked={"approved_costs": "0"}),  # nothing
    ]
    found = decided(call("", rest), cases)
    assert sums(found) == {"a": "30.00", "b": "12.50", "c": "25.00", "d": "0.00"}


def test_a_figure_that_the_amount_waits_for_is_named() -> None:
    rest = (
        "checked: [{id: approved_costs, kind: money}]\n"
        "allocation: {method: ranked, options: {amount: checked.approved_costs}}"
    )
    found = decided(call("", rest), [case("a", 1), case("b", 1, checked={"approved_costs": "5"})])
    assert grounds(found) == {"a": "to be clarified: checked.approved_costs", "b": None}


def test_a_figure_that_the_scheme_does_not_have() -> None:
    with pytest.raises(CasesError):
        decided(call(), [case("a", 1, checked={"counted": 7})])


# --- judged by a handler ---------------------------------------------------------------------------------------------


def test_judged_yes_no_and_not_yet() -> None:
    rule = "{id: is-open, kind: judged, ask: {en: Is it open to all?}, because: {en: It is not.}}"
    plan = call("", f"eligibility: [{rule}]")
    cases = [
        case("yes", 1, judged={"is-open": True}), case("no", 1, judged={"is-open": False}), case("not-yet", 1),
        case("null", 1, judged={"is-open": None}), case("gone", 1, withdrawn=True),
    ]  # fmt: skip
    found = decided(plan, cases, undetermined="exclude")
    assert grounds(found) == {
        "yes": "funded", "no": "not eligible: is-open", "not-yet": "to be clarified: judged.is_open",
        "null": "to be clarified: judged.is_open", "gone": "withdrawn",
    }  # fmt: skip
    assert outcome(plan, cases).blocked
    assert not outcome(plan, [cases[0], cases[1], cases[4]]).blocked
    explained = explain(outcome(plan, cases), "not-yet", engine=wired().rules)
    assert [(rule.verdict.name, rule.not_obtained) for rule in explained.rules] == [
        ("UNDETERMINED", ("judged.is_open",))
    ]
