"""How decisions are told: reasons, letters, replies that it takes longer, appeals; stories of handlers and applicants."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest
from closed import COMMITTEE, SMALL
from tamper import examined
from worlds import ANSWERS, World

from grantengine import CaseView, Message, bootstrap, hookimpl
from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.allocate_call import allocate_call
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.appoint import appoint
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.case_answers import plan_of_allocation
from grantengine.services.case_paper import case_paper
from grantengine.services.change_call import change_call
from grantengine.services.change_proposal import set_by_hand
from grantengine.services.create_authority import create_authority
from grantengine.services.create_organisation import create_organisation
from grantengine.services.erase_application import erase_application
from grantengine.services.give_back import decline_grant
from grantengine.services.interim_reply import remind_of_slipped, send_interim_replies
from grantengine.services.letter_settings import change_letter_settings, read_letter_settings
from grantengine.services.list_reads import list_reads
from grantengine.services.proposals import evaluated
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.run_jobs import Ran, run_jobs
from grantengine.services.see_letter import list_letters, preview_letter, read_letter
from grantengine.services.send_letters import Sent, send_letters
from grantengine.services.submit_appeal import list_appeals, submit_appeal
from grantengine.services.submit_application import submit_application
from grantengine.services.text_blocks import keep_text_block, list_text_blocks, remove_text_block
from grantengine.services.withdraw_application import withdraw_application
from grantengine.services.write_reasons import see_reasons, write_reasons
from grantengine.store.tables.decisions import Letter
from grantengine.store.tables.dialogue import ChangeRequest

ROLLING = (
    SMALL.replace("intake: window", "intake: rolling").replace("  decided_by: 2027-05-15\n", "  answer_days: 20\n")
    .replace("closes: 2027-03-01T23:59 ", "").replace(", closes: call.closes", "")
)  # fmt: skip
BY_AUTHORITY = SMALL.replace("body: aid", "body: by_authority")


class Story:
    """A call that has closed. «Nord» gets what it asks for, there is no room for «Vel», «Fonn» writes nynorsk and gets
    what it asks for, and «Få» has too few members.
    """

    def __init__(self, world: World, source: str = SMALL) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(source)
        self.authority = world.made["imdi"]
        self.cases: dict[str, str] = {}
        self.people: dict[str, str] = {}
        for name, sum, share, members, language in (
            ("Nord Kultur", 300_000, 0.9, 120, "nb"), ("Bydel Vel", 250_000, 0.8, 120, "nb"),
            ("Fonn Musikklag", 200_000, 0.7, 120, "nn"), ("Få Venner", 100_000, 0.6, 3, "nb"),
        ):  # fmt: skip
            self.apply(name, language, requested=str(sum), target_group_share=share, members=members)
        self.guro = world.user("Guro Godkjenner")
        admin = world.by(world.made["admin"])
        appoint(self.engine, admin, authority_id=self.authority, user_id=self.guro, role="approver")
        world.clock.turn(days=60)  # 21 March 2027, a Sunday
        world.declare(self.call, world.made["handler"], self.guro)

    def apply(self, name: str, language: str = "nb", **answers: Any) -> None:
        world, short = self.world, name.split(maxsplit=1)[0]
        person = world.user(f"Kontakt i {name}")
        by = world.by(person)
        organisation = create_organisation(self.engine, by, name=name, municipality="0301", language=language)
        id = world.draft(self.call, organisation, person, {**ANSWERS, "own_funding": "0", **answers})
        submit_application(self.engine, by, id, 1)
        self.cases[short], self.people[short] = id, person

    @property
    def handler(self) -> By:
        return self.world.by(self.world.made["handler"])

    @property
    def second(self) -> By:
        return self.world.by(self.guro)

    def of(self, name: str) -> By:
        """The contact of an applicant, now."""
        return self.world.by(self.people[name])

    def decided(self) -> str:
        """The proposal, decided."""
        allocation = allocate_call(self.engine, self.handler, self.call)
        approve_allocation(self.engine, self.second, allocation)
        return allocation

    def sent(self) -> str:
        """The proposal, decided and told."""
        allocation = self.decided()
        assert publish_decisions(self.engine, self.second, allocation) == 4
        assert run_jobs(self.engine, self.world.system) == Ran(1, 0)
        return allocation

    def letter(self, name: str) -> str:
        """The last letter that an applicant has got, as text."""
        last = list_letters(self.engine, self.of(name), self.cases[name])[-1]
        return text(read_letter(self.engine, self.of(name), last.id).html)

    def letters(self) -> dict[str, list[str]]:
        """The kinds of the letters of each."""
        found = {name: list_letters(self.engine, self.of(name), id) for name, id in self.cases.items()}
        return {name: [one.kind for one in letters] for name, letters in found.items()}

    def status(self) -> list[str]:
        with self.engine.store.read() as reading:
            found = [reading.applications.get(id) for id in self.cases.values()]
        return [one.status for one in found if one is not None]

    def mails(self, template: str) -> int:
        return len(self.world.messages(template=template))


def text(html: str) -> str:
    """A page as its reader hears it."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


