"""Facts that the authority itself holds: earlier grants and invitations."""

from __future__ import annotations

from typing import Any

import pytest

from grantengine import EarlierAward, Engine
from grantengine.testing import FactsInMemory, collected


def award(year: int = 2025, amount: int = 5_000_000, authority: str = "test", **more: Any) -> EarlierAward:
    return EarlierAward(authority, "project", year, amount, **more)


def grants(engine: Engine, *awards: EarlierAward) -> dict[str, Any]:
    """What the source gives on 2 March 2027."""
    return dict(collected(engine, "earlier_grants", read=FactsInMemory(awards)).values)


def test_who_has_had_nothing_applies_for_the_first_time(engine: Engine) -> None:
    assert grants(engine) == {"count": 0, "overdue_reports": 0, "first_time": True, "last_amount": None}


def test_only_what_this_authority_has_given_counts(engine: Engine) -> None:
    others = award(2026, 9_900, authority="oslo", report="overdue")
    assert grants(engine, others)["first_time"] is True
    assert grants(engine, award(2024, 1_250), award(2025, 5_000_050), others) == {
        "count": 2, "overdue_reports": 0, "first_time": False, "last_amount": "50000.50",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("report", "due", "late"),
    [
        ("none", None, 0),
        ("delivered", "2026-01-01", 0),
        ("overdue", None, 1),
        ("due", None, 0),
        ("due", "2027-03-02", 0),
        ("due", "2027-03-01", 1),
    ],
)
def test_a_report_is_late_the_day_after_it_was_due(engine: Engine, report: str, due: str | None, late: int) -> None:
    assert grants(engine, award(report=report, report_due=due))["overdue_reports"] == late


@pytest.mark.parametrize("invited", [True, False])
def test_the_list_of_the_invited_tells(engine: Engine, invited: bool) -> None:
    assert collected(engine, "invitation", read=FactsInMemory(invited=invited)).values == {"invited": invited}
