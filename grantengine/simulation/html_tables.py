"""What a page of a simulation is made of: tables, their cells, and charts with the table of their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grantengine.simulation.charts import Bar, Chart
from grantengine.simulation.words import Speaker, capital


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its lines, small bars of (colour, per cent), how strongly it is shaded.

    ``words`` stand where figures can not be given, and may run over several lines.
    """

    lines: tuple[str, ...]
    bars: tuple[tuple[str, float], ...] = ()
    shade: int = 0
    words: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading, the columns in ``right`` are figures."""

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Shown:
    """Charts with the table of their figures, below a heading where there is one."""

    table: Table
    charts: tuple[Chart, ...] = ()
    heading: str = ""

    @property
    def quiet(self) -> bool:
        """Whether the caption of the table is seen elsewhere, so that it is for screen readers only."""
        return self.table.caption in (self.heading, *(chart.title for chart in self.charts))


def table(id: str, caption: str, heads: Iterable[str], rows: Iterable[Sequence[str | Cell]], text: int = 1) -> Table:
    """A table under words of ours, whose columns are figures but for the first ``text``."""
    heads, caption = tuple(capital(head) for head in heads), capital(caption)
    return Table(id, caption, heads, tuple(tuple(row) for row in rows), frozenset(range(text, len(heads))))


def signed(value: int, shown: str) -> str:
    """A difference with its sign, the minus as it is set in print."""
    return f"+{shown}" if value > 0 else shown.replace("-", "\N{MINUS SIGN}")


def tallest(given: Sequence[Bar], speaker: Speaker) -> str:
    """A chart of columns in words: the tallest of them."""
    top = max(given, key=lambda bar: bar.value)
    if not top.value:
        return speaker.say("report.columns-zero")
    return speaker.say("report.columns-say", name=top.name, value=top.shown)