@pytest.fixture
def told(world: World) -> Story:
    return Story(world)


def plugin(hook: str, implementation: Callable[..., Any]) -> ModuleType:
    implementation.__name__ = hook
    made = ModuleType("mine")
    made.__dict__[hook] = hookimpl(implementation)
    return made


def test_each_applicant_is_told_once_what_was_decided_and_why(told: Story) -> None:
    allocation = told.sent()
    assert told.status() == ["granted", "refused", "granted", "refused"]
    assert told.letters() == {name: ["decision"] for name in told.cases}
    nord, vel, fonn, few = (told.letter(name) for name in told.cases)
    assert "Dere får 300 000 kr" in nord
    assert "Bydel Vel" in vel
    assert "Dere er nummer 1 på reservelisten" in vel
    assert "De får 200 000 kr" in fonn
    assert "Organisasjonen må ha minst fem medlemmer." in few
    for letter in (nord, vel, fonn, few):
        others = [name for name in ("Nord Kultur", "Bydel Vel", "Fonn Musikklag", "Få Venner") if name not in letter]
        assert len(others) == 3
    # Sunday 21 March and three weeks: Sunday 11 April, so Monday the 12th is the last day.
    assert "12. april 2027" in vel
    (kept,) = list_letters(told.engine, told.of("Bydel"), told.cases["Bydel"])
    assert (kept.language, kept.appeal_until) == ("nb", datetime(2027, 4, 12, 22, tzinfo=UTC))
    assert told.mails("decision-letter") == 4
    body = told.world.messages(template="decision-letter")[0].body
    assert "Nord" not in body
    assert "Kontakt" not in body
    assert publish_decisions(told.engine, told.second, allocation) == 0
    assert send_letters(told.engine, told.world.system, allocation) == Sent(0, 0)
    assert told.mails("decision-letter") == 4
    assert examined(told.world).found == 0


def test_what_is_granted_is_an_earlier_grant_from_then_on(told: Story) -> None:
    told.sent()
    with told.engine.store.read() as reading:
        application = reading.applications.get(told.cases["Nord"])
        assert application is not None
        ((grant, authority),) = reading.grants.of(application.organisation_id, None)
        organisation = application.organisation_id
    assert (authority, grant.scheme, grant.year, grant.amount) == ("imdi", "imdi-integration-work", 2027, 300_000_00)
    decline_grant(told.engine, told.of("Nord"), told.cases["Nord"])
    with told.engine.store.read() as reading:
        assert reading.grants.of(organisation, None) == []
    assert examined(told.world).found == 0


def test_what_is_asked_for_each_year_does_not_stand_beside_what_is_given_in_all(world: World) -> None:
    told = Story(world, SMALL.replace("budget: 500 000 NOK", "budget: {2027: 300 000 NOK, 2028: 200 000 NOK}"))
    allocation = allocate_call(told.engine, told.handler, told.call)
    set_by_hand(told.engine, told.handler, allocation, told.cases["Nord"], "50000", reason="Til leie")
    draft = text(preview_letter(told.engine, told.handler, told.cases["Nord"]))
    assert "Dere får 100 000 kr i tilskudd" in draft
    assert "300 000" not in draft


