"""The form as JSON Schema (draft 2020-12), and the vocabulary of our own that its checker adds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from grantengine.errors import MoneyError
from grantengine.form.build import Field, Form
from grantengine.form.visible import true_schema
from grantengine.hooks.kinds import Audience
from grantengine.money import parse_ore
from grantengine.texts.catalogue import in_language

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
OSLO = ZoneInfo("Europe/Oslo")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def form_schema(form: Form, language: str = "en", audience: Audience = "form") -> Schema:
    """The schema of a whole set of answers: which are needed, and which must be absent because they are hidden."""
    properties = {field.id: _described(field, language, audience) for field in form.fields}
    required = [field.id for field in form.fields if field.visible_if is None and field.needed == "to_submit"]
    conditions = [_condition(field) for field in form.fields if field.visible_if is not None]
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **({"allOf": conditions} if conditions else {}),
    }


def _described(field: Field, language: str, audience: Audience) -> Schema:
    question = field.question
    described: Schema = {"title": in_language(field.label, language)}
    if question.help:
        described["description"] = in_language(question.help, language)
    return {**described, **field.kind.schema(field.options, audience)}


def _condition(field: Field) -> Schema:
    assert field.visible_if is not None
    shown: Schema = {"required": [field.id]} if field.needed == "to_submit" else {}
    return {"if": true_schema(field.visible_if.node), "then": shown, "else": {"properties": {field.id: False}}}


def nullable(schema: Schema) -> Schema:
    """The same schema with null accepted: in files of cases a null is a missing answer."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "null" in schema.get("type", ()):
        return schema
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    wider = {**schema, "type": [schema["type"], "null"]}
    if "enum" in wider:
        wider["enum"] = [*wider["enum"], None]
    if schema.get("type") == "object":
        wider["properties"] = {
            name: part if name in schema.get("required", ()) else nullable(part)
            for name, part in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        wider["items"] = _loose_items(schema.get("items", {}))
    return wider


def _loose_items(items: Schema) -> Schema:
    if items.get("type") != "object":
        return items
    loose = nullable(items)
    return {**loose, "type": "object"}


def _x_money(validator: Validator, bounds: Schema, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    """Keyword ``x-money``: the sum, in øre, lies between ``minimum`` and ``maximum``, and is no number with a fraction."""
    if isinstance(instance, float) and instance.is_integer():
        # To JSON Schema 12.0 is an integer; as a sum it is a fraction number like 12.5.
        yield ValidationError("a sum is a text or a whole number", validator="x-money")
    if isinstance(instance, bool) or not isinstance(instance, str | int):
        return
    try:
        ore = parse_ore(instance) if isinstance(instance, str) else instance * 100
    except MoneyError:
        return  # what is no sum at all is refused by `anyOf`
    if ore < bounds["minimum"]:
        yield ValidationError("below the smallest sum", validator="x-money-minimum", validator_value=bounds["minimum"])
    if ore > bounds["maximum"]:
        yield ValidationError("above the largest sum", validator="x-money-maximum", validator_value=bounds["maximum"])


formats = FormatChecker()
_NINE_DIGITS = re.compile(r"[0-9]{9}")


def _organisation_number(value: object) -> bool:
    """A Norwegian organisation number: nine digits, weighted sum divisible by 11."""
    if not isinstance(value, str) or not _NINE_DIGITS.fullmatch(value):
        return not isinstance(value, str)
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    return sum(int(digit) * weight for digit, weight in zip(value, weights, strict=True)) % 11 == 0


FormValidator = extend(Draft202012Validator, {"x-money": _x_money})
"""Draft 2020-12 with the keyword ``x-money``."""


def validator(schema: Schema) -> Validator:
    """A checker for ``schema`` with formats on."""
    made: Validator = FormValidator(schema, format_checker=formats)
    return made


def _local_or_instant(value: object) -> bool:
    """A date, a local date and time, or an instant with its offset, in ISO 8601."""
    return not isinstance(value, str) or parse_instant(value) is not None


formats.checks("no-orgnr")(_organisation_number)
formats.checks("local-or-instant", raises=ValueError)(_local_or_instant)


def parse_instant(text: str) -> datetime.datetime:
    """A date, a local time in Europe/Oslo, or an instant with offset, as an aware time in Europe/Oslo.

    :raises ValueError: the text is none of them.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError("not a date or time")
    moment = datetime.datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=OSLO) if moment.tzinfo is None else moment.astimezone(OSLO)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error
