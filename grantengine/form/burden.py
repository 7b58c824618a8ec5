"""What a form costs those who fill it in: minutes per question and in all."""

from __future__ import annotations

from grantengine.form.build import Form


def minutes_to_apply(form: Form) -> float:
    """Minutes to answer every question an applicant may meet, conditional ones included."""
    return sum(field.minutes for field in form.fields)


def minutes_per_page(form: Form) -> dict[str, float]:
    """Minutes for each page, by page id."""
    pages: dict[str, float] = {}
    for field in form.fields:
        pages[field.page] = pages.get(field.page, 0) + field.minutes
    return pages
