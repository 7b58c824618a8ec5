"""A person signs in, by password or by a link that was sent, and where it is wanted by a code after it; and signs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.check_password import hashed_anew, keep_anew, proven
from grantengine.services.codes import use_code
from grantengine.services.links import make_link, use_link
from grantengine.services.messages import Receiver, send
from grantengine.services.people_input import Checks
from grantengine.services.see_session import digest_of_secret
from grantengine.services.sessions import Opened, begin, end_sessions, open_session
from grantengine.services.throttle import count_try, forgive
from grantengine.services.verify_user import verify_again
from grantengine.store.sign_in import HALF

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def sign_in(engine: Engine, by: By, *, email: str, password: str, sender: str = "") -> Opened:
    """Begin a session by password, or what waits for a code.

    :param sender: the network address it comes from; empty where there is none to count.
    :raises InputError: ``email-format``.
    :raises NotAllowedError: ``sign-in-failed``, whatever of it is wrong; ``email-not-verified`` once the password is right;
        ``too-many-tries`` for this address, whether or not it is anyone's, or from this sender.
    """
    checks = Checks()
    email = checks.email(email)
    checks.done()
    tries = ("password-from", sender), ("password", email)
    count_try(engine, by.at, *tries)
    user = proven(engine, email, password)
    anew = hashed_anew(engine, user, password)
    with engine.store.work(By("user", user.id, by.at)) as work:
        again = work.users.get(user.id, lock=True)
        if again is None or again.password_hash != user.password_hash:
            raise NotAllowedError("sign-in-failed")  # it was changed in the meantime, and all sessions were ended
        if anew is not None:
            keep_anew(work, again, anew)
        forgive(work, *tries)
        return begin(engine, work, again, "password")


def ask_for_link(engine: Engine, by: By, email: str) -> None:
    """Send a link that signs in; to an unknown address nothing is sent, and nobody is told.

    Who has not confirmed the address yet gets the link that does.
    """
    with engine.store.work(by) as work:
        user = work.users.by_email(email.strip().lower())
        if user is None or user.email is None:
            return
        if user.verified_at is None:
            verify_again(engine, work, user)
            return
        work.record("sign-in-link-asked", user)
        address = make_link(engine, work, "sign-in", user, user.id, user.email)
        to = Receiver(user.email, user.language)
        send(engine, work, to, "sign-in-link", about=user.id, name=user.name, url=address)


def sign_in_by_link(engine: Engine, by: By, secret: str) -> Opened:
    """Begin a session by a link that was sent, or what waits for a code.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    with engine.store.work(by) as work:
        link = use_link(work, "sign-in", secret)
        user = work.users.get(link.subject_id, lock=True)
        assert user is not None  # users are erased, never removed
        work.record("sign-in-link-used", user)
        return begin(engine, work, user, "link")


def enter_code(engine: Engine, by: By, secret: str, code: str) -> str:
    """The second step: a code from the device, or one of those for a lost device; returns the secret of the session.

    :param secret: what the first step gave.
    :raises InputError: ``code-wrong``.
    :raises NotAllowedError: ``too-many-tries``.
    :raises NotPossibleError: ``sign-in-too-late``: the first step has to be taken again.
    """
    id = digest_of_secret(secret)
    with engine.store.read() as reading:
        half = reading.sign_in.session_by_id(id)
    if half is None or half.how != HALF or half.ends_at <= by.at:
        raise NotPossibleError("sign-in-too-late")
    count_try(engine, by.at, ("code", half.user_id))
    with engine.store.work(By("user", half.user_id, by.at)) as work:
        user = work.users.get(half.user_id, lock=True)
        again, factor = work.sign_in.session_by_id(id, lock=True), work.sign_in.factor(half.user_id, lock=True)
        if user is None or again is None or factor is None:
            raise NotPossibleError("sign-in-too-late")
        use_code(work, factor, code)
        work.remove(again)
        forgive(work, ("code", user.id))
        return open_session(engine, work, user, "code")


def sign_out(engine: Engine, by: By, secret: str) -> None:
    """End the session with this secret, if there is one."""
    with engine.store.work(by) as work:
        session = work.sign_in.session_by_id(digest_of_secret(secret), lock=True)
        user = work.users.get(session.user_id) if session is not None else None
        if session is not None and user is not None:
            work.remove(session)
            work.record("signed-out", user)


def sign_out_elsewhere(engine: Engine, by: By, session: str | None = None) -> int:
    """End all sessions of the user but for this one (its id; None: all of them); returns how many.

    :raises NotAllowedError: ``sign-in-needed``.
    """
    with engine.store.work(by) as work:
        user = user_of(work, by)
        ended = end_sessions(work, user.id, but=session)
        work.record("signed-out-elsewhere", user, sessions=ended)
        return ended
