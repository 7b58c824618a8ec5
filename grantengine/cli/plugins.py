"""`grantengine plugins`: what is loaded, from where, and what it adds."""

from __future__ import annotations

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language, print_json
from grantengine.errors import Message


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def command(as_json: bool) -> int:
    """List the plugins that are loaded, where they come from, and the kinds they add."""
    registry = bootstrap().registry
    added: dict[str, dict[str, list[str]]] = {name: {} for name in registry.plugins}
    for (role, kind), entry in sorted(registry.kinds.items()):
        added[entry.plugin].setdefault(role, []).append(kind)
    if as_json:
        print_json(
            [
                {
                    "name": info.name,
                    "package": info.package,
                    "version": info.version,
                    "always": info.always,
                    "adds": added[info.name],
                }
                for info in registry.plugins.values()
            ]
        )
        return 0
    for info in registry.plugins.values():
        always = f" ({registry.texts.say(Message('plugins.always'), language())})" if info.always else ""
        click.echo(f"{info.name}  {info.package} {info.version}{always}")
        for role, kinds in added[info.name].items():
            click.echo(f"  {registry.texts.say(Message(f'role.{role}'), language())}: {', '.join(kinds)}")
    return 0
