"""How rows are locked: who changes one keeps others from changing it, and nobody from referring to it."""

from __future__ import annotations

from typing import Any


def row_lock(wanted: bool) -> dict[str, Any] | None:
    """What ``Session.get`` takes as ``with_for_update``. New rows may refer to the locked one meanwhile: a deadline that is
    being changed does not hold up applications of the call (``for no key update`` on PostgreSQL).
    """
    return {"key_share": True} if wanted else None
