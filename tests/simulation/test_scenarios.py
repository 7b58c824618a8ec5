"""Scenarios, comparisons, groups, cautions and sweeps against figures worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grantengine.compile.check import check
from grantengine.errors import SchemeError
from grantengine.evaluate import evaluate
from grantengine.rules.tables import cases_from_records
from grantengine.scheme.load import SchemeSource, load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import inverse
from grantengine.scheme.patch import put as put_in
from grantengine.simulation.caution import caution
from grantengine.simulation.compare import Comparison, reasons
from grantengine.simulation.dials import turned
from grantengine.simulation.groups import by_column
from grantengine.simulation.population import population
from grantengine.simulation.report import Changed, what_changed
from grantengine.simulation.robustness import robustness
from grantengine.simulation.run import simulate, tables
from grantengine.simulation.scenario import scenario
from grantengine.simulation.sweep import Sweep, read_range
from grantengine.testing import engine_with, small_scheme

ENGINE = engine_with()
ROOT = Path(__file__).resolve().parents[2]
SCHEME = small_scheme(
    """\
    eligibility:
      - {id: enough, require: members >= 5}
    criteria:
      - {id: size, points: members, max_points: 50}
      - {id: quality, points: quality, max_points: 10, weight: 2}
    allocation: {method: ranked, options: {minimum_points: 10, when_unaffordable: skip}}
    """,
    questions="""\
    - {id: members, kind: integer}
    - {id: quality, kind: integer}
    - {id: place, kind: text}
    - {id: new, kind: yes_no}
    """,
    budget="100 NOK",
)
CASES: dict[str, dict[str, Any]] = {
    # size + 2 x quality
    "a": {"requested": "60", "members": 40, "quality": 5, "place": "north", "new": True},  # 50
    "b": {"requested": "30", "members": 30, "quality": 2, "place": "north", "new": False},  # 34
    "c": {"requested": "40", "members": 6, "quality": 10, "place": "south", "new": False},  # 26
    "d": {"requested": "10", "members": 5, "quality": 1, "place": "south"},  # 7: below 10
    "e": {"requested": "10", "members": 4, "quality": 9, "new": True},  # too few members
}
# a 60, b 30, then c's 40 do not fit in 10.


def compared(*operations: PatchOperation, cases: dict[str, dict[str, Any]] = CASES) -> Comparison:
    source = load(SCHEME, name="scheme.yaml")
    baseline = check(source, ENGINE.registry)
    changed = scenario(source, operations, ENGINE.registry)
    records = [{"id": id, "answers": answers} for id, answers in cases.items()]
    extra = {"members", "place", "new", "requested"}
    before, after = tables(
        baseline, changed.plan, lambda plan, names: cases_from_records(records, plan, extra={*extra, *names}), extra
    )
    return simulate(
        baseline, changed.plan, before, engine=ENGINE.rules, as_of=ENGINE.today(), scenario_cases=after
    )  # fmt: skip


def put(pointer: str, value: Any, data: Any = None) -> PatchOperation:
    [operation] = put_in(data or load(SCHEME).data, pointer, value)
    return operation


def named(comparison: Comparison, where: Any) -> set[str]:
    return {comparison.before.cases.ids[position] for position in np.flatnonzero(where)}


def why(comparison: Comparison, id: str) -> list[str]:
    return [message.key for message in reasons(comparison, list(CASES).index(id))]


def test_no_change_changes_nothing() -> None:
    comparison = compared()
    assert comparison.counts == {"gains": 0, "loses": 0, "newly_funded": 0, "no_longer_funded": 0}
    assert comparison.before.granted.tolist() == comparison.after.granted.tolist() == [6000, 3000, 0, 0, 0]
    assert [message.key for message in caution(comparison).notes] == ["caution.nothing-changed"]


def test_a_weight_changes_who_is_funded() -> None:
    # quality x 6: a 70, c 66, b 42. a 60 and c 40: nothing left for b.
    comparison = compared(put("/criteria/quality/weight", 6))
    assert named(comparison, comparison.gains) == named(comparison, comparison.newly_funded) == {"c"}
    assert named(comparison, comparison.loses) == named(comparison, comparison.no_longer_funded) == {"b"}
    assert comparison.difference.tolist() == [0, -3000, 4000, 0, 0]
    assert why(comparison, "c") == ["why.points"]
    assert why(comparison, "a") == ["why.points"]


def test_the_others_and_the_minimum_and_a_rule_are_reasons() -> None:
    # Budget 140: all of a, b and c fit. c itself is as before.
    assert why(compared(put("/call/budget", "140 NOK")), "c") == ["why.budget"]
    # All three share the 100: 33 each, and a gets the same reason as the others.
    assert why(compared(put("/allocation", {"method": "equal"})), "a") == ["why.allocation"]
    # From 5 points on d's 10 are given out of the 10 that are left.
    comparison = compared(put("/allocation/options/minimum_points", 5))
    assert named(comparison, comparison.newly_funded) == {"d"}
    assert why(comparison, "d") == ["why.minimum-moved"]
    # e has 4 + 18 = 22 points once four members are enough.
    comparison = compared(put("/eligibility/enough/require", "members >= 4"))
    assert named(comparison, comparison.newly_funded) == {"e"}
    assert why(comparison, "e") == ["why.rule-no-longer-refuses"]
    # Nobody may have more than 25: a and b less, c 25 of the 50 that are left.
    comparison = compared(PatchOperation(op="add", path="/allocation/options/largest_grant", value=25))
    assert comparison.after.granted.tolist() == [2500, 2500, 2500, 0, 0]
    assert comparison.counts == {"gains": 1, "loses": 2, "newly_funded": 1, "no_longer_funded": 0}


def test_a_cap_is_not_a_weight() -> None:
    # Only c has reached 10 in quality; a, b, d and e (5, 2, 1, 9) get nothing more by a higher maximum.
    notes = caution(compared(put("/criteria/quality/max_points", 20))).notes
    cap = next(message for message in notes if message.key == "caution.cap-raised")
    assert (cap.params["changed"], cap.params["same"]) == (0, 5)
    notes = caution(compared(put("/criteria/quality/max_points", 4))).notes
    cap = next(message for message in notes if message.key == "caution.cap-lowered")
    assert (cap.params["changed"], cap.params["same"]) == (3, 2)  # a, c and e are cut to 4


def test_groups_add_up_and_every_case_is_in_one() -> None:
    comparison = compared(put("/criteria/quality/weight", 6))
    for column in ("place", "new", "members", "requested"):
        groups = by_column(comparison, column).groups
        assert sum(group.cases for group in groups) == len(CASES), column
        assert sum(group.granted[0] for group in groups) == 9000, column
        assert sum(group.granted[1] for group in groups) == 10_000, column
    by_place = {str(group.label): group for group in by_column(comparison, "place").groups}
    assert (by_place["north"].granted, by_place["south"].granted) == ((9000, 6000), (0, 4000))
    assert (by_place["north"].loses, by_place["south"].gains) == (1, 1)


def test_sums_of_groups_are_exact_beyond_what_doubles_hold() -> None:
    sums = ["70000000000.01", "70000000000.01", "70000000000.01"]
    cases = {f"c{n}": {"requested": asked, "members": 20, "quality": 1, "place": "x"} for n, asked in enumerate(sums)}
    comparison = compared(put("/call/budget", "100 000 000 000 NOK"), cases=cases)
    assert by_column(comparison, "place").groups[0].granted == (0, 7_000_000_000_001)


def test_many_numbers_fall_in_bands() -> None:
    cases = {f"c{n:03d}": {"requested": "1", "members": n, "quality": 1} for n in range(100)}
    groups = by_column(compared(cases=cases), "members").groups
    assert sum(group.cases for group in groups) == 100
    assert len(groups) == 5
    assert all(15 <= group.cases <= 25 for group in groups)


def test_bands_of_years_lie_between_the_years() -> None:
    cases = {f"c{n:03d}": {"requested": "1", "members": 1990 + n % 30, "quality": 1} for n in range(300)}
    groups = by_column(compared(cases=cases), "members").groups
    # Ten cases a year, 6 years in each of five bands but for what is rounded: 2 013.4 is 2013.
    assert [group.cases for group in groups] == [60, 60, 50, 60, 70]


def test_every_item_gets_the_value_also_where_it_was_left_to_its_default() -> None:
    data = load(SCHEME).data
    operations = put_in(data, "/criteria/*/weight", 3)
    assert [(one.op, one.path) for one in operations] == [
        ("add", "/criteria/size/weight"), ("replace", "/criteria/quality/weight"),
    ]  # fmt: skip
    # 3 x size + 3 x quality: a 135, b 96, c 48, d 18.
    assert compared(*operations).after.total.tolist()[:4] == [1_350_000, 960_000, 480_000, 180_000]
    [swept] = read_range("/criteria/*/weight=3:3:1", data).values
    assert put_in(data, "/criteria/*/weight", swept) == operations
    assert [one.op for one in put_in(data, "/criteria/*", {"id": "x"})] == ["replace"]


def test_a_dropped_question_was_answered_all_the_same() -> None:
    place = "/form/page/questions/place"
    comparison = compared(PatchOperation(op="remove", path=place))
    assert comparison.counts == {"gains": 0, "loses": 0, "newly_funded": 0, "no_longer_funded": 0}
    assert [message.key for message in caution(comparison).notes] == ["caution.dropped-questions"]


def test_another_order_is_told_once_by_the_list() -> None:
    before = {"criteria": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "plugins": ["x", "y"]}
    after = {"criteria": [{"id": "c"}, {"id": "b"}, {"id": "a"}], "plugins": ["x", "y"]}
    assert what_changed(before, after) == (Changed("/criteria", ["a", "b", "c"], ["c", "b", "a"]),)


def test_a_range_keeps_the_unit_it_is_written_with() -> None:
    data = load(SCHEME).data
    assert read_range("/call/budget=1 EUR:2 EUR:1", data).values == ("1 EUR", "2 EUR")
    assert read_range("/allocation/options/round_to=100 NOK:300 NOK:200 NOK", data).values == ("100 NOK", "300 NOK")
    assert read_range("/allocation/options/smallest_share=10:50:40 %", data).values == ("10%", "50%")
    with pytest.raises(SchemeError):
        read_range("/call/budget=1 EUR:2 NOK:1", data)


def test_a_sweep_tells_where_it_tips() -> None:
    source = load(SCHEME, name="scheme.yaml")
    plan = check(source, ENGINE.registry)
    cases = cases_from_records([{"id": id, "answers": answers} for id, answers in CASES.items()], plan)
    before = evaluate(plan, cases, engine=ENGINE.rules, as_of=ENGINE.today())
    sweep = Sweep(source, plan, cases, before, ENGINE.registry, ENGINE.rules, ENGINE.today())
    steps = list(sweep.steps([read_range("/call/budget=60:140:40", source.data)]))
    # 60: a. 100: a, b. 140: a, b, c and 10 left, below d's minimum.
    assert [step.values for step in steps] == [("60 NOK",), ("100 NOK",), ("140 NOK",)]
    assert [(step.funded, step.granted, step.left, step.tips) for step in steps] == [
        (1, 6000, 0, 0), (2, 9000, 1000, 1), (3, 13_000, 1000, 1),
    ]  # fmt: skip
    two = [read_range(text, source.data) for text in ("/call/budget=100:60:-40", "/criteria/quality/weight=2:6:4")]
    assert [(step.values, step.funded) for step in sweep.steps(two)] == [
        (("100 NOK", 2), 2), (("100 NOK", 6), 2), (("60 NOK", 2), 1), (("60 NOK", 6), 1),
    ]  # fmt: skip
    bad = list(sweep.steps([read_range("/criteria/quality/weight=-1:1:1", source.data)]))
    assert [bool(step.problems) for step in bad] == [True, False, False]
    certain = robustness(sweep, 20, seed=3)
    assert certain.share.tolist() == robustness(sweep, 20, seed=3).share.tolist()
    assert certain.share[4] == 0  # e is not eligible, whatever the weights
    assert certain.always + certain.depends + certain.never == 4


@pytest.mark.parametrize("text", ["/call/budget", "/call/budget=1:2", "/call/budget=a:b:c", "/call/budget=1:9:0", "/x=1:2:1", "/call/budget=1:9:-1", "/call/budget=0:1e9:1", "/call/budget=nan:2:1"])  # fmt: skip
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(SchemeError):
        read_range(text, load(SCHEME).data)


SCHEMES = sorted((ROOT / "schemes").rglob("scheme.yaml"))


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.parent.name)
def test_turning_a_dial_is_changing_the_scheme(path: Path) -> None:
    source = load(path)
    plan = check(source, ENGINE.registry)
    cases = cases_from_records(population(plan, ENGINE.registry, 60, 5), plan)

    def granted(with_plan: Any) -> list[int]:
        how = {"engine": ENGINE.rules, "as_of": ENGINE.today(), "undetermined": "exclude"}
        outcome = evaluate(with_plan, cases, **how)
        return [*outcome.granted.tolist(), *outcome.total.tolist()]

    tried = 0
    for pointer, value in _dials(source):
        quick = turned(plan, [(pointer, value)])
        if quick is None:
            continue
        tried += 1
        slow = scenario(source, [put(pointer, value, source.data)], ENGINE.registry).plan
        assert granted(quick) == granted(slow), pointer
    assert tried >= len(source.data.get("criteria", []))
    assert turned(plan, [("/call/budget", "12 EUR")]) is None
    assert turned(plan, [("/criteria/nobody/weight", 2)]) is None


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        ("members >= 5", "members >= 12"),
        ("members>5", "members>0"),
        ("employees <= 4 or members >= 5", "employees <= 4 or members >= 999999999"),
        ("requested >= 5000 and members >= 5", "requested >= 5000 and members >= 6"),
        ("requested >= 5000", "requested >= 6000"),
        ("members = 5 or members = 5", "members = 5 or members = 7"),
        ("target_group_share <= 1", "target_group_share <= 0"),
    ],
)
def test_a_threshold_that_is_turned_reads_as_one_that_is_compiled(rule: str, other: str) -> None:
    text = (ROOT / "schemes/imdi/integration-work/scheme.yaml").read_text(encoding="utf-8")
    was, now = (
        check(load(text.replace("require: members >= 5", f"require: {one}"), name="scheme.yaml"), ENGINE.registry)
        for one in (rule, other)
    )
    quick = turned(was, [("/eligibility/enough-members/require", other)])
    assert quick is not None
    assert quick.rules[0] == now.rules[0]
    assert quick.rules[0] != was.rules[0]


def _dials(source: SchemeSource) -> list[tuple[str, Any]]:
    data = source.data
    found: list[tuple[str, Any]] = []
    for criterion in data.get("criteria", []):
        found.append((f"/criteria/{criterion['id']}/weight", 1.7))
        if "max_points" in criterion:
            found.append((f"/criteria/{criterion['id']}/max_points", 3))
    for rule in data.get("eligibility", []):
        if "require" in rule:
            found.append((f"/eligibility/{rule['id']}/require", f"not ({rule['require']})"))
    if "minimum_points" in data["allocation"].get("options", {}):
        found.append(("/allocation/options/minimum_points", 55))
    if isinstance(data["call"]["budget"], str):
        found.append(("/call/budget", "123 456 NOK"))
    return found


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.parent.name)
def test_a_patch_and_its_inverse_give_the_same_outcome(path: Path) -> None:
    source = load(path)
    plan = check(source, ENGINE.registry)
    cases = cases_from_records(population(plan, ENGINE.registry, 60, 5), plan)
    operations = [put(pointer, value, source.data) for pointer, value in _dials(source)]
    operations += [PatchOperation(op="remove", path=f"/criteria/{source.data['criteria'][0]['id']}")] if source.data.get("criteria") else []  # fmt: skip
    if not operations:
        return
    there = scenario(source, operations, ENGINE.registry)
    back = scenario(there.source, inverse(source.data, operations), ENGINE.registry)
    assert back.plan.version == plan.version
    how: dict[str, Any] = {"engine": ENGINE.rules, "as_of": ENGINE.today(), "undetermined": "exclude"}
    comparison = Comparison(evaluate(plan, cases, **how), evaluate(back.plan, cases, **how))
    assert not comparison.difference.any()
    assert comparison.before.grounds.tolist() == comparison.after.grounds.tolist()
    assert comparison.before.rank.tolist() == comparison.after.rank.tolist()


def test_a_scenario_that_reads_another_question_reads_the_cases_again() -> None:
    added = PatchOperation(op="add", path="/criteria/-", value={"id": "extra", "points": "length(coalesce(place, ''))"})
    comparison = compared(added)
    # north is 5 letters more: a 55, b 39; south 5: c 31, d 12 and so above the minimum: d's 10 fit after a and b.
    assert comparison.after.total.tolist()[:4] == [550_000, 390_000, 310_000, 120_000]
    assert named(comparison, comparison.newly_funded) == {"d"}
