"""Reading a scheme file: plain data, and the line and column of every key, value and character in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grantengine.errors import Problem, SchemeError, Where
from grantengine.scheme.pointer import escape, step_of
from grantengine.scheme.scalars import first_unprintable
from grantengine.scheme.yaml_text import position_of
from grantengine.scheme.yaml_tree import Builder, Lines, Node

MAX_BYTES = 1_000_000

Steps = tuple[str | int, ...]
"""Keys and positions from the top of a file down to a value."""


@dataclass(frozen=True, slots=True)
class _Found:
    """How far a pointer could be followed: the last node, the start of its key, and the steps by id."""

    node: Node
    key_start: int
    steps: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class SchemeSource:
    """A scheme file as data that knows where everything in it stands.

    ``unread`` tells by path of values that can not be read (``.inf``); they are text in ``data``, and ``check`` refuses
    the scheme, with everything else that is wrong.
    """

    data: dict[str, Any]
    text: str
    file: str | None
    root: Node = field(repr=False)
    lines: Lines = field(repr=False)
    unread: dict[Steps, Problem] = field(default_factory=dict)

    def where(self, pointer: Sequence[str | int], key: bool = False) -> Where:
        """The place of a value, or of its key; of the nearest existing ancestor's value where there is none.

        :param pointer: keys, and list items by id or position.
        """
        found = self._find(pointer)
        index = found.key_start if key and found.complete else found.node.start
        return self._where(index, found)

    def where_in_text(self, pointer: Sequence[str | int], offset: int) -> Where:
        """The place in the file of the character at ``offset`` of a text value; of the value if it is no text."""
        found = self._find(pointer)
        node = found.node
        if not found.complete or node.written is None:
            return self._where(node.start, found)
        raw = self.text[node.start : node.end]
        return self._where(node.start + position_of(raw, node.style, node.written, offset), found)

    def written(self, pointer: Sequence[str | int]) -> str | None:
        """A scalar as it was written, before YAML made a number or a yes/no of it (``0301``, ``1.10``); else None."""
        found = self._find(pointer)
        return found.node.written if found.complete else None

    def _find(self, pointer: Sequence[str | int]) -> _Found:
        node, key_start, steps = self.root, self.root.start, list[str]()
        for depth, step in enumerate(pointer):
            if isinstance(node.data, dict) and str(step) in node.keys:
                key_start, node = node.keys[str(step)]
                steps.append(str(step))
                continue
            position = _position(node, step)
            if position is None:
                rest = (str(left) for left in pointer[depth:])
                return _Found(node, key_start, (*steps, *rest), complete=False)
            steps.append(step_of(node.data, position))
            node = node.items[position]
            key_start = node.start
        return _Found(node, key_start, tuple(steps), complete=True)

    def _where(self, index: int, found: _Found) -> Where:
        line, column = self.lines.at(index)
        return Where(self.file, line, column, "".join("/" + escape(step) for step in found.steps))


def _position(node: Node, step: str | int) -> int | None:
    """Where in a list the item with an id or a position stands, None where there is none."""
    if not isinstance(node.data, list):
        return None
    for position, item in enumerate(node.data):
        if isinstance(item, dict) and item.get("id") == step and isinstance(step, str):
            return position
    if isinstance(step, int) or (step.isascii() and step.isdigit() and len(step) < 10):
        return int(step) if 0 <= int(step) < len(node.items) else None
    return None


def load(source: Path | str, *, name: str | None = None, list_key: str | None = None) -> SchemeSource:
    """Read a scheme from a file or from YAML text.

    :param source: a path to a file in UTF-8, or the text itself.
    :param name: what problems call the file; a path calls itself.
    :param list_key: a file that is a list is read as a mapping with this one key; without it, it is refused.
    :raises SchemeError: with every problem that was found in reading; of values that can not be read only where nothing
        else of the file can be checked.
    """
    file = name if name is not None or isinstance(source, str) else str(source)
    text = _text_of(source, file)
    lines = Lines(text)
    builder = _built(text, file, lines)
    root = builder.root
    if root is None:
        raise SchemeError([Problem("file-empty", Where(file, *lines.at(0)))])
    if list_key is not None or not isinstance(root.data, dict):
        _refuse_faults(builder, file, lines)
    if list_key is not None and isinstance(root.data, list):
        root = Node({list_key: root.data}, root.start, root.end, keys={list_key: (root.start, root)})
    if not isinstance(root.data, dict):
        raise SchemeError([Problem("not-a-mapping", Where(file, *lines.at(root.start)))])
    found = SchemeSource(root.data, text, file, root, lines)
    for fault, node in builder.unread:
        path = _path_to(node, root)
        found.unread[path] = Problem(fault.code, found.where(path), fault.params)
    return found


def unread_in(source: object) -> Mapping[Steps, Problem]:
    """The values of a source that can not be read, by path; what is no file has been read already."""
    return source.unread if isinstance(source, SchemeSource) else {}


def load_value(text: str, *, name: str | None = None) -> Any:
    """One value as a scheme file would have it, such as that of an option of the command line; nothing is null.

    :param name: what problems call the text.
    :raises SchemeError: with every problem that was found in reading.
    """
    lines = Lines(text)
    builder = _built(_text_of(text, name), name, lines)
    _refuse_faults(builder, name, lines)
    return builder.root.data if builder.root else None


def _built(text: str, file: str | None, lines: Lines) -> Builder:
    bad = first_unprintable(text)
    if bad is not None:
        params = {"character": f"U+{ord(text[bad]):04X}"}
        raise SchemeError([Problem("yaml-character", Where(file, *lines.at(bad)), params)])
    builder = Builder(text)
    builder.build()
    if builder.faults:
        _refuse_faults(builder, file, lines)
    return builder


def _refuse_faults(builder: Builder, file: str | None, lines: Lines) -> None:
    """Refuse a text with anything wrong in it, also where it is a single value."""
    faults = sorted([*builder.faults, *(fault for fault, _ in builder.unread)], key=lambda fault: fault.index)
    if faults:
        raise SchemeError(
            Problem(fault.code, Where(file, *lines.at(fault.index)), fault.params, fault.hint) for fault in faults
        )


def _path_to(node: Node, root: Node) -> Steps:
    """The path of a node of the tree."""
    waiting: list[tuple[Steps, Node]] = [((), root)]
    while waiting:
        path, current = waiting.pop()
        if current is node:
            return path
        waiting += [((*path, key), below) for key, (_, below) in current.keys.items()]
        waiting += [((*path, position), below) for position, below in enumerate(current.items)]
    raise LookupError("the node is not of this tree")


def _text_of(source: Path | str, file: str | None) -> str:
    """The text without a byte order mark, its size and encoding checked."""
    if isinstance(source, Path):
        return _decoded(_bytes_of(source, file), file).removeprefix("\ufeff")
    if len(source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SchemeError([Problem("file-too-large", Where(file), {"most": MAX_BYTES})])
    return source.removeprefix("\ufeff")


def _bytes_of(path: Path, file: str | None) -> bytes:
    def fail(code: str, **params: object) -> SchemeError:
        return SchemeError([Problem(code, Where(file), params)])

    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise fail("file-missing") from error
    except IsADirectoryError as error:
        raise fail("file-is-a-directory") from error
    except (OSError, ValueError) as error:
        # ValueError: a path with a NUL character.
        raise fail("file-unreadable") from error
    if len(content) > MAX_BYTES:
        raise fail("file-too-large", most=MAX_BYTES)
    return content


def _decoded(content: bytes, file: str | None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        where = Where(file, *Lines(before).at(len(before)))
        raise SchemeError([Problem("file-not-utf-8", where, {"byte": f"0x{content[error.start]:02X}"})]) from error
