"""Every file of the folder of faulty schemes is told exactly its own mistakes, at their places and in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.check import check
from grantengine.errors import Message, Problem, SchemeError
from grantengine.scheme.load import load

FOLDER = Path(__file__).parent.parent / "bad_schemes"
EXPECTED: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load((FOLDER / "expected.yaml").read_text("utf-8"))
OF_THE_FILE = {"file-is-a-directory", "file-missing", "file-too-large", "file-unreadable"}
"""Problems of a file as a whole, which have no line."""
LANGUAGES = ("nb", "nn", "en")

ProblemsOf = Callable[[str], tuple[Problem, ...]]


@pytest.fixture(scope="module")
def wired() -> Engine:
    """The engine with the plugins that are installed and no setting of anybody's environment."""
    return bootstrap(environment={})


@pytest.fixture(scope="module")
def problems_of(wired: Engine) -> ProblemsOf:
    """What is told of a file. It has no name here, so that its name lends no words to the messages."""

    @cache
    def told(file: str) -> tuple[Problem, ...]:
        with pytest.raises(SchemeError) as caught:
            check(load(FOLDER / file, name=""), wired.registry)
        return caught.value.problems

    return told


def test_every_file_is_in_the_table() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"expected.yaml"}
    assert files == EXPECTED.keys()


def test_the_files_show_many_mistakes() -> None:
    codes = {row["code"] for rows in EXPECTED.values() for row in rows}
    situations = {tuple((row["code"], *row["words"]) for row in rows) for rows in EXPECTED.values()}
    assert len(EXPECTED) >= 75
    assert len(codes) >= 60
    assert len(situations) >= 100


@pytest.mark.parametrize("file", EXPECTED)
def test_problems_stand_where_the_mistakes_are(file: str, problems_of: ProblemsOf) -> None:
    found = [(problem.code, problem.where.line, problem.where.column) for problem in problems_of(file)]
    assert found == [(row["code"], row["line"], row["column"]) for row in EXPECTED[file]]


@pytest.mark.parametrize("file", EXPECTED)
def test_every_problem_has_a_line(file: str, problems_of: ProblemsOf) -> None:
    for problem in problems_of(file):
        assert (problem.where.line > 0 and problem.where.column > 0) == (problem.code not in OF_THE_FILE)


@pytest.mark.parametrize("file", EXPECTED)
def test_messages_have_the_words(file: str, wired: Engine, problems_of: ProblemsOf) -> None:
    told = [wired.registry.texts.problem(problem, "en") for problem in problems_of(file)]
    for row, message in zip(EXPECTED[file], told, strict=True):
        assert row["words"], "a row without words tests no message"
        assert [word for word in row["words"] if word not in message] == [], message


@pytest.mark.parametrize("file", EXPECTED)
def test_messages_are_in_the_catalogues(file: str, wired: Engine, problems_of: ProblemsOf) -> None:
    texts = wired.registry.texts
    for problem in problems_of(file):
        for key in (f"problem.{problem.code}", *([problem.hint.key] if problem.hint else [])):
            for language in LANGUAGES:
                assert texts.say(Message(key), language) != key, f"{language}: no words for {key}"
        for language in LANGUAGES:
            message = texts.problem(problem, language)
            assert unfilled(message, file) == [], message


def unfilled(message: str, file: str) -> list[str]:
    """Holes of a message that no parameter filled; braces of the file's own or of an example are none."""
    own = [*(FOLDER / file).read_text("utf-8", "replace").split()] if (FOLDER / file).is_file() else []
    words = (word.strip("«»().,:;") for word in message.split())
    return [word for word in words if word.startswith("{") and word.endswith("}") and word not in own]


def test_a_mistake_in_one_section_hides_none_in_another(problems_of: ProblemsOf) -> None:
    assert len(problems_of("two-pages-of-mistakes.yaml")) == 5


def test_a_file_that_is_not_there(wired: Engine, tmp_path: Path) -> None:
    with pytest.raises(SchemeError) as caught:
        wired.plan(tmp_path / "nothing.yaml")
    assert [(problem.code, problem.where.line) for problem in caught.value.problems] == [("file-missing", 0)]


def test_the_scheme_they_are_made_from_is_in_order(wired: Engine) -> None:
    text = (FOLDER / "members-misspelt-in-rule.yaml").read_text("utf-8")
    assert check(load(text.replace("membres", "members")), wired.registry).scheme.id == "small-grants"
