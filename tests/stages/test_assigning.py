"""Cases are given out evenly, never to someone who may not have them, and alike every time."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from grantengine.stages.assigning import give_out

PEOPLE = ("a", "b", "c", "d", "e")


@st.composite
def queues(draw: st.DrawFn, most: int = 12) -> tuple[dict[str, int], dict[str, frozenset[str]], dict[str, int]]:
    """Cases that need some people, who may have each, and what everyone has already."""
    cases = [f"case {number:02d}" for number in range(draw(st.integers(0, most)))]
    wanted = {case: draw(st.integers(-1, 3)) for case in cases}
    allowed = {case: draw(st.frozensets(st.sampled_from(PEOPLE))) for case in cases}
    load = draw(st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 4)))
    return wanted, allowed, load


def loads(made: dict[str, tuple[str, ...]], load: dict[str, int]) -> dict[str, int]:
    return {one: load.get(one, 0) + sum(one in people for people in made.values()) for one in PEOPLE}


@given(queues())
def test_every_case_gets_as_many_as_may_have_it_and_nobody_else(queue: tuple) -> None:  # type: ignore[type-arg]
    wanted, allowed, load = queue
    made = give_out(wanted, allowed, load)
    for case, people in made.items():
        assert set(people) <= allowed[case]
        assert len(set(people)) == len(people) == min(max(wanted[case], 0), len(allowed[case]))


@given(queues())
def test_with_no_ties_and_nothing_before_loads_differ_by_one_at_most(queue: tuple) -> None:  # type: ignore[type-arg]
    wanted, _, _ = queue
    made = give_out(wanted, dict.fromkeys(wanted, frozenset(PEOPLE)), {})
    found = loads(made, {}).values()
    assert max(found) - min(found) <= 1


@given(queues(most=4))
def test_no_other_way_of_giving_them_out_is_more_even(queue: tuple) -> None:  # type: ignore[type-arg]
    wanted, allowed, load = queue
    made = give_out(wanted, allowed, load)
    every = (
        combinations(sorted(allowed[case]), min(max(number, 0), len(allowed[case]))) for case, number in wanted.items()
    )
    best = min(
        sorted(loads(dict(zip(wanted, way, strict=True)), load).values(), reverse=True) for way in product(*every)
    )
    assert sorted(loads(made, load).values(), reverse=True) == best


@given(queues(), st.randoms())
def test_the_order_in_which_people_are_named_does_not_matter(queue: tuple, random) -> None:  # type: ignore[type-arg, no-untyped-def]
    wanted, allowed, load = queue
    shuffled = {case: random.sample(sorted(people), len(people)) for case, people in allowed.items()}
    assert give_out(wanted, shuffled, dict(sorted(load.items(), reverse=True))) == give_out(wanted, allowed, load)


def test_a_case_is_handed_on_where_the_first_choice_was_a_poor_one() -> None:
    # Each of the first two could have gone to either; the third can go to `a` alone.
    may = {"1": {"a", "b"}, "2": {"a", "b"}, "3": {"a"}, "4": {"a"}}
    assert give_out(dict.fromkeys(may, 1), may, {}) == {"1": ("b",), "2": ("b",), "3": ("a",), "4": ("a",)}
