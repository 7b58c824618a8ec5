"""The letter of a case: what handlers write for it, how it would look, what has gone out; and replies that it takes longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotPossibleError, Problem, Where
from grantengine.services.interim_reply import count_waiting, send_interim_replies
from grantengine.services.see_case_letter import CaseLetter, see_case_letter
from grantengine.services.see_desk import see_desk
from grantengine.services.see_letter import preview_letter
from grantengine.services.write_reasons import MOST_CONDITIONS, write_reasons
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.reading import words
from grantengine_web.forms import spellings
from grantengine_web.letter_page import letter_page
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS, HANDLERS
from grantengine_web.words import labelled, t

if TYPE_CHECKING:
    from grantengine.services.text_blocks import TextBlockSeen
    from grantengine.services.write_reasons import ReasonsSeen

SPARE = 2
"""Empty lines for more conditions."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of the letter: as it was kept, or as it was typed."""

    note: str
    notes: dict[str, str]
    blocks: list[str]
    changes: list[str]
    conditions: list[str]


@office.get("/cases/<id>/letter")
@open_to(Who.SIGNED_IN, *DECIDERS)
def letter(id: str) -> ResponseReturnValue:
    """How far the answer has come, what is written for it, and what has gone out."""
    seen = see_case_letter(here.engine(), here.by(), id)
    return _page(seen, _kept(seen.reasons) if seen.reasons else None)


@office.post("/cases/<id>/letter")
@open_to(Who.SIGNED_IN, *HANDLERS)
def write_letter(id: str) -> ResponseReturnValue:
    """Keep what is written; or take a note of an assessor over (``take``), or add lines (``more``), and go on writing."""
    typed = _typed()
    if "take" in request.form or "more" in request.form:
        seen = see_case_letter(here.engine(), here.by(), id)
        if seen.reasons:
            _take(seen.reasons, typed, request.form.get("take", ""))
        return _page(seen, typed, going_on=True)
    try:
        write_reasons(
            here.engine(), here.by(), id, note=typed.note, notes=typed.notes, blocks=typed.blocks,
            counterfactuals=typed.changes, conditions=typed.conditions, before=request.form.get("before"),
        )  # fmt: skip
    except InputError as error:
        seen = see_case_letter(here.engine(), here.by(), id)
        return _page(seen, typed, _labelled(error.problems, seen.reasons), 422)
    except NotPossibleError as error:
        if error.code != "reasons-changed":
            raise
        return _page(see_case_letter(here.engine(), here.by(), id), typed, (error.problem,), 409)
    if request.form.get("then") == "preview":
        return redirect(url_for("office.letter_preview", id=id), 303)
    flash(t("web.letters.kept"))
    return redirect(url_for("office.letter", id=id), 303)


@office.get("/cases/<id>/letter/preview")
@open_to(Who.SIGNED_IN, *DECIDERS)
def letter_preview(id: str) -> ResponseReturnValue:
    """The letter as it would go out now, marked as a draft."""
    html = preview_letter(here.engine(), here.by(), id)
    return letter_page(html, render_template("office/letters/preview_bar.html", id=id))


@office.get("/calls/<id>/interim")
@open_to(Who.SIGNED_IN, *HANDLERS)
def interim(id: str) -> ResponseReturnValue:
    """Who waits for an answer, and a form to tell them that it takes longer."""
    return _interim(id)


@office.post("/calls/<id>/interim")
@open_to(Who.SIGNED_IN, *HANDLERS)
def send_interim(id: str) -> ResponseReturnValue:
    """Tell everyone who waits."""
    try:
        expected = day_of("expected")
        told = send_interim_replies(
            here.engine(), here.by(), id, expected=expected, reason=request.form.get("reason", "")
        )
    except InputError as error:
        return _interim(id, labelled(error.problems, "letters.interim"), 422)
    flash(t("web.letters.interim.told", count=told))
    return redirect(url_for("office.interim", id=id), 303)


def day_of(name: str) -> date | None:
    """A day in a field; None where it is empty.

    :raises InputError: ``date-format``.
    """
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError([Problem("date-format", Where(pointer=f"/{name}"), {"text": text[:20]})]) from None


def _interim(id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    desk, waiting = see_desk(here.engine(), here.by(), id), count_waiting(here.engine(), here.by(), id)
    return render_template(
        "office/letters/interim.html", desk=desk, waiting=waiting, problems=problems, form=request.form
    ), status  # fmt: skip


def _page(
    seen: CaseLetter,
    typed: Typed | None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    *,
    going_on: bool = False,
) -> ResponseReturnValue:
    if typed is not None and seen.reasons is None and request.method == "POST":  # the letter went out meanwhile
        raise NotPossibleError("reasons-closed", number=seen.desk.number)
    return render_template(
        "office/letters/letter.html", desk=seen.desk, seen=seen, typed=typed, problems=problems, going_on=going_on,
        before=_before(seen, status),
        lines=_lines(typed) if typed else [], ordered=_ordered(seen.reasons, typed) if seen.reasons and typed else [],
    ), status  # fmt: skip


def _before(seen: CaseLetter, status: int) -> str:
    """The mark of what the form was written on; once someone is told that there is something else, of that."""
    mark = seen.reasons.mark if seen.reasons else ""
    return mark if status == 409 else request.form.get("before", mark)


def _labelled(problems: Sequence[Problem], reasons: ReasonsSeen | None) -> tuple[Problem, ...]:
    """Problems that name their fields as the page does: notes by the criterion that they are about."""
    titles = {f"/notes/{id}": words().said(title) for id, title in (reasons.criteria if reasons else {}).items()}
    return tuple(
        replace(one, params={**one.params, "field": titles[one.where.pointer]}) if one.where.pointer in titles else one
        for one in labelled(problems, "letters")
    )


def _kept(reasons: ReasonsSeen) -> Typed:
    return Typed(
        reasons.note or "", dict(reasons.notes), list(reasons.blocks), list(reasons.counterfactuals),
        list(reasons.conditions),
    )  # fmt: skip


def _typed() -> Typed:
    form = request.form
    notes = {name.removeprefix("notes/"): text for name, text in form.items() if name.startswith("notes/")}
    return Typed(
        form.get("note", ""), notes, form.getlist("blocks"), form.getlist("counterfactuals"),
        [text for text in form.getlist("conditions") if text.strip()],
    )  # fmt: skip


def _take(reasons: ReasonsSeen, typed: Typed, place: str) -> None:
    """Add an assessor's note, by its place among them, to the handler's own of the same criterion."""
    number = spellings.whole(place)
    if number is not None and number < len(reasons.assessors):
        one = reasons.assessors[number]
        before = typed.notes.get(one.criterion, "").strip()
        typed.notes[one.criterion] = f"{before} {one.text}".strip()


def _lines(typed: Typed) -> list[str]:
    """The conditions, and empty lines for more."""
    return [*typed.conditions, *[""] * SPARE][: max(MOST_CONDITIONS, len(typed.conditions))]


def _ordered(reasons: ReasonsSeen, typed: Typed) -> list[TextBlockSeen]:
    """The text blocks that fit: those chosen first, in the order they stand in the letter."""
    place = {key: number for number, key in enumerate(typed.blocks)}
    return sorted(reasons.fitting, key=lambda block: place.get(block.key, len(place)))
