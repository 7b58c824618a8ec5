"""The browser of the tests: that of the machine, or Debian's, which is installed where that may be done."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]


def chromium() -> str:
    """The program, installed if need be.

    :raises RuntimeError: there is none, and it can not be installed from here.
    """
    found = _found()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # Tests run in several processes; one of them installs.
        with Path(tempfile.gettempdir(), "grantengine-chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = _found() or _install()
    if found is None:
        raise RuntimeError(f"no browser for tests/browser: run as root: {' '.join(INSTALL)}")
    return found


def _found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> str | None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (INSTALL, ["apt-get", "update"], INSTALL):
        subprocess.run(command, check=False, env=environment, **quiet)
        if _found():
            break
    return _found()
