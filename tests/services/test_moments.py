"""Hooks that are called when something happens: a veto, a notice, a delivery; and what a crash in one of them does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
from worlds import ANSWERS, World

from grantengine import CaseView, Engine, Message, OutgoingMessage, bootstrap, hookimpl
from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.deliver_outbox import Delivered, deliver_outbox
from grantengine.services.submit_application import submit_application
from grantengine.services.withdraw_application import withdraw_application


def plugin(hook: str, implementation: Callable[..., Any]) -> ModuleType:
    """A plugin with one hook."""
    implementation.__name__ = hook
    made = ModuleType("mine")
    made.__dict__[hook] = hookimpl(implementation)
    return made


def wired(world: World, **plugins: ModuleType) -> Engine:
    """The world's engine with these plugins besides."""
    environment = {
        "GRANTENGINE_DATABASE_URL": world.engine.settings.database_url,
        "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9",
    }
    return bootstrap(environment, now=world.clock, extra_plugins=list(plugins.items()))


@pytest.fixture
def written(world: World) -> tuple[World, str, str]:
    """A world with a draft that can be submitted, and who writes it."""
    call = world.call()
    kari = world.user()
    return world, world.draft(call, world.organisation(kari), kari, ANSWERS), kari


def status_of(world: World, application: str) -> str:
    with world.engine.store.read() as reading:
        found = reading.applications.get(application)
    assert found is not None
    return found.status


def test_hook_grantengine_transition_check(written: tuple[World, str, str]) -> None:
    world, application, kari = written
    seen: list[tuple[CaseView, str]] = []

    def check(case: CaseView, verb: str) -> Message | None:
        seen.append((case, verb))
        return Message("mine.too-early", {"number": case.number}) if verb == "submit" else None

    engine = wired(world, mine=plugin("grantengine_transition_check", check))
    with pytest.raises(NotPossibleError) as error:
        submit_application(engine, world.by(kari), application, 1)
    assert (error.value.code, error.value.params["plugin"], error.value.params["number"]) == (
        "vetoed",
        "mine",
        "2027/1",
    )
    assert error.value.params["reason"] == Message("mine.too-early", {"number": "2027/1"})
    assert status_of(world, application) == "draft"
    assert world.messages(template="submitted") == []
    [(case, verb)] = seen
    assert (case.status, case.scheme, verb) == ("draft", "imdi-integration-work", "submit")
    assert case.answers["members"] == 120
    withdraw_application(engine, world.by(kari), application)
    assert status_of(world, application) == "withdrawn"
    engine.store.database.close()


def test_hook_grantengine_transitioned(written: tuple[World, str, str]) -> None:
    world, application, kari = written
    told: list[tuple[str, str]] = []

    def notice(case: CaseView, verb: str) -> None:
        told.append((case.id, verb))
        # It is called once everything is kept: another connection sees it.
        assert status_of(world, application) == "submitted"

    engine = wired(world, mine=plugin("grantengine_transitioned", notice))
    submit_application(engine, world.by(kari), application, 1)
    assert told == [(application, "submit")]
    submit_application(engine, world.by(kari), application, 1)
    assert told == [(application, "submit")]
    engine.store.database.close()


def test_hook_grantengine_deliver(world: World) -> None:
    world.user("Kari Nordmann", "kari@example.org")
    carried: list[OutgoingMessage] = []

    def deliver(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        carried.append(message)
        return True

    engine = wired(world, mine=plugin("grantengine_deliver", deliver))
    assert deliver_outbox(engine, By("system", None, world.clock())) == Delivered(1, 0, 0)
    [message] = carried
    assert (message.channel, message.address, message.language) == ("email", "kari@example.org", "nb")
    engine.store.database.close()


@pytest.mark.parametrize("hook", ["grantengine_transition_check", "grantengine_transitioned"])
def test_a_crash_is_named_and_loses_nothing(
    written: tuple[World, str, str], hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    world, application, kari = written

    def crash(case: CaseView, verb: str) -> None:
        raise RuntimeError("boom")

    engine = wired(world, unlucky=plugin(hook, crash))
    with caplog.at_level(logging.ERROR, logger="grantengine.hooks"):
        receipt = submit_application(engine, world.by(kari), application, 1)
    assert receipt.number == "2027/1"
    assert status_of(world, application) == "submitted"
    assert any("unlucky" in record.message and "2027/1" in record.message for record in caplog.records)
    with world.engine.store.read() as reading:
        event = next(one for one in reading.trail.of("application", application) if one.verb == "submit")
    named = (event.details or {}).get("plugins_failed")
    assert named == (["unlucky: RuntimeError"] if hook == "grantengine_transition_check" else None)
    engine.store.database.close()
