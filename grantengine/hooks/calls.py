"""Calling what a plugin brings: whatever it raises becomes an error that names the plugin and the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from grantengine.errors import GrantEngineError, PluginError

T = TypeVar("T")


def call_plugin(plugin: str, method: str, call: Callable[[], T]) -> T:
    """The result of ``call``, which runs ``method`` (``allocation.ranked.amount``) of ``plugin``.

    :raises PluginError: it raised; errors that this project raises on purpose pass as they are.
    """
    try:
        return call()
    except GrantEngineError:
        raise
    except Exception as error:
        raise PluginError(plugin, "plugin-raised", hook=method, error=f"{type(error).__name__}: {error}") from error
