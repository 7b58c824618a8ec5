"""One organisation writes to another that wants to be found: by a mail, and neither sees the other's address here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import organisation_for, user_of
from grantengine.services.find_organisations import Entry, entry_of
from grantengine.services.messages import Receiver, send
from grantengine.services.people_input import Checks
from grantengine.services.throttle import MOST, count_try
from grantengine.store.tables.people import Organisation, User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class WritingTo:
    """``to`` is who is written to, ``mine`` those that the person is a contact of, by id and name. ``answers_to`` is the
    address that answers go to.
    """

    to: Entry
    mine: tuple[tuple[str, str], ...]
    answers_to: str


def see_writing(engine: Engine, by: By, organisation_id: str) -> WritingTo:
    """What someone sees before writing to an organisation of the directory.

    :raises NotFoundError: ``organisation-not-found``: there is none that wants to be found.
    """
    with engine.store.read() as reading:
        user, to = user_of(reading, by), _found(reading, organisation_id)
        acts_for = reading.organisations.of_user(user.id, by.at)
        mine = tuple((one.id, one.name) for one, role in acts_for if role == "contact" and one.id != to.id)
        return WritingTo(entry_of(to), mine, user.email or "")


def write_to_organisation(engine: Engine, by: By, organisation_id: str, *, sender_id: str, text: str) -> None:
    """Write to the contacts of an organisation that wants to be found, as a contact of another; they answer by mail.

    :raises InputError: ``comment-missing``, or ``text-length``: of more than 2 000 characters.
    :raises NotFoundError: ``organisation-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``write-to-itself``; ``nobody-to-write-to``: it has no contacts; ``written-enough``: so
        many messages of one person, or to one organisation, that it is enough for today.
    """
    checks = Checks()
    said = checks.text(text, "text", LONGEST)
    if said is None and not checks.problems:
        checks.add("comment-missing", "text")
    checks.done()
    with engine.store.read() as reading:
        user = user_of(reading, by)
        sender, to = organisation_for(reading, by, sender_id, {"contact"}), _found(reading, organisation_id)
        if sender.id == to.id:
            raise NotPossibleError("write-to-itself")
        if not _contacts(reading, by, to):
            raise NotPossibleError("nobody-to-write-to", organisation=to.name)
    try:
        count_try(engine, by.at, ("write-from", user.id), ("write", to.id))
    except NotAllowedError as error:
        raise NotPossibleError("written-enough", limit=MOST["write-from"], received=MOST["write"]) from error
    with engine.store.work(by) as work:
        sender, to = organisation_for(work, by, sender_id, {"contact"}), _found(work, organisation_id, lock=True)
        work.record("written-to", to, sender=sender.id)
        address = f"{engine.settings.url}/organisations"
        for contact in _contacts(work, by, to):
            # It is about who wrote it, and goes with the account, whatever address the person had then.
            send(
                engine, work, Receiver(contact.email or "", contact.language),
                "written-to" if sender.listed else "written-by-unlisted", about=user.id, reply_to=user.email,
                name=contact.name, organisation=to.name, sender=sender.name, person=user.name, text=said,
                url=f"{address}/{sender.id}/about", profile=f"{address}/{to.id}",
            )  # fmt: skip


def _found(reading: Reading, organisation_id: str, *, lock: bool = False) -> Organisation:
    one = reading.organisations.get(organisation_id, lock=lock)
    if one is None or not one.listed:
        raise NotFoundError("organisation-not-found")
    return one


def _contacts(reading: Reading, by: By, one: Organisation) -> list[User]:
    people = reading.organisations.people(one.id, by.at)
    return [user for role, user in people if role.role == "contact" and user.email]
