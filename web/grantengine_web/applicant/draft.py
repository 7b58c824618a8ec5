"""Writing an application: a page for each part of the form, saved by its buttons and by the script as one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, NotPossibleError
from grantengine.form.progress import shown_fields
from grantengine.services.merge_draft import MergedDraft, Written, merge_draft
from grantengine.services.offer_partners import offer_partners
from grantengine.services.read_draft import DraftPage, read_draft
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.draft_view import View, base_of, clashed, draft_view, overview, say, words
from grantengine_web.applicant.reading import WRITERS
from grantengine_web.errors import name_answers
from grantengine_web.errors import page as error_page
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked, asked_on
from grantengine_web.forms.faults import faults
from grantengine_web.forms.reading import Posted, read_answers, read_base, without_row


@applicant.get("/applications/<id>/form")
@open_to(Who.SIGNED_IN, *WRITERS)
def form(id: str) -> ResponseReturnValue:
    """On to where one left off: the first part that is not complete."""
    try:
        draft = read_draft(here.engine(), here.by(), id)
    except NotPossibleError:
        return redirect(overview(id))  # it is handed in, and is read there
    parts = draft_view(draft, draft.plan.scheme.form[0].id).parts
    return redirect(next((part for part in parts if not part.is_complete), parts[0]).url)


@applicant.get("/applications/<id>/form/<page>")
@open_to(Who.SIGNED_IN, *WRITERS)
def section(id: str, page: str) -> ResponseReturnValue:
    """A part of the form, with what is written in it."""
    try:
        draft = read_draft(here.engine(), here.by(), id, page)
    except NotPossibleError:
        return redirect(overview(id))  # it is handed in, and is read there
    _check_page(draft.plan, page)
    offered = _offered(draft, page)
    return show(draft_view(draft, page, blank=request.args.get("add", ""), typed=offered, offered=offered))


@applicant.post("/applications/<id>/form/<page>")
@open_to(Who.SIGNED_IN, *WRITERS)
def save_section(id: str, page: str) -> ResponseReturnValue:
    """What was written in a part is kept; then on, as the button that was pressed says."""
    go = request.form.get("go", "save")
    posted = _without_removed(request.form, go)

    def written(plan: Plan) -> Written:
        _check_page(plan, page)
        name_answers({one.id: say().plain(one.label) for one in asked_on(plan, page)})
        return _written(plan, page, posted)

    try:
        merged = merge_draft(here.engine(), here.by(), id, written)
    except AnswersError as error:
        if here.wants_json():
            return error_page("web.error.422", error.problems, 422)
        draft = read_draft(here.engine(), here.by(), id, page)
        sent = written(draft.plan)
        return show(draft_view(draft, page, typed=sent.answers, base=sent.base, refused=error.problems), 422)
    if here.wants_json():
        return _told(page, merged)
    if merged.clashes:
        clashes = clashed(asked_on(merged.plan, page), merged)
        return show(draft_view(read_draft(here.engine(), here.by(), id, page), page, clashes=clashes), 409)
    return redirect(_onward(id, page, go, merged), 303)


def _offered(draft: DraftPage, page: str) -> Mapping[str, Any]:
    """The partners that were asked, where the table for them is on this page and nothing has been written in it."""
    empty = [
        field.id
        for field in draft.plan.form.fields
        if field.page == page and field.question.kind == "partners" and not draft.answers.get(field.id)
    ]
    shown = shown_fields(draft.plan.form, draft.answers) if empty else ()
    first = next((name for name in empty if name in shown and (draft.open is None or name in draft.open)), None)
    rows = offer_partners(here.engine(), here.by(), draft.id) if first else ()
    return {first: list(rows)} if first and rows else {}


def _check_page(plan: Plan, page: str) -> None:
    if page not in {one.id for one in plan.scheme.form}:
        abort(404)


def show(view: View, status: int = 200) -> ResponseReturnValue:
    """The page as it is sent."""
    return render_template("applicant/draft.html", view=view, **words()), status


def _without_removed(posted: Posted, go: str) -> Posted:
    """What was sent, without the row that is to be taken away."""
    verb, name, place = (*go.split(":"), "", "")[:3]
    row = spellings.whole(place) if verb == "remove" else None
    return posted if row is None else without_row(posted, f"a.{name}", row)


def _written(plan: Plan, page: str, posted: Posted) -> Written:
    """The answers that are sent, and the digests of what the page showed.

    Where a page has told of what another wrote, it is as if it had shown that, once one has chosen one's own; where the
    other's is chosen, what stands in the field is not sent on.
    """
    questions = asked_on(plan, page)
    answers, base = read_answers(questions, posted), dict(read_base(posted.get("base")))
    for one in questions:
        told, choice = posted.get(f"told.{one.id}"), posted.get(f"keep.{one.id}")
        if told and choice == "mine":
            base[one.id] = told
        elif told and choice == "theirs":
            answers.pop(one.id, None)
    return Written(base, answers)


def _onward(id: str, page: str, go: str, merged: MergedDraft) -> str:
    """Where one goes from here."""
    pages = [one.id for one in merged.plan.scheme.form]
    questions = {one.id: one for one in asked_on(merged.plan, page)}
    place, unfit = pages.index(page), [one for name, one in questions.items() if name in _wrong(merged)]
    if go == "review" or (go == "next" and place + 1 == len(pages)):
        # Either page tells of all that does not fit.
        return url_for("applicant.preview" if merged.open is None else "applicant.changes", id=id)
    if go in ("next", "previous"):
        if unfit:
            _tell_of(id, merged.plan, page, unfit[0])
        onto = pages[place + 1] if go == "next" else pages[max(place - 1, 0)]
        return url_for("applicant.section", id=id, page=onto)
    verb, name = (*go.split(":"), "")[:2]
    if verb in ("add", "remove") and name in questions:
        return url_for("applicant.section", id=id, page=page, add=name if verb == "add" else None, _anchor=f"q-{name}")
    if go == "save":
        flash(say().t("web.draft.saved-unfit" if unfit else "web.draft.saved-all"), "warning" if unfit else "message")
    return url_for("applicant.section", id=id, page=page)


def _wrong(merged: MergedDraft) -> set[str]:
    """The questions whose answers do not fit."""
    return {problem.where.pointer.split("/")[1] for problem in merged.problems if problem.where.pointer}


def _tell_of(id: str, plan: Plan, page: str, unfit: Asked) -> None:
    """On the page that one goes on to: what the one before needs, with the way there. Nobody is held up by it."""
    title = next(one.title for one in plan.scheme.form if one.id == page) or {"": page}
    way = url_for("applicant.section", id=id, page=page, _anchor=unfit.place)
    told = say().t("web.draft.onward-unfit", part=say().plain(title))
    fix = say().t("web.draft.onward-fix", question=say().plain(unfit.label))
    flash(Markup('{} <a class="ds-link" href="{}">{}</a>').format(told, way, fix), "warning")


def _told(page: str, merged: MergedDraft) -> ResponseReturnValue:
    """What the script is told: that it is saved, the digests of what is kept, what does not fit, and what clashes."""
    questions = asked_on(merged.plan, page)
    told = clashed(questions, merged)
    answer: Mapping[str, Any] = {
        "saved": say().t("web.draft.saved-at", time=say().clock(merged.saved_at)),
        "base": base_of(merged, questions, told),
        "faults": faults(say(), questions, merged.problems, here.language()),
    }
    if not told:
        return jsonify(answer)
    shown = {name: render_template("forms/clash.html", one=one, **words()) for name, one in told.items()}
    return jsonify(**answer, clashes=shown)
