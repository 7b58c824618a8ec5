"""Frozen values that travel between rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

POINT_UNITS = 10_000
"""Points are whole numbers of 1/10 000 point, so that every engine and machine ranks alike."""


class Ground(StrEnum):
    """Why a case got its amount (begrunnelse), as data. The values are the words files and scripts see."""

    FUNDED = "funded"
    FUNDED_IN_PART = "funded in part"
    NOT_ELIGIBLE = "not eligible"
    TO_BE_CLARIFIED = "to be clarified"
    NOT_RATED = "not rated"
    BELOW_MINIMUM = "below minimum"
    DOES_NOT_FIT = "does not fit"
    BUDGET_USED = "budget used"
    WITHDRAWN = "withdrawn"
    SET_BY_HAND = "set by hand"

    @property
    def code(self) -> int:
        """The small integer that stands for the ground in arrays."""
        return GROUNDS.index(self)


GROUNDS: tuple[Ground, ...] = tuple(Ground)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The eligible, rated cases of one budget in rank order, as an allocation method sees them.

    All arrays have one entry a case, best rank first. ``totals`` are in 1/10 000 point, ``amounts`` in øre (what a case
    would get if money were no limit), ``budget`` in øre. ``columns`` holds the values of the method's own expression
    options by field name: øre for money, float64 for numbers.
    """

    totals: NDArray[np.int64]
    amounts: NDArray[np.int64]
    budget: int
    columns: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Grants:
    """What an allocation method gives: øre and :attr:`Ground.code` for each case, in the order it got them.

    ``order`` names the cases first come first, where the next in line is not the next in rank: it orders the reserve.
    """

    granted: NDArray[np.int64]
    grounds: NDArray[np.int8]
    order: NDArray[np.intp] | None = None


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One typed column that a fact source gives.

    ``type`` is an expression type. With ``null_is_value`` a null that the source gave is an answer («no earlier
    grant»); without it a null means that the fact was not obtained.
    """

    type: Any
    null_is_value: bool = False


ROUND_ACTORS = frozenset({"handler", "assessor", "applicant", "panel"})
"""Who may work in a review round, in the words of :attr:`RoundTerms.acts`."""

ROUND_VERBS = frozenset({"meet", "ask", "rate", "pitch", "rank"})
"""What a review round may allow, in the words of :attr:`RoundTerms.allows`."""


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """What a review round allows, as data that services act on.

    ``acts`` names who works in it: ``handler``, ``assessor``, ``applicant``, ``panel``. ``allows`` says what may be
    done: ``meet`` (bookable meetings), ``ask`` (requests for changes), ``rate``, ``pitch``, ``rank``.

    ``exchanges`` is how often one applicant may be asked (None: no limit), ``answer_days`` how many days there are for
    an answer (None: no limit), ``editable`` the questions that may be asked to be changed (None: all). With
    ``offered_to_all`` it is for everybody, else for those for whom the scheme's rule holds. ``meeting_minutes`` is the
    length of a meeting or a pitch; ``outside_office_hours`` says that evenings and weekends are offered too.

    ``assessors_per_case`` assessors rate each case, ``blind`` until they have delivered; marks that are more than
    ``discuss_if_spread_over`` apart call for a discussion (None: never). ``asked`` are the questions put to all at a
    pitch: each a plain text, or a text by language.
    """

    acts: frozenset[str]
    allows: frozenset[str]
    exchanges: int | None = None
    answer_days: int | None = None
    editable: tuple[str, ...] | None = None
    offered_to_all: bool = True
    meeting_minutes: int = 30
    outside_office_hours: bool = False
    assessors_per_case: int = 0
    blind: bool = False
    discuss_if_spread_over: float | None = None
    asked: tuple[str | Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and when it arrived: stamped when the request enters, before any lock.

    ``kind`` is ``user``, ``link`` (whoever holds a one-time link; then ``id`` is the link's) or ``system``.
    """

    kind: Literal["user", "link", "system"]
    id: str | None
    at: datetime
