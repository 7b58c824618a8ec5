"""The audit trail is sealed: from here on nothing that was told so far can be rewritten unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.store.seals import last_seal, seal

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal: its place among the seals, how many chains it covers, its hash. ``fresh``: it was made now."""

    place: int
    at: datetime
    chains: int
    hash: str
    fresh: bool


def seal_audit(engine: Engine, by: By) -> Sealed | None:
    """Seal the chains that have grown since the last seal; where none has, that seal. None: there is nothing at all.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.work(by) as work:
        made = seal(work.session, by.at)
        shown = made or last_seal(work.session)
        return None if shown is None else Sealed(shown.place, shown.at, shown.chains, shown.hash, made is not None)
