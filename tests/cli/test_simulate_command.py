"""`grantengine simulate` as a person meets it: words, JSON, a page, and clear words for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grantengine.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
SCHEME = ROOT / "schemes" / "imdi" / "integration-work"
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulate") / "cases.jsonl"
    assert run(["population", str(SCHEME), "-n", "150", "--seed", "4", "--out", str(path)]) == 0
    return path


@pytest.fixture
def simulate(cases: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    monkeypatch.setenv("GRANTENGINE_LANGUAGE", "en")

    def said(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        fixed = ["simulate", str(SCHEME), "--cases", str(cases), "--undetermined", "exclude"]
        code = run([*fixed, *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "problem." not in out + err
        return code, out, err

    return said


def test_json_has_stable_keys(simulate: Said) -> None:
    code, out, err = simulate("--set", "/call/budget=10 000 000 NOK", "--by", "members", "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert list(report) == [
        "title", "changed", "baseline", "scenario", "changes", "groups", "cases", "notes", "held_constant", "can_not_know",
    ]  # fmt: skip
    assert report["changed"] == [{"pointer": "/call/budget", "before": "40 000 000 NOK", "after": "10 000 000 NOK"}]
    assert (report["baseline"]["budget"], report["scenario"]["budget"]) == ("40000000.00", "10000000.00")
    lost = [case for case in report["cases"] if case["change"] == "no_longer_funded"]
    assert len(lost) == report["changes"]["no_longer_funded"] > 0
    assert {"id", "change", "difference", "before", "after", "why"} == lost[0].keys()
    assert lost[0]["why"] == ["unchanged itself, but the budget is 10,000,000 kr instead of 40,000,000 kr"]
    assert sum(group["cases"] for group in report["groups"][0]["groups"]) == 150
    assert len(report["held_constant"]) == 4


def test_patch_file_then_set_and_a_page(simulate: Said, tmp_path: Path) -> None:
    patch, page = tmp_path / "patch.yaml", tmp_path / "report.html"
    patch.write_text(
        "title: {en: Reach is dropped, nb: Uten rekkevidde}\n"
        "patch:\n"
        "  - {op: remove, path: /criteria/reach}\n"
        "  - {op: add, path: /eligibility/-, value: {id: small, require: employees <= 20}}\n"
    )
    arguments = ("--patch", patch, "--set", "/eligibility/small/require=employees <= 15", "--html", page)
    code, out, err = simulate(*arguments)
    assert (code, err) == (0, "")
    assert "Reach is dropped" in out
    assert "/criteria/reach" in out
    html = page.read_text()
    assert html.lower().startswith("<!doctype html>")
    assert html.rindex("Who would apply") > html.rindex("What was held constant") > html.rindex("Who gains")
    as_json = tmp_path / "patch.json"
    as_json.write_text(json.dumps([{"op": "remove", "path": "/criteria/reach"}]))
    assert simulate("--patch", as_json)[0] == 0


def test_sweep_over_a_default_and_two_values(simulate: Said) -> None:
    code, out, _ = simulate(
        "--sweep", "/criteria/collaboration/weight=1:3:1", "--sweep", "/allocation/options/minimum_points=40:60:20"
    )
    assert code == 0
    assert "Sweep over /criteria/collaboration/weight" in out
    assert "tips" in out


@pytest.mark.parametrize(("language", "word"), [("nb", "Hva som er holdt fast"), ("nn", "Kva som er halde fast"), ("en", "What was held constant")])  # fmt: skip
def test_every_report_ends_with_how_to_read_it(
    simulate: Said, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("GRANTENGINE_LANGUAGE", language)
    code, out, _ = simulate("--set", "/criteria/collaboration/max_points=30", "--robustness", "5")
    assert code == 0
    assert word in out.splitlines()[-10]
    assert out.splitlines()[-1].startswith("  - ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "/criteria/reach/points"], "--set"),
        (["--set", "/criteria/reach/points=membres > 3"], "members"),
        (["--set", "/criteria/reech/weight=2"], "reach"),
        (["--set", "/call/budget=[1, 2"], "YAML"),
        (["--set", "/criteria/reach/weight=.nan"], "--set"),
        (["--set", "/criteria/reach/weight=1e999"], "--set"),
        (["--by", "membrs"], "members"),
        (["--sweep", "a"], "START:STOP:STEP"),
        (["--sweep", "/call/budget=0:1e12:1"], "too many"),
        (["--sweep", "/criteria/reech/weight=1:2:1"], "/criteria/reech/weight"),
        (["--patch", "/nowhere.yaml"], "/nowhere.yaml"),
        (["--html", "/nowhere/at/all.html"], "/nowhere/at/all.html"),
        (["--committed", "1000000000000"], ""),
    ],
)
def test_what_is_wrong_is_told(simulate: Said, arguments: list[str], words: str) -> None:
    code, _, err = simulate(*arguments)
    assert code == 1
    assert words in err


def test_a_fault_in_a_patch_file_stands_at_its_line(simulate: Said, tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text(
        "- {op: remove, path: /criteria/reach}\n- {op: replace, path: /criteria/continuity/weight, value: -1}\n"
    )
    code, _, err = simulate("--patch", patch)
    assert code == 1
    assert f"{patch}:2:" in err


def test_a_huge_number_is_shown_in_powers_of_ten(simulate: Said) -> None:
    code, out, _ = simulate("--set", "/criteria/reach/weight=1e300", "--sweep", "/criteria/reach/weight=0:1e30:1e30")
    assert code == 0
    assert "→ 1e+300" in out
    assert "1e+30 " in out


def test_all_criteria_by_a_star(simulate: Said) -> None:
    code, out, _ = simulate("--set", "/criteria/*/weight=2")
    assert code == 0
    assert "/criteria/collaboration/weight: not given → 2" in out


def test_a_question_may_be_dropped(simulate: Said, tmp_path: Path) -> None:
    pointer = "/form/organisation/questions/municipality"
    patch = tmp_path / "patch.json"
    patch.write_text(json.dumps([{"op": "remove", "path": pointer}]), encoding="utf-8")
    code, out, _ = simulate("--patch", patch)
    assert code == 0
    assert pointer in out
    assert "municipality" in out.split("Mind this")[1]


def test_wrong_usage(simulate: Said) -> None:
    assert simulate(*["--sweep", "/call/budget=1:2:1"] * 3)[0] == 2
    assert simulate("--robustness", "-1")[0] == 2


def test_cases_to_be_clarified_block(cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(cases.read_text().splitlines()[0])
    del first["facts"]["earlier_grants"]
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(first) + "\n")
    assert run(["simulate", str(SCHEME), "--cases", str(path), "--set", "/call/budget=1 NOK"]) == 1
    assert "1" in capsys.readouterr().err


def test_a_sweep_of_which_no_step_can_run_is_an_error(simulate: Said) -> None:
    code, _, err = simulate("--sweep", "/criteria/reach/weight=-3:-1:1")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "-3 is below zero" in err
    code, _, err = simulate("--sweep", "/criteria/reach/weight=-1:1:1")
    assert (code, err) == (0, "")
