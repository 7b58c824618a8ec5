"""Whether someone who wants to sign in is who they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError
from grantengine.records import By
from grantengine.services.passwords import hash_password, is_outdated, is_password

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def check_password(engine: Engine, by: By, email: str, password: str) -> str:
    """The id of the user with this address and password.

    :raises NotAllowedError: ``sign-in-failed``, whatever of it is wrong; ``email-not-verified`` once the password is right.
    """
    with engine.store.read() as reading:
        user = reading.users.by_email(email.strip().lower())
    kept = user.password_hash if user else None
    if not is_password(password, kept, engine.settings.password_memory) or user is None or kept is None:
        raise NotAllowedError("sign-in-failed")
    if user.verified_at is None:
        raise NotAllowedError("email-not-verified")
    if is_outdated(kept, engine.settings.password_memory):
        with engine.store.work(by) as work:
            again = work.users.get(user.id, lock=True)
            if again is not None and again.password_hash == kept:
                again.password_hash = hash_password(password, engine.settings.password_memory)
                work.record("password-hashed-anew", again)
    return user.id
