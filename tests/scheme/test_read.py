"""Every problem that reading a scheme can find, with its place, from one change to the example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grantengine.errors import Message, Problem
from grantengine.scheme.load import load
from grantengine.scheme.model import Scheme
from grantengine.scheme.read import read, read_data, translate

EXAMPLE = (Path(__file__).parent.parent / "data" / "example-scheme.yaml").read_text("utf-8")
MARK = "§"


def problems_after(old: str, new: str) -> tuple[list[Problem], tuple[int, int]]:
    """The problems after one change, and the place of the mark in what is new."""
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    before, _, after = text.partition(MARK)
    source = load(before + after, name="f")
    _, problems = read(source)
    return problems, (before.count("\n") + 1, len(before) - before.rfind("\n"))


def near(word: str) -> Message:
    return Message("hint.nearest", {"nearest": word})


def test_example_has_no_problems() -> None:
    scheme, problems = read(load(EXAMPLE))
    assert problems == []
    assert isinstance(scheme, Scheme)
    assert [one.id for one in scheme.questions][:2] == ["members", "employees"]
    assert dict(scheme.questions[0].kind_options) == {"minimum": 0}
    assert scheme.call.closes is not None
    assert scheme.call.closes.closes_at.isoformat() == "2027-03-01T23:00:00+00:00"


OPENS, CLOSES = "opens: 2027-01-15T09:00", "closes: 2027-03-01T23:59"
BUDGET, DECIDED = "budget: 40 000 000 NOK", "decided_by: 2027-05-15"
INTAKE = "intake: window"
SHARES, REACH = "shares: []", "{nb: Rekkevidde, nn: Rekkjevidd, en: Reach}"
CASES: list[tuple[str, str, str, dict[str, object]]] = [
    ("  budget: 40", "  §bugdet: 40", "unknown-key", {"key": "bugdet"}),
    ("by: administration, second", "§zzz: 1, second", "unknown-key", {"key": "zzz"}),
    ("require: members >= 5", "require: members >= 5\n    §ask: {nb: A, nn: A}", "unknown-key", {"key": "ask"}),
    ("{plan: instalments, options", "§{options", "missing-key", {"key": "plan"}),
    (f"  {OPENS}\n", "", "missing-key", {"key": "opens"}),
    ("version: 1.0.0", "version: §1.0", "wrong-type", {"wanted": "text", "got": "number"}),
    ("days: 21, body", "days: §yes, body", "wrong-type", {"wanted": "whole-number", "got": "text"}),
    ("max_points: 20", "max_points: §true", "wrong-type", {"wanted": "number", "got": "yes-no"}),
    ("invited_only: false", "invited_only: §no", "wrong-type", {"wanted": "yes-no", "got": "text"}),
    (BUDGET, "budget: §40", "wrong-type", {"wanted": "money", "got": "whole-number"}),
    (f"title: {REACH}", "title: §Reach", "wrong-type", {"wanted": "text-per-language", "got": "text"}),
    ("options: {meeting_minutes: 20, outside_office_hours: true}", "options: §3", "wrong-type", {"wanted": "mapping", "got": "whole-number"}),
    (SHARES, "shares: §3", "wrong-type", {"wanted": "list", "got": "whole-number"}),
    ("reporting:\n", "reporting:§\nignored:\n", "wrong-type", {"wanted": "list", "got": "nothing"}),
    ("format: 1", "format: §2", "not-one-of", {"value": "2", "allowed": ("1",)}),
    ("impartiality: call", "impartiality: §cal", "not-one-of", {"value": "cal", "allowed": ("case", "call")}),
    (BUDGET, "budget: §a lot", "money-format", {"text": "a lot"}),
    (BUDGET, "budget: §'40 000'", "money-currency-missing", {"text": "40 000"}),
    (BUDGET, "budget: §40 JPY", "money-currency", {"text": "40 JPY", "currency": "JPY"}),
    (BUDGET, "budget: §40.123 NOK", "money-decimals", {"text": "40.123 NOK"}),
    (BUDGET, "budget: §400 000 000 000 000 NOK", "money-range", {"text": "400 000 000 000 000 NOK"}),
    (BUDGET, "budget: §-40 NOK", "money-negative", {"text": "-40 NOK"}),
    (BUDGET, "budget: {27: §40 NOK}", "year-format", {"text": "27"}),
    (BUDGET, "budget: §{}", "list-empty", {"least": 1}),
    (INTAKE, "intake: deadlines\n  deadlines: [{closes: 2027-02-01T12:00, budget: §1x%}]", "percent-format", {"text": "1x%"}),
    (INTAKE, "intake: deadlines\n  deadlines: [{closes: 2027-02-01T12:00, budget: §101%}]", "percent-range", {"text": "101%"}),
    (OPENS, "opens: §2027-01-15", "moment-format", {"text": "2027-01-15"}),
    (OPENS, "opens: §2026-03-29T02:30", "moment-does-not-exist", {"text": "2026-03-29T02:30"}),
    (OPENS, "opens: §2026-10-25T02:30", "moment-twice", {"text": "2026-10-25T02:30"}),
    (DECIDED, "decided_by: §2027-13-15", "date-format", {"text": "2027-13-15"}),
    ("id: not-too-large-alone", "id: §Not-too", "id-format", {"text": "Not-too"}),
    ("id: target_group_share", "id: §target-group", "question-id-format", {"text": "target-group"}),
    ("id: target_group_share", "id: §total", "question-id-reserved", {"text": "total"}),
    ("version: 1.0.0", "version: §v1", "version-format", {"text": "v1"}),
    ("/allocation/options/minimum_points", "§rounds", "pointer-format", {"text": "rounds"}),
    ("requested asc, ", "§requested, ", "tie-break-format", {"text": "requested"}),
    ("nb: Kommune, nn", "nb: §'', nn", "text-empty", {}),
    ("nb: Kommune, nn: Kommune, en", "nb: Kommune, nn: Kommune, Engelsk", "language-code-format", {"text": "Engelsk"}),
    ("{nb: Kommune, nn: Kommune,", "§{nb: Kommune,", "text-language-missing", {"language": "nn"}),
    ("kind: yes_no,", "kind: yes_no, changeable: §{step: 1},", "changeable-format", {}),
    ("max_points: 20", "max_points: §-1", "number-negative", {"value": -1}),
    ("max_points: 20", "max_points: 20, weight: §-0.5", "number-negative", {"value": -0.5}),
    ("days: 21, body", "days: §99999, body", "number-too-large", {"value": 99999, "most": 3660}),
    ("id: employees", "id: §members", "duplicate-id", {"id": "members", "what": Message("word.question"), "first_line": 39}),
    ("id: continuity", "id: §collaboration", "duplicate-id", {"id": "collaboration", "what": Message("word.criterion"), "first_line": 67}),
    ("plugins: [collaboration,", "plugins: [collaboration, §collaboration,", "duplicate-value", {"value": "collaboration", "first_line": 10}),
    ("kind: earlier_report_delivered", "§kind: judged\n    require: 'true'", "both-given", {"one": "require", "other": "kind", "first_line": 65}),
    ("  - id: report-delivered\n    kind: earlier_report_delivered", "  - §id: report-delivered", "neither-given", {"one": "require", "other": "kind"}),
    (CLOSES, "closes: §2027-01-15T09:00", "closes-before-opens", {"opens": "2027-01-15T09:00", "closes": "2027-01-15T09:00", "first_line": 29}),
    (DECIDED, "decided_by: §2027-02-28", "decided-before-closes", {"decided_by": "2027-02-28", "closes": "2027-03-01T23:59", "first_line": 30}),
    (SHARES, "shares: [{authority: oslo, budget: §10 EUR}]", "currency-differs", {"currency": "EUR", "wanted": "NOK", "first_line": 27}),
    (f"{INTAKE}  ", "intake: rolling\n  strands: [{id: a, patch: [§{op: add, path: /rounds}]}] # ", "missing-key", {"key": "value"}),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "params"), CASES)
def test_problem_with_its_place(old: str, new: str, code: str, params: dict[str, object]) -> None:
    problems, place = problems_after(old, new)
    found = [one for one in problems if one.code == code]
    assert [dict(one.params) for one in found] == [params]
    if MARK in new:
        assert (found[0].where.line, found[0].where.column) == place
    assert problems == sorted(problems, key=lambda one: (one.where.line, one.where.column))


def test_one_mistake_is_one_problem() -> None:
    for old, new, code, _ in CASES:
        if "ignored" not in new:
            problems, _ = problems_after(old, new)
            assert [one.code for one in problems] == [code], new


def test_several_deadlines() -> None:
    deadlines = "intake: deadlines\n  deadlines: [{closes: 2027-02-01T12:00, budget: 60%}, {closes: §2027-01-20T12:00}]"
    problems, place = problems_after(INTAKE, deadlines)
    assert [(one.code, one.where.line, one.where.column) for one in problems] == [("deadlines-out-of-order", *place)]
    problems, _ = problems_after(INTAKE, "intake: deadlines")
    assert [(one.code, dict(one.params)) for one in problems] == [("missing-key", {"key": "deadlines"})]


def test_round_refers_to_a_moment_the_call_does_not_have() -> None:
    text = EXAMPLE.replace(INTAKE, "intake: rolling").replace(f"  {CLOSES}", "  #")
    _, problems = read(load(text))
    assert [(one.code, one.where.line, dict(one.params)) for one in problems] == [
        ("reference-missing", 81, {"reference": "call.closes"})
    ]


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("  budget: 40", "  bugdet: 40", near("budget")),
        ("impartiality: call", "impartiality: cal", near("call")),
        ("impartiality: call", "impartiality: zzz", None),
        ("version: 1.0.0", "version: 1.10", Message("hint.quote", {"written": "1.10"})),
        ("chapter: '671'", "chapter: 0671", Message("hint.quote", {"written": "0671"})),
        (BUDGET, "budget: 40", Message("hint.example", {"example": "40 000 000 NOK"})),
        ("id: employees, kind:", "id: employees, kindd:", Message("hint.misspelt", {"written": "kindd"})),
    ],
)
def test_hints(old: str, new: str, hint: Message | None) -> None:
    problems, _ = problems_after(old, new)
    assert problems[0].hint == hint


def test_plain_data_has_pointers_without_places() -> None:
    data = load(EXAMPLE).data
    scheme, problems, spoilt = read_data({**data, "kind": "projekt"})
    assert scheme is None
    assert [(one.code, one.where.pointer, one.where.line) for one in problems] == [("not-one-of", "/kind", 0)]
    assert spoilt == [("kind",)]


class PluginOptions(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    count: Annotated[int, Field(ge=1, le=9)] = 1
    parts: list[str] | str | None = None
    name: str = Field("a", min_length=1, max_length=3, pattern="a")
    some: list[int] = Field([], min_length=1, max_length=2)
    share: float = 0.5


@pytest.mark.parametrize(
    ("options", "code", "column"),
    [
        ("count: 0", "number-too-small", 23),
        ("count: 10", "number-too-large", 23),
        ("count: x", "wrong-type", 23),
        ("parts: 3", "wrong-type", 23),
        ("parts: [3]", "wrong-type", 24),
        ("name: ''", "text-too-short", 22),
        ("name: abcd", "text-too-long", 22),
        ("name: xx", "text-format", 22),
        ("some: []", "list-too-short", 22),
        ("some: [1, 2, 3]", "list-too-long", 22),
        ("cuont: 3", "unknown-key", 16),
    ],
)
def test_translate_options_of_a_plugin(options: str, code: str, column: int) -> None:
    source = load(f"a: {{options: {{ {options} }}}}")
    path = ("a", "options")
    with pytest.raises(ValidationError) as caught:
        PluginOptions.model_validate(source.data["a"]["options"])
    found = translate(caught.value, source, path, PluginOptions, ["label"])
    assert [(one.code, one.where.column) for one in found] == [(code, column)]
