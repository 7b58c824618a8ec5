"""An organisation begins an application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import DuplicateError, NotFoundError, NotPossibleError
from grantengine.form.answers import check_draft
from grantengine.lifecycle import LIFECYCLE, Status
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.deadlines import opening_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.transitions import change_status
from grantengine.store.tables.applications import Application, Draft

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work


def start_draft(
    engine: Engine, by: By, *, call_id: str, organisation_id: str, request_id: str | None = None,
    answers: Mapping[str, Any] | None = None, strand: str | None = None,
) -> str:  # fmt: skip
    """Begin an application, with what is known already; returns its id.

    :param request_id: the sender's own mark of this request: the same mark again finds the same application.
    :raises NotFoundError: no such call or organisation.
    :raises NotPossibleError: the call is closed, for those who are invited only, or has other strands (``strand-unknown``).
    :raises AnswersError: an answer to no question of the form, or one that an applicant may not give.
    """
    try:
        with engine.store.work(by) as work:
            known = work.applications.by_request(request_id) if request_id else None
            if known is not None:
                organisation_for(work, by, known.organisation_id, LIFECYCLE.find("start").who)
                return known.id
            return _begin(engine, work, call_id, organisation_id, request_id, answers or {}, strand).id
    except DuplicateError:
        # The same request came twice at once, and the other was first.
        with engine.store.read() as reading:
            known = reading.applications.by_request(request_id) if request_id else None
            if known is None:
                raise
            organisation_for(reading, by, known.organisation_id, LIFECYCLE.find("start").who)
        return known.id


def _begin(
    engine: Engine, work: Work, call_id: str, organisation_id: str, request_id: str | None, answers: Mapping[str, Any],
    strand: str | None,
) -> Application:  # fmt: skip
    by = work.by
    organisation_for(work, by, organisation_id, LIFECYCLE.find("start").who)
    call = work.schemes.call(call_id)
    if call is None:
        raise NotFoundError("call-not-found")
    if opening_for(work, call, organisation_id).is_late(by.at):
        raise NotPossibleError("deadline-passed")
    plan = plan_of_call(engine, work, call)
    check_invited(work, plan, call_id, organisation_id)
    check_strand(plan, strand)
    check_draft(plan.form, answers)
    return new_application(
        engine, work, call_id=call_id, organisation_id=organisation_id, verb="start", answers=answers, strand=strand,
        request_id=request_id,
    )  # fmt: skip


def check_invited(work: Reading, plan: Plan, call_id: str, organisation_id: str) -> None:
    """Whether the organisation is invited, where only the invited may apply.

    :raises NotPossibleError: ``invited-only``.
    """
    if plan.scheme.call.invited_only and not work.schemes.is_invited(call_id, organisation_id):
        raise NotPossibleError("invited-only")


def check_strand(plan: Plan, strand: str | None) -> None:
    """Whether the call has this strand; where it has any, one is chosen when one begins, and stays.

    :raises NotPossibleError: ``strand-unknown``.
    """
    strands = [one.id for one in plan.strands]
    if (strand or "") not in (strands or [""]):
        raise NotPossibleError("strand-unknown", got=str(strand or "")[:80], choices=strands)


def new_application(
    engine: Engine, work: Work, *, call_id: str, organisation_id: str, verb: str, answers: Mapping[str, Any],
    **more: Any,
) -> Application:  # fmt: skip
    """A new case with its number and working draft, in the status that ``verb`` begins with."""
    by, user = work.by, user_of(work, work.by)
    id = work.new_id()
    number = f"{by.at.year}/{work.applications.next_number(id)}"
    application = Application(
        id=id, number=number, call_id=call_id, organisation_id=organisation_id, status=Status.DRAFT, begun_by=user.id,
        begun_at=by.at, **more,
    )  # fmt: skip
    work.add(application)
    work.add(Draft(application_id=id, answers=dict(answers), author_id=user.id, saved_at=by.at, revised_at=by.at))
    change_status(engine, work, application, LIFECYCLE.find(verb), answers)
    return application
