"""Writes the generated pages of this folder: the scheme format with every bundled kind, and the problem codes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from grantengine.bootstrap import bootstrap
from grantengine.errors import Message
from grantengine.hooks.kinds import (
    AllocationMethod,
    ConditionKind,
    CriterionKind,
    FactSource,
    Kind,
    PaymentPlan,
    QuestionKind,
    ReportProfile,
    RoundKind,
)
from grantengine.hooks.registry import Registry
from grantengine.scheme.docs_table import format_markdown, options_table
from grantengine.texts.catalogue import Texts

ROLES: tuple[tuple[str, type[Kind]], ...] = (
    ("Question kinds", QuestionKind),
    ("Kinds of eligibility rule", ConditionKind),
    ("Kinds of award criterion", CriterionKind),
    ("Fact sources", FactSource),
    ("Kinds of review round", RoundKind),
    ("Allocation methods", AllocationMethod),
    ("Payment plans", PaymentPlan),
    ("Report profiles", ReportProfile),
)


def format_page(registry: Registry) -> str:
    """The scheme format, then every kind with its plugin and options."""
    return "\n".join([format_markdown().rstrip("\n"), "", *_kinds(registry)]) + "\n"


def _kinds(registry: Registry) -> Iterator[str]:
    for title, base in ROLES:
        yield f"## {title}"
        yield ""
        for name, cls in registry.of_role(base).items():
            yield f"### `{name}` (plugin `{registry.owner(base, name)}`)"
            yield ""
            yield inspect.cleandoc(cls.__doc__ or "").replace("\n", " ")
            if issubclass(cls, FactSource):
                columns = (f"`facts.{name}.{column}` ({fact.type})" for column, fact in cls(name).columns().items())
                yield f"Columns: {', '.join(columns)}."
            if issubclass(cls, ReportProfile):
                yield f"Takes the recipient {cls.minutes:g} minutes."
            yield ""
            if cls.Options.model_fields:
                yield from options_table(cls.Options)
                yield ""


def errors_page(texts: Texts) -> str:
    """Every problem code with its words in English."""
    english = texts.catalogues.get("en", {})
    codes = sorted(key.removeprefix("problem.") for key in english if key.startswith("problem."))
    rows = [f"| `{code}` | {_cell(texts, code)} |" for code in codes]
    return "\n".join([_ERRORS_HEAD, *rows]) + "\n"


def _cell(texts: Texts, code: str) -> str:
    return texts.say(Message(f"problem.{code}"), "en").replace("|", "\\|").replace("\n", " ")


_ERRORS_HEAD = """\
# Problem codes

Codes are stable; words are not. A problem on the terminal reads `file:line:column: code: message (hint)`. This page is made
from the catalogues; do not edit it by hand. Parameters stand in braces.

| code | words in English |
| --- | --- |"""

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """File name to text of each generated page."""
    registry = bootstrap({}).registry
    return {"scheme-format.md": format_page(registry), "errors.md": errors_page(registry.texts)}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
