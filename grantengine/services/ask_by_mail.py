"""Someone asks for a link by e-mail; what is done here is the same for every address, and takes as long.

Whether there is an account the worker finds out, when nobody waits for the answer any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.people_input import Checks
from grantengine.services.reset_password import ask_for_reset
from grantengine.services.sign_in import ask_for_link
from grantengine.services.throttle import count_try
from grantengine.services.verify_user import ask_to_verify

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

LINK = "send-link"
"""The kind of work."""
ASKED: Mapping[str, Callable[[Engine, By, str], None]] = {
    "reset": ask_for_reset, "sign-in": ask_for_link, "verify": ask_to_verify,
}  # fmt: skip
"""What is sent, by the purpose of the link."""


def ask_by_mail(engine: Engine, by: By, purpose: str, email: str, sender: str = "") -> None:
    """Ask for a link of this purpose (one of ``ASKED``) to be sent to an address.

    :raises InputError: ``email-format`` or ``not-one-of``.
    :raises NotAllowedError: ``too-many-tries`` for this address, whether or not it is anyone's, or from this sender.
    """
    checks = Checks()
    purpose, email = checks.one_of(purpose, tuple(ASKED), "purpose"), checks.email(email)
    checks.done()
    count_try(engine, by.at, ("mail-from", sender), ("mail", email))
    key = hashlib.sha256(f"{purpose}\n{email}".encode()).hexdigest()
    with engine.store.work(by) as work:
        work.jobs.add(work.new_id(), LINK, key, by.at, params={"purpose": purpose, "email": email})


def send_link(engine: Engine, by: By, params: Mapping[str, Any]) -> None:
    """What was asked for is sent, by the worker.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    ASKED[params["purpose"]](engine, by, params["email"])
