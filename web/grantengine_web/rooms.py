"""The blueprints, one for each audience."""

from __future__ import annotations

from flask import Blueprint


def rooms(*, demo: bool = False) -> tuple[Blueprint, ...]:
    """All of them, in the order in which their routes are matched; that of the demo only where this is one."""
    from grantengine_web.account.views import account
    from grantengine_web.applicant.views import applicant
    from grantengine_web.catalogue.views import catalogue
    from grantengine_web.office.views import office

    if demo:
        from grantengine_web.demo.views import demo as shown

        return (account, catalogue, applicant, office, shown)
    return (account, catalogue, applicant, office)
