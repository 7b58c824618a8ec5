"""The times of a round of meetings: offered, taken back, called off, and listed with who has them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.services.book_meeting import cancel_booking
from grantengine.services.offer_slots import offer_slots, remove_slot
from grantengine.services.see_desk import see_desk
from grantengine.services.see_slots import see_slots
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.meetings import days, outside_office_hours, weekday
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import OSLO, t

LONGEST_PAUSE = 240
MOST = 200


@office.get("/calls/<id>/rounds/<round>/slots")
@open_to(Who.SIGNED_IN, *DECIDERS)
def slots(id: str, round: str) -> ResponseReturnValue:
    """Times that are ahead, or with ``past`` meetings that were held; and a form to offer more."""
    return _page(id, round)


@office.post("/calls/<id>/rounds/<round>/slots")
@open_to(Who.SIGNED_IN, *HANDLERS)
def offer(id: str, round: str) -> ResponseReturnValue:
    """Offer the times of an evening, or of a day, at once."""
    form = request.form
    minutes = see_slots(here.engine(), here.by(), id, round, limit=1).round.minutes
    try:
        starts = _starts(
            form.get("day", ""), form.get("first", ""), form.get("last", ""), form.get("pause", ""), minutes
        )
        made = offer_slots(
            here.engine(), here.by(), id, round, starts=starts, place=form.get("place", ""),
            with_id=form.get("with") or None,
        )  # fmt: skip
    except InputError as error:
        return _page(id, round, error.problems, 422)
    except (NotFoundError, NotPossibleError) as error:
        if isinstance(error, NotFoundError) and error.code != "user-not-found":
            raise
        return _page(id, round, (error.problem,), 409)
    flash(t("web.meet.offered", count=len(made)))
    return redirect(url_for("office.slots", id=id, round=round), 303)


@office.post("/calls/<id>/slots/<slot>/remove")
@open_to(Who.SIGNED_IN, *HANDLERS)
def take_back_slot(id: str, slot: str) -> ResponseReturnValue:
    """Take a time back; whoever has booked it is told why."""
    remove_slot(here.engine(), here.by(), slot, reason=request.form.get("reason", ""), call_id=id)
    flash(t("web.meet.removed"))
    return _to_times(id)


@office.post("/calls/<id>/bookings/<booking>/cancel")
@open_to(Who.SIGNED_IN, *HANDLERS)
def call_off(id: str, booking: str) -> ResponseReturnValue:
    """Call a meeting off; the time is free again, and both sides are told."""
    see_desk(here.engine(), here.by(), id)  # applicants have a page of their own
    cancel_booking(here.engine(), here.by(), booking, call_id=id)
    flash(t("web.meet.called-off"))
    return _to_times(id)


def _to_times(id: str) -> ResponseReturnValue:
    round = request.form.get("round", "")
    return redirect(url_for("office.slots", id=id, round=round) if round else url_for("office.rounds", id=id), 303)


def _starts(day: str, first: str, last: str, pause: str, minutes: int) -> list[str]:
    """The local times at which meetings begin that fit between two times of a day.

    :raises InputError: ``day-needed``, ``clock-needed`` or ``pause-form``, or ``slot-none-fits``.
    """
    problems = [
        Problem(code, Where(pointer=f"/{field}"))
        for field, code, is_right in (
            ("day", "day-needed", _is(_day, day)), ("first", "clock-needed", _is(_clock, first)),
            ("last", "clock-needed", _is(_clock, last)),
            ("pause", "pause-form", not pause.strip() or spellings.whole(pause) in range(LONGEST_PAUSE + 1)),
        ) if not is_right
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    begins, end = (datetime.combine(_day(day), _clock(one)) for one in (first, last))
    step, found = timedelta(minutes=minutes + (spellings.whole(pause) or 0)), list[str]()
    while begins + timedelta(minutes=minutes) <= end and len(found) <= MOST:
        found.append(begins.isoformat(timespec="minutes"))
        begins += step
    if not found:
        raise InputError([Problem("slot-none-fits", Where(pointer="/last"), {"minutes": minutes})])
    return found


def _day(text: str) -> date:
    """A day, of which there is a next one.

    :raises ValueError: it is none.
    """
    if (found := date.fromisoformat(text)) == date.max:
        raise ValueError(text)
    return found


def _clock(text: str) -> time:
    """A time of day in Norway.

    :raises ValueError: it is none, or one of elsewhere.
    """
    if (found := time.fromisoformat(text)).tzinfo is not None:
        raise ValueError(text)
    return found


def _is(read: object, text: str) -> bool:
    try:
        read(text)  # type: ignore[operator]
    except ValueError:
        return False
    return True


def _page(id: str, round: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    past, after = request.args.get("past") == "yes", request.args.get("after", "")
    seen = see_slots(here.engine(), here.by(), id, round, past=past, after=after)
    return render_template(
        "office/meetings/slots.html", desk=seen.desk, seen=seen, problems=problems, form=request.form, days=days,
        weekday=weekday, outside=outside_office_hours, me=here.by().id,
        today=here.by().at.astimezone(OSLO).date().isoformat(),
    ), status  # fmt: skip
