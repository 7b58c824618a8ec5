"""Who may use a route. Every view declares it; what it works on is then checked by the service it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


class Who(StrEnum):
    """Whom a route is for, before anything is known of what it is about."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares: ``who``, and in words for whom the service behind it is (``roles``; none: no role needed)."""

    who: Who
    roles: tuple[str, ...] = ()


def open_to(who: Who, *roles: str) -> Callable[[View], View]:
    """Declare who may use the view; ``roles`` are those of ``docs/access.md`` that its service asks for."""

    def declare(view: View) -> View:
        setattr(view, "access", Access(who, roles))  # noqa: B010 - views are plain functions
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view of an endpoint declares; None where it declares nothing."""
    found: Access | None = getattr(app.view_functions[endpoint], "access", None)
    return found


def check_declared(app: Flask, but_for: Iterable[str] = ("static",)) -> None:
    """Refuse an application with a route that does not say who may use it.

    :raises LookupError: naming the endpoints.
    """
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - set(but_for)
    silent = sorted(name for name in endpoints if access_of(app, name) is None)
    if silent:
        raise LookupError(f"routes that do not declare who may use them: {', '.join(silent)}")
