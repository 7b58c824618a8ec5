"""The whole of a scheme as frozen values."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grantengine.hooks.values import Identifier, LanguageCode, LocalizedText, Many, SemVer
from grantengine.scheme.part import Part
from grantengine.scheme.parts_form import Checked, Criterion, EligibilityRule, Page, Question, Regulation
from grantengine.scheme.parts_process import (
    Allocation,
    Appeal,
    Call,
    Decision,
    Delegation,
    Payment,
    Report,
    Retention,
    Round,
    Strand,
)

__all__ = ["DEFAULT_LANGUAGES", "Criterion", "EligibilityRule", "Question", "Scheme", "Strand"]

DEFAULT_LANGUAGES = ("nb", "nn")


class Scheme(Part):
    """A scheme: everything about it from its purpose to its reports."""

    format: Literal[1] = Field(description="Version of this format.")
    id: Identifier = Field(description="Name of the scheme within its authority.")
    version: SemVer = Field(description="Version of the scheme; a published version never changes.")
    status: Literal["example", "draft", "published", "retired"] = Field(
        description="Where the version is in its life; not part of what identifies it."
    )
    authority: Identifier = Field(description="Id of the authority that owns the scheme.")
    kind: Literal["project", "operating", "event", "in_kind", "earmarked"] = Field(
        description="What is supported: projects, the running of organisations, events, in kind, or named recipients."
    )
    languages: Many[LanguageCode] = Field(
        default=DEFAULT_LANGUAGES,
        min_length=1,
        description="The languages that every text must have; more are welcome.",
    )
    plugins: Many[Identifier] = Field(default=(), description="The plugins the scheme needs beside the base plugins.")
    title: LocalizedText = Field(description="The name of the scheme.")
    regulation: Regulation = Field(description="Purpose, target group, goals, follow-up and evaluation.")
    call: Call = Field(description="Dates and budget.")
    form: Many[Page] = Field(description="The pages of the application form, in order.")
    checked: Many[Checked] = Field(default=(), description="Figures that a handler may correct or establish.")
    eligibility: Many[EligibilityRule] = Field(default=(), description="Conditions that every grant must meet.")
    criteria: Many[Criterion] = Field(default=(), description="Award criteria, which give points.")
    rounds: Many[Round] = Field(default=(), description="The rounds of review, in order.")
    allocation: Allocation = Field(description="How points and sums become grants.")
    impartiality: Literal["case", "call"] = Field(
        default="case", description="Whether a tie to one applicant touches that case only, or the whole ranking."
    )
    decision: Decision = Field(default_factory=Decision, description="Who decides.")
    payment: Payment | None = Field(default=None, description="How grants are paid; without it at once, when decided.")
    reporting: Many[Report] = Field(default=(), description="The reports; the first whose `when` holds is asked for.")
    appeal: Appeal = Field(default_factory=Appeal, description="The right to appeal.")
    retention: Retention = Field(default_factory=Retention, description="How long cases are kept.")
    delegation: Delegation = Field(default_factory=Delegation, description="What may be adjusted locally.")

    @property
    def strands(self) -> tuple[Strand, ...]:
        """The parts with their own budget, which the call names."""
        return self.call.strands

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of the form, page by page."""
        return tuple(question for page in self.form for question in page.questions)
