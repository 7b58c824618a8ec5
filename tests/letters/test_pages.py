"""Every letter is a page that is well formed, stands alone, is fit for all, escaped, and wants no words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from letter_samples import CALL, LAW, OFFICE, granted, interim, not_eligible, paper, receipt, refused, subject
from pages import Page

from grantengine.letters import data
from grantengine.letters.data import Counterfactual, CriterionLine, Proposal, RuleLine
from grantengine.letters.render import appeal_receipt_html, case_paper_html, decision_html, interim_html
from grantengine.records import Ground
from grantengine.texts.catalogue import LANGUAGES, core_texts

TEXTS = core_texts()
HOSTILE = "<script>alert(1)</script>\"'&"
EVIL_OFFICE = replace(
    OFFICE, authority=dict.fromkeys(LANGUAGES, HOSTILE), handler=HOSTILE, email=f"a@b{HOSTILE}", phone=HOSTILE
)


def change(text: str) -> Counterfactual:
    return Counterfactual("few", text, text, text, text)


def fullest(language: str, text: str = "Noe") -> dict[str, str]:
    """Each kind of page with everything it has room for, ``text`` wherever a person has written."""
    office = EVIL_OFFICE if text == HOSTILE else OFFICE
    titles = dict.fromkeys(LANGUAGES, text) if text == HOSTILE else CALL
    about = replace(subject(language, text), number=text, scheme=titles, call=titles)
    settings = replace(LAW, **{field.name: text for field in fields(LAW)}) if text == HOSTILE else LAW
    shared = {"subject": about, "office": office, "settings": settings}
    written = {
        "blocks": (text,), "note": text, "reserve": 1, "resolved_by": text, "criteria": (CriterionLine(text, 1, 2, text),), "total": 1.0,
        "counterfactuals": (change(text), Counterfactual(points=1.0)), "conditions": (text,), **shared,
    }  # fmt: skip
    both = {**shared, "why": text} if text == HOSTILE else shared
    return {
        "granted": decision_html(granted(language, ground=Ground.SET_BY_HAND, reason=text, **written), TEXTS),
        "refused": decision_html(not_eligible(language, rules=(RuleLine(text, (text,), change(text)),), **written), TEXTS),
        "rank": decision_html(refused(Ground.BUDGET_USED, language, **written), TEXTS),
        "interim": interim_html(interim(language, **both), TEXTS),
        "receipt": appeal_receipt_html(receipt(language, number=text, body=text, next_steps=text, **shared), TEXTS),
        "late": appeal_receipt_html(receipt(language, in_time=False, **shared), TEXTS),
        "paper": case_paper_html(
            paper(
                language, office=office, scheme=titles, call=titles, recommendation=text, proposed_by=text, committee=text,
                approved_by=text, proposals=(Proposal(text, text, 1, 1, 1, Ground.FUNDED, text),),
                choices=(data.Choice(text, text, text),),
            ),
            TEXTS,
        ),
    }  # fmt: skip


def every() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for kind, html in fullest(language).items():
            yield language, kind, html


PAGES = [pytest.param(*one, id=f"{one[1]}-{one[0]}") for one in every()]
each_page = pytest.mark.parametrize(("language", "kind", "html"), PAGES)


@each_page
def test_page_is_well_formed_and_says_its_language(language: str, kind: str, html: str) -> None:
    assert html.startswith("<!DOCTYPE html>")
    found = Page(html)
    assert found.all("html") == [{"lang": language}]
    assert len(found.said("title")) == 1
    ids = [attrs["id"] for _, attrs, _ in found.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    refers = {name for _, attrs, _ in found.found for name in (attrs.get("aria-labelledby") or "").split()}
    assert refers == set(ids)


@each_page
def test_nothing_stands_where_html_has_no_room_for_it(language: str, kind: str, html: str) -> None:
    for tag, _, around in Page(html).found:
        if tag in ("p", "h1", "h2", "ul", "dl", "table", "section", "div"):
            assert not {"p", "h1", "h2", "span", "strong", "a"} & set(around), (tag, around)
        if tag == "li":
            assert around[-1] == "ul"
        if tag in ("dt", "dd"):
            assert around[-1] == "dl"
        if tag in ("td", "th"):
            assert around[-1] == "tr"
        if around and around[-1] in ("ul", "dl", "tr", "thead", "tbody", "tfoot", "table"):
            assert tag in ("li", "dt", "dd", "td", "th", "tr", "caption", "thead", "tbody", "tfoot"), (tag, around)


@each_page
def test_headings_are_in_order_and_sections_are_named(language: str, kind: str, html: str) -> None:
    found = Page(html)
    levels = [int(tag[1]) for tag, _, _ in found.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(found.all("section")) == levels.count(2) > 1
    assert all("aria-labelledby" in attrs for attrs in found.all("section"))
    assert len(found.all("main")) == len(found.all("header")) == 1


@each_page
def test_page_stands_alone_and_can_be_printed(language: str, kind: str, html: str) -> None:
    found = Page(html)
    assert {"script", "link", "img", "iframe", "object", "base"} & {tag for tag, _, _ in found.found} == set()
    assert [attrs for _, attrs, _ in found.found if {"src", "style", "onclick"} & set(attrs)] == []
    assert all((attrs["href"] or "").startswith(("mailto:", "tel:")) for attrs in found.all("a"))
    assert not any(word in html for word in ("http://", "https://", "url(", "@import"))
    policy = [attrs["content"] for attrs in found.all("meta") if "http-equiv" in attrs]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "@media print" in html


@each_page
def test_tables_have_captions_and_scopes_and_scroll_by_keyboard(language: str, kind: str, html: str) -> None:
    found = Page(html)
    tables = [place for place, (tag, _, _) in enumerate(found.found) if tag == "table"]
    assert bool(tables) == (kind in ("granted", "refused", "rank", "paper"))
    for place in tables:
        tag, attrs, _ = found.found[place + 1]
        around = found.found[place - 1][1]
        assert tag == "caption"
        assert (around["role"], around["tabindex"], around["aria-labelledby"]) == ("region", "0", attrs["id"])
    assert all(attrs["scope"] in ("row", "col") for attrs in found.all("th"))


@each_page
def test_rows_of_a_table_are_as_wide_as_its_head(language: str, kind: str, html: str) -> None:
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        widths = {
            sum(int(span or 1) for span in re.findall(r'<t[hd](?:[^>]*colspan="(\d)")?[^>]*>', row))
            for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        }
        assert len(widths) == 1


@each_page
def test_no_words_are_wanting(language: str, kind: str, html: str) -> None:
    words = " ".join(text for tag, text in Page(html).words if tag != "style")
    assert not re.search(r"\b(letter|ground|unit)\.[a-z]", words)
    assert not re.search(r"[{}]", words)
    assert "None" not in words


def test_languages_differ() -> None:
    for kind in fullest("nb"):
        assert len({fullest(language)[kind] for language in LANGUAGES}) == 3


@pytest.mark.parametrize("kind", fullest("nb"))
def test_what_people_have_written_is_escaped(kind: str) -> None:
    html = fullest("en", HOSTILE)[kind]
    found = Page(html)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 5
    assert "script" not in {tag for tag, _, _ in found.found}
    assert any(HOSTILE in words for _, words in found.words)
    assert all('"' not in (attrs["href"] or "") and "<" not in (attrs["href"] or "") for attrs in found.all("a"))


def test_a_title_in_another_language_says_so() -> None:
    about = replace(subject("nn"), call={"nb": "Utlysning"}, scheme={"nn": "Ordning"})
    assert Page(decision_html(granted(subject=about), TEXTS)).all("span") == [{"lang": "nb"}]


def test_an_office_without_names_is_still_told_of() -> None:
    bare = replace(OFFICE, handler=None, email=None, phone=None)
    found = Page(decision_html(granted(office=bare), TEXTS))
    assert found.said("h2")[-1] == "Kontakt"
    assert found.all("a") == []


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_stand_out_from_the_page() -> None:
    style = re.search(r"<style>(.*?)</style>", fullest("nb")["granted"], re.DOTALL)
    assert style
    colours = set(re.findall(r"(?<!-)\bcolor: (#[0-9a-f]{6})", style[1]))
    assert len(colours) == 3
    assert all(_contrast(colour, "#ffffff") >= 4.5 for colour in colours)


def test_an_applicant_s_letter_has_no_place_for_another_applicant() -> None:
    own = [data.DecisionLetter, data.InterimLetter, data.AppealReceipt]
    parts = [data.Subject, data.Office, data.LetterSettings, data.AppealRight, data.RuleLine, data.CriterionLine]
    names = {field.name for one in (*own, *parts, data.Counterfactual) for field in fields(one)}
    assert not {"rank", "others", "proposals", "applicants", "organisations"} & names
    assert [one.__name__ for one in own if any("Proposal" in str(field.type) for field in fields(one))] == []
