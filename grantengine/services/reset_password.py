"""A forgotten password: a link to the address that is known, and a new password by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.links import check_fresh, close_links, find_link, make_link, use_link
from grantengine.services.messages import Receiver, send
from grantengine.services.passwords import hash_password
from grantengine.services.sessions import end_sessions

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def ask_for_reset(engine: Engine, by: By, email: str) -> None:
    """Send a link by which a new password can be set; to an unknown address nothing is sent, and nobody is told."""
    with engine.store.work(by) as work:
        user = work.users.by_email(email.strip().lower())
        if user is None or user.email is None:
            return
        work.record("password-reset-asked", user)
        address = make_link(engine, work, "reset", user, user.id, user.email)
        # By e-mail whatever the user prefers: it is the address that is confirmed.
        to = Receiver(user.email, user.language)
        send(engine, work, to, "reset", about=user.id, name=user.name, url=address)


def reset_password(engine: Engine, by: By, secret: str, password: str) -> str:
    """Set a new password by the link; returns the user's id. The address is confirmed by it too, and all sessions end.

    :raises InputError: the password is too short or too long.
    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    with engine.store.read() as reading:
        check_fresh(find_link(reading, "reset", secret), by.at)  # to hash is dear, and not done for whoever asks
    hashed = hash_password(password, engine.settings.password_memory)
    with engine.store.work(by) as work:
        link = use_link(work, "reset", secret)
        user = work.users.get(link.subject_id, lock=True)
        assert user is not None  # users are erased, never removed
        user.password_hash = hashed
        user.verified_at = user.verified_at or by.at
        close_links(work, "sign-in", user.id)
        close_links(work, "verify", user.id)
        ended = end_sessions(work, user.id)
        work.record("password-reset", user, sessions=ended)
        if user.email:
            send(engine, work, Receiver(user.email, user.language), "password-changed", about=user.id, name=user.name)
        return user.id
