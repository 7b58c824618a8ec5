"""The composition root: environment in, wired engine out. The only place where parts meet and the clock is read."""

from __future__ import annotations

import datetime
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.hooks.manager import load_registry
from grantengine.hooks.registry import Registry
from grantengine.ids import Ids
from grantengine.scheme.load import load
from grantengine.settings import Settings, read_settings

if TYPE_CHECKING:
    from grantengine.hooks.context import HttpReader
    from grantengine.rules.duckdb_engine import DuckdbEngine
    from grantengine.store.unit_of_work import Store


@dataclass(frozen=True)
class Engine:
    """The parts, wired: what the plugins add, the rule engine, the store, the clock, and where ids and secrets come from."""

    settings: Settings
    registry: Registry
    today: Callable[[], datetime.date]
    now: Callable[[], datetime.datetime]
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    reader: HttpReader | None = None

    @cached_property
    def store(self) -> Store:
        """The store, opened when it is first needed.

        :raises StoreError: the address is not one of a database.
        """
        from grantengine.store.database import Database
        from grantengine.store.unit_of_work import Store

        return Store(Database(self.settings.database_url), self.new_id, self.new_secret)

    @cached_property
    def http(self) -> HttpReader:
        """What asks other systems for facts."""
        from grantengine.http_client import HttpClient

        return self.reader or HttpClient()

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Compiled plans of published versions and calls, by digest; they never change, so they are kept."""
        return {}

    @cached_property
    def cards(self) -> dict[str, Any]:
        """What lists of calls show, by digest: as unchanging as the plans, and much smaller."""
        return {}

    @cached_property
    def calls(self) -> dict[str, Any]:
        """What the pages of calls say, by the call's id, with the stamp of what was announced then."""
        return {}

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
    now: Callable[[], datetime.datetime] | None = None,
    http: HttpReader | None = None,
) -> Engine:
    """Wire an engine from the environment (default: that of the process); ``now`` and ``today`` replace the clock, ``http``
    what asks other systems.

    :raises PluginError: a plugin can not be loaded.
    :raises SettingError: a variable can not be understood.
    """
    settings = read_settings(os.environ if environment is None else environment)
    registry = load_registry(extra_plugins, trace=settings.trace, disabled=settings.disabled_plugins)
    clock = now or _now
    day = today or (lambda: clock().astimezone(ZoneInfo("Europe/Oslo")).date())
    return Engine(settings, registry, day, clock, Ids(clock, secrets.randbits), lambda: secrets.token_urlsafe(24), http)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
