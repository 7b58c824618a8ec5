"""What there is: calls with their applications by status, and how many of everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.access import check_system

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

Stage = Literal["coming", "open", "closed"]


@dataclass(frozen=True, slots=True)
class CallStock:
    """A call, how many applications it has in each status, and how much is granted, in hundredths of its currency."""

    id: str
    title: Mapping[str, str]
    stage: Stage
    opens: datetime | None
    closes: datetime | None
    by_status: Mapping[str, int]
    granted: int


@dataclass(frozen=True, slots=True)
class Stock:
    """``counts`` has ``users``, ``organisations``, ``revisions``, ``attachments``, ``grants``, ``messages``, ``facts``,
    ``not_obtained``, ``assessments``, ``requests``, ``letters`` and ``appeals``; ``partners`` how many there are in each
    status.
    """

    calls: tuple[CallStock, ...]
    counts: Mapping[str, int]
    partners: Mapping[str, int]
    authorities: tuple[str | None, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has begun to use the database."""
        return not (self.calls or self.authorities or any(self.counts.values()))


def take_stock(engine: Engine, by: By) -> Stock:
    """Count what is stored, for whoever runs the system. ``authorities`` are the e-mail addresses of all authorities.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        by_status, granted = reading.figures.by_status(), reading.figures.granted()
        calls = tuple(
            CallStock(
                call.id, call.title, _stage(Opening(call.opens_at, call.closes_at), by.at), call.opens_at, call.closes_at,
                by_status.get(call.id, {}), granted.get(call.id, 0),
            )
            for call in reading.figures.calls()
        )  # fmt: skip
        addresses = tuple(one.email for one in reading.authorities.all())
        return Stock(calls, reading.figures.counts(), reading.figures.partners(), addresses)


def _stage(when: Opening, at: datetime) -> Stage:
    return "coming" if when.is_early(at) else "closed" if when.is_late(at) else "open"
