"""The browser of the tests is found, or installed where that may be done; else one line says what to install."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from browser.chromium import chromium

APT_GET = """#!/bin/sh
echo "$@" >> "{log}"
[ "$1" = update ] && exec touch "{lists}"
[ -e "{lists}" ] || exit 100
printf '#!/bin/sh\\n' > "{folder}/chromium"
exec chmod +x "{folder}/chromium"
"""
"""Installs a browser once it has been told to read the lists, as on a machine that has just been set up."""
INSTALL = "install -y --no-install-recommends chromium"


class Machine:
    """A machine with nothing on it but what is put there; it is the only one on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"

    def put(self, name: str, script: str = "#!/bin/sh\n") -> str:
        """A program; returns its path."""
        file = self.folder / name
        file.write_text(script, encoding="utf-8")
        file.chmod(0o755)
        return str(file)

    def put_apt_get(self, script: str = APT_GET) -> None:
        """The installer of Debian, as far as the tests use it."""
        self.put("apt-get", script.format(log=self.log, lists=self.folder / "lists", folder=self.folder))

    @property
    def told(self) -> list[str]:
        """What the installer was told to do."""
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """An empty machine where one is root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for needed in ("touch", "chmod"):
        (folder / needed).symlink_to(f"/bin/{needed}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return Machine(folder)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_taken(machine: Machine, name: str) -> None:
    path = machine.put(name)
    machine.put_apt_get()
    assert chromium() == path
    assert machine.told == []


def test_root_gets_one_installed_once(machine: Machine) -> None:
    machine.put_apt_get()
    assert chromium() == str(machine.folder / "chromium")
    assert chromium() == str(machine.folder / "chromium")
    assert machine.told == [INSTALL, "update", INSTALL]


def test_lists_that_are_there_are_not_read_anew(machine: Machine) -> None:
    machine.put_apt_get()
    (machine.folder / "lists").touch()
    assert chromium() == str(machine.folder / "chromium")
    assert machine.told == [INSTALL]


def test_who_may_not_install_is_told_what_to_install(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put_apt_get()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(RuntimeError, match=f"run as root: apt-get {INSTALL}$"):
        chromium()
    assert machine.told == []


def test_where_there_is_no_installer_it_is_told_what_to_install(machine: Machine) -> None:
    with pytest.raises(RuntimeError, match=f"run as root: apt-get {INSTALL}$"):
        chromium()


def test_an_installer_that_fails_is_not_believed(machine: Machine) -> None:
    machine.put_apt_get('#!/bin/sh\necho "$@" >> "{log}"\nexit 100\n')
    with pytest.raises(RuntimeError, match="no browser"):
        chromium()
    assert machine.told == [INSTALL, "update", INSTALL]
