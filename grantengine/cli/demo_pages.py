"""The pages of a demo, on this machine only, with a worker beside them, and what to try on them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import click

from grantengine.bootstrap import Engine, bootstrap
from grantengine.cli.demo_database import Target, Teller
from grantengine.cli.serving import Serving, address_of, listen
from grantengine.demo.world import PASSWORD
from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.find_examples import find_examples

if TYPE_CHECKING:
    from grantengine.services.find_examples import Examples

HOST, PORT, TRIED = "127.0.0.1", 8000, 20
WORKERS, THREADS = 2, 4
THINGS = 5
"""To try for those who apply; a small demo has not all that a large one has."""


def place(port: int | None) -> tuple[socket.socket, str]:
    """Where the pages will be, held from now on: this port, else 8000 or the next that is free; the socket and the address.

    :raises NotPossibleError: ``port-taken`` or ``address-refused``.
    """
    for tried in [port] if port else [*range(PORT, PORT + TRIED), 0]:
        try:
            held = listen(HOST, tried)
        except NotPossibleError:
            if port:
                raise
        else:
            return held, address_of(HOST, held)
    raise NotPossibleError("port-taken", host=HOST, port=PORT)


@dataclass(frozen=True)
class Shown:
    """A demo that is filled, and shown."""

    target: Target

    def run(self, held: socket.socket, *, with_accounts: bool = False) -> int:
        """Show the pages until told to stop; the exit code."""
        engine = bootstrap(self.target.environment)
        try:
            examples = find_examples(engine, By("system", None, engine.now()))
        finally:
            engine.store.database.close()
        environment = {
            **self.target.environment, "GRANTENGINE_SECRET_KEY": engine.new_secret(),
            # The numbers are nobody's, so no register knows them.
            "GRANTENGINE_PASSWORD_MEMORY": "1024", "GRANTENGINE_REGISTER_URL": "off",
        }  # fmt: skip
        ours, worker = os.getpid(), _worker(environment)
        try:
            serving = Serving(
                environment, WORKERS, THREADS, {"demo": True}, lambda: self._tell(engine, examples, with_accounts),
                logs_requests=False,
            )  # fmt: skip
            return serving.run(held)
        finally:
            if os.getpid() == ours:  # processes that were forked to serve come here too, when they end
                worker.terminate()
                worker.wait()

    def _tell(self, engine: Engine, examples: Examples, with_accounts: bool) -> None:
        tell = Teller(engine.registry.texts)
        if with_accounts:
            click.echo(tell.say("demo.sign-in", password=PASSWORD))
            for role, email in examples.staff.items():
                click.echo(f"  {email}  {tell.say(f'demo.role.{role}')}")
            click.echo()
        click.echo(tell.say("demo.try"))
        for number, (words, path) in enumerate(
            [*islice(_to_try(examples, tell), THINGS), *_at_work(examples, tell)], 1
        ):
            click.echo(f"  {number}. {words}\n     {self.target.pages}{path}")
        click.echo(f"{tell.say('demo.try.messages')} {self.target.pages}/demo/messages")
        click.echo()
        click.echo(tell.say("demo.ready", address=self.target.pages))
        sys.stdout.flush()


def _to_try(examples: Examples, tell: Teller) -> Iterator[tuple[str, str]]:
    """What there is to try in this demo, in words, and where."""
    draft = examples.draft
    yield tell.say("demo.try.find"), "/pre-check"
    if draft:
        yield tell.say("demo.try.write", email=draft.email), f"/calls/{draft.call_id}/apply"
    for key, one, path in (
        ("send", examples.unfinished, "/preview"), ("change", examples.to_change, "/changes"),
        ("refused", examples.refused, "/decision"),
    ):  # fmt: skip
        if one:
            yield tell.say(f"demo.try.{key}", email=one.email), f"/applications/{one.id}{path}"
    for key, path in (
        ("register", "/register"),
        ("partner", "/organisations"),
        ("calls", "/calls"),
        ("alert", "/alerts"),
    ):
        yield tell.say(f"demo.try.{key}"), path


def _at_work(examples: Examples, tell: Teller) -> Iterator[tuple[str, str]]:
    """What waits for those who work in an authority; all of it is on the page that they begin with."""
    for role, key in (("handler", "work"), ("assessor", "rate"), ("approver", "agree")):
        if role in examples.staff:
            yield tell.say(f"demo.try.{key}", email=examples.staff[role]), "/office"


def _worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The worker, as a process of its own; the messages that it shows are read on a page instead, and that no register is
    asked is meant.
    """
    command = [sys.executable, "-m", "grantengine.cli.main", "worker", "--every", "2"]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
