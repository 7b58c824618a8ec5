"""No letter names another applicant: the names of all who have applied in the call, looked for in what is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantengine.store.tables.applications import Application

if TYPE_CHECKING:
    from grantengine.store.unit_of_work import Reading


def named_others(work: Reading, application: Application, texts: Iterable[str]) -> list[str]:
    """The names of other applicants of the call that stand in texts about this application, in order."""
    own = {application.organisation_id, application.host_id}
    applicants = work.cases.applicants(application.call_id)
    mine = [one.name for one in applicants if one.id in own]
    return _found([one.name for one in applicants if one.id not in own], mine, texts)


def named_applicants(work: Reading, call_id: str, texts: Iterable[str]) -> list[str]:
    """The names of applicants of the call that stand in texts which go to all of them, in order."""
    return _found([one.name for one in work.cases.applicants(call_id)], [], texts)


def _found(names: list[str], mine: list[str], texts: Iterable[str]) -> list[str]:
    written = [text for text in texts if text]
    own = [_pattern(name) for name in mine]
    found = []
    for name in dict.fromkeys(names):
        if name in mine:
            continue
        pattern = _pattern(name)
        if any(_stands(pattern, own, text) for text in written):
            found.append(name)
    return found


def _stands(pattern: re.Pattern[str], own: list[re.Pattern[str]], text: str) -> bool:
    """Whether a name stands there other than as a part of the applicant's own: «Bydel Vel» in «Bydel Vel Øst»."""
    spans = [match.span() for one in own for match in one.finditer(text)]
    return any(
        not any(first <= match.start() and match.end() <= last for first, last in spans)
        for match in pattern.finditer(text)
    )


def _pattern(name: str) -> re.Pattern[str]:
    """A name as whole words, also in the genitive. One of a single word is a name only with the capitals it has: many an
    association is called what others are.
    """
    words = name.split()
    flags = re.IGNORECASE if len(words) > 1 else re.NOFLAG
    return re.compile(r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words) + r"s?(?!\w)", flags)
