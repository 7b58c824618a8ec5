"""Which names exist at which moment, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grantengine.expressions.nodes import Call, Literal, Name, Node
from grantengine.expressions.types import (
    DATE,
    INTEGER,
    MONEY,
    NUMBER,
    TEXT,
    YES_NO,
    Scope,
    Type,
    choice_of,
    list_of,
)
from grantengine.form.build import Form
from grantengine.hooks.kinds import FactSource
from grantengine.hooks.registry import Registry
from grantengine.records import FactColumn
from grantengine.scheme.model import Scheme

APPLICANT_KINDS = ("organisation", "municipality", "network", "person", "host")
APPLICANT: Mapping[str, Type] = {
    "id": TEXT,
    "organisation_number": TEXT,
    "kind": choice_of(APPLICANT_KINDS),
    "municipality": TEXT,
    "founded": INTEGER,
    "employees": INTEGER,
    "first_time": YES_NO,
}


def column_id(id: str) -> str:
    """An id of the scheme as it reads in a column name."""
    return id.replace("-", "_")


@dataclass(frozen=True)
class Columns:
    """The columns of a scheme's case table and the meaning of the names that stand for more than a column.

    ``plain`` are answers and what is known of applicant and case; ``facts`` come from sources; ``marks`` (lists of
    assessors' marks) and ``judged`` (a handler's yes or no) are for kinds only; ``checked`` are a handler's own values.
    ``filled`` names answers that a source completes, with ``facts.<source>``.
    """

    plain: Mapping[str, Type]
    facts: Mapping[str, FactColumn]
    marks: Mapping[str, Type]
    judged: Mapping[str, Type]
    checked: Mapping[str, Type]
    filled: Mapping[str, str]

    @property
    def all(self) -> dict[str, Type]:
        """Every physical column with its type."""
        facts = {name: column.type for name, column in self.facts.items()}
        checked = {f"checked.{name}": kind for name, kind in self.checked.items()}
        return {**self.plain, **facts, **self.marks, **self.judged, **checked}


def columns(scheme: Scheme, form: Form, registry: Registry, checked: Mapping[str, Type]) -> Columns:
    """The columns of the case table that this scheme's cases have."""
    plain: dict[str, Type] = {field.id: field.type for field in form.fields}
    plain |= {f"applicant.{name}": kind for name, kind in APPLICANT.items()}
    plain["submitted_at"] = DATE
    plain["strand"] = choice_of(tuple(strand.id for strand in scheme.strands)) if scheme.strands else TEXT
    sources = registry.of_role(FactSource, scheme.plugins)
    facts = {
        f"facts.{name}.{column}": fact for name, cls in sources.items() for column, fact in cls(name).columns().items()
    }
    marks = {f"marks.{column_id(criterion.id)}": list_of(NUMBER) for criterion in scheme.criteria}
    judged = {f"judged.{column_id(rule.id)}": YES_NO for rule in scheme.eligibility}
    scalars = {field.id: field.type for field in form.fields if field.type.name not in ("list", "record")}
    fills = {cls.fills: f"facts.{name}" for name, cls in sources.items() if cls.fills is not None}
    filled = {field.id: fills[field.question.kind] for field in form.fields if field.question.kind in fills}
    return Columns(plain, facts, marks, judged, {**scalars, **checked}, filled)


def rule_scope(known: Columns, combined: Mapping[str, Node], checked_from: Mapping[str, str]) -> Scope:
    """What eligibility rules and points see; ``combined`` says what `ratings.<criterion>` stands for."""
    definitions: dict[str, Node] = {f"ratings.{name}": node for name, node in combined.items()}
    for name, kind in known.checked.items():
        own = _column(f"checked.{name}", kind)
        source = name if name in known.plain else checked_from.get(name)
        definitions[f"checked.{name}"] = _first_known(own, source, kind) if source else own
    if "requested" not in known.plain:
        definitions["requested"] = Literal(value=None, type=MONEY)
    facts = {name: column.type for name, column in known.facts.items()}
    later = frozenset({"total", "granted", *(f"points.{name[6:]}" for name in known.marks)})
    return Scope({**known.plain, **facts}, definitions, later)


def _first_known(own: Name, source: str, kind: Type) -> Node:
    return Call(function="coalesce", args=(own, _column(source, kind)), type=kind)


def _column(dotted: str, kind: Type) -> Name:
    return Name(path=tuple(dotted.split(".")), type=kind)


def kind_scope(scope: Scope, known: Columns) -> Scope:
    """What a plugin's kind may read besides: assessors' marks and handlers' judgements."""
    return scope.extended({**known.marks, **known.judged})


def allocation_scope(scope: Scope, known: Columns) -> Scope:
    """What tie-breaks and allocation options see: also points and the total."""
    points = {f"points.{name[6:]}": NUMBER for name in known.marks}
    return Scope({**scope.columns, **points, "total": NUMBER}, scope.definitions, frozenset({"granted"}))


def outcome_scope(scope: Scope, known: Columns) -> Scope:
    """What payment, reporting and control see: also what was granted."""
    wider = allocation_scope(scope, known)
    return Scope({**wider.columns, "granted": MONEY}, wider.definitions)
