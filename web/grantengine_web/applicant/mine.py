"""One's own front page: what to do next, and what one's organisations have applied for."""

from __future__ import annotations

from flask import render_template, request

from grantengine.services.own_tasks import Task
from grantengine.services.what_next import what_next
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant

WAYS = {
    "write": "/applications/{0.application_id}/form", "confirm": "/applications/{0.application_id}",
    "change": "/applications/{0.application_id}/changes", "complete": "/applications/{0.application_id}/complete",
    "answer": "/applications/{0.application_id}/threads/{0.id}", "letter": "/applications/{0.application_id}/decision",
    "partners": "/applications/{0.application_id}/partners",
    "meeting": "/calls/{0.call_id}/meetings?organisation={0.organisation_id}",
    "book": "/calls/{0.call_id}/meetings?organisation={0.organisation_id}",
    "host": "/organisations/{0.organisation_id}/hosting", "member": "/organisations/{0.organisation_id}/members",
    "contact": "/organisations/{0.organisation_id}/members",
}  # fmt: skip
"""Where each thing is done."""
COLOURS = {
    "changes-asked": "warning", "unconfirmed": "warning", "granted": "success", "draft": "info", "submitted": "info",
}  # fmt: skip
"""Statuses that stand out; all are told in words."""


def way_to(task: Task) -> str:
    """The page on which something is done."""
    return WAYS[task.kind].format(task)


@applicant.get("/mine")
@open_to(Who.SIGNED_IN)
def mine() -> str:
    """What waits, most urgent first; then every application of one's organisations."""
    after = request.args.get("after", "")
    page = what_next(here.engine(), here.by(), after=after)
    by_organisation: dict[str, list[object]] = {one.id: [] for one in page.organisations}
    for one in page.applications.items:
        by_organisation[one.organisation_id].append(one)
    return render_template(
        "applicant/mine.html",
        page=page,
        by_organisation=by_organisation,
        way_to=way_to,
        goes_on=bool(after),
        colours=COLOURS,
        now=here.by().at,
    )
