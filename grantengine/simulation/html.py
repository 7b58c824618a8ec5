"""A simulation as one HTML page that stands alone: no script, nothing from elsewhere; read, printed and filed as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grantengine.outcome import Outcome
from grantengine.simulation.charts import BASE, Bar, Chart, Label, bars, below, bins, columns, line, nice, position, ticks_of
from grantengine.simulation.compare import CHANGES, SAME, Comparison, reasons
from grantengine.simulation.groups import Groups
from grantengine.simulation.report import Report
from grantengine.simulation.robustness import Robustness
from grantengine.simulation.sweep import Step, problem_words
from grantengine.simulation.words import Speaker, capital
from grantengine.texts.catalogue import Texts, in_language

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_CASES = 50
"""Cases whose sums change most are shown one by one, so many of them."""
MOST_VALUE = 400
"""A longer value of a scheme is cut."""
SHADES = 4
"""How many shades the cells of a sweep over two ranges have, beside none."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its lines, small bars of (colour, per cent), how strongly it is shaded."""

    lines: tuple[str, ...]
    bars: tuple[tuple[str, float], ...] = ()
    shade: int = 0


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


def report_html(report: Report, texts: Texts, language: str) -> str:
    """The report as a page in ``language``; the comparison is not blocked."""
    comparison = report.comparison
    plan = comparison.before.plan
    speaker = Speaker(texts, language, plan.currency)
    return _environment().get_template("report.html").render(
        language=language,
        say=speaker.say,
        title=_titled(plan.scheme.title, language),
        scenario=_titled(report.title or "", language),
        scheme=plan.scheme,
        as_of=_date(comparison.before, language),
        cases=speaker.number(len(comparison.before.cases)),
        sentence=_sentence(comparison, speaker),
        changed=_changed(report, speaker),
        call=_call(comparison, speaker),
        effects=_effects(comparison, speaker),
        groups=[_group(groups, index, comparison, speaker) for index, groups in enumerate(report.groups)],
        sweep=_sweep(report, speaker) if report.steps else None,
        robustness=_robustness(report.robustness, speaker) if report.robustness else None,
        most_changed=_cases(comparison, speaker),
        notes=[speaker.words(message) for message in report.caution.notes],
        held_constant=[speaker.words(message) for message in report.caution.held_constant],
        can_not_know=[speaker.words(message) for message in report.caution.can_not_know],
    )  # fmt: skip


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("grantengine.simulation"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["capital"] = capital
    return environment


def _titled(title: str | Mapping[str, str], language: str) -> tuple[str, str]:
    """A title and the language it is in, the page's own where that is not known."""
    if isinstance(title, str):
        return title, language
    text = in_language(title, language)
    return text, language if title.get(language) == text else next((c for c, t in title.items() if t == text), language)


def _date(outcome: Outcome, language: str) -> str:
    from babel.dates import format_date

    locale = {"nb": "nb_NO", "nn": "nn_NO"}.get(language, "en_GB")
    return str(format_date(outcome.as_of, "long", locale=locale))


def _sentence(comparison: Comparison, speaker: Speaker) -> str:
    counts = {key: speaker.number(count) for key, count in comparison.counts.items()}
    cases = speaker.number(len(comparison.before.cases))
    if not comparison.counts["gains"] and not comparison.counts["loses"]:
        return speaker.say("report.sentence-none", cases=cases)
    return speaker.say(
        "report.sentence", cases=cases, gains=counts["gains"], new=counts["newly_funded"], loses=counts["loses"],
        lost=counts["no_longer_funded"],
    )  # fmt: skip


def _table(id: str, caption: str, heads: Iterable[str], rows: Iterable[Sequence[str | Cell]], text: int = 1) -> Table:
    """A table under words of ours, whose columns are figures but for the first ``text``."""
    heads, caption = tuple(capital(head) for head in heads), capital(caption)
    return Table(id, caption, heads, tuple(tuple(row) for row in rows), frozenset(range(text, len(heads))))


def _changed(report: Report, speaker: Speaker) -> Table:
    say = speaker.say
    heads = (say("report.place"), say("report.before"), say("report.after"))
    rows = [
        (one.pointer, speaker.value(one.before, MOST_VALUE), speaker.value(one.after, MOST_VALUE))
        for one in report.changed
    ]
    return _table("changed", say("report.changed-caption"), heads, rows, text=3)


def _call(comparison: Comparison, speaker: Speaker) -> list[Shown]:
    """The call before and after, also by year and by strand where there are several."""
    sides = (comparison.before, comparison.after)
    say, same = speaker.say, sides[0].plan.currency == sides[1].plan.currency
    rows: list[tuple[str, ...]] = []
    for name, (was, now) in (
        (say("word.eligible"), [int(one.eligible.sum()) for one in sides]),
        (say("word.funded"), [int(one.funded.sum()) for one in sides]),
    ):
        rows.append(
            (capital(name), speaker.number(was), speaker.number(now), _signed(now - was, speaker.number(now - was)))
        )
    for name, (was, now) in (
        (say("word.budget"), [one.budget for one in sides]),
        (say("word.granted"), [one.granted_in_all for one in sides]),
        (say("word.left"), [one.budget - one.granted_in_all for one in sides]),
    ):
        both = [speaker.money(ore, side.plan.currency) for ore, side in zip((was, now), sides, strict=True)]
        rows.append((capital(name), *both, _signed(now - was, speaker.money(now - was)) if same else "–"))
    heads = (say("report.figure"), say("report.before"), say("report.after"), say("word.change"))
    shown = [Shown(_table("call", say("report.call-caption"), heads, rows))]
    for id, heading, first, found in (
        ("years", say("report.years"), say("report.year"), [_years(side) for side in sides]),
        ("strands", say("report.strands"), say("word.strand"), [_strands(side) for side in sides]),
    ):
        if any(len(side) > 1 for side in found):
            shown.append(Shown(_side_by_side(id, heading, first, found, sides, speaker), (), heading))
    return shown


Sums = dict[str, tuple[int, int]]


def _years(outcome: Outcome) -> Sums:
    """Budget and granted of each year."""
    granted = [sum(int(part.by_year[i].sum()) for part in outcome.parts) for i in range(len(outcome.plan.years))]
    years = [str(outcome.year_of(year)) for year in outcome.plan.years]
    return dict(zip(years, zip(outcome.budgets, granted, strict=False), strict=True))


def _strands(outcome: Outcome) -> Sums:
    """Budget and granted of each strand."""
    return {
        strand.id: (strand.plan.budget, int(part.granted.sum()))
        for strand, part in zip(outcome.plan.strands, outcome.parts, strict=False)
    }


def _side_by_side(
    id: str, caption: str, first: str, found: Sequence[Sums], sides: Sequence[Outcome], speaker: Speaker
) -> Table:
    say = speaker.say
    rows = []
    for name in dict.fromkeys([*found[0], *found[1]]):
        pairs = [side.get(name) for side in found]
        sums = [None if one is None else (*one, one[0] - one[1]) for one in pairs]
        cells = [
            "–" if one is None else speaker.money(one[place], side.plan.currency)
            for place in range(3)
            for one, side in zip(sums, sides, strict=True)
        ]
        rows.append((name, *cells))
    names = ("report.budget-before", "report.budget-after", "word.granted-before", "word.granted-after")
    heads = (first, *(say(name) for name in (*names, "report.left-before", "report.left-after")))
    return _table(id, caption, heads, rows)


def _signed(value: int, shown: str) -> str:
    """A difference with its sign, the minus as it is set in print."""
    return f"+{shown}" if value > 0 else shown.replace("-", "\N{MINUS SIGN}")


def _effects(comparison: Comparison, speaker: Speaker) -> list[Shown]:
    """How many gain and lose by kind of change, and how much."""
    if comparison.before.plan.currency != comparison.after.plan.currency:
        return []
    say, change, difference = speaker.say, comparison.change, comparison.difference
    counts = {name: int((change == index).sum()) for index, name in enumerate(CHANGES)}
    names = _kinds(speaker)
    rows = [
        (names[name], speaker.number(counts[name]), _signed(ore, speaker.money(ore)))
        for name, index in ((name, CHANGES.index(name)) for name in CHANGES)
        for ore in [int(difference[change == index].sum())]
    ]
    same = int(((change == SAME) & comparison.before.funded).sum())
    rows.append((capital(say("report.same")), speaker.number(same), speaker.money(0)))
    kinds = bars("kinds", say("report.kinds"), [Bar(names[n], c, speaker.number(c), n) for n, c in counts.items()])
    heads = (say("word.change"), say("word.cases"), say("report.sum"))
    shown = [Shown(_table("kinds", say("report.kinds"), heads, rows), (kinds,))]
    return [*shown, _histogram(comparison, speaker)] if any(counts.values()) else []


def _kinds(speaker: Speaker) -> dict[str, str]:
    """What can happen to the sum of a case, in words."""
    say = speaker.say
    return {
        "newly_funded": capital(say("report.newly-funded")),
        "more": capital(say("report.more")),
        "less": capital(say("report.less")),
        "no_longer_funded": capital(say("report.no-longer-funded")),
    }


def _histogram(comparison: Comparison, speaker: Speaker) -> Shown:
    say, found = speaker.say, bins(comparison.difference)
    named = []
    for one in found:
        ends = sorted((abs(one.low), abs(one.high)))
        key = "report.bin-more" if one.high > 0 else "report.bin-less"
        named.append(speaker.say(key, low=speaker.amount(ends[0]), high=speaker.money(ends[1])))
    given = [
        Bar(name, one.count, speaker.number(one.count), "more" if one.high > 0 else "less")
        for name, one in zip(named, found, strict=True)
    ]
    edges = [*(one.low for one in found), found[-1].high]
    zero = edges.index(0)
    ticks = [below(100 * place / len(found), _signed(0, speaker.money(edges[place]))) for place in (zero, 0, len(found))]
    title = capital(say("report.sums"))
    chart = columns("sums", title, _tallest(given, speaker), given, ticks)
    rows = [(bar.name, bar.shown) for bar in given]
    return Shown(_table("sums", title, (say("report.difference"), say("word.cases")), rows), (chart,))


def _tallest(given: Sequence[Bar], speaker: Speaker) -> str:
    top = max(given, key=lambda bar: bar.value)
    if not top.value:
        return speaker.say("report.columns-zero")
    return speaker.say("report.columns-say", name=top.name, value=top.shown)


def _group(groups: Groups, index: int, comparison: Comparison, speaker: Speaker) -> Shown:
    say = speaker.say
    rows = []
    shares_of = [[funded / max(group.cases, 1) for funded in group.funded] for group in groups.groups]
    longest = max((share for shares in shares_of for share in shares), default=0) or 1
    for group, shares in zip(groups.groups, shares_of, strict=True):
        pair = tuple((when, share / longest * 100) for when, share in zip(("before", "after"), shares, strict=True))
        said = f"{speaker.percent(shares[0])} → {speaker.percent(shares[1])}"
        share = Cell((said,), pair if any(shares) else ())
        counts = [speaker.number(value) for value in (group.cases, *group.funded)]
        sums = [
            speaker.money(ore, side.plan.currency)
            for ore, side in zip(group.granted, (comparison.before, comparison.after), strict=True)
        ]
        label = group.label if isinstance(group.label, str) else capital(speaker.words(group.label))
        rows.append((label, share, *counts, *sums, str(group.gains), str(group.loses)))
    field = comparison.before.plan.form.by_id.get(groups.column)
    label = in_language(field.label, speaker.language) if field else groups.column
    heading = say("report.by", column=label if label == groups.column else f"«{label}» ({groups.column})")
    names = ("word.cases", "word.funded-before", "word.funded-after", "word.granted-before", "word.granted-after")
    heads = (say("word.group"), say("report.share"), *(say(name) for name in (*names, "word.gain", "word.lose")))
    return Shown(_table(f"by-{index}", heading, heads, rows, text=2), (), heading)


def _sweep(report: Report, speaker: Speaker) -> Shown:
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
    tips = [Bar(value, step.tips, speaker.number(step.tips)) for value, step in zip(values, steps, strict=True)]
    places = [100 * (index + 0.5) / len(values) for index in range(len(values))]
    charts.append(
        columns("sweep-tips", capital(say("report.tips")), _tallest(tips, speaker), tips, ticks_of(values, places))
    )
    heads = (say("report.value"), *(say(f"word.{n}") for n in ("funded", "granted", "left", "gain", "lose", "tips")))
    rows = [(value, *_figures(step, speaker)) for value, step in zip(values, steps, strict=True)]
    pointer = report.ranges[0].pointer
    return Shown(_table("sweep", say("report.sweep-caption", pointer=pointer), heads, rows), tuple(charts), pointer)


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


def _figures(step: Step, speaker: Speaker) -> tuple[str, ...]:
    """What a step gives, or why nothing can be said of it."""
    why = _unknown(step, speaker)
    if why:
        return (why, "", "", "", "", "")
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
            return Cell((why,))
        shade = round(SHADES * (step.funded - low) / (high - low)) if high > low else 0
        return Cell((speaker.number(step.funded), speaker.money(step.granted)), (), shade)

    first, second = report.ranges
    wide = len(second.values)
    rows = [
        (speaker.value(value), *(cell(step) for step in report.steps[index * wide : (index + 1) * wide]))
        for index, value in enumerate(first.values)
    ]
    corner = " \\ ".join(one.pointer.rsplit("/", 1)[-1] for one in report.ranges)
    heads = (corner, *(speaker.value(value) for value in second.values))
    ends = {"low": speaker.number(low), "high": speaker.number(high)}
    caption = say("report.grid-caption", rows=first.pointer, columns=second.pointer, low=ends["low"], high=ends["high"])
    table = Table("sweep", caption, heads, tuple(rows), frozenset(range(1, len(heads))))
    return Shown(table)


def _robustness(found: Robustness, speaker: Speaker) -> dict[str, Any]:
    """How sure the grants are: in words, and how often each competing case is funded."""
    share = found.share[found.competes]
    tenths = np.bincount(np.minimum((share[(share > 0) & (share < 1)] * 10).astype(int), 9), minlength=10).tolist()
    bands = [(speaker.amount(n * 1000), speaker.percent((n + 1) / 10)) for n in range(10)]
    counts = [int((share == 0).sum()), *tenths, int((share == 1).sum())]
    ends = [capital(speaker.say(key)) for key in ("report.never", "report.always")]
    names = [ends[0], *(f"{low}–{high}" for low, high in bands), ends[1]]
    given = [Bar(name, count, speaker.number(count)) for name, count in zip(names, counts, strict=True)]
    drawn = given[1:]
    ticks = [Label(100, BASE + 18, ends[1], "end"), below(0, speaker.percent(0)), below(500 / 11, speaker.percent(0.5))]
    title = speaker.say("report.robust-title")
    chart = columns("robust", title, _tallest(drawn, speaker), drawn, ticks)
    heads, caption = (speaker.say("report.robust-share"), speaker.say("word.cases")), speaker.say("report.robust-caption")
    lines = [
        speaker.say(f"simulate.robust-{key}", count=speaker.number(getattr(found, key)))
        for key in ("always", "depends", "never", "unsure")
    ]
    intro = speaker.say("report.robust-intro", tried=speaker.number(found.tried), seed=found.seed)
    shown = Shown(_table("robust", caption, heads, [(bar.name, bar.shown) for bar in given]), (chart,))
    return {"intro": intro, "lines": lines, "shown": shown}


def _cases(comparison: Comparison, speaker: Speaker) -> Table | None:
    """The cases whose sums change most, with ground and reasons."""
    say = speaker.say
    rows = list(_case_rows(comparison, comparison.most_changed(MOST_CASES), speaker))
    names = ("word.case", "report.before", "report.after", "word.change", "word.reason")
    caption = say("report.most-caption", count=len(rows))
    return _table("most", caption, (say(name) for name in names), rows, text=len(names)) if rows else None


def _case_rows(comparison: Comparison, positions: Iterable[int], speaker: Speaker) -> Iterator[tuple[str | Cell, ...]]:
    same, names = comparison.before.plan.currency == comparison.after.plan.currency, _kinds(speaker)
    for at in positions:
        sides = [
            Cell(
                (
                    speaker.money(int(one.granted[at]), one.plan.currency),
                    speaker.points(one, at),
                    speaker.ground(one, at),
                )
            )
            for one in (comparison.before, comparison.after)
        ]
        ore, change = int(comparison.difference[at]), int(comparison.change[at])
        sums = (_signed(ore, speaker.money(ore)),) if same else ()
        kind = names[CHANGES[change]]
        why = Cell(tuple(speaker.words(message) for message in reasons(comparison, at)))
        yield comparison.before.cases.ids[at], *sides, Cell((*sums, kind)), why
