"""What a handler has written down of what was told: the applicant reads it by the link, and says whether it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import status_forbids
from grantengine.services.links import check_fresh, find_link
from grantengine.services.messages import receiver_of, send
from grantengine.services.paper import Paper, paper_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.applications import Application
    from grantengine.store.tables.people import OneTimeLink

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class RegisteredSeen:
    """What was written down, and by whom. ``paper`` is there for as long as it can be confirmed by this link.

    ``state`` is ``open``, ``confirmed``, ``used`` (someone has said what is wrong, or there is a newer link), ``expired`` or
    ``ended``.
    """

    number: str
    call: Mapping[str, str]
    organisation: str
    application_id: str
    channel: str
    told_at: datetime | None
    written_by: str
    state: str
    paper: Paper | None


def see_registered(engine: Engine, by: By, secret: str) -> RegisteredSeen:
    """What the holder of the link is asked to confirm; the link can be used afterwards as before.

    :raises NotFoundError: ``link-unknown``.
    """
    with engine.store.read() as reading:
        link = find_link(reading, "confirm", secret)
        one = reading.applications.get(link.subject_id)
        if one is None:
            raise NotFoundError("link-unknown")
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        state = _state(link, one, by.at)
        paper = None
        if state == "open":
            plan = plan_of_call(engine, reading, call)
            revision = reading.applications.revision_by_id(one.revision_id or "")
            answers = (revision.answers if revision else None) or {}
            paper = paper_of(reading, one, one.status, plan, call, organisation, answers)
        names = reading.users.named({one.begun_by})
    return RegisteredSeen(
        one.number, call.title, organisation.name, one.id, one.channel, one.submitted_at, names.get(one.begun_by, ""), state,
        paper,
    )  # fmt: skip


def _state(link: OneTimeLink, one: Application, at: datetime) -> str:
    if one.confirmed_at is not None:
        return "confirmed"
    if one.status != Status.UNCONFIRMED:
        return "ended"
    return "used" if link.used_at else "expired" if link.expires_at <= at else "open"


def object_to_registered(engine: Engine, by: By, secret: str, words: str) -> None:
    """Say what is wrong with what was written down. Whoever wrote it is told, and writes it anew with a link of its own: this
    one can no longer be used.

    :raises InputError: ``reason-missing`` or ``text-length``.
    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used``, ``link-expired`` or ``status-forbids``.
    """
    checks = Checks()
    told = checks.reason(words, "words", LONGEST)
    checks.done()
    with engine.store.work(by) as work:
        link = find_link(work, "confirm", secret, lock=True)
        check_fresh(link, by.at)
        work.by = By("link", link.id, by.at)
        one = work.applications.get(link.subject_id, lock=True)
        assert one is not None  # applications are never removed
        if one.status != Status.UNCONFIRMED:
            raise status_forbids("confirm", one)
        link.used_at = by.at
        work.record("registered-objected", one, words=told)
        writer, organisation = work.users.get(one.begun_by), work.organisations.of(one)
        if writer is not None:
            send(
                engine, work, receiver_of(writer), "registered-wrong", about=one.id, name=writer.name, number=one.number,
                organisation=organisation.name, words=told,
            )  # fmt: skip
