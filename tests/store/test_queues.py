"""The lists that cases are worked from: found in turn, counted to a limit, late as one case is, in as many statements for many."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from closed import SMALL
from office import ROLLING, Office
from statements import counted
from worlds import World

from grantengine.services.appoint import appoint
from grantengine.services.assign_case import assign_case
from grantengine.services.case_deadlines import due_of, promise_of_plan, today
from grantengine.services.change_call import change_call
from grantengine.services.erase_user import erase_user
from grantengine.services.give_cases import give_cases, preview_giving
from grantengine.services.keep_view import keep_view
from grantengine.services.list_cases import SHOWN, CaseList, Filter, list_cases
from grantengine.services.pinned import plan_of_call
from grantengine.services.see_office import see_office
from grantengine.services.stand_in import appoint_stand_in
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store import queues
from grantengine.store.late import Promise
from grantengine.store.queues import Today, Wanted
from grantengine.store.tables.decisions import Letter
from grantengine.store.tables.dialogue import ChangeRequest

UNPROMISED = "\n".join(line for line in SMALL.split("\n") if not line.startswith("  decided_by: "))


def pages(on: Office, call: str, chosen: Filter, limit: int) -> list[str]:
    """The ids of all pages, one after another."""
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page: CaseList = list_cases(on.engine, on.by(on.handler), call, chosen, after=after, limit=limit)
        found += [one.id for one in page.items]
        after = page.after
    return found


def test_cases_are_found_in_the_order_they_came_whatever_their_status(world: World) -> None:
    on = Office(world)
    call = on.call()
    cases = []
    for _ in range(3):
        cases += on.came(call, 10_000, 20_000)
        world.clock.turn(minutes=1)
    withdraw_application(on.engine, on.by(on.contact[cases[1]]), cases[1])
    assert pages(on, call, Filter(), 50) == pages(on, call, Filter(), 2) == cases
    assign_case(on.engine, on.by(on.handler), cases[4], on.handler, role="handler")
    mine = list_cases(on.engine, on.by(on.handler), call, Filter(owner="me")).items
    assert [(one.id, [id for id, _ in one.owners]) for one in mine] == [(cases[4], [on.handler])]
    assert pages(on, call, Filter(owner="none"), 2) == [*cases[:4], cases[5]]
    assert pages(on, call, Filter(statuses=("submitted", "granted"), owner="none"), 2) == [
        cases[0],
        *cases[2:4],
        cases[5],
    ]
    assert pages(on, call, Filter(words="LAG 3 vel"), 2) == []
    assert pages(on, call, Filter(words="lag 3"), 2) == cases[2:4]  # by its number, and by its name


@pytest.mark.parametrize("source", [ROLLING, SMALL, UNPROMISED], ids=["rolling", "window", "unpromised"])
def test_a_list_knows_what_is_late_as_one_case_does(world: World, source: str) -> None:
    on = Office(world, source)
    call = on.call()
    plain, paused, waits, told = on.came(call, 10_000, 20_000, 30_000, 40_000)
    at = world.clock()
    with on.engine.store.work(world.system) as work:
        for case, days, closed in ((paused, 3, 10), (paused, 12, 20), (waits, 5, None)):
            application = work.applications.get(case)
            assert application is not None
            request = ChangeRequest(
                id=work.new_id(), application_id=case, round_id="corrections", exchange=1,
                revision_id=application.revision_id or "", questions=["summary"], reason=None,
                due_at=at + timedelta(days=30), asked_by=on.handler, asked_at=at + timedelta(days=days),
                status="open" if closed is None else "answered",
                closed_at=None if closed is None else at + timedelta(days=closed, hours=5),
            )  # fmt: skip
            work.add(request)
            work.record("changes-asked", application)
        for mark in ("interim:2027-07-01", "interim:2027-08-01:passed", "interim:2027-05-20"):
            letter = Letter(
                id=work.new_id(), application_id=told, kind="interim", mark=mark, language="nb", html="", made_at=at
            )
            work.add(letter)
            work.record("interim-sent", letter)
    with on.engine.store.read() as reading:
        row = reading.schemes.call(call)
        assert row is not None
        promise = promise_of_plan(plan_of_call(on.engine, reading, row))
        ids = [plain, paused, waits, told]
        requests, marks = reading.queues.requests(ids), reading.queues.marks(ids)
        cases = reading.cases.by_ids(ids)
        seen = set()
        for after in range(0, 240, 8):
            now = today(at + timedelta(days=after))
            due = {id: due_of(promise, cases[id].submitted_at, requests[id], marks[id], now.at) for id in ids}
            late = [id for id in ids if (day := due[id]) is not None and day < now.day]
            soon = [id for id in ids if (day := due[id]) is not None and now.day <= day <= now.day + queues.SOON]
            for wanted, expected in (("overdue", late), ("soon", soon)):
                found = reading.queues.ids(call, Wanted(("submitted",), due=wanted), promise, now, limit=10)
                assert found == expected, (wanted, now.day, due)
            counts = reading.queues.counts({call: promise}, ["submitted"], now)[call]
            assert (counts["submitted"], counts["owner"], counts.get("overdue", 0)) == (4, 4, len(late))
            seen.add(len(late))
        assert 0 in seen
        assert len(seen) > 1


def test_nothing_is_counted_further_than_to_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    on = Office(world)
    call = on.call()
    on.came(call, *[10_000] * 5)
    monkeypatch.setattr(queues, "MOST_COUNTED", 3)
    with on.engine.store.read() as reading:
        now = Today(world.clock(), date(2027, 1, 1))
        assert reading.queues.counts({call: Promise(None, 20)}, ["submitted"], now)[call]["submitted"] == 3
        assert reading.queues.counts({}, ["submitted"], now) == {}


def test_lists_take_as_many_statements_for_many_cases_as_for_one(world: World) -> None:
    on = Office(world)
    call, by = on.call(), on.by(on.handler)
    taken = []
    for number in (1, 2, 5):
        ids = on.came(call, *[10_000 * (place + 1) for place in range(number)])
        reads = (
            lambda: list_cases(on.engine, by, call),
            lambda: see_office(on.engine, by),
            lambda ids=ids: preview_giving(on.engine, on.by(on.handler), call, "give", on.handler, cases=ids),
        )
        sent = []
        for read in reads:
            read()
            with counted(world) as statements:
                read()
            sent.append(len(statements))
        taken.append(sent)
        on.call()
        give_cases(on.engine, on.by(on.handler), call, "give", on.handler, cases=ids)
    assert taken == [[9, 11, 11]] * 3
    assert len(list_cases(on.engine, by, call).items) == 8


def test_many_are_given_in_as_many_transactions_as_one_and_told_in_one_message(world: World) -> None:
    on = Office(world)
    call = on.call()
    ids = on.came(call, *[10_000] * 6)
    other = world.handler(on.authority, "Hanne To")
    world.declare(call, other)
    assert len(give_cases(on.engine, on.by(on.handler), call, "give", other, cases=ids).done) == 6
    again = give_cases(on.engine, on.by(on.handler), call, "give", other, cases=[*ids, "none such"])
    assert [one.why for one in again.left_out] == ["has-it"] * 6
    assert len(world.messages(template="cases-assigned")) == 1
    all_of_them = preview_giving(on.engine, on.by(on.handler), call, "take", matching=Filter(owner=other))
    assert [one.id for one in all_of_them.done] == ids


def test_calls_of_those_who_stand_in_are_on_their_front_page_with_the_earliest_deadline_first(world: World) -> None:
    on = Office(world, SMALL)
    later, call = on.call(), on.call()
    [case] = on.came(later, 10_000)
    on.came(call, 10_000)
    later_closes = [{"op": "replace", "path": "/call/closes", "value": "2027-04-20T12:00"}]
    change_call(on.engine, on.by(on.handler), later, later_closes, reason="Flere rekker det")
    elsewhere = world.authority("bergen")
    [of_all, of_one] = [world.handler(elsewhere, name) for name in ("Stine", "Steinar")]
    leader = world.user("Leif")
    appoint(on.engine, world.system, authority_id=on.authority, user_id=leader, role="leader")
    world.declare(later, leader)
    for user, of in ((of_all, None), (of_one, case)):
        appoint_stand_in(
            on.engine, on.by(leader), later, user_id=user, role="handler", application_id=of, reason="Habilitet"
        )  # fmt: skip
    seen = {user: see_office(on.engine, on.by(user)) for user in (on.handler, of_all, of_one)}
    assert [one.id for one in seen[on.handler].calls] == [call, later]
    for user, lists in ((of_all, True), (of_one, False)):
        [mine] = seen[user].calls
        assert (mine.id, mine.lists, mine.one_case, bool(mine.counts)) == (later, lists, not lists, lists)
    first = see_office(on.engine, on.by(on.handler), limit=1)
    assert [one.id for one in see_office(on.engine, on.by(on.handler), after=first.after or "").calls] == [later]


def test_views_are_erased_with_the_account(world: World) -> None:
    on = Office(world)
    call = on.call()
    keep_view(on.engine, on.by(on.handler), call, name="Kari Nordmann haster", query="words=Kari")
    erase_user(on.engine, world.system, on.handler)
    with on.engine.store.read() as reading:
        assert reading.queues.views_of(on.handler) == []
    assert str(SHOWN[0]) == "unconfirmed"
