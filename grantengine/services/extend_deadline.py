"""A later deadline for one applicant, with a reason that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.hooks.moments import MomentError, parse_moment
from grantengine.records import By
from grantengine.services.access import call_for, check_no_tie, user_of
from grantengine.services.invite_to_call import organisation_named
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.applications import Extension

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def extend_named(engine: Engine, by: By, *, call_id: str, named: str, closes: str, reason: str) -> str:
    """Let the organisation with this number, or this very name, submit until ``closes``; returns its name.

    :raises InputError: ``field-missing``, ``organisation-unknown``, ``several-organisations``; and as :func:`extend_deadline`,
        which raises the rest as well.
    """
    with engine.store.read() as reading:
        call_for(reading, by, call_id, {"handler", "leader"})
        found = organisation_named(reading, named)
    extend_deadline(engine, by, call_id=call_id, organisation_id=found.id, closes=closes, reason=reason)
    return found.name


def extend_deadline(engine: Engine, by: By, *, call_id: str, organisation_id: str, closes: str, reason: str) -> None:
    """Let one organisation submit until ``closes`` (local time in Norway, ``2027-03-08T23:59``; that minute is in time).

    :raises InputError: ``reason-missing``, or the time is none or exists twice.
    :raises NotFoundError: ``call-not-found`` or ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``extension-not-later`` than the deadline there is.
    """
    if not reason.strip():
        raise InputError([Problem("reason-missing", Where(pointer="/reason"))])
    try:
        until = parse_moment(closes)
    except MomentError as error:
        raise InputError([Problem(error.code, Where(pointer="/closes"), {"text": error.text})]) from error
    with engine.store.work(by) as work:
        call = call_for(work, by, call_id, {"handler", "leader"}, lock=True)
        organisation = work.organisations.get(organisation_id)
        if organisation is None:
            raise NotFoundError("organisation-not-found")
        check_no_tie(work, by, call_id, organisation_id)
        given = work.schemes.extension(call_id, organisation_id)
        deadlines = [one for one in (call.closes_at, given.closes_at if given else None) if one is not None]
        if call.closes_at is None or until.closes_at <= max(deadlines):
            raise NotPossibleError("extension-not-later")
        work.add(
            Extension(
                id=work.new_id(), call_id=call_id, organisation_id=organisation_id, closes_at=until.closes_at,
                reason=reason.strip(), given_by=user_of(work, by).id, given_at=by.at,
            )
        )  # fmt: skip
        work.record("deadline-extended", call, organisation=organisation_id, closes=str(until), reason=reason.strip())
        for role, user in work.organisations.people(organisation_id, by.at):
            if role.role == "contact":
                send(
                    engine, work, receiver_of(user), "deadline-extended", about=call_id, name=user.name,
                    call=call.title, closes=str(until).replace("T", " "), reason=reason.strip(),
                )  # fmt: skip
