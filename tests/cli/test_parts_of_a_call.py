"""`grantengine evaluate` where a call has strands, years, money that is used already, and sums set by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from calls import ALLOCATION, QUESTIONS, SCORE, case

from grantengine.cli.main import run
from grantengine.testing import small_scheme


class Told(NamedTuple):
    """What a command says: its exit code and both streams."""

    code: int
    out: str
    err: str


class Desk:
    """A folder with a scheme and cases, and the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch

    def evaluate(
        self,
        cases: list[dict[str, Any]],
        *more: str,
        call: str = "",
        rest: str = "",
        budget: str = "100 NOK",
        language: str = "en",
    ) -> Told:
        scheme, file = self.folder / "scheme.yaml", self.folder / "cases.jsonl"
        text = small_scheme(f"{SCORE}\n{ALLOCATION}\n{rest}", questions=QUESTIONS, budget=budget, call=call)
        scheme.write_text(text, encoding="utf-8")
        file.write_text("".join(f"{json.dumps(one)}\n" for one in cases), encoding="utf-8")
        self._monkeypatch.setenv("GRANTENGINE_LANGUAGE", language)
        code = run(["evaluate", str(scheme), "--cases", str(file), *more])
        return Told(code, *self._capsys.readouterr())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


YEARS = "{2027: 100 NOK, 2028: 50 NOK}"
STRANDS = "strands: [{id: north, budget: 60 NOK}, {id: south}]"
BOTH = "strands: [{id: north, budget: {2027: 60 NOK, 2028: 30 NOK}}, {id: south}]"


def granted(told: Told) -> dict[str, str]:
    return {one["id"]: one["granted"] for one in json.loads(told.out)["cases"]}


@pytest.mark.parametrize(
    ("call", "budget", "committed", "expected"),
    [
        ("", "100 NOK", ["30"], "70.00"),
        ("", "100 NOK", ["30.50 NOK"], "69.50"),
        ("", "100 NOK", ["2027=30"], "70.00"),
        ("", YEARS, ["2027=30", "2028=10 NOK"], "110.00"),  # 70 + 40
        (STRANDS, "100 NOK", ["north=15"], "45.00"),
        (STRANDS, "100 NOK", ["south=15"], "60.00"),
        (BOTH, YEARS, ["north/2027=20", "north/2028=5"], "65.00"),  # 40 + 25
        ("", "30 hours", ["10 hours"], "0.00"),
        ("", "30 hours", ["10"], "0.00"),
    ],
)
def test_committed(desk: Desk, call: str, budget: str, committed: list[str], expected: str) -> None:
    arguments = [part for one in committed for part in ("--committed", one)]
    more = {"strand": "north"} if call else {}
    told = desk.evaluate([case("a", 1, "100", **more)], "--json", *arguments, call=call, budget=budget)
    assert (told.code, told.err) == (0, "")
    assert granted(told) == {"a": expected}


def test_committed_hours_are_hours(desk: Desk) -> None:
    told = desk.evaluate([case("a", 1, "100")], "--json", "--committed", "10.5 hours", budget="30 hours")
    assert json.loads(told.out)["cases"][0]["award"] == [{"year": 2027, "unit": "hours", "amount": "19.50"}]


@pytest.mark.parametrize(
    ("call", "budget", "committed", "code", "words"),
    [
        ("", "100 NOK", ["much"], "money-format", "much"),
        ("", "100 NOK", ["2027=much"], "money-format", "much"),
        ("", "100 NOK", ["10 EUR"], "money-other-currency", "NOK"),
        ("", "100 NOK", ["10", "20"], "committed-of-what", "2027"),
        ("", "100 NOK", ["2027=10", "2027=20"], "committed-of-what", "2027"),
        ("", "100 NOK", ["2027=10", "20"], "committed-of-what", "2027"),
        ("", "100 NOK", ["2028=10"], "committed-of-what", "2027"),
        ("", "100 NOK", ["101"], "committed-over-budget", "100"),
        ("", YEARS, ["10"], "committed-of-what", "2027, 2028"),
        ("", YEARS, ["2028=50.01"], "committed-over-budget", "50"),
        (STRANDS, "100 NOK", ["10"], "committed-of-what", "north, south"),
        (STRANDS, "100 NOK", ["nort=10"], "committed-of-what", "north, south"),
        (STRANDS, "100 NOK", ["south=41"], "committed-over-budget", "40"),
        (BOTH, YEARS, ["north=1"], "committed-of-what", "north/2027, north/2028, south/2027, south/2028"),
    ],
)
@pytest.mark.parametrize("language", ["en", "nb", "nn"])
def test_committed_in_the_wrong_way_is_told_in_words(
    desk: Desk, call: str, budget: str, committed: list[str], code: str, words: str, language: str
) -> None:
    arguments = [part for one in committed for part in ("--committed", one)]
    told = desk.evaluate([case("a", 1, strand="north")], *arguments, call=call, budget=budget, language=language)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"{code}: ")
    assert words in told.err
    assert "{" not in told.err


def lines_with(text: str, word: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if word in line]


