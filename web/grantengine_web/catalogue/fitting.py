"""Which open calls fit: after a few answers, without signing in, or by an organisation's own profile."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grantengine.errors import InputError
from grantengine.services.call_alerts import ask_for_alerts, list_alerts, stop_alerts
from grantengine.services.fit_calls import FIELDS, fit_calls
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.account.typed import sender
from grantengine_web.catalogue import catalogue
from grantengine_web.catalogue.asked import asked_for, with_sum
from grantengine_web.words import labelled, t


@catalogue.get("/pre-check")
@open_to(Who.EVERYONE)
def pre_check() -> str | tuple[str, int]:
    """The questions, and every open call with yes, no and why, or what it needs. The answers stand in the address."""
    asked, organisation = asked_for(*FIELDS), request.args.get("organisation", "")
    mine = list_alerts(here.engine(), here.by()) if here.signed_in() else []
    shown = {"asked": asked, "mine": mine, "organisation": organisation, "problems": (), "fits": None}
    if not request.args:
        return render_template("catalogue/pre_check.html", **shown)
    try:
        found = fit_calls(
            here.engine(), here.by(), with_sum(asked), organisation_id=organisation or None, sender=sender()
        )  # fmt: skip
    except InputError as error:
        in_order = sorted(error.problems, key=lambda one: FIELDS.index(one.where.pointer.lstrip("/")))
        problems = labelled(in_order, "check")
        return render_template("catalogue/pre_check.html", **{**shown, "problems": problems}), 422
    return render_template("catalogue/pre_check.html", **{**shown, "fits": found})


@catalogue.get("/alerts")
@open_to(Who.SIGNED_IN)
def alerts() -> str:
    """Which of one's organisations are told when a call opens that may fit."""
    return render_template("catalogue/alerts.html", mine=list_alerts(here.engine(), here.by()))


@catalogue.post("/alerts")
@open_to(Who.SIGNED_IN, "contact")
def change_alerts() -> Response:
    """An organisation wants to be told, or does not any more."""
    organisation = request.form.get("organisation", "")
    if request.form.get("want") == "yes":
        ask_for_alerts(here.engine(), here.by(), organisation)
        flash(t("web.alerts.asked"))
    else:
        stop_alerts(here.engine(), here.by(), organisation)
        flash(t("web.alerts.stopped"))
    return redirect(url_for("catalogue.alerts"), 303)
