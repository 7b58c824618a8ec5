"""All rows of the store; importing this package makes its metadata complete."""

from __future__ import annotations

from grantengine.store.tables import (
    applications,
    assessment,
    decisions,
    dialogue,
    operations,
    people,
    queues,
    schemes,
    sign_in,
)

__all__ = [
    "applications",
    "assessment",
    "decisions",
    "dialogue",
    "operations",
    "people",
    "queues",
    "schemes",
    "sign_in",
]
