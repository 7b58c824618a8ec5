"""Every allocation method, whatever the cases: never too much, øre conserved, the order of input without effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grantengine.bootstrap import Engine
from grantengine.hooks.kinds import AllocationMethod
from grantengine.hooks.pool import Pool, Taken, taken_from
from grantengine.records import GROUNDS, Grants

ALL: dict[str, dict[str, Any]] = {
    "ranked": {"when_unaffordable": "skip", "smallest_share": 0.4},
    "proportional": {},
    "equal": {},
    "per_unit": {"lines": [{"units": "1", "rate": 1}]},
    "lottery": {"seed": 3, "when_unaffordable": "partial"},
    "quota": {"by": "requested", "shares": {"a": 0.3, "b": 0.5}, "then": "equal"},
    "first_come": {},
    "earmarked": {"amounts": {"974760673": "5 NOK"}},
}


@dataclass(frozen=True)
class Crowd:
    """Cases that compete: totals, øre asked for, groups, moments, and weights with limits."""

    totals: tuple[int, ...]
    asked: tuple[int, ...]
    groups: tuple[str | None, ...]
    moments: tuple[int, ...]
    weights: tuple[float, ...]
    ceilings: tuple[int, ...]
    fixed: tuple[int, ...]
    budget: int
    unit: int

    def pool(self, order: list[int] | None = None) -> Pool:
        """The pool, its members in this order."""
        at = np.array(list(range(len(self.totals))) if order is None else order, np.intp)
        size = len(at)

        def taken(values: Any) -> Any:
            return np.array(values)[at] if size else np.array([], np.array(values).dtype)

        ids = np.array([f"c{number:03d}" for number in range(size)], np.str_)[at] if size else np.array([], np.str_)
        asked = taken(self.asked).astype(np.int64) // self.unit * self.unit
        columns = {
            "by": np.array(self.groups, object)[at],
            "organisation": np.array([f"o{number % 3}" for number in range(size)], object)[at],
        }
        return Pool(
            taken(self.totals).astype(np.int64), asked, self.budget, self.unit, None, columns,
            (Taken(ids.__getitem__, np.arange(size)),), Taken(ids.__getitem__, np.arange(size)),
            taken_from(taken(self.moments).astype(np.int64)),
        )  # fmt: skip

    def with_columns(self, pool: Pool, order: list[int] | None = None) -> Pool:
        """The pool with the columns of `proportional`."""
        at = list(range(len(self.totals))) if order is None else order
        more = {
            "base": np.array([self.weights[i] for i in at]),
            "ceiling": np.array([self.ceilings[i] for i in at], np.int64),
            "fixed": np.array([self.fixed[i] for i in at], np.int64),
        }
        return replace(pool, columns={**pool.columns, **more})


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    size = draw(st.integers(0, 14))

    def each(values: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        return tuple(draw(st.lists(values, min_size=size, max_size=size)))

    sums = st.one_of(st.integers(0, 60), st.integers(0, 100_000), st.just(0))
    return Crowd(
        each(st.integers(0, 6)), each(sums), each(st.sampled_from(["a", "b", "c", None])), each(st.integers(0, 3)),
        each(st.one_of(st.sampled_from([0.0, 0.1, 0.2, 1.0, 2.5, -1.0]), st.floats(0, 1e6))), each(sums), each(sums),
        draw(st.one_of(st.integers(0, 200), st.integers(0, 10**6))), draw(st.sampled_from([1, 1, 7, 100])),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shared_out(engine: Engine) -> Callable[..., Grants]:
    def run(kind: str, options: dict[str, Any], pool: Pool) -> Grants:
        cls = engine.registry.find(AllocationMethod, kind)
        assert cls is not None
        return cls(kind).share_out(cls.Options.model_validate(options), pool)

    return run


@pytest.mark.parametrize("kind", ALL)
@given(crowd=crowds(), seed=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_never_too_much_and_the_order_of_input_has_no_effect(
    shared_out: Callable[..., Grants], kind: str, crowd: Crowd, seed: Any
) -> None:
    pool = crowd.pool()
    grants = shared_out(kind, ALL[kind], pool)
    assert int(grants.granted.sum()) <= crowd.budget
    assert ((grants.granted >= 0) & (grants.granted <= pool.amounts)).all()
    assert all(0 <= code < len(GROUNDS) for code in grants.grounds.tolist())
    order = list(range(len(crowd.totals)))
    seed.shuffle(order)
    again = shared_out(kind, ALL[kind], crowd.pool(order))
    assert grants.granted[order].tolist() == again.granted.tolist()
    assert grants.grounds[order].tolist() == again.grounds.tolist()


def exact(total: int, weights: list[Fraction], room: list[int]) -> list[Fraction]:
    """Water-filling by the level at which all is given out, found among the levels at which someone is full."""
    taking = [i for i, weight in enumerate(weights) if weight > 0 and room[i] > 0]
    if sum(room[i] for i in taking) <= total:
        return [Fraction(room[i]) if i in taking else Fraction(0) for i in range(len(room))]
    by_level = sorted(taking, key=lambda i: room[i] / weights[i])
    for number in range(len(by_level)):
        full, rest = by_level[:number], by_level[number:]
        level = (total - sum(room[i] for i in full)) / sum((weights[i] for i in rest), Fraction(0))
        if all(level * weights[i] <= room[i] for i in rest) and all(level * weights[i] >= room[i] for i in full):
            return [
                Fraction(room[i]) if i in full else level * weights[i] if i in rest else Fraction(0)
                for i in range(len(room))
            ]
    raise AssertionError("there is always such a level")


@given(crowd=crowds())
@settings(max_examples=150)
def test_equal_is_the_exact_share_to_the_unit(shared_out: Callable[..., Grants], crowd: Crowd) -> None:
    pool = crowd.pool()
    units = (shared_out("equal", {}, pool).granted // crowd.unit).tolist()
    room = (pool.amounts // crowd.unit).tolist()
    expected = exact(crowd.budget // crowd.unit, [Fraction(1)] * len(room), room)
    assert all(int(share) <= got <= -(-share // 1) for got, share in zip(units, expected, strict=True))
    assert sum(units) == min(crowd.budget // crowd.unit, sum(room))


@given(crowd=crowds())
@settings(max_examples=150)
def test_proportional_is_the_exact_share_to_the_unit(shared_out: Callable[..., Grants], crowd: Crowd) -> None:
    pool = crowd.with_columns(crowd.pool())
    grants = shared_out("proportional", {"base": "1", "fixed": "1", "ceiling": "1"}, pool)
    unit, budget = crowd.unit, crowd.budget // crowd.unit
    room = [min(a, c) // unit for a, c in zip(pool.amounts.tolist(), crowd.ceilings, strict=True)]
    first = [min(f // unit, r) for f, r in zip(crowd.fixed, room, strict=True)]
    got = (grants.granted // unit).tolist()
    if sum(first) > budget:
        expected = exact(budget, [Fraction(f) for f in first], first)
    else:
        weights = [Fraction(max(weight, 0)) for weight in crowd.weights]
        rest = exact(budget - sum(first), weights, [r - f for r, f in zip(room, first, strict=True)])
        expected = [f + share for f, share in zip(first, rest, strict=True)]
    assert all(int(share) <= g <= -(-share // 1) for g, share in zip(got, expected, strict=True))
    assert sum(got) == int(sum(expected, Fraction(0)))
    assert (grants.granted % unit == 0).all()


@given(
    totals=st.lists(st.integers(0, 30), min_size=1, max_size=60),
    seed=st.integers(0, 10**6),
    size=st.sampled_from([1, 40, 700, 3000]),
    huge=st.booleans(),
    share=st.floats(0, 1.1),
)
@settings(max_examples=60)
def test_longest_run_is_the_naive_walk(totals: list[int], seed: int, size: int, huge: bool, share: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.choice(np.array(totals, np.int64), size) * rng.choice([1, 1, 997])
    amounts = rng.integers(0, 10**13 if huge else 10**6, size)
    amounts[rng.random(size) < 0.2] = 0
    budget = int(float(amounts.sum(dtype=np.float64)) * share)
    ids = rng.permutation(size)
    pool = Pool(points, amounts, budget, ties=(taken_from(ids),))
    order = sorted(range(size), key=lambda i: (-points[i], ids[i]))
    left, fitting, edge = budget, set(), None
    for i in order:
        if not amounts[i]:
            continue
        if amounts[i] > left:
            edge = i
            break
        left -= int(amounts[i])
        fitting.add(i)
    fits, first = pool.longest_run(amounts, budget)
    assert {int(i) for i in np.flatnonzero(fits & (amounts > 0))} == fitting
    assert first == edge
    some = np.flatnonzero(rng.random(size) < 0.9)
    fits, first = pool.longest_run(amounts, 10**30, some)
    assert fits[amounts[some] > 0].all()
    assert first is None
