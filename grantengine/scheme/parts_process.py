"""The parts of a scheme about its course: call, rounds, allocation, decision, payment, reports, delegation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from grantengine.hooks.expression_texts import ExpressionText, TieBreakText
from grantengine.hooks.values import (
    Budget,
    Days,
    Identifier,
    LocalDate,
    LocalizedText,
    Many,
    Moment,
    MomentOrReference,
    Pointer,
    SchemeMoney,
    SumOrShare,
    Text,
    Years,
)
from grantengine.scheme.part import Options, Part


class BudgetLine(Part):
    """Where in the state budget the money stands."""

    chapter: Text = Field(description="Chapter, as text in quotes.")
    post: Text | None = Field(default=None, description="Post, as text in quotes; none where the chapter is enough.")


class Deadline(Part):
    """One of several deadlines of a call."""

    closes: Moment = Field(description="The last minute that is in time, local time in Norway.")
    budget: SumOrShare = Field(
        default="rest", description="What is allocated at this deadline: a sum, a percent of the budget, or `rest`."
    )


class PatchOperation(Part):
    """One change to the scheme, as in RFC 6902; pointers address items of lists by their id."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"] = Field(description="What is done.")
    path: Pointer = Field(description="What it is done to.")
    value: Any = Field(default=None, description="The new value, of `add`, `replace` and `test`; else none.")
    from_: Pointer | None = Field(default=None, alias="from", description="Where it comes from, of `move` and `copy`.")


class Strand(Part):
    """A part of the scheme with its own budget and perhaps its own rules."""

    id: Identifier = Field(description="Name of the strand; rules read it as `strand`.")
    title: LocalizedText | None = Field(default=None, description="Its name in words; without it the id is shown.")
    budget: Budget | None = Field(
        default=None,
        description="What the strand may use, as for the call; one strand may have none: it uses what the others leave.",
    )
    patch: Many[PatchOperation] = Field(default=(), description="What differs from the rules of the scheme.")


class Call(Part):
    """The opening of the scheme: dates and budget. It alone may change after the scheme is published."""

    intake: Literal["window", "deadlines", "rolling"] = Field(
        default="window", description="One window with a deadline, several deadlines, or applications at any time."
    )
    budget: Budget = Field(description="The money there is: a sum with its currency, or a sum for each year.")
    budget_status: Literal["provisional", "final"] = Field(
        default="final", description="Whether the budget has been adopted."
    )
    budget_line: BudgetLine | None = Field(default=None, description="Where in the state budget the money stands.")
    opens: Moment | None = Field(
        default=None,
        description="When applications are first taken; required where `intake` is `window`, else at once.",
    )
    closes: Moment | None = Field(
        default=None, description="The last minute that is in time; required where `intake` is `window`, else no end."
    )
    deadlines: Many[Deadline] = Field(default=(), description="The deadlines, in order, where `intake` is `deadlines`.")
    answer_days: Days = Field(
        default=30, description="Within how many days an answer is promised where `intake` is `rolling`."
    )
    batch: Literal["day", "week", "month"] = Field(
        default="day",
        description="Where `intake` is `rolling`: applications of one day, week or month are ranked together, and what "
        "they leave of the budget is there for the next.",
    )
    decided_by: LocalDate | None = Field(
        default=None, description="The date by which decisions are promised; none by default."
    )
    invited_only: bool = Field(default=False, description="Whether only those who are invited may apply.")
    organisation_number: Literal["required", "optional"] = Field(
        default="required", description="Whether one may apply without an organisation number."
    )
    strands: Many[Strand] = Field(default=(), description="Parts with their own budget and perhaps their own rules.")


class Round(Part):
    """A round of review: a stage with its own actors, dates and permissions."""

    id: Identifier = Field(description="Name of the round.")
    kind: Identifier = Field(description="The kind of round, from a plugin.")
    title: LocalizedText | None = Field(default=None, description="Its name in words; without it that of the kind.")
    opens: MomentOrReference | None = Field(
        default=None,
        description="When it opens: a moment, `call.opens` or `call.closes`; else when the round before ends, but not "
        "before the call closes or, where `intake` is `rolling`, the application is submitted.",
    )
    closes: MomentOrReference | None = Field(
        default=None,
        description="When it closes: a moment, `call.opens` or `call.closes`; else after `days`, or by hand.",
    )
    days: Days | None = Field(
        default=None,
        description="How many calendar days it lasts, the first being the day after the one it opened in; it ends at "
        "23:59:59 of the last.",
    )
    options: Options = Field(default={}, description="Options of the kind; each kind documents its own.")


class Allocation(Part):
    """How points and sums become grants."""

    method: Identifier = Field(description="The method, from a plugin: `ranked`, `proportional`, `equal`, …")
    options: Options = Field(default={}, description="Options of the method; each method documents its own.")
    tie_break: Many[TieBreakText] = Field(
        default=(), description="Expressions with `asc` or `desc` that order equal totals; the last resort is the id."
    )


class Decision(Part):
    """Who decides, and whether a second person must approve."""

    by: Literal["administration", "committee"] = Field(default="administration", description="Who decides.")
    second_person: Literal["required", "leader", "none"] = Field(
        default="required", description="Whether another person, or a leader, must approve the decision."
    )


class Payment(Part):
    """How a grant is paid."""

    plan: Identifier = Field(description="The plan, from a plugin: `at_once`, `instalments`, …")
    options: Options = Field(default={}, description="Options of the plan; each plan documents its own.")


class Due(Part):
    """When a report is due."""

    after: Literal["ends", "decision", "paid"] = Field(
        default="ends", description="Counted from the end of the activity, from the decision, or from the payment."
    )
    days: Days = Field(default=60, description="How many days after it.")


class Report(Part):
    """A report that recipients owe. The first whose `when` holds is the one that is asked for."""

    id: Identifier = Field(description="Name of the report.")
    profile: Identifier = Field(description="What is asked for, from a plugin: `simple`, `standard`, `audited`, …")
    title: LocalizedText | None = Field(default=None, description="Its name in words; without it that of the profile.")
    when: ExpressionText | None = Field(default=None, description="For whom; without it for all who come to it.")
    due: Due = Field(default_factory=Due, description="When it is due.")
    attested_by: Many[Identifier] = Field(
        default=(), description="The offices that sign: `chair`, `treasurer`, `auditor`, …"
    )
    options: Options = Field(default={}, description="Options of the profile; each profile documents its own.")


class Appeal(Part):
    """The right to appeal."""

    days: Days = Field(default=21, description="Within how many days of the notice one may appeal.")
    body: Identifier = Field(
        default="by_authority",
        description="Who decides the appeal: an authority, or `by_authority`, the one it has named.",
    )


class Retention(Part):
    """How long cases are kept."""

    years: Years = Field(default=10, description="How many years a case is kept.")
    personal_data_years: Years = Field(default=5, description="How many years personal data in it is kept.")


class Share(Part):
    """What a delegated authority has to give."""

    authority: Identifier = Field(description="The authority the scheme is delegated to.")
    budget: SchemeMoney = Field(description="Its share of the budget.")


class Delegation(Part):
    """What authorities that run the scheme locally may adjust, and their shares."""

    adjustable: Many[Pointer] = Field(
        default=(), description="Pointers to what may be adjusted; `*` stands for every item."
    )
    shares: Many[Share] = Field(default=(), description="The authorities and their shares.")
