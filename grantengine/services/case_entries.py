"""What a handler may enter in a case: figures that may be checked, facts of sources, and who has the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.compile.plan import Plan
from grantengine.expressions.types import Type
from grantengine.hooks.kinds import FactSource
from grantengine.lifecycle import HANDLERS
from grantengine.records import By, FactColumn
from grantengine.services.access import application_for
from grantengine.services.pinned import plan_of_call
from grantengine.services.set_checked_value import checkable

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class CaseEntries:
    """``checkable`` are the types of what may be checked, by name; ``columns``, by source, what may be entered of facts that
    were asked for; ``sources`` are all that were asked; ``handlers`` the ids of the assignments of those who handle the case.
    """

    plan: Plan
    checkable: Mapping[str, Type]
    columns: Mapping[str, Mapping[str, FactColumn]]
    sources: frozenset[str]
    handlers: frozenset[str]


def case_entries(engine: Engine, by: By, application_id: str) -> CaseEntries:
    """What can be entered in a case, for those who handle it; nothing of what the applicant has written.

    :raises NotFoundError: ``application-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared`` or ``conflict-of-interest``.
    """
    with engine.store.read() as reading:
        one = application_for(reading, by, application_id, HANDLERS)
        plan = plan_of_call(engine, reading, reading.schemes.call_of(one))
        facts, given = reading.parts.facts(one.id), reading.assessments.assignments(one.id)
        handlers = (each.id for each in given if each.role == "handler")
        return entries_of(engine, plan, [fact.source for fact in facts], handlers)


def entries_of(engine: Engine, plan: Plan, sources: Iterable[str], handlers: Iterable[str]) -> CaseEntries:
    """The same of a case about which these sources were asked, and which is given to ``handlers``."""
    known = engine.registry.of_role(FactSource, plan.scheme.plugins)
    asked = {name: known[name] for name in sources if name in known}
    return CaseEntries(
        plan, checkable(plan),
        # A source that completes answers has no columns, and is asked again only.
        {name: cls(name).columns() for name, cls in asked.items() if cls.fills is None},
        frozenset(asked), frozenset(handlers),
    )  # fmt: skip
