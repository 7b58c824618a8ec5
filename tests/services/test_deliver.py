"""Messages reach people at least once, and no two workers send the same one at the same time."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from mailbox_server import Mailbox
from worlds import Clock, World

from grantengine import DeliveryRefused, Engine, MessageAttachment, OutgoingMessage, bootstrap, hookimpl
from grantengine.records import By
from grantengine.services.calendar_file import media_type, meeting_file
from grantengine.services.deliver_outbox import LEASE, MOST_ATTEMPTS, Delivered, deliver_outbox
from grantengine.services.messages import Receiver, send
from grantengine.store.tables.operations import OutboxMessage


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


def environment(database_url: str, mailbox: Mailbox) -> dict[str, str]:
    return {
        "GRANTENGINE_DATABASE_URL": database_url, "GRANTENGINE_SMTP_URL": mailbox.url, "GRANTENGINE_LANGUAGE": "en",
        "GRANTENGINE_MAIL_FROM": "Tilskudd <post@tilskudd.example>",
    }  # fmt: skip


def wired(database_url: str, mailbox: Mailbox, now: Callable[[], datetime] | None = None, **plugins: object) -> Engine:
    """An engine that sends to the mailbox; closed when the test ends."""
    engine = bootstrap(environment(database_url, mailbox), now=now, extra_plugins=list(plugins.items()))
    OPEN.append(engine)
    return engine


OPEN: list[Engine] = []


@pytest.fixture(autouse=True)
def _close_engines() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().store.database.close()


def put(engine: Engine, count: int = 1, channel: str = "email", address: str = "kari@example.org") -> list[str]:
    """Messages in the outbox, due now; their ids."""
    at = engine.now()
    rows = [
        OutboxMessage(
            id=engine.new_id(), channel=channel, address=address, language="nb", template="test",
            subject=f"Søknad {number}", body="Hei på deg", made_at=at, due_at=at,
        )
        for number in range(count)
    ]  # fmt: skip
    with engine.store.work(system(engine)) as work:
        work.add(*rows)
    return [row.id for row in rows]


def system(engine: Engine) -> By:
    return By("system", None, engine.now())


def row(engine: Engine, id: str) -> OutboxMessage:
    with engine.store.read() as reading:
        found = reading.outbox.get(id)
    assert found is not None
    return found


def deliverer(deliver: Callable[[OutgoingMessage, Mapping[str, str]], bool | None]) -> object:
    """A plugin with this hook."""

    def grantengine_deliver(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        return deliver(message, settings)

    plugin = ModuleType("deliverer")
    plugin.__dict__["grantengine_deliver"] = hookimpl(grantengine_deliver)
    return plugin


def test_a_message_of_a_service_arrives(world: World, database_url: str, mailbox: Mailbox) -> None:
    world.user("Kari Nordmann", "kari@example.org")
    engine = wired(database_url, mailbox, world.clock)
    [message] = world.messages("kari@example.org")
    assert deliver_outbox(engine, system(engine)) == Delivered(1, 0, 0)
    [mail] = mailbox.mails
    assert mail["To"] == "kari@example.org"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<{message.id}@tilskudd.example>"
    assert mail.get_content().split() == message.body.split()
    kept = row(engine, message.id)
    assert (kept.sent_at, kept.due_at, kept.claimed_until) == (world.clock(), None, None)
    assert (kept.attempts, kept.failure) == (1, None)
    assert deliver_outbox(engine, system(engine)) == Delivered(0, 0, 0)


def attached(engine: Engine, to: Receiver, *attachments: MessageAttachment) -> None:
    """A message of a service with these files."""
    with engine.store.work(system(engine)) as work:
        send(engine, work, to, "already-registered", attachments=attachments, url="https://example.org/")


def test_a_meeting_arrives_in_the_calendar(world: World, database_url: str, mailbox: Mailbox) -> None:
    engine = wired(database_url, mailbox, world.clock)
    content = meeting_file(
        id="01abc", starts=world.clock() + timedelta(days=3), ends=world.clock() + timedelta(days=3, hours=1),
        title="Veiledning på Tøyen", place="Hagegata 22", description="Ta med budsjettet.\nHilsen oss",
        organiser="Tilskudd <post@tilskudd.example>", made=world.clock(),
    )  # fmt: skip
    invitation = MessageAttachment("møte.ics", media_type(), content)
    attached(engine, Receiver("kari@example.org", "nb"), invitation, MessageAttachment("tom.bin", "x/y", b""))
    assert deliver_outbox(engine, system(engine)) == Delivered(1, 0, 0)
    [mail] = mailbox.mails
    calendar, empty = mail.iter_attachments()
    assert (calendar.get_content_type(), calendar["Content-Type"].params["method"]) == ("text/calendar", "REQUEST")
    assert (calendar.get_filename(), calendar.get_payload(decode=True)) == ("møte.ics", content)
    assert (empty.get_filename(), empty.get_payload(decode=True)) == ("tom.bin", b"")


def test_a_plugin_gets_the_files_of_a_message_each_time(world: World, database_url: str, mailbox: Mailbox) -> None:
    seen = []

    def look(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        seen.append(message.attachments)
        return len(seen) > 1

    engine = wired(database_url, mailbox, world.clock, looks=deliverer(look))
    mailbox.stop()
    picture = MessageAttachment("Blåbær.png", "image/png", bytes(range(256)))
    attached(engine, Receiver("kari@example.org", "nn"), picture)
    assert deliver_outbox(engine, system(engine)).sent == 0
    world.clock.turn(minutes=1)
    assert deliver_outbox(engine, system(engine)).sent == 1
    assert seen == [(picture,), (picture,)]


def test_files_do_not_go_with_a_text_message_or_where_there_are_none(
    world: World, database_url: str, mailbox: Mailbox
) -> None:
    seen = []

    def carry(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        seen.append((message.channel, message.attachments))
        return True

    engine = wired(database_url, mailbox, world.clock, carries=deliverer(carry))
    attached(engine, Receiver("+4799999999", "nb", "sms"), MessageAttachment("a.png", "image/png", b"a"))
    attached(engine, Receiver("kari@example.org", "nb"))
    assert deliver_outbox(engine, system(engine)).sent == 2
    assert seen == [("sms", ()), ("email", ())]
    assert [one.attachments for one in (*world.messages("+4799999999"), *world.messages("kari@example.org"))] == [
        None
    ] * 2


def test_a_refused_receiver_is_given_up_and_the_others_are_told(
    world: World, database_url: str, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    engine = wired(database_url, mailbox, world.clock)
    mailbox.answers["gone@example.org"] = "550 5.1.1 No such user"
    (gone,), (there,) = put(engine, address="gone@example.org"), put(engine)
    assert deliver_outbox(engine, system(engine)) == Delivered(1, 1, 0)
    kept = row(engine, gone)
    assert kept.failure == "plugin mail: 550 5.1.1 No such user"
    assert (kept.given_up_at, kept.due_at, kept.claimed_until) == (world.clock(), None, None)
    assert row(engine, there).sent_at == world.clock()
    assert "plugin mail" in caplog.text


def test_a_server_that_was_down_gets_the_message_when_it_is_up(
    world: World, database_url: str, mailbox: Mailbox
) -> None:
    engine = wired(database_url, mailbox, world.clock)
    mailbox.stop()
    [id] = put(engine)
    assert deliver_outbox(engine, system(engine)) == Delivered(0, 1, 0)
    kept = row(engine, id)
    assert kept.failure is not None
    assert kept.failure.startswith("plugin mail: ConnectionRefusedError")
    assert (kept.due_at, kept.claimed_until) == (world.clock() + timedelta(minutes=1), None)
    mailbox.start()
    world.clock.turn(seconds=59)
    assert deliver_outbox(engine, system(engine)) == Delivered(0, 0, 0)
    world.clock.turn(seconds=1)
    assert deliver_outbox(engine, system(engine)) == Delivered(1, 0, 0)
    assert mailbox.marks == [id]
    assert (row(engine, id).failure, row(engine, id).attempts) == (None, 2)


def test_after_twelve_attempts_in_more_than_three_days_it_is_given_up(
    world: World, database_url: str, mailbox: Mailbox
) -> None:
    engine = wired(database_url, mailbox, world.clock)
    mailbox.answers["kari@example.org"] = "451 Try later"
    began, [id] = world.clock(), put(engine)
    waits = []
    while (due := row(engine, id).due_at) is not None:
        waits.append(due - world.clock())
        world.clock.at = due
        assert deliver_outbox(engine, system(engine)).failed == 1
    hours = [wait / timedelta(hours=1) for wait in waits]
    assert hours == [0, 1 / 60, 5 / 60, 0.5, 2, 6, 12, 12, 12, 12, 12, 12]
    assert row(engine, id).attempts == MOST_ATTEMPTS
    assert row(engine, id).given_up_at == world.clock()
    assert world.clock() - began > timedelta(days=3)
    assert "451 Try later" in (row(engine, id).failure or "")


def test_a_channel_is_carried_by_another_plugin(world: World, database_url: str, mailbox: Mailbox) -> None:
    carried = []

    def carry(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        if message.channel != "sms":
            return None
        carried.append((message.id, message.address, settings["mail_from"]))
        return True

    without = wired(database_url, mailbox, world.clock)
    [id] = put(without, channel="sms", address="+4799999999")
    assert deliver_outbox(without, system(without)) == Delivered(0, 1, 0)
    assert row(without, id).failure == "no plugin delivers sms"
    world.clock.turn(minutes=1)
    engine = wired(database_url, mailbox, world.clock, sms=deliverer(carry))
    assert deliver_outbox(engine, system(engine)) == Delivered(1, 0, 0)
    assert carried == [(id, "+4799999999", "Tilskudd <post@tilskudd.example>")]
    assert mailbox.mails == []


def test_a_wrong_setting_is_told_in_words(world: World, database_url: str, mailbox: Mailbox) -> None:
    engine = bootstrap({**environment(database_url, mailbox), "GRANTENGINE_SMTP_URL": "mail"}, now=world.clock)
    OPEN.append(engine)
    [id] = put(engine)
    assert deliver_outbox(engine, system(engine)) == Delivered(0, 1, 0)
    failure = row(engine, id).failure or ""
    assert failure.startswith("plugin mail: smtp-url: GRANTENGINE_SMTP_URL is not the address of a mail server: mail")


def test_a_message_is_never_begun_late_in_the_lease(world: World, database_url: str, mailbox: Mailbox) -> None:
    mailbox.when_accepted = lambda: world.clock.turn(seconds=40) and None
    engine = wired(database_url, mailbox, world.clock)
    ids = put(engine, 5)
    assert deliver_outbox(engine, system(engine)) == Delivered(2, 0, 3)
    assert mailbox.marks == ids[:2]
    assert [(row(engine, id).attempts, row(engine, id).claimed_until) for id in ids[2:]] == [(0, None)] * 3
    assert deliver_outbox(engine, system(engine), limit=1) == Delivered(1, 0, 2)
    assert deliver_outbox(engine, system(engine), stop=lambda: len(mailbox.mails) >= 4) == Delivered(1, 0, 1)


def test_who_lost_the_lease_says_nothing_of_a_failure(world: World, database_url: str, mailbox: Mailbox) -> None:
    def slow(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        world.clock.turn(minutes=6)
        if inner:
            assert deliver_outbox(inner.pop(), world.system) == Delivered(1, 0, 0)
        raise TimeoutError

    inner = [wired(database_url, mailbox, world.clock)]
    engine = wired(database_url, mailbox, world.clock, slow=deliverer(slow))
    [id] = put(engine, channel="email")
    moments = engine.registry.moments["grantengine_deliver"]
    assert [name for name, _ in moments] == ["slow", "mail"]
    deliver_outbox(engine, system(engine))
    assert row(engine, id).sent_at is not None
    assert row(engine, id).failure is None


@pytest.fixture
def real(database_url: str, mailbox: Mailbox) -> Engine:
    """An engine by the clock on the wall, as worker processes have it."""
    return wired(database_url, mailbox)


def worker(database_url: str, mailbox: Mailbox, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grantengine.cli.main", "worker", *options]
    variables = {**os.environ, **environment(database_url, mailbox)}
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_worker_killed_between_sending_and_marking(real: Engine, database_url: str, mailbox: Mailbox) -> None:
    """The row is held from the moment the server has the message, so that the worker can not mark it; then it dies."""
    ids = put(real, 2)
    held = ExitStack()
    killed = threading.Event()

    def hold() -> None:
        work = held.enter_context(real.store.work(system(real)))
        assert work.outbox.get(ids[0], lock=True) is not None

    def kill() -> None:
        # The server has said that it has the message, and the worker is about to write that it is sent.
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        killed.set()

    mailbox.when_accepted, mailbox.when_it_leaves = hold, kill
    process = worker(database_url, mailbox, "--once")
    assert killed.wait(30)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    held.close()
    mailbox.when_accepted = mailbox.when_it_leaves = lambda: None
    assert mailbox.marks == ids[:1]
    assert row(real, ids[0]).sent_at is None

    assert deliver_outbox(real, system(real)) == Delivered(0, 0, 0)  # the lease of the dead stands yet
    later = Clock(datetime.now(UTC) + LEASE)
    engine = wired(database_url, mailbox, later)
    assert deliver_outbox(engine, system(engine)) == Delivered(2, 0, 0)
    assert mailbox.marks == [ids[0], ids[0], ids[1]]
    assert len({mail["Message-ID"] for mail in mailbox.mails[:2]}) == 1
    assert mailbox.mails[0].as_bytes() == mailbox.mails[1].as_bytes()
    assert row(engine, ids[0]).sent_at == later()


def test_two_worker_processes_send_each_message_once(real: Engine, database_url: str, mailbox: Mailbox) -> None:
    ids = put(real, 50)
    workers = [worker(database_url, mailbox, "--once") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in workers]
    assert [(process.returncode, errors) for process, (_, errors) in zip(workers, said, strict=True)] == [(0, "")] * 2
    assert Counter(mailbox.marks) == Counter(ids)
    assert sum(int(words.split()[1].rstrip(",")) for words, _ in said) == 50


def test_many_threads_send_each_message_once(real: Engine, database_url: str, mailbox: Mailbox) -> None:
    ids = put(real, 50)
    start = threading.Barrier(4)

    def run(found: list[Delivered]) -> None:
        engine = wired(database_url, mailbox)
        start.wait()
        while (done := deliver_outbox(engine, system(engine), limit=3)).sent:
            found.append(done)

    found: list[Delivered] = []
    threads = [threading.Thread(target=run, args=(found,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(mailbox.marks) == Counter(ids)
    assert sum(done.sent for done in found) == 50


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_stops_after_the_message_at_hand(
    real: Engine, database_url: str, mailbox: Mailbox, number: signal.Signals
) -> None:
    ids = put(real, 5)
    mailbox.when_accepted = lambda: process.send_signal(number)
    process = worker(database_url, mailbox, "--every", "1")
    words, errors = process.communicate(timeout=30)
    assert (process.returncode, words, errors) == (0, "sent 1, failed 0, jobs 0\n", "")
    assert mailbox.marks == ids[:1]
    assert row(real, ids[0]).sent_at is not None
    assert [(row(real, id).attempts, row(real, id).claimed_until) for id in ids[1:]] == [(0, None)] * 4


def test_a_worker_goes_on_until_it_is_told_to_stop(real: Engine, database_url: str, mailbox: Mailbox) -> None:
    arrived = threading.Event()
    mailbox.when_accepted = arrived.set
    process = worker(database_url, mailbox, "--every", "0.2")
    for _ in range(2):
        [id] = put(real)
        assert arrived.wait(30)
        arrived.clear()
        assert mailbox.marks[-1] == id
    process.terminate()
    words, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    # A message that comes while the one before is being marked is sent in the same round.
    assert words in ("sent 1, failed 0, jobs 0\n" * 2, "sent 2, failed 0, jobs 0\n")


def test_a_worker_without_a_mail_server_shows_messages(real: Engine, database_url: str, mailbox: Mailbox) -> None:
    [id] = put(real)
    variables = {**os.environ, **environment(database_url, mailbox), "GRANTENGINE_SMTP_URL": ""}
    command = [sys.executable, "-m", "grantengine.cli.main", "worker", "--once"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        f"To: kari@example.org\nSubject: Søknad 0\nX-Grantengine-Message: {id}\n\nHei på deg\n"
    )
    assert done.stdout.endswith("\nsent 1, failed 0, jobs 0\n")


def test_a_worker_without_a_database_says_so(tmp_path: Any, mailbox: Mailbox) -> None:
    process = worker(f"sqlite:///{tmp_path}/none.db", mailbox)
    words, errors = process.communicate(timeout=30)
    assert (process.returncode, words) == (1, "")
    assert errors.startswith("store-not-set-up: ")
    assert len(errors.splitlines()) == 1


def test_a_plugin_that_refuses_for_good_is_the_last_asked(
    world: World, database_url: str, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    def never(message: OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
        raise DeliveryRefused("not on the list")

    engine = wired(database_url, mailbox, world.clock, picky=deliverer(never))
    [id] = put(engine)
    with caplog.at_level(logging.WARNING):
        assert deliver_outbox(engine, system(engine)) == Delivered(0, 1, 0)
    assert (row(engine, id).failure, mailbox.mails) == ("plugin picky: not on the list", [])
