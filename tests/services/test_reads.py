"""A case as each may see it, and who of the authority has seen it."""

from __future__ import annotations

from datetime import date

import pytest
from tamper import examined
from worlds import ANSWERS, NUMBERS, WITH_FILE, World

from grantengine.errors import NotAllowedError, NotFoundError, StoreError
from grantengine.services.attach_file import attach_file, read_attachment
from grantengine.services.list_reads import list_reads
from grantengine.services.read_application import read_application
from grantengine.services.revisions import compare_revisions, list_revisions
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.store.database import Database


class Case:
    """A submitted application of Kari's, with a file; the handler has declared since."""

    def __init__(self, world: World) -> None:
        self.world, self.engine = world, world.engine
        call = world.call(WITH_FILE)
        self.kari = world.user("Kari", "kari@example.org")
        self.id = world.draft(call, world.organisation(self.kari), self.kari)
        by = world.by(self.kari)
        self.file = attach_file(
            self.engine, by, application_id=self.id, question="budget_file", file_name="b.txt", content=b"Leie"
        ).id
        save_draft(self.engine, by, self.id, 1, {"summary": "Et hemmelig første forsøk"}, keep=True)
        version = save_draft(self.engine, by, self.id, 2, {**ANSWERS, "budget_file": self.file}).version
        submit_application(self.engine, by, self.id, version)
        world.declare(call)
        self.handler = world.by(world.made["handler"])

    def read(self) -> list[tuple[str, str, str | None]]:
        """What the contact sees of who has read it: name, what, which."""
        found = list_reads(self.engine, self.world.by(self.kari), self.id)
        return [(one.name, one.what, one.subject) for one in found]


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def test_the_applicant_sees_the_case_with_its_draft(case: Case) -> None:
    seen = read_application(case.engine, case.world.by(case.kari), case.id)
    assert (seen.status, seen.status_words.key, seen.organisation) == ("submitted", "status.submitted", "Bydel Vel")
    assert (seen.to_complete, seen.decided_by, seen.revision) == (("own_funding",), date(2027, 5, 15), 2)
    assert seen.answers is not None
    assert seen.answers["summary"] == "Språkkafé hver uke"
    assert seen.draft is not None
    assert [one.id for one in seen.attachments] == [case.file]
    assert {one.failure is not None for one in seen.facts if one.values is None} == {True}
    assert case.read() == []


def test_a_handler_sees_what_was_handed_in_and_that_is_noted(case: Case) -> None:
    seen = read_application(case.engine, case.handler, case.id)
    assert (seen.draft, seen.revision) == (None, 2)
    assert [kept.place for kept in list_revisions(case.engine, case.handler, case.id)] == [2]
    assert compare_revisions(case.engine, case.handler, case.id, 2) == ()
    assert read_attachment(case.engine, case.handler, case.file)[1] == b"Leie"
    assert case.read() == [
        ("Hanne Handler", "application", None), ("Hanne Handler", "revision", None), ("Hanne Handler", "revision", "2-"),
        ("Hanne Handler", "attachment", case.file),
    ]  # fmt: skip
    assert examined(case.world).found == 0


def test_a_handler_does_not_see_the_steps_on_the_way(case: Case) -> None:
    with pytest.raises(NotFoundError, match="revision-not-found"):
        compare_revisions(case.engine, case.handler, case.id, 1)
    with pytest.raises(NotFoundError, match="revision-not-found"):
        compare_revisions(case.engine, case.handler, case.id, 2, 1)
    mine = list_revisions(case.engine, case.world.by(case.kari), case.id)
    assert [kept.place for kept in mine] == [1, 2]
    assert case.read() == []


def test_a_handler_does_not_see_what_is_not_submitted(case: Case) -> None:
    ola = case.world.user("Ola")
    other = case.world.organisation(ola, "Grenda Vel", NUMBERS[1])
    with case.engine.store.read() as reading:
        application = reading.applications.get(case.id)
        assert application is not None
    id = case.world.draft(application.call_id, other, ola)
    with pytest.raises(NotFoundError, match="application-not-found"):
        read_application(case.engine, case.handler, id)
    with pytest.raises(NotFoundError, match="application-not-found"):
        read_application(case.engine, case.world.by(case.kari), id)


def test_what_can_not_be_noted_is_not_shown(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with case.engine.store.database.engine.begin() as connection:
        connection.exec_driver_sql("alter table personal_reads rename to gone")
    for read in (
        lambda: read_application(case.engine, case.handler, case.id),
        lambda: read_attachment(case.engine, case.handler, case.file),
        lambda: list_revisions(case.engine, case.handler, case.id),
        lambda: compare_revisions(case.engine, case.handler, case.id, 2),
    ):
        with pytest.raises(StoreError, match="store-not-set-up"):
            read()
    assert read_application(case.engine, case.world.by(case.kari), case.id).number
    assert isinstance(case.engine.store.database, Database)


def test_who_has_read_is_for_contacts_and_administrators(case: Case) -> None:
    read_application(case.engine, case.handler, case.id)
    admin = case.world.by(case.world.made["admin"])
    first = list_reads(case.engine, admin, case.id)
    assert [one.user_id for one in first] == [case.handler.id]
    assert list_reads(case.engine, admin, case.id, after=first[0].id) == []
    with pytest.raises(NotAllowedError, match="role-needed"):
        list_reads(case.engine, case.handler, case.id)
    with pytest.raises(NotFoundError, match="application-not-found"):
        list_reads(case.engine, case.world.by(case.world.user("Fremmed")), case.id)
