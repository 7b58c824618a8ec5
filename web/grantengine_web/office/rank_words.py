"""What templates of proposals need beside their data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from grantengine_web.office import office


@office.context_processor
def rank_words() -> dict[str, Callable[[str], object]]:
    """For the templates of the authority."""
    return {"ground_key": ground_key, "as_day": date.fromisoformat}


def ground_key(ground: str) -> str:
    """The key of the words for a ground."""
    return "ground." + ground.partition(":")[0].replace(" ", "-")
