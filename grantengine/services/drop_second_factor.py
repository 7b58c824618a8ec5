"""Someone who has lost both the device and the codes for that is let in again by those who run the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.messages import Receiver, send
from grantengine.services.sessions import end_sessions

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def drop_second_factor(engine: Engine, by: By, email: str) -> None:
    """No code is asked for any more when the person with this address signs in; all sessions end, and the person is told.

    :raises NotAllowedError: ``system-only``.
    :raises NotFoundError: ``user-not-found``.
    :raises NotPossibleError: ``second-factor-off``.
    """
    check_system(by)
    with engine.store.work(by) as work:
        found = work.users.by_email(email.strip().lower())
        user = work.users.get(found.id, lock=True) if found else None
        if user is None or user.email is None:
            raise NotFoundError("user-not-found")
        factor = work.sign_in.factor(user.id, lock=True)
        if factor is None:
            raise NotPossibleError("second-factor-off")
        work.remove(factor)
        end_sessions(work, user.id)
        work.record("second-factor-dropped", user)
        send(engine, work, Receiver(user.email, user.language), "second-factor-off", about=user.id, name=user.name)
