"""Where keys, values and the characters of texts stand in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantengine.scheme.load import load
from grantengine.scheme.yaml_text import position_of

TEXT = """\
form:
  - id: one
    questions: [{id: a, kind: text}, {id: b}]
  - id: one
a/b~c: [x]
"""


@pytest.mark.parametrize(
    ("pointer", "key", "expected"),
    [
        (["form"], True, (1, 1, "/form")),
        (["form"], False, (2, 3, "/form")),
        (["form", 0, "id"], False, (2, 9, "/form/one/id")),
        (["form", "one", "questions", "b", "id"], False, (3, 43, "/form/one/questions/b/id")),
        (["form", 1, "id"], False, (4, 9, "/form/1/id")),
        (["form", "0", "questions", 0, "kind"], True, (3, 25, "/form/one/questions/a/kind")),
        (["form", 0, "title", "nb"], True, (2, 5, "/form/one/title/nb")),
        (["form", 9], False, (2, 3, "/form/9")),
        (["a/b~c", 0], False, (5, 9, "/a~1b~0c/0")),
        ([], False, (1, 1, "")),
    ],
)
def test_where(pointer: list[str | int], key: bool, expected: tuple[int, int, str]) -> None:
    where = load(TEXT).where(pointer, key=key)
    assert (where.line, where.column, where.pointer) == expected


FORMS = [
    "x: employees <= 10 or partners",
    "x: employees <= 10\n    or partners",
    "x: 'employees = ''a'' or partners'",
    'x: "employees = \\"a\\" or \\u0070artners"',
    'x: "employees = 3\\n  or \\\n    partners"',
    "x: |\n  employees <= 10\n  or partners\n",
    "x: |2\n    employees <= 10\n  or partners\n",
    "x: >-\n  employees\n\n\n  <= '\U0001f600'\n  or partners\n",
    "x: >  # a note\n  employees or\n  partners\n",
    "x: |-\r\n  employees\r\n  or partners\r\n",
]


@pytest.mark.parametrize("text", FORMS)
def test_where_in_text_through_every_form(text: str) -> None:
    source = load(text)
    value = source.data["x"]
    for word in ("employees", "or", "artners"):
        where = source.where_in_text(["x"], value.index(word))
        line = text.replace("\r\n", "\n").split("\n")[where.line - 1]
        assert line[where.column - 1 :].startswith(word)


@pytest.mark.parametrize("raw", ["&anchor some text", "!tag some text", "&a !!str some text"])
def test_position_steps_over_anchor_and_tag(raw: str) -> None:
    assert raw[position_of(raw, None, "some text", 5) :] == "text"


def test_where_in_text_of_the_end_and_of_spaces() -> None:
    source = load("x: a  b\n")
    columns = [source.where_in_text(["x"], offset).column for offset in (0, 1, 2, 3, 4, 99)]
    assert columns == [4, 5, 6, 7, 8, 8]


def test_where_in_text_of_what_is_no_text() -> None:
    source = load("x: [1]\n")
    assert source.where_in_text(["x"], 3).column == 4
    assert source.where_in_text(["y", "z"], 3).pointer == "/y/z"


WORDS = st.lists(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6), min_size=1, max_size=8
)


@given(WORDS, st.sampled_from(["'", '"', "|", ">"]), st.data())
def test_visible_characters_are_found_again(words: list[str], style: str, data: st.DataObject) -> None:
    breaks = st.sampled_from([" ", "\n  "])
    written = words[0] + "".join(data.draw(breaks) + word for word in words[1:])
    text = f"k: {style}{written}{style}\n" if style in "'\"" else f"k: {style}\n  {written}\n"
    source = load(text)
    value = source.data["k"]
    lines = text.split("\n")
    for offset, character in enumerate(value):
        if not character.isspace():
            where = source.where_in_text(["k"], offset)
            assert lines[where.line - 1][where.column - 1] == character


def test_written_keeps_leading_zeros() -> None:
    source = load("a: [0301, 1.10]\n")
    assert source.data == {"a": [301, 1.1]}
    assert [source.written(["a", position]) for position in (0, 1, 2)] == ["0301", "1.10", None]
