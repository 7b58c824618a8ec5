"""A scenario: a scheme plus a patch, checked like any scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.errors import Where
from grantengine.hooks.registry import Registry
from grantengine.scheme.collect import Source
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import Origin, PatchedSource, apply


@dataclass(frozen=True)
class Scenario:
    """A scheme as it would be after ``operations``; ``source`` knows where everything in it was written."""

    operations: tuple[PatchOperation, ...]
    source: PatchedSource
    plan: Plan
    title: str | Mapping[str, str] | None = None


def scenario(
    source: Source,
    operations: Sequence[PatchOperation],
    registry: Registry,
    *,
    origin: Origin | None = None,
    title: str | Mapping[str, str] | None = None,
) -> Scenario:
    """Apply operations to a scheme and check what comes out.

    :param origin: where the operation with a number is written; without it problems have pointers only.
    :raises SchemeError: an operation can not be applied, or the scheme it leads to has problems.
    """
    patched = apply(source, operations, origin=origin or (lambda number: Where(pointer=operations[number].path)))
    return Scenario(tuple(operations), patched, check(patched, registry), title)
