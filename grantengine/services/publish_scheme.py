"""A scheme is published: from now on its version never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.compile.frozen import freeze
from grantengine.errors import NotFoundError, NotPossibleError
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.pinned import checked_text
from grantengine.store.tables.schemes import SchemeVersion, StoredScheme

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def publish_scheme(engine: Engine, by: By, source: str) -> str:
    """Keep the scheme (the text of its file) with its compiled plan; returns the version's id.

    Done by a handler, leader or administrator of the scheme's authority. The same content again gives the same id.

    :raises SchemeError: with every problem of the scheme.
    :raises NotFoundError: ``authority-not-found``.
    :raises NotPossibleError: ``version-exists`` with another content, or ``scheme-of-another``.
    """
    plan = checked_text(engine, source)
    scheme = plan.scheme
    with engine.store.work(by) as work:
        authority = work.authorities.by_key(scheme.authority)
        if authority is None:
            raise NotFoundError("authority-not-found", key=scheme.authority)
        authority_for(work, by, authority.id, {"handler", "leader", "administrator"})
        stored = work.schemes.by_key(scheme.id, lock=True)
        if stored is None:
            stored = StoredScheme(id=work.new_id(), authority_id=authority.id, key=scheme.id, since=by.at)
            work.add(stored)
        elif stored.authority_id != authority.id:
            raise NotPossibleError("scheme-of-another", key=scheme.id)
        known = work.schemes.version(stored.id, str(scheme.version))
        if known is not None:
            if known.digest != plan.version:
                raise NotPossibleError("version-exists", key=scheme.id, version=str(scheme.version))
            return known.id
        version = SchemeVersion(
            id=work.new_id(), scheme_id=stored.id, version=str(scheme.version), digest=plan.version,
            title=dict(scheme.title), source=source, compiled=freeze(plan),
            plugins={info.name: info.version for info in plan.plugins},
            published_by=by.id, published_at=by.at,
        )  # fmt: skip
        work.add(version)
        work.record("version-published", version, version=version.version, digest=version.digest)
        return version.id
