"""The organisation register for tests: recorded answers over real HTTP, on loopback, that can be slow, broken or down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

SAMPLES = Path(__file__).parent / "data" / "brreg_samples"


def sample(name: str) -> dict[str, Any]:
    """A recorded answer by the name of its file."""
    read: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return read


class RegisterServer(ThreadingHTTPServer):
    """``answers`` by path (status and bytes), others are 404; ``before`` are statuses given first, one a request.

    ``asked`` lists the paths in the order they were asked for.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.before: list[int] = []
        self.asked: list[str] = []
        self.hangs = False
        self.closing = Event()

    @property
    def url(self) -> str:
        """The base address, as the setting has it."""
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def knows(self, body: dict[str, Any], kind: str = "enheter") -> str:
        """Have it answer with this of the number in it; returns the number."""
        number = str(body["organisasjonsnummer"])
        self.answers[f"/api/{kind}/{number}"] = (200, json.dumps(body).encode())
        return number


class _Handler(BaseHTTPRequestHandler):
    server: RegisterServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.hangs:
            self.server.closing.wait(10)
            return
        status, content = self.server.answers.get(self.path, (404, b""))
        if self.server.before:
            status, content = self.server.before.pop(0), b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def register_server() -> Iterator[RegisterServer]:
    """A server that runs until the block ends."""
    with RegisterServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
