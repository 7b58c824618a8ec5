"""A person shows that an e-mail address is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.links import use_link

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def verify_user(engine: Engine, by: By, secret: str) -> str:
    """Confirm the account that the link was sent for; returns the user's id.

    :raises NotFoundError: ``link-unknown``.
    :raises NotPossibleError: ``link-used`` or ``link-expired``.
    """
    with engine.store.work(by) as work:
        link = use_link(work, "verify", secret)
        user = work.users.get(link.subject_id, lock=True)
        assert user is not None  # users are erased, never removed
        user.verified_at = by.at
        work.record("user-verified", user)
        return user.id
