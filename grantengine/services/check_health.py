"""Whether the database answers and has the shape that this version needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def check_health(engine: Engine, by: By) -> None:
    """Ask the database for something small.

    :raises StoreError: it can not be reached, or is not set up for this version.
    """
    with engine.store.read() as reading:
        reading.authorities.get("")
