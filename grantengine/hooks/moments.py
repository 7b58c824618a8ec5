"""Times as people write them in a scheme: local to Europe/Oslo, refused where the clock makes them unclear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@lru_cache(maxsize=1)
def _oslo() -> ZoneInfo:
    return ZoneInfo("Europe/Oslo")


class MomentError(ValueError):
    """A text is not a moment: ``code`` is ``moment-format``, ``moment-does-not-exist`` or ``moment-twice``."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True, order=True)
class LocalMoment:
    """A local time in Europe/Oslo, to the minute or to the second as it was written."""

    local: datetime
    to_the_second: bool = False

    @property
    def opens_at(self) -> datetime:
        """The instant (UTC) at which something that opens at this moment is open."""
        return self.local.replace(tzinfo=_oslo()).astimezone(UTC)

    @property
    def closes_at(self) -> datetime:
        """The first instant (UTC) that is too late: the whole minute, or second, that was named is in time."""
        return self.opens_at + (timedelta(seconds=1) if self.to_the_second else timedelta(minutes=1))

    @property
    def date(self) -> date:
        """The local date."""
        return self.local.date()

    def __str__(self) -> str:
        return self.local.isoformat(timespec="seconds" if self.to_the_second else "minutes")


def parse_moment(text: str) -> LocalMoment:
    """Read ``2027-03-01T23:59`` (seconds optional).

    :raises MomentError: not in this form, or a local time that does not exist or exists twice.
    """
    if not _MOMENT.fullmatch(text):
        raise MomentError("moment-format", text)
    try:
        local = datetime.fromisoformat(text)
        first = local.replace(tzinfo=_oslo())
        if first.astimezone(UTC).astimezone(_oslo()).replace(tzinfo=None) != local:
            raise MomentError("moment-does-not-exist", text)
    except OverflowError as error:
        raise MomentError("moment-format", text) from error
    except MomentError:
        raise
    except ValueError as error:
        raise MomentError("moment-format", text) from error
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise MomentError("moment-twice", text)
    return LocalMoment(local, to_the_second=len(text) > len("2027-03-01T23:59"))


def parse_date(text: str) -> date | None:
    """Read ``2027-05-15``; None if it is no such date."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
