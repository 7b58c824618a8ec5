"""What the forms of accounts have in common: what was written, where to go on, and what was kept to be sent again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from flask import render_template, request

from grantengine.errors import GrantEngineError, InputError, NotAllowedError, NotPossibleError, Problem
from grantengine_web.errors import problems_of, status_of, typed

# Browsers take a backslash for a slash, and leave out tabs and ends of lines: «/\t/evil.example» leads away from here.
_LOCAL = re.compile(r"/(?!/)[^\x00-\x20\x7f\\]{0,2000}")
KEPT = "kept."
SAID = frozenset({"too-many-tries", "sign-in-failed", "email-not-verified"})
"""What is told in the form itself, of all that is not allowed."""


def local(path: str | None, otherwise: str) -> str:
    """An address on this site; anything else is not followed."""
    return path if path and _LOCAL.fullmatch(path) else otherwise


def written(name: str) -> str:
    """What was written in a field."""
    return request.form.get(name, "")


def sender() -> str:
    """The network that asks: an address, or with the newer kind the part of it that one household has."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed in a form that came after its session had ended, and where it is to be sent once there is a new one."""

    to: str
    typed: list[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.to)

    def resend(self) -> str:
        """The page that sends it again, when its reader says so."""
        return render_template("resend.html", typed=self.typed, to=self.to)


def kept() -> Kept:
    """What a form of signing in carries along."""
    found = [(name.removeprefix(KEPT), value) for name, value in typed() if name.startswith(KEPT)]
    return Kept(local(request.form.get("kept-to"), ""), found)


def told(error: GrantEngineError) -> tuple[tuple[Problem, ...], int]:
    """What is said in the form that is shown again, and with which status.

    :raises GrantEngineError: the error, where it is not about what was written.
    """
    if isinstance(error, NotAllowedError) and error.code in SAID:
        return problems_of(error), 429 if error.code == "too-many-tries" else 403
    if isinstance(error, InputError | NotPossibleError):
        return problems_of(error), status_of(error)
    raise error
