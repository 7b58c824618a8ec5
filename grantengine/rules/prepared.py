"""What reads the cases of a plan, kept from one time to the next: to make it takes longer than to read a single case."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from grantengine.compile.plan import Plan
from grantengine.rules.columns import Reader
from grantengine.rules.lines import LineChecker

MOST_KEPT = 50
"""Each keeps its plan, a query and a validator."""

_Key = tuple[int, str, frozenset[str]]

_kept: dict[_Key, tuple[Plan, LineChecker, Reader]] = {}
_lock = threading.Lock()


def prepared(plan: Plan, name: str, extra: Iterable[str] = ()) -> tuple[LineChecker, Reader]:
    """A checker and a reader of the cases of a plan, for any thread."""
    names = frozenset(extra)
    key = (id(plan), name, names)
    with _lock:
        found = _kept.pop(key, None)
        if found is not None:
            _kept[key] = found  # what was used last stands last
            return found[1:]
    # The plan is kept beside them, so that its identity is not given to another.
    made = plan, LineChecker(plan, name), Reader(plan, names)
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return made[1:]
