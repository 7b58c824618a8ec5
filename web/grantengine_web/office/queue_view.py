"""What the lists of cases have in their addresses, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlencode

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from grantengine.services.list_cases import SHOWN, Filter
from grantengine.services.see_office import OfficeCall, OfficePage, ToDo
from grantengine_web.office.desk import DECIDERS

OVER = 1000
"""From here on numbers are told as «over»."""
COLOURS = {"changes-asked": "warning", "unconfirmed": "warning", "granted": "success", "refused": "danger"}
LATE = Filter(due="overdue")
UNOWNED = Filter(("submitted", "changes-asked"), owner="none")
OWN = Filter(("submitted", "changes-asked", "decided", "moved-up"), owner="me")
ANSWERED = ("granted", "refused", "declined", "forfeited")
"""Statuses of those who have their answer."""


def chosen(values: MultiDict[str, str] | None = None) -> Filter:
    """Which cases an address asks for."""
    said = request.args if values is None else values
    return Filter(
        tuple(str(one) for one in SHOWN if one in said.getlist("status")), said.get("owner", "")[:60],
        said.get("due", "")[:20], said.get("words", "").strip()[:100], said.get("strand", "")[:80],
    )  # fmt: skip


def pairs(filter: Filter) -> list[tuple[str, str]]:
    """The same as names and values of fields, nothing that is empty."""
    found = [("status", one) for one in filter.statuses]
    found += [(name, getattr(filter, name)) for name in ("owner", "due", "words", "strand")]
    return [(name, value) for name, value in found if value]


def query(filter: Filter) -> str:
    """The same as it stands in an address."""
    return urlencode(pairs(filter))


def of_query(text: str) -> Filter:
    """The filter of a part of an address, whoever wrote it."""
    return chosen(MultiDict(parse_qs(text, max_num_fields=50)) if text.count("&") < 50 else MultiDict())


def list_url(call_id: str, filter: Filter, after: str = "") -> str:
    """The address of the list with this choice."""
    told = urlencode([*pairs(filter), *([("after", after)] if after else [])])
    return url_for("office.cases", id=call_id) + (f"?{told}" if told else "")


def of_number(key: str, number: int) -> str:
    """The key of the words for one, or for more."""
    return f"{key}.one" if number == 1 else key


def way_to(one: ToDo) -> str:
    """Where a thing is done that waits for someone."""
    if one.kind == "rate":
        return url_for("office.sheet", id=one.application_id, round=one.round_id)
    return url_for("office.case", id=one.application_id)


def way_to_call(call: OfficeCall) -> str:
    """The page of a call that someone begins with."""
    if call.lists:
        return url_for("office.cases", id=call.id)
    return url_for("office.people" if call.roles == {"administrator"} else "office.my_cases", id=call.id)


def chips(counts: Mapping[str, int], handles: bool) -> Iterator[tuple[str, int | None, Filter]]:
    """What stands on top of a list: each kind of cases that there are any of, by the key of its words; how many are one's
    own is not counted.
    """
    yield "all", sum(counts.get(str(one), 0) for one in SHOWN), Filter()
    if handles:
        yield "mine", None, OWN
    if counts.get("overdue"):
        yield "overdue", counts["overdue"], LATE
    if counts.get("owner"):
        yield "unowned", counts["owner"], UNOWNED
    for status in SHOWN:
        if counts.get(status):
            yield str(status), counts[status], Filter((str(status),))


def late_calls(page: OfficePage) -> list[OfficeCall]:
    """The calls that have cases whose answer is late, for those who handle them."""
    return [one for one in page.calls if one.counts.get("overdue") and not one.roles.isdisjoint(DECIDERS)]


def call_counts(call: OfficeCall) -> Iterator[tuple[str, int, Filter]]:
    """How it stands with a call, by the key of the words, each with the list that it leads to."""
    counts = call.counts
    told = (
        ("late", counts.get("overdue", 0), LATE),
        ("in-review", counts.get("submitted", 0), Filter(("submitted",))),
        (
            "with-applicant",
            sum(counts.get(one, 0) for one in ("changes-asked", "unconfirmed")),
            Filter(due="applicant"),
        ),
        ("unowned", counts.get("owner", 0), UNOWNED),
        ("untold", sum(counts.get(one, 0) for one in ("decided", "moved-up")), Filter(("decided", "moved-up"))),
        ("told", sum(counts.get(one, 0) for one in ANSWERED), Filter(ANSWERED)),
    )
    return (one for one in told if one[1])
