"""What a person sees before beginning: answers that are known, what can be copied, what is begun already."""

import pytest
from worlds import ANSWERS, EXAMPLE, World

from grantengine.errors import NotFoundError
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.open_call import open_call
from grantengine.services.prepare_draft import Proposed, prepare_draft
from grantengine.services.publish_scheme import publish_scheme
from grantengine.services.submit_application import submit_application


def test_what_the_profile_tells_is_proposed(world: World) -> None:
    call, kari = world.call(), world.user()
    organisation = world.organisation(kari)
    edit_organisation(world.engine, world.by(kari), organisation, 1, {"profile": {"members": 40, "about": "Vi"}})
    prepared = prepare_draft(world.engine, world.by(kari), call_id=call, organisation_id=organisation)
    assert prepared.proposed == (Proposed("members", 40, "profile"), Proposed("municipality", "0301", "profile"))
    assert (prepared.earlier, prepared.begun) == (None, ())
    assert prepared.opening.closes is not None
    with pytest.raises(NotFoundError):
        prepare_draft(world.engine, world.by(world.user("Per")), call_id=call, organisation_id=organisation)


def test_a_draft_begun_already_and_an_earlier_application_are_told_of(world: World) -> None:
    call, kari = world.call(), world.user("Kari")
    organisation = world.organisation(kari)
    application = world.draft(call, organisation, kari, ANSWERS)
    submit_application(world.engine, world.by(kari), application, 1)
    handler = world.by(world.made["handler"])
    again = open_call(world.engine, handler, publish_scheme(world.engine, handler, EXAMPLE))
    here = prepare_draft(world.engine, world.by(kari), call_id=call, organisation_id=organisation)
    assert [(one.number, one.status, one.by) for one in here.begun] == [("2027/1", "submitted", "Kari")]
    assert here.earlier is None
    there = prepare_draft(world.engine, world.by(kari), call_id=again, organisation_id=organisation)
    assert (there.begun, there.earlier) == ((), application)
