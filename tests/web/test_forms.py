"""Every kind of field: what stands in it, how people may write in it, and that nothing is changed by being looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from reader import Page
from strategies import TEXTS, answers
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from worlds import START

from grantengine import Audience, QuestionKind, hookimpl, types
from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.form.answers import check_draft
from grantengine.form.build import Field
from grantengine.form.merge import digest
from grantengine.services.read_draft import DraftPage
from grantengine.settings import LANGUAGES
from grantengine.simulation.population import population
from grantengine.testing import engine_with, plan_of, small_scheme
from grantengine_web import create_app
from grantengine_web.applicant.draft import show
from grantengine_web.applicant.draft_view import draft_view
from grantengine_web.forms import spellings
from grantengine_web.forms.asked import Asked, asked, asked_on
from grantengine_web.forms.drawing import Drawn, draw, visible
from grantengine_web.forms.reading import read_answer, read_answers, read_base, without_row

SCHEMES = sorted((Path(__file__).parents[2] / "schemes").rglob("scheme.yaml"))
NAMES = {path: path.parent.name for path in SCHEMES}


def drawn(one: Asked, value: Any, language: str = "nb", **more: Any) -> Drawn:
    return draw(one, value, language, faults={}, shown={one.id}, open_=None, **more)


def posted(one: Drawn) -> MultiDict[str, str]:
    """What a browser sends of a field that nobody has touched."""
    sent: MultiDict[str, str] = MultiDict()
    for cell in (one.cell, *(cell for row in one.rows for cell in row.cells)):
        if cell.kept is not None:
            sent.add(f"{cell.name}.kept", cell.kept)
        if cell.asked.shape == "checkboxes":
            for choice in cell.chosen:
                sent.add(cell.name, choice)
        elif cell.asked.shape != "table" and (cell.text or cell.asked.shape not in ("yes_no", "radio", "checkbox")):
            sent.add(cell.name, cell.text.replace("\n", "\r\n"))
    return sent


def back(one: Asked, value: Any, language: str = "nb") -> Any:
    """The answer after it has been drawn and sent."""
    return read_answer(one, one.name, posted(drawn(one, value, language)))


@pytest.fixture(scope="module")
def field(example: Plan) -> dict[str, Asked]:
    return {name: asked(one) for name, one in example.form.by_id.items()}


WRITTEN: list[tuple[str, str, Any]] = [
    ("members", "12", 12),
    ("members", " 1 200 ", 1200),
    ("members", "1.200", 1200),
    ("members", "1,200", 1200),
    ("members", "-3", -3),
    ("members", "12,0", 12),
    ("members", "tolv", "tolv"),
    ("members", "12,5", "12,5"),
    ("members", "", None),
    ("members", " \t", None),
    ("members", "١٢", "١٢"),
    ("target_group_share", "50", 0.5),
    ("target_group_share", "12,5 %", 0.125),
    ("target_group_share", "12.5", 0.125),
    ("target_group_share", "7", 0.07),
    ("target_group_share", "100%", 1),
    ("target_group_share", "halvparten", "halvparten"),
    ("requested", "12000", "12000.00"),
    ("requested", "12 000", "12000.00"),
    ("requested", "12\u00a0000,50", "12000.50"),
    ("requested", "12.000", "12000.00"),
    ("requested", "12,000", "12000.00"),
    ("requested", "1,200,000.5", "1200000.50"),
    ("requested", "1.200.000,50", "1200000.50"),
    ("requested", "kr 12 000", "12000.00"),
    ("requested", "12 000 kr.", "12000.00"),
    ("requested", "12000,-", "12000.00"),
    ("requested", "NOK 5", "5.00"),
    ("requested", "-5", "-5"),
    ("requested", "12,345", "12345.00"),
    ("requested", "1,2345", "1,2345"),
    ("requested", "mye", "mye"),
    ("municipality", "0301", "0301"),
    ("municipality", "0301 Oslo", "0301"),
    ("municipality", "oslo", "0301"),
    ("municipality", "Herøy", "Herøy"),
    ("municipality", "9999", "9999"),
    ("continues_earlier", "yes", True),
    ("continues_earlier", "no", False),
    ("continues_earlier", "perhaps", "perhaps"),
    ("summary", "en\r\nto\rtre", "en\nto\ntre"),
    ("summary", "lim\vinn\x07", "lim\ninn"),
    ("summary", "nul \0", "nul \0"),
]


@pytest.mark.parametrize(("question", "text", "answer"), WRITTEN)
def test_how_people_write(field: dict[str, Asked], question: str, text: str, answer: Any) -> None:
    one = field[question]
    read = read_answer(one, one.name, MultiDict([(one.name, text)]))
    assert (read, type(read)) == (answer, type(answer))


@pytest.mark.parametrize(
    ("question", "value", "nb", "en"),
    [
        ("members", 1200, "1200", "1200"),
        ("members", "tolv", "tolv", "tolv"),
        ("target_group_share", 0.07, "7", "7"),
        ("target_group_share", 0.125, "12,5", "12.5"),
        ("requested", "1500000", "1\u00a0500\u00a0000", "1\u00a0500\u00a0000"),
        ("requested", "12000.50", "12\u00a0000,50", "12\u00a0000.50"),
        ("requested", 7, "7", "7"),
        ("requested", "mye", "mye", "mye"),
        ("municipality", "0301", "0301 Oslo", "0301 Oslo"),
        ("municipality", "9999", "9999", "9999"),
        ("summary", "<b>&\u202eא🎉", "<b>&\u202eא🎉", "<b>&\u202eא🎉"),
    ],
)
def test_what_stands_in_a_field(field: dict[str, Asked], question: str, value: Any, nb: str, en: str) -> None:
    assert [drawn(field[question], value, language).cell.text for language in ("nb", "en")] == [nb, en]


@pytest.mark.parametrize(("text", "day"), [("1.3.2027", "2027-03-01"), ("31/12/2027", "2027-12-31"), ("2027-03-01", "2027-03-01"), ("31.2.2027", None), ("i mars", None)])  # fmt: skip
def test_days(text: str, day: str | None) -> None:
    assert spellings.day(text) == day


@pytest.mark.parametrize(("text", "number"), [("974 760 673", "974760673"), ("974760673", "974760673"), ("97476067", None), ("NO974760673", None)])  # fmt: skip
def test_organisation_numbers(text: str, number: str | None) -> None:
    assert spellings.digits(text) == number


@given(given_answers=answers(), language=st.sampled_from(LANGUAGES))
def test_looking_changes_nothing(
    example: Plan, field: dict[str, Asked], given_answers: dict[str, Any], language: str
) -> None:
    for row in given_answers.get("partners") or ():
        row.pop("public", None), row.pop("confirmed", None)
    for name, value in given_answers.items():
        of = example.form.by_id[name]
        assert digest(of, back(field[name], value, language)) == digest(of, value), name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "task", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    value=JSON,
    name=st.sampled_from(["members", "requested", "summary", "continues_earlier", "partners", "municipality"]),
)
def test_whatever_a_draft_holds_is_not_lost_by_being_looked_at(
    example: Plan, field: dict[str, Asked], value: Any, name: str
) -> None:
    of, again = example.form.by_id[name], back(field[name], value)
    if digest(of, again) != digest(of, value):
        # Only what reads as an answer: the text «5» becomes the number that was meant.
        assert isinstance(value, str | int | list)
        assert json.dumps(visible(str(value)))[:3] != "nul"
        assert again is not None


def test_rows_that_are_empty_are_not_kept_and_one_is_taken_away(field: dict[str, Asked]) -> None:
    sent = MultiDict(
        [("a.partners.0.name", "A"), ("a.partners.1.name", " "), ("a.partners.1.task", ""), ("a.partners.7.name", "B"), ("a.partners.7.amount", "1 000")]
    )  # fmt: skip
    one = field["partners"]
    assert read_answer(one, one.name, sent) == [{"name": "A"}, {"name": "B", "amount": "1000.00"}]
    assert read_answer(one, one.name, without_row(sent, one.name, 0)) == [{"name": "B", "amount": "1000.00"}]
    assert read_answer(one, one.name, MultiDict([("a.partners.0.confirmed", "yes")])) is None


def test_a_table_has_room_for_one_more(field: dict[str, Asked]) -> None:
    rows = [{"name": "A", "amount": "1000"}, {"name": "B", "amount": "mye"}]
    assert [row.is_new for row in drawn(field["partners"], None).rows] == [True]
    table = drawn(field["partners"], rows, blanks=1)
    assert [row.is_new for row in table.rows] == [False, False, True]
    assert table.sums == (("amount", "1\u00a0000\u00a0kr"),)
    assert drawn(field["partners"], [{"name": "A"}]).sums == (("amount", ""),)


@pytest.mark.parametrize("text", [None, "", "[]", "{", "7", '{"a": 1}', "[" * 10_000])
def test_a_page_that_says_nothing_of_use_about_what_it_showed(text: str | None) -> None:
    assert read_base(text) == {}


KINDS = """
  - {id: one, kind: text, label: {nb: En, nn: En, en: En}}
  - {id: much, kind: number, label: {nb: Tall, nn: Tall, en: Tall}}
  - {id: starts, kind: date, label: {nb: Dag, nn: Dag, en: Dag}}
  - {id: sort, kind: choice, label: {nb: Slag, nn: Slag, en: Slag}, choices: [{id: a, label: {nb: A, nn: A, en: A}}, {id: b, label: {nb: B, nn: B, en: B}}]}
  - {id: many, kind: choices, label: {nb: Flere, nn: Flere, en: Flere}, choices: [{id: a, label: {nb: A, nn: A, en: A}}, {id: b, label: {nb: B, nn: B, en: B}}]}
  - {id: agree, kind: consent, label: {nb: Enig, nn: Enig, en: Enig}}
  - {id: number, kind: organisation_number, label: {nb: Nummer, nn: Nummer, en: Nummer}}
  - {id: file, kind: attachment, label: {nb: Fil, nn: Fil, en: Fil}}
  - {id: plans, kind: activities, label: {nb: Aktiviteter, nn: Aktiviteter, en: Aktiviteter}}
  - {id: costs, kind: budget, label: {nb: Budsjett, nn: Budsjett, en: Budsjett}}
  - {id: hue, kind: colour, label: {nb: Farge, nn: Farge, en: Farge}}
  - {id: long, kind: long_text, max_length: 4000, label: {nb: Lang tekst, nn: Lang tekst, en: Lang tekst}}
  - id: own
    kind: table
    label: {nb: Egen, nn: Egen, en: Egen}
    columns:
      - {id: what, kind: choice, label: {nb: Hva, nn: Hva, en: Hva}, choices: [{id: a, label: {nb: A, nn: A, en: A}}, {id: b, label: {nb: B, nn: B, en: B}}]}
      - {id: ok, kind: yes_no, label: {nb: I orden, nn: I orden, en: I orden}, help: {nb: Ja eller nei, nn: Ja eller nei, en: Ja eller nei}}
      - {id: how, kind: text, optional: true, label: {nb: Hvordan, nn: Hvordan, en: Hvordan}}
