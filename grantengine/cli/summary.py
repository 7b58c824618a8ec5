"""An outcome in words and figures that a case handler understands."""

from __future__ import annotations

from collections import Counter

import click

from grantengine.cli.show import language, print_table, words
from grantengine.errors import Message
from grantengine.evaluate import UNDECIDED, Outcome
from grantengine.money import Money
from grantengine.records import GROUNDS, POINT_UNITS
from grantengine.stages.eligibility import Verdict
from grantengine.texts.catalogue import Texts, in_language, show_number


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
    click.echo(say("summary.cases", cases=len(outcome.cases), eligible=int(outcome.eligibility.holds.sum())))
    if outcome.blocked:
        click.echo(say("summary.blocked", count=int(outcome.to_clarify.sum())))
        return
    click.echo(say("summary.funded", funded=int(outcome.funded.sum()), granted=money(granted)))
    click.echo(say("summary.left", budget=money(outcome.budget), left=money(outcome.budget - granted)))
    _print_cut_off(outcome, texts)
    _print_grounds(outcome, texts)
    _print_rules(outcome, texts)
    _print_top(outcome, texts, shown)


def _print_cut_off(outcome: Outcome, texts: Texts) -> None:
    funded = outcome.order[outcome.funded[outcome.order]]
    if len(funded):
        total = int(outcome.scores.total[funded[-1]]) / POINT_UNITS
        click.echo(texts.say(Message("summary.cut-off", {"points": total}), language()))


def _print_grounds(outcome: Outcome, texts: Texts) -> None:
    counts = Counter(int(code) for code in outcome.allocation.grounds if code != UNDECIDED)
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
    verdicts = outcome.eligibility.verdicts
    rows = []
    for index, rule in enumerate(outcome.plan.rules):
        refused = int(((verdicts[:, index] == Verdict.NO) | (verdicts[:, index] == Verdict.MISSING)).sum())
        rows.append((rule.id, refused, words(rule.because, texts)))
    if rows:
        click.echo()
        click.echo(texts.say(Message("summary.rules"), language()))
        heading = [texts.say(Message(f"word.{name}"), language()) for name in ("rule", "refused", "reason")]
        print_table(heading, rows, [1])


def _print_top(outcome: Outcome, texts: Texts, shown: int) -> None:
    top = outcome.order[:shown]
    if not len(top):
        return
    click.echo()
    click.echo(texts.say(Message("summary.top", {"count": len(top)}), language()))
    heading = [texts.say(Message(f"word.{name}"), language()) for name in ("rank", "case", "points", "granted")]
    rows = [
        (
            rank,
            outcome.cases.ids[position],
            show_number(int(outcome.scores.total[position]) / POINT_UNITS, language()),
            texts.show(Money(int(outcome.allocation.granted[position]), outcome.plan.currency), language()),
        )
        for rank, position in enumerate(top, 1)
    ]
    print_table(heading, rows, [0, 2, 3])
