"""An HTML page as tests read it: well formed, or it fails."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "wbr", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Elements in the order they begin, with their parents; fails where tags do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.found: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of {tag} stands twice"
        self.found.append((tag, dict(attrs), tuple(self.stack)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.stack, f"{tag} closes itself outside SVG"
        self.found.append((tag, dict(attrs), tuple(self.stack)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"{tag} ends and was not begun"
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.stack:
            self.words.append((self.stack[-1], data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs, _ in self.found if name == tag]

    def said(self, tag: str) -> list[str]:
        return [words for name, words in self.words if name == tag]
