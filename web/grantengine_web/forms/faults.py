"""What does not fit in an answer, in a sentence for the one who wrote it: not how it is kept, but what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import Problem
from grantengine.money import parse_ore
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked

if TYPE_CHECKING:
    from grantengine_web.words import Words

OF_SHAPE = {
    "number": "web.fault.number", "percent": "web.fault.percent", "money": "web.fault.money", "date": "web.fault.date",
    "municipality": "web.fault.municipality", "organisation_number": "web.fault.organisation-number",
    "yes_no": "web.fault.choice", "radio": "web.fault.choice", "checkboxes": "web.fault.choice",
}  # fmt: skip
"""What to write where the answer is no answer to such a question."""
NOT_SUCH = frozenset({"answer-type", "answer-money", "answer-not-a-choice", "answer-format", "answer-pattern"})
LIMITS = {
    "answer-minimum": "web.fault.minimum", "answer-maximum": "web.fault.maximum",
    "answer-money-minimum": "web.fault.minimum", "answer-money-maximum": "web.fault.maximum",
    "answer-too-long": "web.fault.too-long", "answer-too-short": "web.fault.too-short",
    "answer-too-few-rows": "web.fault.too-few-rows", "answer-too-many-rows": "web.fault.too-many-rows",
}  # fmt: skip
OTHERS = {
    "answer-missing": "web.fault.missing", "answer-character": "web.fault.character",
    "answer-not-open": "web.fault.not-open",
}  # fmt: skip


def faults(
    words: Words, questions: Iterable[Asked], problems: Iterable[Problem], language: str
) -> dict[str, list[str]]:
    """What is wrong by the pointer of the answer, for these questions; the same is said once."""
    by_id = {one.id: one for one in questions}
    found: dict[str, list[str]] = {}
    for problem in problems:
        pointer = problem.where.pointer
        steps = pointer.split("/")[1:]
        question = by_id.get(steps[0]) if steps else None
        if question is not None:
            said = fault(words, part_of(question, problem), problem, language)
            at = _drawn_at(question, pointer, steps)
            if said not in found.setdefault(at, []):
                found[at].append(said)
    return found


def fault(words: Words, one: Asked, problem: Problem, language: str) -> str:
    """One of them in a sentence."""
    code, params = problem.code, problem.params
    if code in NOT_SUCH and one.shape in OF_SHAPE:
        key = "web.fault.whole" if one.is_whole else OF_SHAPE[one.shape]
        return words.t(key)
    if code in LIMITS:
        return words.t(LIMITS[code], limit=_limit(words, one, params, language))
    if code in OTHERS:
        return words.t(OTHERS[code])
    return words.problem(problem)


def part_of(question: Asked, problem: Problem) -> Asked:
    """The column that a problem is in, or the question."""
    steps = problem.where.pointer.split("/")
    return next((column for column in question.columns if column.id == steps[-1]), question)


def _drawn_at(question: Asked, pointer: str, steps: list[str]) -> str:
    """The place that is drawn: of a cell its own, of an item in a list that of the question."""
    is_cell = question.shape == "table" and len(steps) == 3
    return pointer if is_cell else f"/{question.id}"


def _limit(words: Words, one: Asked, params: Mapping[str, Any], language: str) -> str:
    limit = params.get("limit")
    if one.shape == "money" and isinstance(limit, str):
        return words.money(parse_ore(limit))
    if one.shape == "percent" and isinstance(limit, int | float):
        return f"{spellings.written(spellings.percentage(limit), language)} %"
    return words.number(limit) if isinstance(limit, int | float) else str(limit)
