"""A person who knows the password chooses another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import InputError, Problem, Where
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.messages import Receiver, send
from grantengine.services.passwords import hash_password, is_password
from grantengine.services.sessions import end_sessions
from grantengine.services.throttle import count_try, forgive

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def change_password(engine: Engine, by: By, *, old: str, new: str, session: str | None = None) -> None:
    """Set another password; all sessions but this one (its id) end.

    :raises InputError: ``password-wrong``, ``password-too-short`` or ``password-too-long``.
    :raises NotAllowedError: ``sign-in-needed`` or ``too-many-tries``.
    """
    memory = engine.settings.password_memory
    with engine.store.read() as reading:
        before = user_of(reading, by)
    hashed = hash_password(new, memory)
    check_own_password(engine, by, old, "old_password")
    with engine.store.work(by) as work:
        user = work.users.get(before.id, lock=True)
        assert user is not None  # just found; users are erased, never removed
        if user.password_hash != before.password_hash:
            raise _wrong("old_password")  # it was changed in the meantime
        user.password_hash = hashed
        ended = end_sessions(work, user.id, but=session)
        work.record("password-changed", user, sessions=ended)
        if user.email:
            send(engine, work, Receiver(user.email, user.language), "password-changed", about=user.id, name=user.name)


def check_own_password(engine: Engine, by: By, password: str, field: str = "password") -> None:
    """Whoever is signed in knows the password, too: asked before what can not be undone.

    :raises InputError: ``password-wrong``.
    :raises NotAllowedError: ``sign-in-needed`` or ``too-many-tries``.
    """
    with engine.store.read() as reading:
        user = user_of(reading, by)
    tried = ("password", user.email or "")
    count_try(engine, by.at, tried)
    if not is_password(password, user.password_hash, engine.settings.password_memory):
        raise _wrong(field)
    with engine.store.work(by) as work:
        forgive(work, tried)


def _wrong(field: str) -> InputError:
    return InputError([Problem("password-wrong", Where(pointer=f"/{field}"))])
