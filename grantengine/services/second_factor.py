"""A person wants a code to be asked for after the password, or no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.codes import (
    address_for_device,
    digest_of_code,
    new_shared_secret,
    new_spare_codes,
    use_code,
)
from grantengine.services.messages import Receiver, send
from grantengine.services.sessions import end_sessions
from grantengine.services.throttle import count_try, forgive
from grantengine.store.tables.sign_in import SecondFactor

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.people import User
    from grantengine.store.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Factor:
    """The second factor of a person.

    ``secret`` and ``address`` are what a device takes in; both are empty once ``is_on``, and are shown no more.
    ``spare`` counts the codes for a lost device that have not been used.
    """

    is_on: bool
    spare: int = 0
    secret: str = ""
    address: str = ""


def see_second_factor(engine: Engine, by: By) -> Factor | None:
    """The second factor of the person, on or begun; None where there is none.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.read() as reading:
        user = user_of(reading, by)
        factor = reading.sign_in.factor(user.id)
        if factor is None:
            return None
        if factor.confirmed_at is not None:
            return Factor(is_on=True, spare=len(factor.codes))
        return Factor(False, 0, factor.secret, address_for_device(factor.secret, user.email or ""))


def begin_second_factor(engine: Engine, by: By) -> None:
    """Draw a secret for a device; it counts once the device has shown a right code. One that was begun before is dropped.

    :raises NotAllowedError: ``sign-in-needed``.
    :raises NotPossibleError: ``second-factor-on``.
    """
    with engine.store.work(by) as work:
        user = _locked(work, by)
        factor = work.sign_in.factor(user.id, lock=True)
        if factor is None:
            factor = SecondFactor(user_id=user.id, secret=new_shared_secret(engine), since=by.at)
            work.add(factor)
        elif factor.confirmed_at is None:
            factor.secret, factor.since, factor.last_step = new_shared_secret(engine), by.at, 0
        else:
            raise NotPossibleError("second-factor-on")
        work.record("second-factor-begun", user)


def confirm_second_factor(engine: Engine, by: By, code: str, session: str | None = None) -> tuple[str, ...]:
    """The device shows a right code: from now on one is asked for. Returns the codes for a lost device, this once.

    All sessions but this one (its id) end.

    :raises InputError: ``code-wrong``.
    :raises NotAllowedError: ``sign-in-needed`` or ``too-many-tries``.
    :raises NotPossibleError: ``second-factor-on``, or ``second-factor-off`` where none was begun.
    """
    spare = new_spare_codes(engine)
    _count(engine, by)
    with engine.store.work(by) as work:
        user = _locked(work, by)
        factor = work.sign_in.factor(user.id, lock=True)
        if factor is None:
            raise NotPossibleError("second-factor-off")
        if factor.confirmed_at is not None:
            raise NotPossibleError("second-factor-on")
        use_code(work, factor, code)
        factor.confirmed_at, factor.codes = by.at, [digest_of_code(user.id, one) for one in spare]
        work.record("second-factor-on", user)
        _changed(engine, work, user, session, is_on=True)
    return spare


def end_second_factor(engine: Engine, by: By, code: str, session: str | None = None) -> None:
    """No code is asked for any more; a last one is needed for that. All sessions but this one (its id) end.

    :raises InputError: ``code-wrong``.
    :raises NotAllowedError: ``sign-in-needed`` or ``too-many-tries``.
    :raises NotPossibleError: ``second-factor-off``.
    """
    _count(engine, by)
    with engine.store.work(by) as work:
        user = _locked(work, by)
        factor = work.sign_in.factor(user.id, lock=True)
        if factor is None or factor.confirmed_at is None:
            raise NotPossibleError("second-factor-off")
        use_code(work, factor, code)
        work.remove(factor)
        work.record("second-factor-off", user)
        _changed(engine, work, user, session, is_on=False)


def _locked(work: Work, by: By) -> User:
    user = user_of(work, by)
    again = work.users.get(user.id, lock=True)
    assert again is not None  # just found; users are erased, never removed
    return again


def _count(engine: Engine, by: By) -> None:
    with engine.store.read() as reading:
        user = user_of(reading, by)
    count_try(engine, by.at, ("code", user.id))


def _changed(engine: Engine, work: Work, user: User, session: str | None, *, is_on: bool) -> None:
    """What both have in common: other sessions end, tries are forgotten, and the person is told by e-mail, whatever the
    channel: it is the address that is confirmed.
    """
    end_sessions(work, user.id, but=session)
    forgive(work, ("code", user.id))
    if user.email:
        to = Receiver(user.email, user.language)
        send(engine, work, to, "second-factor-on" if is_on else "second-factor-off", about=user.id, name=user.name)
