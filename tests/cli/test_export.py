"""What was decided goes out as files, and the command line makes the same amounts of them."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import terminal
from closed import SMALL, closed, decided, proposed
from sqlalchemy import text
from stage import Stage
from worlds import World

from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.change_proposal import set_by_hand
from grantengine.services.erase_application import erase_application
from grantengine.services.give_back import decline_grant
from grantengine.services.send_letters import send_letters


def run(address: str, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return terminal.run(*arguments, cwd=folder, GRANTENGINE_LANGUAGE="en", GRANTENGINE_DATABASE_URL=address)


def again(folder: Path) -> dict[str, tuple[str, str]]:
    """Amount and ground by case, as the command that lies beside the files gives them."""
    command = shlex.split((folder / "command.txt").read_text("utf-8"))
    done = run("sqlite:///none.db", *command[1:], "--json", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return {case["id"]: (case["granted"], case["ground"]) for case in json.loads(done.stdout)["cases"]}


def stored(folder: Path) -> dict[str, tuple[str, str]]:
    cases: list[dict[str, Any]] = json.loads((folder / "decided.json").read_text("utf-8"))
    return {case["id"]: (case["granted"], case["ground"]) for case in cases}


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def test_the_files_of_a_decided_call_give_the_same_amounts(stage: Stage, tmp_path: Path) -> None:
    there = closed(stage, SMALL.replace("budget: 500 000 NOK", "budget: 700 000,33 NOK").replace("skip}", "partial}"))
    allocation = proposed(stage, there)
    set_by_hand(stage.engine, stage.handler, allocation, there.cases[2].id, "12345.67", reason="Avtalt")
    approve_allocation(stage.engine, there.second, allocation)
    address = stage.engine.settings.database_url
    done = run(address, "export", there.call, "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "out" / "1-call"
    assert done.stdout == f"{folder}: 3 cases, decided by the reckoning of 2027-01-20\n"
    assert sorted(one.name for one in folder.iterdir()) == ["cases.jsonl", "command.txt", "decided.json", "scheme.yaml"]
    assert again(folder) == stored(folder)
    assert ("12345.67", "set by hand") in stored(folder).values()
    listed = run(address, "export")
    assert listed.stdout == f"{there.call}  Integration work by voluntary organisations  (1)\n"


def test_a_folder_with_something_in_it_is_left_alone(stage: Stage, tmp_path: Path) -> None:
    there = closed(stage)
    decided(stage, there)
    (tmp_path / "mine.txt").write_text("x")
    address = stage.engine.settings.database_url
    done = run(address, "export", there.call, "--out", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not empty" in done.stderr
    assert run(address, "export", there.call).returncode == 2
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".txt"] == ["mine.txt"]


def test_what_is_not_there_or_not_decided_is_told_of(stage: Stage, tmp_path: Path) -> None:
    address = stage.engine.settings.database_url
    for call, words in (("none", "call"), (stage.call, "Nothing has been decided")):
        done = run(address, "export", call, "--out", str(tmp_path / "out"))
        assert (done.returncode, done.stdout) == (1, "")
        assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_plugin_of_another_version_is_told_of(stage: Stage, tmp_path: Path) -> None:
    there = closed(stage)
    decided(stage, there)
    with stage.engine.store.database.engine.begin() as connection:
        old = connection.execute(text("select plugins from allocations")).scalar_one()
        plugins = {**(json.loads(old) if isinstance(old, str) else old), "allocation": "0.0.9"}
        connection.execute(text("update allocations set plugins = :plugins"), {"plugins": json.dumps(plugins)})
    done = run(stage.engine.settings.database_url, "export", there.call, "--out", str(tmp_path / "out"))
    assert done.returncode == 0
    assert "The plugin “allocation” had version 0.0.9 when it was decided, and has " in done.stderr


def test_what_was_erased_is_told_of_and_the_rest_goes_out(stage: Stage, tmp_path: Path) -> None:
    there = closed(stage)
    decided(stage, there)
    send_letters(stage.engine, stage.system, _only(stage, there.call))
    decline_grant(stage.engine, there.first.by, there.first.id)
    approve_allocation(stage.engine, there.second, allocate_reserve(stage.engine, stage.handler, there.call))
    erase_application(stage.engine, stage.admin, there.first.id, reason="Etter ti år")
    done = run(stage.engine.settings.database_url, "export", there.call, "--out", str(tmp_path / "out"))
    assert done.returncode == 0
    assert "Proposal 1 (3 cases, 2027-01-20) is not written" in done.stderr
    folder = tmp_path / "out" / "2-reserve"
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["2-reserve"]
    assert again(folder) == stored(folder)


def _only(stage: Stage, call: str) -> str:
    """The one proposal of a call."""
    with stage.engine.store.read() as reading:
        [allocation] = reading.decisions.allocations(call)
    return allocation.id
