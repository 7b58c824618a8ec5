"""Facts from outside an application: asked for when it is submitted, and again where a source was down."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan
from grantengine.errors import PluginError
from grantengine.hooks.context import (
    Applicant,
    Collected,
    FactContext,
    FactReader,
    HttpReader,
    SourceDown,
    Submitted,
)
from grantengine.hooks.kinds import FactSource
from grantengine.http_client import OnceOnly
from grantengine.records import By
from grantengine.services.fact_reader import StoreFacts, WithheldError
from grantengine.store.tables.applications import Application, Fact
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

log = logging.getLogger("grantengine.hooks")

RETRIES = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long after each failure a source is asked again; from the last on, daily."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one source gave, or why it gave nothing."""

    source: str
    plugin: str
    collected: Collected | None
    failure: str | None = None


def submitted_of(
    plan: Plan, organisation: Organisation, answers: Mapping[str, Any], by: By, *, call_id: str,
    application_id: str = "",
) -> Submitted:  # fmt: skip
    """What fact sources are handed of a submission, or of what would be one."""
    applicant = Applicant(
        organisation.id, organisation.name, organisation.number, organisation.kind, organisation.municipality,
        organisation.founded, organisation.profile,
    )  # fmt: skip
    questions: dict[str, list[str]] = {}
    for field in plan.form.fields:
        questions.setdefault(field.question.kind, []).append(field.id)
    return Submitted(application_id, call_id, plan.scheme.authority, applicant, dict(answers), by.at, questions)


def gather(
    engine: Engine,
    plan: Plan,
    submitted: Submitted,
    only: Iterable[str] | None = None,
    *,
    http: HttpReader | None = None,
    read: FactReader | None = None,
) -> list[Gathered]:
    """Ask every source of the scheme's plugins, or those named; outside any transaction, as others may be slow.

    ``http`` is what asks other systems and ``read`` what reads the store, where what they know already is to be used again.
    """
    wanted = None if only is None else set(only)
    context = _context(engine, submitted, http, read)
    sources = engine.registry.of_role(FactSource, plan.scheme.plugins)
    return [_ask(name, cls, context) for name, cls in sources.items() if wanted is None or name in wanted]


def ask_about(engine: Engine, source: str, organisation: Organisation, by: By) -> Gathered | None:
    """What one source says of an organisation outside any application; None where no plugin brings that source."""
    applicant = Applicant(organisation.id, organisation.name, organisation.number, organisation.kind)
    cls = engine.registry.of_role(FactSource).get(source)
    return _ask(source, cls, _context(engine, Submitted("", "", "", applicant, {}, by.at))) if cls else None


def _context(
    engine: Engine, submitted: Submitted, http: HttpReader | None = None, read: FactReader | None = None
) -> FactContext:
    applicant = submitted.applicant
    read = read or StoreFacts(
        engine.store, submitted.application_id or None, submitted.call_id, applicant.id, applicant.organisation_number
    )
    return FactContext(submitted, engine.today(), read, engine.settings.plugins, http or OnceOnly(engine.http))


def _ask(name: str, cls: type[FactSource], context: FactContext) -> Gathered:
    try:
        return Gathered(name, cls.plugin, cls(name).collect(context))
    except WithheldError as error:
        return Gathered(name, cls.plugin, None, str(error))
    except SourceDown as error:
        log.warning("fact source %s of plugin %s is down: %s", name, cls.plugin, error)
        return Gathered(name, cls.plugin, None, str(error) or "down")
    except PluginError as error:
        log.exception("fact source %s of plugin %s failed", name, cls.plugin)
        return Gathered(name, cls.plugin, None, f"plugin {error.plugin}: {error.params.get('error', error.code)}")


def keep_facts(work: Work, application: Application, gathered: Iterable[Gathered]) -> list[str]:
    """Keep what was gathered, one row a source; returns the sources that gave nothing and are to be asked again.

    What a handler has entered stays. What was obtained before is never replaced by a failure, but asked for again.
    """
    known = {fact.source: fact for fact in work.parts.facts(application.id)}
    missing = []
    for one in gathered:
        fact = known.get(one.source)
        if fact is None:
            fact = Fact(
                id=work.new_id(), application_id=application.id, source=one.source, asked_at=work.by.at, attempts=0
            )
            work.add(fact)
        elif fact.entered_by is not None:
            continue
        fact.asked_at, fact.plugin = work.by.at, one.plugin
        fact.attempts += 1
        if one.collected is not None:
            fact.values, fact.raw = dict(one.collected.values), _raw(one.collected)
            fact.failure = fact.retry_at = None
            fact.attempts = 0
        else:
            fact.failure = one.failure
            fact.retry_at = work.by.at + RETRIES[min(fact.attempts, len(RETRIES)) - 1]
            missing.append(one.source)
    return missing


def _raw(collected: Collected) -> dict[str, Any] | None:
    return None if collected.raw is None else dict(collected.raw)
