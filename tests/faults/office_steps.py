"""What an authority does with cases that have come, and what applicants do with their grants, as words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from grantengine.bootstrap import Engine
from grantengine.records import By
from grantengine.services.allocate_call import allocate_call
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.change_proposal import set_by_hand
from grantengine.services.declare_interests import declare_interests
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.give_back import decline_grant
from grantengine.services.publish_decisions import publish_decisions

Args = dict[str, Any]


def _allocate(engine: Engine, by: By, call: str, until: str | None = None, strand: str | None = None) -> str:
    return allocate_call(engine, by, call, until=date.fromisoformat(until) if until else None, strand=strand)


def _reserve(engine: Engine, by: By, call: str) -> str:
    return allocate_reserve(engine, by, call)


def _approve(engine: Engine, by: By, allocation: str) -> Args:
    done = approve_allocation(engine, by, allocation)
    return {"status": done.status, "cases": done.cases, "granted": done.granted}


def _set(engine: Engine, by: By, allocation: str, id: str, amount: str | None, reason: str) -> list[Args]:
    moved = set_by_hand(engine, by, allocation, id, amount, reason=reason)
    return [{"id": one.application_id, "before": one.before, "after": one.after} for one in moved]


def _drop(engine: Engine, by: By, allocation: str, reason: str) -> None:
    drop_allocation(engine, by, allocation, reason=reason)


def _decline(engine: Engine, by: By, id: str) -> None:
    decline_grant(engine, by, id)


def _declare(engine: Engine, by: By, call: str) -> None:
    declare_interests(engine, by, call)


def _publish(engine: Engine, by: By, allocation: str) -> int:
    return publish_decisions(engine, by, allocation)


OFFICE: dict[str, Callable[..., Any]] = {
    "allocate": _allocate, "reserve": _reserve, "approve": _approve, "set": _set, "drop": _drop, "decline": _decline,
    "declare": _declare, "publish": _publish,
}  # fmt: skip
