"""The scope that the tests of expressions share."""

from __future__ import annotations

import pytest

from grantengine.expressions.types import (
    DATE,
    INTEGER,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    YES_NO,
    Scope,
    choice_of,
    list_of,
    record_of,
)


@pytest.fixture(scope="session")
def scope() -> Scope:
    """One name of every type, and names that exist at another moment."""
    return Scope(
        {
            "members": INTEGER,
            "staff": INTEGER,
            "share": PERCENT,
            "score": NUMBER,
            "own": MONEY,
            "requested": MONEY,
            "name": TEXT,
            "ok": YES_NO,
            "started": DATE,
            "kind": choice_of(("club", "network")),
            "tags": list_of(TEXT),
            "scores": list_of(NUMBER),
            "partners": list_of(record_of(name=TEXT, amount=MONEY, confirmed=YES_NO)),
            "facts.register.active": YES_NO,
        },
        elsewhere=frozenset({"points", "total"}),
    )
