"""What a form costs those who fill it in: minutes per question and in all."""

from __future__ import annotations

from grantengine.form.build import Form


def minutes_to_apply(form: Form) -> float:
    """Minutes to answer every question an applicant may meet, conditional ones included."""
    return sum(field.minutes for field in form.fields)


def told_minutes(minutes: float) -> int:
    """So many minutes as people are told: rounded up, as nobody thanks for having been told too little.

    To five minutes, and from an hour and a half on to half an hour.
    """
    whole = max(5, -int(-minutes // 5) * 5)
    return whole if whole < 90 else -int(-whole // 30) * 30


def minutes_per_page(form: Form) -> dict[str, float]:
    """Minutes for each page, by page id."""
    pages: dict[str, float] = {}
    for field in form.fields:
        pages[field.page] = pages.get(field.page, 0) + field.minutes
    return pages
