"""What a link from a message is for, before it is used: programs that look through mail open links too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.links import check_fresh, find_link

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

OF_USERS = ("verify", "reset", "email", "sign-in")
"""The purposes of links that are about an account."""


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A link that can be used: whose account it is about, which address it was sent to, and until when it works."""

    purpose: str
    name: str
    email: str
    expires_at: datetime


def see_account_link(engine: Engine, by: By, purpose: str, secret: str) -> AccountLink:
    """What the holder of a link to an account may know before using it.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    with engine.store.read() as reading:
        link = find_link(reading, purpose, secret)
        user = reading.users.get(link.subject_id) if purpose in OF_USERS else None
        if user is None:
            raise NotFoundError("link-unknown")
        check_fresh(link, by.at)
        return AccountLink(purpose, user.name, link.email or "", link.expires_at)
