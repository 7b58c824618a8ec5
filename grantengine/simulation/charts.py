"""Charts as plain marks: across in per cent of the width, down in pixels, so that words keep their size on any screen.

What draws them is ``templates/parts.html``. Every chart says in words what it shows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Anchor = Literal["start", "middle", "end"]
TOP, BASE, HEIGHT = 26, 136, 162
"""Where the plot of an upright chart begins and ends, and how high the chart is."""
ROW, BAR = 42, 16
"""How high a row of lying bars and its bar are."""
APART = 25
"""Words under a chart stand at least so many per cent apart."""
MOST_BINS = 14
MOST_VALUES = 16
"""With more columns than this no column is marked with its value."""


@dataclass(frozen=True)
class Rect:
    """A bar; ``tone`` names its colour."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Line:
    """A straight line; ``tone`` names its colour."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: str


@dataclass(frozen=True)
class Dot:
    """A point of a line chart."""

    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """Words in a chart; ``value`` for those that narrow screens leave out."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    value: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart: what it shows, in words and in marks."""

    id: str
    title: str
    description: str
    height: int
    rects: tuple[Rect, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, how the length is written, and its colour."""

    name: str
    value: float
    shown: str
    tone: str = "plain"


@dataclass(frozen=True)
class Bin:
    """How many values lie between ``low`` and ``high``."""

    low: int
    high: int
    count: int


def bars(id: str, title: str, given: Sequence[Bar]) -> Chart:
    """Lying bars, each under its name."""
    most = max((bar.value for bar in given), default=0) or 1
    rects = tuple(
        Rect(0, row * ROW + 20, 100 * bar.value / most, BAR, bar.tone) for row, bar in enumerate(given) if bar.value
    )
    lines = tuple(Line(0, row * ROW + 20, 0, row * ROW + 20 + BAR, "axis") for row in range(len(given)))
    labels = tuple(
        label
        for row, bar in enumerate(given)
        for label in (Label(0, row * ROW + 14, bar.name), Label(100, row * ROW + 14, bar.shown, "end"))
    )
    said = "; ".join(f"{bar.name}: {bar.shown}" for bar in given)
    return Chart(id, title, said, len(given) * ROW, rects, lines, (), labels)


def columns(
    id: str, title: str, description: str, given: Sequence[Bar], ticks: Sequence[Label], *, inset: float = 0
) -> Chart:
    """Upright columns side by side; ``ticks`` stand below, the first of them before the others."""
    most = max((bar.value for bar in given), default=0) or 1
    wide = (100 - 2 * inset) / max(len(given), 1)
    rects, labels = [], []
    for index, bar in enumerate(given):
        high = (BASE - TOP) * bar.value / most
        x = inset + index * wide
        if bar.value:
            rects.append(Rect(x + wide * 0.08, BASE - high, wide * 0.84, high, bar.tone))
        if len(given) <= MOST_VALUES:
            labels.append(Label(x + wide / 2, BASE - high - 6, bar.shown, "middle", value=True))
    axis = Line(0, BASE, 100, BASE, "axis")
    return Chart(id, title, description, HEIGHT, tuple(rects), (axis,), (), (*labels, *apart(ticks)))


def line(
    id: str,
    title: str,
    description: str,
    values: Sequence[float | None],
    top: tuple[float, str],
    ticks: Sequence[Label],
) -> Chart:
    """A line from 0 to ``top``, broken where nothing is known."""
    places = [(position(index, len(values)), value) for index, value in enumerate(values)]
    dots = [None if value is None else Dot(x, BASE - (BASE - TOP) * value / top[0]) for x, value in places]
    parts = [Line(a.x, a.y, b.x, b.y, "series") for a, b in itertools.pairwise(dots) if a is not None and b is not None]
    grid = [Line(0, TOP, 100, TOP, "grid"), Line(0, BASE, 100, BASE, "axis")]
    labels = [Label(0, TOP - 7, top[1]), *apart(ticks)]
    return Chart(
        id,
        title,
        description,
        HEIGHT,
        (),
        (*grid, *parts),
        tuple(dot for dot in dots if dot is not None),
        tuple(labels),
    )


def position(index: int, count: int, inset: float = 4) -> float:
    """Where the point ``index`` of ``count`` stands, in per cent of the width."""
    return 50 if count == 1 else inset + (100 - 2 * inset) * index / (count - 1)


def ticks_of(names: Sequence[str], places: Sequence[float]) -> list[Label]:
    """Words below points: all where they are few and short, else the first and last, and if there is room one between."""
    last, longest = len(names) - 1, max((len(name) for name in names), default=0)
    few = last < 10 and longest <= 5
    shown = range(len(names)) if few else sorted({0, last} | ({last // 2} if longest <= 12 else set()))
    return [
        Label(places[index], BASE + 18, names[index], "middle" if few else _anchor(places[index])) for index in shown
    ]


def below(x: float, text: str) -> Label:
    """Words below the axis of an upright chart, kept inside it."""
    return Label(x, BASE + 18, text, _anchor(x))


def _anchor(x: float) -> Anchor:
    return "start" if x < 15 else "end" if x > 85 else "middle"


def apart(labels: Sequence[Label]) -> list[Label]:
    """The labels that do not come too near to one before them; short ones may stand closer."""
    kept: list[Label] = []
    for label in labels:
        wide = APART if max((len(one.text) for one in labels), default=0) > 5 else APART / 3
        if all(abs(label.x - other.x) >= wide for other in kept):
            kept.append(label)
    return kept


def nice(value: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, 25, 50 … that is not below ``value``."""
    if value <= 0:
        return 1
    power = float(10 ** math.floor(math.log10(value)))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def bins(differences: NDArray[np.int64]) -> list[Bin]:
    """Bins of equal size from the largest loss to the largest gain; nothing lies across zero.

    A value on the edge of two bins is in the one nearer to zero. Without values there are no bins.
    """
    given = differences[differences != 0]
    if not len(given):
        return []
    low, high = min(int(given.min()), 0), max(int(given.max()), 0)
    step = max(100, int(nice((high - low) / MOST_BINS)))
    number = np.sign(given) * (-(-np.abs(given) // step))
    found = dict(zip(*(array.tolist() for array in np.unique(number, return_counts=True)), strict=True))
    losses = [Bin(n * step, (n + 1) * step, found.get(n, 0)) for n in range(low // step, 0)]
    gains = [Bin((n - 1) * step, n * step, found.get(n, 0)) for n in range(1, -(-high // step) + 1)]
    return losses + gains
