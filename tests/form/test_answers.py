"""Answers of one application: what is refused, what is set aside, what may wait; and what nobody may say of itself."""

from __future__ import annotations

from typing import Any

import pytest
from factories import example_case, plan_of, scheme_text

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.errors import AnswersError, Message, Problem
from grantengine.form.answers import Moment, check_answers
from grantengine.form.build import Form
from grantengine.hooks.kinds import Audience

Answers = dict[str, Any]


@pytest.fixture(scope="module")
def form(example: Plan) -> Form:
    return example.form


def answers(**changed: Any) -> Answers:
    """Answers as an applicant gives them: nothing is confirmed yet."""
    return {**example_case(partners=[{"name": "Library", "task": "Rooms"}])["answers"], **changed}


def problems_of(form: Form, given: Answers, moment: Moment = "to_submit", audience: Audience = "form") -> list[Problem]:
    with pytest.raises(AnswersError) as caught:
        check_answers(form, given, moment=moment, audience=audience)
    return list(caught.value.problems)


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.where.pointer, problem.code) for problem in problems]


def test_complete_answers(form: Form) -> None:
    submission = check_answers(form, answers())
    assert submission.answers == answers()
    assert (submission.hidden, submission.missing_to_decide) == ((), ())


@pytest.mark.parametrize("name", ["confirmed", "public"])
def test_applicants_do_not_confirm_their_partners(name: str, form: Form) -> None:
    partner = {"name": "Library", name: True}
    (problem,) = problems_of(form, answers(partners=[partner]))
    assert (problem.code, problem.where.pointer) == ("answer-unknown", f"/partners/0/{name}")
    assert told(problems_of(form, answers(partners=[partner]), "draft")) == [(f"/partners/0/{name}", "answer-unknown")]
    assert check_answers(form, answers(partners=[partner]), audience="cases").answers["partners"] == [partner]


def test_every_problem_at_once(form: Form) -> None:
    given = answers(members="many", requested="5", target_group_share=1.5, municipality="9999", membrs=3)
    del given["summary"]
    given["partners"] = [{"task": "Rooms"}, {"name": "B", "organisation_number": "123456789"}]
    problems = problems_of(form, given)
    assert told(problems) == [
        ("/members", "answer-type"),
        ("/membrs", "answer-unknown"),
        ("/municipality", "answer-not-a-choice"),
        ("/partners/0/name", "answer-missing"),
        ("/partners/1/organisation_number", "answer-format"),
        ("/requested", "answer-money-minimum"),
        ("/summary", "answer-missing"),
        ("/target_group_share", "answer-maximum"),
    ]
    hints = {problem.where.pointer: problem.hint for problem in problems if problem.hint}
    assert hints == {"/membrs": Message("hint.nearest", {"nearest": "members"})}


def test_hidden_answer_is_set_aside(form: Form) -> None:
    submission = check_answers(form, answers(continues_earlier=False, years_running=7))
    assert submission.hidden == ("years_running",)
    assert "years_running" not in submission.answers
    assert check_answers(form, answers(continues_earlier=True, years_running=7)).answers["years_running"] == 7


def test_hidden_answer_may_be_wrong(form: Form) -> None:
    assert check_answers(form, answers(continues_earlier=False, years_running="many")).hidden == ("years_running",)


def test_shown_question_is_needed(form: Form) -> None:
    given = answers()
    del given["years_running"]
    assert told(problems_of(form, given)) == [("/years_running", "answer-missing")]
    given["continues_earlier"] = False
    assert "years_running" not in check_answers(form, given).answers


