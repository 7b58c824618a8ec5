"""Scenes of proposals, decisions and what comes of them."""

from __future__ import annotations

from datetime import date

from closed import COMMITTEE, closed, decided, proposed, sent
from stage import Call, Stage, changes, reads

from grantengine.services.allocate_call import allocate_call, see_blockers
from grantengine.services.allocate_reserve import allocate_reserve
from grantengine.services.approve_allocation import approve_allocation
from grantengine.services.change_proposal import see_hand_move, set_by_hand
from grantengine.services.drop_allocation import drop_allocation
from grantengine.services.export_call import decided_calls, export_call
from grantengine.services.give_back import decline_grant, forfeit_grant
from grantengine.services.record_resolution import record_resolution
from grantengine.services.replay_allocation import replay_allocation
from grantengine.services.see_allocation import list_allocations, see_allocation


@changes("allocate_call.allocate_call")
def _(on: Stage) -> Call:
    there = closed(on)
    return Call(on.handler, lambda by: allocate_call(on.engine, by, there.call), there.first)


@reads("allocate_call.see_blockers")
def _(on: Stage) -> Call:
    there = closed(on)
    return Call(on.handler, lambda by: see_blockers(on.engine, by, there.call), there.first)


@changes("change_proposal.set_by_hand")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = proposed(on, there)
    return Call(
        on.handler,
        lambda by: set_by_hand(on.engine, by, allocation, there.first.id, "100000", reason="Dyr leie"),
        there.first,
    )


@reads("change_proposal.see_hand_move")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = proposed(on, there)
    return Call(on.handler, lambda by: see_hand_move(on.engine, by, allocation, there.first.id, "100000"), there.first)


@changes("approve_allocation.approve_allocation")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = proposed(on, there)
    return Call(there.second, lambda by: approve_allocation(on.engine, by, allocation), there.first)


@changes("record_resolution.record_resolution")
def _(on: Stage) -> Call:
    there = closed(on, COMMITTEE)
    allocation = proposed(on, there)
    approve_allocation(on.engine, there.second, allocation)
    return Call(
        on.handler,
        lambda by: record_resolution(
            on.engine, by, allocation, committee="Kulturutvalget", on=date(2027, 1, 20), reference="Sak 7/27"
        ),
        there.first,
    )


@reads("see_allocation.see_allocation")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = proposed(on, there)
    return Call(there.second, lambda by: see_allocation(on.engine, by, allocation), there.first)


@reads("see_allocation.list_allocations")
def _(on: Stage) -> Call:
    there = closed(on)
    proposed(on, there)
    return Call(on.handler, lambda by: list_allocations(on.engine, by, there.call), call=there.call)


@reads("export_call.decided_calls")
def _(on: Stage) -> Call:
    there = closed(on)
    decided(on, there)
    return Call(on.system, lambda by: decided_calls(on.engine, by))


@changes("drop_allocation.drop_allocation")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = proposed(on, there)
    return Call(on.handler, lambda by: drop_allocation(on.engine, by, allocation, reason="Feil"), there.first)


@reads("replay_allocation.replay_allocation")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = decided(on, there)
    return Call(on.handler, lambda by: replay_allocation(on.engine, by, allocation), there.first)


@reads("export_call.export_call")
def _(on: Stage) -> Call:
    there = closed(on)
    decided(on, there)
    return Call(on.handler, lambda by: export_call(on.engine, by, there.call), there.first)


@changes("allocate_reserve.allocate_reserve")
def _(on: Stage) -> Call:
    there = sent(on)
    decline_grant(on.engine, there.first.by, there.first.id)
    return Call(on.handler, lambda by: allocate_reserve(on.engine, by, there.call), there.cases[1])


@changes("give_back.decline_grant")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(there.first.by, lambda by: decline_grant(on.engine, by, there.first.id), there.first)


@changes("give_back.forfeit_grant")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(on.handler, lambda by: forfeit_grant(on.engine, by, there.first.id, reason="Ingen konto"), there.first)
