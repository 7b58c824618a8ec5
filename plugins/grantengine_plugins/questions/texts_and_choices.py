"""Questions answered with words, a choice, a date, yes or no, or a file."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from grantengine import Audience, Draw, KindOptions, LocalizedText, QuestionKind, refuse, types

_WORDS = (
    "åpen møteplass språkkafé svømmekurs leksehjelp turgruppe foreldre ungdom kvinner nabolag frivillige felles "
    "aktivitet hver uke sammen lære norsk idrett matlaging kultur musikk skole kommune bibliotek sommer"
).split()


class TextOptions(KindOptions):
    """Length limits of a text."""

    max_length: int = Field(200, ge=1, le=100_000, description="Most characters.")
    min_length: int = Field(0, ge=0, le=100_000, description="Fewest characters.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_length > self.max_length:
            raise refuse("minimum-above-maximum", at="min_length")
        return self


class LongTextOptions(TextOptions):
    """Length limits of a long text."""

    max_length: int = Field(4000, ge=1, le=100_000, description="Most characters.")


class ChoiceItem(KindOptions):
    """One of the choices: a stable id and its label per language."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Stable id, the value that rules see.")
    label: LocalizedText = Field(description="What the applicant sees.")


class ChoiceOptions(KindOptions):
    """The choices there are."""

    choices: tuple[ChoiceItem, ...] = Field(min_length=1, description="The choices, in order.")


class Text(QuestionKind):
    """One line of text."""

    kind = "text"
    Options = TextOptions
    default_minutes = 1

    def column(self, options: Any) -> types.Type:
        return types.TEXT

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string", "maxLength": options.max_length}
        return {**schema, "minLength": options.min_length} if options.min_length else schema

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return _words(draw, 3, options.min_length, options.max_length)


class LongText(Text):
    """Several paragraphs of text."""

    kind = "long_text"
    Options = LongTextOptions
    widget = "textarea"
    default_minutes = 15

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return _words(draw, 14, options.min_length, options.max_length)


def _words(draw: Draw, count: int, shortest: int, longest: int) -> list[Any]:
    picks = draw.rng.integers(0, len(_WORDS), (draw.n, count))
    texts = (" ".join(_WORDS[index] for index in row).capitalize() for row in picks)
    return [text.ljust(shortest, ".")[:longest] for text in texts]


class Choice(QuestionKind):
    """One of several choices."""

    kind = "choice"
    Options = ChoiceOptions
    widget = "radio"
    step = 1

    def column(self, options: Any) -> types.Type:
        return types.choice_of(tuple(choice.id for choice in options.choices))

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        return {"type": "string", "enum": [choice.id for choice in options.choices]}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        # Falling shares: the first choices are the common ones.
        weights = [1 / (place + 1) for place in range(len(options.choices))]
        shares = [weight / sum(weights) for weight in weights]
        picks = draw.rng.choice(len(options.choices), size=draw.n, p=shares)
        return [options.choices[pick].id for pick in picks]


class Choices(QuestionKind):
    """Any number of several choices."""

    kind = "choices"
    Options = ChoiceOptions
    widget = "checkboxes"
    default_minutes = 2

    def column(self, options: Any) -> types.Type:
        return types.list_of(types.choice_of(tuple(choice.id for choice in options.choices)))

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        ids = [choice.id for choice in options.choices]
        return {"type": "array", "items": {"type": "string", "enum": ids}, "maxItems": 10 * len(ids)}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        ids = [choice.id for choice in options.choices]
        chosen = draw.rng.random((draw.n, len(ids))) < 0.4
        return [[name for name, yes in zip(ids, row, strict=True) if yes] for row in chosen]


class YesNo(QuestionKind):
    """Yes or no."""

    kind = "yes_no"
    widget = "yes_no"
    default_minutes = 0.5
    step: ClassVar[float | None] = 1

    def column(self, options: Any) -> types.Type:
        return types.YES_NO

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        return {"type": "boolean"}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return [bool(yes) for yes in draw.chance(0.5)]


class Consent(YesNo):
    """A declaration that the applicant agrees to; never part of a counterfactual."""

    kind = "consent"
    widget = "checkbox"
    step = None

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return [True] * draw.n


class Date(QuestionKind):
    """A calendar date."""

    kind = "date"
    widget = "date"

    def column(self, options: Any) -> types.Type:
        return types.DATE

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        # What an application dates is mostly still to come: within two years of the decision.
        return [(draw.day + datetime.timedelta(days=int(day))).isoformat() for day in draw.rng.integers(0, 730, draw.n)]


class Attachment(QuestionKind):
    """A file; the answer is the id under which it is stored."""

    kind = "attachment"
    widget = "file"
    default_minutes = 5

    def column(self, options: Any) -> types.Type:
        return types.TEXT

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": 200}

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        return [f"file-{index}" for index in range(draw.n)]
