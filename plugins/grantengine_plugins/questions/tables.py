"""Questions answered with rows: tables a scheme declares, and the three with fixed columns."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from grantengine import Audience, Draw, KindOptions, QuestionKind, format_ore, refuse, types
from grantengine_plugins.questions.numbers import Integer, IntegerOptions, MoneyAmount, MoneyOptions
from grantengine_plugins.questions.places import Municipality, OrganisationNumber, organisation_number
from grantengine_plugins.questions.texts_and_choices import Date, Text, TextOptions, YesNo

MOST_ROWS = 500
_TEXT, _WHOLE, _SUM, _PLAIN = TextOptions(max_length=500), IntegerOptions(minimum=0), MoneyOptions(), KindOptions()


class RowsOptions(KindOptions):
    """How many rows."""

    minimum_rows: int = Field(0, ge=0, le=MOST_ROWS, description="Fewest rows.")
    maximum_rows: int = Field(MOST_ROWS, ge=1, le=MOST_ROWS, description="Most rows.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum_rows > self.maximum_rows:
            raise refuse("minimum-above-maximum", at="minimum_rows")
        return self


class TableOptions(RowsOptions):
    """How many rows, and the questions of each row."""

    columns: tuple[dict[str, Any], ...] = Field(min_length=1, description="The questions of a row.")


class Rows(QuestionKind):
    """Common to all tables. A part is (question kind with its id, its options, whether a row must have it)."""

    widget = "table"
    Options: ClassVar[type[RowsOptions]] = RowsOptions
    default_minutes = 6
    held_back: ClassVar[tuple[str, ...]] = ()

    def column(self, options: Any) -> types.Type:
        fields = {kind.id: kind.column(part) for kind, part, _ in self.parts}
        return types.list_of(types.record_of(**fields))

    def schema(self, options: Any, audience: Audience) -> dict[str, Any]:
        shown = [part for part in self.parts if audience == "cases" or part[0].id not in self.held_back]
        row = {
            "type": "object",
            "properties": {kind.id: kind.schema(part, audience) for kind, part, _ in shown},
            "required": [kind.id for kind, _, required in shown if required],
            "additionalProperties": False,
        }
        # What others add to a list may be more than the form has room for.
        most = MOST_ROWS if audience == "cases" and self.held_back else options.maximum_rows
        return {"type": "array", "items": row, "minItems": options.minimum_rows, "maxItems": most}


class Table(Rows):
    """Rows whose columns the scheme declares."""

    kind = "table"
    Options = TableOptions
    has_columns = True

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        counts = np.clip(draw.rng.poisson(2, draw.n), options.minimum_rows, options.maximum_rows)
        total = int(counts.sum())
        size = np.repeat(draw.size, counts)
        inner = replace(draw, n=total, size=size, quality=np.repeat(draw.quality, counts))
        columns = {kind.id: kind.sample(part, inner) for kind, part, _ in self.parts}
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        ends = np.cumsum(counts)
        return [rows[end - count : end] for end, count in zip(ends, counts, strict=True)]


class Partners(Rows):
    """Partners of an application. Only the partner's own answer and the register say `confirmed` and `public`."""

    kind = "partners"
    absent_is_false = ("public", "confirmed")
    held_back = ("public", "confirmed")
    parts = (
        (Text("name"), _TEXT, True),
        (OrganisationNumber("organisation_number"), _PLAIN, False),
        (YesNo("public"), _PLAIN, False),
        (YesNo("confirmed"), _PLAIN, False),
        (Text("task"), _TEXT, False),
        (MoneyAmount("amount"), _SUM, False),
    )

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        lean = np.exp(0.5 * draw.size + 0.2 * draw.quality)
        counts = np.clip(
            draw.rng.poisson(1.1 * lean), options.minimum_rows, min(options.maximum_rows, max(8, options.minimum_rows))
        )
        return [[self._partner(draw, place) for place in range(count)] for count in counts]

    @staticmethod
    def _partner(draw: Draw, place: int) -> dict[str, Any]:
        public, confirmed, has_task, pays = draw.rng.random(4) < (0.25, 0.7, 0.6, 0.3)
        partner: dict[str, Any] = {
            "name": f"Kommune {place + 1}" if public else f"Forening {place + 1}",
            "organisation_number": organisation_number(draw),
            "public": bool(public),
            "confirmed": bool(confirmed),
        }
        if has_task:
            partner["task"] = "Lokaler og rekruttering" if public else "Frivillige og aktivitet"
        if pays:
            partner["amount"] = format_ore(int(draw.rng.integers(5, 80)) * 100_000)
        return partner


class Activities(Rows):
    """Planned activities: what, for whom, where, when."""

    kind = "activities"
    default_minutes = 10
    parts = (
        (Text("name"), _TEXT, True),
        (Text("target_group"), _TEXT, False),
        (Municipality("municipality"), _PLAIN, False),
        (Date("from"), _PLAIN, False),
        (Date("to"), _PLAIN, False),
        (Integer("participants"), _WHOLE, False),
    )

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        counts = np.clip(draw.rng.poisson(1.5, draw.n), max(1, options.minimum_rows), options.maximum_rows)
        kinds = ("Svømmekurs", "Språkkafé", "Turgruppe", "Leksehjelp")
        groups = ("barn", "ungdom", "voksne")
        first, last = (draw.day + datetime.timedelta(days=days) for days in (60, 180))
        return [
            [
                {
                    "name": kinds[draw.rng.integers(len(kinds))],
                    "target_group": groups[draw.rng.integers(len(groups))],
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "participants": int(10 + draw.rng.poisson(12)),
                }
                for _ in range(count)
            ]
            for count in counts
        ]


class Budget(Rows):
    """Budget lines: what it costs and who pays."""

    kind = "budget"
    default_minutes = 20
    parts = ((Text("line"), _TEXT, True), (MoneyAmount("amount"), _SUM, True), (Text("funded_by"), _TEXT, False))

    def sample(self, options: Any, draw: Draw) -> list[Any]:
        lines = ("Lønn", "Lokaler", "Utstyr", "Reise")
        count = max(options.minimum_rows, min(len(lines), options.maximum_rows))
        sums = draw.log_normal(4_000_000, 0.7)
        return [
            [
                {"line": lines[place % len(lines)], "amount": format_ore(int(whole / count) // 100 * 100)}
                for place in range(count)
            ]
            for whole in sums
        ]
