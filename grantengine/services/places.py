"""The municipalities there are, as the questions about them know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from grantengine.hooks.kinds import QuestionKind

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def municipalities(engine: Engine) -> Mapping[str, str]:
    """Number to name; empty where no plugin brings a question about places. The first two digits are those of the county."""
    kind = engine.registry.find(QuestionKind, "municipality")
    return kind("municipality").names(kind.Options()) if kind else {}
