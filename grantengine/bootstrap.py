"""The composition root: environment in, wired engine out. The only place where parts meet and the clock is read."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.hooks.manager import load_registry
from grantengine.hooks.registry import Registry
from grantengine.scheme.load import load
from grantengine.settings import Settings, read_settings

if TYPE_CHECKING:
    from grantengine.rules.duckdb_engine import DuckdbEngine


@dataclass(frozen=True)
class Engine:
    """The parts, wired: what the plugins add, the rule engine, and today's date."""

    settings: Settings
    registry: Registry
    today: Callable[[], datetime.date]

    @cached_property
    def rules(self) -> DuckdbEngine:
        """The rule engine, started when it is first needed."""
        from grantengine.rules.duckdb_engine import DuckdbEngine

        return DuckdbEngine(memory=self.settings.memory)

    def plan(self, path: Path) -> Plan:
        """Load and compile the scheme at ``path``.

        :raises SchemeError: with every problem of the scheme.
        """
        return check(load(path), self.registry)


def bootstrap(
    environment: Mapping[str, str] | None = None,
    *,
    extra_plugins: Sequence[tuple[str, object]] = (),
    today: Callable[[], datetime.date] | None = None,
) -> Engine:
    """Wire an engine from the environment (default: that of the process).

    :raises PluginError: a plugin can not be loaded.
    """
    settings = read_settings(os.environ if environment is None else environment)
    registry = load_registry(extra_plugins, trace=settings.trace, disabled=settings.disabled_plugins)
    return Engine(settings, registry, today or _today)


def _today() -> datetime.date:
    return datetime.datetime.now(ZoneInfo("Europe/Oslo")).date()
