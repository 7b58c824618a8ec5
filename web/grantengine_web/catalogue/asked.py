"""What is asked for in the address of a page: filters and answers, which anyone may write as they like."""

from __future__ import annotations

from typing import Any

from flask import request

from grantengine.errors import InputError
from grantengine_web.forms import spellings

LONGEST = 200
"""Nobody searches for more, and everything that is asked for is written on the page again."""


def asked_for(*names: str) -> dict[str, str]:
    """These values of the address, without what can not be shown."""
    given = {name: request.args.get(name, "").replace("\0", "")[:LONGEST].strip() for name in names}
    return {name: value.encode(errors="replace").decode() for name, value in given.items()}


def with_sum(asked: dict[str, Any]) -> dict[str, Any]:
    """The same with its amount as the engine reads it, however people write one: «20.000,-», «20 000 kr»."""
    return {**asked, "amount": spellings.money(asked["amount"]) or asked["amount"]}


def without(asked: dict[str, Any], error: InputError) -> dict[str, Any]:
    """The same without what does not fit."""
    wrong = {problem.where.pointer.lstrip("/") for problem in error.problems}
    return {name: value for name, value in asked.items() if name not in wrong}
