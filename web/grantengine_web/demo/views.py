"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.demo import demo, messages

__all__ = ["demo", "messages"]
