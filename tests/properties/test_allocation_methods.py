"""Every allocation method against a reading of KINDS that shares nothing with it: exact fractions, and one case at a time.

Amounts and grounds are held to be equal, not only near: also who gets the last øre.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grantengine import AllocationMethod, Grants, Ground, Pool
from grantengine.bootstrap import Engine
from grantengine.hooks.pool import taken_from
from grantengine_plugins.allocation import ranked as ranked_module

NO_LIMIT = np.iinfo(np.int64).max
Result = list[tuple[int, str]]
ShareOut = Callable[..., Result]


@dataclass(frozen=True)
class Member:
    """One case: points, øre wanted, and what the methods read of it. The id is its place, ``c000`` and on."""

    points: int
    wants: int
    base: float = 1.0
    factor: float = 1.0
    ceiling: int = NO_LIMIT
    fixed: int = 0
    group: str | None = None
    organisation: str | None = None
    submitted: int = 0


@dataclass(frozen=True)
class Crowd:
    members: tuple[Member, ...]
    budget: int
    unit: int

    def pool(self, order: Sequence[int] | None = None) -> Pool:
        at = np.arange(len(self.members)) if order is None else np.array(order, np.intp)
        these = [self.members[i] for i in at]

        def column(name: str, kind: Any) -> Any:
            return np.array([getattr(member, name) for member in these], kind)

        ids = np.array([f"c{i:03d}" for i in at], np.str_)
        columns = {name: column(name, np.float64) for name in ("base", "factor")}
        columns |= {name: column(name, np.int64) for name in ("ceiling", "fixed")}
        columns["largest_grant"] = columns["ceiling"]
        columns |= {"by": column("group", object), "organisation": column("organisation", object)}
        return Pool(
            totals=column("points", np.int64) * 10_000,
            amounts=column("wants", np.int64) // self.unit * self.unit,
            budget=self.budget,
            unit=self.unit,
            columns=columns,
            ties=(taken_from(ids),),
            ids=taken_from(ids),
            submitted=taken_from(column("submitted", np.int64)),
        )

    @property
    def wants(self) -> list[int]:
        return [member.wants // self.unit * self.unit for member in self.members]

    @property
    def whole(self) -> int:
        """What of the budget can be given in whole units."""
        return self.budget // self.unit * self.unit

    @property
    def by_rank(self) -> list[int]:
        return sorted(range(len(self.members)), key=lambda i: (-self.members[i].points, i))


@st.composite
def crowds(draw: st.DrawFn, most: int = 14) -> Crowd:
    """Sums lie around the budget, many are alike, and weights are also such that doubles do not add up."""
    unit = draw(st.sampled_from([1, 1, 7, 100]))
    near = st.integers(0, 12).map(lambda number: number * unit)
    sums = near if draw(st.booleans()) else st.integers(0, 10**6)
    weights = st.sampled_from([0.0, 0.1, 0.2, 0.3, 1.0, 3.0, -1.0, float("nan"), 1e-9, 7e11]) | st.floats(0, 1e3)
    member = st.builds(
        Member, st.integers(0, 5), sums, weights, weights, sums | st.just(NO_LIMIT), sums,
        st.sampled_from(["a", "b", "c", None]), st.sampled_from(["111", "222", None]), st.integers(0, 3),
    )  # fmt: skip
    members = draw(st.lists(member, max_size=most))
    total = sum(one.wants for one in members)
    return Crowd(tuple(members), draw(st.integers(0, 40).map(lambda n: n * unit) | st.integers(0, total + 50)), unit)


MINIMUM = st.sampled_from([None, 0, 2])


@pytest.fixture(scope="module")
def share_out(engine: Engine) -> ShareOut:
    """Øre and ground of each, which are the same for the same members in another order, as is the line for more."""

    def run(kind: str, options: dict[str, Any], crowd: Crowd, *, columns: Sequence[str] = ()) -> Result:
        cls = engine.registry.find(AllocationMethod, kind)
        assert cls is not None
        checked = cls.Options.model_validate({name: value for name, value in options.items() if value is not None})

        def grants_of(order: list[int]) -> Grants:
            pool = crowd.pool(order)
            pool = replace(pool, columns={name: pool.columns[name] for name in columns})
            return cls(kind).share_out(checked, pool)

        straight = list(range(len(crowd.members)))
        mixed = random.Random(len(straight)).sample(straight, len(straight))
        first, again = grants_of(straight), grants_of(mixed)
        assert first.granted[mixed].tolist() == again.granted.tolist()
        assert first.grounds[mixed].tolist() == again.grounds.tolist()
        if first.order is not None:
            assert again.order is not None
            assert first.order.tolist() == [mixed[place] for place in again.order]
        assert sum(first.granted.tolist()) <= crowd.budget
        assert all(got % crowd.unit == 0 for got in first.granted.tolist()) or kind not in ("proportional", "equal")
        words = [list(Ground)[code].value for code in first.grounds]
        return list(zip(first.granted.tolist(), words, strict=True))

    return run


# --- dividing: fractions, and the level to which all are filled -------------------------------------------------------


def whole_shares(exact: dict[int, Fraction], by_rank: Sequence[int]) -> dict[int, int]:
    """Rounded down; what is left over in whole units goes to the largest remainders, equals by rank."""
    over = int(sum(exact.values())) - sum(int(share) for share in exact.values())
    line = sorted(exact, key=lambda i: (-(exact[i] - int(exact[i])), by_rank.index(i)))
    return {i: int(share) + (i in line[:over]) for i, share in exact.items()}


def filled(total: int, weights: dict[int, Fraction], room: dict[int, int], *, freed: bool) -> dict[int, Fraction]:
    """Each one's exact share: its weight times a level, at most its room. With ``freed`` the level at which all is used."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, Fraction(0))
    if not freed:
        return {i: min(total * weights[i] / whole, Fraction(room[i])) for i in weights}
    weighty = {i for i in weights if weights[i] > 0}
    # What is given out rises with the level; it bends only where someone becomes full.
    used, slope, before = Fraction(0), sum(weights.values()), Fraction(0)
    level = None
    for i in sorted(weighty, key=lambda i: room[i] / weights[i]):
        bend = room[i] / weights[i]
        if used + slope * (bend - before) >= total:
            level = before + (total - used) / slope
            break
        used, slope, before = used + slope * (bend - before), slope - weights[i], bend
    return {i: Fraction(0) if i not in weighty else
            Fraction(room[i]) if level is None else min(weights[i] * level, Fraction(room[i])) for i in weights}  # fmt: skip


