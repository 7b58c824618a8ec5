"""What must be clarified before a call can be allocated: a list of cases, each with what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.lifecycle import Status
from grantengine.services.marks import outstanding, undiscussed
from grantengine.services.stored_cases import StoredCase

if TYPE_CHECKING:
    from grantengine.compile.plan import Plan
    from grantengine.outcome import Outcome
    from grantengine.store.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that one case waits for. ``kind``, with what ``what`` names:

    ``to-clarify`` (facts and judgements), ``changes-asked``, ``unconfirmed``, ``not-delivered`` (assessors), ``not-rated``,
    ``not-discussed`` (criteria), ``extension`` (when the applicant's own deadline ends). Words: ``blocker.<kind>``.
    """

    application_id: str
    number: str
    kind: str
    what: tuple[str, ...] = ()


class BlockedError(NotPossibleError):
    """Cases are to be clarified before the money can be shared; ``blockers`` lists them."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = tuple(blockers)
        numbers = list(dict.fromkeys(one.number for one in blockers if one.number))
        if numbers:
            super().__init__("cases-to-clarify", count=len(numbers), numbers=numbers[:10])
        else:  # nothing but deadlines of those who have not applied yet
            super().__init__("extensions-run", count=len(self.blockers))


def blockers_of(work: Reading, plan: Plan, cases: Sequence[StoredCase], outcome: Outcome) -> list[Blocker]:
    """Everything that these cases wait for, in their order."""
    applications = [case.application for case in cases]
    waiting = outstanding(work, plan, applications)
    apart = undiscussed(work, plan, applications)
    found: list[Blocker] = []
    for position, case in enumerate(cases):
        id, number = case.application.id, case.application.number
        found += [Blocker(id, number, kind, what) for kind, what in _of_status(case)]
        if outcome.to_clarify[position]:
            found.append(Blocker(id, number, "to-clarify", tuple(outcome.facts_lacking(position))))
        if not _may_be_eligible(outcome, position):
            continue  # a case that is refused anyway needs nobody's rating
        if waiting.get(id):
            found.append(Blocker(id, number, "not-delivered", tuple(waiting[id])))
        elif not outcome.rated[position]:
            found.append(Blocker(id, number, "not-rated"))
        if apart.get(id):
            found.append(Blocker(id, number, "not-discussed", tuple(apart[id])))
    return found


def _of_status(case: StoredCase) -> Iterator[tuple[str, tuple[str, ...]]]:
    if case.application.status == Status.CHANGES_ASKED:
        yield "changes-asked", ()
    if case.application.status == Status.UNCONFIRMED:
        yield "unconfirmed", ()


def _may_be_eligible(outcome: Outcome, position: int) -> bool:
    """Whether no rule refuses the case, as far as it is known."""
    return not outcome.failed(position)
