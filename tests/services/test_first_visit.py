"""From an organisation's first visit to a receipt, on both databases."""

import pytest
from worlds import ANSWERS, PASSWORD, World

from grantengine.errors import AnswersError, ConflictError
from grantengine.services.check_password import check_password
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application


def test_from_first_visit_to_receipt(world: World) -> None:
    engine = world.engine
    call = world.call()
    kari = world.user("Kari Nordmann", "kari@example.org")
    assert check_password(engine, world.anyone, "Kari@Example.org", PASSWORD) == kari
    organisation = world.organisation(kari)
    application = world.draft(call, organisation, kari)

    world.clock.turn(minutes=2)
    first = save_draft(engine, world.by(kari), application, 1, {"members": 120, "summary": "Språkkafé"})
    assert (first.version, first.problems) == (2, ())
    with pytest.raises(ConflictError) as conflict:
        save_draft(engine, world.by(kari), application, 1, {"members": 7})
    assert conflict.value.mine == {"members": 7}
    assert conflict.value.theirs == {"members": 120, "summary": "Språkkafé"}

    with pytest.raises(AnswersError) as lacking:
        submit_application(engine, world.by(kari), application, 2)
    assert {problem.params["field"] for problem in lacking.value.problems} >= {"municipality", "requested"}

    world.clock.turn(minutes=20)
    saved = save_draft(engine, world.by(kari), application, 2, ANSWERS)
    receipt = submit_application(engine, world.by(kari), application, saved.version)
    assert receipt.number == "2027/1"
    assert receipt.arrived == world.clock()
    assert receipt.to_complete == ("own_funding",)
    assert submit_application(engine, world.by(kari), application, saved.version) == receipt
    assert [one.cause for one in list_revisions(engine, world.by(kari), application)] == ["interval", "submitted"]
    assert compare_revisions(engine, world.by(kari), application, 1, 2) == ()
    [told] = world.messages("kari@example.org", "submitted")
    assert "2027/1" in told.body
