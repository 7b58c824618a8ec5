"""How far one has come with a form: page by page, what is answered, what is missing, and the minutes that are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from grantengine.errors import Problem
from grantengine.form.answers import is_shown
from grantengine.form.build import Form


@dataclass(frozen=True, slots=True)
class PageProgress:
    """A page: how many questions are asked and answered, which are missing to submit, which do not fit, and minutes left."""

    page: str
    asked: int
    answered: int
    missing: tuple[str, ...]
    unfit: tuple[str, ...]
    minutes_left: float

    @property
    def is_complete(self) -> bool:
        """Whether nothing on it stops a submission."""
        return not self.missing and not self.unfit


def shown_fields(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """The questions that are asked, given these answers."""
    given = {name: value for name, value in answers.items() if value is not None}
    shown = set()
    for field in form.by_dependency:
        if field.visible_if is None or is_shown(field.visible_if.node, given):
            shown.add(field.id)
        else:
            given.pop(field.id, None)  # a hidden answer counts as none for what depends on it
    return frozenset(shown)


def progress(
    form: Form, answers: Mapping[str, Any], shown: Collection[str], problems: Collection[Problem]
) -> dict[str, PageProgress]:
    """How far each page is, by page id; ``problems`` are those of the draft."""
    wrong = {problem.where.pointer.split("/")[1] for problem in problems if problem.where.pointer}
    pages: dict[str, list[str]] = {}
    for field in form.fields:
        pages.setdefault(field.page, []).extend([field.id] if field.id in shown else [])
    return {page: _page(form, page, names, answers, wrong) for page, names in pages.items()}


def _page(form: Form, page: str, names: list[str], answers: Mapping[str, Any], wrong: Collection[str]) -> PageProgress:
    open_ = [form.by_id[name] for name in names if answers.get(name) is None]
    missing = tuple(field.id for field in open_ if field.needed == "to_submit")
    unfit = tuple(name for name in names if name in wrong and answers.get(name) is not None)
    return PageProgress(
        page, len(names), len(names) - len(open_), missing, unfit, sum(field.minutes for field in open_)
    )
