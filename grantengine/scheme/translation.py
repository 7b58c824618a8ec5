"""What pydantic says about a wrong value, said in the project's own codes, parameters and hints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from grantengine.errors import Message
from grantengine.hooks.values import kind_of
from grantengine.scheme.checks import has

Path = tuple[str | int, ...]
Written = Callable[[Sequence[str | int]], str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A problem with a path instead of a place."""

    code: str
    path: Path
    params: Mapping[str, object]
    hint: Message | None = None
    at_key: bool = False


_WANTED = {
    "string": "text",
    "int": "whole-number",
    "float": "number",
    "decimal": "number",
    "bool": "yes-no",
    "dict": "mapping",
    "mapping": "mapping",
    "model": "mapping",
    "dataclass": "mapping",
    "tuple": "list",
    "list": "list",
    "set": "list",
    "frozen_set": "list",
    "date": "date",
    "none": "nothing",
}
_LIMITS = {
    "greater_than_equal": ("number-too-small", "least", "ge"),
    "greater_than": ("number-not-above", "above", "gt"),
    "less_than_equal": ("number-too-large", "most", "le"),
    "less_than": ("number-not-below", "below", "lt"),
    "too_short": ("list-too-short", "least", "min_length"),
    "too_long": ("list-too-long", "most", "max_length"),
    "string_too_short": ("text-too-short", "least", "min_length"),
    "string_too_long": ("text-too-long", "most", "max_length"),
    "string_pattern_mismatch": ("text-format", "pattern", "pattern"),
}
_EXAMPLES = {
    "money": "40 000 000 NOK",
    "money-format": "40 000 000 NOK",
    "money-currency-missing": "40 000 000 NOK",
    "percent": "60%",
    "percent-format": "60%",
    "moment": "2027-03-01T23:59",
    "moment-format": "2027-03-01T23:59",
    "date": "2027-05-15",
    "date-format": "2027-05-15",
    "year-format": "2027",
    "text-per-language": "{nb: Søknad, nn: Søknad}",
    "changeable-format": "{scale: 1}",
    "tie-break-format": "requested asc",
}


def told(
    error: ValidationError, data: object, model: type[BaseModel], written: Written, extra_keys: tuple[str, ...] = ()
) -> list[Told]:
    """Everything in ``error``, one problem a mistake.

    :param data: what was validated, if known: steps that pydantic adds for alternatives are then left out of the paths.
    :param written: gives a scalar as it stands in the file.
    """
    found = [
        one
        for raw in error.errors(include_url=False)
        for one in _told(raw, _path(raw, data), model, written, extra_keys)
    ]
    return without_renamed(_without_noise(found))


def _path(raw: Any, data: Any) -> Path:
    """The steps that exist in the data, and the last one where it names a key that is missing."""
    loc: Path = tuple(raw["loc"])
    if data is None:
        return tuple(step for step in loc if isinstance(step, int) or not re.search(r"[\[\]()]", step))
    steps: list[str | int] = []
    for position, step in enumerate(loc):
        if has(data, step):
            data = data[step]
        elif not (raw["type"] == "missing" and position == len(loc) - 1):
            continue
        steps.append(step)
    return tuple(steps)


def _told(
    raw: Any, path: Path, model: type[BaseModel], written: Written, extra_keys: tuple[str, ...]
) -> Iterator[Told]:
    kind, value, context = raw["type"], raw["input"], raw.get("ctx", {})
    if kind == "several":
        for step, code, params in context["faults"]:
            yield from _own(code, (*path, step) if step else path, params, written)
    elif kind == "missing" and isinstance(path[-1], int):
        yield Told("list-too-short", path[:-1], {"value": value, "least": path[-1] + 1})
    elif kind == "missing":
        yield Told("missing-key", path[:-1], {"key": path[-1]}, _misspelt(str(path[-1]), value, model, path))
    elif kind == "extra_forbidden":
        yield _unknown_key(path, model, extra_keys if len(path) == 1 else ())
    elif "-" in kind:
        yield from _own(kind, path, context, written)
    elif kind in ("literal_error", "enum"):
        yield _not_one_of(path, value, str(context.get("expected", "")))
    elif kind in _LIMITS:
        code, name, key = _LIMITS[kind]
        yield Told(code, path, {"value": value if name != "pattern" else str(value), name: context[key]})
    elif kind == "finite_number":
        yield Told("number-out-of-range", path, {"written": str(value)})
    else:
        wanted = _WANTED.get(re.sub(r"_(attributes_)?(type|parsing|from_float|required|parsing_size)$", "", kind))
        if wanted:
            yield from _own("wrong-type", path, {"wanted": wanted, "got": kind_of(value)}, written)
        else:
            yield Told("not-valid", path, {"rule": kind})


