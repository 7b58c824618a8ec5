"""What must hold between the parts of a scheme, as far as it can be told without plugins.

The checks run on plain data, so that a mistake elsewhere does not hide what they find; values that are not
what they should be are passed over here, as the model reports them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from grantengine.errors import Message, MoneyError
from grantengine.hooks.moments import LocalMoment, MomentError, parse_date, parse_moment
from grantengine.hooks.values import MOMENT_REFERENCES
from grantengine.money import parse_money

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its path instead of a place; ``first`` is the path of what it contradicts, if anything."""

    code: str
    path: Path
    params: Mapping[str, object] = field(default_factory=dict)
    first: Path | None = None
    key: bool = False
    hint: Message | None = None


def findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything the parts of a scheme contradict each other in."""
    yield from _ids(data)
    yield from _repeated(data)
    yield from _either_or(data)
    yield from _keys_without_kind(data)
    yield from _dates(data)
    yield from _deadlines(data)
    yield from _rounds(data)
    yield from _currencies(data)
    yield from _patches(data)


def at(data: Any, path: Path) -> Any:
    """The value at a path, None where there is none."""
    for step in path:
        if not has(data, step):
            return None
        data = data[step]
    return data


def has(data: Any, step: str | int) -> bool:
    """Whether a mapping has a key, or a list a position."""
    if isinstance(data, list):
        return isinstance(step, int) and 0 <= step < len(data)
    return isinstance(data, Mapping) and step in data


def _items(data: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    items = at(data, path)
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield (*path, position), item


def _questions(data: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for page, _ in _items(data, ("form",)):
        yield from _items(data, (*page, "questions"))


def _ids(data: Any) -> Iterator[Finding]:
    lists: dict[str, Path] = {
        "page": ("form",),
        "figure": ("checked",),
        "rule": ("eligibility",),
        "criterion": ("criteria",),
        "round": ("rounds",),
        "report": ("reporting",),
        "strand": ("call", "strands"),
        "goal": ("regulation", "goal_attainment"),
    }
    for what, path in lists.items():
        yield from _same("id", what, _items(data, path))
    yield from _same("id", "question", _questions(data))
    yield from _same("reported", "goal", _items(data, ("regulation", "goal_attainment")))
    yield from _same("authority", "authority", _items(data, ("delegation", "shares")))
    for path, _ in _questions(data):
        yield from _same("id", "choice", _items(data, (*path, "choices")))


def _same(key: str, what: str, items: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for path, item in items:
        name = item.get(key)
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Finding("duplicate-id", (*path, key), {"id": name, "what": Message(f"word.{what}")}, seen[name])
        else:
            seen[name] = (*path, key)


def _repeated(data: Any) -> Iterator[Finding]:
    for path in (("languages",), ("plugins",)):
        values, seen = at(data, path), dict[str, Path]()
        for position, value in enumerate(values if isinstance(values, list) else ()):
            if isinstance(value, str) and value in seen:
                yield Finding("duplicate-value", (*path, position), {"value": value}, seen[value])
            elif isinstance(value, str):
                seen[value] = (*path, position)


def _either_or(data: Any) -> Iterator[Finding]:
    for section, own in (("eligibility", "require"), ("criteria", "points")):
        for path, item in _items(data, (section,)):
            given = [key for key in (own, "kind") if item.get(key) is not None]
            params = {"one": own, "other": "kind"}
            if not given:
                yield Finding("neither-given", path, params)
            elif len(given) > 1:
                yield Finding("both-given", (*path, "kind"), params, (*path, own), key=True)
            elif section == "criteria" and given == [own] and "options" in item:
                params = {"one": own, "other": "options"}
                yield Finding("both-given", (*path, "options"), params, (*path, own), key=True)


def _keys_without_kind(data: Any) -> Iterator[Finding]:
    """A rule without a kind has nobody to bring keys of its own."""
    allowed = ("because", "id", "kind", "require")
    for path, rule in _items(data, ("eligibility",)):
        for key in rule:
            if rule.get("kind") is None and key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                hint = Message("hint.nearest", {"nearest": near[0]}) if near else None
                hint = hint or Message("hint.one-of", {"allowed": ", ".join(allowed)})
                yield Finding("unknown-key", (*path, key), {"key": key}, key=True, hint=hint)


def _moment(data: Any, path: Path) -> LocalMoment | None:
    value = at(data, path)
    try:
        return parse_moment(value) if isinstance(value, str) else None
    except MomentError:
        return None


def _dates(data: Any) -> Iterator[Finding]:
    call = at(data, ("call",))
    if not isinstance(call, Mapping):
        return
    if call.get("intake", "window") == "window":
        for key in ("opens", "closes"):
            if call.get(key) is None:
                yield Finding("missing-key", ("call",), {"key": key})
    opens, closes = ("call", "opens"), ("call", "closes")
    yield from _ordered(_moment(data, opens), _moment(data, closes), closes, opens)
    decided, last = at(data, ("call", "decided_by")), _moment(data, closes)
    by = parse_date(decided) if isinstance(decided, str) else None
    if by and last and by < last.date:
        params = {"decided_by": str(by), "closes": str(last)}
        yield Finding("decided-before-closes", ("call", "decided_by"), params, closes)


def _ordered(
    opens: LocalMoment | None, closes: LocalMoment | None, path: Path, first: Path | None
) -> Iterator[Finding]:
    if opens and closes and closes.local <= opens.local:
        yield Finding("closes-before-opens", path, {"opens": str(opens), "closes": str(closes)}, first)


def _deadlines(data: Any) -> Iterator[Finding]:
    intake, path = at(data, ("call", "intake")), ("call", "deadlines")
    if intake == "deadlines" and not at(data, path):
        yield Finding("missing-key", ("call",), {"key": "deadlines"})
    before, first = _moment(data, ("call", "opens")), None
    for item, _ in _items(data, path):
        here = (*item, "closes")
        closes = _moment(data, here)
        if first is None:
            yield from _ordered(before, closes, here, ("call", "opens"))
        elif before and closes and closes.local <= before.local:
            yield Finding("deadlines-out-of-order", here, {"closes": str(closes), "before": str(before)}, first)
        before, first = closes or before, here


def _rounds(data: Any) -> Iterator[Finding]:
    # Where there is one window, the call itself is told that a moment is missing.
    windowed = (at(data, ("call", "intake")) or "window") == "window"
    for path, item in _items(data, ("rounds",)):
        ends: list[LocalMoment | None] = []
        references = 0
        for key in ("opens", "closes"):
            value = item.get(key)
            reference = tuple(value.split(".")) if value in MOMENT_REFERENCES and isinstance(value, str) else None
            ends.append(_moment(data, reference or (*path, key)))
            references += reference is not None
            if reference and not windowed and at(data, reference) is None:
                yield Finding("reference-missing", (*path, key), {"reference": value})
        if references < 2:
            # Two references repeat what is said of the call itself.
            yield from _ordered(ends[0], ends[1], (*path, "closes"), (*path, "opens"))


def _currencies(data: Any) -> Iterator[Finding]:
    wanted: tuple[str, Path] | None = None
    for path in _sums(data):
        value = at(data, path)
        try:
            currency = parse_money(value).currency if isinstance(value, str) else None
        except MoneyError:
            continue
        if currency is None:
            continue
        if wanted is None:
            wanted = currency, path
        elif currency != wanted[0]:
            yield Finding("currency-differs", path, {"currency": currency, "wanted": wanted[0]}, wanted[1])


def _sums(data: Any) -> Iterator[Path]:
    budget = at(data, ("call", "budget"))
    yield from (("call", "budget", year) for year in budget) if isinstance(budget, Mapping) else (("call", "budget"),)
    for section in (("call", "deadlines"), ("call", "strands"), ("delegation", "shares")):
        yield from ((*path, "budget") for path, _ in _items(data, section))


def _patches(data: Any) -> Iterator[Finding]:
    needs = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from"}
    for strand, _ in _items(data, ("call", "strands")):
        for path, operation in _items(data, (*strand, "patch")):
            op = operation.get("op")
            key = needs.get(op) if isinstance(op, str) else None
            if key and key not in operation:
                yield Finding("missing-key", path, {"key": key})