def test_letters_wait_until_someone_without_ties_asks_for_them(told: Story) -> None:
    allocation = allocate_call(told.engine, told.handler, told.call)
    with pytest.raises(NotPossibleError, match="allocation-not-decided"):
        publish_decisions(told.engine, told.second, allocation)
    approve_allocation(told.engine, told.second, allocation)
    with pytest.raises(NotFoundError, match="allocation-not-found"):
        publish_decisions(told.engine, told.of("Nord"), allocation)
    with pytest.raises(NotAllowedError, match="system-only"):
        send_letters(told.engine, told.handler, allocation)
    assert told.letters() == {name: [] for name in told.cases}


def test_a_job_that_is_stopped_anywhere_sends_the_rest_when_it_runs_again(told: Story) -> None:
    allocation = told.decided()

    class Killed(Exception):
        pass

    def stop(done: int, steps: int | None) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        send_letters(told.engine, told.world.system, allocation, progress=stop)
    assert sorted(told.status()) == ["decided", "decided", "granted", "refused"]
    assert send_letters(told.engine, told.world.system, allocation) == Sent(2, 0)
    assert [len(kinds) for kinds in told.letters().values()] == [1] * 4
    assert told.mails("decision-letter") == 4


def test_two_workers_at_once_tell_each_once(told: Story) -> None:
    allocation = told.decided()
    ready = Barrier(2)

    def work() -> int:
        ready.wait()
        return send_letters(told.engine, told.world.system, allocation).sent

    with ThreadPoolExecutor(2) as pool:
        assert sum(one.result() for one in [pool.submit(work), pool.submit(work)]) == 4
    assert told.letters() == {name: ["decision"] for name in told.cases}
    assert told.mails("decision-letter") == 4
    assert examined(told.world).found == 0


def test_one_that_a_plugin_stops_does_not_stop_the_others(told: Story) -> None:
    allocation = told.decided()
    number = told.cases["Fonn"]

    def check(case: CaseView, verb: str) -> Message | None:
        return Message("mine.no-account") if (case.id, verb) == (number, "grant") else None

    environment = {"GRANTENGINE_DATABASE_URL": told.engine.settings.database_url}
    engine = bootstrap(
        environment, now=told.world.clock, extra_plugins=[("mine", plugin("grantengine_transition_check", check))]
    )
    assert send_letters(engine, told.world.system, allocation) == Sent(3, 1)
    engine.store.database.close()
    assert told.status() == ["granted", "refused", "decided", "refused"]
    (mail,) = told.world.messages(template="letter-stopped")
    assert "mine.no-account" in mail.body
    assert send_letters(told.engine, told.world.system, allocation) == Sent(1, 0)


def test_who_withdraws_before_the_letter_gets_none(told: Story) -> None:
    allocation = told.decided()
    withdraw_application(told.engine, told.of("Nord"), told.cases["Nord"])
    assert send_letters(told.engine, told.world.system, allocation) == Sent(3, 0)
    assert told.letters()["Nord"] == []


def test_where_another_case_has_been_erased_the_others_are_told_without_what_they_lacked_to_it(told: Story) -> None:
    allocation = told.decided()
    withdraw_application(told.engine, told.of("Nord"), told.cases["Nord"])
    few, vel = told.cases["Få"], told.cases["Bydel"]
    assert [one.id for one in see_reasons(told.engine, told.handler, vel).offered] == ["points"]
    admin = told.world.by(told.world.made["admin"])
    erase_application(told.engine, admin, told.cases["Nord"], "Søkeren ba om det")
    assert see_reasons(told.engine, told.handler, vel).offered == ()
    assert [one.id for one in see_reasons(told.engine, told.handler, few).offered] == ["rule:enough-members"]
    assert send_letters(told.engine, told.world.system, allocation) == Sent(3, 0)
    assert "Dere er nummer 1 på reservelisten" in told.letter("Bydel")


