"""A person shows that an e-mail address is theirs, by a link that was sent there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.links import make_link, use_link
from grantengine.services.messages import Receiver, send

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import User
    from grantengine.store.unit_of_work import Work


def verify_user(engine: Engine, by: By, secret: str) -> str:
    """Confirm the account that the link was sent for; returns the user's id.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    with engine.store.work(by) as work:
        link = use_link(work, "verify", secret)
        user = work.users.get(link.subject_id, lock=True)
        assert user is not None  # users are erased, never removed
        user.verified_at = by.at
        work.record("user-verified", user)
        return user.id


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
