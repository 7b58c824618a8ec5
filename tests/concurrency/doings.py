"""What processes that meet do: one step at a given moment, a step held open, or many steps one after the other."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faults.journal import Journal
from faults.steps import Args, Step
from sqlalchemy import Connection, event, text
from worlds import ANSWERS

from grantengine.bootstrap import Engine
from grantengine.errors import CodedError, ConflictError, EvaluationError, GrantEngineError, StoreError
from grantengine.records import By
from grantengine.services.deliver_outbox import deliver_outbox
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.invite_partner import remove_partner
from grantengine.services.run_jobs import run_jobs

LONGEST = 30.0
RARE = {"submit": 1, "remove": 5, "extend": 5}


def once(engine: Engine, *, journal: str, when: float, step: Args) -> None:
    """One step at this moment (seconds of the machine's clock), and what came of it."""
    engine.store.database.engine.connect().close()
    time.sleep(max(0.0, when - time.time()))
    Journal(journal).write(**_outcome(engine, Step(**step)))


def many(engine: Engine, *, journal: str, when: float, steps: list[Args]) -> None:
    """Steps one after the other from this moment on, and what came of each."""
    time.sleep(max(0.0, when - time.time()))
    for step in steps:
        Journal(journal).write(**_outcome(engine, Step(**step)))


def hold(engine: Engine, *, journal: str, release: str, step: Args) -> None:
    """A step of which everything is done but the very end: it is kept once the file ``release`` is there."""
    log, recorded = Journal(journal), list[str]()

    def note(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        recorded.extend([statement] if statement.startswith("INSERT INTO audit_events") else [])

    def wait(connection: Connection) -> None:
        if not recorded:
            return  # that it is tried is counted by itself, and kept at once
        connection.execute(text("set constraints all immediate"))  # what the end would have locked
        log.write(holding=True)
        until = time.monotonic() + LONGEST
        while not Path(release).exists() and time.monotonic() < until:
            time.sleep(0.01)

    event.listen(engine.store.database.engine, "before_cursor_execute", note)
    event.listen(engine.store.database.engine, "commit", wait)
    log.write(**_outcome(engine, Step(**step)))


def _outcome(engine: Engine, step: Step) -> Args:
    try:
        return {"did": step.take(engine)}
    except ConflictError as error:
        return {"refused": error.code, "mine": dict(error.mine), "theirs": dict(error.theirs), "version": error.version}
    except CodedError as error:
        return {"refused": error.code, "error": str(error)}
    except EvaluationError as error:
        return {"refused": error.problems[0].code, "error": str(error)}


def bustle(
    engine: Engine, *, journal: str, seed: int, seconds: float, user: str, handler: str, organisation: str, call: str,
    cases: list[str],
) -> None:  # fmt: skip
    """Anything that may be done to a few applications, at random, for so long; each outcome by what was done."""
    chance, log = random.Random(seed), Journal(journal)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        doings = _doings(engine, chance, user, handler, organisation, call, chance.choice(cases))
        # What ends an application for good is rare, so that there is something left to do.
        name = chance.choices(list(doings), [RARE.get(name, 20) for name in doings])[0]
        try:
            doings[name]()
        except StoreError as error:
            log.write(did=name, store=str(error))
        except GrantEngineError as error:
            log.write(did=name, refused=getattr(error, "code", type(error).__name__))
        else:
            log.write(did=name)


def _doings(
    engine: Engine, chance: random.Random, user: str, handler: str, organisation: str, call: str, id: str
) -> dict[str, Callable[[], Any]]:
    """What can be done now."""
    with engine.store.read() as reading:
        draft, partners = reading.applications.draft(id), reading.parts.partners(id)
        waiting = [one for one in partners if one.status == "invited"] or partners
        partner = chance.choice(waiting).id if waiting else ""
        letters = reading.outbox.about([partner])
        link = re.search(r"http\S+", letters[-1].body) if letters else None
    assert draft is not None
    mark = f"{chance.getrandbits(40):x}"
    return {
        "save": lambda: Step(
            "save", user, {"id": id, "version": draft.version, "answers": {**ANSWERS, "summary": mark}}
        ).take(engine),
        "invite": lambda: Step(
            "invite", user, {"id": id, "name": f"Partner {mark}", "email": f"{mark}@example.org"}
        ).take(engine),
        "remind": lambda: Step("remind", user, {"id": id, "partner": partner}).take(engine),
        "remove": lambda: remove_partner(engine, By("user", user, engine.now()), partner),
        "answer": lambda: Step(
            "answer", user,
            {"id": id, "partner": partner, "link": link.group() if link else "", "answer": "confirmed", "person": "Berit"},
        ).take(engine),
        "submit": lambda: Step("submit", user, {"id": id, "version": draft.version}).take(engine),
        "complete": lambda: Step("complete", user, {"id": id, "answers": {"own_funding": "5"}}).take(engine),
        "start": lambda: Step(
            "start", user, {"call_id": call, "organisation_id": organisation, "request_id": mark}
        ).take(engine),
        "extend": lambda: extend_deadline(
            engine, By("user", handler, engine.now()), call_id=call, organisation_id=organisation,
            closes="2027-03-05T12:00", reason=f"Strømbrudd {mark}",
        ),
        "edit": lambda: edit_organisation(
            engine, By("user", user, engine.now()), organisation_id=organisation, version=_version(engine, organisation),
            changes={"profile": {"about": mark}},
        ),
        "deliver": lambda: deliver_outbox(engine, By("system", None, engine.now()), limit=5),
        "jobs": lambda: run_jobs(engine, By("system", None, engine.now()), limit=5),
    }  # fmt: skip


def _version(engine: Engine, organisation: str) -> int:
    with engine.store.read() as reading:
        found = reading.organisations.get(organisation)
    assert found is not None
    return found.version
