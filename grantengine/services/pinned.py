"""The plan that a call is held by: the published version as it was compiled then, with the call's own patch."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grantengine.compile.check import check
from grantengine.compile.frozen import freeze, thaw
from grantengine.compile.plan import Plan
from grantengine.errors import Problem, SchemeError, StoreError, Where
from grantengine.scheme.load import SchemeSource, load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import apply, read_operations
from grantengine.scheme.versions import version_hash
from grantengine.store.tables.schemes import Call, SchemeVersion
from grantengine.store.unit_of_work import Reading

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST_PLANS = 200
"""Plans that are kept compiled in a process."""
MOST_SOURCES = 16
"""Versions that are kept as they were read."""


def plan_of_call(
    engine: Engine, work: Reading, call: Call, digest: str | None = None, patch: Sequence[dict[str, Any]] | None = None
) -> Plan:
    """The plan of a call: the expressions that were compiled when its version was published.

    :param digest: that of its version, where it has been read already.
    :param patch: as the call was patched once; None: as it is now.
    :raises StoreError: ``version-altered``: what is kept is not what was published.
    :raises SchemeError: a plugin that the scheme needs is missing today.
    """
    operations = call.patch if patch is None else patch
    known = engine.plans.get(plan_key(digest or work.schemes.digest_of(call.version_id) or "", operations))
    if known is not None:
        return known  # a version is large, and is not read only to find that
    version = work.schemes.version_by_id(call.version_id)
    assert version is not None  # held by a foreign key
    return compiled_call(engine, version, operations)


def compiled_call(engine: Engine, version: SchemeVersion, operations: Sequence[dict[str, Any]]) -> Plan:
    """The plan of a version with these changes to its ``/call``; compiled once, as neither ever changes.

    :raises SchemeError: a change goes beyond ``/call``, can not be applied, or leads to a scheme with problems.
    :raises StoreError: ``version-altered``.
    """
    return _once(engine, plan_key(version.digest, operations), lambda: _compiled(engine, version, operations))


def checked_text(engine: Engine, text: str) -> Plan:
    """The plan of a scheme file with this text; checked once in a process, as the same text always gives the same.

    :raises SchemeError: with every problem of the scheme.
    """
    key = f"text:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return _once(engine, key, lambda: check(read_once(text), engine.registry))


def _once(engine: Engine, key: str, make: Callable[[], Plan]) -> Plan:
    plan = engine.plans.get(key)
    if plan is None:
        for oldest in list(engine.plans)[: max(0, len(engine.plans) - MOST_PLANS + 1)]:
            engine.plans.pop(oldest, None)
        plan = engine.plans[key] = make()
    return plan


def plan_key(digest: str, operations: Sequence[dict[str, Any]]) -> str:
    """What names a version with these changes."""
    patch = json.dumps(list(operations), sort_keys=True)
    return f"{digest}:{hashlib.sha256(patch.encode()).hexdigest()}"


@lru_cache(maxsize=MOST_SOURCES)
def read_once(text: str) -> SchemeSource:
    """A version's file as it is read, which takes longer than all the rest: publishing and each call begin from the same.

    :raises SchemeError: with every problem that was found in reading.
    """
    return load(text, name="scheme.yaml")


def _compiled(engine: Engine, version: SchemeVersion, operations: Sequence[dict[str, Any]]) -> Plan:
    source = replace(read_once(version.source), file=f"{version.version}.yaml")
    if version_hash(source.data) != version.digest:
        raise StoreError("version-altered", version=version.version)
    read = read_operations(list(operations)).operations
    outside = [one.path for one in read if not _within_call(one)]
    if outside:
        raise SchemeError([Problem("patch-beyond-call", Where(pointer=path), {"path": path}) for path in outside])
    plan = check(apply(source, read, origin=lambda number: Where(pointer=read[number].path)), engine.registry)
    # Strands and years stand in the call: what a patch adds to them has no kept expressions, and takes today's.
    return thaw(plan, {**freeze(plan), **version.compiled})


# The rules of a strand stand in the call too, but are rules.
_MAY_CHANGE = re.compile(r"/call/(?!strands(/|$))[^/]+(/.*)?|/call/strands/[^/]+/(budget|title)(/.*)?")


def _within_call(operation: PatchOperation) -> bool:
    pointers = [operation.path, *([operation.from_] if operation.from_ else [])]
    return all(_MAY_CHANGE.fullmatch(pointer) for pointer in pointers)
