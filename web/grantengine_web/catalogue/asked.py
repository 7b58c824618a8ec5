"""What is asked for in the address of a page: filters and answers, which anyone may write as they like."""

from __future__ import annotations

from typing import Any

from flask import request

from grantengine.errors import InputError

LONGEST = 200
"""Nobody searches for more, and everything that is asked for is written on the page again."""


def asked_for(*names: str) -> dict[str, str]:
    """These values of the address, without what can not be shown."""
    given = {name: request.args.get(name, "").replace("\0", "")[:LONGEST].strip() for name in names}
    return {name: value.encode(errors="replace").decode() for name, value in given.items()}


def without(asked: dict[str, Any], error: InputError) -> dict[str, Any]:
    """The same without what does not fit."""
    wrong = {problem.where.pointer.lstrip("/") for problem in error.problems}
    return {name: value for name, value in asked.items() if name not in wrong}
