"""Passwords: hashed with Argon2, checked in constant time, hashed anew when the parameters grow."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from grantengine.errors import InputError, Problem, Where

SHORTEST, LONGEST = 12, 256


@lru_cache(maxsize=4)
def _hasher(memory: int) -> tuple[PasswordHasher, str]:
    """The hasher, and the hash of nobody's password: checked where there is no such user, so that the time taken does
    not tell who has an account.
    """
    hasher = PasswordHasher(memory_cost=memory, parallelism=1)  # a server's other cores have requests of their own
    return hasher, hasher.hash("")


def hash_password(password: str, memory: int) -> str:
    """The hash that is kept; it takes ``memory`` KiB.

    :raises InputError: ``password-too-short`` or ``password-too-long``.
    """
    problems = problems_of(password)
    if problems:
        raise InputError(problems)
    return _hasher(memory)[0].hash(_bytes(password))


def problems_of(password: str) -> list[Problem]:
    """Why this can not be a password; nothing where it can."""
    where = Where(pointer="/password")
    if len(password) < SHORTEST:
        return [Problem("password-too-short", where, {"limit": SHORTEST})]
    return [Problem("password-too-long", where, {"limit": LONGEST})] if len(password) > LONGEST else []


def is_password(password: str, kept: str | None, memory: int) -> bool:
    """Whether this is the password whose hash is kept; False for nobody, in the same time."""
    hasher, nobody = _hasher(memory)
    try:
        return hasher.verify(kept or nobody, _bytes(password[:LONGEST])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """As it is hashed; halves of characters too, so that nothing that can be typed fails."""
    return password.encode(errors="surrogatepass")


def is_outdated(kept: str, memory: int) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher(memory)[0].check_needs_rehash(kept)
