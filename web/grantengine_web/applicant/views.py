"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.applicant import applicant

__all__ = ["applicant"]