def test_a_handler_writes_reasons_from_what_there_is(told: Story) -> None:
    few, engine = told.cases["Få"], told.engine
    keep_text_block(engine, told.handler, told.authority, "members", {"nb": "Verv flere.", "nn": "Verv fleire."})
    keep_text_block(
        engine, told.handler, told.authority, "money", {"nb": "Mange søkte.", "nn": "Mange søkte."},
        grounds=["does not fit", "budget used"],
    )  # fmt: skip
    assert see_reasons(engine, told.handler, few).ground is None
    allocate_call(engine, told.handler, told.call)
    seen = see_reasons(engine, told.handler, few)
    assert (seen.ground, seen.granted, seen.decided, seen.note) == ("not eligible", 0, False, None)
    assert [block.key for block in seen.fitting] == ["members"]
    (change,) = seen.offered
    assert (change.id, change.change.today, change.change.value) == ("rule:enough-members", "3", "5")
    write_reasons(
        engine, told.handler, few, note="Et fint tiltak.", blocks=["members"], counterfactuals=[change.id],
        conditions=["Et vilkår"],
    )  # fmt: skip
    draft = text(preview_letter(engine, told.handler, few))
    assert draft.count("Utkast") == 1
    for words in ("Et fint tiltak.", "Verv flere.", "5"):
        assert words in draft
    assert "Et vilkår" not in draft  # of a grant only
    again = see_reasons(engine, told.handler, few)
    assert (again.note, again.blocks, again.counterfactuals) == (
        seen.note or "Et fint tiltak.",
        ("members",),
        (change.id,),
    )


def test_reasons_are_checked(told: Story) -> None:
    allocate_call(told.engine, told.handler, told.call)
    with pytest.raises(InputError) as error:
        write_reasons(
            told.engine, told.handler, told.cases["Bydel"], note="Bedre enn FONN  musikklags plan.",
            notes={"beauty": "Pent", "reach": "Når Nord Kultur"}, blocks=["none"], counterfactuals=["rule:enough-members"],
        )  # fmt: skip
    assert [(one.code, one.where.pointer) for one in error.value.problems] == [
        ("unknown-criterion", "/notes/beauty"), ("text-block-unknown", "/blocks"),
        ("counterfactual-not-offered", "/counterfactuals"), ("names-another-applicant", "/note"),
        ("names-another-applicant", "/notes/reach"),
    ]  # fmt: skip
    assert error.value.problems[3].params["names"] == ["Fonn Musikklag"]
    write_reasons(told.engine, told.handler, told.cases["Bydel"], note="Bydel Vel er best.")
    with pytest.raises(NotAllowedError, match="role-needed"):
        write_reasons(told.engine, told.of("Bydel"), told.cases["Bydel"], note="Nei")


def test_reasons_are_written_until_the_letter_has_gone(told: Story) -> None:
    allocation = told.decided()
    write_reasons(told.engine, told.handler, told.cases["Nord"], note="Godt.", conditions=["Send budsjett"])
    send_letters(told.engine, told.world.system, allocation)
    letter = told.letter("Nord")
    assert "Send budsjett" in letter
    assert "Utkast" not in letter
    with pytest.raises(NotPossibleError, match="reasons-closed"):
        write_reasons(told.engine, told.handler, told.cases["Nord"], note="Bedre.")
    with pytest.raises(NotPossibleError, match="nothing-to-tell"):
        preview_letter(told.engine, told.handler, told.cases["Nord"])


def test_who_moves_up_from_the_reserve_is_told_anew_and_not_by_old_reasons(told: Story) -> None:
    allocation = told.decided()
    vel = told.cases["Bydel"]
    write_reasons(told.engine, told.handler, vel, note="Pengene rakk ikke.")
    send_letters(told.engine, told.world.system, allocation)
    told.world.clock.turn(days=5)
    decline_grant(told.engine, told.of("Nord"), told.cases["Nord"])
    reserve = allocate_reserve(told.engine, told.handler, told.call)
    assert see_reasons(told.engine, told.handler, vel).note is None
    approve_allocation(told.engine, told.second, reserve)
    # Who has had an answer is not told that it is late.
    assert send_interim_replies(told.engine, told.handler, told.call, expected=None, reason="Mange har søkt") == 0
    assert publish_decisions(told.engine, told.second, allocation) == 0
    assert publish_decisions(told.engine, told.second, reserve) == 1
    assert run_jobs(told.engine, told.world.system) == Ran(1, 0)
    assert told.letters()["Bydel"] == ["decision", "decision"]
    last = told.letter("Bydel")
    assert "Dere får 250 000 kr" in last
    assert "Pengene rakk ikke" not in last