"""


COLOURS = ["red", "blue"]


class Colour(QuestionKind):
    """A kind that the pages have never heard of, nor of its widget."""

    kind = "colour"
    widget = "palette"

    def column(self, options: Any) -> types.Type:
        return types.choice_of(tuple(COLOURS))

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        return {"type": "string", "enum": COLOURS}


class ColourPlugin:
    always = True

    @staticmethod
    @hookimpl
    def grantengine_question_kinds() -> list[type[QuestionKind]]:
        return [Colour]


def as_applicant(field: Field, value: Any) -> Any:
    """An answer without what an applicant may not say of itself."""
    if field.kind.kind != "partners" or value is None:
        return value
    return [{name: part for name, part in row.items() if name not in ("public", "confirmed")} for row in value]


def pages_of(app: Flask, plan: Plan, draft: dict[str, Any], language: str, **more: Any) -> Iterator[Page]:
    """Every page of the form as it is shown, without a database behind it."""
    seen = DraftPage(
        id="x", number="2027/1", call_id="c", organisation_id="o", plan=plan, version=3, answers=draft,
        problems=check_draft(plan.form, draft), saved_at=START, author="Kari", open=more.get("open"), files=(),
    )  # fmt: skip
    for one in plan.scheme.form:
        with app.test_request_context(f"/applications/x/form/{one.id}", headers={"Accept-Language": language}) as on:
            g.at = START
            answer = app.make_response(show(draft_view(seen, one.id)))
            yield Page(TestResponse(answer.response, answer.status, answer.headers, on.request))


def read_back(plan: Plan, pages: Iterator[Page], language: str) -> dict[str, Any]:
    """The answers that these pages send untouched."""
    again: dict[str, Any] = {}
    for one, page in zip(plan.scheme.form, pages, strict=True):
        assert (page.status, page.faults(), page.tree.get("lang")) == (200, [], language)
        again |= read_answers(asked_on(plan, one.id), page.form(f"/form/{one.id}").values)
    return {name: value for name, value in again.items() if value is not None}


@pytest.fixture(scope="module")
def app(engine: Engine) -> Flask:
    return create_app(engine)


@pytest.mark.parametrize("path", SCHEMES, ids=NAMES.get)
def test_every_form_is_drawn_and_read_back(engine: Engine, app: Flask, path: Path) -> None:
    plan = engine.plan(path)
    for number, record in enumerate(population(plan, engine.registry, 6, 11)):
        draft = {name: as_applicant(plan.form.by_id[name], value) for name, value in record["answers"].items()}
        draft = {name: value for name, value in draft.items() if value is not None}
        assert check_draft(plan.form, draft) == ()
        language = LANGUAGES[number % len(LANGUAGES)]
        kept = {
            name: value for name, value in draft.items() if plan.form.by_id[name].kind.widget != "file" and value != []
        }
        assert read_back(plan, pages_of(app, plan, draft, language), language) == kept


FITTING: dict[str, Any] = {
    "one": "<script>alert(1)</script> & «ord»", "much": 2.5, "starts": "2027-03-01", "sort": "b", "many": ["a", "b"],
    "agree": True, "number": "974760673", "hue": "blue", "long": "\n\nen\n  to \u202eא\u200f 🎉 </textarea>",
    "plans": [{"name": "Kurs", "municipality": "4601", "from": "2027-03-01", "participants": 12}],
    "costs": [{"line": "Leie", "amount": "12000.50"}, {"line": "Mat", "amount": "300.00", "funded_by": "Oss"}],
    "own": [{"what": "a", "ok": False, "how": "x"}],
}  # fmt: skip
UNFITTING: dict[str, Any] = {
    "one": 7, "much": "mye", "starts": "i mars", "sort": "c", "many": ["c"], "agree": "ja", "number": "12", "hue": "grønn",
    "long": ["x"], "plans": "mange", "costs": [{"line": "Leie", "amount": "dyrt"}], "own": [{"what": "z", "ok": "kanskje"}],
}  # fmt: skip


@pytest.mark.parametrize("draft", [{}, FITTING, UNFITTING], ids=["empty", "fitting", "unfitting"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_question(draft: dict[str, Any], language: str) -> None:
    engine = engine_with(("colour", ColourPlugin))
    plan = plan_of(small_scheme("", questions=KINDS), engine)
    assert {problem.where.pointer.split("/")[1] for problem in check_draft(plan.form, draft)} == (
        set(UNFITTING) if draft is UNFITTING else set()
    )
    [page] = pages_of(create_app(engine), plan, draft, language)
    assert (page.status, page.faults()) == (200, [])
    assert read_back(plan, iter([page]), language) == draft
    wrong = [one for one in page.tree.iter("p") if one.get("class") == "ds-validation-message"]
    assert bool(wrong) == (draft is UNFITTING)


def test_the_order_in_which_boxes_were_ticked_is_no_answer() -> None:
    form = plan_of(small_scheme("", questions=KINDS), engine_with(("colour", ColourPlugin))).form
    marks = {digest(form.by_id["many"], value) for value in (["a", "b"], ["b", "a"], ["b", "a", "b"])}
    assert len(marks) == 1
    assert digest(form.by_id["agree"], False) == digest(form.by_id["agree"], None)


def test_what_may_not_be_changed_is_read_only(app: Flask, example: Plan) -> None:
    draft = {"members": 12, "summary": "Språkkafé", "requested": "300000", "partners": [{"name": "Biblioteket"}]}
    first, second = pages_of(app, example, draft, "nb", open=frozenset({"summary"}))
    assert [name for name in first.form("/form/organisation").values if name.startswith("a.")] == []
    assert [name for name in second.form("/form/project").values if name.startswith("a.")] == ["a.summary"]
    assert "Søknadsbeløp (kan ikke endres nå) 300\u00a0000 kr".replace("\u00a0", " ") in second.words
    assert "Navn: Biblioteket" in second.words
    assert json.loads(second.form("/form/project").values["base"]).keys() == {"summary"}


def test_a_number_of_four_digits_may_be_a_year_and_is_not_divided(app: Flask, example: Plan) -> None:
    first, _ = pages_of(app, example, {"members": 2025}, "nb", open=frozenset({"summary"}))
    assert "(kan ikke endres nå) 2025" in first.words
