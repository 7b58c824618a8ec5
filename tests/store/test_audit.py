"""Whatever is changed behind our back in the trail, the rows or the seals is found, and named by chain and place."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import postgres
import pytest
from tamper import Attacker, Event, examined, found
from worlds import ANSWERS, NUMBERS, START, WITH_FILE, Clock, World

from grantengine.bootstrap import bootstrap
from grantengine.errors import NotAllowedError, StoreError
from grantengine.services.attach_file import attach_file
from grantengine.services.invite_partner import invite_partner
from grantengine.services.save_draft import save_draft
from grantengine.services.seal_audit import Sealed, seal_audit
from grantengine.services.submit_application import submit_application
from grantengine.services.verify_audit import verify_audit
from grantengine.services.withdraw_application import withdraw_application
from grantengine.store import streams, verify, verify_rows
from grantengine.store.audit import audited_classes, hash_of


def live(world: World) -> dict[str, str]:
    """Let much happen in a world; ids by name: of people, and of two applications."""
    call = world.call(WITH_FILE)
    kari, ola = world.user("Kari"), world.user("Ola")
    other = world.organisation(ola, "Grenda Vel", NUMBERS[1])
    first = _apply(world, call, world.organisation(kari), kari)
    second = _apply(world, call, other, ola)
    withdraw_application(world.engine, world.by(ola), second)
    world.draft(call, other, ola)
    return {**world.made, "application": first, "other": second}


def _apply(world: World, call: str, organisation: str, who: str) -> str:
    engine, by = world.engine, world.by(who)
    id = world.draft(call, organisation, who)
    invite_partner(engine, by, application_id=id, name="Biblioteket", email="post@bibliotek.example")
    attach_file(engine, by, application_id=id, question="budget_file", file_name="budsjett.txt", content=b"Leie 500")
    version = save_draft(engine, by, id, 1, ANSWERS, keep=True).version
    submit_application(engine, by, id, version)
    return id


class Lived:
    """A world in which much has happened, and someone who can change all of it. ``chain`` is an application's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.application, self.other = world.made["application"], world.made["other"]
        self.chain = "application", self.application
        self.attacker = Attacker(world)

    def seal(self) -> Sealed:
        made = seal_audit(self.world.engine, self.world.system)
        assert made is not None
        return made

    def events(self) -> list[Event]:
        return self.attacker.events(self.chain)

    def told_last(self, table: str) -> int:
        """The place of the last event of the chain that tells of a table."""
        return max(event.place for event in self.events() if any(change[0] == table for change in event.changes))


def opened(address: str, clock: Clock) -> World:
    environment = {
        "GRANTENGINE_DATABASE_URL": address, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64",
        "GRANTENGINE_REGISTER_URL": "http://127.0.0.1:9/down",
    }  # fmt: skip
    return World(bootstrap(environment, now=clock), clock)


@pytest.fixture(scope="module")
def sqlite_lived(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An embedded database in which much has happened; tests copy it."""
    file = tmp_path_factory.mktemp("lived") / "lived.db"
    shutil.copy(sqlite_pattern, file)
    world = opened(f"sqlite:///{file}", Clock())
    made = live(world)
    world.engine.store.database.close()
    return file, made


@pytest.fixture(scope="module")
def postgres_lived(postgres_pattern: tuple[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A database on a server in which much has happened; tests copy it."""
    server, pattern = postgres_pattern
    name = "lived_for_the_audit"
    world = opened(postgres.new_database(server, name, pattern), Clock())
    made = live(world)
    world.engine.store.database.close()
    yield server, name, made
    postgres.drop_database(server, name)


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.sqlite), pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def lived(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lived]:
    """A copy for one test; an hour later."""
    clock = Clock(START + timedelta(hours=1))
    dropped: list[tuple[str, str]] = []
    if request.param == "sqlite":
        file, made = request.getfixturevalue("sqlite_lived")
        shutil.copy(file, tmp_path / "test.db")
        address = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        server, pattern, made = request.getfixturevalue("postgres_lived")
        name = f"test_{uuid4().hex}"
        address = postgres.new_database(server, name, pattern)
        dropped.append((server, name))
    world = opened(address, clock)
    world.made = dict(made)
    one = Lived(world)
    yield one
    one.attacker.close()
    world.engine.store.database.close()
    for server, name in dropped:
        postgres.drop_database(server, name)