def divided(
    crowd: Crowd,
    weights: Sequence[Fraction],
    limits: Sequence[int],
    fixed: Sequence[int],
    minimum: int | None,
    *,
    freed: bool = True,
) -> Result:
    takes_part = [i for i, member in enumerate(crowd.members) if member.points >= (minimum or 0)]
    room = {i: limits[i] // crowd.unit for i in takes_part}
    first = {i: min(fixed[i] // crowd.unit, room[i]) for i in takes_part}
    units = crowd.budget // crowd.unit
    if sum(first.values()) > units:
        cut = {i: Fraction(first[i] * units, sum(first.values())) for i in takes_part}
        got = whole_shares(cut, crowd.by_rank)
    else:
        rest = {i: room[i] - first[i] for i in takes_part}
        # What a limit frees of a fixed sum is shared again like the rest, or not at all.
        aside = first if freed else {i: fixed[i] // crowd.unit for i in takes_part}
        exact = filled(max(units - sum(aside.values()), 0), {i: weights[i] for i in takes_part}, rest, freed=freed)
        got = {i: first[i] + share for i, share in whole_shares(exact, crowd.by_rank).items()}
    with_part = {i: room[i] if weights[i] or first[i] else 0 for i in takes_part}
    return [(got.get(i, 0) * crowd.unit, _part(got.get(i, 0), with_part.get(i, 0))) for i in range(len(crowd.members))]


def _part(got: int, room: int) -> str:
    if not room:
        return "below minimum"
    return "funded" if got == room else "funded in part" if got else "budget used"


def weight(*factors: float) -> Fraction:
    """Below zero and unknown count as nothing; a double is the fraction that it is."""
    return Fraction(0) if not all(factor > 0 for factor in factors) else math.prod(map(Fraction, factors))


@given(crowd=crowds(), minimum=MINIMUM, freed=st.booleans())
# The first's limit leaves it nothing beside its fixed sum: that is not the other's when nothing freed is shared.
@example(Crowd((Member(2, 900, ceiling=50, fixed=50), Member(1, 900, fixed=50)), 200, 1), None, False)
@settings(max_examples=120)
def test_proportional(share_out: ShareOut, crowd: Crowd, minimum: int | None, freed: bool) -> None:
    options = {
        "base": "1",
        "factor": "1",
        "ceiling": "1",
        "fixed": "1",
        "minimum_points": minimum,
        "share_freed": freed,
    }
    got = share_out("proportional", options, crowd, columns=("base", "factor", "ceiling", "fixed"))
    members = crowd.members
    weights = [weight(member.base, member.factor) for member in members]
    limits = [min(wants, member.ceiling) for wants, member in zip(crowd.wants, members, strict=True)]
    assert got == divided(crowd, weights, limits, [member.fixed for member in members], minimum, freed=freed)


@given(crowd=crowds(), minimum=MINIMUM)
@settings(max_examples=60)
def test_proportional_to_what_is_asked(share_out: ShareOut, crowd: Crowd, minimum: int | None) -> None:
    for kind, options in (("proportional", {}), ("per_unit", {"lines": [{"units": "1", "rate": 1}]})):
        got = share_out(kind, options | {"minimum_points": minimum}, crowd)
        assert got == divided(crowd, [Fraction(w) for w in crowd.wants], crowd.wants, [0] * len(got), minimum)


@given(crowd=crowds(), minimum=MINIMUM)
@settings(max_examples=60)
def test_equal(share_out: ShareOut, crowd: Crowd, minimum: int | None) -> None:
    got = share_out("equal", {"minimum_points": minimum}, crowd)
    assert got == divided(crowd, [Fraction(1)] * len(got), crowd.wants, [0] * len(got), minimum)
    asked = sum(w for w, member in zip(crowd.wants, crowd.members, strict=True) if member.points >= (minimum or 0))
    assert sum(ore for ore, _ in got) == min(crowd.budget // crowd.unit * crowd.unit, asked)


# --- a queue: one case after the other --------------------------------------------------------------------------------


def walked(wants: Sequence[int], queue: Sequence[int], budget: int, rule: str, share: Fraction | None) -> Result:
    """As KINDS has `ranked` in words, for the cases of ``queue`` in that order; the others are below the minimum."""
    result = [(0, "below minimum")] * len(wants)
    left, ended = budget, False
    for i in queue:
        if not wants[i]:
            continue
        in_part = rule != "stop" and (share is not None or rule == "partial") and left >= (share or 0) * wants[i]
        if ended or left == 0:
            result[i] = (0, "budget used")
        elif wants[i] <= left:
            result[i] = (wants[i], "funded")
            left -= wants[i]
        elif in_part:
            result[i] = (left, "funded in part")
            left, ended = 0, True
        else:
            result[i] = (0, "does not fit")
            ended = rule != "skip"
    return result


RULES = st.sampled_from(
    [("stop", None), ("partial", None), ("partial", 0.5), ("partial", 0.0)]
    + [("skip", share) for share in (None, None, None, 0.0, 0.25, 0.33, 0.5, 0.5, 1.0)]
)


def drawn(seed: int | str, i: int) -> str:
    return hashlib.sha256(f"{seed}:c{i:03d}".encode()).hexdigest()


@pytest.mark.parametrize("many_runs", [1, 2, 50])
@pytest.mark.parametrize("kind", ["ranked", "lottery", "first_come"])
@given(crowd=crowds(), minimum=MINIMUM, rule=RULES, limited=st.booleans(), seed=st.integers(0, 99) | st.just("høst"))
# In rank order 8 of 10 fit, 4 does not; of the 2 left, 2 x 0.5 is met by 4 exactly, and not by 5.
@example(Crowd((Member(5, 8), Member(4, 5), Member(3, 4), Member(2, 1)), 10, 1), None, ("skip", 0.5), False, 0)
@example(Crowd((Member(5, 8), Member(4, 4)), 10, 1), None, ("partial", 0.5), False, 0)
# After 8 there are 2: 3 is passed over, 1 fits, 2 does not fit in the 1 that is left, which nobody uses.
@example(Crowd((Member(5, 8), Member(4, 3), Member(3, 1), Member(2, 2)), 10, 1), None, ("skip", None), False, 0)
@settings(max_examples=40)
def test_methods_with_a_queue(
    share_out: ShareOut, kind: str, many_runs: int, crowd: Crowd, minimum: int | None, rule: tuple[str, float | None],
    limited: bool, seed: int | str,
) -> None:  # fmt: skip
    options: dict[str, Any] = {"when_unaffordable": rule[0], "smallest_share": rule[1], "minimum_points": minimum}
    wants, members = crowd.wants, crowd.members
    if kind == "lottery":
        options["seed"] = seed
    if limited:
        options["largest_grant"] = "1"
        limits = [member.ceiling // crowd.unit * crowd.unit for member in members]
        wants = [min(pair) for pair in zip(wants, limits, strict=True)]
    queue = crowd.by_rank
    if kind == "lottery":
        queue = sorted(queue, key=lambda i: drawn(seed, i))
    if kind == "first_come":
        queue = sorted(queue, key=lambda i: members[i].submitted)
    queue = [i for i in queue if members[i].points >= (minimum or 0)]
    share = None if rule[1] is None else Fraction(str(rule[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranked_module, "MANY_RUNS", many_runs)
        got = share_out(kind, options, crowd, columns=("largest_grant",) if limited else ())
    assert got == walked(wants, queue, crowd.whole, rule[0], share)


@given(crowd=crowds(), minimum=MINIMUM)
@settings(max_examples=40)
def test_per_unit_by_rank_gives_the_last_one_what_is_left(
    share_out: ShareOut, crowd: Crowd, minimum: int | None
) -> None:
    options = {"lines": [{"units": "1", "rate": 1}], "when_short": "ranked", "minimum_points": minimum}
    queue = [i for i in crowd.by_rank if crowd.members[i].points >= (minimum or 0)]
    assert share_out("per_unit", options, crowd) == walked(crowd.wants, queue, crowd.whole, "partial", None)


@given(crowd=crowds())
@settings(max_examples=40)
def test_earmarked_gives_each_organisation_once(share_out: ShareOut, crowd: Crowd) -> None:
    wants, seen = crowd.wants, set()
    for i in crowd.by_rank:
        if wants[i]:
            if crowd.members[i].organisation in seen:
                wants[i] = 0
            seen.add(crowd.members[i].organisation)
    got = share_out("earmarked", {"amounts": {"974760673": "1 NOK"}}, crowd, columns=("organisation",))
    assert got == walked(wants, crowd.by_rank, crowd.whole, "stop", None)


# --- quotas -----------------------------------------------------------------------------------------------------------


def by_quota(crowd: Crowd, shares: dict[str, Fraction], then: str, minimum: int | None) -> Result:
    """Each group with its share, then all that lack something with the rest."""

    def run(members: Sequence[int], budget: int, lacks: Sequence[int]) -> dict[int, tuple[int, str]]:
        wants = [lacks[i] if i in members else 0 for i in range(len(lacks))]
        queue = [i for i in crowd.by_rank if i in members]
        if then == "equal":
            part = Crowd(crowd.members, budget, crowd.unit)
            alike = [Fraction(int(i in members)) for i in range(len(lacks))]
            result = divided(part, alike, wants, [0] * len(lacks), None)
        else:
            result = walked(wants, queue, budget // crowd.unit * crowd.unit, then, None)
        return {i: result[i] for i in members}

    takes_part = [i for i, m in enumerate(crowd.members) if m.points >= (minimum or 0) and crowd.wants[i]]
    got = [0] * len(crowd.members)
    for group, share in shares.items():
        own = [i for i in takes_part if crowd.members[i].group == group]
        for i, (ore, _) in run(own, int(crowd.budget * share) // crowd.unit * crowd.unit, crowd.wants).items():
            got[i] = ore
    lacks = [wants - ore for wants, ore in zip(crowd.wants, got, strict=True)]
    second = run([i for i in takes_part if lacks[i]], crowd.budget - sum(got), lacks)
    result: Result = []
    for i, ore in enumerate(got):
        more, ground = second.get(i, (0, "funded" if i in takes_part else "below minimum"))
        result.append((ore + more, "funded in part" if ore and not more and i in second else ground))
    return result


@given(
    crowd=crowds(),
    minimum=MINIMUM,
    then=st.sampled_from(["stop", "skip", "partial", "equal"]),
    shares=st.sampled_from([(0.5, 0.5), (0.3, 0.0), (0.1, 0.25), (1.0, 0.0)]),
)
@settings(max_examples=80)
def test_quota(share_out: ShareOut, crowd: Crowd, minimum: int | None, then: str, shares: tuple[float, float]) -> None:
    method = "equal" if then == "equal" else {"method": "ranked", "options": {"when_unaffordable": then}}
    options = {"by": "x", "shares": dict(zip("ab", shares, strict=True)), "then": method, "minimum_points": minimum}
    exact = {group: Fraction(str(share)) for group, share in zip("ab", shares, strict=True)}
    got = share_out("quota", options, crowd, columns=("by",))
    assert got == by_quota(crowd, exact, then, minimum)
    assert all(ore <= wants for (ore, _), wants in zip(got, crowd.wants, strict=True))
