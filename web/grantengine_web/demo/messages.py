"""Messages, so that one can read them and follow their links."""

from __future__ import annotations

import re

from flask import render_template, request
from markupsafe import Markup, escape

from grantengine.records import By
from grantengine.services.see_messages import see_messages
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.demo import demo

_LINK = re.compile(r"https?://[^/\s]+(/[^\s<>]*)")
SHOWN = 50


@demo.get("/demo/messages")
@open_to(Who.EVERYONE)
def messages() -> str:
    """The newest messages, or those to one address; a demo has none that are anybody's."""
    address = request.args.get("address", "")
    found = see_messages(here.engine(), By("system", None, here.by().at), address, limit=SHOWN)
    return render_template("demo/messages.html", found=[(one, linked(one.body)) for one in found], address=address)


def linked(body: str) -> Markup:
    """A message with its links to these pages, wherever they were served when it was written."""
    parts, at = [], 0
    for link in _LINK.finditer(body):
        parts += [
            escape(body[at : link.start()]),
            Markup('<a class="ds-link" href="{}">{}</a>').format(link[1], link[0]),
        ]
        at = link.end()
    return Markup("").join([*parts, escape(body[at:])])
