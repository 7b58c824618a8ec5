"""Patches: a scheme changed by the operations of RFC 6902, with pointers by id, and still knowing where things stand.

A pointer is resolved against the scheme as already patched, to a plain one that the library ``jsonpatch`` applies.
What was applied is remembered, so that the place of a value is found by going back through it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import jsonpatch
from pydantic import Field, ValidationError

from grantengine.errors import Message, Problem, SchemeError, Where
from grantengine.hooks.values import LocalizedText, Many, Text
from grantengine.scheme.checks import at
from grantengine.scheme.collect import Source, nearest_hint
from grantengine.scheme.diff import diff
from grantengine.scheme.load import load_value
from grantengine.scheme.part import Part
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.pointer import follow, pointer_steps, pointer_text, resolve, step_of
from grantengine.scheme.read import Plain, translate
from grantengine.scheme.read import Source as PlainSource
from grantengine.scheme.yaml_events import MAX_DEPTH
from grantengine.scheme.yaml_tree import MAX_VALUES

Path = tuple[str | int, ...]
Origin = Callable[[int], Where]
"""Where the operation with a number is written."""

_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from_", "copy": "from_"}
_MOST_NAMES = 12


@dataclass(frozen=True)
class PatchedSource:
    """A scheme with operations applied to it, which knows where everything in it stands.

    A value that an operation set, or one below it, stands where the operation does; all others where they stood.
    """

    data: dict[str, Any]
    source: Source
    steps: tuple[_Step, ...]
    origin: Origin

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        """As :meth:`SchemeSource.where`."""
        path, names = follow(self.data, pointer)
        before = _before(self.steps, path)
        if isinstance(before, int):
            return replace(self.origin(before), pointer=pointer_text(names))
        return replace(self.source.where(before, key and len(path) == len(names)), pointer=pointer_text(names))

    def where_in_text(self, pointer: Sequence[str | int], offset: int) -> Where:
        """As :meth:`SchemeSource.where_in_text`; all of a text that an operation set stands where the operation does."""
        path, names = follow(self.data, pointer)
        before = _before(self.steps, path)
        if isinstance(before, int) or len(path) < len(names):
            return self.where(pointer)
        return replace(self.source.where_in_text(before, offset), pointer=pointer_text(names))

    def written(self, pointer: Sequence[str | int]) -> str | None:
        """As :meth:`SchemeSource.written`; not known of what an operation set."""
        path, names = follow(self.data, pointer)
        before = _before(self.steps, path)
        return None if isinstance(before, int) or len(path) < len(names) else self.source.written(before)


def apply(source: Source, operations: Sequence[PatchOperation], *, origin: Origin) -> PatchedSource:
    """The scheme with operations applied, one after the other.

    :param source: a scheme's source, or one that has been patched already; it is left as it is.
    :param origin: where the operation with a number is written, for problems.
    :raises SchemeError: with the first operation that can not be applied; those after it may depend on it.
    """
    patching = _patched(source.data, operations, origin)
    return PatchedSource(patching.data, source, tuple(patching.steps), origin)


def inverse(data: Mapping[str, Any], operations: Sequence[PatchOperation]) -> tuple[PatchOperation, ...]:
    """The operations that undo others exactly.

    :param data: the scheme before them.
    :raises SchemeError: with the first operation that can not be applied.
    """
    return diff(_patched(data, operations, lambda number: Where(pointer=operations[number].path)).data, data)


@dataclass(frozen=True)
class Patch:
    """What a patch file says: a title, the operations, and where each of them is written."""

    title: str | Mapping[str, str] | None
    operations: tuple[PatchOperation, ...]
    origin: Origin


class _PatchFile(Part):
    """A patch as a file has it."""

    title: Text | LocalizedText | None = Field(default=None, description="What the patch is called, in any languages.")
    patch: Many[PatchOperation] = Field(description="The operations, in order.")


def read_operations(source: PlainSource | Sequence[Any] | Mapping[str, Any]) -> Patch:
    """Read a patch: a list of operations, or a mapping with them as ``patch`` and perhaps a ``title``.

    :param source: plain data, or a file that was read with ``load(path, list_key="patch")``.
    :raises SchemeError: with every problem found in it, in the order of the file.
    """
    if isinstance(source, Sequence):
        source = {"patch": source}
    places = Plain(source) if isinstance(source, Mapping) else source

    def origin(number: int) -> Where:
        return places.where(("patch", number))

    try:
        file = _PatchFile.model_validate(places.data)
    except ValidationError as error:
        raise SchemeError(translate(error, places, (), _PatchFile)) from error
    faulty = [(number, refused) for number, one in enumerate(file.patch) if (refused := _fault_of(one))]
    if faulty:
        raise SchemeError(Problem(one.code, origin(number), one.params) for number, one in faulty)
    return Patch(file.title, file.patch, origin)


def put(data: Mapping[str, Any], pointer: str, value: Any) -> tuple[PatchOperation, ...]:
    """The operations that give what a pointer means this value, also where there is none yet.

    A ``*`` above the last step means every item, also those that leave the value to its default.

    :param data: the scheme they will be applied to.
    """
    *above, last = pointer_steps(pointer) or ("",)
    holders = resolve(data, pointer_text(above)) if "*" in above and last != "*" else []
    if not holders or not all(isinstance(at(data, path), dict) for path in holders):
        op: Literal["replace", "add"] = "replace" if "*" in (*above, last) or resolve(data, pointer) else "add"
        return (PatchOperation(op=op, path=pointer, value=value),)
    return tuple(
        PatchOperation(
            op="replace" if last in at(data, path) else "add",
            path=pointer_text((*follow(data, path)[1], last)),
            value=value,
        )
        for path in holders
    )


def set_operations(text: str, data: Mapping[str, Any], *, name: str | None = None) -> tuple[PatchOperation, ...]:
    """Read ``POINTER=VALUE``: the operations of :func:`put`.

    :param data: the scheme they will be applied to, as already patched.
    :param name: what problems call the text; they have the columns of it.
    :raises SchemeError: there is no ``=``, the pointer is none, or the value is no YAML.
    """
    pointer, equals, value = text.partition("=")
    if not equals:
        raise SchemeError([Problem("set-without-equals", Where(name), {"written": text})])
    given = load_value(" " * len(pointer + equals) + value, name=name)
    try:
        return put(data, pointer, given)
    except ValidationError as error:
        hint = Message("hint.example", {"example": "/call/budget"})
        raise SchemeError([Problem("pointer-format", Where(name), {"text": pointer}, hint)]) from error


@dataclass(frozen=True, slots=True)
class _Step:
    """One change to one value: of the operation ``number``, at a path; what is moved comes from ``start``."""

    number: int
    op: Literal["add", "remove", "replace"]
    path: Path
    start: Path | None = None

    def before(self, path: Path) -> Path | None:
        """Where the value at ``path`` was before this step, None if the step set it."""
        inside = path[: len(self.path)] == self.path
        if self.op == "remove":
            return _shifted(path, self.path, 1)
        if inside and self.start is None:
            return None
        if self.op == "replace":
            return path
        if inside and self.start is not None:
            return (*self.start, *path[len(self.path) :])
        path = _shifted(path, self.path, -1)
        return path if self.start is None else _shifted(path, self.start, 1)


def _before(steps: Sequence[_Step], path: Path) -> Path | int:
    """Where a value was before all the steps, or the number of the operation that set it."""
    for step in reversed(steps):
        before = step.before(path)
        if before is None:
            return step.number
        path = before
    return path


def _shifted(path: Path, item: Path, by: int) -> Path:
    """A path into a list where the positions from that of ``item`` on are others."""
    *holder, position = item
    depth = len(holder)
    if not isinstance(position, int) or path[:depth] != tuple(holder) or len(path) == depth:
        return path
    step = path[depth]
    return (*holder, step + by, *path[depth + 1 :]) if isinstance(step, int) and step >= position else path


class Refused(Exception):
    """An operation can not be applied."""

    def __init__(self, code: str, params: Mapping[str, object], hint: Message | None = None) -> None:
        super().__init__(code)
        self.code, self.params, self.hint = code, params, hint


class _Patching:
    """A copy of a scheme on which operations are done, and the steps it took."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = copy.deepcopy(dict(data))
        self.steps: list[_Step] = []
        self._values = 0

    def do(self, number: int, operation: PatchOperation) -> None:
        """Do one operation.

        :raises Refused: it can not be applied.
        """
        fault = _fault_of(operation)
        if fault:
            raise fault
        if operation.op == "test":
            self._test(operation)
        elif operation.op == "remove":
            # From the last, so that the positions of those that are left to remove stay.
            for path in reversed(self._found(operation.path)):
                self._step(_Step(number, "remove", path))
        elif operation.op == "replace":
            for path in self._found(operation.path):
                self._step(_Step(number, "replace", path), operation.value)
        elif operation.op == "add":
            self._step(_Step(number, "add", self._new(operation.path, operation.value)), operation.value)
        else:
            self._take(number, operation.op, operation.from_ or "", operation.path)

    def _test(self, operation: PatchOperation) -> None:
        for path in self._found(operation.path):
            try:
                self._apply("test", path, operation.value)
            except jsonpatch.JsonPatchTestFailed:
                target, found = pointer_text(follow(self.data, path)[1]), _shown(at(self.data, path))
                params = {"target": target, "found": found, "wanted": _shown(operation.value)}
                raise Refused("patch-test-failed", params) from None

    def _take(self, number: int, op: Literal["move", "copy"], source: str, target: str) -> None:
        """Copy or move a value; where a moved value goes is found in what is left once it is gone."""
        [start] = self._found(source)
        value = at(self.data, start)
        if op == "copy":
            self._step(_Step(number, "add", self._new(target, value)), value)
            return
        if resolve(self.data, target) == [start]:
            return
        steps = pointer_steps(target)
        if any(resolve(self.data, pointer_text(steps[:depth])) == [start] for depth in range(len(steps))):
            raise Refused("patch-into-itself", {"target": target, "from": source})
        self._apply("remove", start)
        self._step(_Step(number, "add", self._new(target, value), start), value)

    def _found(self, pointer: str) -> list[Path]:
        """The paths of all that a pointer means, at least one."""
        paths = resolve(self.data, pointer)
        if not paths:
            raise Refused("pointer-nowhere", {"target": pointer}, self._hint(pointer))
        return paths

    def _new(self, pointer: str, value: Any) -> Path:
        """Where a value that is added goes: a key, before an item of a list, or last in it."""
        *above, last = pointer_steps(pointer)
        [holder] = self._found(pointer_text(above))
        parent = at(self.data, holder)
        if isinstance(parent, dict):
            return (*holder, last)
        if isinstance(parent, list):
            for before in resolve(parent, pointer_text([last])):
                return (*holder, *before)
            if last in ("-", str(len(parent))) or (isinstance(value, dict) and value.get("id") == last):
                return (*holder, len(parent))
        raise Refused("pointer-nowhere", {"target": pointer}, self._hint(pointer))

    def _hint(self, pointer: str) -> Message | None:
        """The nearest of the names there are where a pointer first leads nowhere, or all of them."""
        steps = pointer_steps(pointer)
        depth = next(n for n in range(len(steps)) if not resolve(self.data, pointer_text(steps[: n + 1])))
        holders = [at(self.data, path) for path in resolve(self.data, pointer_text(steps[:depth]))]
        names = list(dict.fromkeys(name for holder in holders for name in _names(holder)))
        shown = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
        return nearest_hint(steps[depth], names) or (Message("hint.one-of", {"allowed": shown}) if names else None)

    def _step(self, step: _Step, value: Any = None) -> None:
        """Do and remember one change, kept within what a scheme file may hold."""
        values, depth = _size(value)
        self._values += values
        if self._values > MAX_VALUES:
            raise Refused("patch-too-many-values", {"most": MAX_VALUES})
        if len(step.path) + depth > MAX_DEPTH:
            raise Refused("yaml-too-deep", {"most": MAX_DEPTH})
        self._apply(step.op, step.path, value)
        self.steps.append(step)

    def _apply(self, op: str, path: Path, value: Any = None) -> None:
        operation = {"op": op, "path": pointer_text(path), "value": value}
        self.data = jsonpatch.JsonPatch([operation]).apply(self.data, in_place=True)


