"""A case changes its status: the table allows it, no plugin objects, and those who want to know are told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.hooks.context import CaseView
from grantengine.lifecycle import LIFECYCLE, LifecycleError, Transition
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

log = logging.getLogger("grantengine.hooks")


def change_status(
    engine: Engine,
    work: Work,
    application: Application,
    transition: Transition,
    answers: Mapping[str, Any],
    **details: Any,
) -> None:
    """Change the status, with its event; plugins may object before, and are told after it is kept.

    :raises NotPossibleError: ``vetoed`` by a plugin, with its reason and the number of the case: it may be one of many.
    :raises LifecycleError: the table does not allow it; a mistake of ours, as services look first.
    """
    if transition.sources and application.status not in transition.sources:
        raise LifecycleError(f"{transition.verb} of a case that is {application.status}")
    call = work.schemes.call_of(application)
    view = CaseView(
        application.id, application.number, application.status, plan_of_call(engine, work, call).scheme.id, call.id,
        application.organisation_id, dict(answers),
    )  # fmt: skip
    crashed = _ask(engine, view, transition.verb)
    if crashed:
        details["plugins_failed"] = crashed
    application.status = transition.to
    if transition.to in LIFECYCLE.ends:
        for fact in work.parts.facts(application.id):
            fact.retry_at = None  # nobody needs to know any more
    work.record(transition.verb, application, status=str(transition.to), **details)
    work.afterwards(lambda: _tell(engine, view, transition.verb))


def _ask(engine: Engine, view: CaseView, verb: str) -> list[str]:
    """Let plugins object. One that crashes has no say, but is named: in the log and in the event.

    :raises NotPossibleError: ``vetoed``.
    """
    crashed = []
    for plugin, check in engine.registry.moments.get("grantengine_transition_check", ()):
        try:
            objection = check(case=view, verb=verb)
        except Exception as error:  # whatever a stranger's code raises, the case goes on
            log.exception("plugin %s: grantengine_transition_check of %s %s", plugin, verb, view.number)
            crashed.append(f"{plugin}: {type(error).__name__}")
            continue
        if objection is not None:
            raise NotPossibleError("vetoed", plugin=plugin, reason=objection, number=view.number)
    return crashed


def _tell(engine: Engine, view: CaseView, verb: str) -> None:
    for plugin, notice in engine.registry.moments.get("grantengine_transitioned", ()):
        try:
            notice(case=view, verb=verb)
        except Exception:  # what is kept is kept
            log.exception("plugin %s: grantengine_transitioned of %s %s", plugin, verb, view.number)
