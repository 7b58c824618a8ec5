"""Peak resident memory of a stretch of work, by the kernel's own high-water mark (Linux)."""

from __future__ import annotations

from pathlib import Path
from typing import Self

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class PeakMemory:
    """``before`` and ``peak`` of resident memory in MB over a ``with`` block."""

    def __enter__(self) -> Self:
        RESET.write_text("5")  # the high-water mark starts anew from here
        self.before = _megabytes("VmRSS")
        return self

    def __exit__(self, *error: object) -> None:
        self.peak = _megabytes("VmHWM")


def _megabytes(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024
