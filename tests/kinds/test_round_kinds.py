"""What each bundled kind of review round allows, and for whom."""

from __future__ import annotations

import pytest

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan, RoundPlan
from grantengine.errors import Message
from grantengine.hooks.moments import parse_moment
from grantengine.records import RoundTerms
from grantengine.testing import codes, plan_of, small_scheme


def round_of(engine: Engine, kind: str, options: str = "", more: str = "") -> RoundPlan:
    """The round that a scheme with one round of a kind has."""
    (found,) = plan_of(scheme(kind, options, more), engine).rounds
    return found


def scheme(kind: str, options: str = "", more: str = "") -> str:
    return small_scheme(
        f"rounds: [{{id: r, kind: {kind}, options: {{{options}}}{more}}}]",
        plugins=["dialogue"],
        questions="- {id: members, kind: integer}\n- {id: summary, kind: text}",
    )


def terms(acts: str, allows: str, **more: object) -> RoundTerms:
    return RoundTerms(frozenset(acts.split()), frozenset(allows.split()), **more)  # type: ignore[arg-type]


TALK, MEET = "handler applicant", "handler panel applicant"


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("guidance", "", terms(TALK, "meet", meeting_minutes=30)),
        (
            "guidance",
            "meeting_minutes: 20, outside_office_hours: true",
            terms(TALK, "meet", meeting_minutes=20, outside_office_hours=True),
        ),
        ("completeness_check", "", terms(TALK, "ask", exchanges=1, answer_days=14)),
        ("completeness_check", "days_to_correct: 7, exchanges: 2", terms(TALK, "ask", exchanges=2, answer_days=7)),
        ("dialogue", "", terms(TALK, "ask", exchanges=1, answer_days=14)),
        (
            "dialogue",
            "exchanges: 3, days_to_answer: 10, editable: [summary, members]",
            terms(TALK, "ask", exchanges=3, answer_days=10, editable=("summary", "members")),
        ),
        (
            "dialogue",
            "offered_to: by_rule, rule: members < 50",
            terms(TALK, "ask", exchanges=1, answer_days=14, offered_to_all=False),
        ),
        ("assessment", "", terms("assessor", "rate", assessors_per_case=2, blind=True)),
        (
            "assessment",
            "assessors_per_case: 3, blind: false, discuss_if_spread_over: 1.5",
            terms("assessor", "rate", assessors_per_case=3, discuss_if_spread_over=1.5),
        ),
        ("pitch", "", terms(MEET, "meet pitch", meeting_minutes=15)),
        (
            "pitch",
            "minutes: 10, outside_office_hours: true, questions: [Why you?, {en: Why now?, nb: Hvorfor nå?}]",
            terms(
                MEET,
                "meet pitch",
                meeting_minutes=10,
                outside_office_hours=True,
                asked=("Why you?", {"en": "Why now?", "nb": "Hvorfor nå?"}),
            ),
        ),
        ("panel", "", terms("handler panel", "rank")),
    ],
)
def test_terms(engine: Engine, kind: str, options: str, expected: RoundTerms) -> None:
    assert round_of(engine, kind, options).terms == expected


def test_a_rule_says_who_is_offered_dialogue(engine: Engine) -> None:
    talk = round_of(engine, "dialogue", "offered_to: by_rule, rule: members < 50 and requested > 1000")
    assert talk.rule is not None
    assert talk.rule.columns == {"members", "requested"}
    assert round_of(engine, "dialogue", "offered_to: all").rule is None


def test_a_rule_may_read_what_eligibility_reads_and_no_more(engine: Engine) -> None:
    assert codes(scheme("dialogue", "offered_to: by_rule, rule: applicant.founded > 2020"), engine) == []
    for beyond in ("total > 5", "granted > 5"):
        told = codes(scheme("dialogue", f"offered_to: by_rule, rule: {beyond}"), engine)
        assert told == ["expression-name-not-here"]


def test_what_the_scheme_says_of_the_time_of_a_round(engine: Engine) -> None:
    said = round_of(engine, "panel", more=", opens: '2027-02-01T09:00', closes: call.closes, days: 3")
    assert (said.opens, said.closes, said.days) == (parse_moment("2027-02-01T09:00"), "call.closes", 3)
    unsaid = round_of(engine, "panel")
    assert (unsaid.opens, unsaid.closes, unsaid.days) == (None, None, None)


def test_a_round_is_called_what_the_scheme_says_or_else_what_its_kind_is_called(engine: Engine) -> None:
    assert round_of(engine, "panel", more=", title: {en: The last word}").title == {"en": "The last word"}
    title = round_of(engine, "panel").title
    assert title == Message("round.panel.title")
    assert engine.registry.texts.say(title, "en") == "Panel"


def test_the_rounds_of_the_example(example: Plan) -> None:
    assert [(one.id, one.kind, one.days) for one in example.rounds] == [
        ("guidance", "guidance", None),
        ("completeness", "completeness_check", 10),
        ("dialogue", "dialogue", 21),
        ("assessment", "assessment", 21),
    ]
    dialogue = example.round("dialogue")
    assert dialogue is not None
    assert (dialogue.terms.exchanges, dialogue.terms.editable) == (2, ("summary", "partners"))
    assert example.round("pitch") is None
