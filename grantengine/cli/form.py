"""`grantengine form`: what an applicant is asked."""

from __future__ import annotations

from pathlib import Path

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.inputs import one_scheme
from grantengine.cli.show import language, print_json
from grantengine.compile.plan import Plan
from grantengine.errors import Message
from grantengine.form.burden import minutes_per_page, minutes_to_apply
from grantengine.form.schema import form_schema
from grantengine.texts.catalogue import Texts, in_language


@click.command("form")
@click.argument("scheme", type=click.Path(path_type=Path))
@click.option("--json-schema", "as_schema", is_flag=True, help="The form as JSON Schema (draft 2020-12).")
def command(scheme: Path, as_schema: bool) -> int:
    """Show the form of SCHEME, page by page, with the minutes it takes."""
    engine = bootstrap()
    plan = engine.plan(one_scheme(scheme))
    if as_schema:
        print_json(form_schema(plan.form, language()))
    else:
        _print_form(plan, engine.registry.texts)
    return 0


def _print_form(plan: Plan, texts: Texts) -> None:
    chosen = language()

    def say(key: str, **params: object) -> str:
        return texts.say(Message(key, params), chosen)

    click.echo(in_language(plan.scheme.title, chosen))
    click.echo(say("form.minutes", minutes=minutes_to_apply(plan.form)))
    pages = minutes_per_page(plan.form)
    for page in plan.scheme.form:
        click.echo()
        heading = in_language(page.title or {"": page.id}, chosen)
        click.echo(f"{heading} ({say('form.page-minutes', minutes=pages.get(page.id, 0))})")
        for field in (field for field in plan.form.fields if field.page == page.id):
            notes = [say(f"form.needed.{field.needed or 'optional'}")]
            if field.question.visible_if:
                notes.append(say("form.shown-if", condition=field.question.visible_if))
            click.echo(f"  {in_language(field.label, chosen)}")
            click.echo(f"    {field.id}: {field.question.kind}; {'; '.join(notes)}")
