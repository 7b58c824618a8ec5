"""Sessions that have ended and tries that no longer count are removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.see_session import IDLE
from grantengine.services.throttle import LONGEST

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def clear_sign_ins(engine: Engine, by: By) -> None:
    """Remove what has ended; nobody misses it.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.work(by) as work:
        work.sign_in.remove_ended(by.at, IDLE, LONGEST)
