"""Sums: reading, writing, splitting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantengine.errors import MoneyError
from grantengine.money import MOST_ORE, Money, format_for_people, format_ore, parse_money, parse_ore, split


@pytest.mark.parametrize(
    ("text", "ore", "currency"),
    [
        ("40 000 000 NOK", 4_000_000_000, "NOK"),
        ("1 500,50 NOK", 150_050, "NOK"),
        ("2508376.17 PLN", 250_837_617, "PLN"),
        ("0 NOK", 0, "NOK"),
        ("12\u00a0000,5 EUR", 1_200_050, "EUR"),
        ("7NOK", 700, "NOK"),
        ("\u22125 NOK", -500, "NOK"),
        ("100000000000 NOK", MOST_ORE, "NOK"),
    ],
)
def test_parse_money(text: str, ore: int, currency: str) -> None:
    assert parse_money(text) == Money(ore, currency)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("40 000 000", "money-currency-missing"),
        ("10 XXY", "money-currency"),
        ("10 JPY", "money-currency"),
        ("10.005 NOK", "money-decimals"),
        ("100000000001 NOK", "money-range"),
        ("1e3 NOK", "money-format"),
        ("1 00 NOK", "money-format"),
        ("1,000,000 NOK", "money-format"),
        ("", "money-format"),
        ("١٢ NOK", "money-format"),
    ],
)
def test_what_is_no_sum(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as raised:
        parse_money(text)
    assert raised.value.code == code


@given(st.integers(-MOST_ORE, MOST_ORE))
def test_written_and_read_again(ore: int) -> None:
    assert parse_ore(format_ore(ore)) == ore


def test_a_bare_sum_has_no_currency() -> None:
    with pytest.raises(MoneyError):
        parse_ore("5 NOK")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_split_gives_out_every_ore_in_proportion(total: int, weights: list[int]) -> None:
    shares = split(total, weights)
    if sum(weights) == 0:
        assert shares == [0] * len(weights)
        return
    assert sum(shares) == total
    exact = [total * weight / sum(weights) for weight in weights]
    assert all(abs(share - part) < 1.001 for share, part in zip(shares, exact, strict=True))


def test_split_gives_what_is_left_to_the_largest_remainder() -> None:
    # 10 over 1, 1, 1: 3 each, and the one left to the first; over 2, 1: 6.67 and 3.33
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(10, [2, 1]) == [7, 3]


@pytest.mark.parametrize(("language", "words"), [("nb", "1 500,50 kr"), ("nn", "1 500,50 kr"), ("en", "1,500.50 kr")])
def test_for_people(language: str, words: str) -> None:
    assert format_for_people(Money(150_050, "NOK"), language).replace("\u00a0", " ") == words
