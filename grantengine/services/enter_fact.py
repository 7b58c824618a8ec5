"""A handler finds out what a source could not tell, and enters it with where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.compile.case_schema import type_schema
from grantengine.compile.plan import Plan
from grantengine.errors import InputError, NotFoundError, NotPossibleError
from grantengine.form.problems import problems_of
from grantengine.form.schema import Schema, nullable, validator
from grantengine.hooks.kinds import FactSource
from grantengine.hooks.registry import Registry
from grantengine.lifecycle import HANDLERS
from grantengine.records import By
from grantengine.services.access import application_for, user_of
from grantengine.services.people_input import Checks
from grantengine.services.pinned import plan_of_call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

LONGEST_NOTE = 1000


def enter_fact(
    engine: Engine, by: By, application_id: str, source: str, values: Mapping[str, Any], *, note: str
) -> None:
    """Enter the values of a fact that was not obtained, or that a handler has entered before. No later answer replaces it.

    :param values: JSON values by column, all but those whose null is an answer; of a source that completes answers, by
        question, the whole list.
    :param note: where they are from, such as a letter or a certificate.
    :raises InputError: ``reason-missing``, ``text-length``, and every value that does not fit.
    :raises NotFoundError: ``application-not-found``, or ``fact-not-found``: nobody has asked this source about it.
    :raises NotPossibleError: ``fact-obtained``: the source has answered.
    """
    checks = Checks()
    told = checks.text(note, "note", LONGEST_NOTE)
    if told is None:
        checks.add("reason-missing", "note")
    checks.done()
    with engine.store.work(by) as work:
        application = application_for(work, by, application_id, HANDLERS, lock=True)
        call = work.schemes.call_of(application)
        plan = plan_of_call(engine, work, call)
        fact = next((one for one in work.parts.facts(application_id) if one.source == source), None)
        if fact is None or source not in engine.registry.of_role(FactSource, plan.scheme.plugins):
            raise NotFoundError("fact-not-found", source=source)
        if fact.entered_by is None and fact.values is not None and fact.retry_at is None:
            raise NotPossibleError("fact-obtained", source=source)
        fact.values = _checked(plan, engine.registry, source, values)
        fact.entered_by, fact.source_note = user_of(work, by).id, told
        fact.raw = fact.failure = fact.retry_at = None
        work.record("fact-entered", application, source=source, note=told)


def _checked(plan: Plan, registry: Registry, source: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with null where the source need not say.

    :raises InputError: every value that does not fit.
    """
    problems = problems_of(validator(_schema(plan, registry, source)).iter_errors(dict(values)))
    if problems:
        raise InputError(problems)
    columns = registry.of_role(FactSource)[source](source).columns()
    return {**dict.fromkeys(columns), **values}


def _schema(plan: Plan, registry: Registry, source: str) -> Schema:
    cls = registry.of_role(FactSource)[source]
    if cls.fills is not None:
        lists = {one.id: one for one in plan.form.fields if one.question.kind == cls.fills}
        properties = {name: dict(one.kind.schema(one.options, "cases")) for name, one in lists.items()}
        required = list(properties)
    else:
        columns = cls(source).columns()
        properties = {
            name: nullable(type_schema(column.type)) if column.null_is_value else type_schema(column.type)
            for name, column in columns.items()
        }
        required = [name for name, column in columns.items() if not column.null_is_value]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
