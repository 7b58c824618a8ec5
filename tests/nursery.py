"""Processes for tests that kill them: one that has loaded everything forks a child in milliseconds when it is asked.

In the tests: ``Nursery.start("faults.applicant:live", url, …)``. As a program it is the process that forks; it has no
thread and no connection of its own, so that a child is what a process started afresh would be.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from grantengine.ids import Ids

HERE = Path(__file__).parent
ENVIRONMENT = {
    "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64", "GRANTENGINE_MAIL_FROM": "post@tilskudd.example",
    "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down",
}  # fmt: skip


@dataclass
class Child:
    """A process that was forked. ``status`` is how it ended: 0, 1 after an exception, or the signal, negative."""

    nursery: Nursery
    pid: int
    status: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.status is None:
            self.status = self.nursery.ask(poll=self.pid)["status"]
        return self.status

    def wait(self, seconds: float = 60) -> int:
        """How it ended, once it has.

        :raises TimeoutError: it is not done; it is killed.
        """
        until = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > until:
                self.kill()
                raise TimeoutError(f"not done after {seconds} s\n{self.nursery.said()}")
            time.sleep(0.004)
        assert self.status is not None
        return self.status

    def kill(self) -> None:
        """End it at once, whatever it does; it is ours until it is polled, so the id is nobody else's."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


class Nursery:
    """The process that forks children, as tests see it."""

    def __init__(self, folder: Path) -> None:
        self._errors = folder / "children.log"
        self._seen = 0
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def ask(self, **what: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(self.said())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def rehearse(self, what: str, url: str, at: datetime, *, mail: str = "", **args: Any) -> None:
        """Do what children will do, in the process that they are forked from: plans and statements are compiled then."""
        answer = self.ask(rehearse=what, url=url, at=at.isoformat(), mail=mail, args=args)
        if answer["failed"]:
            raise RuntimeError(answer["failed"])

    def start(self, what: str, url: str, at: datetime, *, mail: str = "", **args: Any) -> Child:
        """A child that calls ``module:function`` with an engine on this database, and then these.

        Its clock shows ``at`` now and goes on from there; its mail goes to the server ``mail``.
        """
        answer = self.ask(start=what, url=url, at=at.isoformat(), mail=mail, args=args)
        return Child(self, answer["pid"])

    def said(self) -> str:
        """What children have written on standard error since this was last asked."""
        text = self._errors.read_text(encoding="utf-8", errors="replace")
        new, self._seen = text[self._seen :], len(text)
        return new

    def close(self) -> None:
        self._process.communicate(timeout=30)


@contextmanager
def nursery_in(folder: Path) -> Iterator[Nursery]:
    """A nursery that writes its log in ``folder``."""
    nursery = Nursery(folder)
    yield nursery
    nursery.close()


class RunningClock:
    """A clock that goes on from what it is set to."""

    def __init__(self) -> None:
        self.set(datetime.fromisoformat("2027-01-20T12:00:00+00:00"))

    def set(self, at: datetime) -> Self:
        self.at, self.since = at, time.monotonic()
        return self

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)


class _Home:
    """The program: reads what is asked for on standard input, a line each, until that ends."""

    def __init__(self) -> None:
        from grantengine.bootstrap import bootstrap

        self.clock = RunningClock()
        self.engine = bootstrap(ENVIRONMENT, now=self.clock)
        self.engines: dict[tuple[str, str], Any] = {}
        for module in ("faults.applicant", "faults.officials", "faults.postman", "concurrency.doings"):
            import_module(module)

    def run(self) -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            name = next(iter(asked))
            print(json.dumps(getattr(self, name)(**asked)), flush=True)

    def rehearse(self, rehearse: str, url: str, at: str, mail: str, args: dict[str, Any]) -> dict[str, Any]:
        engine = self._on(url, mail)
        try:
            self._call(rehearse, engine, at, args)
        except Exception:
            return {"failed": traceback.format_exc()}
        finally:
            engine.store.database.close()  # no child inherits a connection
        return {"failed": ""}

    def poll(self, poll: int) -> dict[str, Any]:
        pid, status = os.waitpid(poll, os.WNOHANG)
        return {"status": os.waitstatus_to_exitcode(status) if pid else None}

    def start(self, start: str, url: str, at: str, mail: str, args: dict[str, Any]) -> dict[str, Any]:
        pid = os.fork()
        if pid:
            return {"pid": pid}
        os.dup2(2, 1)  # standard output is the nursery's own
        status = 1
        try:
            self._call(start, self._on(url, mail), at, args)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _call(self, what: str, engine: Any, at: str, args: dict[str, Any]) -> None:
        module, function = what.split(":")
        self.clock.set(datetime.fromisoformat(at))
        getattr(import_module(module), function)(engine, **args)

    def _on(self, url: str, mail: str) -> Any:
        if (url, mail) not in self.engines:
            plugins = {**self.engine.settings.plugins, **({"smtp_url": mail} if mail else {})}
            settings = replace(self.engine.settings, database_url=url, plugins=plugins)
            # Ids of its own: they never go back, and clocks of other databases may have been ahead.
            engine = replace(self.engine, settings=settings, new_id=Ids(self.clock, secrets.randbits))
            engine.__dict__["plans"] = self.engine.plans
            self.engines[url, mail] = engine
        return self.engines[url, mail]


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    _Home().run()
