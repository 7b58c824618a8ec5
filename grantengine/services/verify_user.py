"""A person shows that an e-mail address is theirs, by a link that was sent there and the password they chose.

Anyone can make an account with an address that is not theirs. Its owner gets the link, but does not know the password, and so
does not confirm what somebody else could sign in to afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import InputError, Problem, Where
from grantengine.records import By
from grantengine.services.links import check_fresh, find_link, make_link, use_link
from grantengine.services.messages import Receiver, send
from grantengine.services.passwords import is_password
from grantengine.services.sessions import Opened, begin
from grantengine.services.throttle import count_try, forgive

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import User
    from grantengine.store.unit_of_work import Work


def verify_user(engine: Engine, by: By, secret: str, *, password: str, sender: str = "") -> str:
    """Confirm the account that the link was sent for; returns the user's id.

    :param sender: the network address it comes from; empty where there is none to count.
    :raises InputError: ``password-not-chosen``: it is not the one that was chosen last for this address.
    :raises NotAllowedError: ``too-many-tries`` for the address, or from this sender.
    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    proven = _proven(engine, by, secret, password, sender)
    with engine.store.work(by) as work:
        return _verified(work, secret, proven, sender).id


def verify_and_sign_in(engine: Engine, by: By, secret: str, *, password: str, sender: str = "") -> Opened:
    """Confirm the account that the link was sent for, and begin a session.

    :raises GrantEngineError: as ``verify_user``.
    """
    proven = _proven(engine, by, secret, password, sender)
    with engine.store.work(by) as work:
        return begin(engine, work, _verified(work, secret, proven, sender), "password")


def _proven(engine: Engine, by: By, secret: str, password: str, sender: str) -> User:
    """Whose account it is, as it was a moment ago: the password was the right one."""
    with engine.store.read() as reading:
        link = find_link(reading, "verify", secret)
        check_fresh(link, by.at)  # to hash is dear, and not done for whoever asks
        user = reading.users.get(link.subject_id)
    assert user is not None  # users are erased, never removed
    count_try(engine, by.at, *_tries(user, sender))
    if not is_password(password, user.password_hash, engine.settings.password_memory):
        raise InputError([Problem("password-not-chosen", Where(pointer="/password"))])
    return user


def _verified(work: Work, secret: str, proven: User, sender: str) -> User:
    link = use_link(work, "verify", secret)  # where somebody has made the account anew meanwhile it is a used one
    user = work.users.get(link.subject_id, lock=True)
    assert user is not None  # as above
    forgive(work, *_tries(proven, sender))
    user.verified_at = work.by.at
    work.record("user-verified", user)
    return user


def _tries(user: User, sender: str) -> tuple[tuple[str, str], ...]:
    return ("password-from", sender), ("password", user.email or "")


def ask_to_verify(engine: Engine, by: By, email: str) -> None:
    """Send the link that confirms an account once more; where none waits for it nothing is sent, and nobody is told."""
    with engine.store.work(by) as work:
        user = work.users.by_email(email.strip().lower())
        if user is not None and user.verified_at is None:
            verify_again(engine, work, user)


def verify_again(engine: Engine, work: Work, user: User) -> None:
    """A new link that confirms the account; the earlier one can no longer be used."""
    if user.email is None:
        return
    work.record("verification-asked", user)
    address = make_link(engine, work, "verify", user, user.id, user.email)
    send(engine, work, Receiver(user.email, user.language), "verify", about=user.id, name=user.name, url=address)
