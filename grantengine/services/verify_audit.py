"""The audit trail is examined: every event, every row it tells of, every seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.store.findings import AuditFinding
from grantengine.store.verify import Counted, verify

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was examined, and what was found; ``found`` counts, ``findings`` has the first ten thousand."""

    events: int
    chains: int
    seals: int
    found: int
    findings: tuple[AuditFinding, ...]


def verify_audit(engine: Engine, by: By, seals: Sequence[str] = ()) -> Verified:
    """Examine everything as it is at one moment, while others go on writing.

    :param seals: hashes of seals that were noted elsewhere, and must be there.
    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    counted, found = Counted(), 0
    findings: list[AuditFinding] = []
    with engine.store.read() as reading:
        for finding in verify(reading.session, counted, seals):
            found += 1
            if len(findings) < MOST_FINDINGS:
                findings.append(finding)
    return Verified(counted.events, counted.chains, counted.seals, found, tuple(findings))
