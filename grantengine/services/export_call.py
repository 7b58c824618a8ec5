"""What a call was decided on, as files that the command line evaluates again: the scheme with its call, and cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotPossibleError, Where
from grantengine.money import format_ore
from grantengine.records import By
from grantengine.scheme.patch import apply, read_operations
from grantengine.scheme.write import write
from grantengine.services.access import call_for, check_impartial, check_system
from grantengine.services.pinned import read_once
from grantengine.services.reads import keep_exported
from grantengine.store.tables.decisions import Allocation, ProposedCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

WHO = {"handler", "leader", "approver"}


@dataclass(frozen=True, slots=True)
class ExportedAllocation:
    """One decided proposal: its cases as lines of a cases file, and what was decided of each.

    ``committed`` is what was used of each part of the budget before, as ``--committed`` takes it («2027=40000.00»);
    ``decided`` holds ``id``, ``number``, ``granted`` and ``ground`` of each case. ``erased``: what some case was decided on is
    no longer there, so nothing can be evaluated; ``records`` is empty then.
    """

    id: str
    kind: str
    scheme: str
    as_of: str
    committed: tuple[str, ...]
    records: tuple[dict[str, Any], ...]
    decided: tuple[dict[str, Any], ...]
    erased: bool = False


@dataclass(frozen=True, slots=True)
class DecidedCall:
    """A call of which something is decided: its title by language, and how many proposals were decided."""

    id: str
    title: Mapping[str, str]
    allocations: int


def decided_calls(engine: Engine, by: By) -> list[DecidedCall]:
    """The calls of which something is decided, oldest first; for whoever runs the system.

    :raises NotAllowedError: ``system-only``.
    """
    check_system(by)
    with engine.store.read() as reading:
        return [DecidedCall(call.id, call.title, count) for call, count in reading.decisions.decided_calls()]


def export_call(engine: Engine, by: By, call_id: str) -> tuple[ExportedAllocation, ...]:
    """The decided proposals of a call, oldest first. That each case is read is kept first.

    :raises NotFoundError: ``call-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``nothing-decided``.
    :raises StoreError: that it is read can not be kept.
    """
    with engine.store.read() as reading:
        call = call_for(reading, by, call_id, WHO)
        version = reading.schemes.version_by_id(call.version_id)
        assert version is not None  # held by a foreign key
        allocations = [one for one in reading.decisions.allocations(call_id) if one.status == "decided"]
        if not allocations:
            raise NotPossibleError("nothing-decided")
        found = tuple(_exported(reading, by, one, version.source) for one in allocations)
    keep_exported(engine, by, {record["id"] for one in found for record in one.records}, call_id)
    return found


def _exported(reading: Reading, by: By, allocation: Allocation, source: str) -> ExportedAllocation:
    cases = reading.decisions.proposed(allocation.id)
    applications = reading.cases.by_ids([one.application_id for one in cases])
    check_impartial(reading, by, applications.values())
    erased = any(case.record is None for case in cases)
    return ExportedAllocation(
        allocation.id, allocation.kind, scheme_text(source, allocation.patch), allocation.as_of,
        tuple(_committed(allocation.committed)), () if erased else tuple(case.record or {} for case in cases),
        tuple(_decided(case, applications[case.application_id].number) for case in cases), erased,
    )  # fmt: skip


def scheme_text(source: str, patch: list[Any]) -> str:
    """A scheme with the changes of a call, as a file."""
    read = read_operations(list(patch)).operations
    patched = apply(read_once(source), read, origin=lambda number: Where(pointer=read[number].path))
    return write(patched.data)


def _committed(committed: Mapping[str, int]) -> list[str]:
    named = {name: format_ore(sum) for name, sum in sorted(committed.items()) if sum}
    return [f"{name}={sum}" if name else sum for name, sum in named.items()]


def _decided(case: ProposedCase, number: str) -> dict[str, Any]:
    return {
        "id": case.application_id,
        "number": number,
        "granted": format_ore(case.granted),
        "award": [{**line, "amount": format_ore(line["amount"])} for line in case.lines],
        "ground": case.ground,
    }
