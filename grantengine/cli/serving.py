"""Serving pages: what can be refused is refused first; then processes are forked, each with an engine of its own."""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language
from grantengine.errors import Message, NotPossibleError
from grantengine.texts.catalogue import Texts

GROUP, NAME = "grantengine.web", "app"
"""The entry point that makes the pages, given an engine."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE = 30
"""Seconds that requests have to end in when the server is stopped."""


def pages() -> Callable[..., Any]:
    """What makes the pages: a function that is given an engine.

    :raises NotPossibleError: ``no-pages``: no package brings them.
    """
    points = metadata.entry_points(group=GROUP, name=NAME)
    if not points:
        raise NotPossibleError("no-pages", group=GROUP)
    make: Callable[..., Any] = next(iter(points)).load()
    return make


def listen(host: str, port: int) -> socket.socket:
    """A socket that holds this address; port 0 is any that is free. Nobody is answered yet.

    :raises NotPossibleError: ``port-taken`` or ``address-refused``.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        held = socket.socket(family, kind)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise NotPossibleError("port-taken", host=host, port=port) from error
        reason = error.strerror or str(error)
        raise NotPossibleError("address-refused", host=host, port=port, reason=reason) from error
    return held


def address_of(host: str, held: socket.socket) -> str:
    """The address of the pages for a browser on this machine, or on others where they can reach it."""
    name = "localhost" if host in LOOPBACK else f"[{host}]" if ":" in host else host
    return f"http://{name}:{held.getsockname()[1]}"


@dataclass(frozen=True)
class Serving:
    """How pages are served: by so many processes of so many threads, with an engine from this environment. ``options`` are
    for what makes the pages, ``said`` is called once when they answer.
    """

    environment: Mapping[str, str]
    workers: int
    threads: int
    options: Mapping[str, Any] = field(default_factory=dict)
    said: Callable[[], object] = lambda: None
    logs_requests: bool = True

    def run(self, held: socket.socket) -> int:
        """Serve until told to stop (SIGTERM: what is asked is answered first; SIGINT: at once); the exit code."""
        make, ours = pages(), os.getpid()
        log_to_streams(requests=self.logs_requests)
        try:
            _Server(self, partial(_app, make, self.environment, self.options), held.detach()).run()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
            # A process that was forked comes here too: its code tells the one that forked it whether to go on.
            return code if os.getpid() != ours else min(abs(code), 1)
        return 0


def _app(make: Callable[..., Any], environment: Mapping[str, str], options: Mapping[str, Any]) -> Any:
    """The pages of one process. Connections, threads and the engine of rules are made here: they do not outlive a fork."""
    app = make(bootstrap(environment), **options)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not go through it again and again
    return app


def log_to_streams(*, requests: bool) -> None:
    """A line of JSON for each request on standard output, where that is wanted; what goes wrong on standard error."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    if requests:
        log, lines = logging.getLogger("grantengine.web.requests"), logging.StreamHandler(sys.stdout)
        lines.setFormatter(logging.Formatter("%(message)s"))
        log.handlers, log.propagate = [lines], False
        log.setLevel(logging.INFO)


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn as a library: nothing of it is read from files or the environment."""

    def __init__(self, serving: Serving, make: Callable[[], Any], descriptor: int) -> None:
        self.serving, self.make, self.descriptor = serving, make, descriptor
        super().__init__()

    def load_config(self) -> None:
        """Called by the base class."""
        chosen = {
            "bind": f"fd://{self.descriptor}", "workers": self.serving.workers, "threads": self.serving.threads,
            "worker_class": "gthread", "graceful_timeout": PATIENCE, "keepalive": 10, "accesslog": None,
            # Its warnings name the senders of requests that can not be read.
            "loglevel": "error", "when_ready": lambda _: self.serving.said(), "post_fork": _by_default,
            "worker_int": lambda _: os._exit(0),  # at once means at once
            # Whose word is taken on the sender's address, GRANTENGINE_PROXIES says.
            "forwarded_allow_ips": "", "control_socket_disable": True, "proc_name": "grantengine",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
        }  # fmt: skip
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Called by the base class, in each process."""
        return self.make()


def say(texts: Texts, words: Message) -> None:
    """Say something on standard error: standard output is for the lines of requests."""
    click.echo(texts.say(words, language()), err=True)


def _by_default(server: Any, worker: Any) -> None:
    """A process that is told to stop before it can serve, ends: it does not wait with the signals of the one it came from."""
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
