"""What is wrong with a chain of hashes: which link was changed, removed, put in, or moved. Pure; no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is found. ``original`` is the place for which its hash is right; None: for no place at all."""

    place: int
    hash: str
    previous: str
    original: int | None


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something wrong at a place.

    ``removed``: ``count`` links from this place on. ``moved``: the link here belongs at ``original``. ``unlinked``: it does
    not follow from the one before, so one of the two was written anew. ``head``: the last link is not what the head says.
    """

    kind: Literal["changed", "removed", "inserted", "moved", "unlinked", "head"]
    place: int
    count: int = 1
    original: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends, as it is noted beside it. ``hash`` is empty where only the place is known."""

    place: int
    hash: str = ""


def diagnose(found: Sequence[Link], head: Head | None) -> list[ChainFault]:
    """Every fault of a chain, by place. ``found`` is in order of place; places count from 1."""
    genuine, garbled, inserted = _sorted_out(found, head)
    known = {**garbled, **genuine}
    faults = [ChainFault("changed", place) for place in garbled]
    faults += [ChainFault("inserted", link.place) for link in inserted]
    faults += _removed(known, head)
    faults += _moved(sorted(genuine.values(), key=lambda link: link.place))
    faults += _unlinked(genuine, known, garbled)
    if head is not None and head.hash and head.place in genuine and genuine[head.place].hash != head.hash:
        faults.append(ChainFault("head", head.place))
    return sorted(faults, key=lambda fault: (fault.place, fault.kind))


def _sorted_out(found: Sequence[Link], head: Head | None) -> tuple[dict[int, Link], dict[int, Link], list[Link]]:
    """Links by the place they belong at; those that were changed, by the place they stand at; those put in."""
    claims: dict[int, list[Link]] = {}
    inserted: list[Link] = []
    for link in found:
        if link.original is not None:
            beyond = link.original < 1 or (head is not None and link.original > head.place)
            (inserted if beyond else claims.setdefault(link.original, [])).append(link)
    garbled: dict[int, Link] = {}
    for link in found:
        if link.original is None:
            beyond = head is not None and link.place > head.place
            if beyond or link.place in claims or link.place in garbled:
                inserted.append(link)
            else:
                garbled[link.place] = link
    genuine = {}
    for place, links in claims.items():
        # Of several that claim a place, the one that the next link (or the head) follows from was there first.
        wanted = {link.previous for link in claims.get(place + 1, [])}
        wanted |= {garbled[place + 1].previous} if place + 1 in garbled else set()
        wanted |= {head.hash} if head is not None and head.place == place else set()
        first = next((link for link in links if link.hash in wanted), links[0])
        genuine[place] = first
        inserted += [link for link in links if link is not first]
    return genuine, garbled, inserted


def _removed(known: dict[int, Link], head: Head | None) -> list[ChainFault]:
    faults, last = [], 0
    for place in sorted(known):
        if place > last + 1:
            faults.append(ChainFault("removed", last + 1, count=place - last - 1))
        last = place
    if head is not None and head.place > last:
        faults.append(ChainFault("removed", last + 1, count=head.place - last))
    return faults


def _moved(standing: list[Link]) -> list[ChainFault]:
    originals = [link.original or 0 for link in standing]
    if originals == sorted(originals):
        return []  # in order, however far they were shifted
    return [
        ChainFault("moved", link.place, original=link.original or 0) for link in standing if link.original != link.place
    ]


def _unlinked(genuine: dict[int, Link], known: dict[int, Link], garbled: dict[int, Link]) -> list[ChainFault]:
    faults = []
    for place, link in genuine.items():
        before = NOTHING_BEFORE if place == 1 else known[place - 1].hash if place - 1 in known else None
        if before is not None and link.previous != before and place - 1 not in garbled:
            faults.append(ChainFault("unlinked", link.place))
    return faults
