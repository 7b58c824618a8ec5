"""Who else plans the same: names, target groups, places and times."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from grantengine import Activity, Applicant, Engine
from grantengine.testing import FactsInMemory, collected, plan_of, small_scheme
from grantengine_plugins.overlap import Planned, planned, similar
from grantengine_plugins.overlap.likeness import same_activity, same_group
from grantengine_plugins.overlap.neighbours import near

MINE = {
    "name": "Svømmekurs",
    "target_group": "kvinner",
    "municipality": "0301",
    "from": "2027-08-20",
    "to": "2027-12-01",
}


def others(*of: str, **more: Any) -> list[Activity]:
    how = {"name": "Svømming for kvinner", "target_group": "Kvinner", "municipality": "3201"}
    return [Activity(one, **{**how, "starts": "2027-09-01", "ends": "2027-11-01", **more}) for one in of]


def ask(engine: Engine, rows: Any, *activities: Activity) -> Any:
    return collected(
        engine, "overlap", applicant=Applicant("1", "Vi", municipality="0301"), answers={"plans": rows},
        questions={"activities": ["plans"]}, read=FactsInMemory(activities=activities),
    )  # fmt: skip


def test_organisations_are_counted_and_their_activities_listed(engine: Engine) -> None:
    found = ask(engine, [MINE, {**MINE, "name": "Svømmeskole"}], *others("Røde Kors", "Bydelen", "Bydelen"))
    assert found.values == {"similar": 2}
    assert found.raw["similar"][0] == {
        "of": "Røde Kors", "name": "Svømming for kvinner", "target_group": "Kvinner", "municipality": "3201",
        "starts": "2027-09-01", "ends": "2027-11-01", "like": "Svømmekurs",
    }  # fmt: skip
    assert len(found.raw["similar"]) == 4


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Språkkafé"},
        {"target_group": "menn"},
        {"municipality": "4601"},
        {"starts": "2027-12-02", "ends": "2028-02-01"},
        {"starts": "2027-01-01", "ends": "2027-08-19"},
    ],
    ids=["activity", "group", "place", "later", "earlier"],
)
def test_what_differs_is_not_the_same(engine: Engine, other: dict[str, Any]) -> None:
    assert ask(engine, [MINE], *others("Røde Kors", **other)).values == {"similar": 0}


def test_nothing_planned_is_like_nothing(engine: Engine) -> None:
    assert ask(engine, [], *others("Røde Kors")).values == {"similar": 0}
    assert ask(engine, None, *others("Røde Kors")).values == {"similar": 0}


def test_an_activity_needs_a_time_and_is_at_home_unless_it_says_where() -> None:
    rows = [{"name": "a"}, {"name": "b", "to": "2027-01-02"}, {"name": "c", "from": "2027-02-01", "to": "2027-01-01"}]
    assert planned(rows, "0301") == [Planned("b", None, "0301", "2027-01-02", "2027-01-02")]
    assert planned(rows, None) == []


def test_the_list_is_a_plain_function() -> None:
    mine = Planned("Svømmekurs", None, "0301", "2027-08-20", "2027-12-01")
    [one] = similar(mine, [*others("Røde Kors"), *others("Andre", name="Turgruppe")])
    assert (one.of, one.like) == ("Røde Kors", "Svømmekurs")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Svømmekurs for kvinner", "Svømming", True),
        ("Norskkurs", "Norsktrening på kvelden", True),
        ("SPRÅKKAFÉ", "språkkafé", True),
        ("Yoga", "Yoga for seniorer", True),
        ("Turgruppe", "Svømmegruppe", False),
        ("Kurs for barn", "Aktivitet for barn", False),
        ("Ungdomsklubb", "Ungdomsleir", False),
        ("Ungdomsklubb", "ungdomsklubb", True),
        ("Sommerleir", "Sommerskole", False),
        ("", "", True),
    ],
)
def test_names_that_say_the_same(one: str, other: str, same: bool) -> None:
    assert (same_activity(one, other), same_activity(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Barn", "barn og unge", True), ("barn", None, True), ("", "menn", True), ("kvinner", "menn", False)],
)
def test_target_groups_that_are_the_same(one: str | None, other: str | None, same: bool) -> None:
    assert (same_group(one, other), same_group(other, one)) == (same, same)


def test_neighbours_are_municipalities_of_today() -> None:
    assert near("0301") == ["0301", "3201", "3205", "3207", "3212", "3220", "3222", "3232", "3234", "3305", "3310"]
    assert near("0000") == ["0000"]
    table = Path(__file__).parents[2] / "plugins/grantengine_plugins/overlap/neighbours.csv"
    pairs = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert all(pair["municipality"] < pair["neighbour"] for pair in pairs)
    assert all(near(pair["neighbour"]).count(pair["municipality"]) == 1 for pair in pairs)


def test_a_scheme_may_read_it(engine: Engine) -> None:
    plan = plan_of(
        small_scheme("eligibility: [{id: alone, require: facts.overlap.similar = 0}]", plugins=["overlap"]), engine
    )
    assert list(plan.facts) == ["facts.overlap.similar"]