def test_what_was_written_as_it_should_be_is_found_to_be_so(lived: Lived) -> None:
    assert examined(lived.world).found == 0
    lived.seal()
    whole = examined(lived.world)
    assert (whole.found, whole.seals) == (0, 1)
    assert whole.chains == len(lived.attacker.rows("select * from audit_heads"))
    assert whole.events == len(lived.attacker.rows("select id from audit_events"))


def test_a_walk_in_pages_of_three_finds_the_same(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    lived.attacker.run(
        "update audit_events set verb = 'other' where place = 3 and aggregate_id = :id", id=lived.application
    )
    whole = examined(lived.world)
    monkeypatch.setattr(verify, "EVENTS_A_PAGE", 3)
    monkeypatch.setattr(verify_rows, "ROWS_A_PAGE", 1)
    assert examined(lived.world) == whole


def test_only_the_system_examines_and_seals(lived: Lived) -> None:
    kari = lived.world.by(lived.world.made["Kari"])
    with pytest.raises(NotAllowedError, match="system-only"):
        verify_audit(lived.world.engine, kari)
    with pytest.raises(NotAllowedError, match="system-only"):
        seal_audit(lived.world.engine, kari)


# --- events


@pytest.mark.parametrize(
    "change",
    ["verb = 'other'", "actor_id = 'someone'", "at = '2020-01-01 00:00:00'", "details_digest = null", "changes = '[]'"],
)
def test_a_changed_event_is_found(lived: Lived, change: str) -> None:
    place = lived.told_last("attachments")
    lived.attacker.run(
        f"update audit_events set {change} where aggregate_id = :id and place = :p", id=lived.application, p=place
    )
    assert ("audit-event-changed", lived.chain, place) in found(lived.world)
    assert {chain for _, chain, _ in found(lived.world)} == {lived.chain}


def test_a_removed_event_is_found(lived: Lived) -> None:
    lived.attacker.run("delete from audit_events where aggregate_id = :id and place = 3", id=lived.application)
    assert found(lived.world) == [("audit-event-removed", lived.chain, 3)]


def test_the_last_events_removed_are_found(lived: Lived) -> None:
    last = len(lived.events())
    lived.attacker.run(
        "delete from audit_events where aggregate_id = :id and place >= :p", id=lived.application, p=last - 1
    )
    findings = examined(lived.world).findings
    assert [(one.code, one.chain, one.place, one.params["count"]) for one in findings] == [
        ("audit-event-removed", lived.chain, last - 1, 2)
    ]


def test_a_removed_event_is_found_though_the_later_ones_were_moved_up(lived: Lived) -> None:
    lived.attacker.run("delete from audit_events where aggregate_id = :id and place = 3", id=lived.application)
    for place in range(4, len(lived.events()) + 2):
        lived.attacker.run(
            "update audit_events set place = place - 1 where aggregate_id = :id and place = :p",
            id=lived.application, p=place,
        )  # fmt: skip
    assert found(lived.world) == [("audit-event-removed", lived.chain, 3)]


def test_events_in_another_order_are_found(lived: Lived) -> None:
    for now, then in ((2, 1002), (3, 2), (1002, 3)):
        lived.attacker.run(
            "update audit_events set place = :then where aggregate_id = :id and place = :now",
            id=lived.application, now=now, then=then,
        )  # fmt: skip
    findings = examined(lived.world).findings
    assert [(one.code, one.place, one.params["original"]) for one in findings] == [
        ("audit-event-moved", 2, 3), ("audit-event-moved", 3, 2),
    ]  # fmt: skip
    assert {one.chain for one in findings} == {lived.chain}


def test_an_event_put_in_between_is_found(lived: Lived) -> None:
    events = lived.events()
    for event in reversed(events[2:]):
        lived.attacker.run("update audit_events set place = place + 1 where id = :id", id=event.id)
    new = events[2]
    new.id, new.verb, new.details_digest = "01ZZZZZZZZZZZZZZZZZZZZZZZZ", "other", None
    new.hash = hash_of(new)
    lived.attacker.insert(new)
    assert found(lived.world) == [("audit-event-inserted", lived.chain, 3)]


def test_an_event_put_at_the_end_is_found(lived: Lived) -> None:
    last = lived.events()[-1]
    last.id, last.place, last.previous, last.details_digest = (
        "01ZZZZZZZZZZZZZZZZZZZZZZZZ",
        last.place + 1,
        last.hash,
        None,
    )
    last.hash = hash_of(last)
    lived.attacker.insert(last)
    assert found(lived.world) == [("audit-event-inserted", lived.chain, last.place)]


def test_an_event_written_anew_with_its_hash_is_found(lived: Lived) -> None:
    event = lived.events()[2]
    event.verb = "other"
    event.hash = hash_of(event)
    lived.attacker.write(event)
    assert found(lived.world) == [("audit-event-unlinked", lived.chain, 4)]


def test_another_hash_before_is_found(lived: Lived) -> None:
    event = lived.events()[2]
    event.previous = "f" * 64
    event.hash = hash_of(event)
    lived.attacker.write(event)
    assert found(lived.world) == [("audit-event-unlinked", lived.chain, 3), ("audit-event-unlinked", lived.chain, 4)]


def test_an_event_moved_to_another_chain_is_found_in_both(lived: Lived) -> None:
    last = lived.events()[-1]
    lived.attacker.run(
        "update audit_events set aggregate_id = :other, place = 99 where id = :id", other=lived.other, id=last.id
    )
    assert set(found(lived.world)) == {
        ("audit-event-removed", lived.chain, last.place), ("audit-event-inserted", ("application", lived.other), 99),
    }  # fmt: skip


def test_a_head_that_does_not_fit_is_found(lived: Lived) -> None:
    last = len(lived.events())
    lived.attacker.run(
        "update audit_heads set hash = :hash where aggregate_id = :id", hash="f" * 64, id=lived.application
    )
    assert found(lived.world) == [("audit-head-wrong", lived.chain, last)]
    lived.attacker.run("delete from audit_heads where aggregate_id = :id", id=lived.application)
    assert found(lived.world) == [("audit-head-missing", lived.chain, last)]


# --- chains and seals


def test_a_chain_removed_whole_is_found_by_its_head(lived: Lived) -> None:
    last = len(lived.events())
    lived.attacker.run("delete from audit_events where aggregate_id = :id", id=lived.application)
    assert found(lived.world) == [("audit-chain-removed", lived.chain, last)]


def test_a_chain_removed_with_its_head_is_found_by_the_seal(lived: Lived) -> None:
    last = len(lived.events())
    lived.seal()
    for table in ("audit_events", "audit_heads"):
        lived.attacker.run(f"delete from {table} where aggregate_id = :id", id=lived.application)
    assert found(lived.world) == [("audit-chain-removed", lived.chain, last)]


def test_a_chain_removed_with_everything_it_tells_of_is_found_by_the_seal(lived: Lived) -> None:
    last = len(lived.events())
    lived.seal()
    for table in ("audit_events", "audit_heads"):
        lived.attacker.run(f"delete from {table} where aggregate_id = :id", id=lived.application)
    for cls in audited_classes():
        if cls.aggregate == "application":
            lived.attacker.run(
                f"delete from {cls.__tablename__} where {cls.part_of} = :id",
                id=lived.application,  # type: ignore[attr-defined]
            )
    assert ("audit-chain-removed", lived.chain, last) in found(lived.world)


def test_a_chain_made_shorter_with_its_head_is_found_by_the_seal(lived: Lived) -> None:
    last = len(lived.events())
    lived.seal()
    lived.attacker.rewrite(lived.chain, lambda events: events.pop())
    assert ("audit-chain-short", lived.chain, last) in found(lived.world)


def test_a_chain_written_anew_with_all_its_hashes_is_found_by_the_seal(lived: Lived) -> None:
    last = len(lived.events())

    def change(events: list[Event]) -> None:
        events[1].actor_id = lived.world.made["Ola"]

    before = examined(lived.world).found
    lived.attacker.rewrite(lived.chain, change)
    assert (before, found(lived.world)) == (0, [])  # before it is sealed, nobody can tell
    lived.seal()
    lived.attacker.rewrite(lived.chain, lambda events: setattr(events[1], "actor_id", lived.world.made["Kari"]))
    assert found(lived.world) == [("audit-seal-differs", lived.chain, last)]


def test_a_seal_noted_elsewhere_finds_that_everything_was_written_anew(lived: Lived) -> None:
    noted = lived.seal().hash
    assert found(lived.world, noted) == []
    lived.attacker.rewrite(lived.chain, lambda events: setattr(events[1], "actor_id", lived.world.made["Ola"]))
    for table in ("audit_sealed_heads", "audit_seals"):
        lived.attacker.run(f"delete from {table}")
    lived.seal()
    assert found(lived.world) == []
    assert found(lived.world, noted) == [("audit-seal-unknown", ("seals", ""), 0)]


def test_a_seal_covers_what_has_grown_since_the_one_before(lived: Lived) -> None:
    first = lived.seal()
    again = lived.seal()
    assert (first.place, first.fresh, again.place, again.fresh, again.hash) == (1, True, 1, False, first.hash)
    lived.world.user("Siri")
    second = lived.seal()
    assert (second.place, second.chains, second.fresh) == (2, 1, True)
    assert examined(lived.world, first.hash, second.hash).found == 0


@pytest.fixture
def sealed(lived: Lived) -> Lived:
    """Three seals."""
    for name in ("Anne", "Berit", "Cecilie"):
        lived.world.user(name)
        lived.seal()
    return lived


SEALS = ("seals", "")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["update audit_seals set chains = chains + 1 where place = 2"], [("audit-seal-changed", SEALS, 2)]),
        (["update audit_sealed_heads set place = place + 0, hash = :f where seal = 2"], None),
        (["delete from audit_seals where place = 2"], [("audit-seal-removed", SEALS, 2)]),
        (["delete from audit_seals where place = 3"], [("audit-seal-removed", SEALS, 3)]),
        (
            [f"update audit_seals set place = {then} where place = {now}" for now, then in ((1, 9), (2, 1), (9, 2))],
            [("audit-seal-moved", SEALS, 1), ("audit-seal-moved", SEALS, 2)],
        ),
        (["delete from audit_sealed_heads where seal = 2"], [("audit-seal-changed", SEALS, 2)]),
    ],
    ids=["changed", "head changed", "removed", "last removed", "reordered", "heads removed"],
)
def test_a_seal_that_is_not_as_it_was_is_found(
    sealed: Lived, statements: list[str], expected: list[tuple[str, tuple[str, str], int]] | None
) -> None:
    for statement in statements:
        params = {"f": "f" * 64} if ":f" in statement else {}
        assert sealed.attacker.run(statement, **params) >= 1
    berit = "user", sealed.world.made["Berit"]
    wanted = expected or [("audit-seal-differs", berit, 2), ("audit-seal-changed", SEALS, 2)]
    assert found(sealed.world) == wanted


