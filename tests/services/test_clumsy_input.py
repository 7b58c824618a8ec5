"""What people, forms and programs send by mistake is answered in words, and leaves everything as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from closed import COMMITTEE, closed, proposed
from factories import TODAY
from sqlalchemy.exc import IntegrityError
from stage import Stage
from worlds import ANSWERS, PASSWORD, WITH_FILE, World

from grantengine.errors import AnswersError, InputError, NotFoundError, NotPossibleError
from grantengine.services.allocate_call import allocate_call
from grantengine.services.appoint import appoint
from grantengine.services.attach_file import attach_file
from grantengine.services.case_paper import case_paper
from grantengine.services.change_call import change_call
from grantengine.services.change_proposal import set_by_hand
from grantengine.services.check_password import check_password
from grantengine.services.complete_application import complete_application
from grantengine.services.copy_application import copy_application
from grantengine.services.create_organisation import create_organisation
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.edit_user import edit_user
from grantengine.services.erase_user import erase_user
from grantengine.services.extend_deadline import extend_deadline
from grantengine.services.import_grants import import_grants
from grantengine.services.interim_reply import send_interim_replies
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.invite_partner import answer_as_partner, invite_partner, remind_partner, see_as_partner
from grantengine.services.letter_settings import change_letter_settings
from grantengine.services.read_application import read_application
from grantengine.services.record_resolution import record_resolution
from grantengine.services.register_on_behalf import register_on_behalf
from grantengine.services.register_user import register_user
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_appeal import submit_appeal
from grantengine.services.submit_application import submit_application
from grantengine.services.text_blocks import keep_text_block
from grantengine.services.verify_audit import verify_audit
from grantengine.services.verify_user import verify_user
from grantengine.services.withdraw_application import withdraw_application
from grantengine.services.write_reasons import write_reasons
from grantengine.store.tables.people import OrganisationRole

HALF = "Bydel \ud800 Vel"
"""A text with half a character, as a program makes it that cuts an emoji in two."""


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_half_a_character_is_told_in_words_wherever_it_was_written(world: World) -> None:
    kari, call = world.user(), world.call()
    draft = world.draft(call, world.organisation(kari), kari)
    for send in (
        lambda: create_organisation(world.engine, world.by(kari), name=HALF),
        lambda: read_application(world.engine, world.by(kari), HALF),
        lambda: withdraw_application(world.engine, world.by(kari), draft, reason=HALF),
        lambda: change_call(world.engine, world.by(world.made["handler"]), call, [], reason=HALF),
    ):
        with pytest.raises(InputError) as error:
            send()
        assert codes(error) == ["value-not-kept"]
    assert read_application(world.engine, world.by(kari), draft).status == "draft"


def test_a_link_or_an_id_with_a_null_sign_is_no_failure_of_the_database(world: World) -> None:
    kari = world.user()
    with pytest.raises((InputError, NotFoundError)):
        read_application(world.engine, world.by(kari), "a\0b")
    with pytest.raises(InputError) as error:
        register_user(world.engine, world.anyone, email="a\0b@example.org", name="Kari", password=PASSWORD)
    assert codes(error) == ["email-format"]


@pytest.mark.parametrize("email", [None, 7, ["kari@example.org"]])
def test_an_address_that_is_no_text(world: World, email: Any) -> None:
    with pytest.raises(InputError) as error:
        register_user(world.engine, world.anyone, email=email, name="Kari", password=PASSWORD)
    assert codes(error)[-1] == "email-format"


def test_a_year_that_is_no_number(world: World) -> None:
    kari = world.user()
    with pytest.raises(InputError) as error:
        create_organisation(world.engine, world.by(kari), name="Bydel Vel", founded="1999")  # type: ignore[arg-type]
    assert codes(error) == ["founded-range"]


def test_a_password_may_hold_whatever_can_be_sent(world: World) -> None:
    email, odd = "odd@example.org", PASSWORD + "\ud800\0🎉"
    register_user(world.engine, world.anyone, email=email, name="Kari", password=odd)
    id = verify_user(world.engine, world.anyone, world.link("verify", email), password=odd)
    assert check_password(world.engine, world.anyone, email, odd) == id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": None}, "name-length"),
        ({"name": 5}, "field-form"),
        ({"language": None}, "language-unknown"),
        ({"language": ["nb"]}, "field-form"),
    ],
)
def test_a_field_of_the_wrong_kind_is_told_of(world: World, changes: dict[str, Any], code: str) -> None:
    kari = world.user()
    organisation = world.organisation(kari)
    with pytest.raises(InputError) as error:
        edit_user(world.engine, world.by(kari), changes)
    assert codes(error)[0] == code
    with pytest.raises(InputError) as error:
        edit_organisation(world.engine, world.by(kari), organisation, 1, changes)
    assert codes(error)[0] == code


@pytest.mark.parametrize(
    "changes", [{"number": 974760673}, {"municipality": 301}, {"kind": None}, {"kind": ["person"]}]
)
def test_numbers_are_written_as_text(world: World, changes: dict[str, Any]) -> None:
    kari = world.user()
    organisation = world.organisation(kari, number=None)
    with pytest.raises(InputError) as error:
        edit_organisation(world.engine, world.by(kari), organisation, 1, changes)
    assert codes(error) == ["not-one-of" if "kind" in changes else "field-form"]


@pytest.mark.parametrize("answers", [None, 7, "x", ["members"], True])
def test_answers_that_are_no_answers(world: World, answers: Any) -> None:
    kari, call = world.user(), world.call()
    organisation = world.organisation(kari)
    draft, done = world.draft(call, organisation, kari), world.draft(call, organisation, kari)
    version = save_draft(world.engine, world.by(kari), done, 1, ANSWERS).version
    submit_application(world.engine, world.by(kari), done, version)
    for send in (
        lambda: save_draft(world.engine, world.by(kari), draft, 1, answers),
        lambda: complete_application(world.engine, world.by(kari), done, answers),
        lambda: register_on_behalf(
            world.engine, world.by(world.made["handler"]), call_id=call, organisation_id=organisation, channel="oral",
            answers=answers,
        ),
    ):  # fmt: skip
        with pytest.raises(AnswersError) as error:
            send()
        assert codes(error) == ["draft-not-json"]


def test_a_commit_that_is_refused_does_not_stand_in_the_way_of_the_next(world: World) -> None:
    kari = world.user()
    organisation = world.organisation(kari)
    stray = OrganisationRole(
        id=world.engine.new_id(), organisation_id=organisation, user_id="nobody", role="writer", since=world.clock()
    )

    def keep() -> None:
        with world.engine.store.work(world.system) as work:
            work.add(stray)
            work.record("member-joined", stray)

    with pytest.raises(IntegrityError):
        keep()
    assert edit_organisation(world.engine, world.by(kari), organisation, 1, {"name": "Nytt navn"}) == 2


def test_a_form_that_leaves_who_is_relieved_empty_relieves_nobody(world: World) -> None:
    kari = world.user()
    organisation = world.organisation(kari)
    invite_member(
        world.engine, world.by(kari), organisation_id=organisation, email="ola@example.org", role="writer", takes_over_from=""
    )  # fmt: skip
    assert world.link("join", "ola@example.org")


def test_a_writer_does_not_take_over_from_the_only_contact(world: World) -> None:
    kari, ola = world.user(), world.user("Ola", "ola@example.org")
    organisation = world.organisation(kari)
    invite_member(
        world.engine, world.by(kari), organisation_id=organisation, email="ola@example.org", role="writer",
        takes_over_from=kari,
    )  # fmt: skip
    with pytest.raises(NotPossibleError) as error:
        accept_invitation(world.engine, world.by(ola), world.link("join", "ola@example.org"))
    assert error.value.code == "last-contact"
    assert edit_organisation(world.engine, world.by(kari), organisation, 1, {"name": "Nytt navn"}) == 2


def test_nobody_finds_the_application_of_others_by_the_mark_of_their_request(world: World) -> None:
    kari, ola, call = world.user(), world.user("Ola"), world.call()
    theirs = world.organisation(ola, "Andre", number=None)
    mine = world.draft(call, world.organisation(kari), kari)
    start_draft(world.engine, world.by(ola), call_id=call, organisation_id=theirs, request_id="a1")
    with pytest.raises(NotFoundError) as error:
        copy_application(world.engine, world.by(kari), mine, call_id=call, request_id="a1")
    assert error.value.code == "organisation-not-found"


def test_a_partner_of_what_has_ended_is_not_reminded(world: World) -> None:
    kari, call = world.user(), world.call()
    draft = world.draft(call, world.organisation(kari), kari)
    partner = invite_partner(
        world.engine, world.by(kari), application_id=draft, name="Bibliotek", email="b@example.org"
    )
    withdraw_application(world.engine, world.by(kari), draft)
    with pytest.raises(NotPossibleError) as error:
        remind_partner(world.engine, world.by(kari), partner)
    assert error.value.code == "status-forbids"


def test_nobody_any_more_gets_no_role(world: World) -> None:
    kari, authority = world.user(), world.authority()
    erase_user(world.engine, world.by(kari), kari)
    with pytest.raises(NotFoundError) as error:
        appoint(
            world.engine, world.by(world.made["admin"]), authority_id=authority, user_id=kari, role="handler"
        )  # fmt: skip
    assert error.value.code == "user-not-found"


def test_a_file_that_is_needed_to_decide_comes_after_the_submission(world: World) -> None:
    source = WITH_FILE.replace("kind: attachment, optional: true", "kind: attachment, needed: to_decide")
    kari, call = world.user(), world.call(source)
    by = world.by(kari)
    draft = world.draft(call, world.organisation(kari), kari)
    submit_application(world.engine, by, draft, save_draft(world.engine, by, draft, 1, ANSWERS).version)
    with pytest.raises(AnswersError) as error:
        complete_application(world.engine, by, draft, {"budget_file": "no such file"})
    assert codes(error) == ["answer-no-such-file"]
    file = attach_file(
        world.engine, by, application_id=draft, question="budget_file", file_name="budsjett.txt", content=b"Leie 100"
    )
    receipt = complete_application(world.engine, by, draft, {"budget_file": file.id})
    assert receipt.to_complete == ("own_funding",)


def test_a_strand_that_the_call_does_not_have_is_told_before_anything_is_written(world: World) -> None:
    kari, call = world.user(), world.call()
    organisation = world.organisation(kari)
    with pytest.raises(NotPossibleError) as error:
        start_draft(world.engine, world.by(kari), call_id=call, organisation_id=organisation, strand="sør")
    assert error.value.params == {"got": "sør", "choices": []}
    draft = world.draft(call, organisation, kari)
    with pytest.raises(NotPossibleError) as error:
        copy_application(world.engine, world.by(kari), draft, call_id=call, strand="sør")
    assert error.value.code == "strand-unknown"


def test_a_deadline_that_can_not_be_read_is_shown_as_it_was_written(world: World) -> None:
    kari, call = world.user(), world.call()
    organisation = world.organisation(kari)
    for written in ("8. mars", "2027-03-28T02:30", "2027-10-31T02:30"):
        with pytest.raises(InputError) as error:
            extend_deadline(
                world.engine, world.by(world.made["handler"]), call_id=call, organisation_id=organisation, closes=written,
                reason="Sykdom",
            )  # fmt: skip
        assert f"«{written}»" in world.engine.registry.texts.problem(error.value.problems[0], "nb")


def test_whoever_decides_may_send_what_is_no_sum_no_day_no_list_and_no_text(world: World) -> None:
    on = Stage(world)
    there, told, engine = closed(on), closed(on, COMMITTEE), on.engine
    allocation, resolved, by = proposed(on, there), proposed(on, told), on.handler
    case = there.first.id

    def sent(odd: Any) -> tuple[Callable[[], object], ...]:
        return (
            lambda: allocate_call(engine, by, there.call, until=odd),
            lambda: set_by_hand(engine, by, allocation, case, odd, reason="Fordi"),
            lambda: set_by_hand(engine, by, allocation, case, "1", reason=odd),
            lambda: record_resolution(engine, by, resolved, committee="Utvalget", on=odd, reference="1"),
            lambda: record_resolution(engine, by, resolved, committee="Utvalget", on=TODAY, reference="1", changes={case: odd}),
            lambda: change_call(engine, by, there.call, odd, reason="Fordi"),
            lambda: change_call(engine, by, there.call, [], reason=odd),
            lambda: withdraw_application(engine, there.first.by, case, reason=odd),
            lambda: write_reasons(engine, by, case, notes=odd),
            lambda: write_reasons(engine, by, case, blocks=odd),
            lambda: write_reasons(engine, by, case, counterfactuals=odd),
            lambda: write_reasons(engine, by, case, conditions=odd),
            lambda: keep_text_block(engine, by, on.authority, "few", odd),
            lambda: keep_text_block(engine, by, on.authority, odd, {"nb": "Få", "nn": "Få"}),
            lambda: keep_text_block(engine, by, on.authority, "few", {"nb": "Få", "nn": "Få"}, grounds=odd),
            lambda: change_letter_settings(engine, on.admin, on.authority, appeal_body=odd if odd != {"a": 1} else {"nb": 1}),
            lambda: send_interim_replies(engine, by, there.call, expected=odd, reason="Mange har søkt"),
            lambda: submit_appeal(engine, by, case, "Nei", channel="oral", received=odd),
            lambda: case_paper(engine, by, resolved, recommendation=odd),
        )  # fmt: skip

    for odd in (7, 7.5, True, {"a": 1}, [[1]], b"x", HALF):
        for send in sent(odd):
            with pytest.raises(InputError) as error:
                send()
            assert "\ud800" not in "".join(engine.registry.texts.problem(one, "nb") for one in error.value.problems)
        with pytest.raises(NotFoundError) as unknown:
            allocate_call(engine, by, there.call, strand=odd)
        assert "\ud800" not in engine.registry.texts.problem(unknown.value.problem, "nb")


GRANT = {"organisation_number": "974760673", "scheme": "Integrering", "year": 2025, "amount": 50000}


@pytest.mark.parametrize(
    "row", [None, "x", {**GRANT, "year": "9" * 5000}, {**GRANT, "activity": {"a": 1}}, {**GRANT, "scheme": ["a"]}]
)
def test_a_row_that_is_no_grant_is_told_with_its_number(world: World, row: Any) -> None:
    authority = world.authority()
    with pytest.raises(InputError) as error:
        import_grants(world.engine, world.by(world.made["admin"]), authority, [GRANT, row])
    assert [problem.where.line for problem in error.value.problems] == [2]


def test_numbers_in_a_table_of_grants_are_kept_as_they_are_read_again(world: World) -> None:
    authority = world.authority()
    import_grants(
        world.engine, world.by(world.made["admin"]), authority, [{**GRANT, "municipality": 1103, "activity": 7}]
    )
    assert verify_audit(world.engine, world.system).findings == ()


def test_a_partner_may_send_its_sum_as_a_number(world: World) -> None:
    kari, call = world.user(), world.call()
    draft = world.draft(call, world.organisation(kari), kari)
    invite_partner(world.engine, world.by(kari), application_id=draft, name="Bibliotek", email="b@example.org")
    link = world.link("partner", "b@example.org")
    with pytest.raises(InputError):
        answer_as_partner(world.engine, world.anyone, link, "confirmed", person="Berit", amount=["x"])  # type: ignore[arg-type]
    answer_as_partner(world.engine, world.anyone, link, "confirmed", person="Berit", amount=12000)  # type: ignore[arg-type]
    assert see_as_partner(world.engine, world.anyone, link).amount == 1_200_000
