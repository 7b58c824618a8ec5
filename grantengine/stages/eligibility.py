"""Eligibility: per rule yes, no, missing or undetermined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from grantengine.compile.plan import Reading, RulePlan
from grantengine.expressions.nulls import null_from
from grantengine.rules.case_table import CaseTable, to_bools
from grantengine.rules.duckdb_engine import Column, RuleEngine, Wanted

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
    """``verdicts`` has an array a rule, ``holds`` is where every rule says yes.

    ``undetermined`` is where some rule can not be decided for want of a fact.
    """

    verdicts: tuple[NDArray[np.int8], ...]
    holds: NDArray[np.bool_]
    undetermined: NDArray[np.bool_]


def not_obtained(cases: CaseTable, facts: Sequence[str]) -> NDArray[np.bool_] | None:
    """Where one of ``facts`` was not obtained; None where there are none to obtain."""
    lacking = None
    for name in facts:
        lacks = cases.lacks(name)
        lacking = lacks if lacking is None else lacking | lacks
    return lacking


def given_as_null(cases: CaseTable, reading: Reading) -> dict[str, NDArray[np.bool_]]:
    """Where a source gave a fact as null, for each fact whose null the expression says nothing about."""
    read = sorted(null_from(reading.expression.node).intersection(reading.facts))
    optional = [name for name in read if f"obtained.{name}" in cases.table.column_names]
    return {name: to_bools(pc.is_null(cases.table.column(name))) & ~cases.lacks(name) for name in optional}


def eligibility(rules: Sequence[RulePlan], cases: CaseTable, engine: RuleEngine) -> Eligibility:
    """Every rule over every case."""
    return cases.memory.kept("eligibility", (rules,), lambda: _eligibility(rules, cases, engine))


def _eligibility(rules: Sequence[RulePlan], cases: CaseTable, engine: RuleEngine) -> Eligibility:
    columns = engine.columns(cases, [Wanted(rule.reading.expression, "yes_no", rule.id) for rule in rules])
    verdicts = []
    holds, undetermined = np.ones(len(cases), np.bool_), np.zeros(len(cases), np.bool_)
    for rule, column in zip(rules, columns, strict=True):
        verdict, says_yes = column.keep("verdict", None, lambda c=column, r=rule: _verdict(c, r.reading, cases))  # type: ignore[misc]
        verdicts.append(verdict)
        holds &= says_yes
        if rule.reading.facts:
            undetermined |= verdict == Verdict.UNDETERMINED
    return Eligibility(tuple(verdicts), holds, undetermined)


def _verdict(column: Column, reading: Reading, cases: CaseTable) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """The verdict of one rule for each case, and where it is yes.

    Null from a fact is no refusal: the fact was not obtained, or is null and the rule does not say what that means.
    """
    verdict = column.values.astype(np.int8)
    verdict[~column.known] = Verdict.MISSING
    for null in given_as_null(cases, reading).values():
        verdict[~column.known & null] = Verdict.UNDETERMINED
    lacking = not_obtained(cases, reading.facts)
    if lacking is not None:
        verdict[lacking] = Verdict.UNDETERMINED
    return verdict, verdict == Verdict.YES
