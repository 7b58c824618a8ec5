"""The page of a simulation: whole, alone, escaped, in every language, and fit for all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from factories import DATA, TODAY, example_case
from pages import Page

from grantengine.bootstrap import Engine, bootstrap
from grantengine.rules.tables import cases_from_records
from grantengine.services.simulate_change import Wish, simulate_change
from grantengine.simulation.charts import Bar, Bin, bars, bins, columns, line, nice, position, ticks_of
from grantengine.simulation.html import report_html
from grantengine.simulation.report import Report
from grantengine.simulation.words import Speaker
from grantengine.testing import small_scheme
from grantengine.texts.catalogue import LANGUAGES, Texts, core_texts

HOSTILE = "<script>alert(1)</script>\"'&"


@cache
def engine() -> Engine:
    return bootstrap({}, today=lambda: TODAY)


def simulated(path: Path, records: list[dict[str, Any]], **wish: Any) -> Report:
    def read(plan: Any, extra: Any) -> Any:
        return cases_from_records(records, plan, extra=extra)

    return simulate_change(engine(), path, Wish(undetermined="exclude", **wish), read)


@cache
def report(two_ranges: bool = False) -> Report:
    records = [
        example_case(
            f"c{n:02}", members=20 + 17 * n % 300, requested=str(900_000 + 10_000 * n), continues_earlier=n % 2 == 1
        )
        | {"ratings": {"relevance": [1 + n % 5, 3], "feasibility": [2, 1 + n % 4]}}
        for n in range(60)
    ]
    sweep = ("/allocation/options/minimum_points=0:60:10",)
    return simulated(
        DATA / "example-scheme.yaml",
        records,
        set=("/criteria/relevance/weight=3", "/call/budget=41 000 000 NOK"),
        by=("members", "continues_earlier"),
        sweep=("/call/budget=30000000:50000000:10000000", *sweep) if two_ranges else sweep,
        weightings=10,
    )


@cache
def page(language: str = "nb", two_ranges: bool = False) -> str:
    return report_html(report(two_ranges), engine().registry.texts, language)


def say(key: str, language: str, **params: object) -> str:
    return Speaker(engine().registry.texts, language, "NOK").say(key, **params)


def test_the_report_has_something_to_show() -> None:
    counts = report().comparison.counts
    assert counts["gains"] > 0
    assert counts["loses"] > 0


@pytest.mark.parametrize("two_ranges", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_well_formed_and_says_its_language(language: str, two_ranges: bool) -> None:
    text = page(language, two_ranges)
    assert text.startswith("<!DOCTYPE html>")
    found = Page(text)
    assert found.all("html") == [{"lang": language}]
    ids = [attrs["id"] for _, attrs, _ in found.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    refers = [name for _, attrs, _ in found.found for name in (attrs.get("aria-labelledby") or "").split()]
    assert set(refers) <= set(ids)


def test_page_stands_alone() -> None:
    text = page()
    found = Page(text)
    assert {"script", "link", "img", "iframe", "object", "base"} & {tag for tag, _, _ in found.found} == set()
    assert [attrs for _, attrs, _ in found.found if {"src", "href", "style", "onclick"} & set(attrs)] == []
    assert "http://" not in text
    assert "https://" not in text
    assert "url(" not in text
    assert "@import" not in text
    policy = [attrs["content"] for attrs in found.all("meta") if "http-equiv" in attrs]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert len(found.all("style")) == 1


@pytest.mark.parametrize("two_ranges", [False, True])
def test_headings_are_in_order(two_ranges: bool) -> None:
    levels = [int(tag[1]) for tag, _, _ in Page(page("nb", two_ranges)).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


SECTIONS = (
    "changed", "call", "effects", "groups", "sweep", "robustness", "most", "notes", "held-constant", "can-not-know",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_stand_in_their_order(language: str) -> None:
    assert Page(page(language)).said("h2") == [say(f"report.{name}", language) for name in SECTIONS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_ends_with_what_was_held_constant_and_what_it_can_not_know(language: str) -> None:
    texts, found = engine().registry.texts, Page(page(language))
    last = [texts.say(message, language) for message in report().caution.can_not_know]
    held = [texts.say(message, language) for message in report().caution.held_constant]
    assert found.said("li")[-len(last) - len(held) :] == held + last


def test_languages_differ_and_figures_are_written_as_in_the_language() -> None:
    assert len({page(language) for language in LANGUAGES}) == 3
    assert "41\u00a0000\u00a0000 kr" in page("nb")
    assert "41,000,000 kr" in page("en")
    assert f"20{chr(0xA0)}%" in page("nn")
    for language in LANGUAGES:
        assert not re.search(
            r"\b(report|word|simulate|change|why|ground|unit|group)\.[a-z]+-?[a-z]*\b[^<]*\(", page(language)
        )


@pytest.mark.parametrize("two_ranges", [False, True])
def test_tables_have_captions_and_scopes_and_scroll_by_keyboard(two_ranges: bool) -> None:
    found = Page(page("en", two_ranges))
    tables = [place for place, (tag, _, _) in enumerate(found.found) if tag == "table"]
    assert len(tables) > 7
    for place in tables:
        tag, attrs, _ = found.found[place + 1]
        around = found.found[place - 1][1]
        assert tag == "caption"
        assert (around["role"], around["tabindex"], around["aria-labelledby"]) == ("region", "0", attrs["id"])
    assert {attrs["scope"] for attrs in found.all("th")} == {"row", "col"}


@pytest.mark.parametrize("two_ranges", [False, True])
def test_charts_are_said_in_words_or_hidden_beside_their_figure(two_ranges: bool) -> None:
    found = Page(page("en", two_ranges))
    charts = [(place, attrs) for place, (tag, attrs, _) in enumerate(found.found) if tag == "svg"]
    drawn = [place for place, attrs in charts if attrs.get("role") == "img"]
    assert len(drawn) == (3 if two_ranges else 6)
    for place in drawn:
        (first, title, _), (second, desc, _) = found.found[place + 1 : place + 3]
        assert (first, second) == ("title", "desc")
        assert found.found[place][1]["aria-labelledby"] == f"{title['id']} {desc['id']}"
    assert all(attrs.get("aria-hidden") == "true" for place, attrs in charts if place not in drawn)
    assert len(found.said("desc")) == len(drawn)


def test_the_sentence_tells_how_many_gain_and_lose() -> None:
    counts = report().comparison.counts
    wanted = say(
        "report.sentence", "nb", cases="60", gains=counts["gains"], new=counts["newly_funded"], loses=counts["loses"],
        lost=counts["no_longer_funded"],
    )  # fmt: skip
    assert wanted in Page(page()).said("p")


def test_nothing_changed_is_said() -> None:
    same = report_html(simulated(DATA / "example-scheme.yaml", [example_case()]), core_texts(), "en")
    found = Page(same)
    assert "No case would gain or lose: all 1 get the same sum as before." in found.said("p")
    assert "Nothing: the scenario is the scheme as it is." in found.said("p")
    assert "There are no changes in sums to show." in found.said("p")


def test_texts_of_schemes_and_cases_are_escaped(tmp_path: Path) -> None:
    scheme = tmp_path / "scheme.yaml"
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = small_scheme(
        "criteria: [{id: size, points: size, max_points: 9}]",
        questions=f"- {{id: size, kind: integer}}\n- {{id: name, kind: text, label: {{en: {quoted}}}}}",
    )
    scheme.write_text(text.replace("title: {en: Test}", f"title: {{en: {quoted}}}"), encoding="utf-8")
    patch = tmp_path / "patch.yaml"
    patch.write_text(
        f"title: {quoted}\npatch: [{{op: replace, path: /call/budget, value: 50 000 NOK}},"
        f" {{op: replace, path: /title/en, value: {quoted}}}, {{op: add, path: /title/nb, value: {quoted}}}]",
        encoding="utf-8",
    )
    records = [{"id": f"{HOSTILE}{n}", "answers": {"requested": "40000", "size": n, "name": HOSTILE}} for n in range(3)]
    said = report_html(simulated(scheme, records, patch=patch, by=("name",)), core_texts(), "en")
    found = Page(said)
    assert "script" not in {tag for tag, _, _ in found.found}
    assert "<script" not in said
    assert said.count("&lt;script&gt;") >= 6
    assert found.all("h1") == [{}]
    assert HOSTILE in found.said("h1")
    assert HOSTILE in found.said("p")


def test_a_title_in_another_language_says_so(tmp_path: Path) -> None:
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text(small_scheme("").replace("title: {en: Test}", "title: {en: Test}"), encoding="utf-8")
    made = report_html(simulated(scheme, [{"id": "a", "answers": {"requested": "1"}}]), core_texts(), "nb")
    assert Page(made).all("h1") == [{"lang": "en"}]


def test_years_stand_side_by_side_and_hours_are_in_words(tmp_path: Path) -> None:
    rest = "criteria: [{id: size, points: size}]\nallocation: {method: ranked, options: {amount: size * 10}}"
    text = small_scheme(rest, questions="- {id: size, kind: integer}", budget="{2027: 100 hours, 2028: 50 hours}")
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text(
        text.replace("kind: project", "kind: in_kind").replace("      - {id: requested, kind: money}\n", "")
    )
    records = [{"id": f"c{n}", "answers": {"size": n}} for n in range(9)]
    made = report_html(simulated(scheme, records, set=("/call/budget/2028=30 hours",)), core_texts(), "nb")
    found = Page(made)
    assert say("report.years", "nb") in found.said("h3")
    assert {"2027", "2028"} <= set(found.said("th"))
    assert "100 timer" in found.said("td")
    assert "30 timer" in found.said("td")
    assert "hours" not in made


def test_strands_stand_side_by_side(tmp_path: Path) -> None:
    text = small_scheme("").replace(
        "closes:", "strands: [{id: a, title: {en: Alpha}, budget: 30 000 NOK}, {id: b}], closes:"
    )
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text(text, encoding="utf-8")
    records = [{"id": f"c{n}", "strand": "ab"[n % 2], "answers": {"requested": "20000"}} for n in range(9)]
    found = Page(report_html(simulated(scheme, records, set=("/call/budget=50 000 NOK",)), core_texts(), "en"))
    assert "By strand" in found.said("h3")
    assert {"Alpha", "b"} <= set(found.said("th"))
    assert {"70,000 kr", "20,000 kr"} <= set(found.said("td"))


def test_values_of_a_scheme_in_words() -> None:
    speaker = Speaker(core_texts(), "nb", "NOK")
    values: Mapping[str, Any] = {
        "40 000 000 NOK": "40000000 NOK", "400 timer": "400 hours", "len(partners) * 5": "len(partners) * 5",
        "ja": True, "0,5": 0.5, "ikke oppgitt": None, "reach": {"id": "reach", "points": "1"}, '["a", 1]': ["a", 1],
    }  # fmt: skip
    for words, value in values.items():
        assert speaker.value(value).replace("\u00a0", " ").replace("kr", "NOK") == words
    assert speaker.value("x" * 80) == "x" * 69 + "…"


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([150], [Bin(0, 100, 0), Bin(100, 200, 1)]),
        ([-100, 100, 101], [Bin(-100, 0, 1), Bin(0, 100, 1), Bin(100, 200, 1)]),
    ],
)
def test_bins_never_lie_across_zero(differences: list[int], expected: list[Bin]) -> None:
    assert bins(np.array(differences, np.int64)) == expected


def test_bins_hold_every_change() -> None:
    rng = np.random.default_rng(1)
    for size in (3, 10**4, 10**9):
        given = rng.integers(-size, size * 3, 1000)
        found = bins(given)
        assert sum(one.count for one in found) == np.count_nonzero(given)
        assert len(found) <= 18
        assert all(a.high == b.low for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(("value", "expected"), [(0, 1), (1, 1), (3, 5), (230_000, 250_000), (1000, 1000), (0.3, 0.5)])
def test_nice_numbers(value: float, expected: float) -> None:
    assert nice(value) == pytest.approx(expected)


def test_charts_bear_nothing_and_gaps() -> None:
    assert bars("b", "B", [Bar("none", 0, "0")]).rects == ()
    assert columns("c", "C", "", [], []).rects == ()
    broken = line(
        "l", "L", "", [1, None, 3, 4], (4, "4"), ticks_of(["1", "2", "3", "4"], [position(n, 4) for n in range(4)])
    )
    assert [mark.tone for mark in broken.lines].count("series") == 1
    assert len(broken.dots) == 3
    assert position(0, 1) == 50


def test_steps_that_can_not_be_run_are_said() -> None:
    made = simulated(
        DATA / "example-scheme.yaml", [example_case()], sweep=("/allocation/options/minimum_points=-1:1:1",)
    )
    assert made.steps[0].problems
    said = report_html(made, engine().registry.texts, "en")
    assert 'class="right why"' in said
    Page(said)


def test_words_of_an_unknown_language_are_still_words() -> None:
    assert '<html lang="sv">' in report_html(report(), engine().registry.texts, "sv")
    assert "report.title" in report_html(report(), Texts(), "nb")
