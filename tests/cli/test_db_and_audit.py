"""The commands that set up the database and look after the audit trail, as whoever runs an installation meets them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import terminal
from sqlalchemy import text
from tamper import Attacker
from worlds import World

from grantengine.store.shapes import SHAPES


def run(address: str, *arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return terminal.run(*arguments, GRANTENGINE_LANGUAGE=language, GRANTENGINE_DATABASE_URL=address)


def test_a_database_is_set_up_and_found_to_be_current(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/new.db"
    before = run(address, "db", "check")
    assert (before.returncode, before.stdout) == (1, "")
    assert before.stderr == f"{address}: shape –, and this version needs {SHAPES[-1]}. Run: grantengine db upgrade\n"
    assert (run(address, "db", "upgrade").stdout, run(address, "db", "upgrade").stdout) == (
        f"{address}: set up, shape {SHAPES[-1]}\n", f"{address}: shape {SHAPES[-1]}, the one that this version needs\n",
    )  # fmt: skip
    after = run(address, "db", "check", language="nn")
    assert (after.returncode, after.stdout) == (0, f"{address}: form {SHAPES[-1]}, som er den denne versjonen treng\n")


def test_a_database_of_a_later_version_is_left_alone(world: World) -> None:
    with world.engine.store.database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    address = world.engine.store.database.url.render_as_string(hide_password=False)
    for command in (("db", "upgrade"), ("db", "check"), ("worker", "--once"), ("audit", "verify"), ("audit", "seal")):
        done = run(address, *command)
        assert (done.returncode, done.stdout) == (1, "")
        assert "9999" in done.stderr
        assert "later version" in done.stderr
        assert "db upgrade" not in done.stderr


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
        ("sqlite:////nowhere/at/all.db", "does not answer"),
        ("mysql://host/name", "is no address of a database"),
        ("what?", "is no address of a database"),
        ("postgresql://nobody@127.0.0.1:1/none?foo=bar", "is no address of a database"),
    ],
)
@pytest.mark.parametrize("command", [("db", "upgrade"), ("db", "check"), ("audit", "verify"), ("audit", "seal")])
def test_a_database_that_is_not_there_is_told_of_in_words(address: str, words: str, command: tuple[str, str]) -> None:
    done = run(address, *command)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_and_one_that_is_empty_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Kjære dagbok. " * 100)
    done = run(f"sqlite:///{tmp_path}/letter.db", "audit", "verify")
    assert (done.returncode, "not a database" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    for command in ("verify", "seal"):
        done = run(f"sqlite:///{tmp_path}/empty.db", "audit", command)
        assert (done.returncode, "grantengine db upgrade" in done.stderr, "Traceback" in done.stderr) == (
            1,
            True,
            False,
        )


def test_the_trail_is_examined_and_sealed(world: World) -> None:
    address = world.engine.store.database.url.render_as_string(hide_password=False)
    assert run(address, "audit", "seal").stdout == "Nothing to seal: nothing has happened yet\n"
    kari = world.user("Kari")
    world.organisation(kari)
    sealed = run(address, "audit", "seal")
    hash = sealed.stdout.split()[-1]
    assert sealed.stdout == f"Seal 1: 2 chains, {hash}\n"
    assert run(address, "audit", "seal").stdout == f"Nothing new to seal. Last seal 1: 2 chains, {hash}\n"
    assert json.loads(run(address, "audit", "seal", "--json").stdout)["hash"] == hash
    done = run(address, "audit", "verify", "--seal", hash)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 events in 2 chains, 1 seals: all as written\n"


def test_what_is_found_is_told_by_name(world: World) -> None:
    address = world.engine.store.database.url.render_as_string(hide_password=False)
    kari = world.user("Kari")
    attacker = Attacker(world)
    attacker.run("update audit_events set verb = 'other' where place = 2 and aggregate_id = :id", id=kari)
    attacker.close()
    done = run(address, "audit", "verify", "--seal", "f" * 64, language="nb")
    assert (done.returncode, done.stdout) == (1, "2 hendelser i 1 kjeder, 0 segl: 2 funn\n")
    assert done.stderr.splitlines() == [
        f"audit-event-changed: user {kari}: hendelse 2 er endret",
        f"audit-seal-unknown: Seglet {'f' * 64} finnes ikke; det som ble forseglet, er skrevet på nytt",
    ]
    told = json.loads(run(address, "audit", "verify", "--json").stdout)
    assert told == {
        "events": 2, "chains": 1, "seals": 0, "found": 1,
        "findings": [
            {
                "code": "audit-event-changed", "kind": "user", "id": kari, "place": 2,
                "message": f"user {kari}: event 2 has been changed",
            }
        ],
    }  # fmt: skip
