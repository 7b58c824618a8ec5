"""Hook signatures: when each is called and what it returns. No logic lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from grantengine.hooks import kinds

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
