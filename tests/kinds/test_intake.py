"""How cases come in: deadlines with their shares of the budget, and batches of a call that is always open."""

from __future__ import annotations

import pytest
from calls import Case, call, case, decided, grounds, outcome, sums
from hypothesis import given
from hypothesis import strategies as st

# --- deadlines -------------------------------------------------------------------------------------------------------

SPRING, SUMMER, AUTUMN = "2027-03-01T12:00", "2027-06-01T12:00", "2027-09-01T12:00"
IN_SPRING, IN_SUMMER, IN_AUTUMN = "2027-02-01T10:00:00", "2027-05-01T10:00:00", "2027-08-01T10:00:00"


def at(*shares: str) -> str:
    """Three deadlines with these shares."""
    closes = (SPRING, SUMMER, AUTUMN)
    lines = [f"{{closes: {when}, budget: {share}}}" for when, share in zip(closes, shares, strict=False)]
    return f"intake: deadlines, deadlines: [{', '.join(lines)}]"


def asks(spring: str | None = None, summer: str | None = None, autumn: str | None = None) -> list[Case]:
    """One case at each deadline; the later ones are better, which gives them nothing of what was given before."""
    wanted = {"spring": (1, spring, IN_SPRING), "summer": (2, summer, IN_SUMMER), "autumn": (3, autumn, IN_AUTUMN)}
    return [case(id, score, sum, when) for id, (score, sum, when) in wanted.items() if sum]


@pytest.mark.parametrize(
    ("shares", "wanted", "expected"),
    [
        # Sums are kept for their deadline: 30 of 100, 50 of 100, and 20 are left for the rest.
        (("30 NOK", "50 NOK", "rest"), ("90", "90", "90"), ("30.00", "50.00", "20.00")),
        # What the first (20 of 30) and the second (10 of 50) do not use, the rest has: 100 - 20 - 10 = 70.
        (("30 NOK", "50 NOK", "rest"), ("20", "10", "90"), ("20.00", "10.00", "70.00")),
        # A later sum is no more than it says, though 90 are not used.
        (("30 NOK", "50 NOK", "20 NOK"), ("10", "90", "90"), ("10.00", "50.00", "20.00")),
        # The rest comes first: 100 less the 50 and 30 that are kept is 20.
        (("rest", "50 NOK", "30 NOK"), ("90", "90", "90"), ("20.00", "50.00", "30.00")),
        # What the later ones do not use never goes back to the earlier rest.
        (("rest", "50 NOK", "30 NOK"), ("90", "10", "10"), ("20.00", "10.00", "10.00")),
        # In the middle: 100 - 25 used - 30 kept = 45.
        (("40 NOK", "rest", "30 NOK"), ("25", "90", "90"), ("25.00", "45.00", "30.00")),
        # Two rests: the first may use all that is not kept, 70, and leaves 10 of it to the second.
        (("rest", "30 NOK", "rest"), ("60", "30", "90"), ("60.00", "30.00", "10.00")),
        # Percent of the whole budget, not of what is left: 25, 60, 15.
        (("25%", "60%", "15%"), ("90", "90", "90"), ("25.00", "60.00", "15.00")),
        (("25%", "rest", "15%"), ("5", "90", "90"), ("5.00", "80.00", "15.00")),
        # 33.333 % of 100 is 33.333, and shares are whole øre rounded down.
        (("33.333%", "rest"), ("90", "90"), ("33.33", "66.67")),
    ],
)
def test_shares_of_deadlines(shares: tuple[str, ...], wanted: tuple[str, ...], expected: tuple[str, ...]) -> None:
    found = decided(call(at(*shares)), asks(*wanted))
    assert tuple(one["granted"] for one in found.values()) == expected


def test_deadlines_without_shares_take_what_is_there() -> None:
    plan = call(f"intake: deadlines, deadlines: [{{closes: {SPRING}}}, {{closes: {SUMMER}}}]")
    assert sums(decided(plan, asks("80", "90"))) == {"spring": "80.00", "summer": "20.00"}


def test_ranks_reserve_and_grounds_are_those_of_the_deadline() -> None:
    cases = [
        case("a", 1, "30", IN_SPRING), case("b", 2, "30", IN_SPRING),
        case("c", 9, "60", IN_SUMMER), case("d", 8, "60", IN_SUMMER), case("e", 7, "60", IN_SUMMER),
    ]  # fmt: skip
    # Spring 30 for b; summer 70: c 60, d the last 10.
    found = decided(call(at("30 NOK", "rest")), cases)
    assert sums(found) == {"a": "0.00", "b": "30.00", "c": "60.00", "d": "10.00", "e": "0.00"}
    assert [found[id]["rank"] for id in "abcde"] == [2, 1, 1, 2, 3]
    assert [found[id]["reserve"] for id in "abcde"] == [1, None, None, None, 1]