def test_a_reason_of_a_hand_move_that_names_another_is_not_told(told: Story) -> None:
    allocation = allocate_call(told.engine, told.handler, told.call)
    set_by_hand(told.engine, told.handler, allocation, told.cases["Nord"], "200000", reason="Bydel Vel trenger det mer")
    set_by_hand(told.engine, told.handler, allocation, told.cases["Fonn"], "150000", reason="Dyr leige")
    assert "Bydel Vel" not in text(preview_letter(told.engine, told.handler, told.cases["Nord"]))
    fonn = text(preview_letter(told.engine, told.handler, told.cases["Fonn"]))
    assert "De får 150 000 kr i tilskot av dei 200 000 kr de søkte om" in fonn
    assert "Dyr leige" in fonn


def test_text_blocks_are_kept_by_key_in_both_norwegians(told: Story) -> None:
    engine, by = told.engine, told.handler
    with pytest.raises(InputError) as error:
        keep_text_block(engine, by, told.authority, "Store", {"nb": "Ja"}, grounds=["sold out"])
    assert [one.code for one in error.value.problems] == ["block-key-format", "block-language-missing", "not-one-of"]
    keep_text_block(engine, by, told.authority, "few", {"nb": "En", "nn": "Ein"})
    keep_text_block(engine, by, told.authority, "few", {"nb": "To", "nn": "To", "en": "Two"}, grounds=["not rated"])
    (block,) = list_text_blocks(engine, by, told.authority)
    assert (block.key, block.words["en"], block.grounds) == ("few", "Two", ("not rated",))
    remove_text_block(engine, by, told.authority, "few")
    remove_text_block(engine, by, told.authority, "few")
    assert list_text_blocks(engine, by, told.authority) == ()
    with pytest.raises(NotFoundError, match="text-block-unknown"):
        remove_text_block(engine, by, told.authority, "many")
    with pytest.raises(NotAllowedError, match="role-needed"):
        list_text_blocks(engine, told.second, told.authority)


def test_an_appeal_goes_to_the_authority_that_the_scheme_names(told: Story) -> None:
    create_authority(told.engine, told.world.system, key="aid", name={"nb": "Klageorganet", "nn": "Klageorganet"})
    allocate_call(told.engine, told.handler, told.call)
    assert "Klageorganet" in text(preview_letter(told.engine, told.handler, told.cases["Bydel"]))


def test_letters_say_what_the_authority_has_set(world: World) -> None:
    told = Story(world, BY_AUTHORITY)
    allocate_call(told.engine, told.handler, told.call)
    before = text(preview_letter(told.engine, told.handler, told.cases["Bydel"]))
    assert "§" not in before
    admin = told.world.by(told.world.made["admin"])
    with pytest.raises(NotAllowedError, match="role-needed"):
        change_letter_settings(told.engine, told.handler, told.authority)
    change_letter_settings(
        told.engine, admin, told.authority, appeal_section="forvaltningsloven § 28", email="Post@imdi.example",
        phone="22 33 44 55", appeal_body={"nb": "Departementet", "nn": "Departementet"},
    )  # fmt: skip
    after = text(preview_letter(told.engine, told.handler, told.cases["Bydel"]))
    for words in ("forvaltningsloven § 28", "post@imdi.example", "22334455", "Departementet"):
        assert words in after
    change_letter_settings(told.engine, admin, told.authority, phone="22334455")
    kept = read_letter_settings(told.engine, told.handler, told.authority)
    assert (kept.sections.appeal_section, kept.phone, dict(kept.appeal_body)) == (None, "22334455", {})


