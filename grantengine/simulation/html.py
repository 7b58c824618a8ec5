"""A simulation as one HTML page that stands alone: no script, nothing from elsewhere; read, printed and filed as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from grantengine.outcome import Outcome
from grantengine.simulation.charts import Bar, bars, below, bins, columns
from grantengine.simulation.compare import CHANGES, SAME, Comparison, reasons
from grantengine.simulation.groups import Groups
from grantengine.simulation.html_ranges import robustness, sweep
from grantengine.simulation.html_tables import Cell, Shown, Table, signed, table, tallest
from grantengine.simulation.report import Report
from grantengine.simulation.words import Speaker, capital
from grantengine.texts.catalogue import Texts, in_language

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_CASES = 50
"""Cases whose sums change most are shown one by one, so many of them."""
MOST_VALUE = 400
"""A longer value of a scheme is cut."""


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
        sweep=sweep(report, speaker) if report.steps else None,
        robustness=robustness(report.robustness, speaker) if report.robustness else None,
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


def _changed(report: Report, speaker: Speaker) -> Table:
    say = speaker.say
    heads = (say("report.place"), say("report.before"), say("report.after"))
    rows = [
        (one.pointer, speaker.value(one.before, MOST_VALUE), speaker.value(one.after, MOST_VALUE))
        for one in report.changed
    ]
    return table("changed", say("report.changed-caption"), heads, rows, text=3)


def _call(comparison: Comparison, speaker: Speaker) -> list[Shown]:
    """The call before and after, also by year and by strand where there are several."""
    sides = (comparison.before, comparison.after)
    say, same = speaker.say, sides[0].plan.currency == sides[1].plan.currency
    rows = []
    for name, (was, now) in (
        (say("word.eligible"), [int(one.eligible.sum()) for one in sides]),
        (say("word.funded"), [int(one.funded.sum()) for one in sides]),
    ):
        counts = [speaker.number(value) for value in (was, now, now - was)]
        rows.append((capital(name), *counts[:2], signed(now - was, counts[2])))
    for name, (was, now) in (
        (say("word.budget"), [one.budget for one in sides]),
        (say("word.granted"), [one.granted_in_all for one in sides]),
        (say("word.left"), [one.budget - one.granted_in_all for one in sides]),
    ):
        both = [speaker.money(ore, side.plan.currency) for ore, side in zip((was, now), sides, strict=True)]
        rows.append((capital(name), *both, signed(now - was, speaker.money(now - was)) if same else "–"))
    heads = (say("report.figure"), say("report.before"), say("report.after"), say("word.change"))
    shown = [Shown(table("call", say("report.call-caption"), heads, rows))]
    years, strands = [_years(side) for side in sides], [_strands(side) for side in sides]
    if any(len(side) > 1 for side in years):
        heading = say("report.years")
        shown.append(
            Shown(_side_by_side("years", heading, say("report.year"), years, {}, comparison, speaker), (), heading)
        )
    if any(strands):
        heading, titles = say("report.strands"), _strand_titles(comparison, speaker)
        shown.append(
            Shown(
                _side_by_side("strands", heading, say("word.strand"), strands, titles, comparison, speaker), (), heading
            )
        )
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


def _strand_titles(comparison: Comparison, speaker: Speaker) -> dict[str, str]:
    """The names of strands that have one beside their id."""
    return {
        strand.id: in_language(strand.title, speaker.language)
        for outcome in (comparison.before, comparison.after)
        for strand in outcome.plan.scheme.call.strands
        if strand.title
    }


def _side_by_side(
    id: str,
    caption: str,
    first: str,
    found: Sequence[Sums],
    names: Mapping[str, str],
    comparison: Comparison,
    speaker: Speaker,
) -> Table:
    """Budget, granted and left before and after, a row for each year or strand."""
    say, sides = speaker.say, (comparison.before, comparison.after)
    rows = []
    for name in dict.fromkeys([*found[0], *found[1]]):
        pairs = [side.get(name) for side in found]
        sums = [None if one is None else (*one, one[0] - one[1]) for one in pairs]
        cells = [
            "–" if one is None else speaker.money(one[place], side.plan.currency)
            for place in range(3)
            for one, side in zip(sums, sides, strict=True)
        ]
        rows.append((names.get(name, name), *cells))
    heads = (
        first, say("report.budget-before"), say("report.budget-after"), say("word.granted-before"),
        say("word.granted-after"), say("report.left-before"), say("report.left-after"),
    )  # fmt: skip
    return table(id, caption, heads, rows)


def _effects(comparison: Comparison, speaker: Speaker) -> list[Shown]:
    """How many gain and lose by kind of change, and how much."""
    if comparison.before.plan.currency != comparison.after.plan.currency:
        return []
    say, change, difference = speaker.say, comparison.change, comparison.difference
    counts = {name: int((change == index).sum()) for index, name in enumerate(CHANGES)}
    names = _kinds(speaker)
    rows = [
        (names[name], speaker.number(counts[name]), signed(ore, speaker.money(ore)))
        for name, index in ((name, CHANGES.index(name)) for name in CHANGES)
        for ore in [int(difference[change == index].sum())]
    ]
    same = int(((change == SAME) & comparison.before.funded).sum())
    rows.append((capital(say("report.same")), speaker.number(same), speaker.money(0)))
    kinds = bars("kinds", say("report.kinds"), [Bar(names[n], c, speaker.number(c), n) for n, c in counts.items()])
    heads = (say("word.change"), say("word.cases"), say("report.sum"))
    shown = [Shown(table("kinds", say("report.kinds"), heads, rows), (kinds,))]
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
        low, high = speaker.amount(ends[0]), speaker.money(ends[1])
        named.append(say("report.bin-more" if one.high > 0 else "report.bin-less", low=low, high=high))
    given = [
        Bar(name, one.count, speaker.number(one.count), "more" if one.high > 0 else "less")
        for name, one in zip(named, found, strict=True)
    ]
    edges = [*(one.low for one in found), found[-1].high]
    zero = edges.index(0)
    ticks = [below(100 * place / len(found), signed(0, speaker.money(edges[place]))) for place in (zero, 0, len(found))]
    title = capital(say("report.sums"))
    chart = columns("sums", title, tallest(given, speaker), given, ticks)
    rows = [(bar.name, bar.shown) for bar in given]
    return Shown(table("sums", title, (say("report.difference"), say("word.cases")), rows), (chart,))


def _group(groups: Groups, index: int, comparison: Comparison, speaker: Speaker) -> Shown:
    say = speaker.say
    rows: list[tuple[str | Cell, ...]] = []
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
    return Shown(table(f"by-{index}", heading, heads, rows, text=2), (), heading)


def _cases(comparison: Comparison, speaker: Speaker) -> Table | None:
    """The cases whose sums change most, with ground and reasons."""
    say = speaker.say
    rows = list(_case_rows(comparison, comparison.most_changed(MOST_CASES), speaker))
    heads = (say("word.case"), say("report.before"), say("report.after"), say("word.change"), say("word.reason"))
    caption = say("report.most-caption", count=len(rows))
    return table("most", caption, heads, rows, text=len(heads)) if rows else None


def _case_rows(comparison: Comparison, positions: Iterable[int], speaker: Speaker) -> Iterator[tuple[str | Cell, ...]]:
    same, names = comparison.before.plan.currency == comparison.after.plan.currency, _kinds(speaker)
    for at in positions:
        sides = [_got(outcome, at, speaker) for outcome in (comparison.before, comparison.after)]
        ore, change = int(comparison.difference[at]), int(comparison.change[at])
        sums = (signed(ore, speaker.money(ore)),) if same else ()
        why = Cell(tuple(speaker.words(message) for message in reasons(comparison, at)))
        yield comparison.before.cases.ids[at], *sides, Cell((*sums, names[CHANGES[change]])), why


def _got(outcome: Outcome, position: int, speaker: Speaker) -> Cell:
    """What a case gets: sum, points and ground."""
    sum = speaker.money(int(outcome.granted[position]), outcome.plan.currency)
    return Cell((sum, speaker.points(outcome, position), speaker.ground(outcome, position)))