def test_ranks_are_those_of_the_deadline_also_while_the_call_is_blocked() -> None:
    plan = call(at("30 NOK", "rest"), "eligibility: [{id: known, kind: registered_organisation}]")
    known = {"facts": {"register": {"active": True}}}
    cases = [case("a", 1, at=IN_SPRING, **known), case("b", 9, at=IN_SUMMER, **known), case("unclear", 5, at=IN_SUMMER)]
    found = decided(plan, cases)
    assert grounds(found)["a"] is None
    assert [found[id]["rank"] for id in ("a", "b", "unclear")] == [1, 1, None]


@pytest.mark.parametrize(
    ("closes", "moment", "spring"),
    [
        ("2027-03-01T12:00", "2027-03-01T12:00:00", True),
        ("2027-03-01T12:00", "2027-03-01T12:00:59.999999", True),  # the whole minute is in time
        ("2027-03-01T12:00", "2027-03-01T12:01:00", False),
        ("2027-03-01T12:00", "2027-03-01T12:00:59+01:00", True),
        ("2027-03-01T12:00", "2027-03-01T11:00:59Z", True),  # 12:00:59 in Norway
        ("2027-03-01T12:00", "2027-03-01T11:01:00Z", False),
        ("2027-03-01T12:00:30", "2027-03-01T12:00:30", True),  # to the second
        ("2027-03-01T12:00:30", "2027-03-01T12:00:31", False),
        # On 28 March clocks go from 02:00 to 03:00: the minute 03:00 is 01:00 UTC, a minute after 01:59.
        ("2027-03-28T03:00", "2027-03-28T01:59:59", True),
        ("2027-03-28T03:00", "2027-03-28T03:00:59", True),
        ("2027-03-28T03:00", "2027-03-28T01:00:59Z", True),
        ("2027-03-28T03:00", "2027-03-28T01:01:00Z", False),
        ("2027-03-28T01:59", "2027-03-28T00:59:59Z", True),
        ("2027-03-28T01:59", "2027-03-28T03:00:00", False),  # the next second by local clocks
        ("2027-03-28T23:59", "2027-03-28T21:59:59Z", True),  # summer time: two hours
        ("2027-03-28T23:59", "2027-03-28T22:00:00Z", False),
        ("2027-03-27T23:59", "2027-03-27T22:59:59Z", True),  # the evening before: one hour
        ("2027-03-27T23:59", "2027-03-27T23:00:00Z", False),
    ],
)
def test_the_minute_of_the_deadline_is_in_time(closes: str, moment: str, spring: bool) -> None:
    # Only who is in time competes for 40; the others have the rest, 60.
    more = f"intake: deadlines, deadlines: [{{closes: {closes}, budget: 40 NOK}}, {{closes: {SUMMER}}}]"
    assert sums(decided(call(more), [case("a", 1, "100", moment)])) == {"a": "40.00" if spring else "100.00"}


def test_who_is_let_in_after_the_last_deadline_belongs_to_it() -> None:
    cases = [case("late", 9, "50", "2027-12-24T00:00:00"), case("in-time", 1, "50", IN_SUMMER)]
    found = decided(call(at("40 NOK", "rest")), cases)
    assert sums(found) == {"late": "50.00", "in-time": "50.00"}
    assert [found["late"]["rank"], found["in-time"]["rank"]] == [1, 2]


@pytest.mark.parametrize("more", [at("40 NOK", "rest"), "intake: rolling"])
def test_a_case_without_the_moment_of_submission_is_to_be_clarified(more: str) -> None:
    cases = [case("when", 9), case("a", 1, "30", IN_SPRING)]
    assert grounds(decided(call(more), cases)) == {"when": "to be clarified: submitted_at", "a": None}
    assert grounds(decided(call(more), cases, undetermined="exclude")) == {
        "when": "to be clarified: submitted_at", "a": "funded",
    }  # fmt: skip
    gone = [case("when", 9, withdrawn=True), case("a", 1, "30", IN_SPRING)]
    assert grounds(decided(call(more), gone)) == {"when": "withdrawn", "a": "funded"}


def test_one_window_needs_no_moment() -> None:
    assert grounds(decided(call(), [case("a", 1)])) == {"a": "funded"}


