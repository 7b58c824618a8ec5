"""When a call takes applications, as instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grantengine.scheme.parts_process import Call


@dataclass(frozen=True, slots=True)
class Opening:
    """``opens`` (None: at once) is the first instant that is in time, ``closes`` (None: never) the first too late."""

    opens: datetime | None
    closes: datetime | None

    def is_early(self, at: datetime) -> bool:
        """Whether the call has not opened yet."""
        return self.opens is not None and at < self.opens

    def is_late(self, at: datetime) -> bool:
        """Whether the last deadline has passed."""
        return self.closes is not None and at >= self.closes

    def extended(self, closes: datetime | None) -> Opening:
        """The opening for one who has been given a later deadline."""
        later = self.closes is not None and closes is not None and closes > self.closes
        return Opening(self.opens, closes if later else self.closes)


def opening(call: Call) -> Opening:
    """When a call opens and closes; of several deadlines the last one closes it."""
    closes: datetime | None
    if call.intake == "deadlines":
        closes = max(one.closes.closes_at for one in call.deadlines)
    else:
        closes = call.closes.closes_at if call.closes else None
    return Opening(call.opens.opens_at if call.opens else None, closes)
