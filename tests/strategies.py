"""Hypothesis strategies that property tests share: cases of the example scheme, right and spoilt, budgets and queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]

MOST_ORE = 10**13
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def sums(low: int = 0, high: int = MOST_ORE) -> st.SearchStrategy[Any]:
    """Sums between two amounts of øre in the ways a cases file may write them."""

    def written(ore: int) -> st.SearchStrategy[Any]:
        whole, cents = divmod(ore, 100)
        ways: list[Any] = [f"{whole}.{cents:02d}"]
        if cents % 10 == 0:
            ways.append(f"{whole}.{cents // 10}")
        if cents == 0:
            ways += [str(whole), whole]
        return st.sampled_from(ways)

    return st.integers(low, high).flatmap(written)


def partners() -> st.SearchStrategy[Any]:
    """Rows of partners; all but the name may be left out."""
    optional = {
        "public": st.booleans(),
        "confirmed": st.booleans(),
        "task": TEXTS,
        "organisation_number": st.just("974760673"),
        "amount": sums(),
    }
    row = st.fixed_dictionaries({"name": TEXTS}, optional=optional)
    return st.lists(row, max_size=4)


def answers() -> st.SearchStrategy[Record]:
    """Answers to the example form that fit it, some of them null or left out."""
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "members": st.integers(0, 1000),
        "employees": st.integers(0, 30),
        "municipality": st.sampled_from(["0301", "4601", "5001"]),
        "summary": TEXTS,
        "continues_earlier": st.booleans(),
        "years_running": st.integers(0, 6),
        "requested": sums(1_000_000, 150_000_000),
        "own_funding": sums(0, 10**9),
        "target_group_share": st.floats(0, 1) | st.sampled_from([0, 1]),
        "partners": partners(),
    }
    rarely_null = {name: values | st.none() if name != "members" else values for name, values in fitting.items()}
    return st.fixed_dictionaries({}, optional=rarely_null)


def facts() -> st.SearchStrategy[Record]:
    """Facts, some of them not obtained."""
    earlier = {
        "count": st.integers(0, 9),
        "overdue_reports": st.sampled_from([0, 0, 0, 1, None]),
        "first_time": st.booleans(),
        "last_amount": st.none() | sums(),
    }
    return st.fixed_dictionaries(
        {},
        optional={"earlier_grants": st.fixed_dictionaries({}, optional=earlier), "register": st.just({"active": True})},
    )


def marks() -> st.SearchStrategy[Any]:
    """What assessors gave: one mark or several, some not given."""
    one = st.floats(1, 6) | st.integers(1, 6) | st.none()
    return one | st.lists(one, max_size=4)


def case_parts() -> st.SearchStrategy[Record]:
    """A case of the example scheme without its id."""
    by_hand = st.fixed_dictionaries({"amount": sums(0, 50_000_000), "reason": st.just("decided otherwise")})
    return st.fixed_dictionaries(
        {"answers": answers()},
        optional={
            "facts": facts(),
            "ratings": st.fixed_dictionaries({}, optional={"relevance": marks(), "feasibility": marks()}),
            "checked": st.fixed_dictionaries({}, optional={"approved_costs": sums(0, 150_000_000) | st.none()}),
            "withdrawn": st.booleans(),
            "set_by_hand": by_hand,
            "submitted_at": st.sampled_from(["2027-02-01", "2027-02-01T09:30", "2027-02-01T09:30:00+01:00", None]),
        },
    )


@st.composite
def cases(draw: st.DrawFn, most: int = 12) -> list[Record]:
    """Cases of the example scheme with ids of their own."""
    parts = draw(st.lists(case_parts(), min_size=1, max_size=most))
    ids = draw(st.lists(st.integers(0, 10**6), min_size=len(parts), max_size=len(parts), unique=True))
    return [{"id": f"c{id}", **part} for id, part in zip(ids, parts, strict=True)]


# --- spoilt records --------------------------------------------------------------------------------------------------

STRANGE: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.integers(-2, 12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([5.0, 1e15, 1e16, -0.0, 0.5, 12.5, 1.0, 10**15 + 1, 10**11, 10**11 + 1, 2**63, 2**64])
    | st.sampled_from(
        [
            "12000",
            "12000.5",
            "12000.55",
            "12000.555",
            "12 000",
            "1e5",
            "-1",
            "+1",
            "01",
            "100000000000",
            "100000000000.01",
        ]
    )
    | st.sampled_from(["", " ", "0301", "0301\n", "٠٣٠١", "974760673", "2027-02-30", "2027-02-28", "2027-02-28T24:00"])
    | TEXTS
    | st.lists(st.none() | st.integers(0, 9) | TEXTS, max_size=3)
    | st.dictionaries(TEXTS, st.none() | st.integers(), max_size=2)
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a record that holds something."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inner for place in ((*path, key), *_places(part, (*path, key)))]


@st.composite
def spoilt_case(draw: st.DrawFn) -> Record:
    """A case where up to three places hold something strange, lack what they held, or have a stranger beside them."""
    case: Record = {"id": draw(st.sampled_from(["a", "", "å 😀", "x" * 201])), **draw(case_parts())}
    for _ in range(draw(st.integers(0, 3))):
        places = _places(case)
        if not places:
            break
        *parents, last = draw(st.sampled_from(places))
        holder: Any = case
        for parent in parents:
            holder = holder[parent]
        match draw(st.sampled_from(["replace", "replace", "remove", "add"])):
            case "replace":
                holder[last] = draw(STRANGE)
            case "remove":
                del holder[last]
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(["member", "members", "requested", "id", "åpen", ""]))] = draw(STRANGE)
            case _:
                holder.append(draw(STRANGE))
    return case


# --- queues for allocation -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    """Cases of a scheme that asks only for a sum and points, the budget, and the options of `ranked`. Sums in øre."""

    asked: tuple[int, ...]
    points: tuple[int, ...]
    by_hand: tuple[int | None, ...]
    budget: int
    committed: int
    rule: str
    share: int | None
    minimum: int | None
    largest: tuple[int | None, ...]
    """The most that each case may be given, None where there is no limit."""


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """Queues whose sums lie around the budget, so that the edge is met in every way."""
    unit = draw(st.sampled_from([1, 100, 12_345]))
    size = draw(st.integers(1, 12))
    each = st.lists(st.integers(0, 12).map(lambda n: n * unit), min_size=size, max_size=size)
    asked = draw(each)
    points = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    budget = draw(st.integers(1, 40)) * unit
    committed = draw(st.sampled_from([0, 0, budget // 3, budget]))
    hand, left = [], budget - committed
    for _ in range(size):
        amount = draw(st.sampled_from([None, None, None, 0, unit, 3 * unit]))
        amount = None if amount is not None and amount > left else amount
        left -= amount or 0
        hand.append(amount)
    rule = draw(st.sampled_from(["skip", "stop", "partial"]))
    share = None if rule == "stop" else draw(st.sampled_from([None, 33, 60, 100]))
    limits = st.sampled_from([None, None, 0, 5 * unit])
    largest = draw(st.lists(limits, min_size=size, max_size=size))
    minimum = draw(st.sampled_from([None, 2]))
    return Queue(tuple(asked), tuple(points), tuple(hand), budget, committed, rule, share, minimum, tuple(largest))
