"""How far one has come with a form: page by page, what is answered, what is missing, and the minutes that are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grantengine.errors import Problem
from grantengine.form.answers import is_shown
from grantengine.form.build import Form
from grantengine.form.burden import told_minutes


@dataclass(frozen=True, slots=True)
class PageProgress:
    """A page: how many questions are asked and answered, and of those that are not, which are ``missing`` to submit,
    ``optional``, or can be answered ``later``; which answers do not fit; and the minutes that it still takes.

    Those of all pages add up to what is told of the whole. A page with nothing left that is needed takes none any more.
    """

    page: str
    asked: int
    answered: int
    missing: tuple[str, ...]
    optional: tuple[str, ...]
    later: tuple[str, ...]
    unfit: tuple[str, ...]
    minutes_left: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing on it stops a submission."""
        return not self.missing and not self.unfit

    @property
    def is_done(self) -> bool:
        """Whether it is complete, and not because nobody has begun on what is optional."""
        return self.is_complete and bool(self.answered or not self.asked)


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
    """How far each page is, by page id; ``problems`` are those of the draft.

    At the beginning the minutes are those of :func:`~grantengine.form.burden.minutes_to_apply`, as they are told.
    """
    wrong = {problem.where.pointer.split("/")[1] for problem in problems if problem.where.pointer}
    pages: dict[str, list[str]] = {}
    for field in form.fields:
        pages.setdefault(field.page, []).extend([field.id] if field.id in shown else [])
    found = {page: _page(form, page, names, answers, wrong) for page, names in pages.items()}
    exact = dict.fromkeys(found, 0.0)
    for name in _open(form, answers, shown):
        field = form.by_id[name]
        exact[field.page] += 0 if found[field.page].is_done else field.minutes
    shares = _shares(exact)
    return {page: replace(one, minutes_left=shares[page]) for page, one in found.items()}


def minutes_left(pages: Mapping[str, PageProgress]) -> int:
    """The minutes that the form still takes."""
    return sum(one.minutes_left for one in pages.values())


def _page(form: Form, page: str, names: list[str], answers: Mapping[str, Any], wrong: Collection[str]) -> PageProgress:
    open_ = [form.by_id[name] for name in names if answers.get(name) is None]
    by_need = {
        need: tuple(field.id for field in open_ if field.needed == need) for need in ("to_submit", None, "to_decide")
    }
    unfit = tuple(name for name in names if name in wrong and answers.get(name) is not None)
    return PageProgress(
        page, len(names), len(names) - len(open_), by_need["to_submit"], by_need[None], by_need["to_decide"], unfit
    )


def _open(form: Form, answers: Mapping[str, Any], shown: Collection[str]) -> list[str]:
    """The questions without an answer that are asked, or that may be, because what they follow from has no answer yet."""
    found: list[str] = []
    for field in form.by_dependency:
        may_come = field.visible_if is not None and not field.visible_if.columns.isdisjoint(found)
        if (field.id in shown and answers.get(field.id) is None) or (field.id not in shown and may_come):
            found.append(field.id)
    return found


def _shares(exact: Mapping[str, float]) -> dict[str, int]:
    """Whole minutes that add up to what is told of all; what is left over goes to the largest remainders."""
    total = sum(exact.values())
    if not total:
        return dict.fromkeys(exact, 0)
    told = told_minutes(total)
    parts = {page: told * minutes / total for page, minutes in exact.items()}
    whole = {page: int(part) for page, part in parts.items()}
    left = told - sum(whole.values())
    for page in sorted(parts, key=lambda one: whole[one] - parts[one])[:left]:
        whole[page] += 1
    return whole