# --- what the trail tells of


def test_a_row_changed_behind_the_trail_is_found(lived: Lived) -> None:
    lived.attacker.run("update partners set amount = 999 where application_id = :id", id=lived.application)
    assert found(lived.world) == [("audit-row-changed", lived.chain, lived.told_last("partners"))]


def test_a_row_changed_behind_the_trail_and_then_rightly_is_found(lived: Lived) -> None:
    place = lived.told_last("applications")
    lived.attacker.run("update applications set strand = 'x' where id = :id", id=lived.application)
    withdraw_application(lived.world.engine, lived.world.by(lived.world.made["Kari"]), lived.application)
    assert found(lived.world) == [("audit-row-changed", lived.chain, place)]


def test_a_row_removed_behind_the_trail_is_found(lived: Lived) -> None:
    place = lived.told_last("partners")
    lived.attacker.run("delete from partners where application_id = :id", id=lived.application)
    assert found(lived.world) == [("audit-row-removed", lived.chain, place)]


def test_a_row_without_an_event_is_found(lived: Lived) -> None:
    lived.attacker.run(
        "insert into extensions (id, call_id, organisation_id, closes_at, reason, given_by, given_at, salt) select 'E1', "
        "call_id, organisation_id, begun_at, 'x', begun_by, begun_at, '' from applications where id = :id",
        id=lived.application,
    )
    call = lived.attacker.rows("select call_id from applications where id = :id", id=lived.application)[0]["call_id"]
    assert found(lived.world) == [("audit-row-inserted", ("call", call), 0)]


