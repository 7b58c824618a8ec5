"""The database itself keeps budgets, decisions and letters, whoever writes to it, and in whatever order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import PART, Office
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from worlds import World

from grantengine.bootstrap import Engine
from grantengine.errors import NotPossibleError
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store.tables.decisions import AwardLine, Letter

KEPT = "rows never change|rows are never removed|within_budget"
BUDGET = 500_000_00


@dataclass(frozen=True)
class Story:
    """A call, its cases, and the office that decides them."""

    office: Office
    call: str
    cases: list[str]

    @property
    def engine(self) -> Engine:
        return self.office.engine


def story(world: World, *kroner: int) -> Story:
    """A call of which these are decided."""
    office = Office(world)
    call = office.call()
    cases = office.came(call, *kroner)
    world.clock.turn(days=1)
    office.approve(office.propose(call))
    return Story(office, call, cases)


@pytest.fixture
def told(world: World) -> Story:
    """300 000 and 200 000 of 500 000 are taken, and the first has a letter."""
    told = story(world, 300_000, 250_000, 200_000)
    with world.engine.store.work(world.system) as work:
        application = work.applications.get(told.cases[0])
        assert application is not None
        [decision] = work.decisions.of_case(application.id)
        work.add(
            Letter(
                id=work.new_id(), application_id=application.id, decision_id=decision.id, kind="decision",
                mark=f"decision:{decision.id}", language="nb", html="<p>Vedtak</p>", made_at=work.by.at,
            )
        )  # fmt: skip
        work.record("letter-made", application)
    return told


def run(told: Story, statement: str, **values: Any) -> None:
    """One statement by whoever is connected to the database."""
    with told.engine.store.database.engine.begin() as connection:
        connection.execute(text(statement), {"call": told.call, "case": told.cases[0], **values})


LINE = (
    "insert into award_lines (id, decision_id, application_id, call_id, part, year, unit, amount, salt) "
    "select :id, id, application_id, call_id, :part, 2027, 'money', :amount, 'x' from decisions where application_id = :case"
)


def line(connection: Connection, told: Story, id: str, amount: int, part: str = PART) -> None:
    """A line of an award, written by hand."""
    connection.execute(text(LINE), {"id": id, "part": part, "amount": amount, "case": told.cases[0]})


def money(told: Story) -> tuple[int, int]:
    """What is used of the budget, as the database keeps it, and as the lines say."""
    with told.engine.store.read() as reading:
        [part] = reading.decisions.budget_parts(told.call).values()
        lines = reading.session.query(AwardLine).where(AwardLine.freed_at.is_(None)).all()
    return part.used, sum(one.amount for one in lines)


def test_lines_beyond_the_budget_are_refused_by_the_database_itself(told: Story) -> None:
    withdraw_application(told.engine, told.office.by(told.office.contact[told.cases[2]]), told.cases[2])
    with pytest.raises(IntegrityError, match="within_budget"), told.engine.store.database.engine.begin() as connection:
        line(connection, told, "one", 200_000_01)
    # One after the other as well: the second goes beyond, and neither is kept.
    with pytest.raises(IntegrityError, match="within_budget"), told.engine.store.database.engine.begin() as connection:  # noqa: PT012 - one transaction
        line(connection, told, "one", 150_000_00)
        line(connection, told, "two", 50_000_01)
    assert money(told) == (300_000_00, 300_000_00)
    with told.engine.store.database.engine.begin() as connection:
        line(connection, told, "one", 150_000_00)
        line(connection, told, "two", 50_000_00)
    assert money(told) == (BUDGET, BUDGET)


def test_a_line_gives_something_of_a_part_that_there_is(told: Story) -> None:
    for amount, part in ((0, PART), (-100, PART), (1, "2031")):
        with pytest.raises(IntegrityError), told.engine.store.database.engine.begin() as connection:
            line(connection, told, "one", amount, part)


FREE = "update award_lines set freed_at = '2027-05-01 12:00:00+00:00', salt = 'y' where application_id = :case"
REFUSED = {
    "a line is made smaller": "update award_lines set amount = amount - 1 where application_id = :case",
    "a line goes to another part": "update award_lines set part = '2028' where application_id = :case",
    "a line goes to another case": "update award_lines set application_id = id where application_id = :case",
    "a line of another decision": "update award_lines set decision_id = id where application_id = :case",
    "a line in another unit": "update award_lines set unit = 'hours' where application_id = :case",
    "a line of another year": "update award_lines set year = 2031 where application_id = :case",
    "a line is freed and made smaller": "update award_lines set amount = 1, freed_at = '2027-05-01 12:00:00+00:00' "
    "where application_id = :case",
    "a line is salted anew": "update award_lines set salt = 'other' where application_id = :case",
    "a line is removed": "delete from award_lines where application_id = :case",
    "a decision gives more": "update decisions set granted = granted + 1 where application_id = :case",
    "a decision has another ground": "update decisions set ground = 'funded in part' where application_id = :case",
    "a decision has another outcome": "update decisions set outcome = '{\"points\": 1}' where application_id = :case",
    "a decision has other content": "update decisions set content = '{\"record\": 1}' where application_id = :case",
    "a decision by another": "update decisions set decided_by = id where application_id = :case",
    "a decision of another day": "update decisions set decided_at = '2027-01-01 12:00:00+00:00' where application_id = :case",
    "a decision of another case": "update decisions set application_id = id where application_id = :case",
    "a decision is removed": "delete from decisions where application_id = :case",
    "a letter says something else": "update letters set html = '<p>Nei</p>' where application_id = :case",
    "a letter leaves more time": "update letters set appeal_until = '2031-01-01 12:00:00+00:00' where application_id = :case",
    "a letter with another mark": "update letters set mark = 'other' where application_id = :case",
    "a letter is removed": "delete from letters where application_id = :case",
    "a part of the budget is removed": "delete from budget_parts where call_id = :call",
    "a budget is less than what is used": "update budget_parts set budget = 499999 where call_id = :call",
    "more is used than there is": "update budget_parts set used = budget + 1 where call_id = :call",
    "less than nothing is used": "update budget_parts set used = -1 where call_id = :call",
}  # fmt: skip


def test_the_database_refuses_to_change_what_was_decided(told: Story) -> None:
    refused = dict(REFUSED)
    if not told.engine.store.database.is_sqlite:  # which knows no truncate
        tables = ("decisions", "letters", "award_lines", "budget_parts")
        refused |= {f"{table} are emptied": f"truncate {table} cascade" for table in tables}
    assert [what for what, statement in refused.items() if not is_refused(told, statement)] == []
    assert money(told) == (BUDGET, BUDGET)


def is_refused(told: Story, statement: str) -> bool:
    """Whether the database keeps one of its rules against it."""
    try:
        run(told, statement)
    except DBAPIError as error:
        assert re.search(KEPT, str(error)), error
        return True
    return False


def test_a_line_is_freed_once_and_stays_so(told: Story) -> None:
    run(told, FREE)
    assert money(told) == (200_000_00, 200_000_00)
    for statement in (FREE, "update award_lines set freed_at = null where application_id = :case"):
        assert is_refused(told, statement)
    assert money(told) == (200_000_00, 200_000_00)


def test_what_a_decision_and_a_letter_tell_of_a_person_can_be_erased(told: Story) -> None:
    run(told, "update decisions set content = null, salt = 'new' where application_id = :case")
    run(told, "update letters set html = null, salt = 'new' where application_id = :case")
    for statement in (
        "update decisions set content = '{}' where application_id = :case",
        "update letters set html = '' where application_id = :case",
    ):
        assert is_refused(told, statement)


LETTER = "application_id, decision_id, kind, mark, language, html, made_at, salt"
DECISION = "application_id, call_id, allocation_id, place, granted, ground, outcome, decided_by, decided_at, salt"
AGAIN = (
    f"insert into letters (id, {LETTER}) select 'other', {LETTER} from letters",
    f"insert into decisions (id, {DECISION}) select 'other', {DECISION} from decisions where application_id = :case",
    "insert into budget_parts (call_id, part, budget, used) select call_id, part, budget, 0 from budget_parts",
)


def test_what_may_stand_once_stands_once(told: Story) -> None:
    for statement in AGAIN:
        with pytest.raises(IntegrityError):
            run(told, statement)
    assert money(told) == (BUDGET, BUDGET)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.lists(st.integers(1, 400), min_size=1, max_size=3)),
        st.tuples(st.just("free"), st.integers(0, 9)),
        st.tuples(st.just("budget"), st.integers(0, 1500)),
    ),
    max_size=14,
)  # fmt: skip
"""Lines of a decision in thousands of kroner; the number of a line to free; thousands of kroner there are from now on."""


@pytest.fixture
def open_story(world: World) -> Story:
    """A call in which one case is decided, so that there is a decision that lines can be of."""
    return story(world, 300_000)


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_is_decided_freed_and_added_what_is_used_is_what_stands(
    open_story: Story, steps: list[tuple[str, Any]]
) -> None:
    told = open_story
    budget, standing = _anew(told)
    for number, (what, arg) in enumerate(steps):
        wanted, lines = budget, dict(standing)
        if what == "decide":
            lines |= {f"{number} {place}": thousands * 1000_00 for place, thousands in enumerate(arg)}
        elif what == "free" and lines:
            lines.pop(sorted(lines)[arg % len(lines)])
        elif what == "budget":
            wanted = arg * 1000_00
        try:
            _take(told, wanted, lines, standing)
        except NotPossibleError as error:
            assert error.code == "budget-exceeded"
            assert sum(lines.values()) > wanted
        else:
            assert sum(lines.values()) <= wanted
            budget, standing = wanted, lines
        with told.engine.store.read() as reading:
            [part] = reading.decisions.budget_parts(told.call).values()
        assert (part.budget, part.used) == (budget, sum(standing.values()))
        assert 0 <= part.used <= part.budget
        assert money(told) == (part.used, part.used)


def _anew(told: Story) -> tuple[int, dict[str, int]]:
    """Free everything, and have the budget that the call began with."""
    with told.engine.store.work(told.office.world.system) as work:
        for one in work.decisions.lines_of(told.cases[0]):
            one.freed_at = work.by.at
        [part] = work.decisions.budget_parts(told.call).values()
        part.budget = BUDGET
        application = work.applications.get(told.cases[0])
        assert application is not None
        work.record("anew", application)
    return BUDGET, {}


def _take(told: Story, budget: int, lines: Mapping[str, int], standing: Mapping[str, int]) -> None:
    """One transaction as services have it: lines that are new, lines that are no longer there, another budget."""
    with told.engine.store.work(told.office.world.system) as work:
        application = work.applications.get(told.cases[0])
        assert application is not None
        [decision] = work.decisions.of_case(application.id)
        [part] = work.decisions.budget_parts(told.call, lock=True).values()
        part.budget = budget
        for one in work.decisions.lines_of(application.id):
            if one.unit in standing and one.unit not in lines:
                one.freed_at = work.by.at
        for name in lines.keys() - standing.keys():
            work.add(
                AwardLine(
                    id=work.new_id(), decision_id=decision.id, application_id=application.id, call_id=told.call,
                    part=PART, year=2027, unit=name, amount=lines[name],
                )
            )  # fmt: skip
        work.record("changed", application)
