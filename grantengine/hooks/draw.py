"""What a kind draws synthetic values from: a seeded generator and latent traits that make answers hang together."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNDATED = datetime.date(2027, 1, 1)
"""In place of the day of a call that names none, so that the same call always gives the same cases."""


@dataclass(frozen=True, slots=True)
class Draw:
    """``n`` synthetic cases: ``size`` and ``quality`` are standard normal traits, one number a case.

    Answers that grow with an organisation (members, sums, partners) lean on ``size``; marks lean on ``quality``. Dates lie
    about ``day``: when the call is decided, else when it closes or opens.
    """

    rng: np.random.Generator
    n: int
    size: NDArray[np.float64]
    quality: NDArray[np.float64]
    day: datetime.date = UNDATED

    def leaning(self, trait: NDArray[np.float64], correlation: float) -> NDArray[np.float64]:
        """Standard normal numbers that correlate with ``trait``."""
        noise = self.rng.standard_normal(self.n)
        mixed: NDArray[np.float64] = correlation * trait + np.sqrt(1 - correlation**2) * noise
        return mixed

    def log_normal(self, median: float, spread: float, correlation: float = 0.6) -> NDArray[np.float64]:
        """Positive sizes with this median; ``spread`` is the standard deviation of the logarithm."""
        sizes: NDArray[np.float64] = median * np.exp(spread * self.leaning(self.size, correlation))
        return sizes

    def chance(self, share: float) -> NDArray[np.bool_]:
        """True for about ``share`` of the cases."""
        return self.rng.random(self.n) < share
