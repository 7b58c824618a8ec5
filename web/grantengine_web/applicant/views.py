"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.applicant import (
    applicant,
    changes,
    complete,
    decision,
    dialogue,
    draft,
    feedback,
    files,
    history,
    links,
    meetings,
    mine,
    organisations,
    overview,
    partner,
    partners,
    people,
    start,
    submit,
    writing,
)

__all__ = [
    "applicant", "changes", "complete", "decision", "dialogue", "draft", "feedback", "files", "history",
    "links", "meetings", "mine", "organisations", "overview", "partner", "partners", "people", "start",
    "submit", "writing",
]  # fmt: skip
