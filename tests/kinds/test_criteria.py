"""Every criterion kind against figures worked by hand."""

from typing import Any

import pytest

from grantengine.testing import engine_with, plan_of, results, small_scheme


def points(criterion: str, case: dict[str, Any], questions: str = "") -> dict[str, Any]:
    engine = engine_with()
    scheme = small_scheme(f"criteria: [{{id: c, {criterion}}}]", plugins=["ratings", "continuity"], questions=questions)
    record = {"id": "a", **case, "answers": {"requested": "100000", **case.get("answers", {})}}
    return results(plan_of(scheme, engine), [record], engine)["a"]


@pytest.mark.parametrize(
    ("options", "marks", "combined", "expected"),
    [
        ("scale: [1, 6]", [5, 6, 4], 5, 24),  # 30 x (5 - 1) / 5
        ("scale: [1, 6], combine: median", [1, 6, 5], 5, 24),
        ("scale: [1, 6], combine: median", [4, 5], 4.5, 21),
        ("scale: [1, 6], combine: trimmed", [1, 4, 5, 6], 4.5, 21),  # 1 and 6 are left out
        ("scale: [1, 6], combine: trimmed", [3, 6], 4.5, 21),  # too few to leave any out
        ("scale: [2, 12], combine: sum", [3, 4], 7, 15),  # 30 x (7 - 2) / 10
        ("scale: [1, 5], better: low", [2, 1], 1.5, 26.25),  # 30 x (5 - 1.5) / 4
        ("scale: [1, 6]", 4, 4, 18),
        ("scale: [1, 6]", [4, None], 4, 18),
        ("scale: [1, 4]", [2, 2, 3], 7 / 3, 13.3333),  # 30 x (4/3) / 3, rounded
    ],
)
def test_rating(options: str, marks: Any, combined: float, expected: float) -> None:
    case = points(f"kind: rating, max_points: 30, options: {{{options}}}", {"ratings": {"c": marks}})
    assert case["combined"]["c"] == pytest.approx(combined, abs=1e-12)
    assert (case["points"]["c"], case["total"]) == (expected, expected)


@pytest.mark.parametrize("marks", [[], None, [None]])
def test_no_rating_no_total(marks: Any) -> None:
    case = points("kind: rating, max_points: 30, options: {scale: [1, 6]}", {"ratings": {"c": marks}})
    assert (case["combined"], case["total"], case["rank"], case["ground"]) == ({"c": None}, None, None, "not rated")


@pytest.mark.parametrize(
    ("members", "expected", "missing"),
    [
        (0, 1, []),
        (24, 1, []),
        (25, 2.5, []),
        (99, 2.5, []),
        (100, 8, []),
        (10**6, 8, []),
        (-3, 0, []),
        (None, 0, ["c"]),
    ],
)
def test_banded_gives_the_last_band_reached(members: int | None, expected: float, missing: list[str]) -> None:
    criterion = "kind: banded, options: {of: members, bands: [[0, 1], [25, 2.5], [100, 8]]}"
    case = points(criterion, {"answers": {"members": members}}, "- {id: members, kind: integer}")
    assert (case["points"]["c"], case["missing"]) == (expected, missing)


@pytest.mark.parametrize(
    ("own", "expected", "missing"),
    [
        ("10000", 4, []),  # 12 x 0.1 / 0.3
        ("30000", 12, []),
        ("90000", 12, []),
        ("0", 0, []),
        (None, 0, ["c"]),
    ],
)
def test_own_effort(own: str | None, expected: float, missing: list[str]) -> None:
    criterion = "kind: own_effort, max_points: 12, options: {share_for_full_score: 30%}"
    case = points(criterion, {"answers": {"own_funding": own}}, "- {id: own_funding, kind: money}")
    assert (case["points"]["c"], case["missing"]) == (expected, missing)


@pytest.mark.parametrize(
    ("place", "expected", "missing"),
    [("0301", 5, []), ("4601", 5, []), ("4699", 5, []), ("4701", 0, []), ("0302", 0, []), (None, 0, ["c"])],
)
def test_geography(place: str | None, expected: float, missing: list[str]) -> None:
    criterion = "kind: geography, max_points: 5, options: {municipalities: ['0301'], counties: ['46']}"
    case = points(criterion, {"answers": {"municipality": place}}, "- {id: municipality, kind: municipality}")
    assert (case["points"]["c"], case["missing"]) == (expected, missing)


@pytest.mark.parametrize(("first", "expected", "missing"), [(True, 4, []), (False, 0, []), (None, 0, ["c"])])
def test_first_time(first: bool | None, expected: float, missing: list[str]) -> None:
    case = points("kind: first_time, max_points: 4", {"applicant": {"first_time": first}})
    assert (case["points"]["c"], case["missing"]) == (expected, missing)


@pytest.mark.parametrize(
    ("answers", "expected", "missing"),
    [
        ({"continues_earlier": True, "years_running": 2}, 5.3333, []),  # 8 x 2 / 3
        ({"continues_earlier": True, "years_running": 9}, 8, []),
        ({"continues_earlier": True}, 0, ["c"]),
        ({"continues_earlier": False, "years_running": 2}, 0, []),
        ({}, 0, ["c"]),
    ],
)
def test_continuity(answers: dict[str, Any], expected: float, missing: list[str]) -> None:
    questions = "- {id: continues_earlier, kind: yes_no}\n- {id: years_running, kind: integer, optional: true}"
    criterion = "kind: continuity, max_points: 8, options: {years_for_full_score: 3}"
    case = points(criterion, {"answers": answers}, questions)
    assert (case["points"]["c"], case["missing"]) == (expected, missing)


def test_weight_is_applied_after_the_maximum_and_rounding_is_half_to_even() -> None:
    # min(7, 5) x 1.5; in the last place 0.5 goes to 0 and 2.5 to 2, 1.5 to 2
    assert points("points: 7, max_points: 5, weight: 1.5", {})["points"]["c"] == 7.5
    assert points("points: 1, weight: 0.00005", {})["points"]["c"] == 0.0
    assert points("points: 0.00025", {})["points"]["c"] == 0.0002
    assert points("points: 3, weight: 0.00005", {})["points"]["c"] == 0.0002
    assert points("points: 0 - 4", {})["points"]["c"] == 0.0
