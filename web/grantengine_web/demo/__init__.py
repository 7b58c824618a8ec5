"""What only a demo has: everybody's messages, as nobody is sent any."""

from __future__ import annotations

from flask import Blueprint

demo = Blueprint("demo", __name__)