def test_letters_are_for_their_readers_and_reads_are_kept(told: Story) -> None:
    told.sent()
    (letter,) = list_letters(told.engine, told.of("Nord"), told.cases["Nord"])
    with pytest.raises(NotFoundError, match="letter-not-found"):
        read_letter(told.engine, told.of("Bydel"), letter.id)
    with pytest.raises(NotFoundError, match="application-not-found"):
        list_letters(told.engine, told.of("Bydel"), told.cases["Nord"])
    office, own = (read_letter(told.engine, by, letter.id) for by in (told.handler, told.of("Nord")))
    assert (office.html, office.own, own.own) == (own.html, False, True)
    assert [(one.what, one.subject) for one in list_reads(told.engine, told.of("Nord"), told.cases["Nord"])] == [
        ("letter", letter.id)
    ]
    # What can not be changed can be erased.
    with told.engine.store.work(told.world.system) as work:
        row = work.session.get_one(Letter, letter.id)
        row.html = None
        work.record("letter-erased", row)
    with pytest.raises(NotFoundError, match="letter-erased"):
        read_letter(told.engine, told.of("Nord"), letter.id)


def test_everyone_who_waits_is_told_once_of_a_new_date(told: Story) -> None:
    new = date(2027, 6, 15)
    allocate_call(told.engine, told.handler, told.call)
    assert send_interim_replies(told.engine, told.handler, told.call, expected=new, reason="Mange har søkt") == 4
    assert send_interim_replies(told.engine, told.handler, told.call, expected=new, reason="Mange har søkt") == 0
    letter = told.letter("Fonn")
    for words in ("Mange har søkt", "15. juni 2027", "15. mai 2027"):
        assert words in letter
    later = date(2027, 7, 1)
    assert send_interim_replies(told.engine, told.handler, told.call, expected=later, reason="Sykdom") == 4
    assert told.mails("interim-reply") == 8
    assert examined(told.world).found == 0
    with pytest.raises(InputError) as error:
        send_interim_replies(told.engine, told.handler, told.call, expected=date(2027, 1, 1), reason="")
    assert [one.code for one in error.value.problems] == ["reason-missing", "date-behind"]
    with pytest.raises(InputError) as names:
        send_interim_replies(told.engine, told.handler, told.call, expected=None, reason="Bydel Vel tok tid")
    assert [one.code for one in names.value.problems] == ["names-another-applicant"]


def test_when_the_promised_day_has_passed_each_is_told_once(told: Story) -> None:
    assert remind_of_slipped(told.engine, told.world.system) == 0
    told.world.clock.at = datetime(2027, 5, 15, 20, tzinfo=UTC)
    assert remind_of_slipped(told.engine, told.world.system) == 0
    told.world.clock.turn(days=1)
    assert remind_of_slipped(told.engine, told.world.system) == 4
    assert told.mails("answer-slipped") == 1
    assert "Vi vet ikke ennå når svaret kommer" in told.letter("Bydel")
    told.world.clock.turn(days=1)
    assert remind_of_slipped(told.engine, told.world.system) == 0
    new = date(2027, 6, 1)
    assert send_interim_replies(told.engine, told.handler, told.call, expected=new, reason="Mange har søkt") == 4
    told.world.clock.turn(days=10)
    assert remind_of_slipped(told.engine, told.world.system) == 0
    told.world.clock.turn(days=10)
    assert remind_of_slipped(told.engine, told.world.system) == 4
    told.decided()
    told.world.clock.turn(days=90)
    assert remind_of_slipped(told.engine, told.world.system) == 0
    assert [len(kinds) for kinds in told.letters().values()] == [3] * 4


def test_a_call_that_is_changed_to_a_later_answer_tells_of_it(told: Story) -> None:
    change = [{"op": "replace", "path": "/call/decided_by", "value": "2027-06-20"}]
    change_call(told.engine, told.handler, told.call, change, reason="Vi er få")
    assert run_jobs(told.engine, told.world.system) == Ran(1, 0)
    letter = told.letter("Nord")
    for words in ("Vi er få", "20. juni 2027", "15. mai 2027"):
        assert words in letter
    earlier = [{"op": "replace", "path": "/call/decided_by", "value": "2027-06-10"}]
    change_call(told.engine, told.handler, told.call, earlier, reason="Vi ble flere")
    assert run_jobs(told.engine, told.world.system) == Ran(0, 0)
    assert told.letters() == {name: ["interim"] for name in told.cases}


