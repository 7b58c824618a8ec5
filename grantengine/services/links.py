"""One-time links: made for one purpose, used once, kept only as a digest."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.store.base import Audited, chain_of
from grantengine.store.tables.people import OneTimeLink

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading, Work

LASTS = {
    "verify": timedelta(days=7), "reset": timedelta(days=1), "join": timedelta(days=30), "partner": timedelta(days=60),
    "confirm": timedelta(days=30), "email": timedelta(days=2), "sign-in": timedelta(minutes=30),
}  # fmt: skip
"""How long a link of each purpose can be used."""


def make_link(engine: Engine, work: Work, purpose: str, of: Audited, subject_id: str, email: str | None) -> str:
    """The address of a new link; earlier ones of the same purpose and subject can no longer be used."""
    close_links(work, purpose, subject_id)
    secret = engine.new_secret()
    chain, chain_id = chain_of(of)
    work.add(
        OneTimeLink(
            id=work.new_id(), secret_digest=_digest(secret), purpose=purpose, chain=chain, chain_id=chain_id,
            subject_id=subject_id, email=email, made_at=work.by.at, expires_at=work.by.at + LASTS[purpose],
        )
    )  # fmt: skip
    return f"{engine.settings.url}/link/{purpose}/{secret}"


def close_links(work: Work, purpose: str, subject_id: str) -> None:
    """Links of this purpose and subject can no longer be used."""
    for old in work.users.open_links(purpose, subject_id):
        old.used_at = work.by.at


def find_link(work: Reading, purpose: str, secret: str, *, lock: bool = False) -> OneTimeLink:
    """The link with this secret (or whole address), used or not.

    :raises NotFoundError: ``link-unknown``.
    """
    link = work.users.link(_digest(secret.rstrip("/").rsplit("/", 1)[-1]), lock=lock)
    if link is None or link.purpose != purpose:
        raise NotFoundError("link-unknown")
    return link


def check_fresh(link: OneTimeLink, at: datetime) -> None:
    """A link that can still be used.

    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    if link.used_at is not None:
        raise NotPossibleError("link-used")
    if link.expires_at <= at:
        raise NotPossibleError("link-expired")


def use_link(work: Work, purpose: str, secret: str) -> OneTimeLink:
    """The link with this secret, used up from now on.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    link = find_link(work, purpose, secret, lock=True)
    check_fresh(link, work.by.at)
    link.used_at = work.by.at
    return link


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
