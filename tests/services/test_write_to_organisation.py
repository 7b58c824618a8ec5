"""One organisation writes to another of the directory, and neither sees the address of the other here."""

from collections.abc import Iterator

import pytest
from mailbox_server import Mailbox
from tamper import dump
from worlds import NUMBERS, PASSWORD, World

from grantengine.bootstrap import Engine, bootstrap
from grantengine.errors import InputError, NotAllowedError, NotFoundError, NotPossibleError
from grantengine.services.create_organisation import create_organisation
from grantengine.services.deliver_outbox import Delivered, deliver_outbox
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.edit_user import ask_to_change_email, change_email
from grantengine.services.erase_user import erase_user
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.throttle import MOST
from grantengine.services.write_to_organisation import LONGEST, see_writing, write_to_organisation
from grantengine.store.tables.operations import OutboxMessage


class Two:
    """Kari's organisation, and Ola's, which wants to be found."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kari = world.user("Kari Nordmann", "kari@example.org")
        self.ola = world.user("Ola", "ola@example.org")
        self.mine = world.organisation(self.kari)
        self.theirs = world.organisation(self.ola, "Grenda Vel", NUMBERS[1])
        self.show(self.theirs, self.ola)

    def show(self, organisation: str, contact: str, version: int = 1, *, listed: bool = True) -> None:
        edit_organisation(self.world.engine, self.world.by(contact), organisation, version, {"listed": listed})

    def write(self, text: str = "Vil dere være med?", by: str = "", sender: str = "", to: str = "") -> None:
        write_to_organisation(
            self.world.engine,
            self.world.by(by or self.kari),
            to or self.theirs,
            sender_id=sender or self.mine,
            text=text,
        )

    def sent(self) -> list[OutboxMessage]:
        return [one for one in self.world.messages() if one.template.startswith("written-")]


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture
def post(two: Two, database_url: str, mailbox: Mailbox) -> Iterator[Engine]:
    """An engine that sends to the mailbox; what was written before is sent already."""
    settings = {
        "GRANTENGINE_DATABASE_URL": database_url, "GRANTENGINE_SMTP_URL": mailbox.url,
        "GRANTENGINE_MAIL_FROM": "Tilskudd <post@tilskudd.example>",
    }  # fmt: skip
    engine = bootstrap(settings, now=two.world.clock)
    deliver_outbox(engine, two.world.system)
    mailbox.mails.clear()
    yield engine
    engine.store.database.close()


def words_in(world: World, *words: str) -> list[str]:
    """Which of these words stand anywhere in the database."""
    everything = str(dump(world)).lower()
    return [word for word in words if word.lower() in everything]


def test_a_message_goes_to_every_contact_and_answers_to_who_wrote_it(two: Two) -> None:
    world = two.world
    for name, role in (("liv", "contact"), ("per", "writer")):
        invited, email = world.user(name.title(), f"{name}@example.org"), f"{name}@example.org"
        invite_member(world.engine, world.by(two.ola), organisation_id=two.theirs, email=email, role=role)
        accept_invitation(world.engine, world.by(invited), world.link("join", email))
    two.write("Vil dere\nvære med? {name} <b>")
    assert [(one.address, one.reply_to) for one in two.sent()] == [
        ("ola@example.org", "kari@example.org"), ("liv@example.org", "kari@example.org"),
    ]  # fmt: skip
    body = two.sent()[0].body
    for words in (
        "Kari Nordmann i Bydel Vel fant Grenda Vel",
        "Vil dere\nvære med? {name} <b>",
        f"/organisations/{two.theirs}",
    ):
        assert words in body
    assert "example.org" not in body.replace("https://", "").replace("tilskudd.example.org", "")


def test_a_link_to_who_writes_is_there_when_it_can_be_followed(two: Two) -> None:
    two.write()
    two.show(two.mine, two.kari)
    two.write()
    without, with_link = two.sent()
    assert f"/organisations/{two.mine}/about" not in without.body
    assert f"/organisations/{two.mine}/about" in with_link.body


def test_it_arrives_with_the_address_for_answers(two: Two, post: Engine, mailbox: Mailbox) -> None:
    two.write()
    assert deliver_outbox(post, two.world.system) == Delivered(1, 0, 0)
    [mail] = mailbox.mails
    assert (mail["To"], mail["Reply-To"]) == ("ola@example.org", "kari@example.org")
    assert mail["Subject"] == "Bydel Vel vil gjerne snakke med dere"


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_nothing_in_a_name_begins_a_header(two: Two, post: Engine, mailbox: Mailbox, line: str) -> None:
    sly = create_organisation(post, two.world.by(two.kari), name=f"Vel{line}Bcc: all@example.org", kind="organisation")
    two.write(f"Hei{line}Bcc: all@example.org", sender=sly)
    deliver_outbox(post, two.world.system)
    [mail] = mailbox.mails
    assert (mail["Bcc"], mail["Subject"]) == (None, "Vel Bcc: all@example.org vil gjerne snakke med dere")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "comment-missing"), (" \n ", "comment-missing"), ("a\0b", "text-length"), ("a" * 100_000, "text-length"),
        ("a" * (LONGEST + 1), "text-length"), ("\ud800", "value-not-kept"),
    ],
)  # fmt: skip
def test_what_can_not_be_a_message_is_refused(two: Two, text: str, code: str) -> None:
    before = dump(two.world)
    with pytest.raises(InputError) as error:
        two.write(text)
    assert [(one.code, one.where.pointer) for one in error.value.problems] == [(code, "/text")]
    assert dump(two.world) == before


def test_only_contacts_write_and_only_to_those_who_want_to_be_found(two: Two) -> None:
    world = two.world
    per = world.user("Per", "per@example.org")
    invite_member(world.engine, world.by(two.kari), organisation_id=two.mine, email="per@example.org", role="writer")
    accept_invitation(world.engine, world.by(per), world.link("join", "per@example.org"))
    with pytest.raises(NotAllowedError, match="role-needed"):
        two.write(by=per)
    with pytest.raises(NotFoundError, match="organisation-not-found"):
        two.write(sender=two.theirs)
    with pytest.raises(NotAllowedError, match="sign-in-needed"):
        write_to_organisation(world.engine, world.anyone, two.theirs, sender_id=two.mine, text="Hei")
    two.show(two.mine, two.kari)
    with pytest.raises(NotPossibleError, match="write-to-itself"):
        two.write(to=two.mine)
    two.show(two.theirs, two.ola, 2, listed=False)
    for to in (two.theirs, "nothing-at-all"):
        with pytest.raises(NotFoundError, match="organisation-not-found"):
            two.write(to=to)
        with pytest.raises(NotFoundError, match="organisation-not-found"):
            see_writing(world.engine, world.by(two.kari), to)
    assert two.sent() == []


def test_an_organisation_without_contacts_can_not_be_written_to(two: Two) -> None:
    erase_user(two.world.engine, two.world.by(two.ola), two.ola)
    with pytest.raises(NotPossibleError, match="nobody-to-write-to"):
        two.write()


def test_one_person_writes_so_much_a_day(two: Two) -> None:
    for _ in range(MOST["write-from"]):
        two.write()
    with pytest.raises(NotPossibleError, match="written-enough") as error:
        two.write()
    assert error.value.params == {"limit": MOST["write-from"], "received": MOST["write"]}
    two.world.clock.turn(hours=23)
    with pytest.raises(NotPossibleError, match="written-enough"):
        two.write()
    two.world.clock.turn(hours=2)
    two.write()
    assert len(two.sent()) == MOST["write-from"] + 1


def test_who_writes_chooses_among_those_they_are_a_contact_of(two: Two) -> None:
    other = two.world.organisation(two.ola, "Sletta Vel", NUMBERS[2])
    seen = see_writing(two.world.engine, two.world.by(two.ola), two.theirs)
    assert (seen.to.name, seen.mine, seen.answers_to) == ("Grenda Vel", ((other, "Sletta Vel"),), "ola@example.org")


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_was_written_under_an_earlier_address_is_erased_too(two: Two, is_sent: bool) -> None:
    world = two.world
    two.write("Hilsen Sommerfugl")
    if is_sent:
        deliver_outbox(world.engine, world.system)
    ask_to_change_email(world.engine, world.by(two.kari), "ny@example.org", PASSWORD)
    change_email(world.engine, world.anyone, world.link("email-change", "ny@example.org"))
    erase_user(world.engine, world.by(two.kari), two.kari)
    assert two.sent() == []
    assert words_in(world, "Sommerfugl", "Kari Nordmann") == []


def test_who_is_erased_has_written_nothing_and_writes_no_more(two: Two) -> None:
    world = two.world
    two.write("Hilsen Sommerfugl")
    deliver_outbox(world.engine, world.system)
    two.write("Hilsen Sommerfugl")
    assert words_in(world, "kari@example.org", "Sommerfugl") == ["kari@example.org", "Sommerfugl"]
    erase_user(world.engine, world.by(two.kari), two.kari)
    assert words_in(world, "kari@example.org", "Sommerfugl", "Kari Nordmann") == []
    with pytest.raises(NotAllowedError, match="sign-in-needed"):
        two.write()
