"""A person changes what is known of them: name, language, how messages come, and the e-mail address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.change_password import check_own_password
from grantengine.services.links import close_links, make_link, use_link
from grantengine.services.messages import Receiver, send
from grantengine.services.people_input import Checks

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

FIELDS = ("name", "language", "phone", "channel")
CHANNELS = ("email", "sms")


def edit_user(engine: Engine, by: By, changes: Mapping[str, Any]) -> None:
    """Change some of ``FIELDS``; ``channel`` is ``email`` or ``sms``, which takes a telephone number.

    :raises InputError: every field that does not fit.
    :raises NotAllowedError: ``sign-in-needed``.
    """
    checks, found = Checks(), dict(changes)
    for name in sorted(changes.keys() - set(FIELDS)):
        checks.add("field-unknown", name)
    for name, check in {"name": checks.name, "language": checks.language, "phone": checks.phone}.items():
        if name in found:
            found[name] = check(found[name])
    if "channel" in found:
        checks.one_of(str(found["channel"]), CHANNELS, "channel")
    checks.done()
    with engine.store.work(by) as work:
        user = user_of(work, by)
        if found.get("channel", user.channel) == "sms" and not found.get("phone", user.phone):
            checks.add("phone-missing", "phone")
            checks.done()
        for name, value in found.items():
            setattr(user, name, value)
        work.record("user-edited", user, fields=sorted(found))


def ask_to_change_email(engine: Engine, by: By, email: str, password: str) -> None:
    """Send a link to the new address, to who knows the password; the old address stays until the link is used.

    Who has an account with that address already is told so there; the answer here is the same.

    :raises InputError: ``email-format``, or ``password-wrong``.
    :raises NotAllowedError: ``sign-in-needed`` or ``too-many-tries``.
    """
    checks = Checks()
    email = checks.email(email)
    checks.done()
    check_own_password(engine, by, password)  # the address opens the account, also to who finds a browser open
    with engine.store.work(by) as work:
        user = user_of(work, by)
        known = work.users.by_email(email)
        if known is not None:
            if known.id != user.id:
                to = Receiver(email, known.language)
                send(engine, work, to, "already-registered", url=f"{engine.settings.url}/sign-in")
            return
        work.record("email-change-asked", user)
        address = make_link(engine, work, "email", user, user.id, email)
        send(engine, work, Receiver(email, user.language), "email-change", about=user.id, name=user.name, url=address)


def change_email(engine: Engine, by: By, secret: str) -> str:
    """The holder of the link shows that the new address is theirs; the old address is told. Returns the user's id.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used``, ``link-expired``, or ``email-taken`` in the meantime.
    """
    with engine.store.work(by) as work:
        link = use_link(work, "email", secret)
        user = work.users.get(link.subject_id, lock=True)
        assert user is not None  # users are erased, never removed
        if link.email is None or work.users.by_email(link.email) is not None:
            raise NotPossibleError("email-taken")
        before, user.email = user.email, link.email
        for purpose in ("reset", "sign-in"):
            close_links(work, purpose, user.id)  # what was sent to the address of before opens nothing any more
        work.record("email-changed", user)
        if before is not None:
            send(engine, work, Receiver(before, user.language), "email-changed", about=user.id, name=user.name)
        return user.id
