"""A proposal: the ranking with the line where the money ends, what is left of the budget, and whether it can be repeated."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grantengine.records import Ground
from grantengine.services.replay_allocation import replay_allocation
from grantengine.services.see_allocation import AllocationSeen, ProposedSeen, see_allocation
from grantengine.services.see_desk import see_desk
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS
from grantengine_web.office.money_left import Line, line_of, parts_left

PAGE = 100
KINDS = ("all", "funded", "reserve", "nothing", "by-hand")
"""Which cases are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ranking: a case, and the line that is drawn below it, where it is the last that gets money."""

    case: ProposedSeen
    line: Line | None


@dataclass(frozen=True, slots=True)
class LineAt:
    """On which page a line is drawn, and below which case."""

    line: Line
    page: int
    application_id: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of the ranking: which cases it shows, how many there are of each kind, and which page it is of how many.

    ``elsewhere`` are lines that are drawn on other pages.
    """

    kind: str
    counts: dict[str, int]
    rows: tuple[Row, ...]
    page: int
    pages: int
    elsewhere: tuple[LineAt, ...]


@office.get("/proposals/<id>")
@open_to(Who.SIGNED_IN, *DECIDERS)
def proposal(id: str) -> ResponseReturnValue:
    """A proposal with its cases, best rank first."""
    seen = see_allocation(here.engine(), here.by(), id)
    return render_template(
        "office/rank/proposal.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen,
        ranking=_ranking(seen), left=parts_left(seen), with_points=request.args.get("points") == "yes",
    )  # fmt: skip


@office.get("/proposals/<id>/replay")
@open_to(Who.SIGNED_IN, *DECIDERS)
def replay_proposal(id: str) -> ResponseReturnValue:
    """Whether the same comes of what was stored."""
    found = replay_allocation(here.engine(), here.by(), id)
    seen = see_allocation(here.engine(), here.by(), id)
    return render_template(
        "office/rank/replay.html", desk=see_desk(here.engine(), here.by(), seen.call_id), seen=seen, found=found
    )


def kind_of(case: ProposedSeen) -> str:
    """Whether a case gets money, stands in the reserve, or gets nothing."""
    if case.granted:
        return "funded"
    return "reserve" if case.reserve else "nothing"


def _ranking(seen: AllocationSeen) -> Ranking:
    kind = request.args.get("show", "all")
    kind = kind if kind in KINDS else "all"
    of_kind = {name: [one for one in seen.cases if _is(one, name)] for name in KINDS}
    cases = of_kind[kind] if kind != "reserve" else sorted(of_kind[kind], key=_place)
    pages = max(1, -(-len(cases) // PAGE))
    asked = request.args.get("page", "1")
    page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    lines = line_of(seen) if kind == "all" and seen.rules.by_rank else {}
    rows = tuple(Row(one, lines.get(one.application_id)) for one in cases[(page - 1) * PAGE : page * PAGE])
    drawn = [
        LineAt(lines[one.application_id], place // PAGE + 1, one.application_id)
        for place, one in enumerate(cases)
        if one.application_id in lines
    ]
    elsewhere = tuple(one for one in drawn if one.page != page)
    return Ranking(kind, {name: len(found) for name, found in of_kind.items()}, rows, page, pages, elsewhere)


def _place(case: ProposedSeen) -> tuple[str, int]:
    """Where a case stands in the reserve of its strand."""
    return case.strand or "", case.reserve or 0


def _is(case: ProposedSeen, kind: str) -> bool:
    if kind == "by-hand":
        return case.ground == Ground.SET_BY_HAND
    return kind in ("all", kind_of(case))
