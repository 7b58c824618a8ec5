"""A scheme's tree as YAML again, such as after a patch; read back it is the same tree. Comments are not kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML


def write(data: Mapping[str, Any]) -> str:
    """The text of a scheme file with these values."""
    yaml, stream = YAML(), io.StringIO()
    yaml.width = 120
    yaml.dump(data, stream)
    return stream.getvalue()
