"""Scenes of assessment: ties decided, stand-ins, cases given out, marks, judgements, checked values."""

from __future__ import annotations

from stage import Call, Case, Stage, changes, reads
from worlds import ANSWERS

from grantengine.records import By
from grantengine.services.assess import deliver_assessment, revise_assessment, save_assessment
from grantengine.services.assign_case import assign_case, end_assignment
from grantengine.services.assign_cases import assign_cases
from grantengine.services.decide_interest import decide_interest, list_interests
from grantengine.services.declare_interests import declare_interests
from grantengine.services.judge_rule import judge_rule
from grantengine.services.list_disagreements import list_disagreements
from grantengine.services.list_my_cases import list_my_cases
from grantengine.services.open_call import open_call
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.read_assessments import read_assessments
from grantengine.services.set_checked_value import clear_checked_value, set_checked_value
from grantengine.services.stand_in import appoint_stand_in, end_stand_in
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application
from grantengine.store.tables.dialogue import Thread

NEXT_RULE = "  - id: report-delivered\n"
SOUND = "  - {id: sound, kind: judged, ask: {nb: Er det et lag?, nn: Er det eit lag?, en: Is it a club?}}\n"
MARKS = {"relevance": 6, "feasibility": 4}


def _tie(on: Stage) -> str:
    """A tie that someone has declared and nobody has decided about; the id."""
    by, case = on.staff("handler"), on.submitted()
    declare_interests(on.engine, by, on.call, {case.organisation: "Er med i styret"})
    with on.engine.store.read() as reading:
        return reading.impartiality.interests(on.call, by.id)[0].id


def _stand_in(on: Stage) -> str:
    return appoint_stand_in(
        on.engine, on.admin, on.call, user_id=on.person().id or "", role="assessor", reason="Sykdom"
    )


def _given(on: Stage) -> tuple[Case, By, str]:
    """A case, who is to rate it, and the assignment."""
    case = on.submitted()
    by = on.staff("assessor")
    return case, by, assign_case(on.engine, on.handler, case.id, by.id or "")


def _late(by: By, on: Stage) -> By:
    """Someone within the assessment round, also where all have been given more time."""
    return By(by.kind, by.id, on.world.clock.at.replace(month=4, day=20))


def _delivered(on: Stage, relevance: float = 6, case: Case | None = None) -> tuple[Case, By]:
    by = on.staff("assessor") if case else None
    if case is None or by is None:
        case, by, _ = _given(on)
    else:
        assign_case(on.engine, on.handler, case.id, by.id or "")
    marks = {**MARKS, "relevance": relevance}
    save_assessment(on.engine, by, case.id, 0, marks=marks, notes={})
    deliver_assessment(on.engine, _late(by, on), case.id, 1)
    return case, by


@reads("decide_interest.list_interests")
def _(on: Stage) -> Call:
    _tie(on)
    return Call(on.staff("leader"), lambda by: list_interests(on.engine, by, on.call))


@changes("decide_interest.decide_interest")
def _(on: Stage) -> Call:
    tie = _tie(on)
    return Call(
        on.staff("leader"), lambda by: decide_interest(on.engine, by, tie, conflict=False, reason="Bare medlem")
    )


@changes("stand_in.appoint_stand_in")
def _(on: Stage) -> Call:
    user = on.person().id or ""
    how = {"user_id": user, "role": "handler", "reason": "Sykdom"}
    return Call(on.staff("leader"), lambda by: appoint_stand_in(on.engine, by, on.call, **how))


@changes("stand_in.end_stand_in")
def _(on: Stage) -> Call:
    id = _stand_in(on)
    return Call(on.staff("leader"), lambda by: end_stand_in(on.engine, by, id, reason="Frisk igjen"))


@changes("assign_cases.assign_cases")
def _(on: Stage) -> Call:
    on.submitted()
    on.staff("assessor")
    return Call(on.handler, lambda by: assign_cases(on.engine, by, on.call, "assessment"))


