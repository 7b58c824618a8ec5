"""When review rounds open and close: one after the other, over summer time, by hand, and for each case of a rolling call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan, RoundPlan
from grantengine.hooks.moments import LocalMoment
from grantengine.records import RoundTerms
from grantengine.scheme.opening import opening
from grantengine.stages.rounds import RoundTime, case_timetable, is_open, open_rounds, timetable
from grantengine.testing import plan_of, small_scheme

OSLO = ZoneInfo("Europe/Oslo")
SECOND = timedelta(seconds=1)


def utc(text: str) -> datetime:
    """An instant from ``2027-03-01T23:00``, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(at: datetime | None) -> str:
    """How an instant reads on a clock in Norway."""
    return "" if at is None else f"{at.astimezone(OSLO):%Y-%m-%d %H:%M:%S}"


def times_of(plan: Plan, **closed: datetime) -> dict[str, RoundTime]:
    """The rounds of the plan's own call by id."""
    call = opening(plan.scheme.call)
    return {one.id: one for one in timetable(plan, opens=call.opens, closes=call.closes, closed=closed)}


def spans(plan: Plan, **closed: datetime) -> list[tuple[str, str, str]]:
    """Each round with the times of its opening and closing on a clock in Norway."""
    return [(one.id, local(one.opens), local(one.closes)) for one in times_of(plan, **closed).values()]


def with_rounds(engine: Engine, *rounds: str, call: str = "") -> Plan:
    """A scheme with these rounds; its call is open from 15 January to 1 March 2027, 23:59, unless ``call`` says else."""
    scheme = small_scheme(f"rounds: [{', '.join(rounds)}]", plugins=["dialogue"], call=call)
    return plan_of(scheme, engine)


def closing(plan: Plan, text: str) -> Plan:
    """The same scheme with a call that closes at a local time."""
    closes = LocalMoment(datetime.fromisoformat(text))
    call = plan.scheme.call.model_copy(update={"closes": closes})
    return replace(plan, scheme=plan.scheme.model_copy(update={"call": call}))


def test_the_rounds_of_the_example_follow_each_other_into_summer_time(example: Plan) -> None:
    assert spans(example) == [
        ("guidance", "2027-01-15 09:00:00", "2027-03-02 00:00:00"),
        ("completeness", "2027-03-02 00:00:00", "2027-03-12 00:00:00"),  # ten days: the 2nd to the 11th
        ("dialogue", "2027-03-12 00:00:00", "2027-04-02 00:00:00"),  # 21 days: 12 March to 1 April
        ("assessment", "2027-04-02 00:00:00", "2027-04-23 00:00:00"),
    ]
    times = times_of(example)
    # Midnight is 23:00 UTC in winter and 22:00 UTC from 28 March.
    assert (times["dialogue"].opens, times["dialogue"].closes) == (utc("2027-03-11T23:00"), utc("2027-04-01T22:00"))


@pytest.mark.parametrize("closes", ["2027-03-01T00:00", "2027-03-01T12:00", "2027-03-01T23:59"])
def test_whenever_on_the_1st_a_call_closes_ten_days_end_on_the_11th(engine: Engine, closes: str) -> None:
    plan = closing(with_rounds(engine, "{id: check, kind: completeness_check, days: 10}"), closes)
    time = times_of(plan)["check"]
    assert is_open(time, utc("2027-03-11T22:59:59"))
    assert local(time.closes) == "2027-03-12 00:00:00"


def test_days_are_calendar_days_also_when_one_of_them_has_25_hours(engine: Engine) -> None:
    check = "{id: check, kind: completeness_check, opens: '2027-10-30T12:00', days: 1}"
    time = times_of(with_rounds(engine, check))["check"]
    assert (time.opens, time.closes) == (utc("2027-10-30T10:00"), utc("2027-10-31T23:00"))


def test_no_days_end_with_the_day_that_the_round_opened_in(engine: Engine) -> None:
    rounds = ["{id: noon, kind: dialogue, opens: '2027-04-01T12:00', days: 0}", "{id: none, kind: dialogue, days: 0}"]
    noon, none = times_of(with_rounds(engine, *rounds)).values()
    assert local(noon.closes) == "2027-04-02 00:00:00"
    assert none.opens == none.closes == noon.closes
    assert not is_open(none, none.opens)


def test_a_round_is_open_to_its_last_second(example: Plan) -> None:
    time = times_of(example)["dialogue"]
    assert time.opens is not None
    assert time.closes is not None
    moments = [time.opens - SECOND, time.opens, time.closes - SECOND, time.closes]
    assert [is_open(time, at) for at in moments] == [False, True, True, False]


