"""A handler corrects or establishes a figure that the scheme lets be checked, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grantengine.compile.case_schema import type_schema
from grantengine.compile.plan import Plan
from grantengine.errors import InputError, NotFoundError
from grantengine.expressions.types import Type
from grantengine.form.answers import unkeepable
from grantengine.form.problems import problems_of
from grantengine.form.schema import validator
from grantengine.lifecycle import HANDLERS, IN_REVIEW
from grantengine.records import By
from grantengine.services.access import application_for, status_forbids, user_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application, CheckedValue

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def set_checked_value(engine: Engine, by: By, application_id: str, name: str, value: Any, *, reason: str) -> None:
    """Set a figure that handlers may check; rules read it from now on. Set again, with a new reason, it is another.

    Those are of the scheme's ``checked`` list, and questions whose checked value (``checked.<question>``) its rules read.

    :param value: a JSON value of the figure's type; money as a decimal string, such as ``12000.50``.
    :raises InputError: ``reason-missing``, ``text-length``, or a value that does not fit.
    :raises NotFoundError: ``application-not-found``, or ``checked-not-found``: the scheme has no such figure.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids``.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        application = _application(work, by, application_id)
        plan = plan_of_call(engine, work, work.schemes.call_of(application))
        _check(plan, name, value)
        user = user_of(work, by).id
        row = work.parts.checked_value(application_id, name)
        if row is None:
            work.add(
                CheckedValue(
                    id=work.new_id(), application_id=application_id, name=name, value={"value": value}, reason=told,
                    set_by=user, set_at=by.at,
                )
            )  # fmt: skip
        else:
            row.value, row.reason, row.set_by, row.set_at = {"value": value}, told, user, by.at
        work.record("value-checked", application, name=name, reason=told)


def clear_checked_value(engine: Engine, by: By, application_id: str, name: str, *, reason: str) -> None:
    """Take it back: the figure is again the answer that it is ``from``, or is not known.

    :raises InputError: ``reason-missing`` or ``text-length``.
    :raises NotFoundError: ``application-not-found``, or ``checked-not-found``: nobody has set it.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    :raises NotPossibleError: ``status-forbids``.
    """
    checks = Checks()
    told = checks.reason(reason)
    checks.done()
    with engine.store.work(by) as work:
        application = _application(work, by, application_id)
        row = work.parts.checked_value(application_id, name)
        if row is None:
            raise NotFoundError("checked-not-found", name=str(name)[:40])
        work.remove(row)
        work.record("checked-value-cleared", application, name=name, reason=told)


def checkable(plan: Plan) -> dict[str, Type]:
    """What a handler may check in cases of a scheme, by name: the listed figures first, then questions."""
    questions = (name for name in plan.form.by_id if f"checked.{name}" in plan.read and name in plan.known.checked)
    return {**plan.checked_types, **{name: plan.known.checked[name] for name in questions}}


def _application(work: Work, by: By, id: str) -> Application:
    application = application_for(work, by, id, HANDLERS, lock=True)
    if application.status not in IN_REVIEW:
        raise status_forbids("check", application)
    return application


def _check(plan: Plan, name: str, value: Any) -> None:
    """A value that fits the type of the figure.

    :raises NotFoundError: ``checked-not-found``.
    :raises InputError: it does not fit.
    """
    types = checkable(plan)
    if not isinstance(name, str) or name not in types:
        raise NotFoundError("checked-not-found", name=str(name)[:40])
    schema = {"type": "object", "properties": {name: type_schema(types[name])}}
    given = {name: value}
    problems = [*problems_of(validator(schema).iter_errors(given)), *unkeepable(given, "")]
    if problems:
        raise InputError(problems)
