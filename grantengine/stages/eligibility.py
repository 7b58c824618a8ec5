"""Eligibility: per rule yes, no, missing or undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from grantengine.compile.plan import Reading, RulePlan
from grantengine.rules.case_table import CaseTable
from grantengine.rules.duckdb_engine import RuleEngine, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Verdict(IntEnum):
    """What a rule says of a case. ``MISSING`` fails for want of an answer; ``UNDETERMINED`` is no refusal."""

    NO = 0
    YES = 1
    MISSING = 2
    UNDETERMINED = 3


@dataclass(frozen=True)
class Eligibility:
    """``verdicts`` has a row a case and a column a rule."""

    verdicts: NDArray[np.int8]

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Where every rule says yes."""
        result: NDArray[np.bool_] = (self.verdicts == Verdict.YES).all(axis=1)
        return result

    @property
    def undetermined(self) -> NDArray[np.bool_]:
        """Where some rule can not be decided for want of a fact."""
        result: NDArray[np.bool_] = (self.verdicts == Verdict.UNDETERMINED).any(axis=1)
        return result


def not_obtained(cases: CaseTable, reading: Reading) -> NDArray[np.bool_]:
    """Where a fact that the expression reads was not obtained."""
    lacking = np.zeros(len(cases), np.bool_)
    for name in reading.facts:
        lacking |= cases.lacks(name)
    return lacking


def eligibility(rules: Sequence[RulePlan], cases: CaseTable, engine: RuleEngine) -> Eligibility:
    """Every rule over every case."""
    columns = engine.columns(cases, [Wanted(rule.reading.expression, "yes_no", rule.id) for rule in rules])
    verdicts = np.empty((len(cases), len(rules)), np.int8)
    for index, (rule, column) in enumerate(zip(rules, columns, strict=True)):
        verdict = np.where(column.known, column.values.astype(np.int8), np.int8(Verdict.MISSING))
        verdict[not_obtained(cases, rule.reading)] = Verdict.UNDETERMINED
        verdicts[:, index] = verdict
    return Eligibility(verdicts)