def _patched(data: Mapping[str, Any], operations: Sequence[PatchOperation], origin: Origin) -> _Patching:
    patching = _Patching(data)
    for number, operation in enumerate(operations):
        try:
            patching.do(number, operation)
        except Refused as refused:
            raise SchemeError([Problem(refused.code, origin(number), refused.params, refused.hint)]) from None
    return patching


def _fault_of(operation: PatchOperation) -> Refused | None:
    """What is wrong with an operation by itself, if anything."""
    need = _NEEDS.get(operation.op)
    if need and need not in operation.model_fields_set:
        return Refused("missing-key", {"key": need.rstrip("_")})
    if operation.op not in ("remove", "replace", "test"):
        for pointer in (operation.path, operation.from_ or ""):
            if "*" in pointer_steps(pointer):
                return Refused("patch-star", {"target": pointer, "op": operation.op})
    return None


def _names(holder: Any) -> list[str]:
    if isinstance(holder, dict):
        return [str(key) for key in holder]
    return [step_of(holder, position) for position in range(len(holder))] if isinstance(holder, list) else []


def _size(value: Any) -> tuple[int, int]:
    """How many values a value holds, itself included, and how many levels of lists and mappings."""
    level, values, depth = [value], 0, 0
    while level:
        values += len(level)
        holders = [one for one in level if isinstance(one, dict | list)]
        level = [inner for one in holders for inner in (one.values() if isinstance(one, dict) else one)]
        depth += bool(holders)
    return values, depth


def _shown(value: Any) -> str:
    """A value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"
