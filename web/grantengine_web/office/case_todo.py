"""What is to be clarified in a case: each thing in a sentence, with the way to where it is put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from grantengine.services.see_case import CasePage
from grantengine_web.applicant.reading import words
from grantengine_web.office.case_words import source_title
from grantengine_web.words import t

OF_ASSESSORS = ("not-delivered", "not-rated", "not-discussed")


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to clarify; ``waits``: for the applicant or others, and not for whoever handles the case."""

    words: str
    way: str
    waits: bool = False


def todo_of(page: CasePage) -> list[Todo]:
    """What is to be clarified, first what waits for oneself; nothing in a case that is decided or has ended."""
    if not page.is_open:
        return []
    found = [*_rules(page), *_facts(page), *_answers(page), *_threads(page), *_others(page)]
    return sorted(found, key=lambda one: one.waits)


def _rules(page: CasePage) -> Iterator[Todo]:
    for rule in page.standing.rules:
        if rule.asks and rule.judgement is None:
            yield Todo(t("web.case.todo.judge", rule=words().said(rule.words)), f"#rule-{rule.id}")
        elif rule.verdict in ("missing", "undetermined") and not rule.asks:
            yield Todo(t("web.case.todo.rule", rule=words().said(rule.words)), f"#rule-{rule.id}")


def _facts(page: CasePage) -> Iterator[Todo]:
    for fact in page.seen.facts:
        if fact.values is None or fact.retry_at is not None:
            yield Todo(t("web.case.todo.fact", source=source_title(fact.source)), f"#fact-{fact.source}")


def _answers(page: CasePage) -> Iterator[Todo]:
    for name in page.seen.to_complete:
        label = words().plain(page.plan.form.by_id[name].label)
        yield Todo(t("web.case.todo.answer", question=label), f"#q-{name}", waits=True)


def _threads(page: CasePage) -> Iterator[Todo]:
    for one in page.threads:
        if one.resolved_at is None and one.audience == "applicant":
            field = page.plan.form.by_id.get(one.question or "")
            about = words().plain(field.label) if field else t("web.case.whole")
            is_ours = bool(one.comments) and one.comments[-1].side == "applicant"
            key = "web.case.todo.reply" if is_ours else "web.case.todo.asked"
            yield Todo(t(key, about=about), f"#thread-{one.id}", waits=not is_ours)


def _others(page: CasePage) -> Iterator[Todo]:
    if page.seen.request is not None:
        due = words().until(page.seen.request.due_at)
        yield Todo(t("web.case.todo.changes", due=due), "#changes-asked", waits=True)
    for partner in page.paper.partners:
        if partner.status == "invited":
            yield Todo(t("web.case.todo.partner", name=partner.name), "#partners", waits=True)
    for kind in dict.fromkeys(one.kind for one in page.standing.blockers if one.kind in OF_ASSESSORS):
        yield Todo(t(f"blocker.{kind}"), url_for("office.assessments", id=page.seen.id), waits=True)
