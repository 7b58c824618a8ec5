"""Hook signatures: when each is called and what it returns. No logic lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grantengine.errors import Message
    from grantengine.hooks import context, kinds

hookspec = pluggy.HookspecMarker("grantengine")


@hookspec
def grantengine_question_kinds() -> list[type[kinds.QuestionKind]]:  # type: ignore[empty-body]
    """Called once at start. Returns the question kinds the plugin adds."""


@hookspec
def grantengine_condition_kinds() -> list[type[kinds.ConditionKind]]:  # type: ignore[empty-body]
    """Called once at start. Returns the kinds of eligibility rule the plugin adds."""


@hookspec
def grantengine_criterion_kinds() -> list[type[kinds.CriterionKind]]:  # type: ignore[empty-body]
    """Called once at start. Returns the kinds of award criterion the plugin adds."""


@hookspec
def grantengine_fact_sources() -> list[type[kinds.FactSource]]:  # type: ignore[empty-body]
    """Called once at start. Returns the sources of facts the plugin adds."""


@hookspec
def grantengine_round_kinds() -> list[type[kinds.RoundKind]]:  # type: ignore[empty-body]
    """Called once at start. Returns the kinds of review round the plugin adds."""


@hookspec
def grantengine_allocation_methods() -> list[type[kinds.AllocationMethod]]:  # type: ignore[empty-body]
    """Called once at start. Returns the allocation methods the plugin adds."""


@hookspec
def grantengine_payment_plans() -> list[type[kinds.PaymentPlan]]:  # type: ignore[empty-body]
    """Called once at start. Returns the payment plans the plugin adds."""


@hookspec
def grantengine_report_profiles() -> list[type[kinds.ReportProfile]]:  # type: ignore[empty-body]
    """Called once at start. Returns the report profiles the plugin adds."""


@hookspec
def grantengine_transition_check(case: context.CaseView, verb: str) -> Message | None:
    """Called before a case changes its status. Returns why it may not, as a text of the plugin's catalogue; else None."""


@hookspec
def grantengine_transitioned(case: context.CaseView, verb: str) -> None:
    """Called once a case has changed its status and that is kept. What it raises is logged and changes nothing."""


@hookspec
def grantengine_deliver(message: context.OutgoingMessage, settings: Mapping[str, str]) -> bool | None:
    """Called by the worker for each message. Returns True when it is sent, None when it is for another plugin to send.

    What it raises is kept as the reason, and the message is tried again later.
    """


@hookspec
def grantengine_scan(file_name: str, media_type: str, content: bytes, settings: Mapping[str, str]) -> str | None:
    """Called for each file that comes. Returns ``clean``, ``infected`` or ``unknown``; None for another plugin to tell.

    What it raises counts as ``unknown``: the worker asks again later.
    """
