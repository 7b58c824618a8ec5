"""What commands read: schemes by path, bundled schemes, cases."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import metadata, resources
from pathlib import Path

import grantengine
from grantengine.bootstrap import Engine
from grantengine.cli.show import progress
from grantengine.compile.plan import Plan
from grantengine.errors import Problem, SchemeError, Where
from grantengine.rules.case_table import CaseTable
from grantengine.rules.tables import expected_count, read_cases

GROUP = "grantengine.schemes"
OWN = "grantengine_schemes"


def scheme_files(path: Path) -> list[Path]:
    """The scheme files that ``path`` means: itself, or every ``scheme.yaml`` below a folder.

    :raises SchemeError: ``scheme-not-found`` or ``no-scheme-in-folder``.
    """
    if path.is_dir():
        found = sorted(path.rglob("scheme.yaml"))
        if not found:
            raise SchemeError([Problem("no-scheme-in-folder", Where(str(path)))])
        return found
    return [path]


def one_scheme(path: Path) -> Path:
    """The scheme file that ``path`` means: itself, or the ``scheme.yaml`` in a folder."""
    return path / "scheme.yaml" if path.is_dir() else path


def bundled_schemes() -> list[Path]:
    """The folders of schemes that installed packages bring (entry points of the group ``grantengine.schemes``)."""
    checkout = Path(grantengine.__file__).parent.parent
    folders = []
    for point in metadata.entry_points(group=GROUP):
        if point.value == OWN and (checkout / "pyproject.toml").is_file():
            # A checkout installed in place: the schemes as they are there, not the copy made when it was installed.
            folders.append(checkout / "schemes")
        else:
            folders.append(Path(str(resources.files(point.value))))
    return [folder for folder in folders if folder.is_dir()]


def cases(engine: Engine, plan: Plan, path: Path, extra: Iterable[str] = ()) -> CaseTable:
    """The cases in a file, with progress; ``extra`` names columns to keep beside those the plan reads."""
    length = expected_count(path) if sys.stderr.isatty() else 0
    with progress(path.name, length) as bar:
        return read_cases(path, plan, progress=bar, extra=extra)
