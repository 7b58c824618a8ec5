"""A person makes an account; it can be used once the e-mail address is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.links import make_link
from grantengine.services.messages import Receiver, receiver_of, send
from grantengine.services.passwords import hash_password, problems_of
from grantengine.services.people_input import Checks
from grantengine.services.throttle import count_try
from grantengine.store.tables.people import User

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def register_user(
    engine: Engine, by: By, *, email: str, name: str, password: str, language: str = "nb", phone: str | None = None,
    sender: str = "",
) -> None:  # fmt: skip
    """Make an account and send the link that confirms it.

    Who has an account already is told so by e-mail, and only there: the answer here is the same.

    :param sender: the network address it comes from; empty where there is none to count, and then nothing is counted.
    :raises InputError: every field that does not fit.
    :raises NotAllowedError: ``too-many-tries`` for this address, whether or not it is anyone's, or from this sender.
    """
    checks = Checks()
    email, name = checks.email(email), checks.name(name)
    language, phone = checks.language(language), checks.phone(phone)
    checks.problems += problems_of(password)
    checks.done()
    if sender:
        count_try(engine, by.at, ("mail-from", sender), ("mail", email))
    hashed = hash_password(password, engine.settings.password_memory)
    with engine.store.work(by) as work:
        known = work.users.by_email(email)
        if known is not None and known.verified_at is None:
            known = work.users.get(known.id, lock=True)  # as it is once nobody is confirming it
        if known is not None and known.verified_at is not None:
            send(engine, work, receiver_of(known), "already-registered", url=f"{engine.settings.url}/sign-in")
            return
        if known is None:
            user = User(
                id=work.new_id(),
                email=email,
                name=name,
                language=language,
                phone=phone,
                password_hash=hashed,
                since=by.at,
            )
            work.add(user)
        else:
            # Nobody has shown that the address is theirs: whoever knows this password, and has the newest link, will.
            user = known
            user.name, user.language, user.phone, user.password_hash = name, language, phone, hashed
        work.record("user-registered", user)
        address = make_link(engine, work, "verify", user, user.id, email)
        send(engine, work, Receiver(email, language), "verify", about=user.id, name=name, url=address)
