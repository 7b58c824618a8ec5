"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.office import inbox, interests, office, stopped

__all__ = ["inbox", "interests", "office", "stopped"]
