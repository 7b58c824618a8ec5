"""The command line as scripts and people meet it: exit codes, streams, files, words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import terminal

ROOT = Path(__file__).parents[2]
SCHEME = ROOT / "schemes" / "imdi" / "integration-work"
EXAMPLE = ROOT / "tests" / "data" / "example-scheme.yaml"

GOOD = {
    "id": "a1",
    "answers": {
        "members": 120,
        "employees": 0,
        "continues_earlier": False,
        "target_group_share": 1,
        "requested": "90000",
    },
    "facts": {"earlier_grants": {"overdue_reports": 0}},
    "ratings": {"relevance": [6, 6], "feasibility": [6, 6]},
}
FEW = {**GOOD, "id": "a2", "answers": {**GOOD["answers"], "members": 3}}  # type: ignore[dict-item]
UNCLEAR = {key: value for key, value in {**GOOD, "id": "a3"}.items() if key != "facts"}


def run(*arguments: object, language: str = "en", **environment: str) -> subprocess.CompletedProcess[str]:
    return terminal.run(*arguments, GRANTENGINE_LANGUAGE=language, **environment)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in (GOOD, FEW)), encoding="utf-8")
    return file


def test_check_accepts_the_example_as_it_stands() -> None:
    done = run("check", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_tells_every_problem_of_every_file(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        text.replace("require: members", "require: membres").replace("max_points: 20", "max_point: 20"),
        encoding="utf-8",
    )
    two.write_text(text.replace("kind: project", "kind: projekt", 1), encoding="utf-8")
    done = run("check", one, two, EXAMPLE)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0].removeprefix(f"{tmp_path}/") for line in lines] == [
        "one.yaml:58:14",
        "one.yaml:67:46",
        "two.yaml:9:7",
    ]
    assert "expression-unknown-name" in lines[0]
    assert "members" in lines[0].split("(")[-1]
    assert "imdi-integration-work" in done.stdout
    as_json = run("check", "--json", one, two)
    assert as_json.returncode == 1
    found = json.loads(as_json.stdout)
    assert [problem["code"] for problem in found] == ["expression-unknown-name", "unknown-key", "not-one-of"]
    assert (found[0]["line"], found[0]["column"]) == (58, 14)


def test_check_prints_the_json_schema_of_the_format() -> None:
    from jsonschema import Draft202012Validator
    from ruamel.yaml import YAML

    schema = json.loads(run("check", "--schema").stdout)
    data = YAML(typ="safe", pure=True).load(EXAMPLE.read_text(encoding="utf-8"))
    data["call"]["decided_by"] = str(data["call"]["decided_by"])
    validator = Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(data)] == []
    data["criteria"][0]["options"]["points_per_partnr"] = 3
    assert not validator.is_valid(data)


def test_form_is_shown_with_minutes_and_as_json_schema() -> None:
    done = run("form", SCHEME, language="nb")
    assert done.returncode == 0
    assert "Antall medlemmer" in done.stdout
    assert "members: integer" in done.stdout
    schema = json.loads(run("form", SCHEME, "--json-schema").stdout)
    assert schema["properties"]["members"]["minimum"] == 0
    assert "confirmed" not in schema["properties"]["partners"]["items"]["properties"]


def test_evaluate_json_has_the_stable_keys(cases: Path) -> None:
    done = run("evaluate", SCHEME, "--cases", cases, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert {"cases", "eligible", "funded", "budget", "granted", "left"} <= result["summary"].keys()
    assert result["summary"]["left"] == "39910000.00"
    good, few = result["cases"]
    assert good == {
        "id": "a1", "eligible": True, "failed": [], "undetermined": [],
        "combined": {"relevance": 6.0, "feasibility": 6.0},
        "points": {"collaboration": 0.0, "continuity": 0.0, "reach": 6.0, "target-group": 15.0, "relevance": 30.0, "feasibility": 17.0},
        "missing": [], "total": 68.0, "rank": 1, "granted": "90000.00", "ground": "funded", "reserve": None,
        "award": [{"year": 2027, "unit": "money", "amount": "90000.00"}],
    }  # fmt: skip
    assert (few["eligible"], few["failed"], few["granted"]) == (False, ["enough-members"], "0.00")


def test_evaluate_stops_at_cases_to_be_clarified(cases: Path, tmp_path: Path) -> None:
    cases.write_text(cases.read_text() + json.dumps(UNCLEAR) + "\n")
    out = tmp_path / "outcome.json"
    stopped = run("evaluate", SCHEME, "--cases", cases, "--out", out, "--json")
    assert stopped.returncode == 1
    assert "a3" in stopped.stderr
    assert not out.exists()
    assert [case["granted"] for case in json.loads(stopped.stdout)["cases"]] == [None, None, None]
    going_on = run("evaluate", SCHEME, "--cases", cases, "--out", out, "--undetermined", "exclude")
    assert (going_on.returncode, going_on.stderr) == (0, "")
    granted = {case["id"]: case["granted"] for case in json.loads(out.read_text(encoding="utf-8"))["cases"]}
    assert granted == {"a1": "90000.00", "a2": "0.00", "a3": "0.00"}


def test_evaluate_takes_what_is_committed(cases: Path) -> None:
    done = run("evaluate", SCHEME, "--cases", cases, "--json", "--committed", "39 950 000 NOK")
    assert json.loads(done.stdout)["cases"][0]["ground"] == "does not fit"
    too_much = run("evaluate", SCHEME, "--cases", cases, "--committed", "40000001")
    assert (too_much.returncode, too_much.stderr.split(":")[0]) == (1, "committed-over-budget")
    other = run("evaluate", SCHEME, "--cases", cases, "--committed", "10 EUR")
    assert (other.returncode, other.stderr.split(":")[0]) == (1, "money-other-currency")
    nonsense = run("evaluate", SCHEME, "--cases", cases, "--committed", "much")
    assert (nonsense.returncode, nonsense.stderr.split(":")[0]) == (1, "money-format")


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "minst fem medlemmer"), ("nn", "minst fem medlemer"), ("en", "at least five members")],
)
def test_explain_in_three_languages(cases: Path, language: str, words: str) -> None:
    done = run("explain", SCHEME, "--cases", cases, "--id", "a2", language=language)
    assert done.returncode == 0
    assert words in done.stdout
    assert "explain." not in done.stdout


def test_explain_json_says_what_would_have_turned_it(cases: Path) -> None:
    result = json.loads(run("explain", SCHEME, "--cases", cases, "--id", "a2", "--json").stdout)
    rule = result["rules"][0]
    assert (rule["verdict"], rule["values"]) == ("no", {"members": 3})
    assert rule["would_hold_with"] == {"question": "members", "value": 5, "today": 3}


def test_explain_of_an_unknown_case_names_the_nearest(cases: Path) -> None:
    done = run("explain", SCHEME, "--cases", cases, "--id", "a22")
    assert done.returncode == 1
    assert done.stderr.startswith("case-unknown: ")
    assert "a2" in done.stderr.split("(")[-1]


def test_cases_tell_a_difference_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "scheme.yaml").write_text((SCHEME / "scheme.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    text = (SCHEME / "cases.yaml").read_text(encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(text.replace("total: 77.2333", "total: 77.2334"), encoding="utf-8")
    done = run("cases", tmp_path)
    line = text.splitlines().index("      total: 77.2333") + 1
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path}/cases.yaml:{line}:14: case-differs: ")
    assert run("cases", ROOT / "schemes").returncode == 0


def test_population_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.jsonl" for name in ("one", "two", "three")]
    for file, seed in zip(files, (4, 4, 5), strict=True):
        assert run("population", SCHEME, "-n", 50, "--seed", seed, "--out", file).returncode == 0
    one, two, three = (file.read_bytes() for file in files)
    assert one == two
    assert one != three


def test_plugins_are_listed_with_what_they_add() -> None:
    listed = {plugin["name"]: plugin for plugin in json.loads(run("plugins", "--json").stdout)}
    assert listed["continuity"]["adds"] == {"criterion": ["continuity"]}
    assert listed["questions"]["always"] is True
    assert "collaboration  grantengine " in run("plugins").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["chek"], 2),
        (["check"], 2),
        (["check", "--colour"], 2),
        (["evaluate", "scheme.yaml"], 2),
        (["population", "scheme.yaml", "-n", "0", "--out", "x.jsonl"], 2),
        (["check", "nowhere.yaml"], 1),
        (["check", str(ROOT / "plugins")], 1),
        (["form", "nowhere.yaml"], 1),
        (["population", str(SCHEME), "-n", "5", "--out", "cases.xlsx"], 1),
        (["population", str(SCHEME), "-n", "5", "--out", "/nowhere/at/all.jsonl"], 1),
    ],
)
def test_wrong_usage_and_wrong_input(arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert done.stderr != ""
    assert "Traceback" not in done.stderr
    assert "problem." not in done.stderr


def test_a_misspelt_command_is_understood() -> None:
    assert "Did you mean 'check'?" in run("chek").stderr


def test_a_reader_that_stops_is_no_error() -> None:
    # The reader is gone before anything is written, so that the outcome does not hang on who is quicker.
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "grantengine.cli.main", "check", "--schema"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_problems_of_plugins_have_their_words(tmp_path: Path) -> None:
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text(EXAMPLE.read_text(encoding="utf-8").replace("[70%, 30%]", "[70%, 20%]"), encoding="utf-8")
    done = run("form", scheme)
    assert done.returncode == 1
    assert "parts-not-whole: " in done.stderr
    assert "problem." not in done.stderr


def test_cases_of_another_scheme_are_refused_by_name(cases: Path) -> None:
    cases.write_text(cases.read_text().replace("members", "membres"))
    done = run("evaluate", SCHEME, "--cases", cases, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{cases}:1:1: answer-unknown" in done.stderr


def test_tracing_shows_hooks_and_tracebacks(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.yaml", GRANTENGINE_TRACE="1")
    assert "grantengine_question_kinds" in done.stderr
