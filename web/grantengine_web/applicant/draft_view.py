"""What the page of a part of the form shows, from the draft as it is and what has just been written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, render_template, url_for
from markupsafe import Markup

from grantengine.errors import Problem
from grantengine.form.merge import digest
from grantengine.form.progress import PageProgress, minutes_left, progress, shown_fields
from grantengine_web import here
from grantengine_web.forms.asked import Asked, asked_on
from grantengine_web.forms.drawing import Drawn, draw
from grantengine_web.forms.faults import faults
from grantengine_web.forms.html import Pieces

if TYPE_CHECKING:
    from grantengine.services.merge_draft import MergedDraft
    from grantengine.services.read_draft import DraftPage
    from grantengine_web.words import Words

UNSETTLED = ""
"""In the place of a digest: what was shown is not what is kept, whatever that is."""
OF_SCRIPTS = (
    "saving", "unsaved", "offline", "signed-out", "sign-in", "refused", "clashed", "found", "restore", "discard", "left",
    "over", "row",
)  # fmt: skip
"""The texts that the script says; each is ``web.draft.script.<name>``."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form, as the list of parts shows it."""

    url: str
    title: Mapping[str, str]
    words: str
    color: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Clashed:
    """A question that another (``author``; None: oneself in another window) has answered too; ``mark`` is of their answer."""

    asked: Asked
    mine: Any
    theirs: Any
    mark: str
    author: str | None
    at: datetime

    def drawn(self, value: Any) -> Drawn:
        """The question with this answer."""
        return draw(self.asked, value, here.language(), faults={}, shown={self.asked.id}, open_=None)

    @property
    def other(self) -> Drawn:
        """The question as the other has answered it."""
        return self.drawn(self.theirs)


@dataclass(frozen=True, slots=True)
class View:
    """A page of the form."""

    number: str
    overview: str
    feedback: str
    files_at: str
    title: Mapping[str, str]
    help: Mapping[str, str] | None
    place: int
    parts: tuple[Part, ...]
    minutes_left: int
    saved_at: datetime
    author: str | None
    is_asked: bool
    key: str
    base: str
    questions: tuple[Drawn, ...]
    clashes: Mapping[str, Clashed]
    summary: tuple[tuple[str, str], ...]
    summary_title: str
    has_hidden: bool
    files: Sequence[Any]
    places: Mapping[str, str] | None
    rules: Mapping[str, Any]
    offered: Collection[str]


def say() -> Words:
    """What says words here."""
    return cast("Words", current_app.extensions["words"])


def column_words(asked: Asked) -> str:
    """The words of a column that the scheme does not name itself."""
    key = f"web.column.{asked.id}"
    return say().t(key) if say().texts.has(key) else asked.id.replace("_", " ")


def script_words(name: str) -> str:
    """A text that the script says; it fills in what stands in braces."""
    return say().t(f"web.draft.script.{name}")


def question_html(view: View, one: Drawn) -> str:
    """A question as it stands on the page; what is only this application's is drawn anew each time."""
    if one.asked.shape == "file" or one.asked.id in view.clashes:
        more = {"clashes": view.clashes, "files": view.files, "files_at": view.files_at}
        return Markup(render_template("forms/alone.html", one=one, **more, **words()))
    return pieces().question(one, here.language(), lambda hollow: _rendered("question", one=hollow))


def blank_html(one: Drawn) -> str:
    """An empty row of a table, for the script."""
    key = ("blank", here.language())
    return Markup(pieces().once(key, one.asked, lambda: _rendered("blank", one=one)))


def places_html(view: View) -> str:
    """The list of places to choose from, the same on all pages."""
    [asked] = [one.asked for one in view.questions if one.asked.shape != "file"][:1]
    return Markup(pieces().once("places", asked, lambda: _rendered("places", names=view.places)))


def _rendered(name: str, **more: Any) -> str:
    return render_template(f"forms/{name}.html", **more, **words())


def pieces() -> Pieces:
    """What has been drawn of questions, kept with the application."""
    return cast("Pieces", current_app.extensions.setdefault("pieces", Pieces()))


def words() -> dict[str, Any]:
    """What the templates of fields say beside what all do."""
    return {
        "column_words": column_words, "script_words": script_words, "of_scripts": OF_SCRIPTS,
        "question_html": question_html, "blank_html": blank_html, "places_html": places_html,
    }  # fmt: skip


def clashed(questions: Iterable[Asked], merged: MergedDraft) -> dict[str, Clashed]:
    """What clashes, by question."""
    by_id, form = {one.id: one for one in questions}, merged.plan.form
    return {
        one.field: Clashed(
            by_id[one.field], one.mine, one.theirs, digest(form.by_id.get(one.field), one.theirs), merged.author,
            merged.written_at,
        )
        for one in merged.clashes
    }  # fmt: skip


def base_of(
    draft: DraftPage | MergedDraft, questions: Iterable[Asked], unsettled: Collection[str] = ()
) -> dict[str, str]:
    """The digests of the answers that can be written on a page; of what clashes, none that fits anything."""
    form, answers = draft.plan.form, draft.answers
    return {
        one.id: UNSETTLED if one.id in unsettled else digest(form.by_id.get(one.id), answers.get(one.id))
        for one in questions
        if one.shape != "file" and (draft.open is None or one.id in draft.open)
    }


