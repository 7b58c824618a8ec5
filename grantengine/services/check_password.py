"""Whether someone who wants to sign in is who they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError
from grantengine.records import By
from grantengine.services.passwords import hash_password, is_outdated, is_password
from grantengine.store.tables.people import User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work


def check_password(engine: Engine, by: By, email: str, password: str) -> str:
    """The id of the user with this address and password.

    :raises NotAllowedError: ``sign-in-failed``, whatever of it is wrong; ``email-not-verified`` once the password is right.
    """
    user = proven(engine, email, password)
    kept, anew = user.password_hash, hashed_anew(engine, user, password)
    if anew is not None:
        with engine.store.work(by) as work:
            again = work.users.get(user.id, lock=True)
            if again is not None and again.password_hash == kept:
                keep_anew(work, again, anew)
    return user.id


def proven(engine: Engine, email: str, password: str) -> User:
    """The user with this address and password, as it was a moment ago.

    :raises NotAllowedError: as above.
    """
    with engine.store.read() as reading:
        user = reading.users.by_email(email.strip().lower())
    kept = user.password_hash if user else None
    if not is_password(password, kept, engine.settings.password_memory) or user is None or kept is None:
        raise NotAllowedError("sign-in-failed")
    if user.verified_at is None:
        raise NotAllowedError("email-not-verified")
    return user


def hashed_anew(engine: Engine, user: User, password: str) -> str | None:
    """The hash by the parameters of today; None where it has that already."""
    memory = engine.settings.password_memory
    return hash_password(password, memory) if is_outdated(user.password_hash or "", memory) else None


def keep_anew(work: Work, user: User, hashed: str) -> None:
    """Keep the same password, hashed anew."""
    user.password_hash = hashed
    work.record("password-hashed-anew", user)
