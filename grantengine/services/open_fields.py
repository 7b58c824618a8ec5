"""What an applicant may change while the authority has asked for it; everything else stays as it was submitted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, Problem, Where
from grantengine.form.answers import is_shown, shown_answers
from grantengine.form.build import Form
from grantengine.lifecycle import Status
from grantengine.store.tables.applications import Application, Draft

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Reading


def open_fields(form: Form, asked: Collection[str], submitted: Mapping[str, Any]) -> frozenset[str]:
    """The questions named, and those that were hidden in what was submitted, and can be shown because of them."""
    found = {name for name in asked if name in form.by_id}
    for field in form.by_dependency:
        condition = field.visible_if
        if condition is not None and condition.columns & found and not is_shown(condition.node, submitted):
            found.add(field.id)
    return frozenset(found)


def submitted_answers(work: Reading, application: Application) -> Mapping[str, Any]:
    """The answers that count now."""
    revision = work.applications.revision_by_id(application.revision_id or "")
    return (revision.answers if revision else None) or {}


def open_now(work: Reading, plan: Plan, application: Application) -> frozenset[str]:
    """The questions that are open because the authority has asked; none where it has not."""
    request = work.dialogue.open_request(application.id) if application.status == Status.CHANGES_ASKED else None
    if request is None:
        return frozenset()
    return open_fields(plan.form, request.questions, submitted_answers(work, application))


def may_write(work: Reading, plan: Plan, application: Application) -> frozenset[str] | None:
    """The questions of a draft that may be written on now; None: all, as nothing of it has been submitted yet."""
    return None if application.status == Status.DRAFT else open_now(work, plan, application)


def begin_changes(form: Form, draft: Mapping[str, Any], submitted: Mapping[str, Any]) -> dict[str, Any]:
    """What the applicant begins from when it is asked: what was submitted, and in the draft its hidden answers."""
    _, hidden = shown_answers(form, {**draft, **submitted})
    return {**{name: draft[name] for name in hidden if name not in submitted}, **submitted}


def with_closed(
    open_names: Collection[str], draft: Draft, submitted: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """These answers to what is open, and the rest as it is.

    An answer that was hidden in what was submitted may be left out: it stays.

    :raises AnswersError: ``answer-not-open``, for each answer that differs and is not open.
    """
    closed = sorted({*draft.answers, *answers, *submitted} - set(open_names))
    changed = [
        name
        for name in closed
        if not _same(answers.get(name), draft.answers.get(name))
        and (name in submitted or answers.get(name) is not None)
    ]
    if changed:
        raise AnswersError(
            [Problem("answer-not-open", Where(pointer=f"/{name}"), {"path": f"/{name}"}) for name in changed]
        )
    kept = {name: draft.answers[name] for name in closed if name in draft.answers}
    return {**kept, **{name: value for name, value in answers.items() if name in open_names}}


def _same(one: Any, other: Any) -> bool:
    # As JSON, so that 1 and true differ, and the order of keys does not matter.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
