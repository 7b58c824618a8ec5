"""Sums and counts by a column of the case table; numbers fall in bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grantengine.errors import EvaluationError, Message, Problem
from grantengine.expressions.types import Type
from grantengine.scheme.collect import nearest_hint
from grantengine.simulation.compare import Comparison

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grantengine.compile.plan import Plan

FEW = 12
"""Whole numbers with at most so many different values are groups by themselves."""
MOST = 40
"""At most so many groups of a text column; the others go together."""
BANDS = 5


@dataclass(frozen=True)
class Group:
    """One group: its label, how many cases, and what they get before and after, in hundredths.

    ``label`` is a text, or a message for what is not answered, the rest, yes and no, and bands.
    """

    label: str | Message
    cases: int
    funded: tuple[int, int]
    granted: tuple[int, int]
    gains: int
    loses: int
    newly_funded: int
    no_longer_funded: int


@dataclass(frozen=True)
class Groups:
    """All groups of one column."""

    column: str
    groups: tuple[Group, ...]


def check_columns(names: tuple[str, ...], plan: Plan) -> None:
    """Whether cases can be grouped by these.

    :raises EvaluationError: ``by-unknown`` with the nearest name, or ``by-records`` for what is no single value.
    """
    problems = []
    shown = [column for column in plan.columns if not column.startswith("marks.")]
    for name in names:
        kind = plan.columns.get(name)
        if kind is None:
            problems.append(Problem("by-unknown", params={"name": name}, hint=nearest_hint(name, shown)))
        elif kind.name == "record":
            problems.append(Problem("by-records", params={"name": name}))
    if problems:
        raise EvaluationError(problems)


def by_column(comparison: Comparison, name: str) -> Groups:
    """Who gains and loses by the values of one column; of a list, by how many items it has."""
    column = comparison.before.cases.table.column(name)
    labels, codes = _grouped(column, comparison.before.plan.columns[name])
    size = len(labels)

    def count(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(codes[where], minlength=size)

    def total(values: NDArray[np.int64]) -> list[int]:
        # Sums beyond 2^53 are not exact as doubles, so whole kroner and øre are summed apart.
        high = np.bincount(codes, weights=values // 10**6, minlength=size)
        low = np.bincount(codes, weights=values % 10**6, minlength=size)
        return [int(a) * 10**6 + int(b) for a, b in zip(high, low, strict=True)]

    before, after = comparison.before, comparison.after
    all_cases, sums = np.bincount(codes, minlength=size), (total(before.granted), total(after.granted))
    counts = [
        count(where)
        for where in (
            before.funded, after.funded, comparison.gains, comparison.loses, comparison.newly_funded,
            comparison.no_longer_funded,
        )
    ]  # fmt: skip
    groups = [
        Group(
            label, int(all_cases[i]), (int(counts[0][i]), int(counts[1][i])), (sums[0][i], sums[1][i]),
            int(counts[2][i]), int(counts[3][i]), int(counts[4][i]), int(counts[5][i]),
        )
        for i, label in enumerate(labels)
    ]  # fmt: skip
    return Groups(name, tuple(group for group in groups if group.cases))


def _grouped(column: pa.ChunkedArray, kind: Type) -> tuple[list[str | Message], NDArray[np.intp]]:
    """A label for each group, and the group of each case."""
    if kind.name == "list":
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
        return _numbers(lengths.astype(np.float64), np.ones(len(lengths), np.bool_), whole=True)
    known = pc.is_valid(column).to_numpy().astype(np.bool_)
    if kind.name == "yes_no":
        codes = np.where(known, pc.fill_null(column, False).to_numpy().astype(np.intp), 2)
        return [Message("group.no"), Message("group.yes"), Message("group.none")], codes
    if kind.name in ("text", "date"):
        text = pc.year(column).cast(pa.string()) if kind.name == "date" else column
        return _texts(text)
    values = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy()
    return _numbers(values, known, whole=kind.name == "integer", percent=kind.name == "percent")


def _texts(column: pa.ChunkedArray) -> tuple[list[str | Message], NDArray[np.intp]]:
    """The commonest values, the rest together, and those without."""
    coded = column.combine_chunks().dictionary_encode()
    values = coded.dictionary.to_pylist()
    codes = pc.fill_null(coded.indices, len(values)).to_numpy().astype(np.intp)
    counts = np.bincount(codes, minlength=len(values) + 1)[: len(values)]
    shown = sorted(np.argsort(-counts, kind="stable")[:MOST], key=lambda index: values[index])
    place = np.full(len(values) + 1, len(shown), np.intp)
    place[-1] = len(shown) + 1
    place[shown] = np.arange(len(shown))
    labels: list[str | Message] = [str(values[index]) for index in shown]
    return [*labels, Message("group.others"), Message("group.none")], place[codes]


def _numbers(
    values: NDArray[np.float64], known: NDArray[np.bool_], *, whole: bool, percent: bool = False
) -> tuple[list[str | Message], NDArray[np.intp]]:
    """Bands of about equal size with round edges; few whole numbers are groups by themselves."""
    given = values[known]
    different = np.unique(given)
    none = Message("group.none")
    if whole and len(different) <= FEW:
        codes = np.where(known, np.searchsorted(different, values), len(different))
        return [*(str(int(value)) for value in different), none], codes.astype(np.intp)
    edges = _edges(given, whole, percent)
    codes = np.where(known, np.searchsorted(edges, values, side="right"), len(edges) + 1)
    return [*_band_labels(edges, whole, percent), none], codes.astype(np.intp)


def _edges(given: NDArray[np.float64], whole: bool, percent: bool) -> NDArray[np.float64]:
    """Where bands begin: near the quantiles, rounded to what tells them apart, each once."""
    if not len(given):
        return np.array([])
    wanted = np.quantile(given, [part / BANDS for part in range(1, BANDS)])
    rounded = (
        {_round(float(edge), _fineness(wanted)) for edge in wanted}
        if not percent
        else {round(float(edge), 2) for edge in wanted}
    )
    edges = sorted({float(round(edge)) if whole else edge for edge in rounded})
    return np.array([edge for edge in edges if edge > given.min()])


def _fineness(edges: NDArray[np.float64]) -> float:
    """A tenth of the least there is between two edges: years between 1998 and 2021 are not all 2000."""
    gaps = np.diff(edges)
    return float(gaps[gaps > 0].min()) / 10 if (gaps > 0).any() else 0.0


def _round(value: float, fineness: float) -> float:
    """To two digits where that moves it less than ``fineness``, else to as many as it takes."""
    for digits in range(1, 15):
        rounded = float(f"{value:.{digits}e}")
        if abs(rounded - value) <= fineness:
            return rounded
    return value


def _band_labels(edges: NDArray[np.float64], whole: bool, percent: bool) -> list[str | Message]:
    """What the bands are called: below the first edge, between edges, from the last on."""
    if not len(edges):
        return [Message("group.all")]
    shown = [f"{edge * 100:g} %" if percent else float(edge) for edge in edges]
    # Of whole numbers the last of a band is named, of others where the next begins.
    ends = [float(edge) - 1 for edge in edges] if whole else shown
    labels: list[str | Message] = [Message("group.below", {"edge": shown[0]})]
    labels += [Message("group.between", {"low": low, "high": high}) for low, high in zip(shown, ends[1:], strict=False)]
    return [*labels, Message("group.from", {"edge": shown[-1]})]
