"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.office import (
    deciding,
    hand_moves,
    inbox,
    interests,
    office,
    proposals,
    rank_words,
    ranking,
    resolving,
    stopped,
    telling,
)

__all__ = [
    "deciding",
    "hand_moves",
    "inbox",
    "interests",
    "office",
    "proposals",
    "rank_words",
    "ranking",
    "resolving",
    "stopped",
    "telling",
]
