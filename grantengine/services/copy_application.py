"""A new application that begins with what an earlier one said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import AnswersError, NotFoundError, NotPossibleError
from grantengine.form.answers import check_draft
from grantengine.form.build import Form
from grantengine.lifecycle import APPLICANTS
from grantengine.records import By
from grantengine.services.access import application_for, organisation_for
from grantengine.services.deadlines import opening_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.start_draft import check_invited, check_strand, new_application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class Copied:
    """The new application, and the answers that its form does not take."""

    application_id: str
    left_out: tuple[str, ...]


def copy_application(
    engine: Engine,
    by: By,
    application_id: str,
    *,
    call_id: str,
    strand: str | None = None,
    request_id: str | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Copied:
    """Begin an application in a call with the answers of an earlier one of the same organisation.

    Answers that the form of the call does not ask for, or does not take, are left out; so are attachments.

    :param strand: of the call; without one, that of the earlier application.
    :param answers: what is known better by now; it takes the place of what the earlier application said.
    :raises AnswersError: one of ``answers`` is to no question of the form, or one that an applicant may not give.
    :raises NotFoundError: no such application or call.
    :raises NotPossibleError: ``deadline-passed``, ``invited-only`` or ``strand-unknown``.
    """
    with engine.store.work(by) as work:
        source = application_for(work, by, application_id, APPLICANTS)
        organisation_for(work, by, source.organisation_id, APPLICANTS)
        call = work.schemes.call(call_id)
        if call is None:
            raise NotFoundError("call-not-found")
        if opening_for(work, call, source.organisation_id).is_late(by.at):
            raise NotPossibleError("deadline-passed")
        plan = plan_of_call(engine, work, call)
        check_invited(work, plan, call_id, source.organisation_id)
        chosen = strand or (source.strand if plan.strands else None)
        check_strand(plan, chosen)
        draft = work.applications.draft(application_id)
        before = draft.answers if draft else {}
        check_draft(plan.form, answers or {})
        taken = {name: value for name, value in before.items() if _fits(plan.form, name, value)} | dict(answers or {})
        known = work.applications.by_request(request_id) if request_id else None
        if known is not None:
            organisation_for(work, by, known.organisation_id, APPLICANTS)
        made = known or new_application(
            engine, work, call_id=call_id, organisation_id=source.organisation_id, verb="start", answers=taken,
            copied_from=application_id, strand=chosen, request_id=request_id,
        )  # fmt: skip
        return Copied(made.id, tuple(sorted(before.keys() - taken.keys())))


def _fits(form: Form, name: str, value: Any) -> bool:
    field = form.by_id.get(name)
    if field is None or field.question.kind == "attachment":
        return False
    try:
        return not check_draft(form, {name: value})
    except AnswersError:
        return False
