"""A criterion kind from outside: points for each language in which an activity is offered."""

from typing import Any

from pydantic import Field

from grantengine import CriterionKind, Expression, KindOptions, Points, QuestionRef, column, expr, hookimpl


class LanguagesOptions(KindOptions):
    """Which question holds the languages, and what each is worth."""

    question: QuestionRef = Field("languages", description="A question of kind choices.")
    points_per_language: Points = Field(description="Points for each language.")


class Languages(CriterionKind):
    """Points for each language that is chosen."""

    kind = "languages"
    Options = LanguagesOptions

    def points(self, options: Any) -> Expression:
        return expr("len({spoken}) * {each}", spoken=column(options.question), each=options.points_per_language)


@hookimpl
def grantengine_criterion_kinds() -> list[type[CriterionKind]]:
    return [Languages]
