"""Assessment as stories: ties, stand-ins, the load, marks in the blind, disagreement, judgement; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reviews import PER_CASE, Review
from tamper import examined
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotPossibleError,
)
from grantengine.services.appoint import appoint
from grantengine.services.assess import deliver_assessment, revise_assessment, save_assessment
from grantengine.services.assign_case import assign_case, end_assignment
from grantengine.services.assign_cases import assign_cases
from grantengine.services.decide_interest import decide_interest, list_interests
from grantengine.services.declare_interests import declare_interests, list_applicants
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.judge_rule import judge_rule
from grantengine.services.list_disagreements import list_disagreements
from grantengine.services.list_my_cases import list_my_cases
from grantengine.services.list_reads import list_reads
from grantengine.services.read_application import read_application
from grantengine.services.read_assessments import read_assessments
from grantengine.services.register_on_behalf import confirm_registered, register_on_behalf
from grantengine.services.set_checked_value import clear_checked_value, set_checked_value
from grantengine.services.stand_in import appoint_stand_in, end_stand_in
from grantengine.services.withdraw_application import withdraw_application

JUDGED = EXAMPLE.replace(
    "  - id: report-delivered\n",
    "  - {id: sound, kind: judged, ask: {nb: Er det et lag?, nn: Er det eit lag?, en: Is it a club?}}\n"
    "  - id: report-delivered\n",
)


def told(error: pytest.ExceptionInfo[InputError]) -> list[tuple[str, str]]:
    return [(problem.code, problem.where.pointer) for problem in error.value.problems]


# --- ties


def test_nobody_opens_a_case_before_declaring(world: World) -> None:
    review = Review(world)
    late = review.staff("handler", "Sent Ansatt", declares=False)
    with pytest.raises(NotAllowedError, match="interests-undeclared"):
        read_application(review.engine, world.by(late), review.cases[0])
    assert [one.name for one in list_applicants(review.engine, world.by(late), review.call)] == ["Lag 0"]
    world.declare(review.call, late)
    assert read_application(review.engine, world.by(late), review.cases[0]).organisation == "Lag 0"


def test_per_case_a_tie_closes_the_cases_of_one_applicant_only(world: World) -> None:
    review = Review(world, PER_CASE, cases=2)
    review.tie(review.handler)
    with pytest.raises(NotAllowedError, match="conflict-of-interest"):
        read_application(review.engine, world.by(review.handler), review.cases[0])
    assert read_application(review.engine, world.by(review.handler), review.cases[1]).organisation == "Lag 1"


def test_per_call_a_tie_closes_every_case_and_every_list(world: World) -> None:
    review = Review(world, cases=2)
    review.tie(review.handler)
    for case in review.cases:
        with pytest.raises(NotAllowedError, match="conflict-of-interest"):
            read_application(review.engine, world.by(review.handler), case)
    for listing in (list_disagreements, lambda *of: assign_cases(*of, "assessment")):
        with pytest.raises(NotAllowedError, match="conflict-of-interest"):
            listing(review.engine, world.by(review.handler), review.call)


def test_a_leader_decides_that_a_tie_is_no_conflict_and_the_case_opens(world: World) -> None:
    review = Review(world)
    tie = review.tie(review.handler)
    decide_interest(review.engine, world.by(review.leader), tie, conflict=False, reason="Sluttet i styret i 2019")
    assert read_application(review.engine, world.by(review.handler), review.cases[0]).organisation == "Lag 0"
    (seen,) = list_interests(review.engine, world.by(review.leader), review.call)
    assert (seen.status, seen.decided_by, seen.reason) == ("no-conflict", "Leif Leder", "Sluttet i styret i 2019")
    (mail,) = world.messages(template="interest-decided")
    assert "ikke inhabil" in mail.body


def test_a_conflict_takes_back_what_it_touches_and_the_marks_do_not_count(world: World) -> None:
    review = Review(world, PER_CASE, cases=2)
    one, other = review.assessors
    for case in (0, 1):
        review.assign(one, other, case=case)
        review.deliver(one, 6, case=case)
    review.deliver(other, 2)
    tie = review.tie(one)
    assert review.read("marks_of")[review.cases[0]] == {"relevance": [2.0], "feasibility": [4.0]}
    assert review.read("outstanding")[review.cases[0]] == [one]  # whether it counts is for a leader to say
    ended = decide_interest(review.engine, world.by(review.leader), tie, conflict=True, reason="Gift med lederen")
    assert ended == (review.cases[0],)
    assert review.read("outstanding") == {review.cases[0]: [], review.cases[1]: [other]}
    assert review.read("marks_of")[review.cases[1]] == {"relevance": [6.0], "feasibility": [4.0]}
    decide_interest(
        review.engine, world.by(review.leader), tie, conflict=False, reason="Det var en annen med samme navn"
    )
    assert review.read("marks_of")[review.cases[0]] == {"relevance": [6.0, 2.0], "feasibility": [4.0, 4.0]}


def test_a_leaders_own_tie_is_decided_by_another(world: World) -> None:
    review = Review(world)
    tie = review.tie(review.leader)
    with pytest.raises(NotAllowedError, match="own-interest"):
        decide_interest(review.engine, world.by(review.leader), tie, conflict=False, reason="Det går bra")
    other = review.staff("leader", "Lise Leder")
    theirs = review.tie(other)
    with pytest.raises(NotAllowedError, match="conflict-of-interest"):
        decide_interest(review.engine, world.by(other), tie, conflict=False, reason="Vi dekker hverandre")
    stranger = world.user("Nora Nabo")
    appoint_stand_in(
        review.engine,
        world.by(world.made["admin"]),
        review.call,
        user_id=stranger,
        role="leader",
        reason="Begge ledere",
    )
    for id in (tie, theirs):
        decide_interest(review.engine, world.by(stranger), id, conflict=False, reason="Bare medlemmer")
    assert read_application(review.engine, world.by(review.leader), review.cases[0]).organisation == "Lag 0"


def test_more_that_is_said_of_a_tie_is_kept_and_decided_anew(world: World) -> None:
    review = Review(world)
    tie, leader, first = review.tie(review.assessors[0]), world.by(review.leader), world.by(review.assessors[0])
    decide_interest(review.engine, leader, tie, conflict=False, reason="Bare medlem")
    declare_interests(review.engine, first, review.call, {review.organisations[0]: "Er med i styret"})
    [seen] = list_interests(review.engine, leader, review.call)
    assert (seen.status, seen.description) == ("no-conflict", "Er med i styret")
    declare_interests(review.engine, first, review.call, {review.organisations[0]: "Søsteren min er ansatt der nå"})
    [seen] = list_interests(review.engine, leader, review.call)
    assert (seen.status, seen.decided_by, seen.reason) == ("declared", None, None)
    assert seen.description == "Er med i styret\nSøsteren min er ansatt der nå"
    assert len(world.messages(template="interest-declared")) == 2
    with pytest.raises(NotPossibleError, match="person-conflicted"):
        review.assign(review.assessors[0])
    decide_interest(review.engine, leader, tie, conflict=True, reason="Nær slektning")
    declare_interests(review.engine, first, review.call, {review.organisations[0]: "Og broren min"})
    [seen] = list_interests(review.engine, leader, review.call)
    assert (seen.status, seen.description.split("\n")[-1]) == ("conflict", "Og broren min")
    assert examined(world).found == 0


def test_each_sees_the_own_ties_and_leaders_see_all(world: World) -> None:
    review = Review(world)
    review.tie(review.handler)
    review.tie(review.assessors[0])
    seen = {
        who: [one.user for one in list_interests(review.engine, world.by(id), review.call)]
        for who, id in {"handler": review.handler, "leader": review.leader, "other": review.assessors[1]}.items()
    }
    assert seen == {"handler": ["Hanne Handler"], "leader": ["Hanne Handler", "Vurderer A"], "other": []}
    with pytest.raises(NotAllowedError, match="role-needed"):
        list_interests(review.engine, world.by(review.contact), review.call)


def test_what_is_decided_about_a_tie_has_a_reason_and_a_yes_or_no(world: World) -> None:
    review = Review(world)
    tie = review.tie(review.handler)
    with pytest.raises(InputError) as error:
        decide_interest(review.engine, world.by(review.leader), tie, conflict="nei", reason=" ")  # type: ignore[arg-type]
    assert told(error) == [("reason-missing", "/reason"), ("yes-or-no", "/conflict")]
    with pytest.raises(NotFoundError, match="interest-not-found"):
        decide_interest(review.engine, world.by(review.leader), "nothing", conflict=True, reason="Hva")
    with pytest.raises(NotAllowedError, match="role-needed"):
        decide_interest(review.engine, world.by(review.assessors[0]), tie, conflict=True, reason="Hva")


# --- stand-ins


def test_a_stand_in_from_another_authority_takes_one_case(world: World) -> None:
    review = Review(world, PER_CASE, cases=2)
    review.tie(review.handler)
    stranger = world.user("Nora Nabo")
    id = appoint_stand_in(
        review.engine, world.by(review.leader), review.call, user_id=stranger, role="handler", reason="Hanne er inhabil",
        application_id=review.cases[0],
    )  # fmt: skip
    again = appoint_stand_in(
        review.engine, world.by(review.leader), review.call, user_id=stranger, role="handler", reason="Igjen",
        application_id=review.cases[0],
    )  # fmt: skip
    assert again == id
    (mail,) = world.messages(template="stand-in")
    assert "stedfortreder (saksbehandler)" in mail.body
    with pytest.raises(NotAllowedError, match="interests-undeclared"):
        read_application(review.engine, world.by(stranger), review.cases[0])
    world.declare(review.call, stranger)
    assert read_application(review.engine, world.by(stranger), review.cases[0]).organisation == "Lag 0"
    with pytest.raises(NotFoundError, match="application-not-found"):
        read_application(review.engine, world.by(stranger), review.cases[1])
    end_stand_in(review.engine, world.by(review.leader), id, reason="Ferdig")
    world.clock.turn(seconds=1)
    with pytest.raises(NotFoundError, match="application-not-found"):
        read_application(review.engine, world.by(stranger), review.cases[0])
    with pytest.raises(NotPossibleError, match="stand-in-ended"):
        end_stand_in(review.engine, world.by(review.leader), id, reason="Ferdig")


def test_when_an_assessor_no_longer_stands_in_the_cases_are_free(world: World) -> None:
    review = Review(world, assessors=1)
    stranger = world.user("Nora Nabo")
    id = appoint_stand_in(
        review.engine, world.by(review.leader), review.call, user_id=stranger, role="assessor", reason="For få"
    )
    world.declare(review.call, stranger)
    assert len(assign_cases(review.engine, world.by(review.handler), review.call, "assessment").made) == 2
    end_stand_in(review.engine, world.by(review.leader), id, reason="Syk")
    assert review.read("outstanding") == {review.cases[0]: review.assessors}


def test_who_may_appoint_whom_as_what(world: World) -> None:
    review = Review(world)
    how = {"role": "handler", "reason": "Syk"}
    nora = world.user("Nora Nabo")
    with pytest.raises(NotAllowedError, match="role-needed"):
        appoint_stand_in(review.engine, world.by(review.handler), review.call, user_id=nora, **how)
    with pytest.raises(NotFoundError, match="user-not-found"):
        appoint_stand_in(review.engine, world.by(review.leader), review.call, user_id="nobody", **how)
    with pytest.raises(NotFoundError, match="application-not-found"):
        appoint_stand_in(review.engine, world.by(review.leader), review.call, user_id=nora, application_id="x", **how)
    with pytest.raises(InputError) as error:
        appoint_stand_in(
            review.engine, world.by(review.leader), review.call, user_id=nora, role="administrator", reason=""
        )
    assert told(error) == [("reason-missing", "/reason"), ("not-one-of", "/role")]
    with pytest.raises(NotFoundError, match="stand-in-not-found"):
        end_stand_in(review.engine, world.by(review.leader), "nothing", reason="Ferdig")


# --- the load


def test_cases_are_given_out_evenly_and_what_can_not_be_filled_is_told(world: World) -> None:
    review = Review(world, PER_CASE, cases=3, assessors=3)
    one, two, three = review.assessors
    undeclared = review.staff("assessor", "Ny Vurderer", declares=False)
    review.tie(one)
    review.tie(two)
    assigned = assign_cases(review.engine, world.by(review.handler), review.call, "assessment")
    load = {user: [given.user_id for given in assigned.made].count(user) for user in (*review.assessors, undeclared)}
    assert load == {one: 2, two: 2, three: 1, undeclared: 0}
    (lacking,) = assigned.lacking
    assert (lacking.application_id, lacking.missing) == (review.cases[0], 1)
    assert (set(lacking.conflicted), lacking.undeclared) == ({one, two}, (undeclared,))
    assert "tilknytning: 2" in review.engine.registry.texts.say(lacking.why, "nb")
    assert len(world.messages(template="cases-assigned")) == 3

    # The new one declares; what is there stays, and what lacks is filled up.
    world.declare(review.call, undeclared)
    again = assign_cases(review.engine, world.by(review.handler), review.call, "assessment")
    assert ([(given.application_id, given.user_id) for given in again.made], again.lacking) == (
        [(review.cases[0], undeclared)], ()
    )  # fmt: skip
    assert assign_cases(review.engine, world.by(review.handler), review.call, "assessment").made == ()


def test_a_handler_with_a_tie_to_one_applicant_leaves_that_case_to_others(world: World) -> None:
    review = Review(world, PER_CASE, cases=2)
    review.tie(review.handler)
    assigned = assign_cases(review.engine, world.by(review.handler), review.call, "assessment")
    assert {given.application_id for given in assigned.made} == {review.cases[1]}
    assert [(one.application_id, one.why.key) for one in assigned.lacking] == [
        (review.cases[0], "assignment.for-others")
    ]


def test_cases_are_given_out_in_a_round_that_rates(world: World) -> None:
    review = Review(world)
    for round_id in ("guidance", "nothing"):
        with pytest.raises(NotFoundError, match="round-not-found"):
            assign_cases(review.engine, world.by(review.handler), review.call, round_id)
        with pytest.raises(NotFoundError, match="round-not-found"):
            assign_case(
                review.engine, world.by(review.handler), review.cases[0], review.assessors[0], round_id=round_id
            )


def test_a_case_is_given_by_hand_to_who_may_have_it(world: World) -> None:
    review = Review(world, PER_CASE)
    hanne, (one, two) = world.by(review.handler), review.assessors
    review.tie(one)
    with pytest.raises(NotPossibleError, match="person-conflicted"):
        assign_case(review.engine, hanne, review.cases[0], one)
    late = review.staff("assessor", "Ny Vurderer", declares=False)
    with pytest.raises(NotPossibleError, match="person-undeclared"):
        assign_case(review.engine, hanne, review.cases[0], late)
    with pytest.raises(NotFoundError, match="user-not-found"):
        assign_case(review.engine, hanne, review.cases[0], review.contact)
    assert review.assign(two) == review.assign(two)
    handled = assign_case(review.engine, hanne, review.cases[0], review.leader, role="handler")
    assert [
        (one.role, one.state) for one in list_my_cases(review.engine, world.by(review.leader), review.call).items
    ] == [("handler", "to-handle")]
    end_assignment(review.engine, hanne, handled, reason="Hanne tar den selv")
    assert list_my_cases(review.engine, world.by(review.leader), review.call).items == ()
    with pytest.raises(NotPossibleError, match="assignment-ended"):
        end_assignment(review.engine, hanne, handled, reason="Igjen")
    with pytest.raises(NotFoundError, match="assignment-not-found"):
        end_assignment(review.engine, hanne, "nothing", reason="Hva")


def test_what_was_delivered_counts_after_the_assessor_has_left_but_not_after_a_conflict(world: World) -> None:
    review = Review(world, PER_CASE, assessors=3)
    given = review.assign(*review.assessors)
    for user, mark in zip(review.assessors, (5, 3, 2), strict=True):
        review.deliver(user, mark)
    end_assignment(review.engine, world.by(review.handler), given[0], reason="Permisjon")
    with pytest.raises(NotAllowedError, match="role-needed"):
        end_assignment(review.engine, world.by(review.handler), given[1], reason="Er fetteren", conflict=True)
    end_assignment(review.engine, world.by(review.leader), given[1], reason="Er fetteren", conflict=True)
    assert review.read("marks_of")[review.cases[0]]["relevance"] == [5.0, 2.0]
    with pytest.raises(NotFoundError, match="application-not-found"):
        read_assessments(review.engine, world.by(review.assessors[1]), review.cases[0])
    (tie,) = list_interests(review.engine, world.by(review.assessors[1]), review.call)
    assert (tie.status, tie.description, tie.whole_call) == ("conflict", "Er fetteren", False)


# --- marks


def test_a_draft_is_partial_and_tells_what_lacks_and_the_points_so_far(world: World) -> None:
    review = Review(world)
    (one, _), by = review.assessors, world.by(review.assessors[0])
    review.assign(one)
    saved = save_assessment(
        review.engine, by, review.cases[0], 0, marks={"relevance": 6}, notes={"relevance": "Treffer godt"}
    )
    assert (saved.version, saved.lacking) == (1, ("feasibility",))
    assert (saved.so_far.points["relevance"], saved.so_far.points["feasibility"]) == (30.0, None)
    assert saved.so_far.total == sum(value for value in saved.so_far.points.values() if value is not None)
    with pytest.raises(InputError) as error:
        deliver_assessment(review.engine, by, review.cases[0], 1)
    assert told(error) == [("mark-missing", "/marks/feasibility")]
    (mine,) = list_my_cases(review.engine, by, review.call).items
    assert (mine.state, mine.version, mine.round_id) == ("draft", 1, "assessment")


def test_a_save_from_two_windows_loses_nothing(world: World) -> None:
    review = Review(world)
    (one, _), by = review.assessors, world.by(review.assessors[0])
    review.assign(one)
    review.rate(one, 6)
    assert review.rate(one, 6).version == 1  # the same save, sent again
    with pytest.raises(ConflictError) as error:
        review.rate(one, 2)
    assert error.value.mine["marks"] == {"relevance": 2, "feasibility": 4}
    assert error.value.theirs["marks"] == {"relevance": 6, "feasibility": 4}
    with pytest.raises(ConflictError):
        deliver_assessment(review.engine, by, review.cases[0], 0)
    at = deliver_assessment(review.engine, by, review.cases[0], 1)
    world.clock.turn(hours=1)
    assert deliver_assessment(review.engine, by, review.cases[0], 1) == at
    with pytest.raises(NotPossibleError, match="assessment-delivered"):
        save_assessment(review.engine, by, review.cases[0], 1, marks={}, notes={})


def test_marks_and_notes_that_do_not_fit_are_told_all_at_once(world: World) -> None:
    review = Review(world)
    review.assign(review.assessors[0])
    with pytest.raises(InputError) as error:
        save_assessment(
            review.engine, world.by(review.assessors[0]), review.cases[0], 0,
            marks={"relevance": 7, "feasibility": float("nan"), "reach": 3},
            notes={"relevance": "x" * 4001, "feasibility": "\0"},
        )  # fmt: skip
    assert told(error) == [
        ("answer-type", "/marks/feasibility"), ("answer-unknown", "/marks/reach"), ("answer-maximum", "/marks/relevance"),
        ("answer-too-long", "/notes/relevance"), ("answer-character", "/notes/feasibility"),
    ]  # fmt: skip


def test_marks_are_delivered_while_the_round_is_open_and_by_who_came_late(world: World) -> None:
    review = Review(world, assessors=3)
    one, two, three = review.assessors
    review.assign(one, two)
    for user in (one, two):
        review.rate(user, 4)
    deliver_assessment(review.engine, world.by(one), review.cases[0], 1)
    world.clock.turn(days=30)
    with pytest.raises(NotPossibleError, match="round-not-open"):
        deliver_assessment(review.engine, world.by(two), review.cases[0], 1)
    review.assign(three)
    review.deliver(three, 2)
    assert review.read("marks_of")[review.cases[0]]["relevance"] == [4.0, 2.0]


def test_only_those_the_case_is_given_to_rate_it_and_only_in_review(world: World) -> None:
    review = Review(world)
    with pytest.raises(NotFoundError, match="application-not-found"):
        review.rate(review.assessors[0], 4)
    with pytest.raises(NotAllowedError, match="role-needed"):
        review.rate(review.handler, 4)
    review.assign(review.assessors[0])
    with pytest.raises(NotFoundError, match="round-not-found"):
        save_assessment(
            review.engine, world.by(review.assessors[0]), review.cases[0], 0, marks={}, notes={}, round_id="dialogue"
        )
    withdraw_application(review.engine, world.by(review.contact), review.cases[0])
    with pytest.raises(NotPossibleError, match="status-forbids"):
        review.rate(review.assessors[0], 4)


def test_what_others_have_found_is_seen_after_delivering_the_own(world: World) -> None:
    review = Review(world)
    one, two = review.assessors
    review.assign(one, two)
    review.deliver(one, 5)
    review.rate(two, 3)
    seen = read_assessments(review.engine, world.by(two), review.cases[0])
    assert (len(seen.own), seen.others, seen.hidden) == (1, (), True)
    handlers = read_assessments(review.engine, world.by(review.handler), review.cases[0])
    assert [(sheet.assessor, sheet.marks["relevance"]) for sheet in handlers.others] == [("Vurderer A", 5)]
    deliver_assessment(review.engine, world.by(two), review.cases[0], 1)
    seen = read_assessments(review.engine, world.by(two), review.cases[0])
    assert [(sheet.assessor, sheet.marks["relevance"]) for sheet in seen.others] == [("Vurderer A", 5)]
    relevance = next(one for one in seen.criteria if one.id == "relevance")
    assert (relevance.marks, relevance.combined, relevance.spread, relevance.alert) == ((5.0, 3.0), 4.0, 2.0, False)
    assert seen.so_far.points["relevance"] == 18.0
    reads = list_reads(review.engine, world.by(review.contact), review.cases[0])
    assert [read.what for read in reads] == ["assessments"] * 3


def test_an_assessor_who_also_handles_cases_is_blind_all_the_same(world: World) -> None:
    review = Review(world)
    both = review.staff("assessor", "Begge Deler")
    appoint(review.engine, world.system, authority_id=review.authority, user_id=both, role="handler")
    review.assign(review.assessors[0], both)
    review.deliver(review.assessors[0], 5)
    assert read_assessments(review.engine, world.by(both), review.cases[0]).others == ()


def test_a_handler_who_is_to_rate_too_does_not_learn_of_marks_by_how_far_they_are_apart(world: World) -> None:
    review = Review(world)
    both = review.staff("assessor", "Begge Deler")
    appoint(review.engine, world.system, authority_id=review.authority, user_id=both, role="handler")
    review.assign(*review.assessors, both)
    review.deliver(review.assessors[0], 6)
    review.deliver(review.assessors[1], 1)
    assert list_disagreements(review.engine, world.by(both), review.call) == ()
    review.deliver(both, 3)
    [apart] = list_disagreements(review.engine, world.by(both), review.call)
    assert (apart.criterion, apart.marks) == ("relevance", (6.0, 1.0, 3.0))


def test_who_declared_before_a_case_was_written_down_declares_anew_although_it_was_told_before(world: World) -> None:
    review = Review(world, assessors=1)
    told = datetime(2027, 2, 20, 12, 0, tzinfo=UTC)
    contact = world.user("Gro Gammel")
    world.declare(review.call)
    world.clock.turn(hours=1)
    id = register_on_behalf(
        review.engine, world.by(review.handler), call_id=review.call, arrived=told, channel="paper", answers=ANSWERS,
        organisation_id=world.organisation(contact, "Seint Lag", NUMBERS[5]),
    )  # fmt: skip
    confirm_registered(review.engine, world.by(contact), application_id=id)
    with pytest.raises(NotAllowedError, match="interests-undeclared"):
        read_application(review.engine, world.by(review.handler), id)
    review.cases.append(id)
    world.declare(review.call)
    with pytest.raises(NotPossibleError, match="person-undeclared"):
        review.assign(review.assessors[0], case=1)
    assert read_application(review.engine, world.by(review.handler), id).status == "submitted"


def test_assessors_who_disagree_talk_and_may_change_what_they_talked_about(world: World) -> None:
    review = Review(world)
    one, two = review.assessors
    review.assign(one, two)
    review.deliver(one, 6)
    review.deliver(two, 2)
    assert review.read("undiscussed") == {review.cases[0]: ["relevance"]}
    (apart,) = list_disagreements(review.engine, world.by(review.handler), review.call)
    assert (apart.criterion, apart.marks, apart.spread, apart.discussed) == ("relevance", (6.0, 2.0), 4.0, False)
    change = {"marks": {"relevance": 4}, "reason": "Enige om at målet er uklart"}
    with pytest.raises(InputError, match="not-discussed"):
        revise_assessment(review.engine, world.by(one), review.cases[0], **change)
    review.discuss("relevance")
    with pytest.raises(InputError) as error:
        revise_assessment(
            review.engine, world.by(one), review.cases[0], marks={"feasibility": 1}, reason="Ombestemt meg"
        )
    assert told(error) == [("not-discussed", "/marks/feasibility")]
    assert revise_assessment(review.engine, world.by(one), review.cases[0], **change) == 2
    # The first has come so near that nothing is apart any more; the other may move all the same.
    assert revise_assessment(review.engine, world.by(two), review.cases[0], marks={"relevance": 3}, reason="Enig") == 2
    assert review.read("undiscussed") == {review.cases[0]: []}
    seen = read_assessments(review.engine, world.by(review.handler), review.cases[0])
    assert [(sheet.marks["relevance"], [was["marks"]["relevance"] for was in sheet.earlier]) for sheet in seen.others] == [
        (4, [6]), (3, [2])
    ]  # fmt: skip


def test_a_settled_discussion_is_enough_where_they_still_disagree(world: World) -> None:
    review = Review(world)
    for user, mark in zip(review.assessors, (6, 2), strict=True):
        review.assign(user)
        review.deliver(user, mark)
    review.discuss("relevance", resolved=True)
    (apart,) = list_disagreements(review.engine, world.by(review.handler), review.call)
    assert (apart.spread, apart.discussed) == (4.0, True)
    assert review.read("undiscussed") == {review.cases[0]: []}


def test_what_is_not_delivered_is_not_revised(world: World) -> None:
    review = Review(world)
    review.assign(review.assessors[0])
    review.rate(review.assessors[0], 4)
    with pytest.raises(NotPossibleError, match="assessment-not-delivered"):
        revise_assessment(
            review.engine, world.by(review.assessors[0]), review.cases[0], marks={"relevance": 1}, reason="Ny"
        )


# --- what handlers judge and check


def test_a_handler_judges_a_rule_that_asks_and_may_think_better_of_it(world: World) -> None:
    review = Review(world, JUDGED)
    for answer, reason in ((True, "Står i registeret"), (False, "Er et firma")):
        judge_rule(review.engine, world.by(review.handler), review.cases[0], "sound", answer=answer, reason=reason)
    with review.engine.store.read() as reading:
        (judged,) = reading.assessments.judgements(review.cases[0])
    assert (judged.rule, judged.answer, judged.reason) == ("sound", False, "Er et firma")
    for rule in ("enough-members", "nothing"):
        with pytest.raises(NotFoundError, match="rule-not-found"):
            judge_rule(review.engine, world.by(review.handler), review.cases[0], rule, answer=True, reason="Ja")
    with pytest.raises(InputError) as error:
        judge_rule(review.engine, world.by(review.handler), review.cases[0], "sound", answer=1, reason="")  # type: ignore[arg-type]
    assert told(error) == [("reason-missing", "/reason"), ("yes-or-no", "/answer")]
    withdraw_application(review.engine, world.by(review.contact), review.cases[0])
    with pytest.raises(NotPossibleError, match="status-forbids"):
        judge_rule(review.engine, world.by(review.handler), review.cases[0], "sound", answer=True, reason="Ja")


def test_a_handler_sets_a_checked_value_and_takes_it_back(world: World) -> None:
    review = Review(world)
    hanne, case = world.by(review.handler), review.cases[0]
    for value in ("250000", "200000.50"):
        set_checked_value(review.engine, hanne, case, "approved_costs", value, reason="Leie er dekket av andre")
    with review.engine.store.read() as reading:
        assert reading.parts.checked(case) == {"approved_costs": "200000.50"}
    clear_checked_value(review.engine, hanne, case, "approved_costs", reason="Leien var riktig")
    with review.engine.store.read() as reading:
        assert reading.parts.checked(case) == {}
    with pytest.raises(NotFoundError, match="checked-not-found"):
        clear_checked_value(review.engine, hanne, case, "approved_costs", reason="Igjen")
    for name in ("requested", "nothing"):
        with pytest.raises(NotFoundError, match="checked-not-found"):
            set_checked_value(review.engine, hanne, case, name, "1", reason="Hva")
    for value in (1.5, None, "mye", [1]):
        with pytest.raises(InputError) as error:
            set_checked_value(review.engine, hanne, case, "approved_costs", value, reason="Hva")
        assert [pointer for _, pointer in told(error)] == ["/approved_costs"]
    withdraw_application(review.engine, world.by(review.contact), case)
    for service in (
        lambda: set_checked_value(review.engine, hanne, case, "approved_costs", "1", reason="Hva"),
        lambda: clear_checked_value(review.engine, hanne, case, "approved_costs", reason="Hva"),
    ):
        with pytest.raises(NotPossibleError, match="status-forbids"):
            service()


def _joins(review: Review, user: str, case: int = 0) -> None:
    """A user becomes a contact of the applicant of a case."""
    world, engine = review.world, review.engine
    with engine.store.read() as reading:
        member = reading.users.get(user)
        assert member is not None
    email = member.email or ""
    contact = world.by(world.made[f"Kontakt {case}"])
    invite_member(engine, contact, organisation_id=review.organisations[case], email=email, role="contact")
    accept_invitation(engine, world.by(user), world.link("join", email))


def test_a_role_in_an_organisation_that_applies_is_a_tie_that_need_not_be_told(world: World) -> None:
    review = Review(world, PER_CASE, cases=2)
    both = review.staff("assessor", "Begge Sider", declares=False)
    _joins(review, both)
    declare_interests(review.engine, world.by(both), review.call)
    [tie] = list_interests(review.engine, world.by(review.leader), review.call)
    assert (tie.user, tie.organisation, tie.description) == ("Begge Sider", "Lag 0", "Har en rolle i organisasjonen")
    with pytest.raises(NotPossibleError, match="person-conflicted"):
        review.assign(both)
    review.assign(both, case=1)
    declare_interests(review.engine, world.by(both), review.call)  # once more, and it is told once
    assert len(world.messages(template="interest-declared")) == 1


def test_who_comes_to_act_for_an_applicant_while_rating_has_a_tie_from_then_on(world: World) -> None:
    review = Review(world, cases=2)
    first = review.assessors[0]
    review.assign(first, case=1)
    review.deliver(first, 6, case=1)
    assert review.read("marks_of")[review.cases[1]] == {"relevance": [6.0], "feasibility": [4.0]}
    _joins(review, first)  # the rival: in this scheme a tie to one touches the whole ranking
    assert review.read("marks_of")[review.cases[1]] == {}
    with pytest.raises(NotAllowedError, match="conflict-of-interest"):
        read_application(review.engine, world.by(first), review.cases[1])
    assert read_application(review.engine, world.by(first), review.cases[0]).organisation == "Lag 0"  # its own, as any
    assert examined(world).found == 0


def test_a_tie_that_no_leader_can_decide_about_is_told_to_who_can_have_somebody_stand_in(world: World) -> None:
    review = Review(world)
    review.tie(review.leader)
    assert world.messages(template="interest-declared") == []
    [told] = world.messages(template="interest-without-leader")
    assert "Leif Leder har meldt en tilknytning til en søker" in told.body
    appoint_stand_in(
        review.engine, world.by(world.made["admin"]), review.call, user_id=world.user("Nora Nabo"), role="leader",
        reason="Lederen er berørt",
    )  # fmt: skip
    review.tie(review.assessors[0])
    [told] = world.messages(template="interest-declared")
    assert "Hei Nora Nabo" in told.body
