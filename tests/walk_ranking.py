"""Scenes of what the pages of proposals show."""

from __future__ import annotations

from datetime import date

from closed import COMMITTEE, closed, decided, proposed
from stage import Call, Stage, reads

from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.record_resolution import see_resolution
from grantengine.services.see_proposals import see_proposals
from grantengine.services.see_telling import see_telling


@reads("see_proposals.see_proposals")
def _(on: Stage) -> Call:
    there = closed(on)
    return Call(on.handler, lambda by: see_proposals(on.engine, by, there.call), call=there.call)


@reads("see_telling.see_telling")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = decided(on, there)
    return Call(there.second, lambda by: see_telling(on.engine, by, allocation), there.first)


@reads("record_resolution.see_resolution")
def _(on: Stage) -> Call:
    there = closed(on, COMMITTEE)
    allocation = proposed(on, there)
    approve_allocation(on.engine, there.second, allocation)
    changes = {there.first.id: ("200000", "Lavere leie")}
    return Call(
        on.handler,
        lambda by: see_resolution(
            on.engine, by, allocation, committee="Kulturutvalget", on=date(2027, 1, 20), reference="Sak 7/27", changes=changes
        ),
        there.first,
    )  # fmt: skip
