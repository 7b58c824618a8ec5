"""Allocation methods: from those that compete and a budget to what each gets."""

from __future__ import annotations

from grantengine import AllocationMethod, hookimpl
from grantengine_plugins.allocation.drawn import FirstCome, Lottery
from grantengine_plugins.allocation.earmarked import Earmarked
from grantengine_plugins.allocation.per_unit import PerUnit
from grantengine_plugins.allocation.proportional import Equal, Proportional
from grantengine_plugins.allocation.quota import Quota
from grantengine_plugins.allocation.ranked import Ranked

always = True


@hookimpl
def grantengine_allocation_methods() -> list[type[AllocationMethod]]:
    return [Ranked, Proportional, Equal, PerUnit, Lottery, Quota, FirstCome, Earmarked]
