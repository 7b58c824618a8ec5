"""Which problems only follow from another one, so that one mistake is told once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from grantengine.errors import Message, Problem

_NAMED_BY = {
    "expression-unknown-name": "name",
    "expression-not-a-choice": "text",
    "unknown-question": "id",
    "unknown-round": "id",
}
"""Codes of problems that may follow from a part that was left out, and the parameter that names the part."""
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Lost:
    """What a scheme says but faultily, so that it was left out of what is compiled.

    ``names`` are ids of such parts; ``unnamed`` says that some have no id that can be read; ``replaced`` are sections of
    the scheme that something else stands in for; ``plugins`` were meant by names that are misspelt.
    """

    names: frozenset[str] = field(default_factory=frozenset)
    unnamed: bool = False
    replaced: frozenset[str] = field(default_factory=frozenset)
    plugins: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, ids: Iterable[str], unnamed: bool = False, replaced: Iterable[str] = ()) -> Lost:
        """Those ids; one that no expression could read counts as no id at all."""
        readable = {id for id in ids if _COLUMN.fullmatch(id)}
        unnamed = unnamed or len(readable) < len(set(ids))
        return cls(frozenset(id.replace("-", "_") for id in readable), unnamed, frozenset(replaced))

    def and_also(self, names: Iterable[str], plugins: Iterable[str]) -> Lost:
        """The same with more names and plugins."""
        more = {name.replace("-", "_") for name in names}
        return replace(self, names=self.names | more, plugins=self.plugins | set(plugins))

    def explains(self, problem: Problem) -> bool:
        """Whether the problem may be there only because of what was left out."""
        if problem.where.pointer.removeprefix("/").split("/")[0] in self.replaced:
            return True
        if problem.code == "currency-differs":
            return "call" in self.replaced
        if problem.code == "plugin-not-listed":
            return self.unnamed or problem.params.get("plugin") in self.plugins
        if problem.code == "allocation-needs-requested":
            return self._may_hold("requested")
        code, params = problem.code, problem.params
        fault = params.get("fault")
        if code == "kind-needs" and isinstance(fault, Message):
            code, params = fault.key.removeprefix("problem."), fault.params
        return code in _NAMED_BY and self._may_hold(str(params.get(_NAMED_BY[code])))

    def _may_hold(self, name: str) -> bool:
        return self.unnamed or not self.names.isdisjoint(name.replace("-", "_").split("."))
