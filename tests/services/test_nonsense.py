"""Whatever a form or a program sends to the services of a case instead of an id, a list, a number or a text is told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stage import Stage
from worlds import ANSWERS, World

from grantengine.errors import CodedError, InputError
from grantengine.records import By
from grantengine.services.answer_changes import answer_changes
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assess import save_assessment
from grantengine.services.assign_case import assign_case
from grantengine.services.attach_file import attach_file
from grantengine.services.book_meeting import book_meeting
from grantengine.services.declare_interests import declare_interests
from grantengine.services.judge_rule import judge_rule
from grantengine.services.list_my_cases import list_my_cases
from grantengine.services.list_slots import list_slots
from grantengine.services.log_meeting import list_meetings, log_meeting
from grantengine.services.offer_slots import offer_slots
from grantengine.services.publish_answer import list_answers
from grantengine.services.read_threads import read_threads
from grantengine.services.save_draft import save_draft
from grantengine.services.set_checked_value import set_checked_value
from grantengine.services.set_panel import set_panel
from grantengine.services.stand_in import appoint_stand_in
from grantengine.services.write_comment import answer_thread, open_thread

NONSENSE: tuple[Any, ...] = (7, -1, 2.5, True, [], ["x"], [1], [[]], {"a": 1}, [{}], "a\0b", "\ud800", "9" * 5000)
Try = Callable[[Any], Any]


def _tries(on: Stage) -> dict[str, Try]:
    """What is sent, each of a case where all else fits."""
    engine = on.engine
    case, asked = on.submitted(), on.submitted()
    assessor = on.staff("assessor")
    h = on.handler
    assign_case(engine, h, case.id, assessor.id or "")
    [slot] = offer_slots(engine, h, on.call, "guidance", starts=["2027-01-25T12:00"], place="Rom 1")
    ask_changes(engine, h, asked.id, questions=["summary", "budget_file"], reason="Hvor ofte?")

    def told(by: By, **how: Any) -> str:
        return log_meeting(engine, by, **{
            "call_id": on.call, "organisation_id": case.organisation, "kind": "telephone", "held_at": "2027-01-20T10:00",
            "summary": "Spurte om frist", **how,
        })  # fmt: skip

    def attached(**how: Any) -> object:
        return attach_file(engine, asked.by, **{
            "application_id": asked.id, "question": "budget_file", "file_name": "b.txt", "content": b"x", **how,
        })  # fmt: skip

    def sheet(version: Any = 0, **how: Any) -> object:
        return save_assessment(engine, assessor, case.id, version, **{"marks": {}, "notes": {}, **how})

    return {
        "a case": lambda it: read_threads(engine, h, it),
        "a thread": lambda it: answer_thread(engine, h, it, "Ja"),
        "the question of a thread": lambda it: open_thread(engine, h, case.id, "Ja?", question=it),
        "the criterion of a thread": lambda it: open_thread(
            engine, h, case.id, "Ja?", criterion=it, audience="assessors"
        ),
        "the questions asked about": lambda it: ask_changes(engine, h, case.id, questions=it, reason="Hvorfor?"),
        "until when": lambda it: ask_changes(engine, h, case.id, questions=["summary"], reason="Hvorfor?", due=it),
        "the version handed in": lambda it: answer_changes(engine, asked.by, asked.id, it),
        "the version written on": lambda it: save_draft(engine, asked.by, asked.id, it, ANSWERS),
        "the question of a file": lambda it: attached(question=it),
        "the bytes of a file": lambda it: attached(content=it),
        "times": lambda it: offer_slots(engine, h, on.call, "guidance", starts=it, place="Rom 1"),
        "what a meeting is about": lambda it: book_meeting(
            engine, case.by, slot, organisation_id=case.organisation, application_id=it
        ),
        "what was talked about": lambda it: told(h, application_id=it),
        "whom one talked with": lambda it: list_meetings(engine, h, on.call, it),
        "a panel": lambda it: set_panel(engine, h, on.call, "pitch", it),
        "who stands in": lambda it: appoint_stand_in(
            engine, on.admin, on.call, user_id=it, role="handler", reason="Sykdom"
        ),
        "the beginning of a page": lambda it: list_my_cases(engine, assessor, on.call, after=it),
        "ties": lambda it: declare_interests(engine, h, on.call, it),
        "a round": lambda it: sheet(round_id=it),
        "a version of a sheet": sheet,
        "marks": lambda it: sheet(marks=it),
        "notes": lambda it: sheet(notes=it),
        "a rule": lambda it: judge_rule(engine, h, case.id, it, answer=True, reason="Sett"),
        "a checked value": lambda it: set_checked_value(engine, h, case.id, it, "100", reason="Sett"),
        "whose times": lambda it: list_slots(engine, case.by, on.call, "guidance", organisation_id=it),
        "who has an answer": lambda it: list_answers(engine, h, it),
    }  # fmt: skip


KEPT = {"the beginning of a page": {"a\0b", "9" * 5000}}
"""What can be done all the same: a list goes on after any word there is."""


def test_nonsense_is_told_in_words(world: World) -> None:
    on = Stage(world)
    texts = on.engine.registry.texts
    for what, send in _tries(on).items():
        for it in NONSENSE:
            if isinstance(it, str) and it in KEPT.get(what, ()):
                continue
            with pytest.raises((InputError, CodedError)) as error:
                send(it)
            problems = error.value.problems if isinstance(error.value, InputError) else (error.value.problem,)
            assert all(0 < len(texts.words_of(one, "nb")) < 400 for one in problems), (what, it)


def test_a_page_is_as_long_as_a_number_says(world: World) -> None:
    on = Stage(world)
    for limit in (None, "ti", 2.5, True, [5]):
        with pytest.raises(InputError) as error:
            list_answers(on.engine, on.anyone, on.call, limit=limit)  # type: ignore[arg-type]
        assert [problem.code for problem in error.value.problems] == ["field-form"]
    assert list_answers(on.engine, on.anyone, on.call, limit=10**40) == []
