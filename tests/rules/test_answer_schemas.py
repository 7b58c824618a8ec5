"""Both checkers of cases files hold to whatever JSON Schema a plugin's answers have, and to where a text ends."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import msgspec
import pytest

from grantengine import CasesError, QuestionKind, hookimpl, types
from grantengine.bootstrap import Engine
from grantengine.compile.case_schema import case_schema
from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError
from grantengine.form.answers import check_answers
from grantengine.form.schema import nullable, validator
from grantengine.rules.fast_check import decoder
from grantengine.rules.lines import LineChecker
from grantengine.rules.tables import cases_from_records
from grantengine.testing import codes, engine_with, plan_of, small_scheme

QUESTIONS = """
- {id: place, kind: municipality}
- {id: number, kind: organisation_number}
- {id: own, kind: money}
- {id: sort, kind: choice, choices: [{id: club, label: {en: Club}}]}
- {id: started, kind: date}
- {id: rows, kind: partners}
"""
RIGHT: dict[str, Any] = {
    "place": "0301",
    "number": "974760673",
    "own": "12.50",
    "sort": "club",
    "started": "2027-02-01",
}


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Plan:
    return plan_of(small_scheme("checked: [{id: costs, kind: money}]", questions=QUESTIONS), engine)


def fast_accepts(schema: dict[str, Any], value: Any) -> bool:
    try:
        decoder(schema).decode(json.dumps(value))
    except (msgspec.MsgspecError, ValueError):
        return False
    return True


def record(**answers: Any) -> dict[str, Any]:
    return {"id": "a", "answers": answers}


@pytest.mark.parametrize("name", RIGHT)
def test_a_line_break_at_the_end_is_refused_by_both_checkers(plan: Plan, name: str) -> None:
    schema = case_schema(plan)
    for value, right in ((RIGHT[name], True), (RIGHT[name] + "\n", False)):
        assert validator(schema).is_valid(record(**{name: value})) is right
        assert fast_accepts(schema, record(**{name: value})) is right


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked": {"costs": "5\n"}},
        {"applicant": {"kind": "person\n"}},
        {"set_by_hand": {"amount": "5\n", "reason": "x"}},
        {"submitted_at": "2027-02-01\n"},
        {"answers": {"rows": [{"name": "x", "amount": "5\n"}]}},
        {"answers": {"rows": [{"name": "x", "organisation_number": "974760673\n"}]}},
    ],
)
def test_a_line_break_in_other_places_is_refused_too(plan: Plan, wrong: dict[str, Any]) -> None:
    assert not validator(case_schema(plan)).is_valid({**record(), **wrong})
    assert not fast_accepts(case_schema(plan), {**record(), **wrong})


@pytest.mark.parametrize("name", RIGHT)
def test_applicants_can_not_end_an_answer_with_a_line_break(plan: Plan, name: str) -> None:
    assert check_answers(plan.form, {name: RIGHT[name]}, moment="draft").answers == {name: RIGHT[name]}
    with pytest.raises(AnswersError) as raised:
        check_answers(plan.form, {name: RIGHT[name] + "\n"}, moment="draft")
    assert "(?!" not in str([problem.params for problem in raised.value.problems])


def test_the_id_of_a_choice_can_not_end_with_a_line_break(engine: Engine) -> None:
    questions = '- {id: sort, kind: choice, choices: [{id: "club\\n", label: {en: Club}}]}'
    assert codes(small_scheme("", questions=questions), engine) == ["text-format"]


ODD_SCHEMAS: list[tuple[dict[str, Any], Any, Any]] = [
    ({"enum": ["red", "blue"]}, "red", "green"),
    ({"const": "red"}, "red", "blue"),
    ({"type": "integer", "enum": [1, 2]}, 2, 3),
    ({"type": "integer", "multipleOf": 5}, 10, 11),
    ({"type": "number", "exclusiveMinimum": 0}, 0.5, 0),
    ({"type": ["string", "integer"]}, 5, 5.5),
    ({"type": "array"}, [1, "a"], "a"),
    ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, [1, 2], [1, 1]),
    ({"type": "object", "required": ["a"]}, {"a": 1}, {"b": 1}),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "b"}),
    ({"type": "string", "minLength": 2, "format": "date"}, "2027-01-01", "2027-13-01"),
    ({"type": "string", "pattern": "^r", "enum": ["red", "blue"]}, "red", "blue"),
    ({"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^b"}]}, "bc", "cd"),
    ({"anyOf": [{"type": "integer"}, {"type": "string"}], "maxLength": 2}, "ab", "abc"),
    ({"oneOf": [{"type": "integer"}, {"type": "string", "format": "date"}]}, 3, "soon"),
]


@pytest.mark.parametrize(("schema", "right", "wrong"), ODD_SCHEMAS)
def test_quick_checker_accepts_nothing_that_the_schema_refuses(schema: dict[str, Any], right: Any, wrong: Any) -> None:
    for made in (schema, nullable(schema)):
        assert validator(made).is_valid(right)
        assert not validator(made).is_valid(wrong)
        assert not fast_accepts(made, wrong)
    assert validator(nullable(schema)).is_valid(None)


@pytest.mark.parametrize(("schema", "right", "wrong"), ODD_SCHEMAS)
def test_answers_of_any_schema_are_read(schema: dict[str, Any], right: Any, wrong: Any) -> None:
    class Odd(QuestionKind):
        kind = "odd"

        def column(self, options: Any) -> types.Type:
            return types.TEXT

        def schema(self, options: Any, audience: str) -> dict[str, Any]:
            return schema

    module = ModuleType("odd")
    module.grantengine_question_kinds = hookimpl(lambda: [Odd])  # type: ignore[attr-defined]
    plan = plan_of(
        small_scheme("", plugins=["odd"], questions="- {id: odd, kind: odd, optional: true}"),
        engine_with(("odd", module)),
    )
    for value, many in ((right, 0), (None, 0), (wrong, 1)):
        problems: list[Any] = []
        LineChecker(plan, "f").check([(1, json.dumps(record(odd=value)).encode())], problems)
        assert len(problems) == many, value


def test_what_was_found_is_told_as_json(plan: Plan) -> None:
    with pytest.raises(CasesError) as raised:
        cases_from_records([{"id": "a", "answers": None}, {"id": "b", "answers": {"rows": True}}], plan)
    assert [problem.params["got"] for problem in raised.value.problems] == ["null", "true"]
