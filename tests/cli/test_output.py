"""Where output goes: a full disk is told as such, and a file's name is taken at its word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import terminal

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "data" / "example-scheme.yaml"
FULL = Path("/dev/full")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return terminal.run(*arguments, GRANTENGINE_LANGUAGE="en")


def run_into(stdout: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grantengine.cli.main", *map(str, arguments)],
        env={**os.environ, "GRANTENGINE_LANGUAGE": "en"},
        stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["check", EXAMPLE], ["plugins", "--json"], ["form", EXAMPLE]])
def test_a_full_disk_is_a_problem_in_words(arguments: list[object]) -> None:
    with FULL.open("wb") as full:
        done = run_into(full.fileno(), *arguments)
    assert done.returncode == 1
    assert done.stderr == "system-refused: Something could not be read or written: No space left on device\n"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"id": "a", "answers": {"requested": "50000"}}), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.JSONL", "out.xlsx"])
def test_an_outcome_is_not_written_to_a_file_of_another_format(cases: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    done = run("evaluate", EXAMPLE, "--cases", cases, "--undetermined", "exclude", "--out", out)
    assert done.returncode == 2
    assert done.stdout == ""
    suffix = name.removeprefix("out")
    assert (
        f"Invalid value for --out: the outcome is written as JSON, so the file cannot end in «{suffix}»" in done.stderr
    )
    assert not out.exists()


@pytest.mark.parametrize("name", ["out.json", "out.JSON", "out"])
def test_an_outcome_is_written_as_json(cases: Path, tmp_path: Path, name: str) -> None:
    done = run("evaluate", EXAMPLE, "--cases", cases, "--undetermined", "exclude", "--out", tmp_path / name)
    assert done.returncode == 0
    assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["cases"][0]["id"] == "a"


def test_what_was_found_is_told_as_json_has_it(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a", "answers": null}\nnull\n[true]\n', encoding="utf-8")
    told = run("evaluate", EXAMPLE, "--cases", file).stderr.splitlines()
    assert ["null" in line for line in told] == [True, True, False]
    assert "[true]" in told[2]
    assert not any("None" in line or "True" in line for line in told)
