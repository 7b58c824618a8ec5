"""One line for each request, for those who run it: what, how long, how it ended. Nothing of who, and nothing of what about."""

from __future__ import annotations

import json
import logging
import secrets
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

log = logging.getLogger("grantengine.web.requests")


def keep_log(app: Flask) -> None:
    """Write the lines as JSON: the rule of the address and not the address, which names cases and secrets of links."""

    @app.before_request
    def _begin() -> None:
        g.began, g.request_id = time.perf_counter(), secrets.token_hex(6)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if log.isEnabledFor(logging.INFO) and "began" in g:
            line = {
                "at": g.at.isoformat(timespec="milliseconds"), "request": g.request_id, "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None, "status": response.status_code,
                "ms": round((time.perf_counter() - g.began) * 1000, 1), "language": g.get("language"),
                "who": "user" if g.get("signed_in") else "anyone",
            }  # fmt: skip
            log.info("%s", json.dumps(line))
        return response
