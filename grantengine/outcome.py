"""What evaluation gives: for every case the verdicts, points, rank, amount and ground."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from grantengine.compile.plan import Plan, YearPlan
from grantengine.money import IN_KIND, format_ore
from grantengine.records import GROUNDS, Ground
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import Column, RuleEngine
from grantengine.stages.allocation import FUNDED, RESERVE, Competition
from grantengine.stages.eligibility import Eligibility, Verdict, given_as_null
from grantengine.stages.intake import batches
from grantengine.stages.ranking import ranking
from grantengine.stages.scoring import Scores, combined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grantengine.records import Grants

UNDECIDED = -1
"""In place of a ground code where a call is blocked."""
MONEY = "money"


class AwardLine(NamedTuple):
    """One line of an award: hundredths of ``unit`` (money, hours, seats, slots) for one year."""

    year: int
    unit: str
    amount: int

    def as_json(self) -> dict[str, int | str]:
        """The line with its amount as text with two decimals."""
        return {"year": self.year, "unit": self.unit, "amount": format_ore(self.amount)}


@dataclass(frozen=True, eq=False)
class Round:
    """One batch of cases that competed: where they are, and per year the money there was and what was given of it."""

    name: str
    competing: NDArray[np.intp]
    budgets: tuple[int, ...]
    grants: tuple[Grants, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """The cases that one plan decides: all of a call, or those of one strand. Arrays are in the order of ``cases``.

    ``fields`` has what decides among cases for each year. ``rounds`` is None where the call is blocked.
    """

    plan: Plan
    cases: CaseTable
    eligibility: Eligibility
    scores: Scores
    to_clarify: NDArray[np.bool_]
    fields: tuple[Competition, ...]
    rounds: tuple[Round, ...] | None
    engine: RuleEngine = field(repr=False)

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """Where every rule holds, nothing is to be clarified and the applicant has not withdrawn."""
        key = (self.eligibility, self.to_clarify)
        return self.cases.memory.kept(
            "eligible", key, lambda: self.eligibility.holds & ~self.to_clarify & ~self.cases.withdrawn
        )

    @cached_property
    def combined(self) -> dict[str, Column]:
        """The unrounded combined rating of each rated criterion, by criterion id."""
        return combined(self.plan.criteria, self.cases, self.engine)

    @cached_property
    def by_year(self) -> tuple[NDArray[np.int64], ...]:
        """Øre granted to each case, for each year of the budget."""
        years = []
        for index in range(len(self.plan.years)):
            granted = np.zeros(len(self.cases), np.int64)
            for one in self.rounds or ():
                granted[one.competing] = one.grants[index].granted
            years.append(granted)
        return tuple(years)

    @cached_property
    def granted(self) -> NDArray[np.int64]:
        """Øre granted to each case, in all years together."""
        first, *rest = self.by_year
        return first if not rest else sum(rest, start=first)

    @cached_property
    def grounds(self) -> NDArray[np.int8]:
        """The ground code of each case."""
        grounds = np.full(len(self.cases), UNDECIDED, np.int8)
        for one in self.rounds or ():
            grounds[one.competing] = _over_years(one)
        grounds[~self.scores.rated] = Ground.NOT_RATED.code
        grounds[~self.eligible] = Ground.NOT_ELIGIBLE.code
        grounds[self.to_clarify] = Ground.TO_BE_CLARIFIED.code
        grounds[self.cases.withdrawn] = Ground.WITHDRAWN.code
        return grounds

    @cached_property
    def orders(self) -> tuple[NDArray[np.intp], ...]:
        """Positions best first of those who competed in each round, or would where the call is blocked."""
        competing = self._waiting() if self.rounds is None else [one.competing for one in self.rounds]
        ties = self.fields[0].ties
        return tuple(ranking(one, self.scores.total, ties, self.cases.id_order) for one in competing)

    def _waiting(self) -> list[NDArray[np.intp]]:
        """Where the eligible and rated cases of each batch are."""
        ready = self.eligible & self.scores.rated
        members = (batch.members for batch in batches(self.plan.intake, self.cases))
        return [np.flatnonzero(ready if those is None else ready & those) for those in members]

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """Rank among those that competed for the same money, 1 the best and 0 where a case is not ranked."""
        rank = np.zeros(len(self.cases), np.int64)
        for order in self.orders:
            rank[order] = np.arange(1, len(order) + 1)
        return rank

    @cached_property
    def reserve(self) -> NDArray[np.int64]:
        """Place on the reserve list of each case that would be next, else 0."""
        places = np.zeros(len(self.cases), np.int64)
        for one, order in zip(self.rounds or (), self.orders, strict=False):
            own = one.grants[0].order
            in_line = order if own is None else one.competing[own]
            waiting = in_line[np.isin(self.grounds[in_line], RESERVE)]
            places[waiting] = np.arange(1, len(waiting) + 1)
        return places

    def failed(self, position: int) -> list[str]:
        """The rules that refuse the case at ``position``."""
        refusing = (Verdict.NO, Verdict.MISSING)
        verdicts = (verdict[position] for verdict in self.eligibility.verdicts)
        return [rule.id for rule, verdict in zip(self.plan.rules, verdicts, strict=True) if verdict in refusing]

    @cached_property
    def _lacking(self) -> dict[str, NDArray[np.bool_]]:
        """Facts that something reads and that some cases lack: where."""
        readings = [rule.reading.facts for rule in self.plan.rules] + [c.reading.facts for c in self.plan.criteria]
        readings += [year.allocation.facts for year in self.plan.years]
        found = {name: self.cases.lacks(name) for name in sorted({name for facts in readings for name in facts})}
        if self.fields[0].by_time:
            found["submitted_at"] = self.cases.lacks("submitted")
        return {name: where for name, where in found.items() if where.any()}

    def facts_lacking(self, position: int) -> list[str]:
        """Facts that were not obtained, or are null where a rule needs them, and answers that the amount waits for."""
        lacking = [name for name, where in self._lacking.items() if where[position]] or self._null_facts(position)
        return lacking or (self._amount_waits_for(position) if self.to_clarify[position] else [])

    def _amount_waits_for(self, position: int) -> list[str]:
        """Answers and facts without a value that an amount which is not known reads."""
        table, unknown = self.cases.table, [one for one in self.fields if not one.amounts.known[position]]
        read = {name for one in unknown for name in one.plan.amount.columns}
        values = {name: table.column(name)[position].as_py() for name in sorted(read & set(table.column_names))}
        return [name for name, value in values.items() if value in (None, [])] or ["amount"]

    def _null_facts(self, position: int) -> list[str]:
        """Facts that a source gave as null and that leave a rule without an answer."""
        undecided = [verdict[position] == Verdict.UNDETERMINED for verdict in self.eligibility.verdicts]
        facts = [facts for facts, waits in zip(self._given_as_null, undecided, strict=True) if waits]
        return sorted({name for one in facts for name, where in one.items() if where[position]})

    @cached_property
    def _given_as_null(self) -> list[dict[str, NDArray[np.bool_]]]:
        return [given_as_null(self.cases, rule.reading) for rule in self.plan.rules]


def _over_years(one: Round) -> NDArray[np.int8]:
    """One ground for all years: funded in part where a year gives less than the others do.

    A year for which a case would get nothing if money were no limit says nothing of what it got in the others.
    """
    first, *rest = one.grants
    grounds = first.grounds
    nothing = np.int8(Ground.BELOW_MINIMUM.code)
    for grants in rest:
        others = np.where(grants.grounds == nothing, grounds, grants.grounds)
        grounds = np.where(grounds == nothing, others, grounds)
        either = (grounds != others) & (np.isin(grounds, FUNDED) | np.isin(others, FUNDED))
        grounds = np.where(either, np.int8(Ground.FUNDED_IN_PART.code), grounds)
    return grounds


@dataclass(frozen=True, eq=False)
class Together:
    """The parts of a call put together: arrays in the order of its whole table.

    Where ``blocked``, cases are still to be clarified and nothing is allocated. ``used`` is what was used before of each
    part's budget, by year in øre. ``places`` says where each part's cases are in the table, None for all of them.
    """

    plan: Plan
    cases: CaseTable
    as_of: datetime.date
    parts: tuple[Part, ...]
    places: tuple[NDArray[np.intp], ...] | None
    used: tuple[tuple[int, ...], ...]
    blocked: bool

    @cached_property
    def budgets(self) -> tuple[int, ...]:
        """What was there to give out in each year, in øre."""
        parts = tuple(zip((part.plan for part in self.parts), self.used, strict=True))
        years = range(len(self.plan.years))
        return tuple(sum(plan.years[year].budget - used[year] for plan, used in parts) for year in years)

    def _together(self, of: Callable[[Part], NDArray[Any]], otherwise: Any) -> NDArray[Any]:
        """An array over all cases from those of the parts; ``otherwise`` where a case is in no part."""
        if self.places is None:
            return of(self.parts[0])
        arrays = [of(part) for part in self.parts]
        whole = np.full(len(self.cases), otherwise, arrays[0].dtype)
        for place, array in zip(self.places, arrays, strict=True):
            whole[place] = array
        return whole

    @cached_property
    def granted(self) -> NDArray[np.int64]:
        """Hundredths of the call's currency or unit granted to each case, in all years together."""
        return self._together(lambda part: part.granted, 0)

    @cached_property
    def grounds(self) -> NDArray[np.int8]:
        """The ground code of each case, UNDECIDED where the call is blocked."""
        grounds = self._together(lambda part: part.grounds, Ground.TO_BE_CLARIFIED.code)
        if self.places is not None:
            grounds[self.cases.withdrawn] = Ground.WITHDRAWN.code
        return grounds

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """Rank among those that competed for the same money, 1 the best and 0 where a case is not ranked."""
        return self._together(lambda part: part.rank, 0)

    @cached_property
    def reserve(self) -> NDArray[np.int64]:
        """Place on the reserve list, 0 for none."""
        return self._together(lambda part: part.reserve, 0)

    @cached_property
    def total(self) -> NDArray[np.int64]:
        """Total in 1/10 000 point."""
        return self._together(lambda part: part.scores.total, 0)

    @cached_property
    def rated(self) -> NDArray[np.bool_]:
        """Where no rating is missing."""
        return self._together(lambda part: part.scores.rated, False)

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """Where every rule holds, nothing is to be clarified and the applicant has not withdrawn."""
        return self._together(lambda part: part.eligible, False)

    @cached_property
    def to_clarify(self) -> NDArray[np.bool_]:
        """Where something is lacking that decides."""
        return self._together(lambda part: part.to_clarify, True) & ~self.cases.withdrawn

    @cached_property
    def funded(self) -> NDArray[np.bool_]:
        """Where something was granted."""
        result: NDArray[np.bool_] = self.granted > 0
        return result


