"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.catalogue import calls, catalogue, directory, fitting, front
from grantengine_web.catalogue.telling import tell

tell(catalogue)

__all__ = ["calls", "catalogue", "directory", "fitting", "front"]
