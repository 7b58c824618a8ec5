"""One door in: the calls of all authorities that are open, coming or closed, searched and filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grantengine.records import By
from grantengine.services.call_cards import KINDS, STATES, CallCard, State, all_cards
from grantengine.services.directory_terms import words_of
from grantengine.services.people_input import Checks

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

MOST = 100
MOST_WORDS = 10
LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calls:
    """A page of calls; ``after`` begins the next one, None where this is the last. ``counts``: how many there are by state."""

    items: tuple[CallCard, ...]
    after: str | None
    counts: dict[State, int]


def list_calls(
    engine: Engine, by: By, *, state: str = "open", words: str = "", kind: str = "", place: str = "", target: str = "",
    amount: str = "", after: str = "", limit: int = 20,
) -> Calls:  # fmt: skip
    """A page of the calls that are announced; whoever asks, signed in or not.

    Open ones are in the order that they close, coming ones in the order that they open, closed ones with the last first.

    :param state: ``open``, ``coming`` or ``closed``.
    :param words: beginnings of words, each to be found in the title, the objective, the target group or the authority.
    :param kind: what is supported, as schemes say it.
    :param place: a municipality number, or the two digits of a county: calls for it, and those for all.
    :param target: beginnings of words of the target group.
    :param amount: a sum in whole units that one may ask for in the call; where a call sets no limit, it is.
    :raises InputError: ``not-one-of``, ``place-format``, or what is wrong with the sum.
    """
    checks = Checks()
    checks.one_of(state, STATES, "state")
    if kind:
        checks.one_of(kind, KINDS, "kind")
    checks.place(place)
    wanted = checks.amount(amount) if amount.strip() else None
    checks.done()
    cards = all_cards(engine)
    begins, targets = words_of(words)[:MOST_WORDS], words_of(target)[:MOST_WORDS]
    found = [
        one
        for one in cards
        if _says(one.words, begins) and _says(one.target_words, targets) and kind in ("", one.shown.kind)
        and _is_for(one, place) and (wanted is None or one.gives(wanted))
    ]  # fmt: skip
    by_state: dict[State, list[CallCard]] = {each: [] for each in STATES}
    for one in found:
        by_state[one.state(by.at)].append(one)
    chosen = next(each for each in STATES if each == state)
    key = _ORDERS[chosen]
    ordered = sorted(by_state[chosen], key=key)
    begun = next((key(one) for one in cards if one.id == after), None)
    rest = ordered if begun is None else [one for one in ordered if key(one) > begun]
    limit = min(max(limit, 1), MOST)
    return Calls(
        tuple(rest[:limit]),
        rest[limit - 1].id if len(rest) > limit else None,
        {each: len(those) for each, those in by_state.items()},
    )


_Order = Callable[[CallCard], tuple[float, str]]
_ORDERS: dict[State, _Order] = {
    "open": lambda one: ((one.closes or LAST).timestamp(), one.id),
    "coming": lambda one: ((one.opens or LAST).timestamp(), one.id),
    "closed": lambda one: (-(one.closes or FIRST).timestamp(), one.id),
}


def _says(words: str, beginnings: Iterable[str]) -> bool:
    return all(f" {beginning}" in words for beginning in beginnings)


def _is_for(card: CallCard, place: str) -> bool:
    """Whether a call is for this place, for a part of it, or for what it is a part of."""
    return not place or not card.places or any(one.startswith(place) or place.startswith(one) for one in card.places)
