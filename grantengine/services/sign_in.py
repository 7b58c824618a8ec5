"""A person signs in, and signs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.check_password import check_password
from grantengine.services.see_session import LONGEST, digest_of_secret
from grantengine.store.tables.sign_in import UserSession

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def sign_in(engine: Engine, by: By, *, email: str, password: str) -> str:
    """Begin a session by password; returns its secret, of which only a digest is kept.

    :raises NotAllowedError: ``sign-in-failed``, whatever of it is wrong; ``email-not-verified`` once the password is right.
    """
    user_id = check_password(engine, by, email, password)
    secret = engine.new_secret()
    with engine.store.work(By("user", user_id, by.at)) as work:
        user = work.users.get(user_id)
        assert user is not None  # just found
        work.record("signed-in", user, how="password")
        work.add(
            UserSession(
                id=digest_of_secret(secret), user_id=user_id, how="password", opened_at=by.at, seen_at=by.at,
                ends_at=by.at + LONGEST,
            )
        )  # fmt: skip
    return secret


def sign_out(engine: Engine, by: By, secret: str) -> None:
    """End the session with this secret, if there is one."""
    with engine.store.work(by) as work:
        session = work.sign_in.session_by_id(digest_of_secret(secret), lock=True)
        if session is not None:
            work.remove(session)
