"""Examples of what there is to look at in a database: people by role, and applications at different stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import check_system

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class Example:
    """An application, and the address of a contact who may see it."""

    id: str
    call_id: str
    email: str


@dataclass(frozen=True, slots=True)
class Examples:
    """``staff`` maps each role in an authority to the address of someone who has it; the applications are None where there is
    none: one that is being written, while the call is open; one that changes are asked for; one that is refused.
    """

    staff: Mapping[str, str]
    draft: Example | None
    to_change: Example | None
    refused: Example | None


def find_examples(engine: Engine, by: By) -> Examples:
    """Where one can look, for whoever shows the system.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        found = {
            status: reading.examples.application(status, by.at)
            for status in (Status.DRAFT, Status.CHANGES_ASKED, Status.REFUSED)
        }
        draft, to_change, refused = (Example(*one) if one else None for one in found.values())
        return Examples(reading.examples.staff(by.at), draft, to_change, refused)
