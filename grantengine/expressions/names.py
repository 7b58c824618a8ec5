"""Names of a scope: columns, definitions, fields of records, and the nearest name for a hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from grantengine.errors import Message
from grantengine.expressions.nodes import Field, Name, Node
from grantengine.expressions.types import Scope
from grantengine.expressions.typing_rules import UNKNOWN, Rules, type_of


def nearest(name: str, names: Iterable[str]) -> Message | None:
    """The hint that names what ``name`` was most likely meant to be."""
    found = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return Message("hint.nearest", {"nearest": found[0]}) if found else None


class Names:
    """Looks names up in one scope; what is not there becomes a fault."""

    def __init__(self, scope: Scope, rules: Rules) -> None:
        self.scope, self.rules = scope, rules

    def hidden_by(self, param: str) -> bool:
        """Whether a lambda parameter of this name would hide a name of the scope, or the first part of one."""
        names = (*self.scope.columns, *self.scope.definitions)
        return any(name == param or name.startswith(param + ".") for name in names)

    def resolve(self, node: Name) -> Node:
        """The typed column, the definition that stands for the name, or a field of either."""
        for length in range(len(node.path), 0, -1):
            dotted = ".".join(node.path[:length])
            found = self._known(dotted, node)
            if found is not None:
                return self._fields(found, node, length)
        self._unknown(node)
        return replace(node, type=UNKNOWN)

    def _known(self, dotted: str, node: Name) -> Node | None:
        if dotted in self.scope.definitions:
            return replace(self.scope.definitions[dotted], at=node.at)
        if dotted in self.scope.columns:
            path = tuple(dotted.split("."))
            return Name(path=path, at=node.at, type=self.scope.columns[dotted])
        return None

    def _fields(self, found: Node, node: Name, length: int) -> Node:
        for index in range(length, len(node.path)):
            found = self.field(found, node.path[index], _offset(node, index))
        return found

    def field(self, inner: Node, name: str, at: int) -> Node:
        """The field of a record, typed; a fault where there is none, or where ``inner`` is no record."""
        of = type_of(inner)
        result = of.field_type(name) if of.name == "record" else None
        if result is None and of != UNKNOWN:
            if of.name == "record":
                hint = nearest(name, [field for field, _ in of.fields])
                self.rules.fault("expression-unknown-field", at, hint, name=name)
            else:
                self.rules.fault("expression-no-fields", at, name=name, found=str(of))
        return Field(of=inner, name=name, at=at, type=result or UNKNOWN)

    def _unknown(self, node: Name) -> None:
        prefixes = [".".join(node.path[:length]) for length in range(1, len(node.path) + 1)]
        if any(prefix in self.scope.elsewhere for prefix in prefixes):
            self.rules.fault("expression-name-not-here", node.at, name=node.dotted)
            return
        names = [*self.scope.columns, *self.scope.definitions]
        known = [any(name.startswith(prefix + ".") for name in names) for prefix in prefixes]
        index = min(known.index(False) if False in known else 0, len(node.path) - 1)
        near = self.scope.nearest(node.dotted)
        hint = Message("hint.nearest", {"nearest": near}) if near else None
        self.rules.fault("expression-unknown-name", _offset(node, index), hint, name=node.dotted)


def _offset(node: Name, index: int) -> int:
    """Where the part of a name begins; points stand directly between the parts. A template's names are all at 0."""
    return node.at + sum(len(part) + 1 for part in node.path[:index])
