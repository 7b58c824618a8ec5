"""A call has opened: those who want to know of it are told, where it fits them or may fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.errors import Message
from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.letter_post import contacts_of
from grantengine.services.messages import local_minute, receiver_of, send
from grantengine.services.pre_check import Fit, fit_of_call
from grantengine.store.tables.schemes import Call, CallAlertTold

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

ALERTS = "call-alerts"
PAGE = 50


def queue_alerts(work: Work, call: Call) -> None:
    """Have those told who want to know, as soon as the call opens.

    Each moment of opening has its own work: where the opening is moved, what was queued before finds the call not open, or
    everyone told. Of a call that is open already only those are told who have asked before.
    """
    if _is_open(call, work.by.at) and not work.catalogue.to_tell(call.id, limit=1):
        return
    opens = max(call.opens_at or work.by.at, work.by.at)
    work.jobs.add(work.new_id(), ALERTS, f"{call.id}@{opens:%Y%m%dT%H%M%S}", work.by.at, due_at=opens)


def tell_alerts(
    engine: Engine, by: By, call_id: str, *, progress: Callable[[int, int | None], None] | None = None
) -> int:
    """Tell the contacts of every organisation that wants to know of calls and that this one may fit; returns how many were
    told.

    Each organisation has a transaction of its own. Stopped anywhere and run again, the rest is told, and nobody twice; a
    call that is not open tells nobody.

    :param progress: told how many organisations have been looked at; what it raises stops the rest.
    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        call = reading.schemes.call(call_id)
    if call is None or not _is_open(call, by.at):
        return 0
    told = 0
    for done, organisation_id in enumerate(_organisations(engine, call_id)):
        if progress is not None:
            progress(done, None)
        told += _tell(engine, By(by.kind, by.id, engine.now()), call_id, organisation_id)
    return told


def _organisations(engine: Engine, call_id: str) -> Iterator[str]:
    """Those that have not been looked at, page by page."""
    after = ""
    while True:
        with engine.store.read() as reading:
            page = reading.catalogue.to_tell(call_id, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]


def _tell(engine: Engine, by: By, call_id: str, organisation_id: str) -> bool:
    with engine.store.read() as reading:
        organisation, call = reading.organisations.get(organisation_id), reading.schemes.call(call_id)
        assert organisation is not None  # held by a foreign key, as the call is
        assert call is not None
        look = fit_of_call(reading, engine, by, organisation, call)
    fit = look()  # registers may take their time, and nobody waits for them with a row locked
    with engine.store.work(by) as work:
        work.organisations.get(organisation_id, lock=True)  # what another worker writes at the same time is seen then
        wish, call = work.catalogue.alert(organisation_id), work.schemes.call(call_id)
        if wish is None or call is None or work.catalogue.is_told(call_id, organisation_id):
            return False  # they have changed their mind, or another worker was here
        work.add(CallAlertTold(call_id=call_id, organisation_id=organisation_id, told_at=by.at))
        return fit.answer != "no" and _mail(engine, work, call, organisation_id, fit)


def _is_open(call: Call, at: datetime) -> bool:
    return (call.opens_at is None or call.opens_at <= at) and (call.closes_at is None or at < call.closes_at)


def _mail(engine: Engine, work: Work, call: Call, organisation_id: str, fit: Fit) -> bool:
    organisation = work.organisations.get(organisation_id)
    assert organisation is not None  # held by a foreign key
    people = contacts_of(work, organisation_id, work.by.at)
    fits = Message("alert.fits") if fit.answer == "yes" else Message("alert.may-fit")
    last = call.closes_at - timedelta(seconds=1) if call.closes_at else None
    for user in people:
        send(
            engine, work, receiver_of(user), "call-opened", about=call.id, name=user.name, call=call.title,
            organisation=organisation.name, fits=fits,
            deadline=Message("alert.closes", {"closes": local_minute(last)}) if last else Message("alert.no-deadline"),
            url=f"{engine.settings.url}/calls/{call.id}", stop=f"{engine.settings.url}/alerts",
        )  # fmt: skip
    return bool(people)
