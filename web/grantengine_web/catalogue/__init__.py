"""One door in: calls of all authorities, for everyone, signed in or not."""

from __future__ import annotations

from flask import Blueprint

catalogue = Blueprint("catalogue", __name__)
