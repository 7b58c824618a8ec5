"""A YAML text as plain data beside a tree that remembers where every key and value stands."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events as yaml_event

from grantengine.errors import Message
from grantengine.scheme.scalars import first_unprintable, resolve
from grantengine.scheme.yaml_events import MAX_DEPTH, Refused, events

MAX_VALUES = 50_000


@dataclass(slots=True)
class Node:
    """One value: its data, where it stands (indexes in the text), and the nodes below it."""

    data: Any
    start: int
    end: int
    style: str | None = None
    written: str | None = None
    items: list[Node] = field(default_factory=list)
    keys: dict[str, tuple[int, Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem with its index in the text instead of a line and a column."""

    code: str
    index: int
    params: dict[str, object] = field(default_factory=dict)
    hint: Message | None = None


class Lines:
    """Line and column, counted from 1 as editors do, of an index in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        for index, character in enumerate(text):
            if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
                self._starts.append(index + 1)

    def at(self, index: int) -> tuple[int, int]:
        """The line and column of ``index``."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open; in a mapping ``key`` is the key whose value comes next."""

    node: Node
    is_mapping: bool
    key: str | None = None
    key_start: int = 0
    key_end: int = 0
    wants_key: bool = True
    is_key: bool = False


class Builder:
    """Builds the tree with a stack of its own, so that no depth of nesting can exhaust Python's."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self.unread: list[tuple[Fault, Node]] = []
        self.root: Node | None = None
        self._text = text
        self._lines = Lines(text)
        self._stack: list[_Frame] = []
        self._values = 0
        self._documents = 0

    def build(self) -> None:
        """Read the whole text; afterwards ``root`` is the tree and ``faults`` what is wrong with it.

        ``unread`` are numbers that nothing can hold; they are in the tree as the text they are written as.
        """
        try:
            for event in events(self._text):
                self._take(event)
        except Refused as refused:
            self._fault(refused.code, refused.index, **refused.params)

    def _fault(self, code: str, index: int, hint: Message | None = None, /, **params: object) -> None:
        self.faults.append(Fault(code, index, params, hint))

    def _take(self, event: Any) -> None:
        start = event.start_mark.index
        match event:
            case yaml_event.DocumentStartEvent():
                self._document(event, start)
            case yaml_event.AliasEvent():
                self._fault("yaml-alias", start, name=str(event.anchor)[:20])
                self._value(Node(None, start, event.end_mark.index))
            case yaml_event.ScalarEvent():
                self._names(event, start)
                self._scalar(event, start)
            case yaml_event.MappingStartEvent() | yaml_event.SequenceStartEvent():
                self._names(event, start)
                self._open(event, start)
            case yaml_event.MappingEndEvent() | yaml_event.SequenceEndEvent():
                self._close(event.end_mark.index)
            case _:
                pass

    def _document(self, event: Any, start: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused("yaml-several-documents", start)
        if event.version or event.tags:
            self._fault("yaml-directive", max(self._text.find("%"), 0))

    def _names(self, event: Any, start: int) -> None:
        if event.anchor is not None:
            self._fault("yaml-anchor", start, name=str(event.anchor)[:20])
        if event.tag is not None:
            self._fault("yaml-tag", start, name=str(event.tag).replace("tag:yaml.org,2002:", "!!")[:20])

    def _count(self, start: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise Refused("yaml-too-many-values", start, most=MAX_VALUES)

    def _open(self, event: Any, start: int) -> None:
        self._count(start)
        if len(self._stack) >= MAX_DEPTH:
            raise Refused("yaml-too-deep", start, most=MAX_DEPTH)
        is_mapping = isinstance(event, yaml_event.MappingStartEvent)
        node = Node({} if is_mapping else [], start, start)
        is_key = self._expects_key()
        if is_key:
            self._fault("key-not-text", start)
        self._stack.append(_Frame(node, is_mapping, is_key=is_key))

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        frame.node.end = end
        if frame.is_key:
            self._stack[-1].key, self._stack[-1].wants_key = None, False
        else:
            self._value(frame.node)

    def _expects_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].is_mapping and self._stack[-1].wants_key

    def _scalar(self, event: Any, start: int) -> None:
        self._count(start)
        bad = first_unprintable(event.value)
        if bad is not None:
            self._fault("yaml-character", start, character=f"U+{ord(event.value[bad]):04X}")
        if self._expects_key():
            self._key(event, start)
        else:
            self._value(self._scalar_node(event, start))

    def _scalar_node(self, event: Any, start: int) -> Node:
        node = Node(event.value, start, event.end_mark.index, event.style, event.value)
        if event.style is None:
            try:
                node.data = resolve(event.value)
            except OverflowError:
                fault = Fault("number-out-of-range", start, {"written": event.value[:40]})
                self.unread.append((fault, node))
        return node

    def _key(self, event: Any, start: int) -> None:
        """Whole numbers are taken as the text they are written as: years and organisation numbers are natural keys."""
        frame, key = self._stack[-1], event.value
        frame.key, frame.key_start, frame.key_end, frame.wants_key = key, start, event.end_mark.index, False
        if event.style is None and key == "<<":
            self._fault("yaml-merge-key", start)
            frame.key = None
        elif event.style is None and not _reads_as_text(key):
            self._fault("key-not-text", start, Message("hint.quote", {"written": key[:40]}))
        if frame.key in frame.node.keys:
            first = self._lines.at(frame.node.keys[key][0])[0]
            self._fault("duplicate-key", start, key=key, first_line=first)
            frame.key = None

    def _value(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if not frame.is_mapping:
            frame.node.items.append(node)
            frame.node.data.append(node.data)
        elif frame.wants_key:
            # An alias where a key should stand; it has been reported.
            frame.key, frame.wants_key = None, False
        else:
            if node.written == "" and node.style is None:
                # The library places a value that is left out at whatever comes next.
                node.start = node.end = max(self._text.find(":", frame.key_end), frame.key_end - 1) + 1
            if frame.key is not None:
                frame.node.keys[frame.key] = (frame.key_start, node)
                frame.node.data[frame.key] = node.data
            frame.wants_key = True


def _reads_as_text(key: str) -> bool:
    try:
        value = resolve(key)
    except OverflowError:
        return False
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
