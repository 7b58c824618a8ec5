"""The base of every part of a scheme's model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict

Options = Mapping[str, Any]
"""Options of a kind from a plugin: plain values, checked by the plugin when the scheme is compiled."""


class Part(BaseModel):
    """A frozen part of a scheme that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class KindPart(Part):
    """A part whose kind, from a plugin, brings keys of its own beside the common ones."""

    model_config = ConfigDict(extra="allow")

    @property
    def kind_options(self) -> Options:
        """The keys that are the kind's own, as plain values."""
        return MappingProxyType(self.model_extra or {})
