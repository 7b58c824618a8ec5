"""`grantengine demo`: months of what people do, made through the services, the same for the same seed and day."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import postgres
import pytest
import terminal
from sqlalchemy import func, select
from stdnum.no import orgnr

from grantengine.bootstrap import bootstrap
from grantengine.cli.inputs import bundled_schemes, scheme_files
from grantengine.cli.main import run as run_here
from grantengine.demo.answers import some_partner
from grantengine.demo.authorities import MARK, make_authorities
from grantengine.demo.fill import Size, demo_world, fill
from grantengine.demo.invented import PLACES, PUBLIC_PARTNERS
from grantengine.demo.timeline import OSLO
from grantengine.demo.world import PASSWORD, Group, World
from grantengine.lifecycle import Status
from grantengine.records import By
from grantengine.services.check_password import check_password
from grantengine.services.create_authority import create_authority
from grantengine.services.deliver_outbox import deliver_outbox
from grantengine.services.export_call import decided_calls
from grantengine.services.pre_check import pre_check_organisation
from grantengine.services.replay_allocation import replay_allocation
from grantengine.services.take_stock import take_stock
from grantengine.services.verify_audit import verify_audit
from grantengine.store.database import Database
from grantengine.store.migrate import upgrade
from grantengine.store.tables.applications import Application, CheckedValue, Fact, Partner, Revision
from grantengine.store.tables.assessment import Assessment, Interest, Judgement, StandIn
from grantengine.store.tables.decisions import Allocation, Appeal, Decision, Letter, ProposedCase
from grantengine.store.tables.dialogue import Booking, ChangeRequest, MeetingLog, PublishedAnswer, Thread
from grantengine.store.tables.operations import OutboxMessage
from grantengine.store.tables.people import Host, Organisation, User

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 24)
SMALL = Size(organisations=12, applications=40)
READY = "Demoen er klar:"
FEW = ("--organisations", "6", "--applications", "24")
STATUSES = {
    Status.DRAFT, Status.UNCONFIRMED, Status.LAPSED, Status.WITHDRAWN, Status.SUBMITTED, Status.CHANGES_ASKED,
    Status.GRANTED, Status.REFUSED, Status.DECLINED, Status.FORFEITED,
}  # fmt: skip
"""All that a case may stay in for a while; what is decided is told within days."""


def filled(url: str, size: Size = SMALL, day: date = DAY, schemes: int | None = None) -> World:
    """A demo on a database that is set up, of so many of the bundled schemes (all, where nothing is said)."""
    world = demo_world({"GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb"}, day, size)
    world.engine.store.database.hurry()
    files = [file for folder in bundled_schemes() for file in scheme_files(folder)][:schemes]
    begun: list[int] = []
    fill(world, [(file.read_text(encoding="utf-8"), world.engine.plan(file)) for file in files], size, begun.append)
    assert sum(begun) == size.applications
    return world


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql")]
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small demo that tests only look at, on each database in turn."""
    if request.param == "sqlite":
        world = filled(copied(request.getfixturevalue("sqlite_pattern"), tmp_path_factory.mktemp("demo")))
        yield world
        world.engine.store.database.close()
        return
    server, pattern = request.getfixturevalue("postgres_pattern")
    world = filled(postgres.new_database(server, "demo_seen", pattern))
    yield world
    world.engine.store.database.close()
    postgres.drop_database(server, "demo_seen")


def copied(pattern: Path, folder: Path, name: str = "demo") -> str:
    """The address of an embedded database of one's own that is set up."""
    shutil.copy(pattern, folder / f"{name}.db")
    return f"sqlite:///{folder / name}.db"


