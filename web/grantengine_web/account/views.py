"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.account import account, links, me, registering, second_step, signing, stale

__all__ = ["account", "links", "me", "registering", "second_step", "signing", "stale"]
