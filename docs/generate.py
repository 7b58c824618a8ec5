"""Writes the generated pages of this folder: the scheme format with every bundled kind, and the problem codes."""

from __future__ import annotations

from pathlib import Path

from grantengine.bootstrap import bootstrap
from grantengine.docs_pages import errors_page, format_page

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """File name to text of each generated page."""
    registry = bootstrap({}).registry
    return {"scheme-format.md": format_page(registry), "errors.md": errors_page(registry.texts)}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
