"""Scenes of the catalogue: calls as everyone may see them, and being told of those that open."""

from __future__ import annotations

from stage import Call, Stage, changes, reads

from grantengine.services.call_alerts import ask_for_alerts, list_alerts, stop_alerts
from grantengine.services.fit_calls import fit_calls
from grantengine.services.list_calls import list_calls
from grantengine.services.read_call import read_call


@reads("list_calls.list_calls")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: list_calls(on.engine, by, words="integrering"))


@reads("read_call.read_call")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: read_call(on.engine, by, on.call))


@changes("call_alerts.ask_for_alerts")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    return Call(by, lambda by: ask_for_alerts(on.engine, by, organisation), organisation)


@changes("call_alerts.stop_alerts")
def _(on: Stage) -> Call:
    by = on.person()
    organisation = on.organisation(by)
    ask_for_alerts(on.engine, by, organisation)
    return Call(by, lambda by: stop_alerts(on.engine, by, organisation), organisation)


@reads("call_alerts.list_alerts")
def _(on: Stage) -> Call:
    by = on.person()
    on.organisation(by)
    return Call(by, lambda by: list_alerts(on.engine, by))


@reads("fit_calls.fit_calls")
def _(on: Stage) -> Call:
    return Call(on.anyone, lambda by: fit_calls(on.engine, by, {"members": "12", "has_number": "no"}))
