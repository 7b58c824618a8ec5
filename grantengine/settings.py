"""Configuration by environment, read once by the composition root."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grantengine.errors import SettingError

LANGUAGES = ("nb", "nn", "en")
PREFIX = "GRANTENGINE_"
OWN = (
    "LANGUAGE",
    "TRACE",
    "DISABLE_PLUGINS",
    "MEMORY",
    "DATABASE_URL",
    "URL",
    "PASSWORD_MEMORY",
    "SECRET_KEY",
    "PROXIES",
)

_MEMORY = re.compile(r"[1-9]\d{0,9} ?([KMG]i?B)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation chooses.

    ``GRANTENGINE_LANGUAGE`` (nb, nn, en; default from LANG), ``GRANTENGINE_TRACE`` (1: trace hooks and show tracebacks),
    ``GRANTENGINE_DISABLE_PLUGINS`` (names, comma-separated), ``GRANTENGINE_MEMORY`` (memory for rules, such as ``512MB``),
    ``GRANTENGINE_DATABASE_URL`` (``sqlite:///path`` or ``postgresql://user:password@host/name``), ``GRANTENGINE_URL`` (the
    address of the web pages, for links in messages), ``GRANTENGINE_PASSWORD_MEMORY`` (KiB that hashing a password takes:
    more is safer and slower), ``GRANTENGINE_SECRET_KEY`` (32 letters or more, the same for all processes that serve pages:
    it signs cookies; without one, everyone is signed out when they start anew), ``GRANTENGINE_PROXIES`` (how many
    proxies of one's own stand before the pages, whose word on the sender's address is taken). ``plugins`` holds every
    other variable that begins with ``GRANTENGINE_``, by name in lower case without that beginning: plugins read theirs there.
    """

    language: str = "en"
    trace: bool = False
    disabled_plugins: tuple[str, ...] = ()
    memory: str = "512MB"
    database_url: str = "sqlite:///grantengine.db"
    url: str = "http://localhost:8000"
    password_memory: int = 65536
    secret_key: str = ""
    proxies: int = 0
    plugins: Mapping[str, str] = field(default_factory=dict)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; what is not set has its default.

    :raises SettingError: ``setting-number``, ``setting-memory`` or ``setting-secret``: a variable that can not be understood.
    """
    disabled = environment.get("GRANTENGINE_DISABLE_PLUGINS", "")
    return Settings(
        language=language_of(environment),
        trace=environment.get("GRANTENGINE_TRACE", "") not in ("", "0"),
        disabled_plugins=tuple(name.strip() for name in disabled.split(",") if name.strip()),
        memory=_memory(environment.get("GRANTENGINE_MEMORY") or "512MB"),
        database_url=environment.get("GRANTENGINE_DATABASE_URL") or "sqlite:///grantengine.db",
        url=(environment.get("GRANTENGINE_URL") or "http://localhost:8000").rstrip("/"),
        password_memory=_number(environment, "GRANTENGINE_PASSWORD_MEMORY", 65536, 64, 4_194_304),
        secret_key=_secret(environment),
        proxies=_number(environment, "GRANTENGINE_PROXIES", 0, 0, 9),
        plugins={
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in OWN
        },
    )


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text[:12]) <= most):
        raise SettingError("setting-number", setting=name, got=text[:40], least=least, most=most)
    return int(text)


def _secret(environment: Mapping[str, str]) -> str:
    text = environment.get("GRANTENGINE_SECRET_KEY", "")
    if text and len(text) < 32:
        raise SettingError("setting-secret", setting="GRANTENGINE_SECRET_KEY", got=len(text))
    return text


def _memory(text: str) -> str:
    if not _MEMORY.fullmatch(text.strip()):
        raise SettingError("setting-memory", setting="GRANTENGINE_MEMORY", got=text[:40])
    return text.strip()


def language_of(environment: Mapping[str, str]) -> str:
    """The language of words on the terminal, whatever else is set."""
    chosen = environment.get("GRANTENGINE_LANGUAGE", "")
    if chosen in LANGUAGES:
        return chosen
    system = (environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "")[:2]
    return {"nb": "nb", "no": "nb", "nn": "nn"}.get(system, "en")
