"""The JSON Schema of one case in a cases file, made from the plan."""

from __future__ import annotations

from collections.abc import Sequence

from grantengine.compile.plan import Plan
from grantengine.compile.scopes import APPLICANT
from grantengine.expressions.types import Type
from grantengine.form.schema import DRAFT, Schema, nullable

MOST_TEXT = 100_000
WHOLE = 10**15


def case_schema(plan: Plan) -> Schema:
    """What a line of a cases file may hold. Nothing but ``id`` and ``answers`` is required, and null is a missing value."""
    answers = {field.id: nullable(field.kind.schema(field.options, "cases")) for field in plan.form.fields}
    # A strand may have another scale for a criterion, or ask a handler where the scheme does not.
    everywhere = (*plan.parts, plan)
    marks = {one.id: _marks(_mark_schemas(one.id, everywhere)) for one in plan.all_criteria}
    judged = {rule.id: nullable({"type": "boolean"}) for one in everywhere for rule in one.rules if rule.asks}
    checked = {
        field.id: answers[field.id] for field in plan.form.fields if field.type.name not in ("list", "record")
    } | {name: nullable(type_schema(kind)) for name, kind in plan.checked_types.items()}
    strands = [strand.id for strand in plan.scheme.strands]
    properties: Schema = {
        "id": {"type": "string", "minLength": 1, "maxLength": 200},
        "submitted_at": nullable({"type": "string", "format": "local-or-instant"}),
        "strand": nullable({"type": "string", **({"enum": strands} if strands else {"maxLength": 200})}),
        "applicant": nullable(_record({name: nullable(type_schema(kind)) for name, kind in APPLICANT.items()})),
        "answers": _record(answers),
        "facts": nullable(_record(_facts(plan))),
        "ratings": nullable(_record(marks)),
        "checked": nullable(_record(checked)),
        "judged": nullable(_record(judged)),
        "withdrawn": nullable({"type": "boolean"}),
        "set_by_hand": nullable(
            {**_record({"amount": type_schema(Type("money")), "reason": {"type": "string", "minLength": 1}}),
             "required": ["amount", "reason"]}
        ),
    }  # fmt: skip
    return {"$schema": DRAFT, **_record(properties), "required": ["id", "answers"]}


def _record(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _facts(plan: Plan) -> Schema:
    sources: dict[str, Schema] = {}
    for name, column in plan.facts.items():
        _, source, field = name.split(".")
        sources.setdefault(source, {})[field] = nullable(type_schema(column.type))
    for name in plan.known.filled.values():
        sources.setdefault(name.removeprefix("facts."), {})  # null where it could not complete the answer
    return {source: nullable(_record(fields)) for source, fields in sources.items()}


def _mark_schemas(id: str, plans: Sequence[Plan]) -> list[Schema]:
    """What a mark for this criterion may be, by the scheme and its strands."""
    found: list[Schema] = []
    for plan in plans:
        found += [dict(one.mark_schema) for one in plan.criteria if one.id == id and one.mark_schema not in found]
    return found


def _marks(marks: list[Schema]) -> Schema:
    """One mark, or a list of them; null is a mark not given."""
    one = nullable(marks[0] if len(marks) == 1 else {"anyOf": marks})
    return {"anyOf": [one, {"type": "array", "items": one, "maxItems": 1000}]}


def type_schema(kind: Type) -> Schema:
    """The JSON Schema of a value of an expression type."""
    match kind.name:
        case "integer":
            return {"type": "integer", "minimum": -WHOLE, "maximum": WHOLE}
        case "number":
            return {"type": "number"}
        case "percent":
            return {"type": "number", "minimum": 0, "maximum": 1}
        case "money":
            return _money()
        case "yes_no":
            return {"type": "boolean"}
        case "date":
            return {"type": "string", "format": "date"}
        case "list":
            assert kind.item is not None
            return {"type": "array", "items": type_schema(kind.item)}
        case "record":
            return _record({name: nullable(type_schema(field)) for name, field in kind.fields})
    if kind.values:
        return {"type": "string", "enum": list(kind.values)}
    return {"type": "string", "maxLength": MOST_TEXT}


def _money() -> Schema:
    # To Python, though not to browsers, `$` also stands before a line break at the end.
    pattern = r"^([0-9]{1,11}(\.[0-9]{1,2})?|100000000000(\.0{1,2})?)$(?!\n)"
    return {
        "anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer", "minimum": 0, "maximum": 10**11}],
        "x-money": {"minimum": 0, "maximum": 10**13},
    }
