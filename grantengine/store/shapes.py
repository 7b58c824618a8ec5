"""The shapes that a database can have, oldest first: the revisions of the migrations, as far as this version knows them."""

from __future__ import annotations

SHAPES = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Kept beside the migrations (a test holds them together), so that telling a shape needs no alembic."""
