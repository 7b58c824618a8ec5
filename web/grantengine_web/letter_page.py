"""A letter as a page of its own: it may use the style that is written into it, and do nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

from flask import Response

BAR_STYLE = (
    "<style>.bar { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 0; } "
    ".bar a { display: inline-block; padding: .6rem 0; } @media print { .bar { display: none; } }</style>\n"
)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def letter_page(html: str, bar: str) -> Response:
    """A letter below ``bar``, which holds the way back, is no part of it and is not printed."""
    head, body = html.split("<body>", 1)
    page = f"{head.replace('</head>', BAR_STYLE + '</head>')}<body>{bar}{body}"
    answer = Response(page, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = letter_policy(page)
    return answer


def letter_policy(html: str) -> str:
    """What a letter may do: be styled by the style that is written into it, by its hash; and be printed.

    It is of no origin, and no script of its own runs, as nothing lets any in; those that a reader's own tools bring may.
    """
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html))
    hashes = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests) or "'none'"
    return (
        f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox allow-scripts allow-modals allow-top-navigation-by-user-activation allow-popups"
    )
