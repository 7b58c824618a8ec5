"""Commands as a terminal runs them, each in a process of its own, forked from one that has loaded everything already.

In the tests: ``run("check", path, cwd=…, GRANTENGINE_LANGUAGE="en")``. Python itself takes a second to load the libraries;
what a command does, writes and ends with is the same. As a program it is the process that forks; it has no thread and no
connection of its own. What is about starting (which libraries are loaded, the installed command) starts Python afresh.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from pathlib import Path

LOADED = (
    "alembic.command", "duckdb", "grantengine.bootstrap", "grantengine.demo.fill", "grantengine.evaluate", "grantengine.rules.tables",
    "grantengine.services.deliver_outbox", "grantengine.services.run_jobs", "grantengine.simulation.compare",
    "grantengine.store.migrate", "grantengine.store.unit_of_work", "pyarrow.parquet",
)  # fmt: skip


def run(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """``grantengine`` with these arguments, in this folder, with these variables besides those of the tests."""
    command = ["grantengine", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder, "out"), Path(folder, "errors")
        asked = {
            "arguments": command, "cwd": str(cwd or Path.cwd()), "environment": {**os.environ, **environment},
            "out": str(out), "errors": str(errors),
        }  # fmt: skip
        home = _home()
        assert home.stdin is not None
        assert home.stdout is not None
        print(json.dumps(asked), file=home.stdin, flush=True)
        status = int(home.stdout.readline())
        return subprocess.CompletedProcess(command, status, out.read_text("utf-8"), errors.read_text("utf-8"))


@cache
def _home() -> subprocess.Popen[str]:
    home = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(home.communicate)
    return home


def _serve() -> None:
    """The program: reads what is asked for on standard input, a line each, until that ends."""
    from importlib import import_module

    for module in LOADED:
        import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _command(**asked)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _command(arguments: list[str], cwd: str, environment: dict[str, str], out: str, errors: str) -> None:
    status: object = 1
    try:
        for place, name in enumerate((os.devnull, out, errors)):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), place)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = arguments
        from grantengine.cli.main import main

        main()
    except SystemExit as ended:
        status = 0 if ended.code is None else ended.code
    except BaseException:
        traceback.print_exc()
    finally:
        if not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
