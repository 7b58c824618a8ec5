"""What a scheme asks and offers, in the order in which someone who may apply wants to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from grantengine.compile.plan import CriterionPlan, Plan, Words
from grantengine.errors import Message
from grantengine.expressions.expression import Checked
from grantengine.expressions.nodes import Compare, Literal, Name
from grantengine.form.burden import minutes_to_apply
from grantengine.hooks.kinds import ReportProfile
from grantengine.services.call_cards import shown_of
from grantengine.services.rule_words import rule_words
from grantengine.stages.rounds import timetable

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.tables.schemes import Call

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition in words. ``asks``: someone judges it."""

    id: str
    words: Words
    asks: bool


@dataclass(frozen=True, slots=True)
class CriterionTold:
    """A criterion. ``share`` of all the points there are, from 0 to 1 (None: it has no upper end); ``most`` points.

    ``help`` says what gives points, where the scheme or its kind does; ``formula`` is the rule itself, where it has its own.
    """

    id: str
    title: Words
    share: float | None
    most: float | None
    help: Words | None
    formula: str | None
    is_judged: bool


@dataclass(frozen=True, slots=True)
class RoundTold:
    """A round of review in which applicants are met or asked, or of which they want to know that it takes place."""

    id: str
    title: Words
    help: Message | None
    opens: datetime | None
    closes: datetime | None
    days: int | None
    meets: bool
    asks: bool
    pitches: bool
    exchanges: int | None
    answer_days: int | None
    meeting_minutes: int
    is_outside_hours: bool
    is_for_all: bool


@dataclass(frozen=True, slots=True)
class ReportTold:
    """A report, with the minutes that it takes. It is asked for where the grant is ``under`` or ``from_`` a sum (in øre)."""

    title: Words
    minutes: float
    under: int | None = None
    from_: int | None = None
    other: bool = False


@dataclass(frozen=True, slots=True)
class StrandTold:
    """A part of the scheme with its own money, in hundredths; None: it uses what the others leave."""

    title: Mapping[str, str]
    budget: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call asks and offers. Sums are hundredths of ``unit``."""

    kind: str
    objective: Mapping[str, str]
    target_group: Mapping[str, str]
    goals: tuple[Mapping[str, str], ...]
    follow_up: Mapping[str, str]
    evaluation: Mapping[str, str]
    is_example: bool
    rules: tuple[Rule, ...]
    invited_only: bool
    needs_number: bool
    criteria: tuple[CriterionTold, ...]
    minimum_points: float | None
    budget: tuple[tuple[int | None, int], ...]
    unit: str
    is_provisional: bool
    strands: tuple[StrandTold, ...]
    least: int | None
    most: int | None
    deadlines: tuple[datetime, ...]
    is_rolling: bool
    allocation: tuple[Message, Message]
    decided_by: str
    second_person: str
    appeal_days: int
    rounds: tuple[RoundTold, ...]
    minutes: float
    reports: tuple[ReportTold, ...]

    @property
    def total(self) -> int:
        """All the money there is."""
        return sum(sum_ for _, sum_ in self.budget)


def terms_of(engine: Engine, plan: Plan, call: Call) -> Terms:
    """What this plan asks and offers; dates are those of the call as it is now."""
    scheme, shown = plan.scheme, shown_of(plan.scheme, plan.form)
    regulation, method = scheme.regulation, plan.allocation.method.kind
    by_id = {one.id: one for one in scheme.criteria}
    most = sum(_most(one) or 0 for one in plan.all_criteria)
    budgets = {one.id: sum(year.budget for year in one.plan.years) for one in plan.strands}
    return Terms(
        kind=scheme.kind, objective=regulation.objective or {}, target_group=regulation.target_group or {},
        goals=tuple(one.text or {"": one.id} for one in regulation.goal_attainment),
        follow_up=regulation.follow_up or {}, evaluation=regulation.evaluation or {},
        is_example=scheme.status == "example",
        rules=tuple(Rule(one.id, rule_words(engine, plan, one), one.asks) for one in plan.all_rules),
        invited_only=shown.invited_only, needs_number=shown.needs_number,
        criteria=tuple(_criterion(engine, one, by_id[one.id].help, by_id[one.id].points, most, by_id[one.id].kind)
                       for one in plan.all_criteria if one.id in by_id),
        minimum_points=plan.allocation.method.minimum_points(plan.allocation.options),
        budget=tuple((one.year, one.budget) for one in plan.years), unit=plan.currency,
        is_provisional=shown.is_provisional,
        strands=tuple(StrandTold(one.title or {"": one.id}, budgets.get(one.id)) for one in scheme.strands),
        least=shown.least, most=shown.most,
        deadlines=tuple(EPOCH + timedelta(microseconds=one.closes) for one in plan.intake.deadlines),
        is_rolling=plan.intake.kind == "rolling",
        allocation=(Message(f"allocation.{method}.title"), Message(f"allocation.{method}.help")),
        decided_by=scheme.decision.by, second_person=scheme.decision.second_person, appeal_days=scheme.appeal.days,
        rounds=_rounds(engine, plan, call), minutes=minutes_to_apply(plan.form), reports=_reports(engine, plan),
    )  # fmt: skip


def _most(one: CriterionPlan) -> float | None:
    return one.max_points * one.weight if one.max_points is not None else None


def _criterion(
    engine: Engine, one: CriterionPlan, help: Mapping[str, str] | None, formula: str | None, all_points: float,
    kind: str | None,
) -> CriterionTold:  # fmt: skip
    most, of_kind = _most(one), Message(f"criterion.{kind}.help")
    share = most / all_points if most is not None and all_points else None
    words: Words | None = help or (of_kind if engine.registry.texts.has(of_kind.key) else None)
    return CriterionTold(one.id, one.title, share, most, words, formula, one.rated)


def _rounds(engine: Engine, plan: Plan, call: Call) -> tuple[RoundTold, ...]:
    times = {one.id: one for one in timetable(plan, opens=call.opens_at, closes=call.closes_at)}
    told = []
    for one in plan.rounds:
        help, terms = Message(f"round.{one.kind}.help"), one.terms
        told.append(
            RoundTold(
                one.id, one.title, help if engine.registry.texts.has(help.key) else None, times[one.id].opens,
                times[one.id].closes, one.days, "meet" in terms.allows, "ask" in terms.allows,
                "pitch" in terms.allows, terms.exchanges, terms.answer_days, terms.meeting_minutes,
                terms.outside_office_hours, terms.offered_to_all,
            )
        )  # fmt: skip
    return tuple(told)


def _reports(engine: Engine, plan: Plan) -> tuple[ReportTold, ...]:
    """The reports; for whom, where that goes by the sum that is granted."""
    told = []
    for place, one in enumerate(plan.scheme.reporting):
        when = plan.reports[place][1] if place < len(plan.reports) else None
        profile = engine.registry.find(ReportProfile, one.profile)
        under, from_ = _by_sum(when)
        told.append(
            ReportTold(
                one.title or Message(f"report.{one.profile}.title"),
                profile.minutes if profile else 0,
                under,
                from_,
                other=len(plan.scheme.reporting) > 1 and under is None and from_ is None,
            )
        )
    return tuple(told)


def _by_sum(when: Checked | None) -> tuple[int | None, int | None]:
    """The sum that a grant must be under, or the one that it begins at, where a condition is just that."""
    match when.node if when is not None else None:
        case Compare(op=op, left=Name(path=("granted",)), right=Literal(value=int() | float() as sum_)):
            ore = round(sum_ * 100)
            if op in ("<", "<="):
                return ore, None
            if op in (">", ">="):
                return None, ore
    return None, None
