"""The pool finds where a budget ends without sorting all, as a naive walk down the ranking does."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grantengine.hooks.pool import Pool, taken_from


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
