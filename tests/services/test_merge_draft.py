"""Several people and several windows write in one draft, on both databases: what each page changed is kept."""

from __future__ import annotations

from typing import Any

import pytest
from statements import counted
from worlds import World

from grantengine.errors import AnswersError, NotFoundError, NotPossibleError
from grantengine.form.merge import Clash, digest
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.merge_draft import MergedDraft, Written, merge_draft
from grantengine.services.read_draft import DraftPage, read_draft
from grantengine.services.revisions import list_revisions
from grantengine.services.withdraw_application import withdraw_application


class Writing:
    """Kari and Ola of one organisation write an application together."""

    def __init__(self, world: World) -> None:
        self.world, self.engine = world, world.engine
        self.kari, self.ola = world.user("Kari", "kari@example.org"), world.user("Ola", "ola@example.org")
        organisation = world.organisation(self.kari)
        self.id = world.draft(world.call(), organisation, self.kari)
        kari = world.by(self.kari)
        invite_member(self.engine, kari, organisation_id=organisation, email="ola@example.org", role="writer")
        accept_invitation(self.engine, world.by(self.ola), world.link("join", "ola@example.org"))

    def page(self, user: str) -> DraftPage:
        return read_draft(self.engine, self.world.by(user), self.id)

    def send(self, user: str, page: DraftPage, **answers: Any) -> MergedDraft:
        base = {name: digest(field, page.answers.get(name)) for name, field in page.plan.form.by_id.items()}
        return merge_draft(self.engine, self.world.by(user), self.id, lambda plan: Written(base, answers))


@pytest.fixture
def writing(world: World) -> Writing:
    return Writing(world)


def test_two_write_in_different_fields_at_the_same_time(writing: Writing) -> None:
    hers, his = writing.page(writing.kari), writing.page(writing.ola)
    writing.send(writing.kari, hers, members=12, summary=None)
    writing.world.clock.turn(minutes=2)
    merged = writing.send(writing.ola, his, members=None, summary="Språkkafé")
    assert (merged.answers, merged.clashes, merged.taken) == ({"members": 12, "summary": "Språkkafé"}, (), ("summary",))
    page = writing.page(writing.kari)
    assert (page.author, page.saved_at, page.version) == ("Ola", writing.world.clock(), 3)
    assert writing.page(writing.ola).author is None


def test_what_clashes_is_told_and_the_rest_is_kept(writing: Writing) -> None:
    hers, his = writing.page(writing.kari), writing.page(writing.ola)
    writing.send(writing.kari, hers, summary="Karis tekst")
    at = writing.world.clock()
    writing.world.clock.turn(minutes=1)
    merged = writing.send(writing.ola, his, summary="Olas tekst", members=7)
    assert merged.clashes == (Clash("summary", "Olas tekst", "Karis tekst"),)
    assert (merged.author, merged.written_at) == ("Kari", at)
    assert merged.answers == {"summary": "Karis tekst", "members": 7}
    again = writing.send(writing.ola, writing.page(writing.ola), summary="Begges tekst")
    assert (again.clashes, again.answers["summary"]) == ((), "Begges tekst")
    causes = [one.cause for one in list_revisions(writing.engine, writing.world.by(writing.kari), writing.id)]
    assert causes == ["author"], "what Kari had written is kept as it was"


def test_ones_own_other_window_is_nobody_else(writing: Writing) -> None:
    first, second = writing.page(writing.kari), writing.page(writing.kari)
    writing.send(writing.kari, first, members=1)
    merged = writing.send(writing.kari, second, members=2)
    assert (merged.author, merged.clashes) == (None, (Clash("members", 2, 1),))


def test_a_page_without_changes_writes_nothing(writing: Writing) -> None:
    page = writing.page(writing.kari)
    with counted(writing.world) as sent:
        merged = writing.send(writing.kari, page, members=None)
    assert (merged.version, merged.taken) == (1, ())
    assert [one for one in sent if one.startswith(("INSERT", "UPDATE"))] == []


def test_what_does_not_fit_is_kept_and_what_can_not_be_kept_changes_nothing(writing: Writing) -> None:
    page = writing.page(writing.kari)
    merged = writing.send(writing.kari, page, members="mange")
    assert [problem.where.pointer for problem in merged.problems] == ["/members"]
    with pytest.raises(AnswersError):
        writing.send(writing.kari, writing.page(writing.kari), members=4, summary="nul \0")
    with pytest.raises(AnswersError):
        writing.send(writing.kari, writing.page(writing.kari), members=4, unknown="x")
    assert writing.page(writing.kari).answers == {"members": "mange"}


def test_what_is_no_draft_any_more_is_not_written_on(writing: Writing) -> None:
    page = writing.page(writing.kari)
    withdraw_application(writing.engine, writing.world.by(writing.kari), writing.id)
    with pytest.raises(NotPossibleError):
        writing.send(writing.kari, page, members=4)
    with pytest.raises(NotPossibleError):
        writing.page(writing.kari)


def test_others_do_not_see_it(writing: Writing) -> None:
    page, stranger = writing.page(writing.kari), writing.world.user("Stranger")
    with pytest.raises(NotFoundError):
        writing.page(stranger)
    with pytest.raises(NotFoundError):
        writing.send(stranger, page, members=4)


def test_statements_of_the_page_and_of_a_save(writing: Writing) -> None:
    writing.send(writing.kari, writing.page(writing.kari), members=1)
    with counted(writing.world) as read:
        page = writing.page(writing.kari)
    with counted(writing.world) as saved:
        writing.send(writing.kari, page, members=2)
    assert (len(read), len(saved)) == (1, 6), "\n".join([*read, *saved])
