"""The audit trail of a case, a call or an authority in words: who did what, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for

from grantengine.services.see_trail import (
    ORGANISATIONS,
    PEOPLE,
    SUMS,
    Told,
    TrailSeen,
    see_authority_trail,
    see_call_trail,
    see_case_trail,
)
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.reading import words
from grantengine_web.catalogue.telling import give
from grantengine_web.forms import spellings
from grantengine_web.office import office
from grantengine_web.office.desk import HANDLERS
from grantengine_web.words import t

IN_WORDS = {"role": "web.me.role", "channel": "web.trail.channel"}
"""Details that are one of a few, and where their words are."""
MOMENTS = ("date", "closes", "due", "expected")


@office.get("/cases/<id>/trail")
@open_to(Who.SIGNED_IN, *HANDLERS)
def case_trail(id: str) -> str:
    """What has happened to a case."""
    return _page(see_case_trail(here.engine(), here.by(), id, before=_before()), id)


@office.get("/calls/<id>/trail")
@open_to(Who.SIGNED_IN, *HANDLERS, "administrator")
def call_trail(id: str) -> str:
    """What has happened to a call."""
    return _page(see_call_trail(here.engine(), here.by(), id, before=_before()), id)


@office.get("/authorities/<id>/trail")
@open_to(Who.SIGNED_IN, "administrator")
def authority_trail(id: str) -> str:
    """What has happened to an authority."""
    return _page(see_authority_trail(here.engine(), here.by(), id, before=_before()), id)


def _before() -> int | None:
    return spellings.whole(request.args.get("before", ""))


def _page(seen: TrailSeen, id: str) -> str:
    def said(told: Told) -> str:
        return _said(told, seen.currency)

    older = url_for(request.endpoint or "", id=id, before=seen.before) if seen.before else None
    return render_template(
        "office/trail/trail.html", desk=seen.desk, seen=seen, id=id, older=older, newest=not _before(), said=said,
        verb=_verb,
    )  # fmt: skip


def _verb(name: str) -> str:
    """What was done, in words; by its name where nobody has given it any, such as one of an earlier version."""
    key = f"web.trail.verb.{name}"
    return t(key) if words().texts.has(key) else name


def _said(told: Told, currency: str) -> str:
    """A detail in words."""
    name, value = told.name, told.value
    if name in PEOPLE or name in ORGANISATIONS:
        return ", ".join(value)
    if name in SUMS:
        return str(give(value, currency))
    if name == "in_time":
        return t("web.decision.in-time" if value else "web.decision.late")
    if name in ("round", "questions"):
        return ", ".join(words().plain(one) for one in (value if isinstance(value, tuple) else (value,)))
    if name in MOMENTS:
        return _moment(value)
    key = f"{IN_WORDS[name]}.{value}" if name in IN_WORDS else ""
    return t(key) if key and words().texts.has(key) else _number(value)


def _moment(value: Any) -> str:
    """A day or an instant, as events keep them."""
    text = str(value)
    try:
        return (
            words().day(date.fromisoformat(text)) if len(text) == 10 else words().minute(datetime.fromisoformat(text))
        )
    except ValueError:
        return text


def _number(value: Any) -> str:
    return words().number(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)