def draft_view(
    draft: DraftPage, page: str, *, blank: str = "", typed: Mapping[str, Any] | None = None,
    base: Mapping[str, str] | None = None, refused: Sequence[Problem] = (), clashes: Mapping[str, Clashed] | None = None,
    offered: Collection[str] = (),
) -> View:  # fmt: skip
    """The page of a part.

    :param blank: the table that gets one more empty row.
    :param typed: what was written and could not be kept, because of ``refused``; ``base`` is what its page carried.
    :param clashes: what others have written too.
    :param offered: the questions in which something stands that nobody has written yet.
    """
    form, language, told = draft.plan.form, here.language(), clashes or {}
    pages = draft.plan.scheme.form
    place = next(number for number, one in enumerate(pages) if one.id == page)
    questions = asked_on(draft.plan, page)
    answers = {**draft.answers, **_written(draft, typed or {}), **{name: one.mine for name, one in told.items()}}
    shown = shown_fields(form, answers)
    wrong = faults(say(), questions, (*refused, *draft.problems), language)
    drawn = tuple(
        draw(
            one, answers.get(one.id), language, faults=wrong, shown=shown, open_=draft.open, blanks=int(one.id == blank)
        )
        for one in questions
    )
    far = progress(form, draft.answers, shown, draft.problems)
    marks = base_of(draft, questions, told) | (dict(base) if base else {})
    person = here.signed_in()
    return View(
        number=draft.number, overview=overview(draft.id), feedback=url_for("applicant.feedback", id=draft.id),
        files_at=f"/applications/{draft.id}/files/", title=pages[place].title or {"": page}, help=pages[place].help,
        place=place, parts=tuple(_part(draft, one.id, one.title, far.get(one.id)) for one in pages),
        minutes_left=minutes_left(far), saved_at=draft.saved_at, author=draft.author,
        is_asked=draft.open is not None, key=f"draft:{person.user_id if person else ''}:{draft.id}:{page}",
        base=json.dumps(marks), questions=drawn, clashes=told, summary=tuple(_summary(questions, wrong, refused, told)),
        summary_title=say().t("web.draft.clashed" if told else "web.draft.refused"),
        has_hidden=any(one.is_hidden for one in drawn), files=draft.files, places=_places(questions),
        rules=_rules(draft, questions, answers, shown), offered=offered,
    )  # fmt: skip


def _written(draft: DraftPage, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of what was written, that which is in a field; what is not open is shown as it is kept, whatever came of it."""
    return typed if draft.open is None else {name: value for name, value in typed.items() if name in draft.open}


def overview(id: str) -> str:
    """The page of an application."""
    return f"/applications/{id}"


def _part(draft: DraftPage, page: str, title: Mapping[str, str] | None, far: PageProgress | None) -> Part:
    url, title = url_for("applicant.section", id=draft.id, page=page), title or {"": page}
    if far is None or far.is_complete:
        is_begun = far is None or far.is_done
        return Part(url, title, say().t("web.draft.complete" if is_begun else "web.draft.optional"), "success", True)
    if not far.answered:
        return Part(url, title, say().t("web.draft.not-begun"), "neutral", False)
    left = len({*far.missing, *far.unfit})
    return Part(
        url, title, say().t("web.draft.lacks-one" if left == 1 else "web.draft.lacks", count=left), "warning", False
    )


def _summary(
    questions: Iterable[Asked],
    wrong: Mapping[str, Sequence[str]],
    refused: Sequence[Problem],
    told: Mapping[str, Clashed],
) -> Iterable[tuple[str, str]]:
    """What the head of the page says where something could not be kept: the id of the place, and words."""
    if not refused and not told:
        return
    known = {one.id: one for one in questions}
    for problem in refused:
        if [*problem.where.pointer.split("/"), ""][1] not in known:
            yield "", say().problem(problem)
    for pointer, all_words in wrong.items():
        one = known[pointer.split("/")[1]]
        yield from ((one.place, f"{say().plain(one.label)} – {each}") for each in all_words)
    for one_told in told.values():
        yield f"{one_told.asked.place}-clash", say().plain(one_told.asked.label)


def _places(questions: Iterable[Asked]) -> Mapping[str, str] | None:
    """The names of places, where a question or a column asks for one."""
    fields = [field for one in questions for field in (one, *one.columns)]
    return next((field.names for field in fields if field.shape == "municipality"), None)


def _rules(
    draft: DraftPage, questions: Iterable[Asked], answers: Mapping[str, Any], shown: Collection[str]
) -> dict[str, Any]:
    """The conditions of this part for the script, and the answers of other parts that they read."""
    here_ids = {one.id: one for one in questions}
    rules = [
        [field.id, here_ids[field.id].rule] for field in draft.plan.form.by_dependency if _is_ruled(here_ids, field.id)
    ]
    read = {name for one in here_ids.values() for name in one.reads} - here_ids.keys()
    return {"rules": rules, "answers": {name: answers.get(name) for name in sorted(read & set(shown))}}


def _is_ruled(questions: Mapping[str, Asked], name: str) -> bool:
    return name in questions and questions[name].rule is not None