@changes("assign_case.assign_case")
def _(on: Stage) -> Call:
    case = on.submitted()
    user = on.staff("assessor").id or ""
    return Call(on.handler, lambda by: assign_case(on.engine, by, case.id, user), case)


@changes("assign_case.end_assignment")
def _(on: Stage) -> Call:
    case, _, id = _given(on)
    return Call(on.handler, lambda by: end_assignment(on.engine, by, id, reason="Permisjon"), case)


@changes("assess.save_assessment")
def _(on: Stage) -> Call:
    case, assessor, _ = _given(on)
    return Call(assessor, lambda by: save_assessment(on.engine, by, case.id, 0, marks=MARKS, notes={}), case)


@changes("assess.deliver_assessment")
def _(on: Stage) -> Call:
    case, assessor, _ = _given(on)
    save_assessment(on.engine, assessor, case.id, 0, marks=MARKS, notes={})

    def draft(by: By) -> None:
        save_assessment(on.engine, by, case.id, 0, marks=MARKS, notes={})

    return Call(_late(assessor, on), lambda by: deliver_assessment(on.engine, by, case.id, 1), case, first=draft)


@changes("assess.revise_assessment")
def _(on: Stage) -> Call:
    case, assessor = _delivered(on)
    _delivered(on, 1, case)
    with on.engine.store.work(on.handler) as work:
        application = work.applications.get(case.id)
        assert application is not None
        thread = Thread(
            id=work.new_id(), application_id=case.id, revision_id=application.revision_id or "", audience="assessors",
            criterion="relevance", opened_by=on.handler.id or "", opened_at=on.handler.at,
        )  # fmt: skip
        work.add(thread)
        work.record("thread-opened", application)

    def sheet(by: By) -> None:
        save_assessment(on.engine, by, case.id, 0, marks=MARKS, notes={})
        deliver_assessment(on.engine, _late(by, on), case.id, 1)

    def revise(by: By) -> None:
        revise_assessment(on.engine, by, case.id, marks={"relevance": 4}, reason="Enig")

    return Call(assessor, revise, case, first=sheet)


@reads("read_assessments.read_assessments")
def _(on: Stage) -> Call:
    case, _ = _delivered(on)
    return Call(on.handler, lambda by: read_assessments(on.engine, by, case.id), case)


@reads("list_my_cases.list_my_cases")
def _(on: Stage) -> Call:
    _, assessor, _ = _given(on)
    return Call(assessor, lambda by: list_my_cases(on.engine, by, on.call))


@reads("list_disagreements.list_disagreements")
def _(on: Stage) -> Call:
    case, _ = _delivered(on)
    _delivered(on, 1, case)
    return Call(on.handler, lambda by: list_disagreements(on.engine, by, on.call))


@changes("judge_rule.judge_rule")
def _(on: Stage) -> Call:
    asking = on.version(on.source).replace(NEXT_RULE, f"{SOUND}{NEXT_RULE}")
    call = open_call(on.engine, on.handler, publish_scheme(on.engine, on.handler, asking))
    writer = on.person()
    organisation = on.organisation(writer)
    id = start_draft(on.engine, writer, call_id=call, organisation_id=organisation, answers=ANSWERS)
    submit_application(on.engine, writer, id, 1)
    on.world.declare(call)
    case = Case(id, writer, organisation)
    return Call(on.handler, lambda by: judge_rule(on.engine, by, id, "sound", answer=True, reason="Ja"), case)


@changes("set_checked_value.set_checked_value")
def _(on: Stage) -> Call:
    case, how = on.submitted(), {"reason": "Leien er dekket"}
    return Call(on.handler, lambda by: set_checked_value(on.engine, by, case.id, "approved_costs", "9000", **how), case)


@changes("set_checked_value.clear_checked_value")
def _(on: Stage) -> Call:
    case = on.submitted()
    set_checked_value(on.engine, on.handler, case.id, "approved_costs", "9000", reason="Leien er dekket")
    return Call(
        on.handler, lambda by: clear_checked_value(on.engine, by, case.id, "approved_costs", reason="Nei"), case
    )
