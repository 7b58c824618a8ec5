"""`grantengine serve`: the web pages, by several processes, until told to stop."""

from __future__ import annotations

import os

import click

from grantengine.bootstrap import bootstrap
from grantengine.errors import Message
from grantengine.records import By


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any that is free.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, metavar="N", help="Processes: one a core."
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N", help="Threads of each."
)
def command(host: str, port: int, workers: int, threads: int) -> int:
    """Serve the web pages.

    A line of JSON for each request goes to standard output, what goes wrong to standard error. SIGTERM stops when what was
    asked has been answered, SIGINT at once. Messages are sent by `grantengine worker`, which runs beside this.
    """
    from grantengine.cli.serving import LOOPBACK, Serving, address_of, listen, pages, say
    from grantengine.services.check_health import check_health

    engine = bootstrap()
    try:
        check_health(engine, By("system", None, engine.now()))
    finally:
        engine.store.database.close()
    pages()
    held = listen(host, port)
    texts, address = engine.registry.texts, address_of(host, held)
    environment = dict(os.environ)
    if not engine.settings.secret_key:
        environment["GRANTENGINE_SECRET_KEY"] = engine.new_secret()
        say(texts, Message("serve.no-secret"))
    if not os.environ.get("GRANTENGINE_URL"):
        if host in LOOPBACK:
            environment["GRANTENGINE_URL"] = address
        else:
            say(texts, Message("serve.no-url", {"url": engine.settings.url}))
    ready = Message("serve.ready", {"address": address})
    return Serving(environment, workers, threads, said=lambda: say(texts, ready)).run(held)