@dataclass(frozen=True, eq=False)
class Outcome(Together):
    """Eligibility to allocation for every case of a call: arrays over all cases, and what can be said of each."""

    @property
    def budget(self) -> int:
        """All there was to give out, in hundredths."""
        return sum(self.budgets)

    @cached_property
    def granted_in_all(self) -> int:
        """The sum of all grants, in hundredths."""
        return int(self.granted.sum())

    @property
    def unit(self) -> str:
        """What is granted: money, hours, seats or slots."""
        return self.plan.currency if self.plan.currency in IN_KIND else MONEY

    @cached_property
    def _place_of(self) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
        """The part of each case (-1 for none) and its row there."""
        if self.places is None:
            return None
        part, row = np.full(len(self.cases), -1, np.intp), np.zeros(len(self.cases), np.intp)
        for index, place in enumerate(self.places):
            part[place], row[place] = index, np.arange(len(place))
        return part, row

    def part_of(self, position: int) -> tuple[Part | None, int]:
        """The part that decides the case at ``position``, and its row there; None where its strand is not known."""
        if self._place_of is None:
            return self.parts[0], position
        part, row = (int(values[position]) for values in self._place_of)
        return (self.parts[part] if part >= 0 else None), row

    def failed(self, position: int) -> list[str]:
        """The rules that refuse the case at ``position``."""
        part, row = self.part_of(position)
        return part.failed(row) if part else []

    def facts_lacking(self, position: int) -> list[str]:
        """What is lacking that decides the case at ``position``."""
        part, row = self.part_of(position)
        return part.facts_lacking(row) if part else ["strand"]

    def ground(self, position: int) -> str | None:
        """The ground of a case as files and scripts see it, None where its call is blocked."""
        code = int(self.grounds[position])
        if code == UNDECIDED:
            return None
        ground = GROUNDS[code]
        if ground is Ground.NOT_ELIGIBLE:
            return f"{ground}: {', '.join(self.failed(position))}"
        if ground is Ground.TO_BE_CLARIFIED:
            return f"{ground}: {', '.join(self.facts_lacking(position))}"
        return str(ground)

    def award(self, position: int) -> list[AwardLine]:
        """The lines of the award of the case at ``position``, none where nothing was granted."""
        part, row = self.part_of(position)
        if part is None:
            return []
        amounts = [int(granted[row]) for granted in part.by_year]
        return [
            AwardLine(self.year_of(year), self.unit, amount)
            for year, amount in zip(part.plan.years, amounts, strict=True)
            if amount
        ]

    def year_of(self, year: YearPlan) -> int:
        """The year of a budget; that of the evaluation where the call names none."""
        return self.as_of.year if year.year is None else year.year
