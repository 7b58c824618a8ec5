"""Pages served as whoever runs an installation serves them: `grantengine serve` in a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECRET = "en nøkkel som bare prøvene bruker, og som er lang nok"
WAIT = 60
"""Seconds that a server may take to answer on a machine that does much else."""


@dataclass
class Served:
    """A server that runs: where its pages are, and the files that it writes to."""

    address: str
    process: subprocess.Popen[bytes]
    out: Path
    errors: Path

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Tell it to stop; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(WAIT)


@contextmanager
def serve(folder: Path, database: str, *arguments: str, **environment: str) -> Iterator[Served]:
    """Serve the pages of this database, by two processes."""
    out, errors = folder / "served.out", folder / "served.err"
    command = [sys.executable, "-m", "grantengine.cli.main", "serve", "--port", "0", "--workers", "2", *arguments]
    given = {
        **os.environ, "GRANTENGINE_DATABASE_URL": database, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_SECRET_KEY": SECRET,
        "GRANTENGINE_PASSWORD_MEMORY": "64", "GRANTENGINE_REGISTER_URL": "off", **environment,
    }  # fmt: skip
    given.pop("GRANTENGINE_URL", None)
    with out.open("wb") as to, errors.open("wb") as wrong:
        process = subprocess.Popen(command, stdout=to, stderr=wrong, env=given, cwd=folder)
    try:
        yield Served(_address(process, errors), process, out, errors)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], errors: Path) -> str:
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://[\w.\[\]:]+", errors.read_text("utf-8"))
        if found:
            return found.group()
        select.select([], [], [], 0.05)
    raise RuntimeError(f"nothing is served:\n{errors.read_text('utf-8')}")
