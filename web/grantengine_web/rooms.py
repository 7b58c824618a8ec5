"""The blueprints, one for each audience."""

from __future__ import annotations

from flask import Blueprint


def rooms() -> tuple[Blueprint, ...]:
    """All of them, in the order in which their routes are matched."""
    from grantengine_web.account.views import account
    from grantengine_web.applicant.views import applicant
    from grantengine_web.catalogue.views import catalogue

    return (account, catalogue, applicant)
