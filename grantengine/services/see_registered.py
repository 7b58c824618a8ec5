"""What a handler has written down of what was told, as the applicant reads it by the link, and says that it is right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.form.build import Field
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.access import status_forbids
from grantengine.services.links import check_fresh, find_link
from grantengine.services.messages import receiver_of, send
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class RegisteredSeen:
    """What was written down. ``pages`` are the titles of the form's pages by id; ``fields`` are the questions, in order;
    ``answers`` are by question, with null for none; ``files`` are the names of the files by the id that their answers have.
    ``state`` is ``open``, ``confirmed``, ``used`` (someone has said what is wrong, or there is a newer link), ``expired`` or
    ``ended``.
    """

    number: str
    call: Mapping[str, str]
    organisation: str
    organisation_id: str
    application_id: str
    channel: str
    told_at: datetime | None
    fields: tuple[Field, ...]
    answers: Mapping[str, Any]
    files: Mapping[str, str]
    written_by: str
    state: str


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
        plan = plan_of_call(engine, reading, call)
        revision = reading.applications.revision_by_id(one.revision_id or "")
        answers = (revision.answers if revision else None) or {}
        files = {file.id: file.file_name for file in reading.parts.attachments(one.id)}
        names = reading.users.named({one.begun_by})
    state = "used" if link.used_at else "expired" if link.expires_at <= by.at else "open"
    if one.confirmed_at is not None:
        state = "confirmed"
    elif one.status != Status.UNCONFIRMED:
        state = "ended"
    fields = tuple(field for field in plan.form.fields if answers.get(field.id) is not None)
    # What was written is for whoever it was sent to, for as long as they are asked; an old link shows it no more.
    shown = state == "open"
    return RegisteredSeen(
        one.number, call.title, organisation.name, organisation.id, one.id, one.channel, one.submitted_at,
        fields if shown else (), answers if shown else {}, files if shown else {}, names.get(one.begun_by, ""), state,
    )  # fmt: skip


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