def test_a_round_with_moments_of_its_own_runs_beside_the_others(engine: Engine) -> None:
    plan = with_rounds(
        engine,
        "{id: guidance, kind: guidance, opens: call.opens, closes: '2027-02-15T12:00'}",
        "{id: check, kind: completeness_check, days: 5}",
        "{id: stage, kind: pitch, opens: '2027-03-04T10:00', closes: '2027-03-04T15:00:30'}",
        "{id: panel, kind: panel, days: 1}",
    )
    assert spans(plan) == [
        ("guidance", "2027-01-15 09:00:00", "2027-02-15 12:01:00"),
        # Guidance ends in February; there is nothing to check before the call is closed.
        ("check", "2027-03-02 00:00:00", "2027-03-07 00:00:00"),
        ("stage", "2027-03-04 10:00:00", "2027-03-04 15:00:31"),
        ("panel", "2027-03-04 15:00:31", "2027-03-06 00:00:00"),
    ]
    call = opening(plan.scheme.call)
    times = timetable(plan, opens=call.opens, closes=call.closes)
    assert [one.id for one in open_rounds(plan, times, utc("2027-03-04T12:00"))] == ["check", "stage"]
    assert [one.id for one in open_rounds(plan, times, utc("2027-03-05T12:00"))] == ["check", "panel"]
    assert open_rounds(plan, times, utc("2027-02-20T12:00")) == ()


def test_a_round_without_an_end_keeps_the_next_one_waiting_until_it_is_closed_by_hand(engine: Engine) -> None:
    plan = with_rounds(engine, "{id: talk, kind: dialogue}", "{id: rate, kind: assessment, days: 2}")
    assert spans(plan) == [("talk", "2027-03-02 00:00:00", ""), ("rate", "", "")]
    assert not is_open(times_of(plan)["rate"], utc("2029-01-01T00:00"))
    assert spans(plan, talk=utc("2027-03-09T08:00")) == [
        ("talk", "2027-03-02 00:00:00", "2027-03-09 09:00:00"),
        ("rate", "2027-03-09 09:00:00", "2027-03-12 00:00:00"),
    ]


def test_a_round_is_closed_by_hand_before_its_time_and_never_after(example: Plan) -> None:
    early, late = utc("2027-03-05T10:00"), utc("2027-03-20T10:00")
    assert times_of(example, completeness=early)["completeness"].closes == early
    assert times_of(example, completeness=early)["dialogue"].opens == early
    assert times_of(example, completeness=late) == times_of(example)


def test_a_round_is_not_closed_before_it_has_opened(example: Plan) -> None:
    # A call that was extended: what was closed for those who were in time first is open for all anew.
    assert times_of(example, dialogue=utc("2027-03-05T10:00")) == times_of(example)


def test_a_round_whose_moment_has_passed_when_its_turn_comes_is_over_at_once(engine: Engine) -> None:
    plan = with_rounds(
        engine,
        "{id: talk, kind: dialogue}",
        "{id: check, kind: completeness_check, closes: '2027-03-10T12:00'}",
        "{id: rate, kind: assessment, days: 1}",
    )
    assert spans(plan, talk=utc("2027-03-20T11:00"))[1:] == [
        ("check", "2027-03-20 12:00:00", "2027-03-20 12:00:00"),
        ("rate", "2027-03-20 12:00:00", "2027-03-22 00:00:00"),
    ]


ROLLING = "intake: rolling"
CHECK_AND_TALK = (
    "{id: guidance, kind: guidance, opens: call.opens}",
    "{id: check, kind: completeness_check, days: 3}",
    "{id: talk, kind: dialogue}",
)


def test_in_a_rolling_call_rounds_count_from_the_submission_of_each_case(engine: Engine) -> None:
    rounds = (CHECK_AND_TALK[0][:-1] + ", closes: '2027-02-01T12:00'}", *CHECK_AND_TALK[1:])
    plan = with_rounds(engine, *rounds, call=ROLLING)
    assert [span[1] for span in spans(plan)] == ["2027-01-15 09:00:00", "", ""]
    for submitted, closes in (("2027-01-20T10:00", "2027-02-01"), ("2027-02-10T10:00", "2027-02-10")):
        _, check, talk = case_timetable(plan, utc(submitted))
        # Not before guidance has ended, and not before there is a case.
        assert local(check.opens).startswith(closes)
        assert talk.opens == check.closes
        assert talk.closes is None


def test_rounds_of_a_case_are_closed_for_those_that_they_were_open_for(engine: Engine) -> None:
    plan = with_rounds(engine, *CHECK_AND_TALK[1:], call=ROLLING)
    closed = {"check": utc("2027-02-02T10:00")}
    before, _ = case_timetable(plan, utc("2027-02-01T10:00"), closed=closed)
    after, _ = case_timetable(plan, utc("2027-02-03T10:00"), closed=closed)
    assert before.closes == closed["check"]
    assert local(after.closes) == "2027-02-07 00:00:00"


def test_in_a_call_that_closes_all_cases_have_the_same_rounds(example: Plan) -> None:
    call = opening(example.scheme.call)
    early = case_timetable(example, utc("2027-01-20T10:00"))
    assert early == timetable(example, opens=call.opens, closes=call.closes)
    extended = utc("2027-03-10T11:00")
    late = case_timetable(example, utc("2027-01-20T10:00"), opens=call.opens, closes=extended)
    assert late == timetable(example, opens=call.opens, closes=extended)


