"""What the options of kinds refer to elsewhere in the scheme: questions, rounds, and the currency of the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from grantengine.errors import Message
from grantengine.form.build import Field, Form
from grantengine.hooks.options import reference_fields
from grantengine.money import IN_KIND, Money
from grantengine.scheme.collect import Collector, Path, nearest_hint
from grantengine.scheme.model import Scheme


@dataclass(frozen=True)
class References:
    """The ids and the currency that options may speak of."""

    known: Mapping[str, Sequence[str]]
    currency: str
    collector: Collector

    @classmethod
    def of(cls, scheme: Scheme, form: Form, collector: Collector) -> References:
        """What there is in this scheme."""
        known = {"question": list(form.by_id), "round": [round.id for round in scheme.rounds]}
        return cls(known, currency_of(scheme), collector)

    def check(self, options: BaseModel | None, path: Path) -> bool:
        """Whether every question and round that the author named in these options exists, and every sum fits."""
        if options is None:
            return False
        before = len(self.collector.problems)
        for name, what in reference_fields(type(options)).items():
            for place, id in _values(getattr(options, name)):
                if name in options.model_fields_set and id is not None and id not in self.known[what]:
                    near = nearest_hint(id, self.known[what])
                    self.collector.add(f"unknown-{what}", (*path, name, *place), {"id": id}, near)
        self.check_sums(options, path)
        return len(self.collector.problems) == before

    def check_sums(self, options: BaseModel, path: Path) -> None:
        """Sums in another currency than the call's can not be compared with its money."""
        for name in sorted(options.model_fields_set):
            for place, value in _values(getattr(options, name, None)):
                if isinstance(value, BaseModel):
                    self.check_sums(value, (*path, name, *place))
                elif isinstance(value, Money) and value.currency != self.currency:
                    line = self.collector.source.where(("call", "budget")).line
                    params = {"currency": value.currency, "wanted": self.currency, "first_line": line}
                    self.collector.add("currency-differs", (*path, name, *place), params)

    def check_form(self, scheme: Scheme, form: Form) -> None:
        """The sums in the options of questions."""
        if self.currency in IN_KIND:
            return  # what is given is no money, so an applicant's money is compared with nothing
        for page, part in enumerate(scheme.form):
            for index, question in enumerate(part.questions):
                field = form.by_id.get(question.id)
                if field is not None:
                    self._check_field(field, ("form", page, "questions", index))

    def _check_field(self, field: Field, path: Path) -> None:
        self.check_sums(field.options, path)
        for index, (_, options, _) in enumerate(field.kind.parts):
            self.check_sums(options, (*path, "columns", index))

    def missing_defaults(self, options: BaseModel) -> Iterator[Message]:
        """Questions that a kind reads unless the author names others, and that the form does not have."""
        for name, what in reference_fields(type(options)).items():
            id = getattr(options, name)
            if name not in options.model_fields_set and isinstance(id, str) and id not in self.known[what]:
                yield Message(f"problem.unknown-{what}", {"id": id})


def budgets_of(scheme: Scheme) -> dict[int | None, int]:
    """The budget in øre by year; one sum is that of the year the call is decided, or closes."""
    budget = scheme.call.budget
    if isinstance(budget, Money):
        return {_year_of(scheme): budget.ore}
    return {year: budget[year].ore for year in sorted(budget)}


def _year_of(scheme: Scheme) -> int | None:
    call = scheme.call
    if call.decided_by:
        return call.decided_by.year
    moments = [call.closes, *(deadline.closes for deadline in reversed(call.deadlines)), call.opens]
    return next((moment.date.year for moment in moments if moment), None)


def currency_of(scheme: Scheme) -> str:
    """The one currency of the call's sums, or the unit of what is given in kind."""
    budget = scheme.call.budget
    return budget.currency if isinstance(budget, Money) else next(iter(budget.values())).currency


def _values(value: Any) -> Iterator[tuple[Path, Any]]:
    """A value, or each item of a list or mapping, with its place."""
    if isinstance(value, Mapping):
        yield from (((key,), item) for key, item in value.items())
    elif isinstance(value, tuple):
        yield from (((position,), item) for position, item in enumerate(value))
    else:
        yield (), value
