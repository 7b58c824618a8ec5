"""What a process writes down of its doings, a line each, so that it can be asked after the process is gone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Journal:
    """A file that lines are added to. Each is one write: what was written stays, whoever is killed then."""

    def __init__(self, file: str | Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, **line: Any) -> None:
        os.write(self._file, (json.dumps(line) + "\n").encode())


def read(file: str | Path) -> list[Line]:
    """The whole lines of a journal; none where there is none yet."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.split("\n")[:-1]]
