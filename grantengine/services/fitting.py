"""What of a draft can be judged: a draft may hold anything, and rules and fact sources read only what fits the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantengine.compile.plan import Plan
from grantengine.form.answers import check_draft, shown_answers


def fitting_answers(plan: Plan, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers that are shown and fit the form."""
    wrong = {problem.where.pointer.split("/")[1] for problem in check_draft(plan.form, answers)}
    fitting = {name: value for name, value in answers.items() if value is not None and name not in wrong}
    shown, _ = shown_answers(plan.form, fitting)
    return shown
