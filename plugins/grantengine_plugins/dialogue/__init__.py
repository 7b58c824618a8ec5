"""Review rounds: guidance, completeness check, dialogue, assessment, pitch, panel."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from grantengine import (
    KindOptions,
    PlainOrLocalizedText,
    QuestionRef,
    RoundKind,
    RoundTerms,
    YesNoExpression,
    hookimpl,
    refuse,
)


class GuidanceOptions(KindOptions):
    """Meetings before the deadline."""

    meeting_minutes: int = Field(30, ge=5, le=240, description="Length of a meeting.")
    outside_office_hours: bool = Field(False, description="Whether evenings and weekends are offered too.")


class Guidance(RoundKind):
    """Bookable guidance meetings."""

    kind = "guidance"
    Options = GuidanceOptions

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"handler", "applicant"}), allows=frozenset({"meet"}),
            meeting_minutes=options.meeting_minutes, outside_office_hours=options.outside_office_hours,
        )  # fmt: skip


class CompletenessOptions(KindOptions):
    """Time to correct formal errors."""

    days_to_correct: int = Field(14, ge=1, le=365, description="Days the applicant has to correct formal errors.")
    exchanges: int = Field(1, ge=1, le=20, description="How many times the applicant may be asked.")


class CompletenessCheck(RoundKind):
    """A check that everything needed is there."""

    kind = "completeness_check"
    Options = CompletenessOptions

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"handler", "applicant"}), allows=frozenset({"ask"}),
            exchanges=options.exchanges, answer_days=options.days_to_correct,
        )  # fmt: skip


class DialogueOptions(KindOptions):
    """How far the dialogue goes."""

    exchanges: int = Field(1, ge=1, le=20, description="How many times the applicant may be asked.")
    days_to_answer: int = Field(14, ge=1, le=365, description="Days the applicant has for each answer.")
    editable: tuple[QuestionRef, ...] = Field(
        (), description="Questions that may be changed; empty: those asked about."
    )
    offered_to: Literal["all", "by_rule"] = Field(
        "all", description="Who is offered dialogue after the deadline: all, or those for whom `rule` holds."
    )
    rule: YesNoExpression | None = Field(
        None, description="With `offered_to: by_rule`: for whom it is, as an expression over the case."
    )

    @model_validator(mode="after")
    def _said_to_whom(self) -> DialogueOptions:
        if self.offered_to == "by_rule" and self.rule is None:
            raise refuse("dialogue-rule-missing", at="offered_to")
        if self.offered_to == "all" and self.rule is not None:
            raise refuse("dialogue-rule-without-use", at="rule")
        return self


class Dialogue(RoundKind):
    """Questions and changes between handler and applicant before the decision."""

    kind = "dialogue"
    Options = DialogueOptions

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"handler", "applicant"}), allows=frozenset({"ask"}), exchanges=options.exchanges,
            answer_days=options.days_to_answer, editable=options.editable or None, offered_to_all=options.rule is None,
        )  # fmt: skip


class AssessmentOptions(KindOptions):
    """How applications are rated."""

    assessors_per_case: int = Field(2, ge=1, le=20, description="Assessors for each application.")
    blind: bool = Field(True, description="Whether marks are hidden from other assessors until delivered.")
    discuss_if_spread_over: float | None = Field(
        None, ge=0, description="Marks further apart than this call for a discussion; left out: never."
    )


class Assessment(RoundKind):
    """Assessors rate on their own."""

    kind = "assessment"
    Options = AssessmentOptions

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"assessor"}), allows=frozenset({"rate"}), assessors_per_case=options.assessors_per_case,
            blind=options.blind, discuss_if_spread_over=options.discuss_if_spread_over,
        )  # fmt: skip


class PitchOptions(KindOptions):
    """An oral presentation, alike for all."""

    minutes: int = Field(15, ge=1, le=240, description="Time for each applicant.")
    outside_office_hours: bool = Field(False, description="Whether evenings and weekends are offered too.")
    questions: tuple[PlainOrLocalizedText, ...] = Field((), description="The same questions for all.")


class Pitch(RoundKind):
    """Applicants present; same questions, time and panel for all."""

    kind = "pitch"
    Options = PitchOptions

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(
            acts=frozenset({"handler", "panel", "applicant"}), allows=frozenset({"meet", "pitch"}),
            meeting_minutes=options.minutes, outside_office_hours=options.outside_office_hours, asked=options.questions,
        )  # fmt: skip


class Panel(RoundKind):
    """A panel goes through the ranking together."""

    kind = "panel"

    def terms(self, options: Any) -> RoundTerms:
        return RoundTerms(acts=frozenset({"handler", "panel"}), allows=frozenset({"rank"}))


@hookimpl
def grantengine_round_kinds() -> list[type[RoundKind]]:
    return [Guidance, CompletenessCheck, Dialogue, Assessment, Pitch, Panel]
