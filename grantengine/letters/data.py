"""What goes into a letter: everything its reader may know, and no place for another applicant's data."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from grantengine.records import Ground

if TYPE_CHECKING:
    from grantengine.outcome import AwardLine

Kind = Literal["granted", "granted_in_part", "refused"]

REFUSALS = frozenset(
    {
        Ground.NOT_ELIGIBLE, Ground.NOT_RATED, Ground.BELOW_MINIMUM, Ground.DOES_NOT_FIT, Ground.BUDGET_USED,
        Ground.SET_BY_HAND,
    }
)  # fmt: skip
"""Grounds on which nothing is given. What is to be clarified is no refusal, and who has withdrawn gets no answer."""
AWARDS = frozenset({Ground.FUNDED, Ground.FUNDED_IN_PART, Ground.SET_BY_HAND})
"""Grounds on which something is given."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes: the authority's name by language, and how the reader reaches whoever handles the case."""

    authority: Mapping[str, str]
    handler: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class LetterSettings:
    """The sections of law that an authority's letters point to, such as «forvaltningsloven § 28».

    They are the authority's configuration, never words of ours; where one is empty, the letter points to none.
    """

    reasons_section: str | None = None
    appeal_section: str | None = None
    access_section: str | None = None
    interim_section: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about and to whom: names and titles as they are, the case's number, the reader's language."""

    organisation: str
    number: str
    scheme: Mapping[str, str]
    call: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One thing that would have changed the outcome, all else as it was: another answer, or more points.

    ``rule`` is the id of the rule that would have held and ``because`` its reason; ``question``, ``today`` (empty: not
    answered) and ``value`` are as the reader is shown them. ``points`` is what was short; then the rest is empty,
    but for ``minimum`` where the points that the scheme requires would not have been enough, and whether it was
    ``crowded``: the money went to others.
    """

    rule: str = ""
    because: str = ""
    question: str = ""
    today: str = ""
    value: str = ""
    points: float | None = None
    minimum: float | None = None
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One award criterion: its points, the most there are (None: no limit), and the assessor's or handler's note."""

    title: str
    points: float
    most: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that does not hold: why, the labels of what was not answered, and an approved change that would mend it."""

    because: str
    missing: tuple[str, ...] = ()
    counterfactual: Counterfactual | None = None


@dataclass(frozen=True, slots=True)
class AppealRight:
    """``days`` from the notice, the last of them ``until``; ``body`` decides where the authority keeps its decision."""

    days: int
    until: datetime.date
    body: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionLetter:
    """The answer to an application. Sums and awards are in hundredths, points in points; texts are in the language.

    ``minimum`` is what the scheme requires in points (None: nothing), ``reason`` a handler's own where the ground is set
    by hand, ``blocks`` chosen text blocks, ``note`` the handler's free text, ``counterfactuals`` those approved,
    ``reserve`` the place on the reserve list, ``answer_by`` the last day to say whether the grant is taken,
    ``instead_of`` the day of the letter whose refusal this takes the place of, ``resolved_by`` the committee that decided,
    with where it stands in its minutes.

    :raises ValueError: where the kind, the ground and the award do not go together, or the case is not to be answered.
    """

    subject: Subject
    office: Office
    kind: Kind
    ground: Ground
    decided_on: datetime.date
    minimum: float | None
    appeal: AppealRight
    settings: LetterSettings = LetterSettings()
    notified_on: datetime.date | None = None
    award: tuple[AwardLine, ...] = ()
    currency: str = "NOK"
    requested: int | None = None
    reason: str = ""
    criteria: tuple[CriterionLine, ...] = ()
    total: float | None = None
    rules: tuple[RuleLine, ...] = ()
    blocks: tuple[str, ...] = ()
    note: str = ""
    counterfactuals: tuple[Counterfactual, ...] = ()
    conditions: tuple[str, ...] = ()
    reserve: int | None = None
    answer_by: datetime.date | None = None
    instead_of: datetime.date | None = None
    resolved_by: str = ""

    def __post_init__(self) -> None:
        refused = self.kind == "refused"
        if self.ground not in (REFUSALS if refused else AWARDS):
            raise ValueError(f"«{self.ground}» is no ground of a letter of kind {self.kind}")
        if refused == any(line.amount for line in self.award):
            raise ValueError(f"a letter of kind {self.kind} with the award {self.award}")

    @property
    def approved(self) -> tuple[Counterfactual, ...]:
        """What would have changed the outcome, of rules and of the whole, each once."""
        own = (line.counterfactual for line in self.rules)
        return tuple(dict.fromkeys((*(one for one in own if one is not None), *self.counterfactuals)))


@dataclass(frozen=True, slots=True)
class InterimLetter:
    """The answer takes longer: why, and when it is expected now (None: not known); ``promised`` was said before."""

    subject: Subject
    office: Office
    written_on: datetime.date
    why: str
    expected: datetime.date | None
    promised: datetime.date | None = None
    settings: LetterSettings = LetterSettings()


@dataclass(frozen=True, slots=True)
class AppealReceipt:
    """An appeal has come: ``number`` is the appeal's own where it has one; ``until`` was the last day.

    ``next_steps`` is what happens now, in the authority's words, beside what is always said; ``expected`` when it is
    answered.
    """

    subject: Subject
    office: Office
    written_on: datetime.date
    arrived: datetime.date
    until: datetime.date
    in_time: bool
    number: str = ""
    body: str | None = None
    next_steps: str = ""
    expected: datetime.date | None = None
    settings: LetterSettings = LetterSettings()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One application in a committee's case paper: sums in hundredths, points in points (None: no total).

    ``note`` is said beside the ground, such as a handler's reason for a sum set by hand.
    """

    organisation: str
    number: str
    requested: int | None
    proposed: int
    points: float | None
    ground: Ground
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A case in which the committee has to choose, and what it chooses between."""

    organisation: str
    number: str
    question: str


@dataclass(frozen=True, slots=True)
class CasePaper:
    """What a committee decides by; for its members, never for applicants. ``budget`` is in hundredths of ``currency``."""

    scheme: Mapping[str, str]
    call: Mapping[str, str]
    language: str
    office: Office
    written_on: datetime.date
    budget: int
    proposals: tuple[Proposal, ...]
    recommendation: str
    proposed_by: str
    approved_by: str | None = None
    currency: str = "NOK"
    committee: str = ""
    choices: tuple[Choice, ...] = ()
