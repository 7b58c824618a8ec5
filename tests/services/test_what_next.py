"""What to do next: each thing with its minutes and deadline, and nothing that somebody else can see from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stage import Stage
from statements import counted
from worlds import ANSWERS, NUMBERS, World

from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.ask_changes import ask_changes
from grantengine.services.create_organisation import create_organisation
from grantengine.services.declare_interests import declare_interests
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.find_organisations import see_entry
from grantengine.services.host_organisation import ask_host, consent_as_host
from grantengine.services.invite_member import accept_invitation, invite_member, see_invitation
from grantengine.services.look_up_organisation import look_up_organisation
from grantengine.services.offer_slots import offer_slots
from grantengine.services.register_on_behalf import confirm_registered
from grantengine.services.save_draft import save_draft
from grantengine.services.see_registered import object_to_registered, see_registered
from grantengine.services.start_draft import start_draft
from grantengine.services.what_next import OwnPage, what_next


def kinds(page: OwnPage) -> list[str]:
    return [task.kind for task in page.tasks]


@pytest.fixture
def on(world: World) -> Stage:
    return Stage(world)


def test_someone_without_an_organisation_has_an_empty_page(on: Stage) -> None:
    page = what_next(on.engine, on.person())
    assert (page.tasks, page.organisations, page.applications.items) == ((), (), ())
    with pytest.raises(NotAllowedError):
        what_next(on.engine, on.anyone)


def test_a_draft_takes_fewer_minutes_the_more_is_written(on: Stage) -> None:
    case = on.draft()
    before = what_next(on.engine, case.by)
    [task] = [one for one in before.tasks if one.kind == "write"]
    assert task.due == datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
    save_draft(on.engine, case.by, case.id, 1, ANSWERS)
    [after] = [one for one in what_next(on.engine, case.by).tasks if one.kind == "write"]
    assert after.minutes < task.minutes
    assert after.minutes >= 5


def test_a_draft_that_came_too_late_is_nothing_to_do(on: Stage) -> None:
    case = on.draft()
    on.world.clock.turn(days=60)
    assert "write" not in kinds(what_next(on.engine, on.world.by(case.by.id or "")))


def test_what_is_due_first_stands_first(on: Stage) -> None:
    case = on.submitted()
    ask_changes(
        on.engine, on.handler, case.id, round_id="corrections", questions=["summary"], reason="Skriv mer",
        due="2027-01-27T23:59",
    )  # fmt: skip
    start_draft(on.engine, case.by, call_id=on.call, organisation_id=case.organisation)
    page = what_next(on.engine, case.by)
    assert kinds(page)[:2] == ["change", "write"]
    assert page.tasks[-1].kind == "contact"


def test_what_lacks_before_a_decision_and_partners_without_an_answer_are_told(on: Stage) -> None:
    case = on.submitted()
    on.partner(case)
    page = what_next(on.engine, case.by)
    found = {task.kind: task for task in page.tasks}
    assert found["complete"].minutes >= 1
    assert found["partners"].names == ("Biblioteket",)


def test_a_single_contact_is_told_until_there_are_two(on: Stage) -> None:
    by, email = on.person(), on.email()
    other, organisation = on.person(email), on.organisation(by)
    assert kinds(what_next(on.engine, by)) == ["contact"]
    invite_member(on.engine, by, organisation_id=organisation, email=email, role="contact")
    accept_invitation(on.engine, other, on.world.link("join", email))
    assert kinds(what_next(on.engine, by)) == []


def test_a_host_is_told_who_asks_until_it_has_answered(on: Stage) -> None:
    by, host_by = on.person(), on.person()
    number = on.number()
    organisation, _ = on.organisation(by), on.organisation(host_by, number=number)
    ask_host(on.engine, by, organisation_id=organisation, host_number=number)
    assert kinds(what_next(on.engine, host_by)) == ["host", "contact"]
    consent_as_host(on.engine, host_by, organisation)
    assert kinds(what_next(on.engine, host_by)) == ["contact"]


def test_a_time_to_meet_is_told_of_and_looks_like_none_to_those_who_would_be_refused(on: Stage) -> None:
    case, other = on.submitted(), on.submitted()
    offer_slots(on.engine, on.handler, on.call, "guidance", starts=["2027-01-25T18:00"], place="Rådhuset")
    assert "book" in kinds(what_next(on.engine, case.by))
    declare_interests(on.engine, on.handler, on.call, {case.organisation: "Fetter av lederen"})
    assert "book" not in kinds(what_next(on.engine, case.by))
    assert "complete" in kinds(what_next(on.engine, other.by))


def test_the_page_takes_as_many_statements_for_many_as_for_few(on: Stage) -> None:
    case = on.draft()
    what_next(on.engine, case.by)
    with counted(on.world) as few:
        what_next(on.engine, case.by)
    for _ in range(3):
        organisation = create_organisation(on.engine, case.by, name="Enda et lag")
        start_draft(on.engine, case.by, call_id=on.call, organisation_id=organisation)
    with counted(on.world) as many:
        page = what_next(on.engine, case.by)
    assert len(page.applications.items) == 4
    assert len(many) == len(few) <= 22


def test_the_list_goes_on_page_by_page_newest_first(on: Stage) -> None:
    case = on.draft()
    second = start_draft(on.engine, case.by, call_id=on.call, organisation_id=case.organisation)
    first_page = what_next(on.engine, case.by, limit=1)
    assert [one.id for one in first_page.applications.items] == [second]
    after = first_page.applications.after
    assert after is not None
    last = what_next(on.engine, case.by, after=after, limit=1).applications
    assert ([one.id for one in last.items], last.after) == ([case.id], None)


def test_an_invitation_can_be_read_before_it_is_accepted(on: Stage) -> None:
    by, email = on.person(), on.email()
    organisation = on.organisation(by)
    invite_member(on.engine, by, organisation_id=organisation, email=email, role="signatory")
    link = on.world.link("join", email)
    seen = see_invitation(on.engine, on.anyone, link)
    assert (seen.organisation_id, seen.role, seen.email, seen.state) == (organisation, "signatory", email, "open")
    accept_invitation(on.engine, on.person(email), link)
    assert see_invitation(on.engine, on.anyone, link).state == "used"
    with pytest.raises(NotFoundError):
        see_invitation(on.engine, on.anyone, "nonsense")


def test_the_entry_of_an_organisation_is_there_when_it_wants_to_be_found(on: Stage) -> None:
    by = on.person()
    organisation = on.organisation(by)
    assert see_entry(on.engine, by, organisation).id == organisation
    with pytest.raises(NotFoundError):
        see_entry(on.engine, on.anyone, organisation)
    edit_organisation(on.engine, by, organisation, 1, {"listed": True})
    assert see_entry(on.engine, on.anyone, organisation).name.startswith("Lag")


def test_a_number_is_looked_up_before_anything_is_made(on: Stage) -> None:
    by = on.person()
    assert look_up_organisation(on.engine, by, NUMBERS[1]).answered is False
    on.world.registered(NUMBERS[1], stiftelsesdato="2012-05-17", forretningsadresse={"kommunenummer": "4601"})
    says = look_up_organisation(on.engine, by, f" {NUMBERS[1][:3]} {NUMBERS[1][3:]}")
    assert (says.answered, says.is_active, says.name) == (True, True, "EN ENHET")
    assert (says.municipality, says.founded) == ("4601", 2012)
    create_organisation(on.engine, by, name="En enhet", number=NUMBERS[1])
    with pytest.raises(NotPossibleError) as refused:
        look_up_organisation(on.engine, by, NUMBERS[1])
    assert refused.value.code == "organisation-exists"


def test_what_was_written_down_is_read_and_found_wrong(on: Stage) -> None:
    case = on.registered()
    link = on.world.link("confirm", on.world.messages(template="confirm")[-1].address)
    seen = see_registered(on.engine, on.anyone, link)
    assert seen.paper is not None
    assert (seen.state, seen.paper.answers["members"]) == ("open", ANSWERS["members"])
    object_to_registered(on.engine, on.anyone, link, "Vi er 20, ikke 120")
    told = on.world.messages(template="registered-wrong")[-1]
    assert "Vi er 20, ikke 120" in told.body
    after = see_registered(on.engine, on.anyone, link)
    assert (after.state, after.paper) == ("used", None)
    with pytest.raises(NotPossibleError):
        object_to_registered(on.engine, on.anyone, link, "Og en gang til")
    assert kinds(what_next(on.engine, case.by))[0] == "confirm"


def test_what_was_confirmed_is_not_shown_by_its_old_link(on: Stage) -> None:
    on.registered()
    link = on.world.link("confirm", on.world.messages(template="confirm")[-1].address)
    confirm_registered(on.engine, By("link", None, on.world.clock()), secret=link)
    after = see_registered(on.engine, on.anyone, link)
    assert (after.state, after.paper) == ("confirmed", None)
