"""`grantengine serve`: what stands in the way is told before anything is forked; what is served is answered to the end."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import terminal
from served import Served, serve
from worlds import PASSWORD, new_world

SECRET_WORDS = "GRANTENGINE_SECRET_KEY"


@pytest.fixture
def database(tmp_path: Path, sqlite_pattern: Path) -> str:
    """The address of an embedded database that is set up."""
    shutil.copy(sqlite_pattern, tmp_path / "pages.db")
    return f"sqlite:///{tmp_path}/pages.db"


@pytest.fixture
def served(tmp_path: Path, database: str) -> Iterator[Served]:
    """The pages on that database."""
    with serve(tmp_path, database) as served:
        yield served


class Client:
    """A browser without eyes: keeps cookies, and opens a connection for each request."""

    def __init__(self, address: str) -> None:
        self.place, self.cookie = urlsplit(address).netloc, ""

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.place, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        set_cookie = answer.getheader("Set-Cookie")
        self.cookie = set_cookie.partition(";")[0] if set_cookie else self.cookie
        connection.close()
        return answer.status, body


def run(database: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"GRANTENGINE_LANGUAGE": "en", "GRANTENGINE_DATABASE_URL": database, **environment}
    return terminal.run("serve", *arguments, **given)


def test_a_database_that_is_not_set_up_is_told_of_with_what_to_run(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path}/none.db")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "grantengine db upgrade" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_port_in_use_and_an_address_of_another_machine_are_told_of(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run(database, "--port", port)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"port-taken: Port {port} of 127.0.0.1 is in use")
    done = run(database, "--host", "192.0.2.1", "--port", "0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("address-refused: ")


@pytest.mark.parametrize(("name", "value"), [(SECRET_WORDS, "short"), ("GRANTENGINE_PROXIES", "many")])
def test_a_setting_that_can_not_be_understood_is_told_of(database: str, name: str, value: str) -> None:
    done = run(database, **{name: value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert name in done.stderr


def test_requests_are_told_of_in_json_and_nothing_else_is_said(served: Served) -> None:
    client = Client(served.address)
    assert client.ask("GET", "/health") == (200, '{"status":"ok"}\n')
    assert client.ask("GET", "/nowhere/at/all?secret=1")[0] == 404
    assert served.stop() == 0
    lines = [json.loads(line) for line in served.out.read_text("utf-8").splitlines()]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/health", 200), ("GET", None, 404),
    ]  # fmt: skip
    assert served.errors.read_text("utf-8") == f"Sidene er klare: {served.address}\n"


def test_without_a_key_one_is_made_that_all_processes_share(tmp_path: Path, database: str) -> None:
    world = new_world(database)
    world.user("Kari", "kari@example.org")
    world.engine.store.database.close()
    with serve(tmp_path, database, GRANTENGINE_SECRET_KEY="") as served:
        client = Client(served.address)
        token = re.search(r'name="csrf-token" content="([^"]+)"', client.ask("GET", "/sign-in")[1])
        assert token is not None
        fields = {"csrf_token": token[1], "email": "kari@example.org", "password": PASSWORD}
        assert client.ask("POST", "/sign-in", **fields)[0] == 303
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: Client.ask(client, "GET", "/me"), range(40)))
        assert {status for status, _ in pages} == {200}
        assert served.stop() == 0
    first, second = served.errors.read_text("utf-8").splitlines()
    assert first.startswith(f"{SECRET_WORDS} er ikke satt.")
    assert served.address in second


def test_what_is_asked_is_answered_before_it_stops(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(served.address).port or 0)) as line:
        form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11"
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + form + b"\r\n\r\nemai")
        # The others are answered at once, so this one has been taken up.
        assert all(Client(served.address).ask("GET", "/health")[0] == 200 for _ in range(4))
        threading.Timer(0.5, served.process.send_signal, [signal.SIGTERM]).start()
        threading.Timer(1.5, line.sendall, [b"l=karii"]).start()
        line.settimeout(30)
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    assert served.process.wait(60) == 0


def test_the_key_for_interrupting_ends_it_without_a_word(served: Served) -> None:
    assert served.stop(signal.SIGINT) == 0
    assert served.errors.read_text("utf-8").count("\n") == 1