def test_percent_of_deadlines_is_of_each_strand() -> None:
    # North 60: 25 % is 15, and 45 are left. South 40: 10, and 30 are left.
    strands = "strands: [{id: north, budget: 60 NOK}, {id: south}]"
    cases = [
        case("n1", 1, "90", IN_SPRING, strand="north"), case("n2", 2, "90", IN_SUMMER, strand="north"),
        case("s1", 1, "90", IN_SPRING, strand="south"), case("s2", 2, "4", IN_SUMMER, strand="south"),
    ]  # fmt: skip
    found = decided(call(f"{at('25%', 'rest')}, {strands}"), cases)
    assert sums(found) == {"n1": "15.00", "n2": "45.00", "s1": "10.00", "s2": "4.00"}


def test_percent_of_deadlines_is_of_each_year() -> None:
    # 2027: 20 % of 100 is 20, 2028: 20 % of 50 is 10; the second deadline has the 80 and 40 that are left.
    plan = call(at("20%", "rest"), budget="{2027: 100 NOK, 2028: 50 NOK}")
    found = decided(plan, asks("90", "90"))
    assert [line["amount"] for line in found["spring"]["award"]] == ["20.00", "10.00"]
    assert [line["amount"] for line in found["summer"]["award"]] == ["80.00", "40.00"]


def test_committed_and_deadlines() -> None:
    # The first deadline has been decided and used 25 of its 40: the second has the 75 that are left.
    assert sums(decided(call(at("40 NOK", "rest")), asks(summer="90"), committed=2500)) == {"summer": "75.00"}
    # 70 are used: of the 50 that are kept for the second there are 30.
    assert sums(decided(call(at("rest", "50 NOK")), asks(summer="90"), committed=7000)) == {"summer": "30.00"}


# --- rolling ---------------------------------------------------------------------------------------------------------


def test_what_comes_first_is_decided_first() -> None:
    # The better one comes a day later: it has what the first left, 40 of 100, and does not take 60 from it.
    plan = call("intake: rolling")
    cases = [case("later", 9, "60", "2027-02-02T08:00:00"), case("first", 1, "60", "2027-02-01T20:00:00")]
    found = decided(plan, cases)
    assert sums(found) == {"first": "60.00", "later": "40.00"}
    assert [found["first"]["rank"], found["later"]["rank"]] == [1, 1]


@pytest.mark.parametrize(
    ("batch", "moments", "expected"),
    [
        # Each asks for 60 of 100; the second of them has more points. Together: it has 60 and the other 40.
        ("day", ("2027-02-01T00:00:00", "2027-02-01T23:59:59"), ("40.00", "60.00")),
        ("day", ("2027-02-01T23:59:59", "2027-02-02T00:00:00"), ("60.00", "40.00")),
        ("day", ("2027-02-01T22:59:59Z", "2027-02-01T23:00:00Z"), ("60.00", "40.00")),  # midnight in Norway
        ("day", ("2027-07-01T21:59:59Z", "2027-07-01T22:00:00Z"), ("60.00", "40.00")),  # and in summer
        ("day", ("2027-02-01", "2027-02-01T15:00:00"), ("40.00", "60.00")),
        ("week", ("2027-02-01T00:00:00", "2027-02-07T23:59:59"), ("40.00", "60.00")),  # Monday to Sunday
        ("week", ("2027-02-07T23:59:59", "2027-02-08T00:00:00"), ("60.00", "40.00")),
        ("week", ("2026-12-31T12:00:00", "2027-01-02T12:00:00"), ("40.00", "60.00")),  # a week of two years
        ("month", ("2027-02-01T00:00:00", "2027-02-28T23:59:59"), ("40.00", "60.00")),
        ("month", ("2027-02-28T23:59:59", "2027-03-01T00:00:00"), ("60.00", "40.00")),
        ("month", ("2026-02-05T00:00:00", "2027-02-05T00:00:00"), ("60.00", "40.00")),
    ],
)
def test_batches(batch: str, moments: tuple[str, str], expected: tuple[str, str]) -> None:
    plan = call(f"intake: rolling, batch: {batch}")
    found = decided(plan, [case("a", 1, "60", moments[0]), case("b", 2, "60", moments[1])])
    assert (found["a"]["granted"], found["b"]["granted"]) == expected


