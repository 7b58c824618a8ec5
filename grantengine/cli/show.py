"""What commands share: errors and tables in words, progress, JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from grantengine.bootstrap import bootstrap
from grantengine.errors import (
    CodedError,
    GrantEngineError,
    InputError,
    Message,
    MoneyError,
    PluginError,
    Problem,
    SettingError,
    Where,
)
from grantengine.settings import language_of
from grantengine.texts.catalogue import Texts, core_texts, in_language


def language() -> str:
    """The language of the words on the terminal."""
    return language_of(os.environ)


def all_texts() -> Texts:
    """The words of the core and of every plugin; of the core alone where a plugin or a setting is what is wrong."""
    try:
        return bootstrap().registry.texts
    except (PluginError, SettingError):
        return core_texts()


def report_error(error: Exception) -> None:
    """Print an error on standard error, a line for each problem."""
    if isinstance(error, InputError):
        print_problems(error.problems)
    elif isinstance(error, PluginError | CodedError):
        print_problems([error.problem])
    elif isinstance(error, MoneyError):
        print_problems([Problem(error.code, Where(), error.params)])
    elif isinstance(error, OSError):
        # Files of ours are wrapped where they are opened, so this is mostly a full disk behind standard output.
        print_problems([Problem("system-refused", Where(error.filename), {"reason": error.strerror or str(error)})])
    else:
        known = isinstance(error, GrantEngineError)
        params = {"error": f"{type(error).__name__}: {error}"}
        print_problems([Problem("error" if known else "unexpected", Where(), params)])


def print_problems(problems: Iterable[Problem], texts: Texts | None = None) -> None:
    """Problems on standard error, a line each."""
    words = texts or all_texts()
    for problem in problems:
        click.echo(words.problem(problem, language()), err=True)


def problem_as_json(problem: Problem, texts: Texts) -> dict[str, Any]:
    """A problem for scripts: stable code and place, and the words."""
    where = problem.where
    return {
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "pointer": where.pointer,
        "code": problem.code,
        "message": texts.words_of(problem, language()),
        "hint": texts.say(problem.hint, language()) if problem.hint else None,
    }


def print_json(value: Any) -> None:
    """JSON on standard output, readable and with its own letters."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def words(value: Mapping[str, str] | Message, texts: Texts) -> str:
    """A text of the scheme, or of a catalogue, in the language of the terminal."""
    return texts.say(value, language()) if isinstance(value, Message) else in_language(value, language())


def print_table(heading: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[int] = ()) -> None:
    """A plain table; columns in ``right`` are set to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in [list(heading), *body]) for index in range(len(heading))]
    to_right = set(right)
    for row in [list(heading), *body]:
        cells = [
            cell.rjust(width) if index in to_right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  " + "  ".join(cells).rstrip())


@contextmanager
def progress(label: str, length: int = 0) -> Iterator[Any]:
    """A progress bar on standard error where that is a terminal; calling it with a count moves it on."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar.update
