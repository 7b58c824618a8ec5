"""The web: server-rendered pages for applicants, case handlers and scheme reviewers."""

from __future__ import annotations

from grantengine_web.app import create_app

__all__ = ["create_app"]
