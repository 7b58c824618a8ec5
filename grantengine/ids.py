"""Opaque ids that sort by the time they were made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
_RANDOM_BITS = 80


class Ids:
    """Makes ids of 26 letters and digits: 48 bits of milliseconds, 80 bits of chance.

    Ids of one process grow strictly, also within a millisecond and when the clock is set back.
    """

    def __init__(self, now: Callable[[], datetime], random_bits: Callable[[int], int]) -> None:
        self._now, self._random_bits = now, random_bits
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """A new id."""
        milliseconds = int(self._now().timestamp() * 1000)
        with self._lock:
            value = milliseconds << _RANDOM_BITS | self._random_bits(_RANDOM_BITS)
            if value <= self._last:
                # A step of chance, so that nobody can guess the id after one's own.
                value = self._last + 1 + self._random_bits(_RANDOM_BITS - 16)
            self._last = value
        return "".join(_LETTERS[value >> shift & 31] for shift in range((LENGTH - 1) * 5, -1, -5))
