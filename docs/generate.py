"""Writes the generated pages of this folder: the scheme format with every bundled kind, problem codes, and who may do what."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

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
ACCESS = HERE.parent / "tests" / "services" / "access.yaml"
"""The table that the tests hold every service to."""

_ACCESS_HEAD = """\
# Who may do what

This page is made from `tests/services/access.yaml`; do not edit it by hand. A test has everyone in turn try every service,
as the table says: who is not named is told that it is not allowed, or that there is no such thing, and changes nothing.

- *Own organisation* is the one whose case it is, *own authority* the one whose call it is. Those of others are named where
  they may do something.
- Of the authority, only those who have declared their interests since a case came in may open it, and an assessor only
  what is assigned (an *assessor with the case*).
- *With a tie*: someone of the own authority, also an assessor with the case, who has a tie that counts. By the scheme it
  touches every case of the call, or those of one applicant. Whoever has one can neither open, rate nor decide a case that it
  touches, through any service.
- *System* is whoever runs it, on the command line or by the worker. A link that was sent to someone opens
  what it is about, whoever uses it."""


def access_page() -> str:
    """Every service with those who may use it, by section."""
    sections: dict[str, dict[str, Any]] = YAML(typ="safe").load(ACCESS.read_text(encoding="utf-8"))
    lines = [_ACCESS_HEAD]
    for title, services in sections.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| service | what it does | own organisation | own authority | with a tie | others |",
        ]
        lines.append("| --- | --- | --- | --- | --- | --- |")
        lines += [
            f"| `{service}` | {_does(service)} | {' | '.join(_may(line))} |" for service, line in services.items()
        ]
    return "\n".join(lines) + "\n"


def _does(service: str) -> str:
    """The first sentence of what a service says of itself."""
    module, name = service.split(".")
    told = inspect.getdoc(getattr(importlib.import_module(f"grantengine.services.{module}"), name)) or ""
    first = re.split(r"(?<=\.)\s|\n\n", told.replace("``", "`"), maxsplit=1)[0]
    return " ".join(first.split()).replace("|", "\\|")


def _may(line: str | dict[str, list[str]]) -> tuple[str, str, str, str]:
    """Those who may, by column; an empty one says nobody."""
    if isinstance(line, str):
        return "all", "all", "all", line
    own = ("own organisation", "own authority", "with a tie")
    others = {name: roles for name, roles in line.items() if name not in own}
    said = [
        ", ".join(roles) if name in {"outside", "person"} else f"{name}: {', '.join(roles)}"
        for name, roles in others.items()
    ]
    first, second, third = (", ".join(line.get(name, ())) for name in own)
    return first, second, third, "; ".join(said)


def pages() -> dict[str, str]:
    """File name to text of each generated page."""
    registry = bootstrap({}).registry
    return {
        "scheme-format.md": format_page(registry),
        "errors.md": errors_page(registry.texts),
        "access.md": access_page(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
