"""A call is announced: one opening of a published version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.scheme.opening import opening
from grantengine.services.access import authority_for
from grantengine.services.pinned import compiled_call
from grantengine.services.tell_alerts import queue_alerts
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def open_call(engine: Engine, by: By, version_id: str, *, patch: Sequence[dict[str, Any]] = ()) -> str:
    """Announce a call of a published version, with its own dates and budget as a patch of ``/call``; returns its id.

    It takes applications when it opens. Done by a handler or leader of the scheme's authority.

    :raises NotFoundError: ``version-not-found``.
    :raises SchemeError: the patch goes beyond ``/call`` or leads to a scheme with problems.
    """
    with engine.store.work(by) as work:
        version = work.schemes.version_by_id(version_id)
        scheme = work.schemes.by_id(version.scheme_id) if version else None
        if version is None or scheme is None:
            raise NotFoundError("version-not-found")
        authority = authority_for(work, by, scheme.authority_id, {"handler", "leader"})
        plan = compiled_call(engine, version, patch)
        when = opening(plan.scheme.call)
        call = Call(
            id=work.new_id(), version_id=version_id, authority_id=authority.id, title=dict(plan.scheme.title),
            patch=list(patch), opens_at=when.opens, closes_at=when.closes, announced_by=by.id, announced_at=by.at,
        )  # fmt: skip
        work.add(call)
        work.record("call-announced", call, version=version.version)
        queue_alerts(work, call)
        return call.id
