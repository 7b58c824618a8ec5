"""Run by hand: what a save and a submission cost on PostgreSQL beside 1 000, 100 000 and 1 000 000 stored applications.

    python tests/benchmarks/store.py
    python tests/benchmarks/store.py 1000 100000 --rounds 30

Each size is a database of its own on one server. One organisation with three submitted applications and a draft is made by
the services, and copied with everything that belongs to it (drafts, revisions, facts, partners, links, events, heads,
messages), spread over the municipalities and ten years. Rounds are interleaved, so that what else the machine does
hits all sizes alike. In a round an applicant takes up a draft chosen at random, saves it six times, and submits it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import postgres
import psycopg
from sqlalchemy import JSON, String
from sqlalchemy.dialects import postgresql
from worlds import ANSWERS, EXAMPLE, Clock, World

from grantengine.bootstrap import Engine, bootstrap
from grantengine.records import By
from grantengine.services.invite_partner import answer_as_partner, invite_partner
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application
from grantengine.store.base import Base
from grantengine.store.migrate import upgrade

SAVES = 6
EACH = 4
"""Applications of each organisation: one is a draft, the others are submitted."""
NEIGHBOURS = resources.files("grantengine_plugins.overlap") / "neighbours.csv"
PLACES = sorted({line.split(",")[0] for line in NEIGHBOURS.read_text(encoding="utf-8").splitlines()[1:]})
YEARS = 10
ID_IN_JSON = '"(01[0-9a-z]{16})[0-9a-z]{8}"'
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
SOURCE = EXAMPLE.replace("reporting, register]", "reporting, overlap]").replace(
    "      - {id: partners, kind: partners,",
    "      - {id: activities, kind: activities, optional: true, label: {nb: Aktiviteter, nn: Aktivitetar, en: Activities}}\n"
    "      - {id: partners, kind: partners,",
)
ACTIVITY = {"name": "Svømming for kvinner", "municipality": "0301", "from": "2027-08-01", "to": "2027-10-01"}
WRITTEN = {**ANSWERS, "summary": "Vi møtes hver uke og lærer språk. " * 5, "activities": [ACTIVITY]}
# What belongs to everyone is not copied with an applicant.
SHARED = {
    "authorities", "authority_roles", "calls", "call_patches", "schemes", "scheme_versions", "audit_seals",
    "audit_sealed_heads", "settings", "extensions", "invitees", "jobs", "alembic_version",
}  # fmt: skip
OTHERWISE = {
    ("applications", "number"): "split_part(number, '/', 1) || '/' || (split_part(number, '/', 2)::int + %(each)s * i)",
    ("application_numbers", "number"): "number + %(each)s * i",
    ("applications", "request_id"): "null",
    ("users", "email"): "'u' || i || email",
    ("organisations", "number"): "case when number is not null then (100000000 + i)::text end",
    ("organisations", "municipality"): "places[1 + i %% array_length(places, 1)]",
    ("planned_activities", "municipality"): "places[1 + i %% array_length(places, 1)]",
    ("planned_activities", "name"): "name || ' ' || i %% 300",
    ("planned_activities", "starts"): f"(starts::date - i %% {YEARS * 365})::text",
    ("planned_activities", "ends"): f"(ends::date - i %% {YEARS * 365})::text",
    ("one_time_links", "secret_digest"): "md5(i || secret_digest) || md5(secret_digest || i)",
    ("facts", "retry_at"): "null",
    ("outbox", "due_at"): "null",
    ("outbox", "sent_at"): "made_at",
}
"""Columns of copies that are not those of what is copied, as expressions of its number ``i``."""


@dataclass
class Stored:
    """A database with so many applications; the ids of the draft and the user that the others are copies of."""

    size: int
    engine: Engine
    clock: Clock
    draft: str
    user: str
    times: dict[str, list[float]] = field(default_factory=lambda: {"first": [], "save": [], "submit": []})

    def round(self, chance: random.Random) -> None:
        """Someone takes up a draft, writes, and submits."""
        copy = chance.randrange(1, self.size // EACH)
        by, id = By("user", copied(self.user, copy), self.clock()), copied(self.draft, copy)
        with self.engine.store.read() as reading:
            draft = reading.applications.draft(id)
            application = reading.applications.get(id)
        assert draft is not None
        assert application is not None
        if application.status != "draft":
            return
        version = draft.version
        for number in range(SAVES):
            answers = {**WRITTEN, "members": chance.randrange(10, 900), "summary": f"{number} {WRITTEN['summary']}"}
            with self.timed("save" if number else "first"):
                version = save_draft(self.engine, by, id, version, answers).version
        with self.timed("submit"):
            submit_application(self.engine, by, id, version)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.times[what].append((time.perf_counter() - start) * 1000)


def copied(id: str, copy: int) -> str:
    """The id of a copy, as the database makes it."""
    return id[:18] + f"{copy:08x}"


def stored(server: str, size: int) -> Stored:
    """A database with so many applications."""
    url, clock, start = postgres.new_database(server, f"stored_{size}"), Clock(), time.perf_counter()
    environment = {"GRANTENGINE_DATABASE_URL": url, "GRANTENGINE_LANGUAGE": "nb", "GRANTENGINE_PASSWORD_MEMORY": "64"}
    engine = bootstrap(environment, now=clock)
    upgrade(engine.store.database)
    world = World(engine, clock)
    call = world.call(SOURCE)
    common = rows_now(url)
    user = world.user("Kari", "kari@example.org")
    organisation = world.organisation(user)
    *others, submitted, draft = (world.draft(call, organisation, user, WRITTEN) for _ in range(EACH))
    invite_partner(engine, world.by(user), application_id=submitted, name="Biblioteket", email="bib@example.org")
    answer_as_partner(engine, world.anyone, world.link("partner", "bib@example.org"), "confirmed", person="Berit")
    save_draft(engine, world.by(user), draft, 1, {**WRITTEN, "members": 8}, keep=True)
    for id in (*others, submitted):
        submit_application(engine, world.by(user), id, 1)
    multiply(url, size // EACH - 1, common)
    clock.turn(days=2)
    found = measure(url)
    print(f"{size:>9} applications: {found}, filled in {time.perf_counter() - start:.0f} s", flush=True)
    return Stored(size, engine, clock, draft, user)


def rows_now(url: str) -> dict[str, set[Any]]:
    """The keys of the rows of each table, as text."""
    with closing(psycopg.connect(url)) as connection:
        return {
            table.name: {row for (row,) in connection.execute(f"select {keys(table)} from {table.name}")}
            for table in Base.metadata.sorted_tables
        }


def keys(table: Any) -> str:
    return " || '/' || ".join(f"{column.name}::text" for column in table.primary_key.columns)


def multiply(
    url: str, copies: int, common: dict[str, set[Any]], *, each: int = EACH, shared_tables: Collection[str] = SHARED,
    in_json: bool = False,
) -> None:  # fmt: skip
    """Copy every row that is not in ``common`` so many times, with ids of its own, also those ``in_json``; a copy has ``each``
    applications.
    """
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("set session_replication_role = replica")  # no foreign keys, no guards: they hold as it is
        connection.execute("set synchronous_commit = off")  # of the copies only
        shared = {id for table in common for id in common[table] if "/" not in id}
        for table in Base.metadata.sorted_tables:
            if table.name in shared_tables or table.name in ("profile_terms", "tries"):
                continue
            values = ", ".join(value_of(table.name, column, in_json=in_json) for column in table.columns)
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            places = "array[" + ", ".join(f"'{place}'" for place in PLACES) + "]"
            connection.execute(
                f"insert into {table.name} ({names}) select {values} from {table.name}, "
                f"(select {places} as places) p, generate_series(1, {copies}) i "
                f"where not ({keys(table)} = any(%(common)s)) {not_of_all(table)}",
                {"common": sorted(common[table.name]), "shared": sorted(shared), "each": each},
            )
        connection.execute(
            "select setval(pg_get_serial_sequence('application_numbers', 'number'), (select max(number) from application_numbers))"
        )
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


def not_of_all(table: Any) -> str:
    """What has happened to things that all share is not copied."""
    return "and not (aggregate_id = any(%(shared)s))" if "aggregate_id" in table.columns else ""


def value_of(table: str, column: Any, *, in_json: bool = False) -> str:
    """A column of a copy: an id is made anew unless it is of something that all share."""
    if (table, column.name) in OTHERWISE:
        return OTHERWISE[table, column.name]
    name = f'"{column.name}"'
    if isinstance(column.type, String) and column.type.length == 26:
        # Ids end in chance: their last eight letters give way to the number of the copy.
        return f"case when {name} = any(%(shared)s) then {name} else left({name}, 18) || lpad(to_hex(i), 8, '0') end"
    if in_json and isinstance(column.type, JSON):
        ends = "lpad(to_hex(i), 8, '0')"
        return f"regexp_replace({name}::text, '{ID_IN_JSON}', '\"\\1' || {ends} || '\"', 'g')::{_json(column)}"
    return name


def _json(column: Any) -> str:
    return str(column.type.dialect_impl(POSTGRESQL).compile(POSTGRESQL)).lower()


def measure(url: str) -> str:
    with closing(psycopg.connect(url)) as connection:
        rows = connection.execute(
            "select count(*), pg_size_pretty(pg_database_size(current_database())) from applications"
        )
        count, size = rows.fetchone() or (0, "")
        largest = connection.execute(
            "select relname || ' ' || pg_size_pretty(pg_total_relation_size(relid)) from pg_statio_user_tables "
            "order by pg_total_relation_size(relid) desc limit 4"
        ).fetchall()
    return f"{count} rows, {size} ({', '.join(name for (name,) in largest)})"


def rows_read(url: str, *, anew: bool = False) -> tuple[int, int]:
    """How many rows were read since this was last asked ``anew``: by scans of whole tables, and by indexes.

    What else the machine does changes nothing in it: a query without its index shows here.
    """
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        time.sleep(2)  # sessions tell what they have done once a second
        rows = connection.execute("select sum(seq_tup_read), sum(idx_tup_fetch) from pg_stat_user_tables").fetchone()
        if anew:
            connection.execute("select pg_stat_reset()")
    return rows or (0, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with postgres.server() as server:
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute("alter system set max_wal_size = '8GB'")
            connection.execute("select pg_reload_conf()")
        databases = [stored(server, size) for size in options.sizes]
        for number in range(options.rounds + 5):
            for one in chance.sample(databases, len(databases)):
                one.round(chance)
            if number == 4:  # what is compiled once is compiled now
                for one in databases:
                    one.times = {name: [] for name in one.times}
                    rows_read(one.engine.settings.database_url, anew=True)
        report(databases)
        for one in databases:
            scanned, fetched = rows_read(one.engine.settings.database_url)
            rounds = len(one.times["submit"])
            print(
                f"{one.size:>9}: rows read a round: {scanned / rounds:.0f} by scans of tables, {fetched / rounds:.0f} by indexes"
            )
        for one in databases:
            one.engine.store.database.close()
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


def report(databases: list[Stored]) -> None:
    """Medians in milliseconds, and how many times those of the smallest."""
    print(f"{'':>9}  {'first save':>18}  {'later saves':>18}  {'submission':>18}")
    base = {name: statistics.median(times) for name, times in databases[0].times.items()}
    for one in databases:
        cells = [
            f"{statistics.median(times):8.1f} ms × {statistics.median(times) / base[name]:4.2f}"
            for name, times in one.times.items()
        ]
        print(f"{one.size:>9}  " + "  ".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
