"""How often something may be tried: counted before it is known how it ends, so that nobody tries faster than is counted."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError, NotPossibleError
from grantengine.records import By

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
MOST = {
    "password-from": 100, "password": 10, "mail-from": 50, "mail": 5, "code": 6, "write-from": 10, "write": 20,
    "look-up-from": 60, "look-up": 20, "ask-from": 30, "ask": 10,
}  # fmt: skip
"""How many tries there are in a window: of passwords and of messages from one sender and for one address, which need not be
anyone's, of codes for one account, of letters from one person and to one organisation of the directory, of numbers that
registers are asked about for one sender and for one person, and of invitations from one person and to one address.
"""
WINDOWS = {"write-from": DAY, "write": DAY, "ask-from": DAY, "ask": DAY}
"""The windows that are longer than the others."""
LONGEST = max(WINDOWS.values())

Tried = tuple[str, str]
"""A kind of ``MOST``, and from where or for whom; nothing is counted of a sender that is not known."""


def count_try(engine: Engine, at: datetime, *tried: Tried) -> None:
    """Count a try of each, the sender first: who has tried too often can not use up the tries of others.

    It is kept at once, whatever becomes of it.

    :raises NotAllowedError: ``too-many-tries``, with the minutes until there are new ones.
    """
    until = None
    with engine.store.work(By("system", None, at)) as work:
        for kind, of in _in_order(tried):
            since, count = work.sign_in.count_try(_key(kind, of), at, at - WINDOWS.get(kind, WINDOW))
            if count > MOST[kind]:
                until = since + WINDOWS.get(kind, WINDOW)
                break
    if until is not None:
        raise NotAllowedError("too-many-tries", minutes=max(1, ceil((until - at) / timedelta(minutes=1))))


def count_asked(engine: Engine, at: datetime, asker: str | None, email: str) -> None:
    """Count a message by which a person (a user's id) asks someone to take part, at any address.

    It is counted by itself and before, as every try: who asks for two applications at once does not wait for oneself.

    :raises NotPossibleError: ``asked-enough``: of one person, or at one address, for today.
    """
    try:
        count_try(engine, at, ("ask-from", asker or ""), ("ask", email))
    except NotAllowedError as error:
        raise NotPossibleError("asked-enough", limit=MOST["ask-from"], received=MOST["ask"]) from error


def forgive(work: Work, *tried: Tried) -> None:
    """The try was right: it is taken back from the sender, and those for the address or the account are forgotten."""
    for kind, of in _in_order(tried):
        if kind.endswith("-from"):
            work.sign_in.take_back_try(_key(kind, of))
        else:
            work.sign_in.forget_tries(_key(kind, of))


def _in_order(tried: tuple[Tried, ...]) -> list[Tried]:
    # Always in the same order: two that lock the same rows in different orders would wait for each other.
    return sorted((one for one in tried if one[1]), key=lambda one: list(MOST).index(one[0]))


def _key(kind: str, of: str) -> str:
    return hashlib.sha256(f"{kind}\n{of}".encode(errors="replace")).hexdigest()
