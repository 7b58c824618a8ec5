"""The application: an engine in, a Flask application out, with every route guarded and every answer hardened."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from grantengine.bootstrap import Engine
from grantengine_web import here
from grantengine_web.access import Who, access_of, check_declared, open_to
from grantengine_web.errors import answer_errors, sign_in_first
from grantengine_web.headers import harden
from grantengine_web.layout import address, lay_out
from grantengine_web.log import keep_log
from grantengine_web.rooms import rooms
from grantengine_web.words import showable, speak

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 30_000_000
"""The largest request: a file of the largest size, and the form around it."""
REMEMBERED = timedelta(days=31)
"""How long a browser keeps the cookie; whether the session in it has ended, the store knows."""


def create_app(engine: Engine, *, demo: bool = False) -> Flask:
    """The pages, on this engine; in a ``demo``, messages can be read by everyone.

    :raises LookupError: a route does not declare who may use it.
    """
    settings = engine.settings
    app = Flask("grantengine_web")
    app.extensions["grantengine"] = engine
    is_https = settings.url.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_urlsafe(32), SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_NAME="__Host-grantengine" if is_https else "grantengine", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_REFRESH_EACH_REQUEST=False, PERMANENT_SESSION_LIFETIME=REMEMBERED,
        MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=4_000_000, MAX_FORM_PARTS=2_000, WTF_CSRF_TIME_LIMIT=None,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.finalize = showable
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    app.before_request(lambda: g.setdefault("at", here.engine().now()) and None)
    keep_log(app)
    CSRFProtect(app)
    speak(app, engine)
    lay_out(app, demo=demo)
    harden(app)
    answer_errors(app)
    app.before_request(_guard(app))
    app.add_url_rule("/health", view_func=health)
    for room in rooms(demo=demo):
        app.register_blueprint(room)
    check_declared(app)
    return app


def _guard(app: Flask) -> Callable[[], ResponseReturnValue | None]:
    """Refuses those who have not signed in where that is needed; all else is for the service to know."""

    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        access = access_of(app, request.endpoint)
        if access is None or access.who is Who.EVERYONE or here.signed_in() is not None:
            return None
        if request.method == "GET" and not here.wants_json():
            return redirect(url_for("account.sign_in", next=address()))
        return sign_in_first()

    return guard


@open_to(Who.EVERYONE)
def health() -> tuple[Response, int]:
    """Whether pages can be served: the database answers, and has the shape that this version needs."""
    from grantengine.errors import GrantEngineError
    from grantengine.services.check_health import check_health

    try:
        check_health(here.engine(), here.by())
    except GrantEngineError as error:
        return jsonify(status="error", code=getattr(error, "code", type(error).__name__)), 503
    return jsonify(status="ok"), 200
