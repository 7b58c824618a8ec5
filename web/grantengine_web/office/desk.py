"""What every page of the authority has around it: the call or case it is about, and the ways to its other pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from grantengine.services.see_desk import CallDesk, CaseDesk

DECIDERS = ("handler", "leader", "approver")
HANDLERS = ("handler", "leader")
WORKERS = (*DECIDERS, "assessor")
"""Those who may open cases."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a call or case, by the key of its words, and the roles (any of them) that see the way to it; ``holds`` are the
    pages that one comes to from there.
    """

    endpoint: str
    words: str
    roles: tuple[str, ...]
    holds: frozenset[str] = frozenset()


OF_ROUNDS = frozenset(
    f"office.{name}"
    for name in (
        "call_off", "change_call", "change_call_now", "choose_panel", "close_round", "close_round_now", "extend",
        "keep_booking_log", "log_booking", "offer", "pitches", "plan", "publish_new", "published", "slots",
    )
)  # fmt: skip
OF_CASE = frozenset(
    f"office.{name}"
    for name in (
        "answer_thread", "ask_changes", "keep_case_log", "log_case", "open_thread", "publish", "publish_to_all",
        "resolve_thread", "send_changes", "take_back", "thread",
    )
)  # fmt: skip

CALL_TABS = (
    Tab("office.cases", "web.office.tab.cases", (*DECIDERS, "reviewer")),
    Tab("office.my_cases", "web.office.tab.mine", WORKERS),
    Tab("office.interests", "web.office.tab.interests", WORKERS),
    Tab("office.people", "web.office.tab.people", (*HANDLERS, "administrator")),
    Tab("office.rounds", "web.office.tab.rounds", DECIDERS, OF_ROUNDS),
    Tab("office.disagreements", "web.office.tab.disagreements", HANDLERS),
    Tab("office.proposals", "web.office.tab.proposals", DECIDERS),
    Tab("office.call_trail", "web.office.tab.trail", (*HANDLERS, "administrator")),
)
CASE_TABS = (
    Tab("office.case", "web.office.tab.case", DECIDERS, OF_CASE),
    Tab("office.sheet", "web.office.tab.sheet", ("assessor",)),
    Tab("office.assessments", "web.office.tab.assessments", DECIDERS),
    Tab("office.letter", "web.office.tab.letter", DECIDERS),
    Tab("office.case_history", "web.office.tab.history", DECIDERS),
    Tab("office.case_trail", "web.office.tab.trail", HANDLERS),
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a page, by the key of its words; ``current``: one is there, ``within``: one has come from there."""

    url: str
    words: str
    current: bool
    within: bool = False


def call_ways(desk: CallDesk) -> list[Way]:
    """The pages of a call that this person has use for."""
    return [_way(tab, desk.call_id) for tab in CALL_TABS if _is_shown(tab, desk.roles)]


def case_ways(desk: CaseDesk) -> list[Way]:
    """The pages of a case that this person has use for."""
    return [_way(tab, desk.application_id) for tab in CASE_TABS if _is_shown(tab, desk.roles)]


def _is_shown(tab: Tab, roles: frozenset[str]) -> bool:
    return tab.endpoint in current_app.view_functions and not roles.isdisjoint(tab.roles)


def _way(tab: Tab, id: str) -> Way:
    return Way(
        url_for(tab.endpoint, id=id), tab.words, request.endpoint == tab.endpoint, request.endpoint in tab.holds
    )  # fmt: skip