def test_where_applications_come_at_any_time_each_has_a_day_of_its_own(world: World) -> None:
    told = Story(world, ROLLING)
    # Fonn was asked for something for half of the sixty days, and is asked again.
    with told.engine.store.work(world.system) as work:
        application = work.applications.get(told.cases["Fonn"])
        assert application is not None
        start = application.submitted_at
        assert start is not None
        for exchange, since, until in ((1, 5, 35), (2, 40, None)):
            asked = start + timedelta(days=since)
            work.add(
                ChangeRequest(
                    id=work.new_id(), application_id=application.id, round_id="dialogue", exchange=exchange,
                    revision_id=application.revision_id or "", questions=["summary"], reason="Skriv mer",
                    due_at=asked + timedelta(days=30), asked_by=world.made["handler"], asked_at=asked,
                    status="answered" if until else "open", closed_at=start + timedelta(days=until) if until else None,
                )
            )  # fmt: skip
        work.record("ask-changes", application)
    assert remind_of_slipped(told.engine, world.system) == 3
    assert told.letters() == {name: [] if name == "Fonn" else ["interim"] for name in told.cases}
    assert "9. februar 2027" in told.letter("Nord")


def test_an_appeal_is_received_once_and_told_to_both(told: Story) -> None:
    nord, engine = told.cases["Nord"], told.engine
    with pytest.raises(NotPossibleError, match="no-decision-letter"):
        submit_appeal(engine, told.of("Nord"), nord, "Vi trenger mer")
    told.sent()
    told.world.clock.turn(days=22)
    receipt = submit_appeal(engine, told.of("Nord"), nord, "Vi trenger mer")
    assert (receipt.in_time, receipt.until) == (True, date(2027, 4, 12))
    told.world.clock.turn(days=1)
    assert submit_appeal(engine, told.of("Nord"), nord, " Vi trenger mer\n") == receipt
    assert "Klagen deres kom til oss 12. april 2027. Den kom i tide" in text(
        read_letter(engine, told.of("Nord"), receipt.letter_id).html
    )
    assert (told.mails("appeal-receipt"), told.mails("appeal-came")) == (1, 1)
    late = submit_appeal(engine, told.of("Bydel"), told.cases["Bydel"], "Vi også")
    assert not late.in_time
    assert "Den kom for sent" in told.letter("Bydel")
    (seen,) = list_appeals(engine, told.handler, nord)
    assert (seen.text, seen.channel, seen.in_time) == ("Vi trenger mer", "web", True)
    assert [one.what for one in list_reads(engine, told.of("Nord"), nord)] == ["appeal"]
    assert examined(told.world).found == 0


def test_what_is_told_on_the_telephone_is_written_down_by_a_handler(told: Story) -> None:
    told.sent()
    few, engine = told.cases["Få"], told.engine
    told.world.clock.turn(days=30)
    day = datetime(2027, 4, 5, 9, tzinfo=UTC)
    with pytest.raises(NotAllowedError, match="role-needed"):
        submit_appeal(engine, told.of("Få"), few, "Ring oss", channel="oral", received=day)
    assert submit_appeal(engine, told.handler, few, "De er fem nå", channel="oral", received=day).in_time
    with pytest.raises(NotAllowedError, match="role-needed"):
        submit_appeal(engine, told.handler, few, "De er fem nå")
    with pytest.raises(NotPossibleError, match="appeal-before-letter"):
        submit_appeal(engine, told.handler, few, "Før", channel="paper", received=datetime(2027, 3, 1, tzinfo=UTC))
    with pytest.raises(InputError) as error:
        submit_appeal(engine, told.handler, few, "", channel="post", received=datetime(2028, 3, 1, tzinfo=UTC))
    assert [one.code for one in error.value.problems] == ["not-one-of", "field-missing", "arrived-later"]


ANSWER = re.compile(r"om svaret på «([^»]+)» var: (\S+)\. Dere svarte")
SHORT = re.compile(r"Med (litt mer enn )?([\d,]+) poeng til ville")


BONUS = SMALL.replace(
    "      - {id: continues_earlier,",
    "      - {id: bonus, kind: number, optional: true, label: {nb: Bonus, nn: Bonus, en: Bonus}}\n"
    "      - {id: continues_earlier,",
).replace(
    "  - id: reach\n",
    "  - {id: bonus, points: 'coalesce(bonus, 0)', title: {nb: Bonus, nn: Bonus, en: Bonus}}\n  - id: reach\n",
)
"""The example with a question whose answer is so many points."""


