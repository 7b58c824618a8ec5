"""The difference between two schemes as a patch: by id, one operation for each thing that was changed."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Literal

from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.pointer import pointer_text, step_of

Steps = tuple[str, ...]
Key = tuple[str, int]
"""What an item of a list is told by: its id, or its content and how many like it come before."""


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[PatchOperation, ...]:
    """The operations that make one scheme of another, list order included.

    Values are told apart as in JSON: ``1``, ``1.0`` and ``true`` differ. Items with ids are the same where the ids
    are; other items where their content is. What no pointer leads to goes with what holds it.
    """
    return tuple(_changes((), dict(before), dict(after)))


def _changes(path: Steps, before: Any, after: Any) -> Iterator[PatchOperation]:
    if isinstance(before, dict) and isinstance(after, dict) and _addressable({*before, *after}):
        yield from _keys(path, before, after)
    elif isinstance(before, list) and isinstance(after, list) and not _ambiguous(before, after):
        yield from _items(path, before, after)
    elif _content(before) != _content(after):
        yield _operation("replace", path, after)


def _keys(path: Steps, before: dict[str, Any], after: dict[str, Any]) -> Iterator[PatchOperation]:
    if path and _is_another(before, after, before.keys() & after.keys()):
        yield _operation("replace", path, after)
        return
    for key, was in before.items():
        if key in after:
            yield from _changes((*path, key), was, after[key])
        else:
            yield _operation("remove", (*path, key))
    for key, value in after.items():
        if key not in before:
            yield _operation("add", (*path, key), value)


def _items(path: Steps, before: list[Any], after: list[Any]) -> Iterator[PatchOperation]:
    old, new = _item_keys(before), _item_keys(after)
    kept = set(old) & set(new)
    if not _have_ids(old + new) and _fewer_by_position(old, new, kept, before):
        for position, (was, item) in enumerate(zip(before, after, strict=True)):
            yield from _changes((*path, str(position)), was, item)
    elif _is_another(before, after, kept):
        yield _operation("replace", path, after)
    else:
        yield from _rearranged(path, before, after, old, new)


def _rearranged(
    path: Steps, before: list[Any], after: list[Any], old: list[Key], new: list[Key]
) -> Iterator[PatchOperation]:
    """Remove, then put each item right after the one before it, where it is not there; last, changes within items."""
    items, keys = list(before), list(old)
    for position in reversed(range(len(keys))):
        if keys[position] not in new:
            yield _operation("remove", (*path, _address(items, position)))
            del items[position], keys[position]
    stays = _longest_rising([keys.index(key) for key in new if key in keys])
    staying = {keys[position] for position in stays}
    for index, key in enumerate(new):
        if key in staying:
            continue
        place = keys.index(new[index - 1]) + 1 if index else 0
        if key not in keys:
            yield _operation("add", (*path, _address(items, place)), after[index])
            item = after[index]
        else:
            start = keys.index(key)
            source = (*path, _address(items, start))
            item = items.pop(start)
            del keys[start]
            place -= start < place
            if start != place:
                yield _move(source, (*path, _address(items, place)))
        items.insert(place, item)
        keys.insert(place, key)
    for index, item in enumerate(after):
        if _have_ids([new[index]]):
            yield from _changes((*path, _address(items, index)), items[index], item)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The most of some different numbers that already stand in rising order."""
    ends: list[int] = []
    lengths: list[int] = []
    for number in numbers:
        lengths.append(bisect_left(ends, number))
        ends[lengths[-1] : lengths[-1] + 1] = [number]
    found: set[int] = set()
    for number, length in zip(reversed(numbers), reversed(lengths), strict=True):
        if length == len(ends) - 1 - len(found):
            found.add(number)
    return found


def _is_another(before: Sized, after: Sized, kept: Sized) -> bool:
    """Whether nothing is left of what there was, so that it reads better to give what there is instead."""
    return bool(before) and not kept and len(before) + len(after) > 1


def _fewer_by_position(old: list[Key], new: list[Key], kept: set[Key], before: list[Any]) -> bool:
    """Whether items without ids were changed where they stand, rather than put in and taken out."""
    if len(old) != len(new) or (not kept and not any(isinstance(item, dict | list) for item in before)):
        return False
    return sum(was[0] != now[0] for was, now in zip(old, new, strict=True)) <= 2 * (len(old) - len(kept))


def _item_keys(items: list[Any]) -> list[Key]:
    seen: Counter[str] = Counter()
    keys: list[Key] = []
    for item in items:
        name = _id(item)
        if name is not None and _addressable([name]):
            keys.append((name, -1))
        else:
            content = _content(item)
            keys.append((content, seen[content]))
            seen[content] += 1
    return keys


def _have_ids(keys: list[Key]) -> bool:
    return any(number < 0 for _, number in keys)


def _id(item: Any) -> str | None:
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _address(items: list[Any], position: int) -> str:
    """How an item, or the end, is named where ids are no positions and none is there twice."""
    if position == len(items):
        return "-"
    name = step_of(items, position)
    return name if _addressable([name]) else str(position)


def _addressable(names: Iterable[str]) -> bool:
    """Whether pointers can have these steps, each meaning one thing."""
    return all(name.split() == [name] and name != "*" for name in names)


def _ambiguous(before: list[Any], after: list[Any]) -> bool:
    """Whether an id may be taken for a position, or for that of another item."""
    for items in (before, after):
        ids = [name for item in items if (name := _id(item)) is not None]
        if len(ids) != len(set(ids)) or any(name.isdigit() or name == "-" for name in ids):
            return True
    return False


def _content(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _operation(op: Literal["add", "remove", "replace"], path: Steps, value: Any = None) -> PatchOperation:
    # Not validated: the steps are known to be right, and the whole scheme has a pointer here that files have not.
    given = {} if op == "remove" else {"value": value}
    return PatchOperation.model_construct(op=op, path=pointer_text(path), **given)


def _move(source: Steps, target: Steps) -> PatchOperation:
    return PatchOperation(op="move", path=pointer_text(target), **{"from": pointer_text(source)})
