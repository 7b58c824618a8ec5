"""The fact source `overlap`: do others plan the same, near by and at the same time?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grantengine import Activity, Collected, Draw, FactColumn, FactContext, FactSource, hookimpl, types
from grantengine_plugins.overlap.likeness import same_activity, same_group
from grantengine_plugins.overlap.neighbours import near

KIND = "activities"
"""The kind of question that asks what is planned."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An activity of the applicant's own. The first and last day are ISO dates."""

    name: str
    target_group: str | None
    municipality: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Similar:
    """What someone else plans or is paid for (``of``, ``name``, where and when), and which activity it is ``like``."""

    of: str
    name: str
    target_group: str | None
    municipality: str | None
    starts: str | None
    ends: str | None
    like: str


class Overlap(FactSource):
    """How many other organisations have applied for, or are paid for, the same."""

    kind = "overlap"

    def columns(self) -> Mapping[str, FactColumn]:
        return {"similar": FactColumn(types.INTEGER)}

    def sample(self, draw: Draw) -> Mapping[str, list[Any]]:
        return {"similar": [int(count) for count in draw.rng.poisson(0.6, draw.n)]}

    def collect(self, context: FactContext) -> Collected:
        submission = context.submission
        rows = [row for name in submission.questions.get(KIND, ()) for row in submission.answers.get(name) or ()]
        found: list[Similar] = []
        for mine in planned(rows, submission.applicant.municipality):
            since, until = datetime.date.fromisoformat(mine.starts), datetime.date.fromisoformat(mine.ends)
            found += similar(mine, context.read.similar_cases(near(mine.municipality), since, until))
        others = {one.of for one in found}
        return Collected({"similar": len(others)}, {"similar": [asdict(one) for one in dict.fromkeys(found)]})


def planned(rows: Iterable[Mapping[str, Any]], home: str | None) -> list[Planned]:
    """What can be compared of the activities in an answer: those with a place and a time.

    An activity without a place is where the applicant is (``home``); one with one date lasts that day.
    """
    found = []
    for row in rows:
        starts, ends = row.get("from") or row.get("to"), row.get("to") or row.get("from")
        place = row.get("municipality") or home
        if place and starts and ends and starts <= ends:
            found.append(Planned(row["name"], row.get("target_group"), place, starts, ends))
    return list(dict.fromkeys(found))


def similar(mine: Planned, others: Sequence[Activity]) -> list[Similar]:
    """Those of the others' activities, near by and at the same time, that are the same for the same people."""
    return [
        Similar(one.of, one.name, one.target_group, one.municipality, one.starts, one.ends, mine.name)
        for one in others
        if same_activity(mine.name, one.name) and same_group(mine.target_group, one.target_group)
    ]


@hookimpl
def grantengine_fact_sources() -> list[type[FactSource]]:
    return [Overlap]
