"""Allocation methods: from a ranked list and a budget to what each gets."""

from __future__ import annotations

from grantengine import AllocationMethod, hookimpl
from grantengine_plugins.allocation.ranked import Ranked

always = True


@hookimpl
def grantengine_allocation_methods() -> list[type[AllocationMethod]]:
    return [Ranked]