def test_hiding_goes_on_along_a_chain(engine: Engine) -> None:
    """What hangs on a hidden answer is hidden with it."""
    questions = [
        "id: third, kind: integer, visible_if: second > 3",
        "id: second, kind: integer, visible_if: first",
        "id: first, kind: yes_no",
        "id: requested, kind: money",
    ]
    form = plan_of(engine, scheme_text(questions)).form
    given = {"first": False, "second": 5, "third": 1, "requested": "5"}
    submission = check_answers(form, given)
    assert sorted(submission.hidden) == ["second", "third"]
    assert submission.answers == {"first": False, "requested": "5"}
    assert check_answers(form, {**given, "first": True}).hidden == ()


def test_needed_to_decide_may_wait_until_the_decision(form: Form) -> None:
    given = answers(own_funding=None)
    assert check_answers(form, given).missing_to_decide == ("own_funding",)
    assert told(problems_of(form, given, "to_decide")) == [("/own_funding", "answer-missing")]
    assert check_answers(form, answers(), moment="to_decide").missing_to_decide == ()


def test_optional_is_never_needed(form: Form) -> None:
    given = answers()
    del given["partners"]
    assert "partners" not in check_answers(form, given, moment="to_decide").answers


@pytest.mark.parametrize("given", [{}, {"members": 3}, {"members": None, "summary": None}, {"continues_earlier": True}])
def test_draft_may_be_incomplete(given: Answers, form: Form) -> None:
    submission = check_answers(form, given, moment="draft")
    assert submission.answers == {name: value for name, value in given.items() if value is not None}


def test_draft_may_not_be_wrong(form: Form) -> None:
    assert told(problems_of(form, {"members": -1, "other": 1}, "draft")) == [
        ("/members", "answer-minimum"),
        ("/other", "answer-unknown"),
    ]


def test_empty_form_lacks_everything_needed(form: Form) -> None:
    needed = ["continues_earlier", "employees", "members", "municipality", "requested", "summary", "target_group_share"]
    assert told(problems_of(form, {})) == [(f"/{name}", "answer-missing") for name in needed]


@pytest.mark.parametrize(
    ("number", "right"),
    [("0301", True), ("4601", True), ("0101", False), ("301", False), ("", False), ("0301 ", False)],
)
def test_municipality_is_one_of_the_list(number: str, right: bool, form: Form) -> None:
    given = answers(municipality=number)
    if right:
        assert check_answers(form, given).answers["municipality"] == number
    else:
        assert told(problems_of(form, given)) == [("/municipality", "answer-not-a-choice")]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("974760673", None),  # 9x3 + 7x2 + 4x7 + 7x6 + 6x5 + 0x4 + 6x3 + 7x2 + 3 = 176 = 16 x 11
        ("974760674", "answer-format"),
        ("123456789", "answer-format"),
        ("97476067", "answer-pattern"),
        ("974 760 673", "answer-pattern"),
    ],
)
def test_organisation_number_has_a_check_digit(number: str, code: str | None, engine: Engine) -> None:
    form = plan_of(engine, scheme_text(["id: orgnr, kind: organisation_number", "id: requested, kind: money"])).form
    given = {"orgnr": number, "requested": "5"}
    if code is None:
        assert check_answers(form, given).answers == given
    else:
        assert ("/orgnr", code) in told(problems_of(form, given))


@pytest.mark.parametrize("value", [20000.5, 20000.0, "20 000", "2e4", "20000.001", True, [20000]])
def test_sums_are_texts_or_whole_numbers(value: Any, form: Form) -> None:
    assert told(problems_of(form, answers(requested=value))) == [("/requested", "answer-money")]


@pytest.mark.parametrize("value", ["20000", "20000.5", "20000.50", 20000])
def test_sums_as_they_may_be_written(value: Any, form: Form) -> None:
    assert check_answers(form, answers(requested=value)).answers["requested"] == value


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d"])
def test_characters_no_database_keeps_are_refused(text: str, form: Form) -> None:
    assert told(problems_of(form, answers(summary=text))) == [("/summary", "answer-character")]
    partners = [{"name": "A"}, {"name": text}]
    assert told(problems_of(form, answers(partners=partners), "draft")) == [("/partners/1/name", "answer-character")]
