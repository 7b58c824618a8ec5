"""Connections to SQLite and PostgreSQL that behave alike: transactions begin when we say, and wait for their turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grantengine.errors import DuplicateError, InputError, NotPossibleError, Problem, StoreError
from grantengine.store.kept_lines import look_before_use
from grantengine.store.once import ANSWERS
from grantengine.store.shapes import SHAPES

BUSY_MILLISECONDS = 30_000
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Database:
    """A database by its address; connections are made when they are first wanted."""

    def __init__(self, address: str) -> None:
        self.url = _url(address)
        self._hurries = self._is_current = False
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql()
        # Everything that is read together is as it was at one moment, as it always is on SQLite.
        together = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self.engine.execution_options(begin="DEFERRED", **together)
        self._writing = self.engine.execution_options(begin="IMMEDIATE")
        self._looking = self.engine.execution_options(begin=None, **alone)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def is_missing(self) -> bool:
        """Whether there is no file yet where one could be; looking for one must not make it."""
        file = Path(self.url.database or "")
        return self.is_sqlite and file.parent.is_dir() and not file.exists()

    @property
    def name(self) -> str:
        """The address without password, for people."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def session(self, *, write: bool, shape: Literal["current", "any", "make"] = "current") -> Iterator[Session]:
        """A session in one transaction; who uses it commits.

        :param shape: what the database must be like: as this version of the package needs it, however it is, or not even
            there yet, which makes the file of an embedded one.
        :raises StoreError: ``store-unreachable``, ``store-busy``, ``store-not-set-up`` or ``store-newer``.
        :raises DuplicateError: something that may stand once stands there already.
        :raises InputError: ``value-not-kept``: a text, an id or a number that no database keeps.
        """
        if shape != "make" and self.is_missing:
            raise StoreError("store-not-set-up", database=self.name)
        bind = self._writing if write else self._reading
        with self._told(), _Session(bind, autoflush=False, expire_on_commit=False) as session:
            if not write:
                session.info[ANSWERS] = {}
            if shape == "current" and not self._is_current:
                self._check_shape(session)
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection for statements that read something each for itself: no transaction is begun for them, and none ended.

        :raises StoreError: as of :meth:`session`.
        :raises InputError: ``value-not-kept``.
        """
        if not self._is_current or self.is_missing:
            with self.session(write=False):
                pass  # which looks at the shape
        with self._told(), self._looking.connect() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the driver raises is raised as errors of ours."""
        try:
            yield
        except StaleDataError as error:
            raise StoreError("store-busy", database=self.name, reason=str(error).splitlines()[0]) from error
        except PoolTimeoutError as error:
            # More at once than there are connections, and none was given back for half a minute.
            raise StoreError("store-busy", database=self.name, reason=str(error).splitlines()[0]) from error
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE" in str(error.orig):
                raise DuplicateError("store-duplicate", what=str(error.orig).splitlines()[0]) from error
            if "within_budget" in str(error.orig):
                raise NotPossibleError("budget-exceeded") from error
            raise
        except (UnicodeEncodeError, OverflowError, DataError) as error:
            # Halves of characters, NUL, texts and numbers beyond what a column holds, wherever they were sent.
            raise InputError([Problem("value-not-kept")]) from error
        except DatabaseError as error:
            if _is_of_another_kind(error):
                raise InputError([Problem("value-not-kept")]) from error
            unusable = self._unusable(error)
            if unusable is None:
                raise
            raise unusable from error

    def _check_shape(self, session: Session) -> None:
        """Looked at once: a database is not brought to another shape while someone works in it."""
        there = session.execute(text("select version_num from alembic_version")).scalar()
        if there not in SHAPES and there is not None:
            raise StoreError("store-newer", database=self.name, shape=there)
        if there != SHAPES[-1]:
            raise StoreError("store-not-set-up", database=self.name)
        self._is_current = True

    def hurry(self) -> None:
        """From now on let the system write to disk when it likes, where this is the embedded database.

        Only for what can be made again: when the machine stops meanwhile, the file may be lost.
        """
        self._hurries = True
        self.engine.dispose()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _sqlite(self) -> Engine:
        engine = create_engine(self.url)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, record: object) -> None:
            connection.isolation_level = None  # the driver begins nothing by itself
            for pragma in (
                f"busy_timeout={BUSY_MILLISECONDS}",
                "journal_mode=WAL",
                f"synchronous={'OFF' if self._hurries else 'FULL'}",
                "foreign_keys=ON",
                "secure_delete=ON",  # what is erased is overwritten
            ):
                connection.execute(f"PRAGMA {pragma}").close()

        @event.listens_for(engine, "checkin")
        def _undo(connection: Any, record: object) -> None:
            # A commit that is refused leaves its transaction open, and the next one would not begin.
            if connection is not None and connection.in_transaction:
                connection.rollback()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            how = connection.get_execution_options().get("begin", "IMMEDIATE")
            if how:
                connection.exec_driver_sql(f"BEGIN {how}")

        return engine

    def _postgresql(self) -> Engine:
        engine = create_engine(self.url)
        look_before_use(engine)
        return engine

    def _unusable(self, error: DatabaseError) -> StoreError | None:
        words = str(error.orig)
        if "no such table" in words or getattr(error.orig, "sqlstate", None) == "42P01":
            return StoreError("store-not-set-up", database=self.name)
        if "invalid connection option" in words:
            return StoreError("store-address", database=self.name)
        if isinstance(error, OperationalError) or "not a database" in words:
            busy = "database is locked" in words or getattr(error.orig, "sqlstate", None) in ("40P01", "40001", "55P03")
            code = "store-busy" if busy else "store-unreachable"
            return StoreError(code, database=self.name, reason=words.splitlines()[0] if words else "")
        return None


class _Session(Session):
    """A session that is asked for rows by ids from anywhere: what is no id at all is told like any value of the wrong kind."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """A row by id; None for no id.

        :raises InputError: ``value-not-kept``.
        """
        parts = ident if isinstance(ident, tuple) else (ident,)
        if None in parts:
            return None
        if not all(isinstance(one, str | int) for one in parts):
            raise InputError([Problem("value-not-kept")])
        answers = self.info.get(ANSWERS)
        if answers is None or any(options.values()):
            return super().get(entity, ident, **options)
        if (entity, ident) not in answers:  # a session forgets what nobody holds, and would read it again and again
            answers[entity, ident] = super().get(entity, ident, **options)
        return answers[entity, ident]


def _is_of_another_kind(error: DatabaseError) -> bool:
    """Whether a list, a record or a number was sent where an id or a text is compared."""
    words = str(error.orig)
    unfit = "Error binding parameter" in words or "cannot adapt type" in words
    # No such comparison of two types, and no way from one to the other.
    return unfit or getattr(error.orig, "sqlstate", None) in ("42883", "42846")


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise StoreError("store-address", database=address.rsplit("@", maxsplit=1)[-1]) from error
    if url.drivername in DRIVERS:
        url = url.set(drivername=DRIVERS[url.drivername])
    in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
    # What is in memory is gone with the connection that made it.
    if url.get_backend_name() not in ("sqlite", "postgresql") or in_memory:
        raise StoreError("store-address", database=url.render_as_string(hide_password=True))
    return url
