"""Worked cases beside a scheme: `cases.yaml` says what should come out, by hand; this says what does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grantengine.compile.check import check
from grantengine.compile.plan import Plan
from grantengine.errors import InputError, MoneyError, Problem, SchemeError, Where
from grantengine.evaluate import evaluate
from grantengine.money import format_ore, parse_ore
from grantengine.outcome_json import outcome_json
from grantengine.rules.tables import cases_from_records
from grantengine.scheme.load import SchemeSource, load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.scheme.patch import apply
from grantengine.scheme.read import translate

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


class Expected(BaseModel):
    """What should come out; what is not said is not compared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    eligible: bool | None = Field(None, description="Whether the case is eligible.")
    failed: tuple[str, ...] | None = Field(None, description="The rules that refuse it, in the scheme's order.")
    undetermined: tuple[str, ...] | None = Field(None, description="Facts that are lacking.")
    points: Mapping[str, float] = Field(default_factory=dict, description="Points by criterion.")
    total: float | None = Field(None, description="The sum of points.")
    rank: int | None = Field(None, description="Place in the ranking.")
    granted: str | int | None = Field(None, description="What it gets, in whole units or with two decimals.")
    award: Mapping[str, str | int] = Field(default_factory=dict, description="What it gets in each year.")
    ground: str | None = Field(None, description="Why.")
    reserve: int | None = Field(None, description="Place on the reserve list.")


class WorkedCase(BaseModel):
    """One case: what it is about, the case as in a cases file, and what should come out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="The case's id.")
    about: str = Field("", description="What the case shows.")
    case: Mapping[str, Any] = Field(
        description="Answers, facts, ratings … as in a line of a cases file, without the id."
    )
    expect: Expected = Field(description="What should come out.")


class WorkedCases(BaseModel):
    """The file: all its cases are one call together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    undetermined: str = Field("exclude", pattern="^(stop|exclude)$", description="As `evaluate --undetermined`.")
    budget: str | Mapping[str, str] | None = Field(
        None, description="The budget that these cases share, written as in the scheme; without it the scheme's own."
    )
    cases: tuple[WorkedCase, ...] = Field(min_length=1, description="The cases.")


def run_worked_cases(scheme: Path, engine: Engine) -> tuple[int, list[Problem]]:
    """Evaluate the `cases.yaml` beside ``scheme``; returns how many cases and every difference, with its place.

    :raises SchemeError: the scheme or the file of cases can not be read.
    """
    source = load(scheme.parent / "cases.yaml")
    if source.unread:
        raise SchemeError(source.unread.values())
    worked = _read(source)
    plan = _plan(scheme, worked, source, engine)
    records = [{"id": case.id, **case.case} for case in worked.cases]
    try:
        table = cases_from_records(records, plan, name=source.file or "cases.yaml")
    except InputError as error:
        raise SchemeError([_placed(problem, source) for problem in error.problems]) from error
    undetermined = "stop" if worked.undetermined == "stop" else "exclude"
    outcome = evaluate(plan, table, engine=engine.rules, as_of=engine.today(), undetermined=undetermined)  # type: ignore[arg-type]
    got = outcome_json(outcome)["cases"]
    differences = [
        problem
        for index, (case, result) in enumerate(zip(worked.cases, got, strict=True))
        for problem in _differences(index, case, result, source)
    ]
    return len(worked.cases), differences


def _read(source: SchemeSource) -> WorkedCases:
    try:
        return WorkedCases.model_validate(source.data)
    except ValidationError as error:
        raise SchemeError(translate(error, source, (), WorkedCases)) from error


def _plan(scheme: Path, worked: WorkedCases, source: SchemeSource, engine: Engine) -> Plan:
    """The scheme, with the budget of the worked cases where they have one."""
    if worked.budget is None:
        return engine.plan(scheme)
    budget = worked.budget if isinstance(worked.budget, str) else dict(worked.budget)
    operation = PatchOperation(op="replace", path="/call/budget", value=budget)
    return check(apply(load(scheme), [operation], origin=lambda _: source.where(("budget",))), engine.registry)


def _placed(problem: Problem, source: SchemeSource) -> Problem:
    """A problem of the n-th record, at the place of that case in the file."""
    where = source.where(("cases", problem.where.line - 1))
    place = Where(where.file, where.line, where.column, problem.where.pointer)
    return Problem(problem.code, place, problem.params, problem.hint)


def _differences(index: int, case: WorkedCase, got: Mapping[str, Any], source: SchemeSource) -> list[Problem]:
    expect = case.expect
    path = ("cases", index, "expect")
    found = []
    for name in expect.model_fields_set - {"points", "award"}:
        wanted, actual = getattr(expect, name), got[name]
        if not _same(name, wanted, actual):
            found.append(_difference(source.where((*path, name)), case.id, name, wanted, actual))
    for name, wanted in expect.points.items():
        actual = got["points"].get(name)
        if actual is None or abs(actual - wanted) > 5e-5:
            found.append(_difference(source.where((*path, "points", name)), case.id, f"points.{name}", wanted, actual))
    lines = {str(line["year"]): line["amount"] for line in got["award"]}
    for year, wanted in expect.award.items():
        if not _same("granted", wanted, lines.get(year, "0.00")):
            found.append(
                _difference(source.where((*path, "award", year)), case.id, f"award.{year}", wanted, lines.get(year))
            )
    return sorted(found, key=lambda problem: (problem.where.line, problem.where.column))


def _same(name: str, wanted: Any, actual: Any) -> bool:
    if name == "granted" and wanted is not None:
        try:
            return bool(format_ore(wanted * 100 if isinstance(wanted, int) else parse_ore(wanted)) == actual)
        except MoneyError:
            return False
    if name == "total" and wanted is not None:
        return actual is not None and bool(abs(actual - wanted) <= 5e-5)
    return list(wanted) == actual if isinstance(wanted, tuple) else bool(wanted == actual)


def _difference(where: Where, id: str, what: str, wanted: Any, actual: Any) -> Problem:
    shown = list(wanted) if isinstance(wanted, tuple) else wanted
    return Problem("case-differs", where, {"id": id, "what": what, "wanted": str(shown), "got": str(actual)})
