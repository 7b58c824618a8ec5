"""Collecting the problems of a scheme with their places in its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from grantengine.errors import Message, Problem, Where
from grantengine.hooks.kinds import Kind
from grantengine.scheme.read import languages_of, translate

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from grantengine.expressions.expression import ExpressionError
    from grantengine.hooks.registry import Registry

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a scheme down to a value."""

K = TypeVar("K", bound=Kind)
_NONE: Mapping[str, object] = MappingProxyType({})


def nearest_hint(name: str, names: Iterable[str]) -> Message | None:
    """«Did you mean …?», where one of ``names`` looks like ``name``."""
    found = get_close_matches(name, list(names), n=1)
    return Message("hint.nearest", {"nearest": found[0]}) if found else None


class Source(Protocol):
    """A scheme's data that knows where everything in it stands."""

    @property
    def data(self) -> dict[str, Any]:
        """The scheme as plain data."""

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        """The place of a value, or of its key."""

    def where_in_text(self, pointer: Sequence[str | int], offset: int) -> Where:
        """The place of a character of a text."""

    def written(self, pointer: Sequence[str | int]) -> str | None:
        """How a scalar was written."""


class Collector:
    """Problems so far, in the order they were found. ``context`` is what options need to know of the scheme."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.context = {"languages": languages_of(source.data)}

    def add(
        self,
        code: str,
        path: Path,
        params: Mapping[str, object] = _NONE,
        hint: Message | None = None,
        *,
        key: bool = False,
    ) -> None:
        """One problem at the value of ``path`` (at its key with ``key``)."""
        self.problems.append(Problem(code, self.source.where(path, key=key), params, hint))

    def faults(self, error: ExpressionError, path: Path, offset: int = 0) -> None:
        """The faults of an expression that is the text at ``path``, each at its own character."""
        for fault in error.faults:
            where = self.source.where_in_text(path, fault.at + offset)
            self.problems.append(Problem(fault.code, where, fault.params, fault.hint))

    def options(
        self, error: ValidationError, path: Path, model: type[BaseModel], extra_keys: Iterable[str] = ()
    ) -> None:
        """What pydantic found in the options at ``path``."""
        self.problems.extend(translate(error, self.source, path, model, extra_keys))

    def find_kind(
        self, registry: Registry, base: type[K], name: str, path: Path, available: frozenset[str]
    ) -> type[K] | None:
        """The class of a kind that the scheme names; unknown or from a plugin it does not list is a problem."""
        cls, owner = registry.find(base, name), registry.owner(base, name)
        if cls is None:
            near = registry.nearest(base, name)
            hint = Message("hint.nearest", {"nearest": near}) if near else None
            self.add("unknown-kind", path, {"kind": name, "role": Message(f"role.{base.role}")}, hint)
        elif owner not in available:
            hint = Message("hint.list-plugin", {"plugin": owner})
            self.add("plugin-not-listed", path, {"kind": name, "plugin": owner}, hint)
            return None
        return cls
