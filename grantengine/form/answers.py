"""One application's answers against the form: what is shown, what is missing, what does not fit, all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jsonschema.protocols import Validator

from grantengine.errors import AnswersError, Problem, Where
from grantengine.form.build import Form
from grantengine.form.problems import problems_of
from grantengine.form.schema import form_schema, validator
from grantengine.form.visible import true_schema
from grantengine.hooks.kinds import Audience

Moment = Literal["draft", "to_submit", "to_decide"]
"""When answers are checked: a draft may be incomplete, a submission lacks nothing that is needed to submit."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers that fit the form. ``hidden`` names questions whose answers were set aside because they are hidden."""

    answers: Mapping[str, Any]
    hidden: tuple[str, ...]
    missing_to_decide: tuple[str, ...]


def check_answers(
    form: Form, answers: Mapping[str, Any], *, moment: Moment = "to_submit", audience: Audience = "form"
) -> Submission:
    """Check ``answers`` (question id to JSON value; null is no answer).

    :raises AnswersError: every problem, each with the path of its field.
    """
    given = {name: value for name, value in answers.items() if value is not None}
    shown, hidden = shown_answers(form, given)
    problems = list(_problems(form, shown, moment, audience))
    if problems:
        raise AnswersError(problems)
    return Submission(shown, hidden, tuple(_lacking(form, shown, "to_decide")))


MOST_BYTES = 2_000_000
"""How large a draft can be, as JSON."""

UNKEEPABLE = frozenset({"answer-unknown", "answer-character"})
"""Problems of answers that not even a draft may have."""


def check_draft(form: Form, answers: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What does not fit yet in a draft, which may be incomplete.

    :raises AnswersError: answers that can not be kept: to no question of the form, such as a fact or a checked value; that
        an applicant may not give, such as ``confirmed`` of a partner; with characters that no database keeps; that are no
        JSON; or too large.
    """
    check_size(answers)
    # Hidden answers stay in the draft, so all that is given is looked at.
    given = {name: value for name, value in answers.items() if value is not None}
    problems = [*problems_of(_of_drafts(form).iter_errors(given)), *unkeepable(given, "")]
    refused = [problem for problem in problems if problem.code in UNKEEPABLE]
    if refused:
        raise AnswersError(refused)
    return tuple(problems)


def _of_drafts(form: Form) -> Validator:
    """The checker of drafts, made once for a form: they are looked at each time someone pauses."""
    kept: dict[str, Validator] = form.__dict__
    if "of_drafts" not in kept:
        kept["of_drafts"] = validator({**form_schema(form, audience="form"), "required": [], "allOf": []})
    return kept["of_drafts"]


def check_size(answers: Mapping[str, Any]) -> None:
    """Whether these are answers at all, by question, and not too many of them.

    :raises AnswersError: ``draft-not-json`` or ``draft-too-large``.
    """
    if not isinstance(answers, Mapping):
        raise AnswersError([Problem("draft-not-json", Where(), {"reason": type(answers).__name__})])
    try:
        size = len(json.dumps(answers, ensure_ascii=False, allow_nan=False).encode(errors="surrogatepass"))
    except (TypeError, ValueError, RecursionError) as error:
        raise AnswersError([Problem("draft-not-json", Where(), {"reason": str(error)[:80]})]) from error
    if size > MOST_BYTES:
        raise AnswersError([Problem("draft-too-large", Where(), {"limit": MOST_BYTES, "got": size})])


def shown_answers(form: Form, given: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The answers to questions that are shown, and the ids of the answered ones that are hidden.

    A question hidden by its condition counts as unanswered for the conditions that read it.
    """
    shown = dict(given)
    hidden = []
    for field in form.by_dependency:
        condition = field.visible_if
        if condition is not None and field.id in shown and not is_shown(condition.node, shown):
            del shown[field.id]
            hidden.append(field.id)
    return shown, tuple(hidden)


def is_shown(node: Any, answers: Mapping[str, Any]) -> bool:
    """Whether a checked ``visible_if`` is true for these answers."""
    return bool(validator(true_schema(node)).is_valid(dict(answers)))


def _problems(form: Form, shown: Mapping[str, Any], moment: Moment, audience: Audience) -> list[Problem]:
    schema = form_schema(form, audience=audience)
    if moment == "draft":
        schema = {**schema, "required": [], "allOf": []}
    problems = [*problems_of(validator(schema).iter_errors(dict(shown))), *unkeepable(shown, "")]
    if moment == "to_decide":
        for name in _lacking(form, shown, "to_decide"):
            problems.append(Problem("answer-missing", Where(pointer=f"/{name}"), {"path": f"/{name}", "field": name}))
    return problems


def unkeepable(value: Any, path: str) -> Iterator[Problem]:
    """Texts with characters that no database keeps: NUL, and halves of characters."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from unkeepable(part, f"{path}/{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from unkeepable(part, f"{path}/{index}")
    elif isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        yield Problem("answer-character", Where(pointer=path), {"path": path})


def _lacking(form: Form, shown: Mapping[str, Any], needed: str) -> list[str]:
    """Questions that are shown, needed at this moment, and not answered."""
    return [
        field.id
        for field in form.fields
        if field.needed == needed
        and field.id not in shown
        and (field.visible_if is None or is_shown(field.visible_if.node, shown))
    ]
