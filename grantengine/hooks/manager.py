"""Loading plugins: pluggy over the entry points of the group ``grantengine``, with tracing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import metadata, resources
from types import ModuleType
from typing import Any

import pluggy

from grantengine.errors import PluginError
from grantengine.hooks import kinds, specs
from grantengine.hooks.registry import PluginInfo, Registry, register
from grantengine.texts.catalogue import Texts, core_texts, read_texts

GROUP = "grantengine"
hookimpl = pluggy.HookimplMarker("grantengine")

HOOKS: Mapping[str, type[kinds.Kind]] = {
    "grantengine_question_kinds": kinds.QuestionKind,
    "grantengine_condition_kinds": kinds.ConditionKind,
    "grantengine_criterion_kinds": kinds.CriterionKind,
    "grantengine_fact_sources": kinds.FactSource,
    "grantengine_round_kinds": kinds.RoundKind,
    "grantengine_allocation_methods": kinds.AllocationMethod,
    "grantengine_payment_plans": kinds.PaymentPlan,
    "grantengine_report_profiles": kinds.ReportProfile,
}
"""Hook name to the role its classes fill; these are called once, at start."""

MOMENTS = ("grantengine_transition_check", "grantengine_transitioned", "grantengine_deliver", "grantengine_scan")
"""Hooks that are called when something happens."""


def load_registry(
    extra: Sequence[tuple[str, object]] = (), *, trace: bool = False, disabled: Iterable[str] = ()
) -> Registry:
    """Load every installed plugin and those in ``extra`` (name, module or object).

    :raises PluginError: a plugin can not be imported, misspells a hook, raises, or contradicts another.
    """
    manager = pluggy.PluginManager("grantengine")
    manager.add_hookspecs(specs)
    if trace:
        manager.trace.root.setwriter(sys.stderr.write)
        manager.enable_tracing()
    for name in disabled:
        manager.set_blocked(name)
    infos = _load_entry_points(manager)
    for name, plugin in extra:
        _add(manager, name, plugin)
        infos[name] = PluginInfo(name, getattr(plugin, "__name__", name), "", bool(getattr(plugin, "always", False)))
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        name = manager.get_name(error.plugin) or str(error.plugin)
        raise PluginError(name, "plugin-unknown-hook", hook=_misspelt(error.plugin)) from error
    return replace(register(_offers(manager), infos, _all_texts(manager)), moments=_moments(manager))


def _load_entry_points(manager: pluggy.PluginManager) -> dict[str, PluginInfo]:
    infos: dict[str, PluginInfo] = {}
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name):
        if manager.is_blocked(point.name):
            continue
        package = point.dist.name if point.dist else point.value
        if point.name in infos:
            raise PluginError(point.name, "plugin-duplicate-name", other=infos[point.name].package, package=package)
        try:
            plugin = point.load()
        except Exception as error:
            raise PluginError(point.name, "plugin-does-not-load", error=f"{type(error).__name__}: {error}") from error
        _add(manager, point.name, plugin)
        version = point.dist.version if point.dist else ""
        infos[point.name] = PluginInfo(point.name, package, version, bool(getattr(plugin, "always", False)))
    return infos


def _add(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    try:
        manager.register(plugin, name)
    except ValueError as error:
        raise PluginError(name, "plugin-duplicate-name", other=name, package=str(plugin)) from error
    except pluggy.PluginValidationError as error:
        raise PluginError(name, "plugin-bad-hook", error=str(error).splitlines()[-1]) from error


def _misspelt(plugin: object) -> str:
    names = [name for name in dir(plugin) if hasattr(getattr(plugin, name, None), "grantengine_impl")]
    return ", ".join(name for name in names if name not in {*HOOKS, *MOMENTS}) or "?"


def _offers(manager: pluggy.PluginManager) -> list[tuple[str, type[kinds.Kind], object]]:
    """What each plugin returns from each hook, one plugin at a time so that its name stays with it."""
    plugins = manager.list_name_plugin()
    offers: list[tuple[str, type[kinds.Kind], object]] = []
    for hook, base in HOOKS.items():
        for name, plugin in plugins:
            if plugin is None or not hasattr(plugin, hook):
                continue
            others = [other for _, other in plugins if other is not None and other is not plugin]
            try:
                returned = manager.subset_hook_caller(hook, others)()
            except Exception as error:
                raise PluginError(name, "plugin-raised", hook=hook, error=f"{type(error).__name__}: {error}") from error
            offers.extend((name, base, value) for value in returned)
    return offers


def _moments(manager: pluggy.PluginManager) -> Mapping[str, tuple[tuple[str, Callable[..., Any]], ...]]:
    """For each hook that is called when something happens: the plugins that have it, first to be asked first."""
    return {hook: tuple(_callers(manager, hook)) for hook in MOMENTS}


def _callers(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    # One caller a plugin, so that what it raises is told with its name.
    plugins = manager.list_name_plugin()
    for impl in reversed(getattr(manager.hook, hook).get_hookimpls()):
        others = [other for _, other in plugins if other is not None and other is not impl.plugin]
        caller = manager.subset_hook_caller(hook, others)
        yield impl.plugin_name, _first_of(caller)


def _first_of(caller: Callable[..., list[Any]]) -> Callable[..., Any]:
    def call(**arguments: Any) -> Any:
        return next(iter(caller(**arguments)), None)

    return call


def _all_texts(manager: pluggy.PluginManager) -> Texts:
    texts = core_texts()
    for name, plugin in manager.list_name_plugin():
        if (
            isinstance(plugin, ModuleType)
            and plugin.__spec__ is not None
            and plugin.__spec__.submodule_search_locations
        ):
            texts = texts.with_plugin(name, read_texts(resources.files(plugin) / "texts"))
    return texts