def test_each_change_that_stands_in_a_letter_is_true_when_it_is_tried(world: World) -> None:
    told, chance = Story(world, BONUS), random.Random(20270321)
    world.clock.turn(days=-60)
    for number in range(18):
        told.apply(
            f"Forening{number} Nord", members=chance.choice([1, 4, 30, 200]), employees=chance.choice([0, 3, 12]),
            requested=str(chance.randrange(100, 400) * 1000), target_group_share=chance.randrange(30, 60) / 100,
        )  # fmt: skip
    world.clock.turn(days=60)
    world.declare(told.call, world.made["handler"], told.guro)
    allocation = allocate_call(told.engine, told.handler, told.call)
    offered = {}
    for name, id in told.cases.items():
        seen = see_reasons(told.engine, told.handler, id)
        offered[name] = [one.id for one in seen.offered]
        write_reasons(told.engine, told.handler, id, counterfactuals=offered[name])
    approve_allocation(told.engine, told.second, allocation)
    send_letters(told.engine, world.system, allocation)
    tried = Trial(told, allocation)
    counts: Counter[str] = Counter()
    for name, id in told.cases.items():
        letter = told.letter(name)
        answers, points = ANSWER.findall(letter), SHORT.findall(letter)
        assert len(answers) + len(points) == len(offered[name])
        for question, value in answers:
            before, after = tried.ground(id), tried.ground(id, **{tried.questions[question]: int(value)})
            assert len(before.split(",")) > len(after.split(",")) or not after.startswith("not eligible")
            counts["answers"] += 1
        for more, short in points:
            bonus = Decimal(short.replace(",", ".")) + (Decimal("0.0001") if more else 0)
            assert tried.ground(id) in ("does not fit", "budget used")
            assert tried.ground(id, bonus=float(bonus)) == "funded"
            counts["points"] += 1
    assert counts["answers"] >= 5
    assert counts["points"] >= 5


class Trial:
    """The cases of a proposal, to be evaluated again with other answers of one of them."""

    def __init__(self, told: Story, allocation: str) -> None:
        self.engine = told.engine
        with self.engine.store.read() as reading:
            row = reading.decisions.allocation(allocation)
            assert row is not None
            self.plan, self.as_of = plan_of_allocation(self.engine, reading, row), date.fromisoformat(row.as_of)
            self.records = {one.application_id: one.record or {} for one in reading.decisions.proposed(allocation)}
        self.questions = {field.label["nb"]: field.id for field in self.plan.form.fields}

    def ground(self, id: str, **answers: object) -> str:
        """The ground of a case that had these answers."""
        changed = {**self.records[id], "answers": {**self.records[id]["answers"], **answers}}
        records = [changed if name == id else record for name, record in self.records.items()]
        outcome = evaluated(self.engine, self.plan, records, as_of=self.as_of, committed={})
        return outcome.ground(list(self.records).index(id)) or ""


def test_a_committee_gets_a_case_paper(world: World) -> None:
    told = Story(world, COMMITTEE)
    allocation = allocate_call(told.engine, told.handler, told.call)
    paper = text(case_paper(told.engine, told.second, allocation))
    for words in ("Nord Kultur", "Få Venner", "500 000 kr", "minst fem medlemmer", "Vi rår utvalget"):
        assert words in paper
    assert paper.index("Nord Kultur") < paper.index("Bydel Vel") < paper.index("Få Venner")
    advised = text(case_paper(told.engine, told.handler, allocation, recommendation="Vent til høsten."))
    assert "Vent til høsten." in advised
    assert [one.what for one in list_reads(told.engine, told.of("Nord"), told.cases["Nord"])] == ["export", "export"]


def test_where_the_administration_decides_there_is_no_case_paper(told: Story) -> None:
    allocation = allocate_call(told.engine, told.handler, told.call)
    with pytest.raises(NotPossibleError, match="no-committee"):
        case_paper(told.engine, told.second, allocation)
