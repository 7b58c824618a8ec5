"""Two outcomes side by side: who gains, who loses, and why, case by case and by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from grantengine.errors import Message
from grantengine.money import Money
from grantengine.outcome import Outcome, Part
from grantengine.records import GROUNDS, POINT_UNITS, Ground

if TYPE_CHECKING:
    from numpy.typing import NDArray

Change = Literal["newly_funded", "more", "less", "no_longer_funded"]
CHANGES: tuple[Change, ...] = ("newly_funded", "more", "less", "no_longer_funded")
SAME = -1


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same cases under a scheme and under a scenario; arrays in table order, sums in hundredths."""

    before: Outcome
    after: Outcome

    @property
    def blocked(self) -> bool:
        """Whether one of the two has cases to be clarified, so that nothing is allocated."""
        return self.before.blocked or self.after.blocked

    @cached_property
    def difference(self) -> NDArray[np.int64]:
        """What each case gets more, or less, than before."""
        return self.after.granted - self.before.granted

    @cached_property
    def gains(self) -> NDArray[np.bool_]:
        """Where a case gets more than before, newly funded or not."""
        result: NDArray[np.bool_] = self.difference > 0
        return result

    @cached_property
    def loses(self) -> NDArray[np.bool_]:
        """Where a case gets less than before, or nothing any more."""
        result: NDArray[np.bool_] = self.difference < 0
        return result

    @cached_property
    def newly_funded(self) -> NDArray[np.bool_]:
        """Where a case that got nothing gets something."""
        return self.after.funded & ~self.before.funded

    @cached_property
    def no_longer_funded(self) -> NDArray[np.bool_]:
        """Where a case that got something gets nothing."""
        return self.before.funded & ~self.after.funded

    @cached_property
    def change(self) -> NDArray[np.int8]:
        """The place in CHANGES of what happens to each case, SAME where nothing does."""
        change = np.full(len(self.difference), SAME, np.int8)
        change[self.gains] = CHANGES.index("more")
        change[self.loses] = CHANGES.index("less")
        change[self.newly_funded] = CHANGES.index("newly_funded")
        change[self.no_longer_funded] = CHANGES.index("no_longer_funded")
        return change

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many gain, lose, are newly and no longer funded."""
        changed = (self.after.granted != self.before.granted).nonzero()[0]
        before, after = self.before.granted[changed], self.after.granted[changed]
        gains = int(np.count_nonzero(after > before))
        return {
            "gains": gains,
            "loses": len(changed) - gains,
            "newly_funded": len(changed) - int(np.count_nonzero(before)),
            "no_longer_funded": len(changed) - int(np.count_nonzero(after)),
        }

    def most_changed(self, most: int) -> list[int]:
        """Positions of cases whose sum changes, the largest change first, equals by id; at most ``most``."""
        changed = np.flatnonzero(self.difference)
        if len(changed) > most:
            size = np.abs(self.difference[changed])
            edge = np.partition(size, len(size) - most)[len(size) - most]
            changed = changed[size >= edge]
        keys = self.before.cases.id_keys(changed)
        order = np.lexsort([keys, -np.abs(self.difference[changed])])
        return [int(position) for position in changed[order][:most]]


def reasons(comparison: Comparison, position: int) -> list[Message]:
    """Why the case at ``position`` gets another sum, in words for people: what changed of its own, else what of others."""
    before, after = comparison.before, comparison.after
    found = [*_rules(before, after, position), *_points(before, after, position)]
    own_total_same = before.total[position] == after.total[position]
    grounds = (GROUNDS[int(outcome.grounds[position])] for outcome in (before, after))
    was, now = grounds
    if not found and own_total_same and was in _COMPETED and now in _COMPETED:
        found.append(_by_others(comparison, position, was, now))
    elif not own_total_same and was != now and Ground.BELOW_MINIMUM in (was, now):
        found.append(Message("why.now-below-minimum" if now is Ground.BELOW_MINIMUM else "why.now-above-minimum"))
    return found


_COMPETED = frozenset(
    (Ground.FUNDED, Ground.FUNDED_IN_PART, Ground.BELOW_MINIMUM, Ground.DOES_NOT_FIT, Ground.BUDGET_USED)
)


def _by_others(comparison: Comparison, position: int, was: Ground, now: Ground) -> Message:
    """The case itself is as before: the minimum moved, its sum is another, or the competition is."""
    if Ground.BELOW_MINIMUM in (was, now):
        return Message("why.minimum-moved")
    before, after = comparison.before, comparison.after
    for key, sums in (
        ("why.amount", (_amount(before, position), _amount(after, position))),
        ("why.budget", (before.budget, after.budget)),
    ):
        if sums[0] != sums[1]:
            currency = before.plan.currency
            return Message(key, {"before": Money(sums[0], currency), "after": Money(sums[1], currency)})
    rules = [
        (outcome.plan.scheme.allocation.method, outcome.plan.scheme.allocation.options) for outcome in (before, after)
    ]
    return Message("why.others" if rules[0] == rules[1] else "why.allocation")


def _amount(outcome: Outcome, position: int) -> int:
    part, row = outcome.part_of(position)
    return sum(int(field.amounts.ore[row]) for field in part.fields) if part else 0


def _rules(before: Outcome, after: Outcome, position: int) -> Iterator[Message]:
    was, now = before.failed(position), after.failed(position)
    for rule in was:
        if rule not in now:
            yield Message("why.rule-no-longer-refuses", {"rule": rule})
    for rule in now:
        if rule not in was:
            yield Message("why.rule-refuses", {"rule": rule})


def _points(before: Outcome, after: Outcome, position: int) -> Iterator[Message]:
    was, now = (_points_of(*outcome.part_of(position)) for outcome in (before, after))
    for id in dict.fromkeys([*was, *now]):
        old, new = was.get(id, 0), now.get(id, 0)
        if old != new:
            params = {"criterion": id, "before": old / POINT_UNITS, "after": new / POINT_UNITS}
            yield Message("why.points", params)


def _points_of(part: Part | None, row: int) -> dict[str, int]:
    if part is None:
        return {}
    return {
        criterion.id: int(points[row]) for criterion, points in zip(part.plan.criteria, part.scores.points, strict=True)
    }
