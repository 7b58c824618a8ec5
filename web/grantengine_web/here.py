"""What a view needs of the request at hand: the engine, who asks and when, and in which language."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g, request, session

from grantengine.records import By
from grantengine.services.see_session import SignedIn, see_session
from grantengine.settings import LANGUAGES

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

TOKEN = "token"
"""Where the signed cookie keeps the secret of the session."""


def engine() -> Engine:
    """The engine that this application runs on."""
    return cast("Engine", current_app.extensions["grantengine"])


def signed_in() -> SignedIn | None:
    """Who asks; None for someone who has not signed in, or whose session has ended."""
    if "signed_in" not in g:
        secret = session.get(TOKEN)
        g.signed_in = see_session(engine(), By("link", None, g.at), secret) if secret else None
    return cast("SignedIn | None", g.signed_in)


def by() -> By:
    """Who does this, at the instant the request came in."""
    person = signed_in()
    return By("user", person.user_id, g.at) if person else By("link", None, g.at)


def language() -> str:
    """The language of the page: what was chosen, else the person's own, else what the browser asks for."""
    known: str | None = g.get("language")
    if known is None:
        chosen = session.get("language")
        person = None if chosen else signed_in()
        known = g.language = chosen or (person.language if person else None) or _asked_for()
    return known


def forget() -> None:
    """The request goes on as another's: what was known of who asks is looked up anew."""
    g.pop("signed_in", None)
    g.pop("language", None)


def _asked_for() -> str:
    # Browsers ask for «no» where they mean Norwegian of either kind.
    found = request.accept_languages.best_match([*LANGUAGES, "no"])
    return {"no": "nb", None: engine().settings.language}.get(found, found or "nb")


def wants_json() -> bool:
    """Whether a script asks, rather than a person who reads a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
