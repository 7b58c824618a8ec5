"""What parsing and checking give: an expression, a checked expression, or every fault in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from grantengine.errors import GrantEngineError, Message
from grantengine.expressions.nodes import Node
from grantengine.expressions.types import Type

_NONE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an expression: a stable code, ``at`` as character offset in its text, data for the words."""

    code: str
    at: int
    params: Mapping[str, object] = field(default_factory=lambda: _NONE)
    hint: Message | None = None


class ExpressionError(GrantEngineError):
    """An expression can not be read or does not fit its scope; ``faults`` is never empty, in the order of the text."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.code} at {fault.at}" for fault in self.faults))


def refusal(code: str, at: int, hint: Message | None = None, **params: object) -> ExpressionError:
    """The error for a single fault."""
    return ExpressionError([Fault(code, at, params, hint)])


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that has been parsed; its names and types are not checked yet."""

    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression whose every node has a type; ``columns`` are the dotted names of all columns it reads."""

    text: str
    node: Node
    type: Type
    columns: frozenset[str]