def test_of_several_deadlines_a_case_follows_the_one_that_it_was_in_time_for(engine: Engine) -> None:
    deadlines = "intake: deadlines, deadlines: [{closes: '2027-03-01T12:00'}, {closes: '2027-09-01T12:00'}]"
    plan = with_rounds(engine, "{id: check, kind: completeness_check, days: 2}", call=deadlines)
    opened = [
        local(case_timetable(plan, utc(at))[0].opens)
        for at in ("2027-03-01T11:00:59", "2027-03-01T11:01", "2027-10-01T12:00")
    ]
    assert opened == ["2027-03-01 12:01:00", "2027-09-01 12:01:00", "2027-09-01 12:01:00"]


def test_each_strand_has_its_own_rounds(engine: Engine) -> None:
    strands = (
        "strands: [{id: small, patch: [{op: replace, path: /rounds/check/days, value: 2}]}, {id: large, budget: 1 NOK}]"
    )
    plan = with_rounds(engine, "{id: check, kind: completeness_check, days: 20}", call=strands)
    ends = [local(times_of(part)["check"].closes) for part in plan.parts]
    assert ends == ["2027-03-04 00:00:00", "2027-03-22 00:00:00"]


def test_days_beyond_the_calendar_end_with_it(engine: Engine) -> None:
    plan = with_rounds(
        engine,
        "{id: talk, kind: dialogue, opens: '9999-12-30T12:00', days: 30}",
        "{id: rate, kind: assessment, days: 1}",
    )
    talk, rate = times_of(plan).values()
    assert talk.closes == rate.opens == rate.closes == datetime.max.replace(tzinfo=UTC)


# --- whatever the scheme says ----------------------------------------------------------------------------------------

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
MOMENTS = st.one_of(
    st.none(),
    st.sampled_from(["call.opens", "call.closes"]),
    # At noon, so that every one exists, and exists once.
    st.dates(datetime(2026, 1, 1).date(), datetime(2028, 1, 1).date()).map(
        lambda day: LocalMoment(datetime(day.year, day.month, day.day, 12))
    ),
)
TERMS = RoundTerms(frozenset(), frozenset())


@st.composite
def rounds(draw: st.DrawFn) -> tuple[RoundPlan, ...]:
    """Up to six rounds that may say anything of their time."""
    days = st.one_of(st.none(), st.integers(0, 400))
    return tuple(
        RoundPlan(f"r{number}", "any", {}, TERMS, None, draw(MOMENTS), draw(MOMENTS), draw(days))
        for number in range(draw(st.integers(1, 6)))
    )


@given(rounds=rounds(), ends=st.tuples(INSTANTS, INSTANTS).map(sorted), closed=st.dictionaries(
    st.sampled_from([f"r{number}" for number in range(6)]), INSTANTS
))  # fmt: skip
def test_a_timetable_never_runs_backwards(
    example: Plan, rounds: tuple[RoundPlan, ...], ends: list[datetime], closed: dict[str, datetime]
) -> None:
    plan = replace(example, rounds=rounds)
    times = timetable(plan, opens=ends[0], closes=ends[1], closed=closed)
    assert [time.id for time in times] == [one.id for one in rounds]
    before: datetime | None = ends[1]
    for one, time in zip(rounds, times, strict=True):
        assert time.opens is not None or time.closes is None
        if time.opens is not None and time.closes is not None:
            assert time.opens <= time.closes
        if one.opens is None:
            assert time.opens == (None if before is None else max(before, ends[1]))
        hand = closed.get(one.id)
        if hand is not None and time.opens is not None and hand >= time.opens:
            assert not is_open(time, hand)
        before = time.closes


@given(opens=INSTANTS, days=st.integers(0, 60))
def test_days_are_as_many_whole_days_as_the_scheme_says(example: Plan, opens: datetime, days: int) -> None:
    plan = replace(example, rounds=(RoundPlan("r", "any", {}, TERMS, days=days),))
    (time,) = timetable(plan, opens=None, closes=opens)
    assert time.closes is not None
    first = opens.astimezone(OSLO).date()
    midnights = [
        datetime(day.year, day.month, day.day, tzinfo=OSLO) for day in (first + timedelta(n) for n in range(64))
    ]
    inside = [at for at in midnights if opens <= at <= time.closes]
    # So many whole days lie between as there are midnights, less one; and the last one is the end itself.
    assert len(inside) == days + 1
    assert inside[-1] == time.closes


@given(rounds=rounds(), closes=INSTANTS, by=st.integers(0, 400))
def test_a_call_that_closes_later_opens_no_round_earlier(
    example: Plan, rounds: tuple[RoundPlan, ...], closes: datetime, by: int
) -> None:
    plan = replace(example, rounds=rounds)
    opens = closes - timedelta(days=30)
    pairs = zip(
        timetable(plan, opens=opens, closes=closes),
        timetable(plan, opens=opens, closes=closes + timedelta(hours=by)),
        strict=True,
    )
    assert [a.id for a, b in pairs if a.opens is not None and b.opens is not None and b.opens < a.opens] == []
