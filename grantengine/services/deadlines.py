"""When an organisation may submit in a call: the call's own times, and a later deadline where one was given."""

from __future__ import annotations

from datetime import datetime

from grantengine.errors import NotPossibleError
from grantengine.scheme.opening import Opening
from grantengine.services.messages import local_minute
from grantengine.store.tables.schemes import Call
from grantengine.store.unit_of_work import Reading


def opening_for(work: Reading, call: Call, organisation_id: str) -> Opening:
    """When this organisation may submit."""
    given = work.schemes.extension(call.id, organisation_id)
    return Opening(call.opens_at, call.closes_at).extended(given.closes_at if given else None)


def check_in_time(work: Reading, call: Call, organisation_id: str, arrived: datetime) -> None:
    """Whether what arrived then is in time.

    :raises NotPossibleError: ``call-not-open-yet`` or ``deadline-passed``.
    """
    when = opening_for(work, call, organisation_id)
    if when.opens is not None and when.is_early(arrived):
        raise NotPossibleError("call-not-open-yet", opens=local_minute(when.opens))
    if when.is_late(arrived):
        raise NotPossibleError("deadline-passed")
