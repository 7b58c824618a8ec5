"""A simulation in words and figures for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from grantengine.cli.show import language, print_table
from grantengine.errors import Message
from grantengine.money import Money
from grantengine.outcome import Outcome
from grantengine.simulation.compare import CHANGES, SAME, Comparison, reasons
from grantengine.simulation.groups import Groups
from grantengine.simulation.report import Report
from grantengine.simulation.robustness import Robustness
from grantengine.simulation.sweep import problem_words
from grantengine.simulation.words import Speaker
from grantengine.texts.catalogue import Texts, in_language

SHOWN = 10
"""Cases whose sums change most are shown one by one, so many of them."""
MOST_CHANGES = 30


class Words:
    """A report's words and figures in the language of the terminal."""

    def __init__(self, report: Report, texts: Texts) -> None:
        self.report = report
        self.currency = report.comparison.before.plan.currency
        self.speaker = Speaker(texts, language(), self.currency)
        self.say, self.words, self.money = self.speaker.say, self.speaker.words, self.speaker.money

    def heading(self, key: str, **params: object) -> None:
        """An empty line and a heading."""
        click.echo()
        click.echo(self.say(key, **params))

    def columns(self, *names: str) -> list[str]:
        """The headings of a table."""
        return [self.say(f"word.{name}") for name in names]


class Printer(Words):
    """Prints a report, section by section."""

    def change(self) -> None:
        """What the scenario changes."""
        plan, title = self.report.comparison.before.plan, self.report.title
        click.echo(f"{in_language(plan.scheme.title, language())} ({plan.scheme.id} {plan.scheme.version})")
        if plan.scheme.status == "example":
            click.echo(self.say("summary.example"))
        if title:
            click.echo(title if isinstance(title, str) else in_language(title, language()))
        self.heading("simulate.changed")
        changed = self.report.changed
        for one in changed[:MOST_CHANGES]:
            click.echo(f"  {one.pointer}: {self.speaker.value(one.before)} → {self.speaker.value(one.after)}")
        if len(changed) > MOST_CHANGES:
            click.echo("  " + self.say("simulate.more", count=len(changed) - MOST_CHANGES))
        if not changed:
            click.echo("  " + self.say("simulate.nothing"))

    def both(self) -> None:
        """The call before and after, side by side."""
        comparison = self.report.comparison
        sides = (comparison.before, comparison.after)
        rows = [
            (self.say("word.eligible"), *(int(one.eligible.sum()) for one in sides)),
            (self.say("word.funded"), *(int(one.funded.sum()) for one in sides)),
            (self.say("word.budget"), *(self.money(one.budget) for one in sides)),
            (self.say("word.granted"), *(self.money(one.granted_in_all) for one in sides)),
            (self.say("word.left"), *(self.money(one.budget - one.granted_in_all) for one in sides)),
        ]
        click.echo()
        print_table(["", *self.columns("baseline", "scenario")], rows, [1, 2])

    def gains(self) -> None:
        """How many gain and lose, and what that is in money."""
        comparison = self.report.comparison
        more = int(comparison.difference[comparison.gains].sum())
        less = -int(comparison.difference[comparison.loses].sum())
        counts = comparison.counts
        click.echo()
        click.echo(self.say("simulate.gains", count=counts["gains"], new=counts["newly_funded"], sum=self._sum(more)))
        lost = counts["no_longer_funded"]
        click.echo(self.say("simulate.loses", count=counts["loses"], lost=lost, sum=self._sum(less)))

    def _sum(self, ore: int) -> Money:
        return Money(ore, self.currency)

    def cases(self) -> None:
        """The cases whose sums change most, with the reasons."""
        comparison = self.report.comparison
        positions = comparison.most_changed(SHOWN)
        if not positions:
            return
        self.heading("simulate.most-changed", count=len(positions))
        rows = [self._case(comparison, position) for position in positions]
        print_table(self.columns("case", "baseline", "scenario", "change", "reason"), rows, [1, 2])

    def _case(self, comparison: Comparison, position: int) -> tuple[str, ...]:
        change = int(comparison.change[position])
        why = "; ".join(self.words(message) for message in reasons(comparison, position))
        return (
            str(comparison.before.cases.table.column("id")[position]),
            self._got(comparison.before, position),
            self._got(comparison.after, position),
            "" if change == SAME else self.say(f"change.{CHANGES[change].replace('_', '-')}"),
            why,
        )

    def _got(self, outcome: Outcome, position: int) -> str:
        granted = self.money(int(outcome.granted[position]))
        return f"{granted} ({self.speaker.points(outcome, position)})" if outcome.plan.all_criteria else granted

    def groups(self, groups: Groups) -> None:
        """Sums and counts by one column."""
        self.heading("simulate.by", column=groups.column)
        rows = [
            (
                self.words(group.label), group.cases, group.funded[0], group.funded[1], self.money(group.granted[0]),
                self.money(group.granted[1]), group.gains, group.loses,
            )
            for group in groups.groups
        ]  # fmt: skip
        names = ("group", "cases", "funded-before", "funded-after", "granted-before", "granted-after", "gain", "lose")
        print_table(self.columns(*names), rows, range(1, 8))

    def sweep(self) -> None:
        """Each step of a sweep."""
        report = self.report
        self.heading("simulate.sweep", pointers=[one.pointer for one in report.ranges])
        rows: list[tuple[Any, ...]] = []
        for step in report.steps:
            values = [self.speaker.value(value) for value in step.values]
            problem = problem_words(step)
            if problem is not None:
                rows.append((*values, self.words(problem), "", "", "", "", ""))
                continue
            figures = (step.funded, self.money(step.granted), self.money(step.left), step.gains, step.loses, step.tips)
            rows.append((*values, *figures))
        names = self.columns("funded", "granted", "left", "gain", "lose", "tips")
        pointers = [one.pointer.rsplit("/", 1)[-1] for one in report.ranges]
        print_table([*pointers, *names], rows, range(len(pointers) + len(names)))
        click.echo(self.say("simulate.tips"))

    def robustness(self, found: Robustness) -> None:
        """How sure the grants are."""
        self.heading("simulate.robustness", tried=found.tried, seed=found.seed)
        for key in ("always", "depends", "never", "unsure"):
            click.echo("  " + self.say(f"simulate.robust-{key}", count=getattr(found, key)))

    def caution(self) -> None:
        """How all this is to be read."""
        caution = self.report.caution
        self._list("simulate.notes", caution.notes)
        self._list("simulate.held-constant", caution.held_constant)
        self._list("simulate.can-not-know", caution.can_not_know)

    def _list(self, key: str, messages: Iterable[Message]) -> None:
        lines = [self.words(message) for message in messages]
        if lines:
            self.heading(key)
        for line in lines:
            click.echo(f"  - {line}")


def print_simulation(report: Report, texts: Texts) -> None:
    """Everything a simulation says, ending with how it is to be read."""
    printer = Printer(report, texts)
    printer.change()
    if not report.comparison.blocked:
        printer.both()
        printer.gains()
        printer.cases()
        for groups in report.groups:
            printer.groups(groups)
        if report.steps:
            printer.sweep()
        if report.robustness is not None:
            printer.robustness(report.robustness)
    printer.caution()
