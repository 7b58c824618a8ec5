"""A public body that gives grants begins to use the system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.people_input import Checks
from grantengine.store.tables.operations import Setting
from grantengine.store.tables.people import Authority

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def create_authority(
    engine: Engine, by: By, *, key: str, name: Mapping[str, str], parent: str | None = None,
    email: str | None = None, language: str = "nb", place: str | None = None,
) -> str:  # fmt: skip
    """Make an authority, below ``parent`` (an id) where one is given; returns its id.

    Done by the system, or by an administrator of the authority above.

    :param place: a municipality number, or the two digits of a county, for whom alone it is there; None: for all.
    :raises InputError: ``place-format``, or another field that does not fit.
    :raises NotAllowedError: ``role-needed``, or ``system-only`` for one without a parent.
    :raises NotPossibleError: ``authority-exists``.
    """
    checks = Checks()
    email = checks.email(email) if email else None
    names = {checks.language(code, "name"): checks.name(words) for code, words in name.items()}
    checks.language(language)
    checks.place(place)
    checks.done()
    with engine.store.work(by) as work:
        if parent is not None:
            authority_for(work, by, parent, {"administrator"})
        elif by.kind != "system":
            raise NotAllowedError("system-only")
        if work.authorities.by_key(key) is not None:
            raise NotPossibleError("authority-exists", key=key)
        authority = Authority(
            id=work.new_id(), key=key, name=names, parent_id=parent, language=language, email=email, since=by.at
        )
        work.add(authority)
        if place:
            work.add(Setting(authority_id=authority.id, name="place", value={"place": place}))
        work.record("authority-created", authority)
        return authority.id
