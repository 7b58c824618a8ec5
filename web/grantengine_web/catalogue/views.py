"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.catalogue import catalogue, front

__all__ = ["catalogue", "front"]
