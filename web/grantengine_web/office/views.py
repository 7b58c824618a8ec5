"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.office import inbox, office, stopped

__all__ = ["inbox", "office", "stopped"]
