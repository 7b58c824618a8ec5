"""From the plain data of a scheme to its model, every mistake on the way told in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from grantengine.errors import Problem, Where
from grantengine.hooks.values import is_language_code
from grantengine.scheme.checks import Finding, at, findings
from grantengine.scheme.load import unread_in
from grantengine.scheme.model import DEFAULT_LANGUAGES, Scheme
from grantengine.scheme.pointer import pointer_text
from grantengine.scheme.translation import Path, Told, told, without_renamed


class Places(Protocol):
    """What knows where things stand: a ``SchemeSource``, or nothing at all."""

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        """The place of a value or of its key."""

    def written(self, pointer: Sequence[str | int]) -> str | None:
        """How a scalar was written."""


class Source(Places, Protocol):
    """Data with its places, such as a scheme's source."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The scheme as plain data."""


class _Nowhere:
    """Places of data that is in no file: pointers only, with positions in lists."""

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        return Where(pointer=pointer_text(pointer))

    def written(self, pointer: Sequence[str | int]) -> str | None:
        return None


class Plain(_Nowhere):
    """Data that is in no file, as a source."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data


def read(source: Source) -> tuple[Scheme | None, list[Problem]]:
    """Validate a scheme; no model where there are problems that forbid one.

    :returns: the model or None, and every problem in the order of the file.
    """
    scheme, problems, _ = read_data(source.data, source)
    unread = unread_in(source).values()
    if not unread:
        return scheme, problems
    places = tuple(f"{problem.where.pointer}/" for problem in unread)
    others = [problem for problem in problems if not f"{problem.where.pointer}/".startswith(places)]
    return None, _sorted([*unread, *others])


def read_data(data: Mapping[str, Any], places: Places | None = None) -> tuple[Scheme | None, list[Problem], list[Path]]:
    """The same for plain data, such as a patched scheme.

    :param places: what knows the places of the data; without it problems have pointers only.
    :returns: the model or None, the problems, and the paths of the values that have them.
    """
    places = places or _Nowhere()
    languages = languages_of(data)
    scheme, all_told = None, list[Told]()
    try:
        scheme = Scheme.model_validate(data, context={"languages": languages})
    except ValidationError as error:
        all_told = told(error, data, Scheme, places.written)
    known = {one.path for one in all_told if one.code != "missing-key"}
    missing = {(one.path, one.params.get("key")) for one in all_told if one.code == "missing-key"}
    for finding in findings(data):
        if finding.path not in known and (finding.path, finding.params.get("key")) not in missing:
            all_told.append(_from_finding(finding, places))
    all_told = without_renamed(all_told)
    problems = [_problem(one, places, ()) for one in all_told]
    return None if problems else scheme, _sorted(problems), [one.path for one in all_told]


def translate(
    error: ValidationError, source: Source, path: Path, model: type[BaseModel], extra_keys: Iterable[str] = ()
) -> list[Problem]:
    """The problems in a pydantic error about a part of a scheme, such as a kind's options.

    :param path: where the part stands in the scheme.
    :param model: the model that was validated.
    :param extra_keys: keys that are allowed beside those of the model, for the hints.
    """

    def written(below: Sequence[str | int]) -> str | None:
        return source.written((*path, *below))

    return _sorted(
        [_problem(one, source, path) for one in told(error, at(source.data, path), model, written, tuple(extra_keys))]
    )


def languages_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that texts must have, as far as they can be told; one that is no language code is passed over."""
    given = data.get("languages", DEFAULT_LANGUAGES)
    return tuple(filter(is_language_code, given)) if isinstance(given, list | tuple) else ()


def _from_finding(finding: Finding, places: Places) -> Told:
    params = dict(finding.params)
    if finding.first is not None:
        params["first_line"] = places.where(finding.first).line
    return Told(finding.code, finding.path, params, finding.hint, finding.key)


def _problem(one: Told, places: Places, base: Path) -> Problem:
    return Problem(one.code, places.where((*base, *one.path), key=one.at_key), one.params, one.hint)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.where.line, one.where.column, one.code, str(dict(one.params))))
