"""One transaction as services see it: the repositories, what happened, and what to send; all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from grantengine.errors import StoreError
from grantengine.records import By
from grantengine.store.applications import Applications
from grantengine.store.around import Around
from grantengine.store.assessments import Assessments
from grantengine.store.assignments import Assignments
from grantengine.store.audit import Changes, Signature, append_events
from grantengine.store.authorities import Authorities
from grantengine.store.base import Audited, Base, chain_of
from grantengine.store.beside import Beside
from grantengine.store.cases import Cases
from grantengine.store.catalogue import Catalogue
from grantengine.store.database import Database
from grantengine.store.decisions import Decisions
from grantengine.store.dialogue import Dialogue
from grantengine.store.directory import Directory
from grantengine.store.examples import ExampleRows
from grantengine.store.figures import Figures
from grantengine.store.grants import Grants
from grantengine.store.impartiality import Impartiality
from grantengine.store.jobs import Jobs
from grantengine.store.letters import Letters
from grantengine.store.looking import Looking
from grantengine.store.meeting_logs import MeetingLogs
from grantengine.store.meetings import Meetings
from grantengine.store.networks import Networks
from grantengine.store.organisations import Organisations
from grantengine.store.outbox import Outbox
from grantengine.store.own import Own
from grantengine.store.parts import Parts
from grantengine.store.personal import Personal
from grantengine.store.queues import Queues
from grantengine.store.round_counts import RoundCounts
from grantengine.store.schemes import Schemes
from grantengine.store.sharing import Sharing
from grantengine.store.sign_in import SignIns
from grantengine.store.staffing import Staffing
from grantengine.store.trail import Trail
from grantengine.store.users import Users
from grantengine.store.waiting import Waiting


class Reading:
    """What can be read, all of it as it was at one moment."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.applications = Applications(session)
        self.around = Around(session)
        self.authorities = Authorities(session)
        self.beside = Beside(session)
        self.catalogue = Catalogue(session)
        self.figures = Figures(session)
        self.examples = ExampleRows(session)
        self.grants = Grants(session)
        self.directory = Directory(session)
        self.jobs = Jobs(session)
        self.networks = Networks(session)
        self.organisations = Organisations(session)
        self.outbox = Outbox(session)
        self.own = Own(session)
        self.parts = Parts(session)
        self.personal = Personal(session)
        self.queues = Queues(session)
        self.round_counts = RoundCounts(session)
        self.schemes = Schemes(session)
        self.trail = Trail(session)
        self.assessments = Assessments(session)
        self.assignments = Assignments(session)
        self.cases = Cases(session)
        self.decisions = Decisions(session)
        self.dialogue = Dialogue(session)
        self.impartiality = Impartiality(session)
        self.letters = Letters(session)
        self.looking = Looking(session)
        self.meetings = Meetings(session)
        self.meeting_logs = MeetingLogs(session)
        self.sharing = Sharing(session)
        self.sign_in = SignIns(session)
        self.staffing = Staffing(session)
        self.users = Users(session)
        self.waiting = Waiting(session)


class Work(Reading):
    """A transaction that changes something: it commits when its block ends, and everything it tells with it."""

    def __init__(self, session: Session, by: By, new_id: Callable[[], str], new_salt: Callable[[], str]) -> None:
        super().__init__(session)
        self.by, self.new_id = by, new_id
        self._new_salt = new_salt
        self._changes = Changes()
        self._afterwards: list[Callable[[], None]] = []
        event.listen(session, "before_flush", self._note)
        event.listen(session, "do_orm_execute", _refuse_bulk)

    def add(self, *rows: Base) -> None:
        """Write new rows."""
        self.session.add_all(rows)

    def remove(self, *rows: Base) -> None:
        """Remove rows."""
        for row in rows:
            self.session.delete(row)

    def record(self, verb: str, of: Audited, **details: Any) -> None:
        """Tell an event of the aggregate that the row ``of`` is part of; ``details`` may be erased later."""
        self._changes.tell(chain_of(of), verb, details)

    def afterwards(self, call: Callable[[], None]) -> None:
        """Call this once everything is kept."""
        self._afterwards.append(call)

    def commit(self) -> list[Callable[[], None]]:
        """Keep everything, with its events.

        :raises StoreError: ``audit-untold``.
        """
        self.session.flush()
        self._changes.check()
        signature = Signature(self.by.at, self.by.kind, self.by.id)
        append_events(self.session, self._changes, signature, self.new_id, self._new_salt)
        self.session.commit()
        return self._afterwards

    def _note(self, session: Session, context: object, instances: object) -> None:
        self._changes.note(session, self._new_salt)


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Statements that change audited rows behind the session's back are told by nobody."""
    if state.is_insert or state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, Audited):
            raise StoreError("audit-untold", what=mapper.class_.__name__)


@dataclass(frozen=True)
class Store:
    """The door to the database: ``look``, ``read`` and ``work`` are all that services open."""

    database: Database
    new_id: Callable[[], str]
    new_salt: Callable[[], str]

    @contextmanager
    def look(self) -> Iterator[Looking]:
        """Single questions, for what is asked with nearly every page: each is answered as things are at its moment.

        :raises StoreError: the database can not be reached or is not set up.
        """
        with self.database.look() as connection:
            yield Looking(connection)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """A transaction that changes nothing.

        :raises StoreError: the database can not be reached or is not set up.
        """
        with self.database.session(write=False) as session:
            yield Reading(session)

    @contextmanager
    def work(self, by: By) -> Iterator[Work]:
        """A transaction that is committed when the block ends, and undone when it raises.

        :raises StoreError: the database can not be reached or is not set up.
        """
        with self.database.session(write=True) as session:
            work = Work(session, by, self.new_id, self.new_salt)
            yield work
            afterwards = work.commit()
        for call in afterwards:
            call()
