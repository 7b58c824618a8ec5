"""Real calls with published results: the same projects are funded, and the same means come out."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from factories import DATA, TODAY, Record, outcome_of, plan_of

from grantengine.bootstrap import Engine
from grantengine.cli.main import run
from grantengine.evaluate import evaluate
from grantengine.outcome_json import outcome_json
from grantengine.rules.tables import read_cases
from grantengine.rules.write_cases import write_cases

PABULIB = DATA / "pabulib"
CALLS = {
    # call: (projects, funded), counted in the published files
    "poland_krakow_2024_pradnik_bialy": (64, 12),
    "poland_poznan_2026_small": (13, 3),
    "poland_warszawa_2018_ursynow_wysoki_polnocny": (62, 26),
    "poland_warszawa_2020_wawer": (137, 16),
}
NO_SKIP = "poland_poznan_2026_small"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def project_cases(rows: list[dict[str, str]]) -> list[Record]:
    """Projects as cases; whichever of votes and score the call counts."""
    counted = "score" if "score" in rows[0] else "votes"
    return [
        {
            "id": row["project_id"],
            "answers": {
                "requested": row["cost"],
                counted: int(row[counted]),
                "position": int(row["position"]),
            },
        }
        for row in rows
    ]


def published(rows: list[dict[str, str]]) -> set[str]:
    return {row["project_id"] for row in rows if row["selected"] == "1"}


def test_every_call_has_a_scheme() -> None:
    assert {path.stem for path in PABULIB.glob("*.csv")} == set(CALLS)
    assert {path.stem for path in PABULIB.glob("*.yaml")} == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_participatory_budget_funds_the_published_set(engine: Engine, name: str) -> None:
    rows = rows_of(PABULIB / f"{name}.csv")
    plan = engine.plan(PABULIB / f"{name}.yaml")
    heading = json.loads((PABULIB / f"{name}.json").read_text(encoding="utf-8"))
    assert plan.budget == int(Decimal(heading["budget"]) * 100)
    assert plan.currency == heading["currency"]
    outcome = outcome_of(engine, plan, project_cases(rows), undetermined="stop")
    results = outcome_json(outcome)["cases"]
    funded = {case["id"] for case in results if case["ground"] == "funded"}
    assert funded == published(rows)
    assert (len(results), len(funded)) == CALLS[name]
    costs = {row["project_id"]: Decimal(row["cost"]) for row in rows}
    assert {case["id"]: Decimal(case["granted"]) for case in results} == {
        id: costs[id] if id in funded else 0 for id in costs
    }


def test_stopping_and_skipping_differ_where_it_matters(engine: Engine) -> None:
    """The published set of the call that stops is another than the one that skipping gives."""
    rows = rows_of(PABULIB / f"{NO_SKIP}.csv")
    text = (PABULIB / f"{NO_SKIP}.yaml").read_text(encoding="utf-8")

    skipping = plan_of(engine, text.replace("when_unaffordable: stop", "when_unaffordable: skip"))
    outcome = outcome_of(engine, skipping, project_cases(rows))
    funded = {case["id"] for case in outcome_json(outcome)["cases"] if case["ground"] == "funded"}
    # 900 000 - 800 000 are left after three; the first that costs at most 100 000 is OM.2 (50 000), then OM.5 (50 000).
    assert funded == published(rows) | {"OM.2", "OM.5"}


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_participatory_budget_by_the_command_line(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    name = "poland_krakow_2024_pradnik_bialy"
    rows = rows_of(PABULIB / f"{name}.csv")
    cases = tmp_path / f"cases.{suffix}"
    assert write_cases(project_cases(rows), cases) == len(rows)
    scheme = str(PABULIB / f"{name}.yaml")
    assert run(["check", scheme]) == 0
    capsys.readouterr()
    assert run(["evaluate", scheme, "--cases", str(cases), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {case["id"] for case in printed["cases"] if case["ground"] == "funded"} == published(rows)
    assert printed["summary"]["budget"] == "2508376.17"
    granted = sum(Decimal(case["granted"]) for case in printed["cases"])
    assert Decimal(printed["summary"]["granted"]) == granted
    assert Decimal(printed["summary"]["left"]) == Decimal("2508376.17") - granted


def test_panel_means_equal_the_published_ones(engine: Engine, tmp_path: Path) -> None:
    scores: dict[str, list[float]] = defaultdict(list)
    averages: dict[str, float] = {}
    for row in rows_of(DATA / "panel_scores" / "aibs.csv"):
        scores[row["ID"]].append(float(row["Score"]))
        averages[row["ID"]] = float(row["ScoreAvg"])
    path = tmp_path / "panel.jsonl"
    lines = [
        json.dumps({"id": id, "answers": {"requested": "1000"}, "ratings": {"merit": marks}})
        for id, marks in scores.items()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    plan = engine.plan(DATA / "panel_scores" / "aibs.yaml")

    outcome = evaluate(plan, read_cases(path, plan), engine=engine.rules, as_of=TODAY)
    results = {case["id"]: case for case in outcome_json(outcome)["cases"]}
    assert len(results) == 72
    for id, average in averages.items():
        assert abs(results[id]["combined"]["merit"] - average) < 1e-9
        # The best mark is 1: 100 points; the worst is 5: none. Points have four decimals.
        assert abs(results[id]["total"] - 100 * (5 - average) / 4) <= 0.00005 + 1e-9
    by_rank = sorted(results, key=lambda id: results[id]["rank"])
    assert [averages[id] for id in by_rank] == sorted(averages.values())
