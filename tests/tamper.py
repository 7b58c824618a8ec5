"""Someone with every right to the database, who knows how the audit trail is made and changes it behind our back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import create_engine, inspect, select, text
from worlds import World

from grantengine.services.verify_audit import Verified, verify_audit
from grantengine.store.audit import hash_of
from grantengine.store.base import Base
from grantengine.store.tables.operations import AuditEvent

EVENTS = "audit_events"
ROW_COLUMNS = [column.key for column in AuditEvent.__table__.columns]


@dataclass
class Event:
    """An event to be written anew."""

    id: str
    aggregate: str
    aggregate_id: str
    place: int
    at: Any
    actor_kind: str
    actor_id: str | None
    verb: str
    details_digest: str | None
    changes: list[Any]
    previous: str
    hash: str


class Attacker:
    """Full SQL access, with triggers and foreign keys out of the way."""

    def __init__(self, world: World) -> None:
        database = world.engine.store.database
        self.engine = create_engine(database.url)
        self.is_sqlite = database.is_sqlite
        self.world = world
        self._unguard()

    def _unguard(self) -> None:
        with self.engine.begin() as connection:
            if self.is_sqlite:
                for name in connection.scalars(text("select name from sqlite_master where type = 'trigger'")).all():
                    connection.execute(text(f"drop trigger {name}"))
            else:
                for table in inspect(connection).get_table_names():
                    connection.execute(text(f"alter table {table} disable trigger all"))

    def run(self, statement: str, **params: Any) -> int:
        """Run one statement; how many rows it changed."""
        with self.engine.begin() as connection:
            done = connection.execute(text(statement), params)
            return done.rowcount

    def rows(self, statement: str, **params: Any) -> list[Mapping[str, Any]]:
        """The rows of a query."""
        with self.engine.begin() as connection:
            return [dict(row) for row in connection.execute(text(statement), params).mappings()]

    def events(self, chain: tuple[str, str]) -> list[Event]:
        """The events of a chain, oldest first."""
        table = AuditEvent.__table__
        query = select(*table.columns).where(table.c.aggregate == chain[0], table.c.aggregate_id == chain[1])
        with self.engine.begin() as connection:
            rows = connection.execute(query.order_by(table.c.place)).mappings()
            return [Event(**row) for row in rows]

    def write(self, event: Event, **where: Any) -> None:
        """Write an event over the one with its id."""
        table = AuditEvent.__table__
        with self.engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == event.id).values(**vars(event)))

    def insert(self, event: Event) -> None:
        """Write an event that never happened."""
        with self.engine.begin() as connection:
            connection.execute(AuditEvent.__table__.insert().values(**vars(event)))

    def rewrite(self, chain: tuple[str, str], change: Callable[[list[Event]], None]) -> None:
        """Change events, and compute every hash of the chain and its head anew."""
        events = self.events(chain)
        gone = {event.id for event in events}
        change(events)
        previous = "0" * 64
        for place, event in enumerate(events, start=1):
            event.place, event.previous = place, previous
            event.hash = previous = hash_of(event)
        self.run("delete from audit_events where aggregate = :kind and aggregate_id = :id", kind=chain[0], id=chain[1])
        for event in events:
            self.insert(event)
        assert gone
        self.run(
            "update audit_heads set place = :place, hash = :hash where aggregate = :kind and aggregate_id = :id",
            place=len(events), hash=previous, kind=chain[0], id=chain[1],
        )  # fmt: skip

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def examined(world: World, *seals: str) -> Verified:
    """What an examination says."""
    return verify_audit(world.engine, world.system, seals)


def found(world: World, *seals: str) -> list[tuple[str, tuple[str, str], int]]:
    """What an examination finds: code, chain and place of each finding."""
    return [(one.code, one.chain, one.place) for one in examined(world, *seals).findings]


def raw(world: World) -> dict[str, list[Any]]:
    """Every row of every table as the database gives it: enough to see that nothing has changed, and faster."""
    with world.engine.store.database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        return {name: cursor.execute(f'select * from "{name}"').fetchall() for name in sorted(Base.metadata.tables)}


def dump(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with world.engine.store.database.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for name, table in sorted(Base.metadata.tables.items())
        }
