"""The modules whose views are registered with the blueprint."""

from __future__ import annotations

from grantengine_web.applicant import (
    applicant,
    complete,
    draft,
    feedback,
    files,
    history,
    links,
    mine,
    organisations,
    overview,
    partner,
    partners,
    people,
    start,
    submit,
)

__all__ = [
    "applicant", "complete", "draft", "feedback", "files", "history", "links", "mine", "organisations",
    "overview", "partner", "partners", "people", "start", "submit",
]  # fmt: skip