def test_a_row_moved_to_another_application_is_found_in_both(lived: Lived) -> None:
    place = lived.told_last("partners")
    lived.attacker.run(
        "update partners set application_id = :other where application_id = :id",
        id=lived.application,
        other=lived.other,
    )
    assert set(found(lived.world)) == {
        ("audit-row-removed", lived.chain, place), ("audit-row-inserted", ("application", lived.other), 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("update attachment_contents set content = :new", "audit-file-changed"),
        ("delete from attachment_contents", "audit-file-removed"),
    ],
)
def test_other_bytes_of_a_file_are_found(lived: Lived, statement: str, code: str) -> None:
    mine = " where attachment_id in (select id from attachments where application_id = :id)"
    params = {"new": b"Leie 900"} if ":new" in statement else {}
    lived.attacker.run(statement + mine, id=lived.application, **params)
    assert found(lived.world) == [(code, lived.chain, lived.told_last("attachments"))]


def test_bytes_that_no_attachment_tells_of_are_found(lived: Lived) -> None:
    lived.attacker.run("insert into attachment_contents (attachment_id, content) values ('A1', :new)", new=b"x")
    assert found(lived.world) == [("audit-file-inserted", ("attachment", "A1"), 0)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('update audit_details set body = \'{"partner": "x"}\'', "audit-detail-changed"),
        ("update audit_details set salt = 'x'", "audit-detail-changed"),
        ("update audit_details set body = '[]'", "audit-detail-changed"),
        ("update audit_details set body = null", "audit-detail-removed"),
        ("delete from audit_details", "audit-detail-removed"),
    ],
)
def test_other_words_of_an_event_are_found(lived: Lived, statement: str, code: str) -> None:
    event = next(event for event in lived.events() if event.verb == "partner-invited")
    lived.attacker.run(f"{statement} where event_id = :id", id=event.id)
    assert found(lived.world) == [(code, lived.chain, event.place)]


