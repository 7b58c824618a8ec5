"""`grantengine explain`: why one case got what it got."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.inputs import cases, one_scheme
from grantengine.cli.show import language, print_json, words
from grantengine.compile.plan import Plan
from grantengine.compile.scopes import column_id
from grantengine.errors import Message
from grantengine.evaluate import Undetermined, evaluate
from grantengine.explain import Explanation, RuleExplained, explain
from grantengine.explanation_json import explanation_json
from grantengine.money import Money, parse_ore
from grantengine.texts.catalogue import Texts, in_language, show_number


@click.command("explain")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option(
    "--cases", "cases_file", required=True, type=click.Path(path_type=Path), help="JSON Lines, CSV or Parquet."
)
@click.option("--id", "case_id", required=True, help="The case to explain.")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
@click.option("--undetermined", type=click.Choice(["stop", "exclude"]), default="stop", show_default=True)
def command(scheme: Path, cases_file: Path, case_id: str, as_json: bool, undetermined: Undetermined) -> int:
    """Explain one case: each rule, the points, and what would have changed the outcome."""
    engine = bootstrap()
    plan = engine.plan(one_scheme(scheme))
    table = cases(engine, plan, cases_file)
    outcome = evaluate(plan, table, engine=engine.rules, as_of=engine.today(), undetermined=undetermined)
    explanation = explain(outcome, case_id, engine=engine.rules)
    if as_json:
        print_json(explanation_json(explanation, plan, engine.registry.texts, language()))
    else:
        print_explanation(explanation, plan, engine.registry.texts)
    return 0


def print_explanation(explanation: Explanation, plan: Plan, texts: Texts) -> None:
    """The explanation in words."""
    chosen = language()

    def say(key: str, **params: object) -> str:
        return texts.say(Message(key, params), chosen)

    click.echo(say("explain.heading", id=explanation.id))
    click.echo(texts.say(explanation.summary, chosen))
    if explanation.granted:
        click.echo(say("explain.granted", amount=Money(explanation.granted, plan.currency)))
    if len(explanation.award) > 1:
        for line in explanation.award:
            click.echo(f"  {line.year}: {texts.show(Money(line.amount, plan.currency), chosen)}")
    if explanation.criteria and explanation.rank and explanation.total is not None:
        click.echo(say("explain.rank", rank=explanation.rank, total=explanation.total))
    if explanation.reserve:
        click.echo(say("explain.reserve", place=explanation.reserve))
    _print_shortfall(explanation, texts)
    click.echo()
    click.echo(say("explain.rules"))
    for rule in explanation.rules:
        _print_rule(rule, plan, texts)
    if explanation.criteria:
        click.echo()
        click.echo(say("explain.criteria"))
    for criterion in explanation.criteria:
        most = say("explain.no-maximum") if criterion.most is None else show_number(criterion.most, chosen)
        points = show_number(criterion.points, chosen)
        named = words(criterion.title, texts)
        title = f"{named} ({criterion.id})" if isinstance(criterion.title, Message) else named
        click.echo(f"  {title}: {say('explain.points', points=points, most=most)}")
        if criterion.missing:
            click.echo(f"    {say('explain.missing', names=[label(plan, name, texts) for name in criterion.missing])}")


def _print_shortfall(explanation: Explanation, texts: Texts) -> None:
    short = explanation.shortfall
    if short is not None:
        key = "explain.short" if short.reachable else "explain.short-unreachable"
        click.echo(texts.say(Message(key, {"points": short.points, "total": short.total_needed}), language()))


def _print_rule(rule: RuleExplained, plan: Plan, texts: Texts) -> None:
    chosen = language()
    verdict = texts.say(Message(f"verdict.{rule.verdict.name.lower()}"), chosen)
    click.echo(f"  {rule.id}: {verdict}")
    if rule.verdict.name == "YES":
        return
    if rule.verdict.name != "UNDETERMINED":
        # What nobody knows yet is no reason.
        click.echo(f"    {words(rule.because, texts)}")
    if rule.missing:
        names = [label(plan, name, texts) for name in rule.missing]
        click.echo(f"    {texts.say(Message('explain.missing', {'names': names}), chosen)}")
    if rule.not_obtained:
        click.echo(f"    {texts.say(Message('explain.not-obtained', {'names': rule.not_obtained}), chosen)}")
    if rule.change is not None:
        params = {
            "question": label(plan, rule.change.question, texts),
            "value": shown_answer(plan, rule.change.question, rule.change.value),
            "today": shown_answer(plan, rule.change.question, rule.change.today),
        }
        click.echo(f"    {texts.say(Message('explain.change', params), chosen)}")


def label(plan: Plan, name: str, texts: Texts) -> str:
    """A question's label, the rating of a criterion by its title, or the name of another column."""
    field = plan.form.by_id.get(name)
    if field is not None:
        return in_language(field.label, language())
    rated = {f"ratings.{column_id(criterion.id)}": criterion for criterion in plan.all_criteria}
    if name in rated:
        return texts.say(Message("explain.rating", {"criterion": words(rated[name].title, texts)}), language())
    return name


def shown_answer(plan: Plan, name: str, value: Any) -> object:
    """An answer as people read it: sums as money, shares as they are, choices by their id."""
    field = plan.form.by_id[name]
    if value is not None and field.type.name == "money":
        return Money(parse_ore(str(value)), plan.currency)
    return value
