"""Kind name to class: what the loaded plugins add, duplicates refused with both owners named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeVar

from grantengine.errors import PluginError
from grantengine.hooks.guard import guarded
from grantengine.hooks.kinds import Kind
from grantengine.hooks.options import KindOptions
from grantengine.texts.catalogue import Texts

K = TypeVar("K", bound=Kind)


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A loaded plugin: its name, where it came from, and whether every scheme has it without listing it."""

    name: str
    package: str
    version: str
    always: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """A kind's class and the plugin that owns it."""

    plugin: str
    cls: type[Kind]


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything the plugins add. ``kinds`` is keyed by (role, kind name).

    ``moments`` has, for each hook that is called when something happens, the plugins and what to call, in order.
    """

    plugins: Mapping[str, PluginInfo]
    kinds: Mapping[tuple[str, str], Registered]
    texts: Texts = field(default_factory=Texts)
    moments: Mapping[str, tuple[tuple[str, Callable[..., Any]], ...]] = field(default_factory=dict)

    def find(self, base: type[K], name: str) -> type[K] | None:
        """The class of kind ``name`` in the role of ``base``."""
        found = self.kinds.get((base.role, name))
        return found.cls if found and issubclass(found.cls, base) else None

    def owner(self, base: type[Kind], name: str) -> str | None:
        """The plugin that owns a kind."""
        found = self.kinds.get((base.role, name))
        return found.plugin if found else None

    def of_role(self, base: type[K], plugins: Iterable[str] | None = None) -> dict[str, type[K]]:
        """All kinds of one role by name, of these plugins and of those always there (None: of all)."""
        chosen = None if plugins is None else self.available(plugins)
        return {
            name: entry.cls
            for (role, name), entry in sorted(self.kinds.items())
            if role == base.role and issubclass(entry.cls, base) and (chosen is None or entry.plugin in chosen)
        }

    def available(self, listed: Iterable[str]) -> frozenset[str]:
        """The plugins a scheme that lists ``listed`` may use."""
        return frozenset(listed) | {info.name for info in self.plugins.values() if info.always}

    def nearest(self, base: type[Kind], name: str) -> str | None:
        """The kind name of this role that looks most like ``name``."""
        found = get_close_matches(name, list(self.of_role(base)), n=1)
        return found[0] if found else None


def register(
    offered: Iterable[tuple[str, type[Kind], object]], plugins: Mapping[str, PluginInfo], texts: Texts
) -> Registry:
    """Build a registry from (plugin, role base, what its hook returned).

    :raises PluginError: ``plugin-bad-return``, ``plugin-bad-kind`` or ``plugin-duplicate-kind``.
    """
    found: dict[tuple[str, str], Registered] = {}
    for plugin, base, returned in offered:
        if not isinstance(returned, list | tuple):
            raise PluginError(plugin, "plugin-bad-return", role=base.role, got=type(returned).__name__)
        for cls in returned:
            _check_kind(plugin, base, cls)
            key = (base.role, cls.kind)
            if key in found:
                raise PluginError(
                    plugin, "plugin-duplicate-kind", role=base.role, kind=cls.kind, other=found[key].plugin
                )
            found[key] = Registered(plugin, guarded(plugin, cls))
    return Registry(MappingProxyType(dict(plugins)), MappingProxyType(found), texts)


def _check_kind(plugin: str, base: type[Kind], cls: object) -> None:
    name = getattr(cls, "__name__", repr(cls))
    if not (isinstance(cls, type) and issubclass(cls, base)):
        raise PluginError(plugin, "plugin-bad-kind", role=base.role, kind=name, wanted=base.__name__)
    kind = getattr(cls, "kind", None)
    if not isinstance(kind, str) or not kind.replace("_", "a").isalnum():
        raise PluginError(plugin, "plugin-bad-kind", role=base.role, kind=name, wanted="kind")
    if not (isinstance(cls.Options, type) and issubclass(cls.Options, KindOptions)):
        raise PluginError(plugin, "plugin-bad-kind", role=base.role, kind=name, wanted="Options")
