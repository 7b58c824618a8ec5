"""What identifies a version of a scheme: a hash of its content in one canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def canonical(data: Mapping[str, object]) -> bytes:
    """The scheme as JSON in UTF-8 with sorted keys and no white space, without ``status``, which may change.

    :param data: the plain data of the scheme, as loaded.
    :raises ValueError: a number is not finite.
    """
    content = {key: value for key, value in data.items() if key != "status"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def version_hash(data: Mapping[str, object]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()
