"""What a letter says would have changed the outcome is true: put in as it is shown and evaluated again, it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

import pytest
from factories import DATA, Record, outcome_of, plan_of, scheme_text

from grantengine.bootstrap import Engine
from grantengine.compile.plan import Plan
from grantengine.explain import Explanation, explain
from grantengine.form.build import Field
from grantengine.letters.counterfactuals import counterfactuals, shown
from grantengine.letters.data import REFUSALS, Counterfactual
from grantengine.letters.explained import criterion_lines, rule_lines
from grantengine.money import parse_money
from grantengine.outcome import Outcome
from grantengine.scheme.load import load
from grantengine.scheme.parts_process import PatchOperation
from grantengine.simulation.population import population
from grantengine.simulation.scenario import scenario
from grantengine.stages.eligibility import Verdict
from grantengine.texts.catalogue import core_texts

REFUSED, SEED, POPULATION = 300, 20270503, 250
SCHEMES = Path(__file__).parents[2] / "schemes"

MADE = scheme_text(
    [
        "id: requested, kind: money, maximum: 500 000 NOK, label: {en: Sum}",
        "id: own, kind: money, label: {en: Own money}",
        "id: members, kind: integer, minimum: 0, maximum: 3000, label: {en: Members}",
        "id: share, kind: percent, label: {en: Share}",
        "id: hours, kind: number, minimum: 0, maximum: 40, label: {en: Hours}",
        "id: sort, kind: choice, label: {en: Sort}, choices: [{id: club, label: {en: A club}}, {id: firm, label: {en: A firm}}]",
        "id: free, kind: yes_no, label: {en: Free}",
        "id: price, kind: integer, minimum: 0, maximum: 900, visible_if: not free, label: {en: Price}",
        "id: in_tens, kind: integer, minimum: 0, maximum: 900, changeable: {scale: 10}, label: {en: In tens}",
        "id: fixed, kind: integer, minimum: 0, maximum: 100, changeable: false, label: {en: Fixed}",
    ],
    budget="2 000 000",
    eligibility="{id: many, require: members >= 40, because: {en: Too few.}}, {id: own-share, require: own / requested >= 0.1},"
    "{id: share, require: share between 0.25 and 0.9}, {id: hours, require: hours * 3 > 7}, {id: no-firm, require: \"sort = 'club'\"},"
    "{id: cheap, require: free or price <= 100}, {id: tens, require: in_tens <= 405}, {id: fixed, require: fixed > 5}",
    criteria="{id: size, points: members / 7, max_points: 60}, {id: share, points: share * 33.3, max_points: 40}",
    options="minimum_points: 25, when_unaffordable: skip",
    tie_break="requested asc",
)
"""Rules over every kind of answer that may be changed, and few sums for many."""


@dataclass(frozen=True, eq=False)
class World:
    """A scheme with a population of its own."""

    engine: Engine
    text: str
    name: str
    found: dict[int, Explanation] = field(default_factory=dict)

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.engine, self.text)

    @cached_property
    def records(self) -> list[Record]:
        return list(population(self.plan, self.engine.registry, POPULATION, SEED))

    @cached_property
    def outcome(self) -> Outcome:
        return outcome_of(self.engine, self.plan, self.records)

    @cached_property
    def with_bonus(self) -> Plan:
        """The same scheme with a question whose answer is so many points."""
        question = {
            "id": "bonus",
            "kind": "number",
            "optional": True,
            "label": dict.fromkeys(("nb", "nn", "en"), "Bonus"),
        }
        criterion = {"id": "bonus", "points": "coalesce(bonus, 0)", "title": dict.fromkeys(("nb", "nn", "en"), "Bonus")}
        source = load(self.text, name="scheme.yaml")
        form = f"/form/{source.data['form'][0]['id']}/questions/-"
        operations = [
            PatchOperation(op="add", path=form, value=question),
            PatchOperation(op="add", path="/criteria/-", value=criterion),
        ]
        return scenario(source, operations, self.engine.registry).plan

    def refused(self) -> Iterator[tuple[World, int]]:
        grounds = {str(ground) for ground in REFUSALS}
        for position in range(POPULATION):
            if (self.outcome.ground(position) or "").split(":")[0] in grounds:
                yield self, position

    def explained(self, position: int) -> Explanation:
        if position not in self.found:
            self.found[position] = explain(self.outcome, self.records[position]["id"], engine=self.engine.rules)
        return self.found[position]

    def of_letter(self, position: int, language: str = "en") -> tuple[Counterfactual, ...]:
        return counterfactuals(self.explained(position), self.plan, self.engine.registry.texts, language)


@pytest.fixture(scope="module")
def worlds(engine: Engine) -> list[World]:
    files = [*sorted(SCHEMES.rglob("scheme.yaml")), DATA / "example-scheme.yaml"]
    found = [World(engine, file.read_text("utf-8"), f"{file.parent.name}/{file.stem}") for file in files]
    return [*found, World(engine, MADE, "made")]


@pytest.fixture(scope="module")
def refused(worlds: list[World]) -> list[tuple[World, int]]:
    """Refused cases of every scheme in turn."""
    in_turn = chain.from_iterable(zip_longest(*(world.refused() for world in worlds)))
    return list(islice((one for one in in_turn if one is not None), REFUSED))


def answer(asked: Field, text: str) -> Any:
    """The answer that a reader of the English letter would put in."""
    match asked.type.name:
        case "money":
            return str(parse_money(text.replace(",", "").replace("kr", "NOK"))).removesuffix(" NOK")
        case "percent":
            return round(float(text.replace(",", "").removesuffix("%")) / 100, 12)
        case "integer":
            return int(text.replace(",", ""))
        case "number":
            return float(text.replace(",", ""))
        case "yes_no":
            return {"yes": True, "no": False}[text]
        case _:
            return {choice.label["en"]: choice.id for choice in asked.options.choices}[text]


def labelled(plan: Plan, label: str) -> Field:
    (field,) = (one for one in plan.form.fields if one.label.get("en", one.id) == label)
    return field


def verdict(outcome: Outcome, position: int, rule: str) -> Verdict:
    part, row = outcome.part_of(position)
    assert part is not None
    place = [one.id for one in part.plan.rules].index(rule)
    return Verdict(int(part.eligibility.verdicts[place][row]))


def test_each_counterfactual_of_300_refused_cases_is_true_when_tried(
    engine: Engine, refused: list[tuple[World, int]], record_property: Callable[[str, object], None]
) -> None:
    assert len({(world.name, position) for world, position in refused}) == REFUSED
    counts: Counter[str] = Counter()
    changed: dict[str, list[tuple[World, Record, str]]] = {}
    for world, position in refused:
        counts[f"cases of {world.name}"] += 1
        for one in world.of_letter(position):
            record = world.records[position]
            if one.points is not None:
                counts["points"] += 1
                assert within_reach(world, position, one.points), (world.name, record["id"])
                assert funded_with(world, position, one.points), (world.name, record["id"])
                assert one.points > below(world, position) - 1e-9
                if one.minimum is not None:
                    counts["points, and the minimum is not enough"] += 1
                    assert not funded_with(world, position, below(world, position)), (world.name, record["id"])
                elif below(world, position) > 0:
                    assert funded_with(world, position, below(world, position)), (world.name, record["id"])
                continue
            counts["answers"] += 1
            asked = labelled(world.plan, one.question)
            counts[f"of kind {asked.type.name}"] += 1
            today = record["answers"].get(asked.id)
            assert one.today == shown(asked, today, "NOK", engine.registry.texts, "en")
            again = {
                **record,
                "id": f"t{counts['answers']}",
                "answers": {**record["answers"], asked.id: answer(asked, one.value)},
            }
            changed.setdefault(world.name, []).append((world, again, one.rule))
            assert verdict(world.outcome, position, one.rule) in (Verdict.NO, Verdict.MISSING)
    for trials in changed.values():
        world = trials[0][0]
        outcome = outcome_of(engine, world.plan, [record for _, record, _ in trials])
        for position, (_, record, rule) in enumerate(trials):
            assert verdict(outcome, position, rule) is Verdict.YES, (world.name, record, rule)
    record_property("counterfactuals", dict(counts))
    print(
        f"\n{REFUSED} refused cases: {counts['answers']} changed answers, {counts['points']} points short; {dict(counts)}"
    )
    assert sum(count for name, count in counts.items() if name.startswith("cases of")) == REFUSED
    assert counts["answers"] > 0
    assert counts["points"] > counts["points, and the minimum is not enough"] > 0
    kinds = ("integer", "number", "money", "percent", "text", "yes_no")
    assert [kind for kind in kinds if not counts[f"of kind {kind}"]] == []


def funded_with(world: World, position: int, points: float) -> bool:
    """Whether the case gets something where it has so many points more, and all others are as they were."""
    record = world.records[position]
    more = {**record, "answers": {**record["answers"], "bonus": points}}
    records = [*world.records[:position], more, *world.records[position + 1 :]]
    return bool(outcome_of(world.engine, world.with_bonus, records).granted[position] > 0)


def below(world: World, position: int) -> float:
    """How many points the case lacks of what the scheme requires; nothing where it has as many."""
    allocation = world.plan.allocation
    minimum = allocation.method.minimum_points(allocation.options) or 0
    return max(round(minimum - (world.explained(position).total or 0), 4), 0)


def within_reach(world: World, position: int, points: float) -> bool:
    """Whether the criteria can give so many points more."""
    explanation = world.explained(position)
    limits = [one.most for one in explanation.criteria if one.most is not None]
    return len(limits) < len(explanation.criteria) or (explanation.total or 0) + points <= sum(limits) + 1e-9


def test_a_bonus_of_nothing_changes_nothing(worlds: list[World]) -> None:
    for world in worlds:
        again = outcome_of(world.engine, world.with_bonus, world.records)
        assert (again.granted == world.outcome.granted).all()


def test_nothing_is_suggested_for_what_a_person_judged_or_what_waits_for_a_fact(
    refused: list[tuple[World, int]],
) -> None:
    seen = set()
    for world, position in refused:
        judged = {rule.id for rule in world.plan.rules if rule.asks}
        suggested = {one.rule for one in world.of_letter(position)}
        failed = {rule.id for rule in world.explained(position).rules if rule.verdict in (Verdict.NO, Verdict.MISSING)}
        assert not judged & suggested
        assert suggested <= failed | {""}
        seen |= judged & failed
    assert seen


def test_a_change_of_a_rule_that_a_handler_judged_is_left_out_whoever_found_it(
    engine: Engine, refused: list[tuple[World, int]]
) -> None:
    world, position = next(
        one for one in refused if one[0].name == "made" and any(found.rule for found in one[0].of_letter(one[1]))
    )
    explanation = world.explained(position)
    suggested = world.of_letter(position)
    for one in suggested:
        rules = tuple(replace(rule, asks=rule.id == one.rule) for rule in world.plan.rules)
        plan = replace(world.plan, rules=rules)
        left = counterfactuals(explanation, plan, engine.registry.texts, "en")
        assert left == tuple(other for other in suggested if other.rule != one.rule)
        lacking = tuple(
            replace(rule, not_obtained=("facts.register",)) if rule.id == one.rule else rule
            for rule in explanation.rules
        )
        again = counterfactuals(replace(explanation, rules=lacking), world.plan, engine.registry.texts, "en")
        assert again == left


def test_points_that_the_criteria_can_not_give_are_not_told_of(engine: Engine) -> None:
    text = scheme_text(
        ["id: requested, kind: money", "id: score, kind: number"], budget="100",
        criteria="{id: score, points: score, max_points: 10}",
    )  # fmt: skip
    plan = plan_of(engine, text)

    def told(best: int) -> tuple[Counterfactual, ...]:
        records: list[Record] = [
            {"id": id, "answers": {"requested": "100", "score": score}} for id, score in (("a", best), ("b", 3))
        ]
        explanation = explain(outcome_of(engine, plan, records), "b", engine=engine.rules)
        return counterfactuals(explanation, plan, engine.registry.texts, "nb")

    assert told(9) == (Counterfactual(points=6.0001),)
    assert told(10) == ()


@pytest.mark.parametrize(
    ("question", "value", "nb", "en"),
    [
        ("requested", "1234567.50", "1 234 567,50 kr", "1,234,567.50 kr"),
        ("share", 0.255, "25,5 %", "25.5%"),
        ("members", 12345, "12 345", "12,345"),
        ("hours", 2.3333333, "2,3333333", "2.3333333"),
        ("free", True, "ja", "yes"),
        ("sort", "club", "A club", "A club"),
        ("members", None, "", ""),
    ],
)
def test_answers_are_shown_as_people_write_them(engine: Engine, question: str, value: Any, nb: str, en: str) -> None:
    asked = plan_of(engine, MADE).form.by_id[question]
    words = {language: shown(asked, value, "NOK", core_texts(), language) for language in ("nb", "nn", "en")}
    assert {language: text.replace("\u00a0", " ") for language, text in words.items()} == {"nb": nb, "nn": nb, "en": en}


def test_lines_of_a_letter_come_from_the_explanation(engine: Engine) -> None:
    questions = ["id: requested, kind: money", "id: members, kind: integer, label: {en: How many are you?}"]
    text = scheme_text(
        questions, plugins="ratings", eligibility="{id: many, require: members >= 5, because: {en: Too few.}}, {id: any, require: requested > 0}",
        criteria="{id: quality, kind: rating, title: {en: Quality}, max_points: 40, options: {scale: [1, 5]}}",
    )  # fmt: skip
    plan, texts = plan_of(engine, text), engine.registry.texts
    records: list[Record] = [
        {"id": "few", "answers": {"requested": "100", "members": 3}, "ratings": {"quality": [3]}},
        {"id": "silent", "answers": {"requested": "100"}, "ratings": {"quality": [3]}},
    ]
    outcome = outcome_of(engine, plan, records)
    few, silent = (explain(outcome, record["id"], engine=engine.rules) for record in records)
    approved = counterfactuals(few, plan, texts, "en")
    assert approved == (Counterfactual("many", "Too few.", "How many are you?", "3", "5"),)
    (line,) = rule_lines(few, plan, texts, "en", approved)
    assert (line.because, line.missing, line.counterfactual) == ("Too few.", (), approved[0])
    assert rule_lines(few, plan, texts, "en")[0].counterfactual is None
    assert rule_lines(silent, plan, texts, "en")[0].missing == ("How many are you?",)
    (points,) = criterion_lines(few, texts, "en", {"quality": "Clear."})
    assert (points.title, points.points, points.most, points.note) == ("Quality", 20.0, 40.0, "Clear.")
