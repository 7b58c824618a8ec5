"""How an application became what it is: its kept states, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.form.build import Field
from grantengine.form.diff import FieldChange, answers_diff
from grantengine.lifecycle import APPLICANTS, told_status
from grantengine.records import By
from grantengine.services.access import application_for
from grantengine.services.paper import Paper, paper_of
from grantengine.services.pinned import plan_of_call
from grantengine.services.revisions import Kept
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

MOST = 500
"""Kept states that are listed: about three weeks of writing without a pause."""

LARGEST = 2**31
"""Places are below this."""


@dataclass(frozen=True, slots=True)
class HistorySeen:
    """``kept`` are the states, newest first; ``changes`` is what differs between the places ``first`` and ``second`` (None:
    what is written now), and None where nothing is compared. ``paper`` is what is written now, ``questions`` are all of the
    form, by id.
    """

    paper: Paper
    kept: tuple[Kept, ...]
    first: int | None
    second: int | None
    changes: tuple[FieldChange, ...] | None
    questions: Mapping[str, Field]


def see_history(
    engine: Engine, by: By, application_id: str, first: int | None = None, second: int | None = None
) -> HistorySeen:
    """The history, for those who act for the applicant; with ``first``, compared with ``second`` or with what is written now.

    :raises NotFoundError: ``application-not-found`` or ``revision-not-found``.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, APPLICANTS)
        call, organisation = reading.schemes.call_of(one), reading.organisations.of(one)
        plan, draft = plan_of_call(engine, reading, call), reading.applications.draft(one.id)
        now = draft.answers if draft else {}
        kept, changes = kept_states(reading, one), None
        if first is not None:
            after = now if second is None else state_at(reading, one, second)
            changes = answers_diff(plan.form, state_at(reading, one, first), after)
        paper = paper_of(reading, one, str(told_status(one.status)), plan, call, organisation, now)
    return HistorySeen(paper, kept, first, second, changes, plan.form.by_id)


def kept_states(reading: Reading, one: Application, causes: Collection[str] = ()) -> tuple[Kept, ...]:
    """The kept states of an application, newest first; with ``causes`` those that were kept for one of them."""
    found = reading.parts.kept(one.id, MOST, causes)
    names = reading.users.named({author for _, _, author, _ in found})
    return tuple(Kept(place, cause, names.get(author, ""), at) for place, cause, author, at in found)


def state_at(reading: Reading, one: Application, place: int, causes: Collection[str] = ()) -> Mapping[str, Any]:
    """The answers of a kept state, with ``causes`` of one that was kept for one of them.

    :raises NotFoundError: ``revision-not-found``.
    """
    found = reading.applications.revision(one.id, place) if place in range(1, LARGEST) else None
    if found is None or found.answers is None or (causes and found.cause not in causes):
        raise NotFoundError("revision-not-found", place=place)
    return found.answers
