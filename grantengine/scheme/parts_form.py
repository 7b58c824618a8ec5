"""The parts of a scheme about its rules: regulation, form, checked figures, eligibility and criteria."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grantengine.hooks.expression_texts import ExpressionText
from grantengine.hooks.values import (
    Changeable,
    FigureId,
    Identifier,
    LocalizedText,
    Many,
    Minutes,
    PositiveNumber,
    QuestionId,
)
from grantengine.scheme.part import KindPart, Options, Part


class Goal(Part):
    """One criterion by which it is judged whether the scheme reached its objective."""

    id: Identifier = Field(description="Name of the goal within the scheme.")
    text: LocalizedText | None = Field(default=None, description="The goal in words; without it the id is shown.")
    reported: FigureId | None = Field(
        default=None, description="Id of the figure that reports ask for to measure the goal."
    )


class Regulation(Part):
    """What state financial regulations ask every grant scheme to state."""

    objective: LocalizedText | None = Field(default=None, description="What the scheme is to achieve.")
    target_group: LocalizedText | None = Field(default=None, description="Whom the scheme is for.")
    goal_attainment: Many[Goal] = Field(default=(), description="How it is judged whether the objective is reached.")
    follow_up: LocalizedText | None = Field(
        default=None, description="How the use of the money is followed up and controlled."
    )
    evaluation: LocalizedText | None = Field(default=None, description="When and how the scheme is evaluated.")


class Question(KindPart):
    """A question of the form. A kind may bring keys of its own, such as `minimum`, `choices` or `columns`."""

    id: QuestionId = Field(description="Name of the question; rules read the answer by it.")
    kind: Identifier = Field(description="The kind of question, from a plugin: `integer`, `money`, `long_text`, …")
    label: LocalizedText | None = Field(
        default=None, description="The question as it is asked; without it the id is shown."
    )
    help: LocalizedText | None = Field(default=None, description="A short explanation beside the question.")
    needed: Literal["to_submit", "to_decide"] = Field(
        default="to_submit", description="Whether the answer is needed to submit, or only before the decision."
    )
    optional: bool = Field(default=False, description="True: the answer is never needed.")
    minutes: Minutes | None = Field(
        default=None, description="How many minutes the answer takes, for the burden estimate; the kind has a default."
    )
    visible_if: ExpressionText | None = Field(
        default=None, description="The question is asked only where this holds; it may read other questions only."
    )
    changeable: Changeable | None = Field(
        default=None,
        description="Whether an explanation may suggest another answer: `false`, or `{scale: number}` where one step "
        "is that many units. Without it the scale is 1, and never for places, numbers of organisations, dates, texts.",
    )


class Page(Part):
    """A page of the form."""

    id: Identifier = Field(description="Name of the page.")
    title: LocalizedText | None = Field(default=None, description="Heading of the page; without it the id is shown.")
    help: LocalizedText | None = Field(default=None, description="A short introduction to the page.")
    questions: Many[Question] = Field(default=(), description="The questions of the page, in order.")


class Checked(Part):
    """A figure that a handler may correct or establish, with a reason. Rules read it as `checked.<id>`."""

    id: FigureId = Field(description="Name of the figure.")
    kind: Identifier = Field(description="The kind of value, as for questions.")
    label: LocalizedText | None = Field(default=None, description="What the figure is; without it the id is shown.")
    from_: QuestionId | None = Field(
        default=None,
        alias="from",
        description="The question whose answer it is until a handler sets it; without it empty.",
    )


class EligibilityRule(KindPart):
    """A condition that every grant must meet. A kind may bring keys of its own, such as `ask` of `judged`."""

    id: Identifier = Field(description="Name of the rule.")
    require: ExpressionText | None = Field(
        default=None, description="The expression that must be true. Instead of `kind`."
    )
    kind: Identifier | None = Field(default=None, description="A kind of rule from a plugin. Instead of `require`.")
    because: LocalizedText | None = Field(
        default=None,
        description="The reason given where the rule fails; without it the words of the kind, or the rule itself.",
    )


class Criterion(Part):
    """An award criterion: gives points to those who are eligible."""

    id: Identifier = Field(description="Name of the criterion; rules read its points as `points.<id>`.")
    title: LocalizedText | None = Field(
        default=None, description="Its name in words; without it that of the kind, or the id."
    )
    help: LocalizedText | None = Field(
        default=None, description="What is looked for, to be shown to applicants and assessors."
    )
    max_points: PositiveNumber | None = Field(
        default=None, description="Points are cut at this number; without it they are as computed, and at least 0."
    )
    weight: PositiveNumber = Field(default=1.0, description="The points are multiplied by this.")
    points: ExpressionText | None = Field(
        default=None, description="The expression that gives the points. Instead of `kind`."
    )
    kind: Identifier | None = Field(default=None, description="A kind of criterion from a plugin. Instead of `points`.")
    options: Options = Field(default={}, description="Options of the kind; each kind documents its own.")
