"""The documentation says what is so: generated pages are fresh, commands run, examples are accepted."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import terminal

from grantengine import OutgoingMessage
from grantengine.errors import Problem
from grantengine.expressions.parse import parse
from grantengine.lifecycle import LIFECYCLE
from grantengine.rules.lines import LineChecker
from grantengine.simulation.population import population
from grantengine.testing import engine_with, outcome_of, plan_of, small_scheme

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def program(name: str) -> ModuleType:
    """A program of the documentation, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # data classes look for the module that they are of
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_fresh() -> None:
    stale = [
        name
        for name, text in program("generate").pages().items()
        if (ROOT / "docs" / name).read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_the_guide_for_handlers_shows_every_picture_that_is_taken() -> None:
    names = program("screenshots").PICTURES
    guide = (ROOT / "docs" / "handling-cases.md").read_text(encoding="utf-8")
    assert re.findall(r"!\[[^\]]+\]\(screens/([\w-]+)\.png\)", guide) == list(names)
    pictures = {file.name: file.stat().st_size for file in (ROOT / "docs" / "screens").iterdir()}
    assert pictures.keys() == {f"{name}.png" for name in names}
    assert (len(names), max(pictures.values()) < 200_000) == (12, True)


def test_the_two_commands_stand_alone() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    demo, tests = (re.findall(rf"<!-- {name} -->\n```sh\n(.*?)\n```", text) for name in ("demo", "tests"))
    assert len(demo) == len(tests) == 1
    assert demo[0].startswith("python3 -m venv ")
    assert demo[0].endswith("grantengine demo")
    assert tests[0].startswith("python3 -m venv ")
    assert tests[0].endswith("tox")


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    (tmp_path / "schemes").symlink_to(ROOT / "schemes")
    lines = [
        line
        for block in blocks(ROOT / "README.md", "sh")
        for line in block.splitlines()
        if line.startswith("grantengine ")
    ]
    assert len(lines) == 13
    for line in lines:
        command, _, target = line.partition("#")[0].strip().partition(" > ")
        arguments = shlex.split(command)[1:]
        done = terminal.run(*arguments, cwd=tmp_path, GRANTENGINE_LANGUAGE="nb")
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout != ""
        if target:
            (tmp_path / target).write_text(done.stdout, encoding="utf-8")
    for program in blocks(ROOT / "README.md", "python"):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        assert re.fullmatch(r"\d+ NOK\n", done.stdout)


def test_links_lead_somewhere() -> None:
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_fact_source_in_the_page_on_hooks_works() -> None:
    program = next(one for one in blocks(ROOT / "docs" / "hooks.md", "python") if "FactSource" in one)
    module = ModuleType("library")
    exec(compile(program, "hooks.md", "exec"), module.__dict__)
    engine = engine_with(("library", module))
    rule = "coalesce(facts.library.last_event, date '2000-01-01') <= date '2027-03-01' and facts.library.events >= 0"
    plan = plan_of(small_scheme(f'eligibility: [{{id: seen, require: "{rule}"}}]', plugins=["library"]), engine)
    outcome = outcome_of(plan, list(population(plan, engine.registry, 200, 1)), engine)
    assert outcome.parts[0].eligibility.holds.all()
    assert len({record["facts"]["library"]["last_event"] for record in population(plan, engine.registry, 200, 1)}) == 2


def test_the_round_in_the_page_on_hooks_works() -> None:
    program = next(one for one in blocks(ROOT / "docs" / "hooks.md", "python") if "RoundKind" in one)
    module = ModuleType("visits")
    exec(compile(program, "hooks.md", "exec"), module.__dict__)
    scheme = small_scheme(
        "rounds: [{id: seen, kind: visit, options: {hours: 2, rule: requested > 50000}}]", plugins=["visits"]
    )
    (seen,) = plan_of(scheme, engine_with(("visits", module))).rounds
    assert (seen.terms.meeting_minutes, seen.terms.offered_to_all) == (120, False)
    assert seen.rule is not None
    assert seen.rule.text == "requested > 50000"


def test_the_delivery_in_the_page_on_hooks_works(capsys: pytest.CaptureFixture[str]) -> None:
    program = next(one for one in blocks(ROOT / "docs" / "hooks.md", "python") if "grantengine_deliver" in one)
    module = ModuleType("text_messages")
    exec(compile(program, "hooks.md", "exec"), module.__dict__)
    [(name, deliver), _] = engine_with(("text_messages", module)).registry.moments["grantengine_deliver"]
    sent = OutgoingMessage("1", "sms", "+4799999999", "nb", "", "Hei", datetime(2027, 1, 20, tzinfo=UTC))
    assert (name, deliver(message=sent, settings={})) == ("text_messages", True)
    assert deliver(message=replace(sent, channel="email"), settings={}) is None
    assert capsys.readouterr().out == "to +4799999999: Hei\n"


def test_the_table_of_statuses_is_the_lifecycle() -> None:
    page = (ROOT / "docs" / "life-of-a-case.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| `([\w-]+)` \| `([\w-]+)` \| (.+) \|$", page, flags=re.MULTILINE)
    told = {(verb, frozenset(re.findall(r"`([\w-]+)`", sources)), to, who) for sources, verb, to, who in rows}
    assert told == {
        (one.verb, frozenset(map(str, one.sources)), str(one.to), ", ".join(sorted(one.who)))
        for one in LIFECYCLE.transitions
    }


def test_the_line_of_a_cases_file_is_accepted() -> None:
    engine = engine_with()
    scheme = (ROOT / "schemes/imdi/integration-work/scheme.yaml").read_text(encoding="utf-8")
    asked = "  - {id: democratic, kind: judged, ask: {nb: Demokratisk?, nn: Demokratisk?, en: Democratic?}}\n"
    plan = plan_of(scheme.replace("  - id: report-delivered\n", asked + "  - id: report-delivered\n"), engine)
    (example,) = blocks(ROOT / "docs" / "cases.md", "json")
    problems: list[Problem] = []
    LineChecker(plan, "docs").check([(1, json.dumps(json.loads(example)).encode())], problems)
    assert problems == []


@pytest.mark.parametrize("page", [ROOT / "docs" / "rules.md"], ids=lambda page: page.name)
def test_expressions_in_the_page_on_rules_are_expressions(page: Path) -> None:
    cells = re.findall(
        r"^\| [^|]+ \| (.*) \|$", page.read_text(encoding="utf-8").split("## Names")[0], flags=re.MULTILINE
    )
    texts = [
        text
        for cell in cells
        for text in re.findall(r"`([^`]+)`", cell)
        if re.search(r"[(.\d]", text) and "\\|" not in text
    ]
    assert len(texts) > 5
    for text in texts:
        if not text.startswith(("between", "in ", "is ")):
            assert parse(text).node is not None
