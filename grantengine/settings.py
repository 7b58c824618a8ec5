"""Configuration by environment, read once by the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation chooses.

    ``GRANTENGINE_LANGUAGE`` (nb, nn, en; default from LANG), ``GRANTENGINE_TRACE`` (1: trace hooks and show tracebacks),
    ``GRANTENGINE_DISABLE_PLUGINS`` (names, comma-separated), ``GRANTENGINE_MEMORY`` (memory for rules, such as ``512MB``).
    """

    language: str = "en"
    trace: bool = False
    disabled_plugins: tuple[str, ...] = ()
    memory: str = "512MB"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; what is not set has its default."""
    disabled = environment.get("GRANTENGINE_DISABLE_PLUGINS", "")
    return Settings(
        language=_language(environment),
        trace=environment.get("GRANTENGINE_TRACE", "") not in ("", "0"),
        disabled_plugins=tuple(name.strip() for name in disabled.split(",") if name.strip()),
        memory=environment.get("GRANTENGINE_MEMORY", "512MB"),
    )


def _language(environment: Mapping[str, str]) -> str:
    chosen = environment.get("GRANTENGINE_LANGUAGE", "")
    if chosen in LANGUAGES:
        return chosen
    system = (environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or "")[:2]
    return {"nb": "nb", "no": "nb", "nn": "nn"}.get(system, "en")
