"""Plugins of strangers, really installed: one that works, one that fails politely, one that crashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[1] / "plugins"

SCHEME = """\
format: 1
id: outside
version: 1.0.0
status: example
authority: test
kind: event
languages: [en]
plugins: [sample_working]
title: {en: With a kind from outside}
regulation: {}
call: {budget: 1 000 NOK, opens: 2027-01-15T09:00, closes: 2027-03-01T23:59}
form:
  - id: page
    questions:
      - {id: requested, kind: money}
      - {id: languages, kind: choices, choices: [{id: ar, label: {en: Arabic}}, {id: so, label: {en: Somali}}]}
criteria: [{id: spoken, kind: languages, options: {points_per_language: 2.5}}]
allocation: {method: ranked}
"""
CASES = """\
cases:
  - id: two
    case: {answers: {requested: '100', languages: [ar, so]}}
    expect: {points: {spoken: 5}, granted: 100}
"""


@pytest.fixture(scope="module", params=["working", "failing", "crashing"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    target = tmp_path_factory.mktemp(request.param)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    options = ["--disable-pip-version-check", "--target", str(target), str(PLUGINS / request.param)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    return request.param, target


def _run(target: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(target), "GRANTENGINE_LANGUAGE": "en"}
    command = [sys.executable, "-m", "grantengine.cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_an_installed_plugin(installed: tuple[str, Path], tmp_path: Path) -> None:
    name, target = installed
    listed = _run(target, "plugins")
    if name == "working":
        assert listed.returncode == 0
        assert "sample_working  grantengine-sample-working 1.0" in listed.stdout
        (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
        (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
        ran = _run(target, "cases", str(tmp_path))
        assert (ran.returncode, ran.stderr) == (0, "")
        return
    assert listed.returncode == 1
    assert f"sample_{name}" in listed.stderr
    assert "Traceback" not in listed.stderr
    code = {"failing": "plugin-bad-kind", "crashing": "plugin-does-not-load"}[name]
    assert listed.stderr.startswith(code)
    quiet = _run_without(target, f"sample_{name}")
    assert quiet.returncode == 0


def _run_without(target: Path, plugin: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(target), "GRANTENGINE_DISABLE_PLUGINS": plugin}
    command = [sys.executable, "-m", "grantengine.cli.main", "plugins"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_working_plugin_is_short() -> None:
    source = PLUGINS / "working" / "grantengine_sample_working" / "__init__.py"
    assert len(source.read_text(encoding="utf-8").splitlines()) < 40
