"""OpenFisca from outside: an environment of its own, and a process that is given commands and tells its own time."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from workload import Columns, Settings

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements-openfisca.txt"


def environment(folder: Path) -> Path:
    """The Python of the environment at ``folder``, which is made unless it is there; it has what the requirements say."""
    python = folder / "bin" / "python"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        if not python.exists():
            venv.create(folder, with_pip=True, symlinks=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


class OpenFiscaProcess:
    """The worker; ``with`` ends it."""

    def __init__(self, python: Path, numbers: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="grantengine-benchmark-")
        command = [python, HERE / "by_openfisca.py", self.folder.name, numbers]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> OpenFiscaProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.folder.cleanup()

    def load(self, cases: Columns, base: Settings) -> float:
        """Hand over the columns; seconds of setting the inputs."""
        for name, values in cases.items():
            np.save(Path(self.folder.name) / f"column-{name}.npy", values)
        return self.ask("load", [base])["seconds"]

    def ask(self, do: str, settings: list[Settings] | None = None, how: str = "") -> dict[str, Any]:
        """One command and its answer."""
        command = {"do": do, "how": how, "settings": [asdict(one) for one in settings or []]}
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the worker of OpenFisca ended with {self.process.wait()}")
        return json.loads(answer)

    def granted(self) -> NDArray[np.int64]:
        """Øre granted by the latest command, a row a scenario."""
        return np.load(Path(self.folder.name) / "result.npy")


class ByOpenFiscaProcess:
    """One way of using the worker; see ``by_openfisca.py`` for what ``how`` keeps."""

    def __init__(self, process: OpenFiscaProcess, name: str, how: str) -> None:
        self.process, self.name, self.how = process, name, how

    def run(self, do: str, settings: list[Settings]) -> tuple[float, NDArray[np.int64]]:
        """Seconds inside the worker, and øre granted, a row a scenario."""
        return self.process.ask(do, settings, self.how)["seconds"], self.process.granted()
