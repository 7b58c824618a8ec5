"""What an examination of the audit trail finds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grantengine.errors import Problem, Where
from grantengine.store.chains import ChainFault


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that is not as it was written. ``chain`` is the kind and id of an aggregate (``("seals", "")`` for the
    seals), ``place`` where in it (0: no place of its own), ``params`` what the words ``problem.<code>`` name besides.
    """

    code: str
    chain: tuple[str, str]
    place: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """The same as a :class:`Problem`, for those who print problems."""
        return Problem(self.code, Where(), {"chain": " ".join(self.chain).strip(), "place": self.place, **self.params})


SEALS = ("seals", "")

# By the kind of a fault: what it is called in a chain of events, and in that of the seals.
EVENT_CODES = {
    "changed": "audit-event-changed",
    "removed": "audit-event-removed",
    "inserted": "audit-event-inserted",
    "moved": "audit-event-moved",
    "unlinked": "audit-event-unlinked",
    "head": "audit-head-wrong",
}
SEAL_CODES = {
    "changed": "audit-seal-changed",
    "removed": "audit-seal-removed",
    "inserted": "audit-seal-inserted",
    "moved": "audit-seal-moved",
    "unlinked": "audit-seal-unlinked",
}


def finding_of(fault: ChainFault, chain: tuple[str, str]) -> AuditFinding:
    """A fault of a chain as a finding."""
    codes = SEAL_CODES if chain == SEALS else EVENT_CODES
    params: dict[str, Any] = {}
    if fault.kind == "removed":
        params["count"] = fault.count
    if fault.kind == "moved":
        params["original"] = fault.original
    return AuditFinding(codes[fault.kind], chain, fault.place, params)
