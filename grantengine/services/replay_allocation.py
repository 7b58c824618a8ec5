"""A proposal or its decisions made anew from what was stored, to see that the same comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from grantengine.compile.check import check
from grantengine.compile.frozen import differing
from grantengine.errors import NotPossibleError
from grantengine.outcome_json import case_json
from grantengine.records import By
from grantengine.services.pinned import read_once
from grantengine.services.proposals import allocation_for, evaluated, plugins_of

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.schemes import SchemeVersion

WHO = {"handler", "leader", "approver"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A case of which something else comes now: hundredths and ground, as stored and as reckoned now."""

    application_id: str
    number: str
    stored: tuple[int, str]
    now: tuple[int, str]


@dataclass(frozen=True, slots=True)
class PluginChanged:
    """A plugin that has another version than when it was decided; ``now`` is None where it is no longer there."""

    name: str
    then: str
    now: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it: nothing in ``differences`` means the same to the øre, with the same points and ranks.

    ``plugins`` have another version today; ``expressions`` are those that today's plugins would make otherwise: the ones that
    were compiled then are what is run.
    """

    cases: int
    granted: int
    differences: tuple[Difference, ...]
    plugins: tuple[PluginChanged, ...]
    expressions: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether every case comes out as it is stored."""
        return not self.differences


def replay_allocation(engine: Engine, by: By, allocation_id: str) -> Replay:
    """Evaluate the stored cases of a proposal by its stored rules, and compare with what is stored.

    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``replay-erased``: what it was decided on has been erased.
    """
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
        version = reading.schemes.version_by_id(opened.call.version_id)
    assert version is not None  # held by a foreign key
    allocation, cases = opened.allocation, opened.cases
    if any(case.record is None for case in cases):
        raise NotPossibleError("replay-erased")
    records = [case.record or {} for case in cases]
    as_of = date.fromisoformat(allocation.as_of)
    outcome = evaluated(engine, opened.plan, records, as_of=as_of, committed=allocation.committed)
    differences = []
    for position, case in enumerate(cases):
        granted, ground = int(outcome.granted[position]), outcome.ground(position) or ""
        if (granted, ground) != (case.granted, case.ground) or case_json(outcome, position) != case.outcome:
            number = opened.applications[case.application_id].number
            differences.append(Difference(case.application_id, number, (case.granted, case.ground), (granted, ground)))
    now = plugins_of(opened.plan)
    changed = tuple(
        PluginChanged(name, str(then), now.get(name))
        for name, then in sorted(allocation.plugins.items())
        if now.get(name) != then
    )
    return Replay(
        len(cases), outcome.granted_in_all, tuple(differences), changed, _otherwise(engine, version)
    )  # fmt: skip


def _otherwise(engine: Engine, version: SchemeVersion) -> tuple[str, ...]:
    """Where today's plugins make another expression of the scheme."""
    return differing(check(read_once(version.source), engine.registry), version.compiled)
