"""Who rates what: cases are given out evenly, and never to someone who may not have them.

Greedy first, each case to those with least; then, as long as someone has two more than another, a case is handed on
along a way of people who may have it. What is left is as even as ties and the like allow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping


def give_out(
    wanted: Mapping[str, int], allowed: Mapping[str, Collection[str]], load: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """To whom each case is given, by case, people in order of id.

    The result depends on nothing but what is given here: equals are told apart by id, and cases come in their order.

    :param wanted: how many more people each case needs, in the order of the cases.
    :param allowed: who may have each case, and does not have it already.
    :param load: what each person has already.
    """
    loads = {person: load.get(person, 0) for person in sorted({one for some in allowed.values() for one in some})}
    given: dict[str, set[str]] = {}
    for case, number in wanted.items():
        may = sorted(allowed.get(case, ()), key=lambda person: (loads[person], person))
        given[case] = set(may[: max(number, 0)])
        for person in given[case]:
            loads[person] += 1
    while _even_out(given, allowed, loads):
        pass
    return {case: tuple(sorted(people)) for case, people in given.items()}


def _even_out(given: dict[str, set[str]], allowed: Mapping[str, Collection[str]], loads: dict[str, int]) -> bool:
    """Hand cases on so that someone with much has one less, and someone with at least two less than that one more.

    One search from all who have most at once; whether there was such a way.
    """
    cases: dict[str, list[str]] = {}
    for case, people in given.items():
        for person in sorted(people):
            cases.setdefault(person, []).append(case)
    for most in sorted(set(loads.values()), reverse=True):
        way = _way(
            [one for one in loads if loads[one] == most and one in cases], most - 2, cases, given, allowed, loads
        )
        if way:
            for case, giver, taker in way:
                given[case].remove(giver)
                given[case].add(taker)
            loads[way[0][1]] -= 1
            loads[way[-1][2]] += 1
            return True
    return False


def _way(
    starts: list[str], low: int, cases: Mapping[str, list[str]], given: Mapping[str, set[str]],
    allowed: Mapping[str, Collection[str]], loads: Mapping[str, int],
) -> list[tuple[str, str, str]]:  # fmt: skip
    """The shortest way from one of these people to one with at most ``low``: which case goes from whom to whom."""
    came: dict[str, tuple[str, str] | None] = dict.fromkeys(starts)
    line = deque(starts)
    while line:
        giver = line.popleft()
        for case in cases.get(giver, ()):
            for taker in sorted(set(allowed[case]) - given[case]):
                if taker in came:
                    continue
                came[taker] = (case, giver)
                if loads[taker] <= low:
                    return _back(came, taker)
                line.append(taker)
    return []


def _back(came: Mapping[str, tuple[str, str] | None], last: str) -> list[tuple[str, str, str]]:
    way = []
    while (step := came[last]) is not None:
        way.append((step[0], step[1], last))
        last = step[1]
    return way[::-1]
