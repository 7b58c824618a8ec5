"""The part of a page that tries other values: sweeps over one or two ranges, and other weightings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grantengine.simulation.charts import BASE, Bar, Label, below, columns, line, nice, position, ticks_of
from grantengine.simulation.html_tables import Cell, Shown, Table, table, tallest
from grantengine.simulation.report import Report
from grantengine.simulation.robustness import Robustness
from grantengine.simulation.sweep import Step, problem_words
from grantengine.simulation.words import Speaker, capital

SHADES = 4
"""How many shades the cells of a sweep over two ranges have, beside none."""


def sweep(report: Report, speaker: Speaker) -> Shown:
    """What each value of one range, or each combination of two, would do."""
    return _grid(report, speaker) if len(report.ranges) > 1 else _line(report, speaker)


def _line(report: Report, speaker: Speaker) -> Shown:
    """How many are funded, what is granted and what tips, over one range."""
    say, steps = speaker.say, report.steps
    values = [speaker.value(step.values[0]) for step in steps]
    known = [not (step.blocked or step.problems) for step in steps]
    ticks = ticks_of(values, [position(index, len(values)) for index in range(len(values))])
    charts = []
    for id, title, figures, show in (
        ("sweep-funded", capital(say("word.funded")), [step.funded for step in steps], speaker.number),
        ("sweep-granted", capital(say("word.granted")), [step.granted for step in steps], speaker.money),
    ):
        given = [figure if good else None for figure, good in zip(figures, known, strict=True)]
        said = _course(title, given, values, show, speaker)
        top = nice(max((figure for figure in given if figure is not None), default=1))
        charts.append(line(id, title, said, given, (top, show(int(top))), ticks))
    tips = [
        Bar(value, step.tips, speaker.number(step.tips) if good else "–")
        for value, step, good in zip(values, steps, known, strict=True)
    ]
    places = [100 * (index + 0.5) / len(values) for index in range(len(values))]
    charts.append(
        columns("sweep-tips", capital(say("report.tips")), tallest(tips, speaker), tips, ticks_of(values, places))
    )
    heads = (say("report.value"), *(say(f"word.{n}") for n in ("funded", "granted", "left", "gain", "lose", "tips")))
    rows = [(value, *_figures(step, speaker)) for value, step in zip(values, steps, strict=True)]
    pointer = report.ranges[0].pointer
    return Shown(table("sweep", say("report.sweep-caption", pointer=pointer), heads, rows), tuple(charts), pointer)


def _course(title: str, given: Sequence[int | None], values: Sequence[str], show: Any, speaker: Speaker) -> str:
    """A line in words: where it begins and ends, its lowest and highest."""
    known = [(figure, value) for figure, value in zip(given, values, strict=True) if figure is not None]
    if not known:
        return title
    (first, start), (last, end) = known[0], known[-1]
    low, high = min(known)[0], max(known)[0]
    return speaker.say(
        "report.line-says", what=title, first=show(first), start=start, last=show(last), end=end, low=show(low),
        high=show(high),
    )  # fmt: skip


def _figures(step: Step, speaker: Speaker) -> tuple[str | Cell, ...]:
    """What a step gives, or why nothing can be said of it."""
    why = _unknown(step, speaker)
    if why:
        return (Cell((why,), words=True), *[""] * 5)
    counts = [speaker.number(value) for value in (step.gains, step.loses, step.tips)]
    return (speaker.number(step.funded), speaker.money(step.granted), speaker.money(step.left), *counts)


def _unknown(step: Step, speaker: Speaker) -> str:
    problem = problem_words(step)
    if problem is not None:
        return speaker.words(problem)
    return speaker.say("report.step-blocked") if step.blocked else ""


def _grid(report: Report, speaker: Speaker) -> Shown:
    """How many are funded and what is granted for each combination of two ranges."""
    say = speaker.say
    known = [step.funded for step in report.steps if not (step.blocked or step.problems)] or [0]
    low, high = min(known), max(known)

    def cell(step: Step) -> Cell:
        why = _unknown(step, speaker)
        if why:
            return Cell((why,), words=True)
        shade = round(SHADES * (step.funded - low) / (high - low)) if high > low else 0
        return Cell((speaker.number(step.funded), speaker.money(step.granted)), shade=shade)

    first, second = report.ranges
    wide = len(second.values)
    rows: list[tuple[str | Cell, ...]] = [
        (speaker.value(value), *(cell(step) for step in report.steps[index * wide : (index + 1) * wide]))
        for index, value in enumerate(first.values)
    ]
    corner = " \\ ".join(one.pointer.rsplit("/", 1)[-1] for one in report.ranges)
    heads = (corner, *(speaker.value(value) for value in second.values))
    caption = say(
        "report.grid-caption", rows=first.pointer, columns=second.pointer, low=speaker.number(low),
        high=speaker.number(high),
    )  # fmt: skip
    return Shown(Table("sweep", caption, heads, tuple(rows), frozenset(range(1, len(heads)))))


def robustness(found: Robustness, speaker: Speaker) -> dict[str, Any]:
    """How sure the grants are: in words, and how often each competing case is funded."""
    share = found.share[found.competes]
    tenths = np.bincount(np.minimum((share[(share > 0) & (share < 1)] * 10).astype(int), 9), minlength=10).tolist()
    bands = [(speaker.amount(n * 1000), speaker.percent((n + 1) / 10)) for n in range(10)]
    counts = [int((share == 0).sum()), *tenths, int((share == 1).sum())]
    ends = [capital(speaker.say("report.never")), capital(speaker.say("report.always"))]
    names = [ends[0], *(f"{low}–{high}" for low, high in bands), ends[1]]
    given = [Bar(name, count, speaker.number(count)) for name, count in zip(names, counts, strict=True)]
    drawn = given[1:]
    ticks = [Label(100, BASE + 18, ends[1], "end"), below(0, speaker.percent(0)), below(500 / 11, speaker.percent(0.5))]
    title = speaker.say("report.robust-title")
    chart = columns("robust", title, tallest(drawn, speaker), drawn, ticks)
    heads = (speaker.say("report.robust-share"), speaker.say("word.cases"))
    lines = [
        speaker.say(f"simulate.robust-{key}", count=speaker.number(getattr(found, key)))
        for key in ("always", "depends", "never", "unsure")
    ]
    intro = speaker.say("report.robust-intro", tried=speaker.number(found.tried), seed=found.seed)
    rows = [(bar.name, bar.shown) for bar in given]
    shown = Shown(table("robust", speaker.say("report.robust-caption"), heads, rows), (chart,))
    return {"intro": intro, "lines": lines, "shown": shown}
