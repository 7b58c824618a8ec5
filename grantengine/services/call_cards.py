"""What lists of calls show of each, kept in memory: a version and its changes never say anything else than they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from grantengine.compile.references import budgets_of, currency_of
from grantengine.errors import GrantEngineError, Where
from grantengine.form.build import Form, build
from grantengine.form.burden import minutes_to_apply
from grantengine.money import Money
from grantengine.scheme.collect import Collector
from grantengine.scheme.load import SchemeSource, load
from grantengine.scheme.model import Scheme
from grantengine.scheme.patch import apply, read_operations
from grantengine.scheme.read import read
from grantengine.services.directory_terms import words_of
from grantengine.services.pinned import plan_key
from grantengine.store.catalogue import CallRow
from grantengine.store.looking import Stamp

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

State = Literal["open", "coming", "closed"]
STATES: tuple[State, ...] = ("open", "coming", "closed")
KINDS = ("project", "operating", "event", "in_kind", "earmarked")
MOST_CARDS = 20_000
"""Cards that are kept in a process; each is a few texts."""
INDEX = "index"
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card has of the scheme. ``budget``, ``least`` and ``most`` (what one may ask for) are hundredths of ``unit``."""

    kind: str | None = None
    objective: Text = field(default_factory=dict)
    target_group: Text = field(default_factory=dict)
    budget: int | None = None
    unit: str = "NOK"
    is_provisional: bool = False
    least: int | None = None
    most: int | None = None
    minutes: float | None = None
    invited_only: bool = False
    needs_number: bool = True
    answer_days: int | None = None
    decided_by: date | None = None
    shares: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallCard:
    """A call in a list. ``places`` are the municipalities and counties that it is for (none: all).

    ``words`` are those that it is found by, each once and after a space; ``target_words`` those of its target group.
    """

    id: str
    scheme_id: str
    title: Text
    authority: Text
    opens: datetime | None
    closes: datetime | None
    shown: Shown
    places: tuple[str, ...] = ()
    words: str = ""
    target_words: str = ""

    def gives(self, wanted: int) -> bool:
        """Whether one may ask for this sum, in hundredths; where the call sets no limit, one may."""
        least, most = self.shown.least, self.shown.most
        return (least is None or least <= wanted) and (most is None or wanted <= most)

    def state(self, at: datetime) -> State:
        """Whether it takes applications then, will do, or did."""
        if self.opens is not None and at < self.opens:
            return "coming"
        return "closed" if self.closes is not None and at >= self.closes else "open"


def all_cards(engine: Engine) -> tuple[CallCard, ...]:
    """Every call that is announced: one statement where nothing has changed since this process asked last, else five more."""
    kept: tuple[Stamp, tuple[CallCard, ...]] | None = engine.cards.get(INDEX)
    if kept is not None:
        with engine.store.look() as looking:
            stamp = looking.stamp()
        if kept[0] == stamp:
            return kept[1]
    with engine.store.read() as reading:
        engine.cards[INDEX] = found = reading.looking.stamp(), _cards(engine, reading)
    return found[1]


def _cards(engine: Engine, reading: Reading) -> tuple[CallCard, ...]:
    rows = reading.catalogue.calls()
    authorities = {one.id: one for one in reading.authorities.all()}
    places = reading.catalogue.places()
    by_key = {one.key: places[one.id] for one in authorities.values() if one.id in places}
    shown = _shown(engine, reading, rows)
    cards = []
    for row in rows:
        its = shown[row.id]
        local = tuple(by_key[key] for key in its.shares if key in by_key)
        own = places.get(row.authority_id)
        cards.append(_card(row, authorities[row.authority_id].name, its, (own,) if own else local))
    return tuple(cards)


def _card(row: CallRow, authority: Text, shown: Shown, places: tuple[str, ...]) -> CallCard:
    found = _words(row.title, shown.objective, authority, shown.target_group)
    return CallCard(
        row.id, row.scheme_id, row.title, authority, row.opens_at, row.closes_at, shown, places, found,
        _words(shown.target_group),
    )  # fmt: skip


def _words(*texts: Text) -> str:
    words = dict.fromkeys(word for text in texts for said in text.values() for word in words_of(said))
    return "".join(f" {word}" for word in words)


def _shown(engine: Engine, reading: Reading, rows: Sequence[CallRow]) -> dict[str, Shown]:
    """What each call says, by its id; files are read only for what this process has not seen, all in one statement."""
    keys = {row.id: plan_key(row.digest, row.patch) for row in rows}
    # What this thread has found is its own: another may clear what the process keeps.
    found: dict[str, Shown] = {key: kept for key in keys.values() if (kept := engine.cards.get(key)) is not None}
    new = [row for row in rows if keys[row.id] not in found]
    if len(engine.cards) + len(new) > MOST_CARDS:
        engine.cards.clear()
    sources = _Sources(reading.catalogue.sources([row.version_id for row in new])) if new else None
    for row in new:
        if (key := keys[row.id]) in found:
            continue  # another call says the same
        assert sources is not None  # as above
        found[key] = engine.cards[key] = _read(engine, key, row, sources)
    return {id: found[key] for id, key in keys.items()}


class _Sources:
    """Files of versions, each taken apart once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._loaded: dict[str, SchemeSource] = {}

    def of(self, digest: str) -> SchemeSource:
        """The file of a version."""
        if digest not in self._loaded:
            self._loaded[digest] = load(self._texts[digest], name="scheme.yaml")
        return self._loaded[digest]


def _read(engine: Engine, key: str, row: CallRow, sources: _Sources) -> Shown:
    """What a call says; nothing where this process can not read it, which must not hide the others."""
    plan = engine.plans.get(key)
    if plan is not None:
        return shown_of(plan.scheme, plan.form)
    try:
        operations = read_operations(row.patch).operations
        source = apply(sources.of(row.digest), operations, origin=lambda number: Where(pointer=operations[number].path))
        scheme, _ = read(source)
        return Shown() if scheme is None else shown_of(scheme, build(scheme, engine.registry, Collector(source)))
    except GrantEngineError:
        return Shown()


def shown_of(scheme: Scheme, form: Form) -> Shown:
    """What a card has of a scheme."""
    call, asked = scheme.call, form.by_id.get("requested")
    least, most = (_ore(getattr(asked.options, end, None)) if asked else None for end in ("minimum", "maximum"))
    return Shown(
        kind=scheme.kind, objective=scheme.regulation.objective or {}, target_group=scheme.regulation.target_group or {},
        budget=sum(budgets_of(scheme).values()), unit=currency_of(scheme), is_provisional=call.budget_status != "final",
        least=least, most=most, minutes=minutes_to_apply(form), invited_only=call.invited_only,
        needs_number=call.organisation_number == "required",
        answer_days=call.answer_days if call.intake == "rolling" else None, decided_by=call.decided_by,
        shares=tuple(share.authority for share in scheme.delegation.shares),
    )  # fmt: skip


def _ore(sum: object) -> int | None:
    return sum.ore if isinstance(sum, Money) else None