def test_words_of_an_event_that_had_none_are_found(lived: Lived) -> None:
    event = next(event for event in lived.events() if event.details_digest is None)
    lived.attacker.run("insert into audit_details (event_id, salt, body) values (:id, 'x', '{}')", id=event.id)
    assert found(lived.world) == [("audit-detail-inserted", lived.chain, event.place)]


# --- values that are none, as only SQLite lets anyone write


@pytest.mark.parametrize("lived", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
@pytest.mark.parametrize(
    ("statement", "code", "table"),
    [
        (
            "update audit_events set changes = 'not json' where aggregate_id = :id and place = :p",
            "audit-event-changed",
            "",
        ),
        ("update audit_events set at = 'yesterday' where aggregate_id = :id and place = :p", "audit-event-changed", ""),
        ("update drafts set answers = '{' where application_id = :id and :p > 0", "audit-row-changed", "drafts"),
        ("update drafts set saved_at = 'now' where application_id = :id and :p > 0", "audit-row-changed", "drafts"),
    ],
)
def test_what_can_not_be_read_is_found(lived: Lived, statement: str, code: str, table: str) -> None:
    place = lived.told_last(table) if table else 3
    lived.attacker.run(statement, id=lived.application, p=3)
    assert found(lived.world) == [(code, lived.chain, place)]
    assert streams.Unreadable(id="x") == streams.Unreadable(id="x")


# --- anything at all


@pytest.mark.parametrize("seed", range(6))
def test_a_random_change_is_found(lived: Lived, seed: int) -> None:
    """One column of one row of one table of the trail, or of those it tells of, becomes something else."""
    rng = random.Random(seed)
    lived.seal()
    for _ in range(6):
        assert _tampered(lived, rng)


HELD = ("status", "role", "channel", "kind")
"""Columns whose words the database itself knows."""


def _is_plain(column: Any) -> bool:
    return str(column.type) == "INTEGER" or str(column.type).startswith("VARCHAR")


def _tampered(lived: Lived, rng: random.Random) -> bool:
    """Change something, look, and put it back."""
    attacker = lived.attacker
    audited = [cls.__table__ for cls in audited_classes()]  # type: ignore[attr-defined]
    trail = [table for table in audited[0].metadata.tables.values() if table.name.startswith("audit_")]
    table = rng.choice([one for one in (*audited, *trail) if attacker.rows(f"select 1 from {one.name} limit 1")])
    key = [column.name for column in table.primary_key.columns]
    row = rng.choice(attacker.rows(f"select * from {table.name}"))
    plain = [one for one in table.columns if one.name not in HELD and one.name not in key and _is_plain(one)]
    column = rng.choice(plain or [table.columns[key[-1]]])
    value = 12345 if str(column.type) == "INTEGER" else "tampered"
    where = " and ".join(f'"{name}" = :k_{name}' for name in key)
    keys = {f"k_{name}": row[name] for name in key}
    attacker.run(f'update {table.name} set "{column.name}" = :value where {where}', value=value, **keys)
    seen = examined(lived.world).found > 0
    keys = {name: value if name == f"k_{column.name}" else key for name, key in keys.items()}
    attacker.run(f'update {table.name} set "{column.name}" = :value where {where}', value=row[column.name], **keys)
    assert examined(lived.world).found == 0, (table.name, column.name)
    return seen


# --- no change without an event


def test_a_change_that_nobody_tells_of_is_refused(lived: Lived) -> None:
    def change_silently() -> None:
        with lived.world.engine.store.work(lived.world.system) as work:
            application = work.applications.get(lived.application)
            assert application is not None
            application.strand = "silent"

    with pytest.raises(StoreError) as error:
        change_silently()
    assert (error.value.code, error.value.params["what"]) == ("audit-untold", f"application {lived.application}")
    assert examined(lived.world).found == 0


@pytest.mark.parametrize("lived", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_change_built_on_what_is_no_longer_there_is_refused(lived: Lived) -> None:
    """On SQLite the second waits until the first is done, and reads after it."""

    def change(strand: str, meanwhile: Callable[[], None]) -> None:
        with lived.world.engine.store.work(lived.world.system) as work:
            application = work.applications.get(lived.application)
            assert application is not None
            meanwhile()
            application.strand = strand
            work.record("changed", application)

    with pytest.raises(StoreError) as error:
        change("late", lambda: change("first", lambda: None))
    assert error.value.code == "store-busy"
    assert examined(lived.world).found == 0