def test_the_summary_tells_what_was_used_before(desk: Desk) -> None:
    # 100 less 25 is 75; 60 are given, 15 are left.
    told = desk.evaluate([case("a", 1, "60")], "--committed", "25")
    assert lines_with(told.out, "Budget") == ["Budget: 100 kr, of which used before: 25 kr, left: 15 kr"]
    told = desk.evaluate([case("a", 1, "60")])
    assert lines_with(told.out, "Budget") == ["Budget: 100 kr, of which left: 40 kr"]


def test_the_summary_tells_of_years(desk: Desk) -> None:
    # 2027: 75 of 100 are left before, 60 given. 2028: 50, all given.
    told = desk.evaluate([case("a", 1, "60")], "--committed", "2027=25", budget=YEARS)
    assert lines_with(told.out, "year") == ["year budget granted left"]
    assert lines_with(told.out, "2027 ") == ["2027 75 kr 60 kr 15 kr"]
    assert lines_with(told.out, "2028 ") == ["2028 50 kr 50 kr 0 kr"]


def test_the_summary_tells_of_strands_and_the_ranking_of_each(desk: Desk) -> None:
    cases = [case("n", 9, "25", strand="north"), case("s", 1, "50", strand="south")]
    told = desk.evaluate(cases, call=STRANDS)
    assert lines_with(told.out, "strand") == ["strand budget granted left"]
    assert lines_with(told.out, "north ") == ["north 60 kr 25 kr 35 kr"]
    assert lines_with(told.out, "south ") == ["south 40 kr 40 kr 0 kr"]
    assert lines_with(told.out, "The first") == ["The first 1 in north:", "The first 1 in south:"]
    assert "strand" not in desk.evaluate([case("a", 1)]).out


@pytest.mark.parametrize(
    ("language", "heading", "used"),
    [("en", "year budget granted left", "used before"), ("nb", "år budsjett tilskudd igjen", "brukt fra før"), ("nn", "år budsjett tilskot att", "brukt frå før")],
)  # fmt: skip
def test_the_summary_in_three_languages(desk: Desk, language: str, heading: str, used: str) -> None:
    told = desk.evaluate([case("a", 1)], "--committed", "2028=5", budget=YEARS, language=language)
    assert heading in [" ".join(line.split()) for line in told.out.splitlines()]
    assert used in told.out


# --- sums set by hand ------------------------------------------------------------------------------------------------

RULE = "eligibility: [{id: some, require: score > 0}]"


def hand(id: str, score: int, amount: str = "25", **more: Any) -> dict[str, Any]:
    return case(id, score, set_by_hand={"amount": amount, "reason": "The board has decided"}, **more)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_sums_set_by_hand_that_are_not_given_are_told(desk: Desk, more: tuple[str, ...]) -> None:
    cases = [hand("in", 1), hand("out", 0), hand("nil", 0, "0"), hand("gone", 1, withdrawn=True), case("other", 0)]
    told = desk.evaluate(cases, *more, rest=RULE)
    assert told.code == 0
    assert told.err == "Sums set by hand are given only where a case is eligible and rated. Not given (1): out\n"


@pytest.mark.parametrize(("language", "words"), [("nb", "Ikke gitt (2): a, b"), ("nn", "Ikkje gitt (2): a, b")])
def test_and_in_norwegian(desk: Desk, language: str, words: str) -> None:
    told = desk.evaluate([hand("a", 0), hand("b", 0)], rest=RULE, language=language)
    assert words in told.err


def test_of_many_the_first_are_named(desk: Desk) -> None:
    told = desk.evaluate([hand(f"c{number:02}", 0) for number in range(25)], rest=RULE)
    assert "Not given (25): c00, " in told.err
    assert told.err.rstrip().endswith("c19, …")


def test_nothing_is_told_where_nothing_is_dropped_or_nothing_is_decided(desk: Desk) -> None:
    assert desk.evaluate([hand("in", 1)], rest=RULE).err == ""
    blocked = desk.evaluate([hand("out", 0), case("unclear", 1, None)], rest=RULE)
    assert blocked.code == 1
    assert "Not given" not in blocked.err


def test_half_a_seat_is_told_with_its_case(desk: Desk) -> None:
    told = desk.evaluate([hand("a", 1, "2.50"), hand("b", 1, "1.25"), hand("c", 1, "3")], budget="30 seats")
    assert told.code == 1
    assert [line.split(",")[0] for line in told.err.splitlines()] == [
        "by-hand-not-whole: The sum set by hand for «a» is 2.50 seats",
        "by-hand-not-whole: The sum set by hand for «b» is 1.25 seats",
    ]


def test_the_ranking_of_each_batch_is_named_by_its_first_day(desk: Desk) -> None:
    cases = [case("a", 1, at="2027-02-03T12:00:00"), case("b", 1, at="2027-02-12T12:00:00")]
    told = desk.evaluate(cases, call="intake: rolling, batch: week")
    # Mondays.
    assert lines_with(told.out, "The first") == ["The first 1 in 2027-02-01:", "The first 1 in 2027-02-08:"]
    told = desk.evaluate(cases, call="intake: rolling, batch: week, strands: [{id: north}]")
    assert "to-be-clarified: The case «a» cannot be decided before this is known: strand" in told.err
