"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.account import account, signing

__all__ = ["account", "signing"]
