"""A person keeps a choice of the cases of a call under a name, to come back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import call_for, user_of
from grantengine.services.list_cases import WHO
from grantengine.services.people_input import Checks
from grantengine.store.tables.queues import SavedView

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 20
"""Views that a person keeps of a call."""
LONGEST_NAME, LONGEST_QUERY = 60, 1000


def keep_view(engine: Engine, by: By, call_id: str, *, name: str, query: str) -> str:
    """Keep a choice of cases, in place of one of one's own with the same name; the id.

    :param query: the choice as it stands in the address of the list.
    :raises InputError: ``name-length`` or ``text-length``.
    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``.
    :raises NotPossibleError: ``too-many-views``.
    """
    checks = Checks()
    told = checks.name(name)
    if len(told) > LONGEST_NAME:
        checks.add("text-length", "name", limit=LONGEST_NAME, got=len(told))
    kept = checks.text(query, "query", LONGEST_QUERY) or ""
    checks.done()
    with engine.store.work(by) as work:
        user, call = user_of(work, by), call_for(work, by, call_id, WHO)
        mine = work.queues.views(user.id, call.id)
        same = next((one for one in mine if one.name == told), None)
        if same is not None:
            same.query = kept
            return same.id
        if len(mine) >= MOST:
            raise NotPossibleError("too-many-views", limit=MOST)
        row = SavedView(id=work.new_id(), user_id=user.id, call_id=call.id, name=told, query=kept, made_at=by.at)
        work.add(row)
        return row.id


def remove_view(engine: Engine, by: By, call_id: str, view_id: str) -> None:
    """Keep a choice of one's own no longer.

    :raises NotFoundError: ``call-not-found`` or ``view-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        user, call = user_of(work, by), call_for(work, by, call_id, WHO)
        row = next((one for one in work.queues.views(user.id, call.id) if one.id == view_id), None)
        if row is None:
            raise NotFoundError("view-not-found")
        work.remove(row)
