"""Before one begins: what is known already, what can be copied, and whether someone has begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.form.answers import check_draft
from grantengine.form.build import Form
from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.scheme.opening import Opening
from grantengine.services.access import organisation_for
from grantengine.services.collect_facts import gather, submitted_of
from grantengine.services.deadlines import opening_for
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

REGISTER = "register"
"""The fact source that knows organisations; what it says of them is asked for by its columns' names."""
KNOWN = ("members", "employees", "municipality", "founded", "organisation_number")
"""Questions, by id, that ask what the profile or the register tells."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An answer that is known already. ``source``: ``profile``, what the organisation says of itself; or ``register``."""

    question: str
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An application of the organisation in the same call."""

    application_id: str
    number: str
    status: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """``earlier`` is the newest application to the same scheme, that can be copied; ``begun`` are those in this call."""

    opening: Opening
    proposed: tuple[Proposed, ...]
    earlier: str | None
    begun: tuple[Begun, ...]


def prepare_draft(engine: Engine, by: By, *, call_id: str, organisation_id: str) -> Prepared:
    """What a person who acts for the organisation should see before beginning an application.

    The answers are proposals: :func:`start_draft` is given those that the person keeps.

    :raises NotFoundError: ``call-not-found`` or ``organisation-not-found``.
    """
    with engine.store.read() as reading:
        organisation = organisation_for(reading, by, organisation_id, APPLICANTS)
        call = reading.schemes.call(call_id)
        if call is None:
            raise NotFoundError("call-not-found")
        plan = plan_of_call(engine, reading, call)
        when = opening_for(reading, call, organisation_id)
        mine = reading.applications.begun(call_id, organisation_id)
        names = reading.users.named({one.begun_by for one in mine})
        earlier = reading.applications.newest_to_scheme(organisation_id, call.version_id, but_for=call_id)
    submitted = submitted_of(plan, organisation, {}, by, call_id=call_id)
    found = [one.collected for one in gather(engine, plan, submitted, {REGISTER}) if one.collected is not None]
    said = {
        **organisation.profile, "municipality": organisation.municipality, "founded": organisation.founded,
        "organisation_number": organisation.number,
    }  # fmt: skip
    proposed = _proposed(plan.form, {"profile": said, REGISTER: found[0].values if found else {}})
    begun = tuple(Begun(one.id, one.number, one.status, names.get(one.begun_by, ""), one.begun_at) for one in mine)
    return Prepared(when, proposed, earlier, begun)


def _proposed(form: Form, known: Mapping[str, Mapping[str, Any]]) -> tuple[Proposed, ...]:
    """The first source that knows an answer gives it, if the form takes it."""
    found = []
    for question in KNOWN:
        for source, values in known.items():
            value = values.get(question)
            if value is not None and question in form.by_id and not check_draft(form, {question: value}):
                found.append(Proposed(question, value, source))
                break
    return tuple(found)
