"""What is read of assessments takes as many statements for three rated cases as for one; how many, stands here.

The first three read the call and its three cases as well, one by one.
"""

from __future__ import annotations

from collections.abc import Callable

from reviews import Review
from statements import counted
from worlds import World

from grantengine.services.decide_interest import list_interests
from grantengine.services.list_disagreements import list_disagreements
from grantengine.services.list_my_cases import list_my_cases
from grantengine.services.read_assessments import read_assessments

READS: dict[str, tuple[int, Callable[[Review], object]]] = {
    "marks that count": (6, lambda on: on.read("marks_of")),
    "outstanding": (6, lambda on: on.read("outstanding")),
    "undiscussed": (7, lambda on: on.read("undiscussed")),
    "disagreements": (10, lambda on: list_disagreements(on.engine, on.world.by(on.handler), on.call)),
    "my cases": (4, lambda on: list_my_cases(on.engine, on.world.by(on.assessors[0]), on.call)),
    "ties": (4, lambda on: list_interests(on.engine, on.world.by(on.leader), on.call)),
    "one case": (12, lambda on: read_assessments(on.engine, on.world.by(on.handler), on.cases[0])),
}


def test_three_cases_take_as_many_statements_as_one(world: World) -> None:
    review = Review(world, cases=3)
    taken = []
    for number in (0, 1, 2):
        review.assign(*review.assessors, case=number)
        for user, mark in zip(review.assessors, (6, 1), strict=True):
            review.deliver(user, mark, case=number)
        for _, read in READS.values():
            read(review)  # what is compiled once is compiled now
        counts = {}
        for name, (_, read) in READS.items():
            with counted(world) as sent:
                read(review)
            counts[name] = len(sent)
        taken.append(counts)
    expected = {name: number for name, (number, _) in READS.items()}
    assert taken == [expected] * 3
    assert len(list_disagreements(review.engine, world.by(review.handler), review.call)) == 3
