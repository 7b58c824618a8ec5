"""How a case became what it is, as the authority may see it: the states that were handed in, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.form.build import Field
from grantengine.form.diff import FieldChange, answers_diff
from grantengine.lifecycle import DECIDERS
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.attach_file import Attached, attachments_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.reads import keep_read, reader_of
from grantengine.services.revisions import HANDED_IN, Kept
from grantengine.services.see_desk import CaseDesk, case_desk_of
from grantengine.services.see_history import kept_states, state_at

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """``kept`` are the states that were handed in, newest first; ``changes`` is what differs between the places ``first`` and
    ``second``, None where nothing is compared.
    """

    desk: CaseDesk
    kept: tuple[Kept, ...]
    first: int | None
    second: int | None
    changes: tuple[FieldChange, ...] | None
    questions: Mapping[str, Field]
    files: tuple[Attached, ...]
    currency: str


def see_case_history(
    engine: Engine, by: By, application_id: str, first: int | None = None, second: int | None = None
) -> CaseHistory:
    """What was handed in of a case, for those of the authority who decide; with both places, compared.

    Steps on the way are the applicant's own. That it is read is kept first.

    :raises NotFoundError: ``application-not-found`` or ``revision-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, DECIDERS)
        plan, changes = plan_of_call(engine, reading, reading.schemes.call_of(one)), None
        if first is not None and second is not None:
            before, after = (state_at(reading, one, place, HANDED_IN) for place in (first, second))
            changes = answers_diff(plan.form, before, after)
        seen = CaseHistory(
            case_desk_of(engine, reading, by, one), kept_states(reading, one, HANDED_IN), first, second, changes,
            plan.form.by_id, tuple(attachments_for(reading, one, outside=True)), plan.currency,
        )  # fmt: skip
        reader = reader_of(reading, by, one)
    keep_read(engine, by, reader, "revision", f"{first}-{second}" if changes is not None else None)
    return seen