def test_rolling_until_nothing_is_left() -> None:
    # 100: 60, then 40 (in part), then nothing; each day has its own reserve list.
    cases = [
        case(f"d{day}{id}", score, "60", f"2027-02-0{day}T10:00:00")
        for day in (1, 2, 3)
        for id, score in (("a", 2), ("b", 1))
    ]
    plan = call("intake: rolling")
    found = decided(plan, cases)
    assert sums(found) == {
        "d1a": "60.00", "d1b": "40.00", "d2a": "0.00", "d2b": "0.00", "d3a": "0.00", "d3b": "0.00",
    }  # fmt: skip
    assert [found[id]["reserve"] for id in ("d2a", "d2b", "d3a", "d3b")] == [1, 2, 1, 2]
    assert [one.name for one in outcome(plan, cases).parts[0].rounds or ()] == [
        "2027-02-01",
        "2027-02-02",
        "2027-02-03",
    ]


def test_rolling_with_committed() -> None:
    cases = [case("a", 1, "60", "2027-02-01T10:00:00"), case("b", 9, "60", "2027-02-02T10:00:00")]
    assert sums(decided(call("intake: rolling"), cases, committed=3000)) == {"a": "60.00", "b": "10.00"}


def test_rolling_in_strands_and_years() -> None:
    # North 50 + 30: first 40 and 30, then 10 and 0. South 50 + 20 of which only what is asked for is used.
    strands = "strands: [{id: north, budget: {2027: 50 NOK, 2028: 30 NOK}}, {id: south}]"
    plan = call(f"intake: rolling, {strands}", budget="{2027: 100 NOK, 2028: 50 NOK}")
    cases = [
        case("n2", 9, "40", "2027-02-02T10:00:00", strand="north"),
        case("n1", 1, "40", "2027-02-01T10:00:00", strand="north"),
        case("s1", 1, "20", "2027-02-01T10:00:00", strand="south"),
    ]
    found = decided(plan, cases)
    awards = {id: [(line["year"], line["amount"]) for line in one["award"]] for id, one in found.items()}
    assert awards == {
        "n1": [(2027, "40.00"), (2028, "30.00")], "n2": [(2027, "10.00")], "s1": [(2027, "20.00"), (2028, "20.00")],
    }  # fmt: skip


def test_what_is_set_by_hand_comes_first_in_its_own_batch() -> None:
    # Day one: by hand 50 of 100, the better one gets 50. Day two has nothing left, also not for who is better still.
    hand = {"set_by_hand": {"amount": "50", "reason": "As promised"}}
    cases = [
        case("hand", 1, "90", "2027-02-01T10:00:00", **hand), case("b", 5, "60", "2027-02-01T11:00:00"),
        case("c", 9, "60", "2027-02-02T11:00:00"),
    ]  # fmt: skip
    assert sums(decided(call("intake: rolling"), cases)) == {"hand": "50.00", "b": "50.00", "c": "0.00"}


# --- what holds of any cases -----------------------------------------------------------------------------------------

ROLLING, WINDOW, TWO_STRANDS = (
    call("intake: rolling"),
    call(),
    call("strands: [{id: north, budget: 60 NOK}, {id: south}]"),
)
NORTH, SOUTH = call(budget="60 NOK"), call(budget="40 NOK")
SOME = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(0, 60)), min_size=1, max_size=12)
"""Day or strand, points, and what is asked for."""


@given(SOME)
def test_batches_are_calls_one_after_the_other(drawn: list[tuple[int, int, int]]) -> None:
    cases = [
        case(f"c{number:02}", score, str(wanted), f"2027-02-0{day}T12:00:00")
        for number, (day, score, wanted) in enumerate(drawn)
    ]
    found, used = decided(ROLLING, cases), 0
    for day in sorted({one["submitted_at"] for one in cases}):
        alone = outcome(WINDOW, [one for one in cases if one["submitted_at"] == day], committed=used)
        assert [found[id]["granted"] for id in alone.cases.ids] == [
            f"{ore // 100}.{ore % 100:02}" for ore in alone.granted
        ]
        assert [found[id]["rank"] for id in alone.cases.ids] == alone.rank.tolist()
        assert [found[id]["reserve"] or 0 for id in alone.cases.ids] == alone.reserve.tolist()
        used += alone.granted_in_all


@given(SOME)
def test_strands_are_calls_side_by_side(drawn: list[tuple[int, int, int]]) -> None:
    cases = [
        case(f"c{number:02}", score, str(wanted), strand="north" if place % 2 else "south")
        for number, (place, score, wanted) in enumerate(drawn)
    ]
    found = decided(TWO_STRANDS, cases)
    for strand, plan in (("north", NORTH), ("south", SOUTH)):
        own = [one for one in cases if one["strand"] == strand]
        alone = decided(plan, own) if own else {}
        assert {id: found[id] for id in alone} == alone
