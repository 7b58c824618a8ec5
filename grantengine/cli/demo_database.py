"""The database that a demo fills: whether it may be, and what is in it afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grantengine.bootstrap import bootstrap
from grantengine.cli.show import language, print_table, words
from grantengine.demo.authorities import MARK
from grantengine.demo.timeline import OSLO
from grantengine.demo.world import PASSWORD, World
from grantengine.errors import Message, NotPossibleError
from grantengine.lifecycle import Status
from grantengine.money import Money
from grantengine.records import By
from grantengine.services.take_stock import CallStock, Stock, take_stock
from grantengine.store.migrate import upgrade

if TYPE_CHECKING:
    from grantengine.store.database import Database
    from grantengine.texts.catalogue import Texts

NEXT = {"verify": "audit verify", "worker": "worker --once", "again": "demo --again"}
"""What to try once the database is filled."""
LEADING_OUT = ("GRANTENGINE_SMTP", "GRANTENGINE_MAIL", "GRANTENGINE_URL")
"""Variables with which the demo's people would be written to in earnest."""
CURRENCY = "NOK"
"""That of the bundled schemes."""


@dataclass(frozen=True)
class Target:
    """The database with this address."""

    address: str
    pages: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of the process, with this database and the address of the demo's pages, where it has some; without
        what would send mail.
        """
        given = {name: value for name, value in os.environ.items() if not name.startswith(LEADING_OUT)}
        given["GRANTENGINE_DATABASE_URL"] = self.address
        return given | ({"GRANTENGINE_URL": self.pages} if self.pages else {})

    def prepare(self, *, again: bool, look: bool = False) -> bool:
        """Set it up, empty; with ``again``, the file of an earlier demo is removed, as is that of one that was never
        finished. True where an earlier demo is there to ``look`` at.

        :raises NotPossibleError: ``demo-not-empty``, ``demo-not-a-demo`` or ``demo-not-a-file``.
        """
        stock, name, file = self._look()
        if stock.is_empty:
            return False
        is_a_demo = set(stock.authorities) == {MARK}
        if not again and not (is_a_demo and file and _begun(file).exists()):
            if look and is_a_demo:
                return True
            raise NotPossibleError("demo-not-empty", database=name)
        if not is_a_demo:
            raise NotPossibleError("demo-not-a-demo", database=name)
        if file is None:
            raise NotPossibleError("demo-not-a-file", database=name)
        for end in ("", "-wal", "-shm"):
            Path(f"{file}{end}").unlink(missing_ok=True)
        self._look()
        return False

    def _look(self) -> tuple[Stock, str, str | None]:
        """Set up what is not yet; what there is, the address for people, and the file of an embedded database."""
        engine = bootstrap(self.environment)
        database = engine.store.database
        try:
            upgrade(database)
            stock = take_stock(engine, By("system", None, engine.now()))
        finally:
            database.close()
        return stock, database.name, database.url.database if database.is_sqlite else None


@contextmanager
def filling(database: Database) -> Iterator[None]:
    """While it is filled a file beside it says so, and stays where that is cut off: half a demo shows what is not there."""
    begun = _begun(database.url.database or "") if database.is_sqlite else None
    if begun:
        begun.touch()
    yield
    if begun:
        begun.unlink()


def _begun(file: str) -> Path:
    return Path(f"{file}-begun")


def print_stock(target: Target, world: World, seed: int) -> None:
    """What a filled database has: calls by stage and status, counts, accounts, and what to try next."""
    engine = bootstrap(target.environment)
    try:
        stock = take_stock(engine, By("system", None, engine.now()))
    finally:
        engine.store.database.close()
    tell = Teller(engine.registry.texts)
    click.echo(tell.say("demo.filled", database=engine.store.database.name, day=f"{world.day:%d.%m.%Y}", seed=seed))
    click.echo()
    _print_calls(stock, tell)
    click.echo()
    partners = {status: stock.partners.get(status, 0) for status in ("confirmed", "declined", "invited")}
    applications = sum(sum(call.by_status.values()) for call in stock.calls)
    granted = Money(sum(call.granted for call in stock.calls), CURRENCY)
    figures = {**stock.counts, **partners, "applications": applications, "granted": granted}
    click.echo(tell.say("demo.people", **figures))
    click.echo(tell.say("demo.content", **figures))
    click.echo(tell.say("demo.decided", **figures))
    click.echo(tell.say("demo.waiting", **figures))
    click.echo()
    _print_accounts(world, tell)
    click.echo()
    _print_next(target, tell)


def _print_calls(stock: Stock, tell: Teller) -> None:
    statuses = [status for status in Status if any(call.by_status.get(status) for call in stock.calls)]
    heading = [tell.say("demo.call"), tell.say("demo.stage"), tell.say("demo.closes")]
    heading += [*(tell.say(f"demo.status.{status}") for status in statuses), tell.say("word.granted")]
    rows = [
        [
            words(call.title, tell.texts), tell.say(f"demo.stage.{call.stage}"), _last_day(call),
            *(str(call.by_status.get(status, 0)) for status in statuses),
            tell.show(Money(call.granted, CURRENCY)) if call.granted else "",
        ]
        for call in stock.calls
    ]  # fmt: skip
    print_table(heading, rows, right=range(3, len(heading)))


def _last_day(call: CallStock) -> str:
    """The day of the last minute that is in time."""
    return f"{(call.closes - timedelta(minutes=1)).astimezone(OSLO):%d.%m.%Y}" if call.closes else ""


def _print_accounts(world: World, tell: Teller) -> None:
    click.echo(tell.say("demo.sign-in", password=PASSWORD))
    rows = [(email, tell.say(f"demo.role.{role}")) for role, email in world.sign_in.items()]
    for group in [one for one in world.groups if one.contact_email][:3]:
        rows.append((group.contact_email or "", tell.say("demo.role.contact", organisation=group.name)))
    width = max(len(email) for email, _ in rows)
    for email, role in rows:
        click.echo(f"  {email.ljust(width)}  {role}")


def _print_next(target: Target, tell: Teller) -> None:
    click.echo(tell.say("demo.next"))
    if os.environ.get("GRANTENGINE_DATABASE_URL") != target.address:
        click.echo(f"  export GRANTENGINE_DATABASE_URL={target.address}")
    click.echo(f"  export GRANTENGINE_REGISTER_URL=off  # {tell.say('demo.next.register')}")
    for key, doing in NEXT.items():
        click.echo(f"  grantengine {doing.ljust(16)}# {tell.say(f'demo.next.{key}')}")


@dataclass(frozen=True)
class Teller:
    """Says texts in the language of the terminal."""

    texts: Texts

    def say(self, key: str, **params: object) -> str:
        """The words of a text."""
        return self.texts.say(Message(key, params), language())

    def show(self, value: Money) -> str:
        """A sum in words and figures."""
        return self.texts.show(value, language())
