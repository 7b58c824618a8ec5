"""An outcome in words and figures that a case handler understands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
import numpy as np

from grantengine.cli.show import language, print_table, words
from grantengine.errors import Message
from grantengine.money import Money, parse_ore
from grantengine.outcome import UNDECIDED, Outcome, Part
from grantengine.outcome_json import summary_json
from grantengine.records import GROUNDS, POINT_UNITS
from grantengine.stages.allocation import RESERVE
from grantengine.stages.eligibility import Verdict
from grantengine.texts.catalogue import Texts, in_language, show_number

if TYPE_CHECKING:
    from numpy.typing import NDArray


MOST_NAMED = 20
"""Ids that a note names."""


def print_summary(outcome: Outcome, texts: Texts, shown: int = 10) -> None:
    """Counts, money, why cases got nothing, and the top of the list."""
    plan, chosen = outcome.plan, language()

    def say(key: str, **params: object) -> str:
        return texts.say(Message(key, params), chosen)

    def money(ore: int) -> Money:
        return Money(ore, plan.currency)

    granted = outcome.granted_in_all
    click.echo(f"{in_language(plan.scheme.title, chosen)} ({plan.scheme.id} {plan.scheme.version})")
    if plan.scheme.status == "example":
        click.echo(say("summary.example"))
    click.echo()
    click.echo(say("summary.cases", cases=len(outcome.cases), eligible=int(outcome.eligible.sum())))
    if outcome.blocked:
        click.echo(say("summary.blocked", count=int(outcome.to_clarify.sum())))
        return
    click.echo(say("summary.funded", funded=int(outcome.funded.sum()), granted=money(granted)))
    left, used = money(outcome.budget - granted), sum(map(sum, outcome.used))
    if used:
        click.echo(say("summary.left-of-rest", budget=money(outcome.budget + used), used=money(used), left=left))
    else:
        click.echo(say("summary.left", budget=money(outcome.budget), left=left))
    _print_parts(outcome, texts)
    _print_cut_off(outcome, texts)
    _print_grounds(outcome, texts)
    _print_rules(outcome, texts)
    _print_top(outcome, texts, shown)


def _print_parts(outcome: Outcome, texts: Texts) -> None:
    """The money of each year and of each strand, where there are several."""
    summary = summary_json(outcome)

    def say(key: str) -> str:
        return texts.say(Message(key), language())

    for name, heading in (("year", say("report.year")), ("strand", say("word.strand"))):
        rows = [
            (one[name], *(_shown(one[sum], outcome, texts) for sum in ("budget", "granted", "left")))
            for one in summary.get(f"{name}s", ())
        ]
        if rows:
            click.echo()
            columns = (heading, say("word.budget"), say("word.granted"), say("word.left"))
            print_table(columns, rows, [1, 2, 3])


def _shown(sum: str, outcome: Outcome, texts: Texts) -> str:
    return texts.show(Money(parse_ore(sum), outcome.plan.currency), language())


def note_dropped(outcome: Outcome, texts: Texts) -> None:
    """Say on standard error which sums set by hand are not given, as a script may not look for it."""
    amounts, by_hand = outcome.cases.by_hand
    competes = outcome.eligible & outcome.rated
    dropped = np.flatnonzero(by_hand & (amounts > 0) & ~competes & ~outcome.cases.withdrawn)
    if not outcome.blocked and len(dropped):
        ids = outcome.cases.ids_at(dropped[:MOST_NAMED]).tolist()
        params = {"count": len(dropped), "ids": [*ids, "…"] if len(dropped) > len(ids) else ids}
        click.echo(texts.say(Message("evaluate.by-hand-dropped", params), language()), err=True)


def _print_cut_off(outcome: Outcome, texts: Texts) -> None:
    """The points of the last case funded, where there is one ranking and points decided who was."""
    orders = [order for part in outcome.parts for order in part.orders]
    if len(orders) != 1 or not np.isin(outcome.grounds, RESERVE).any():
        return
    funded = orders[0][outcome.parts[0].granted[orders[0]] > 0]
    if len(funded):
        total = int(outcome.total[funded[-1]]) / POINT_UNITS
        click.echo(texts.say(Message("summary.cut-off", {"points": total}), language()))


def _print_grounds(outcome: Outcome, texts: Texts) -> None:
    counts = Counter(int(code) for code in outcome.grounds if code != UNDECIDED)
    click.echo()
    click.echo(texts.say(Message("summary.grounds"), language()))
    rows = [
        (texts.say(Message(f"ground.{GROUNDS[code].replace(' ', '-')}"), language()), count)
        for code, count in counts.most_common()
    ]
    print_table(
        (texts.say(Message("word.ground"), language()), texts.say(Message("word.cases"), language())), rows, [1]
    )


def _print_rules(outcome: Outcome, texts: Texts) -> None:
    rows = []
    for rule in outcome.plan.all_rules:
        refused = sum(_refused_by(rule.id, part) for part in outcome.parts)
        rows.append((rule.id, refused, words(rule.because, texts)))
    if rows:
        click.echo()
        click.echo(texts.say(Message("summary.rules"), language()))
        heading = [texts.say(Message(f"word.{name}"), language()) for name in ("rule", "refused", "reason")]
        print_table(heading, rows, [1])


def _refused_by(rule: str, part: Part) -> int:
    ids = [one.id for one in part.plan.rules]
    if rule not in ids:
        return 0
    verdicts = part.eligibility.verdicts[ids.index(rule)]
    refused = (verdicts == Verdict.NO) | (verdicts == Verdict.MISSING)
    return int((refused & ~part.cases.withdrawn).sum())


def _print_top(outcome: Outcome, texts: Texts, shown: int) -> None:
    """The best of each ranking: a strand, deadline or batch has its own."""
    for index, part in enumerate(outcome.parts):
        places = None if outcome.places is None else outcome.places[index]
        for number, order in enumerate(part.orders):
            names = [outcome.plan.strands[index].id] if outcome.plan.strands else []
            names += [part.rounds[number].name] if part.rounds and part.rounds[number].name else []
            top = order[:shown] if places is None else places[order[:shown]]
            _print_ranking(outcome, texts, top, " · ".join(names))


def _print_ranking(outcome: Outcome, texts: Texts, top: NDArray[np.intp], name: str) -> None:
    if not len(top):
        return
    click.echo()
    what = (
        Message("summary.top-of", {"count": len(top), "name": name})
        if name
        else Message("summary.top", {"count": len(top)})
    )
    click.echo(texts.say(what, language()))
    heading = [texts.say(Message(f"word.{name}"), language()) for name in ("rank", "case", "points", "granted")]
    ids = outcome.cases.ids_at(top)
    rows = [
        (
            rank,
            id,
            show_number(int(outcome.total[position]) / POINT_UNITS, language()),
            texts.show(Money(int(outcome.granted[position]), outcome.plan.currency), language()),
        )
        for rank, (position, id) in enumerate(zip(top, ids, strict=True), 1)
    ]
    print_table(heading, rows, [0, 2, 3])
