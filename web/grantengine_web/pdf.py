"""Papers to keep: a receipt with what was handed in, as a PDF that screen readers can read (PDF/UA)."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import typst

from grantengine_web import here
from grantengine_web.answers import Said, said_pages
from grantengine_web.applicant.reading import file_size, second, words

if TYPE_CHECKING:
    from grantengine.services.see_receipt import ReceiptSeen


def receipt_pdf(seen: ReceiptSeen) -> bytes:
    """The receipt in the language of the page. What people wrote goes in as data: none of it can be read as markup."""
    t, paper = words().t, seen.paper
    number = f" ({paper.organisation_number})" if paper.organisation_number else ""
    facts = [
        (t("web.receipt.number"), seen.receipt.number), (t("web.receipt.arrived"), second(seen.receipt.arrived)),
        (t("web.overview.applicant"), paper.organisation + number), (t("web.preview.call"), words().plain(paper.call)),
        (t("web.start.authority"), words().plain(paper.authority)),
        *([(t("web.receipt.sent-by"), seen.sent_by)] if seen.sent_by else []),
    ]  # fmt: skip
    return typeset(
        "receipt.typ",
        {
            "language": here.language(), "title": t("web.receipt.title", number=seen.receipt.number), "facts": facts,
            "lead": t("web.receipt.lead"), "what": t("web.receipt.what"), "sum": t("web.answer.sum"),
            "pages": [
                {"title": words().plain(page.title), "answers": [_answer(one) for one in page.answers]}
                for page in said_pages(paper)
            ],
            "partners-title": t("web.preview.partners"),
            "partners": [f"{one.name}: {t('web.partners.' + one.status)}" for one in paper.partners],
        },
    )  # fmt: skip


def _answer(one: Said) -> dict[str, Any]:
    lines = [f"{file.file_name} ({file_size(file.size)})" for file in one.files] or list(one.lines)
    if one.shape == "none":
        lines = [words().t("web.answer.partners" if one.beside else "web.answer.none")]
    return {
        "label": words().plain(one.label), "table": one.shape == "table", "lines": lines, "rows": one.rows,
        "columns": [column.label for column in one.columns], "numbers": [column.is_number for column in one.columns],
        "sums": one.sums,
    }  # fmt: skip


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """A paper from a template of ours and data; PDF/UA-1 where its fonts have every letter, else as it can be.

    Letters that the bundled fonts lack are taken from the machine's, where it has any.
    """
    source = (resources.files("grantengine_web") / "papers" / template).read_bytes()
    given = {"data": json.dumps(data)}
    for has_system in (False, True):
        try:
            return typst.compile(
                source, format="pdf", sys_inputs=given, font_paths=_fonts(has_system), pdf_standards="ua-1"
            )
        except typst.TypstError:
            continue  # a letter that none of these fonts has
    return typst.compile(source, format="pdf", sys_inputs=given, font_paths=_fonts(True))


@lru_cache(maxsize=2)
def _fonts(has_system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=has_system)