def said(world: World) -> str:
    """A digest of what stands in every application."""
    with world.engine.store.read() as reading:
        found = reading.session.execute(
            select(
                Application.id,
                Application.number,
                Application.status,
                Application.submitted_at,
                Revision.place,
                Revision.answers,
            )
            .join(Revision, Revision.application_id == Application.id)
            .order_by(Application.number, Revision.place)
        )
        text = json.dumps([[str(one) for one in row] for row in found], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_everything_is_there_and_every_event_verifies(world: World) -> None:
    engine, system = world.engine, world.system
    stock = take_stock(engine, system)
    statuses = Counter[str]()
    for call in stock.calls:
        statuses.update(call.by_status)
    assert sum(statuses.values()) == SMALL.applications
    assert set(statuses) == STATUSES
    assert {call.stage for call in stock.calls} == {"coming", "open", "closed"}
    assert stock.counts["organisations"] == SMALL.organisations
    assert sum(call.granted for call in stock.calls) > 0
    assert all(stock.counts[name] > 0 for name in ("requests", "assessments", "letters", "appeals"))
    assert stock.counts["revisions"] > stock.counts["users"] > SMALL.organisations
    assert 0 < stock.counts["not_obtained"] < stock.counts["facts"]
    assert set(stock.partners) == {"invited", "confirmed", "declined"}
    assert set(stock.authorities) == {MARK}
    verified = verify_audit(engine, system)
    assert (verified.found, verified.findings) == (0, ())


def test_all_of_it_has_happened_before_the_day_and_in_plausible_hours(world: World) -> None:
    with world.engine.store.read() as reading:
        moments = list(reading.session.scalars(select(Application.submitted_at).where(Application.channel == "web")))
        numbers = list(reading.session.scalars(select(Organisation.number).where(Organisation.number.is_not(None))))
        ids = [row.begun_at for row in reading.session.scalars(select(Application).order_by(Application.id))]
        causes = set(reading.session.scalars(select(Revision.cause)))
        kinds = set(reading.session.scalars(select(Organisation.kind)))
        hosted = list(reading.session.scalars(select(Host.consented_at)))
        addresses = set(reading.session.scalars(select(OutboxMessage.address)))
    hours = [at.astimezone(OSLO).hour for at in moments if at]
    assert min(hours) >= 17
    assert max(at for at in moments if at) < world.until
    assert ids == sorted(ids)
    assert all(orgnr.is_valid(number) and number.startswith("1") for number in numbers if number)
    assert causes >= {"author", "interval", "submitted", "registered", "completed", "changed"}
    assert kinds == {"organisation", "host", "municipality", "network"}
    assert len(hosted) == 1
    assert all(address.endswith(".example") for address in addresses)


def test_its_people_sign_in_and_see_what_fits_them(world: World) -> None:
    after = world.until + timedelta(hours=12)
    handler = check_password(world.engine, By("link", None, after), world.sign_in["handler"], PASSWORD)
    assert handler in world.staff.values()
    group = next(one for one in world.groups if one.number and one.contact)
    fits = pre_check_organisation(world.engine, By("user", group.contact, after), group.id)
    assert {fit.failed for fit in fits} == {None}
    assert len(fits) == sum(call.stage == "open" for call in world.calls)
    assert len({fit.answer for fit in fits}) > 1


def test_facts_come_from_the_register_in_the_process(world: World) -> None:
    with world.engine.store.read() as reading:
        found = select(Fact, Organisation.number).join(Application, Application.id == Fact.application_id)
        found = found.join(Organisation, Organisation.id == Application.organisation_id)
        register = list(reading.session.execute(found.where(Fact.source == "register")))
        partners = list(reading.session.scalars(select(Partner)))
    obtained = [(fact.values["active"], number) for fact, number in register if fact.values is not None]
    assert obtained
    assert all(active is (number is not None) for active, number in obtained)
    assert {fact.failure for fact, _ in register if fact.values is None} == {"made-up register: closed for the evening"}
    assert {partner.status for partner in partners} == {"invited", "confirmed", "declined"}


def test_all_that_can_happen_after_the_deadline_does(world: World) -> None:
    with world.engine.store.read() as reading:
        session = reading.session
        proposals = {(one.kind, one.status) for one in session.scalars(select(Allocation))}
        second = {
            bool(one) for one in session.scalars(select(Allocation.approved_by).where(Allocation.status == "decided"))
        }
        resolved = list(session.scalars(select(Allocation.resolution).where(Allocation.resolution.is_not(None))))
        by_hand = set(session.scalars(select(ProposedCase.hand_reason).where(ProposedCase.hand_reason.is_not(None))))
        letters = Counter(session.scalars(select(Letter.kind)))
        channels = set(session.scalars(select(Appeal.channel)))
        requests = set(session.scalars(select(ChangeRequest.status)))
        ties = set(session.scalars(select(Interest.status)))
        sheets = list(session.scalars(select(Assessment)))
        stand_ins = set(session.scalars(select(StandIn.user_id)))
        answers = set(session.scalars(select(Judgement.answer)))
        held = list(session.scalars(select(MeetingLog)))
        given_back = list(session.scalars(select(Booking).where(Booking.cancelled_at.is_not(None))))
        talked = set(session.scalars(select(Thread.audience).where(Thread.resolved_at.is_not(None))))
        checked, told = list(session.scalars(select(CheckedValue))), list(session.scalars(select(PublishedAnswer)))
    assert proposals == {("call", "decided"), ("call", "dropped"), ("call", "proposed"), ("reserve", "decided")}
    assert (second, len(resolved), len(by_hand)) == ({True}, 1, 1)
    assert set(letters) == {"decision", "interim", "appeal-receipt"}
    assert channels == {"web", "oral"}
    assert requests == {"answered", "lapsed", "open"}
    assert ties == {"conflict", "no-conflict"}
    assert stand_ins & {sheet.assessor_id for sheet in sheets}
    assert {bool(sheet.delivered_at) for sheet in sheets} == {True, False}
    assert any(sheet.earlier for sheet in sheets)
    assert all(set(sheet.notes) == set(sheet.marks) for sheet in sheets)
    assert any(answers)
    assert all((held, given_back, checked, told))
    assert talked == {"applicant", "assessors"}


def test_a_reserve_moves_up_when_someone_declines(world: World) -> None:
    with world.engine.store.read() as reading:
        found = select(Decision.application_id).join(Allocation, Allocation.id == Decision.allocation_id)
        moved = set(reading.session.scalars(found.where(Allocation.kind == "reserve")))
        first = select(Decision.granted).where(Decision.application_id.in_(moved), Decision.place == 1)
        before = set(reading.session.scalars(first))
        after = set(reading.session.scalars(select(Application.status).where(Application.id.in_(moved))))
        letters = select(func.count()).where(Letter.application_id.in_(moved), Letter.kind == "decision")
        told = reading.session.scalar(letters)
    assert (before, after, told) == ({0}, {"granted"}, 2 * len(moved))


def test_every_decided_call_gives_the_same_amounts_from_the_command_line(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRANTENGINE_DATABASE_URL", world.engine.settings.database_url)
    monkeypatch.setenv("GRANTENGINE_LANGUAGE", "en")
    folders = []
    for call in decided_calls(world.engine, world.system):
        out = tmp_path / call.id
        assert run_here(["export", call.id, "--out", str(out)]) == 0
        folders += sorted(out.iterdir())
    assert capsys.readouterr().err == ""
    kinds = Counter(folder.name.split("-", 1)[1] for folder in folders)
    assert kinds["call"] == len({call.scheme for call in world.calls})
    assert kinds["reserve"] > 0
    for folder in folders:
        monkeypatch.chdir(folder)
        command = shlex.split((folder / "command.txt").read_text("utf-8"))
        assert run_here([*command[1:], "--json"]) == 0
        again = {case["id"]: (case["granted"], case["ground"]) for case in json.loads(capsys.readouterr().out)["cases"]}
        stored = json.loads((folder / "decided.json").read_text("utf-8"))
        assert again == {case["id"]: (case["granted"], case["ground"]) for case in stored}
        assert len(again) > 0


def test_every_decided_proposal_comes_out_the_same_when_it_is_replayed(world: World) -> None:
    with world.engine.store.read() as reading:
        found = list(reading.session.scalars(select(Allocation.id).where(Allocation.status == "decided")))
    replays = [replay_allocation(world.engine, world.system, id) for id in found]
    assert all(replay.is_same and replay.cases for replay in replays)
    assert {(replay.plugins, replay.expressions) for replay in replays} == {((), ())}


def test_messages_wait_and_go_nowhere_but_to_the_console(
    tmp_path: Path, sqlite_pattern: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = filled(copied(sqlite_pattern, tmp_path), Size(organisations=2, applications=0))
    waiting = take_stock(world.engine, world.system).counts["messages"]
    assert waiting > 0
    assert deliver_outbox(world.engine, world.system, limit=1000).sent == waiting
    assert ".example" in capsys.readouterr().out
    world.engine.store.database.close()


def test_the_same_seed_and_day_give_the_same_and_another_seed_does_not(tmp_path: Path, sqlite_pattern: Path) -> None:
    digests = []
    for place, seed in enumerate((7, 7, 8)):
        size = Size(organisations=3, applications=4, seed=seed)
        world = filled(copied(sqlite_pattern, tmp_path, str(place)), size, schemes=1)
        digests.append(said(world))
        world.engine.store.database.close()
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(("day", "schemes"), [(date(2027, 1, 2), 1), (date(2028, 3, 27), None)])
def test_any_day_will_do(day: date, schemes: int | None, tmp_path: Path, sqlite_pattern: Path) -> None:
    # On a Monday, a call has closed before a weekend: pitches come after all have read who applies.
    size = Size(organisations=6, applications=24)
    world = filled(copied(sqlite_pattern, tmp_path), size, day, schemes)
    stock = take_stock(world.engine, world.system)
    assert sum(sum(call.by_status.values()) for call in stock.calls) == size.applications
    world.engine.store.database.close()


def test_its_places_are_real() -> None:
    file = ROOT / "plugins" / "grantengine_plugins" / "questions" / "data" / "municipalities_2024.csv"
    with file.open(encoding="utf-8") as lines:
        real = {(row["kommunenummer"], row["kommunenavn"]) for row in csv.DictReader(lines)}
    assert set(PLACES) - real == set()


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return terminal.run("demo", *arguments, cwd=folder, GRANTENGINE_LANGUAGE="nb", **environment)


@contextmanager
def shown(folder: Path, until: str, *arguments: str) -> Iterator[tuple[str, str]]:
    """A demo that is shown until the block ends, and then stopped as by Ctrl-C; its address, and what it said up to a line
    that begins so.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "grantengine.cli.main", "demo", "--port", port, *arguments]
    wanted = {**os.environ, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_SMTP_URL": "smtp://127.0.0.1:9"}
    wanted.pop("GRANTENGINE_DATABASE_URL", None)
    process = subprocess.Popen(
        command, cwd=folder, env=wanted, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Where tests run in the background, they and what they start would not hear of Ctrl-C.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread of ours is running
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith(until):
                break
        yield f"http://localhost:{port}", "".join(said)
    finally:
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.strip()) == (0 if until == READY else 130, "")
    assert until != READY or out == ""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where the command has made a demo and shown it, and what it said until it did."""
    folder = tmp_path_factory.mktemp("made")
    asked = "kind=organisation&municipality=0301&founded=2020&members=30&employees=0&has_number=no&requested=20000&go=1"
    with shown(folder, READY, *FEW) as (address, words):
        for _ in range(6):  # by each of its processes: rules are run there for the first time
            with urlopen(f"{address}/pre-check?{asked}", timeout=60) as answer:
                assert "Passer ikke" in answer.read().decode()
    return folder, words


def test_the_command_shows_the_whole_way_and_fills_a_database_once(made: tuple[Path, str]) -> None:
    folder, words = made
    assert "2000" in words
    assert "40 000 000 kr" in words.replace("\xa0", " ")
    assert "Organisasjoner: 6. " in words
    assert "Søknader: 24, " in words
    assert f"«{PASSWORD}»" in words
    assert "@imdi.example" in words
    assert "export GRANTENGINE_DATABASE_URL=sqlite:///grantengine-demo.db" in words
    assert len(to_try(words)) == 8

    second = run(folder, *FEW, "--no-serve")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("demo-not-empty: Databasen sqlite:///grantengine-demo.db er i bruk")


def test_a_demo_is_shown_with_what_to_try_and_where_its_messages_are(made: tuple[Path, str]) -> None:
    with shown(made[0], READY) as (address, words):
        assert words.startswith("Demoen i sqlite:///grantengine-demo.db er der fra før")
        assert words.endswith(f"{READY} {address}  (stopp med Ctrl-C)\n")
        for path in (*to_try(words), f"{address}/"):
            with urlopen(path, timeout=60) as answer:  # whoever has not signed in is asked to
                assert answer.status == 200
        # The worker delivers to nobody, and nothing is lost for those who look.
        with urlopen(f"{address}/demo/messages?address={told_email(words)}", timeout=60) as answer:
            assert 'href="/' in answer.read().decode()


def to_try(words: str) -> list[str]:
    """The addresses of the things to try."""
    return re.findall(r"^ {5}(http://localhost:\d+/\S+)$", words, flags=re.MULTILINE)


def test_a_demo_that_is_stopped_while_it_is_filled_leaves_nobody_behind(tmp_path: Path) -> None:
    with shown(tmp_path, "Vilk", "--organisations", "4"):
        pass
    assert not [file for file in Path("/proc").glob("[0-9]*/cwd") if _is_in(file, tmp_path)]


def _is_in(file: Path, folder: Path) -> bool:
    try:
        return file.readlink() == folder
    except OSError:
        return False  # of someone else, or gone


def told_email(words: str) -> str:
    """The first person whom the demo proposes to be."""
    found = re.search(r"\S+@org\d+\S+", words)
    assert found, words
    return found.group()


def test_only_the_file_of_a_demo_is_removed(tmp_path: Path, sqlite_pattern: Path) -> None:
    file = tmp_path / "mine.db"
    file.write_bytes(sqlite_pattern.read_bytes())
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.session(write=True) as session:
        session.add(User(id="u" * 26, email="kari@example.org", name="Kari", since=demo_world({}, DAY, SMALL).until))
        session.commit()
    database.close()
    before = file.read_bytes()
    done = run(tmp_path, "--again", GRANTENGINE_DATABASE_URL=f"sqlite:///{file}")
    assert done.returncode == 1
    assert done.stderr.startswith("demo-not-a-demo: ")
    assert file.read_bytes() == before


def test_half_a_demo_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'cut.db'}"
    command = ["demo", "--no-serve", "--database", url, "--organisations", "1", "--applications", "0"]

    def cut_off(world: World, sources: object, size: Size, begun: object) -> None:
        make_authorities(world, ["imdi"])
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr("grantengine.demo.fill.fill", cut_off)
        assert run_here(command) == 130
    with sqlite3.connect(tmp_path / "cut.db") as database:
        assert set(database.execute("select email from authorities")) == {(MARK,)}
    assert run_here(command) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["cut.db"]
    assert run_here(command) == 1  # finished, it is one to look at and not to remove
    with sqlite3.connect(tmp_path / "cut.db") as database:
        database.execute("delete from outbox")
    assert run_here([*command, "--again"]) == 0
    with sqlite3.connect(tmp_path / "cut.db") as database:
        assert database.execute("select count(*) from outbox").fetchone() > (0,)


def test_nobody_asks_the_same_partner_twice() -> None:
    world = demo_world({}, DAY, SMALL)
    group = Group("o1", "Bydel Vel", None, "FLI", ("0301", "Oslo"), 2001, 40, 0, "vel@example.org")
    for kind, many in (("public", len(PUBLIC_PARTNERS)), ("confirmed", 40)):
        asked: list[str] = []
        for _ in range(many):
            asked.append(some_partner(world, world.chance("partners"), group, {kind: True}, asked).name)
        assert len(set(asked)) == many


def test_a_database_on_a_server_is_not_removed(postgres_pattern: tuple[str, str], tmp_path: Path) -> None:
    server, pattern = postgres_pattern
    url = postgres.new_database(server, "demo_again", pattern)
    engine = bootstrap({"GRANTENGINE_DATABASE_URL": url})
    create_authority(engine, By("system", None, engine.now()), key="imdi", name={"nb": "IMDi"}, email=MARK)
    engine.store.database.close()
    done = run(tmp_path, "--again", "--database", url)
    assert done.returncode == 1
    assert done.stderr.startswith("demo-not-a-file: ")
    postgres.drop_database(server, "demo_again")
