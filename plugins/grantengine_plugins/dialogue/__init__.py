"""Review rounds: guidance, completeness check, dialogue, assessment, pitch, panel."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grantengine import KindOptions, QuestionRef, RoundKind, hookimpl


class GuidanceOptions(KindOptions):
    """Meetings before the deadline."""

    meeting_minutes: int = Field(30, ge=5, le=240, description="Length of a meeting.")
    outside_office_hours: bool = Field(False, description="Whether evenings and weekends are offered too.")


class Guidance(RoundKind):
    """Bookable guidance meetings."""

    kind = "guidance"
    Options = GuidanceOptions


class CompletenessOptions(KindOptions):
    """Time to correct formal errors."""

    days_to_correct: int = Field(14, ge=1, le=365, description="Days the applicant has to correct formal errors.")


class CompletenessCheck(RoundKind):
    """A check that everything needed is there."""

    kind = "completeness_check"
    Options = CompletenessOptions


class DialogueOptions(KindOptions):
    """How far the dialogue goes."""

    exchanges: int = Field(1, ge=1, le=20, description="How many times the applicant may be asked.")
    days_to_answer: int = Field(14, ge=1, le=365, description="Days the applicant has for each answer.")
    editable: tuple[QuestionRef, ...] = Field(
        (), description="Questions that may be changed; empty: those asked about."
    )
    offered_to: Literal["all", "by_rule"] = Field("all", description="Who is offered dialogue after the deadline.")


class Dialogue(RoundKind):
    """Questions and changes between handler and applicant before the decision."""

    kind = "dialogue"
    Options = DialogueOptions


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


class PitchOptions(KindOptions):
    """An oral presentation, alike for all."""

    minutes: int = Field(15, ge=1, le=240, description="Time for each applicant.")
    questions: tuple[str, ...] = Field((), description="The same questions for all.")


class Pitch(RoundKind):
    """Applicants present; same questions, time and panel for all."""

    kind = "pitch"
    Options = PitchOptions


class Panel(RoundKind):
    """A panel goes through the ranking together."""

    kind = "panel"


@hookimpl
def grantengine_round_kinds() -> list[type[RoundKind]]:
    return [Guidance, CompletenessCheck, Dialogue, Assessment, Pitch, Panel]
