"""The authority: who handles cases, rates them, leads, and administers."""

from __future__ import annotations

from flask import Blueprint

office = Blueprint("office", __name__, url_prefix="/office")