def _own(code: str, path: Path, params: Mapping[str, Any], written: Written) -> Iterator[Told]:
    """A problem that the types of values have named themselves, with the hint that goes with it."""
    example = params.get("example") or _EXAMPLES.get(params["wanted"] if code == "wrong-type" else code)
    params = {key: value for key, value in params.items() if key != "example"}
    hint = Message("hint.example", {"example": example}) if example else None
    if code == "wrong-type" and params["wanted"] == "text" and params["got"] in ("whole-number", "number", "yes-no"):
        text = written(path)
        hint = Message("hint.quote", {"written": text}) if text else Message("hint.quote-it")
    yield Told(code, path, params, hint)


def _unknown_key(path: Path, model: type[BaseModel], extra_keys: tuple[str, ...]) -> Told:
    parent = model_at(model, path[:-1])
    allowed = sorted({*extra_keys, *(keys_of(parent) if parent else ())})
    return Told("unknown-key", path, {"key": path[-1]}, _choice_hint(str(path[-1]), allowed), at_key=True)


def _not_one_of(path: Path, value: object, expected: str) -> Told:
    allowed = re.findall(r"'([^']*)'", expected) or [expected]
    shown = str(value).lower() if isinstance(value, bool) else str(value)[:80]
    # The message names what may be chosen, so that only the nearest is left for a hint.
    near = get_close_matches(shown, allowed, n=1)
    hint = Message("hint.nearest", {"nearest": near[0]}) if near else None
    return Told("not-one-of", path, {"value": shown, "allowed": tuple(allowed)}, hint)


def _choice_hint(name: str, allowed: Sequence[str]) -> Message | None:
    near = get_close_matches(name, allowed, n=1)
    if near:
        return Message("hint.nearest", {"nearest": near[0]})
    return Message("hint.one-of", {"allowed": ", ".join(allowed)}) if allowed else None


def _misspelt(key: str, parent: object, model: type[BaseModel], path: Path) -> Message | None:
    """Parts that take the keys of kinds do not refuse a misspelt key, so the missing one points to it."""
    part = model_at(model, path[:-1])
    if not isinstance(parent, Mapping) or part is None:
        return None
    near = get_close_matches(key, [name for name in parent if name not in keys_of(part)], n=1)
    return Message("hint.misspelt", {"written": near[0]}) if near else None


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a part as they are written."""
    return [info.alias or name for name, info in model.model_fields.items()]


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The part of the model that a path leads to, None where it leads to plain values."""
    current: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, str) and current is not None:
            field = next((info for name, info in current.model_fields.items() if step in (name, info.alias)), None)
            current = _part_in(field.annotation) if field else None
    return current


def _part_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    parts = (_part_in(inner) for inner in get_args(annotation))
    return next((part for part in parts if part is not None), None)


def _without_noise(found: list[Told]) -> list[Told]:
    """One problem a value: of alternatives that all failed, the first, or the one that got furthest."""
    kept: dict[tuple[object, ...], Told] = {}
    for one in found:
        several = one.code in ("missing-key", "text-language-missing")
        kept.setdefault((one.path, *((one.code, str(one.params)) if several else ())), one)
    deeper = {one.path[:length] for one in kept.values() for length in range(len(one.path))}
    # A list is called too short as well where its items are wrong, and an alternative of another type was not meant.
    above = ("wrong-type", "list-too-short")
    return [one for one in kept.values() if not (one.code in above and one.path in deeper)]


def without_renamed(found: list[Told]) -> list[Told]:
    """A misspelt key that is refused by name need not be called missing as well."""
    renamed = {
        (one.path[:-1], one.hint.params["nearest"])
        for one in found
        if one.code == "unknown-key" and one.hint and one.hint.key == "hint.nearest"
    }
    return [one for one in found if not (one.code == "missing-key" and (one.path, one.params["key"]) in renamed)]
