"""A file is looked at by a scanner, where there is one, before anyone of the authority opens it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType

import pytest
from worlds import ANSWERS, WITH_FILE, World

from grantengine import Engine, hookimpl
from grantengine.errors import AnswersError, InputError, NotPossibleError
from grantengine.hooks.manager import load_registry
from grantengine.services.attach_file import attach_file, list_attachments, read_attachment
from grantengine.services.run_jobs import run_jobs
from grantengine.services.save_draft import save_draft
from grantengine.services.scan_file import queue_scans
from grantengine.services.submit_application import submit_application

PDF = b"%PDF-1.7 budget"
EICAR = PDF + b" X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Scan = Callable[[str, str, bytes, Mapping[str, str]], "str | None"]


class Scanner:
    """A scanner that knows the test file, and can be down."""

    def __init__(self) -> None:
        self.is_down = False
        self.asked: list[tuple[str, str, str | None]] = []

    def scan(self, file_name: str, media_type: str, content: bytes, settings: Mapping[str, str]) -> str | None:
        self.asked.append((file_name, media_type, settings.get("register_url")))
        if self.is_down:
            raise ConnectionRefusedError("no daemon")
        return "infected" if b"EICAR" in content else "clean"


def scanned(world: World, *scans: Scan) -> Engine:
    """The world's engine with these scanners; the last of them is asked first."""
    plugins = []
    for place, scan in enumerate(scans):
        module = ModuleType(f"mine{place}")

        @hookimpl
        def grantengine_scan(
            file_name: str, media_type: str, content: bytes, settings: Mapping[str, str], scan: Scan = scan
        ) -> str | None:
            return scan(file_name, media_type, content, settings)

        module.__dict__["grantengine_scan"] = grantengine_scan
        plugins.append((module.__name__, module))
    engine = replace(world.engine, registry=load_registry(plugins))
    engine.__dict__.update(store=world.engine.store, plans=world.engine.plans, rules=world.engine.rules)
    return engine


@pytest.fixture
def drafting(world: World) -> tuple[World, str, str]:
    """A world, an application that takes a file, and who writes it."""
    call, kari = world.call(WITH_FILE), world.user("Kari Nordmann", "kari@example.org")
    return world, world.draft(call, world.organisation(kari), kari, ANSWERS), kari


def send(engine: Engine, world: World, application: str, who: str, content: bytes = PDF, name: str = "b.pdf") -> str:
    by = world.by(who)
    attach = attach_file(
        engine, by, application_id=application, question="budget_file", file_name=name, content=content
    )
    return attach.id


def scans(world: World, application: str, who: str) -> list[str]:
    return [one.scan for one in list_attachments(world.engine, world.by(who), application)]


def test_hook_grantengine_scan(drafting: tuple[World, str, str]) -> None:
    world, application, kari = drafting
    scanner = Scanner()
    engine = scanned(world, scanner.scan)
    send(engine, world, application, kari)
    assert scanner.asked == [("b.pdf", "application/pdf", "http://127.0.0.1:9/down")]
    assert scans(world, application, kari) == ["clean"]
    with pytest.raises(InputError) as error:
        send(engine, world, application, kari, EICAR, "virus.pdf")
    [problem] = error.value.problems
    assert (problem.code, problem.where.pointer, problem.params) == ("file-infected", "/file", {"name": "virus.pdf"})
    assert scans(world, application, kari) == ["clean"]


def test_the_first_scanner_that_knows_decides(
    drafting: tuple[World, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    world, application, kari = drafting

    def crash(*_: object) -> str:
        raise RuntimeError("boom")

    engine = scanned(world, Scanner().scan, lambda *_: "unknown", lambda *_: None, lambda *_: "perhaps", crash)
    with caplog.at_level(logging.ERROR, logger="grantengine.hooks"):
        send(engine, world, application, kari)
    assert scans(world, application, kari) == ["clean"]
    assert [name for name in ("mine3", "mine4") if name in caplog.text] == ["mine3", "mine4"]


def test_a_scanner_that_is_down_stops_nobody_and_is_asked_later(drafting: tuple[World, str, str]) -> None:
    world, application, kari = drafting
    scanner = Scanner()
    scanner.is_down = True
    engine = scanned(world, scanner.scan)
    file = send(engine, world, application, kari)
    assert scans(world, application, kari) == ["unscanned"]
    version = save_draft(engine, world.by(kari), application, 1, {**ANSWERS, "budget_file": file}).version
    submit_application(engine, world.by(kari), application, version)
    call = world.made["handler"]
    with world.engine.store.read() as reading:
        found = reading.applications.get(application)
    assert found is not None
    world.declare(found.call_id)
    assert read_attachment(engine, world.by(kari), file)[1] == PDF
    with pytest.raises(NotPossibleError) as error:
        read_attachment(engine, world.by(call), file)
    assert error.value.code == "file-not-scanned"
    world.clock.turn(minutes=2)
    assert run_jobs(engine, world.system).failed == 1
    scanner.is_down = False
    world.clock.turn(minutes=2)
    assert run_jobs(engine, world.system).done == 1
    assert read_attachment(engine, world.by(call), file)[1] == PDF


def test_what_came_before_the_scanner_is_scanned_and_may_be_refused(drafting: tuple[World, str, str]) -> None:
    world, application, kari = drafting
    file = send(world.engine, world, application, kari, EICAR)
    assert queue_scans(world.engine, world.system) == 0
    version = save_draft(world.engine, world.by(kari), application, 1, {**ANSWERS, "budget_file": file}).version
    engine = scanned(world, Scanner().scan)
    assert queue_scans(engine, world.system) == 1
    assert run_jobs(engine, world.system).done == 1
    assert scans(world, application, kari) == ["refused"]
    assert queue_scans(engine, world.system) == 0
    [message] = world.messages("kari@example.org", "file-refused")
    assert "b.pdf" in message.body
    with pytest.raises(NotPossibleError) as error:
        read_attachment(world.engine, world.by(kari), file)
    assert error.value.code == "file-refused"
    with pytest.raises(AnswersError) as unanswered:
        submit_application(engine, world.by(kari), application, version)
    assert [one.code for one in unanswered.value.problems] == ["answer-no-such-file"]
