"""Strands with review rounds of their own: each case follows those of its strand, in every service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from worlds import ANSWERS, EXAMPLE, NUMBERS, World

from grantengine.errors import NotPossibleError
from grantengine.services.answer_changes import answer_changes
from grantengine.services.appoint import appoint
from grantengine.services.ask_changes import ask_changes
from grantengine.services.assign_cases import assign_cases
from grantengine.services.close_round import close_round
from grantengine.services.decide_interest import list_interests
from grantengine.services.declare_interests import declare_interests, list_applicants
from grantengine.services.list_rounds import list_rounds
from grantengine.services.read_application import read_application
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import submit_application

PATCH = """
      - id: small
        budget: 1 000 000 NOK
        patch:
          - {op: replace, path: /rounds/dialogue/options/exchanges, value: 1}
          - {op: add, path: /rounds/dialogue/options/editable/-, value: members}
          - {op: replace, path: /rounds/dialogue/days, value: 3}
          - {op: replace, path: /rounds/assessment/options/assessors_per_case, value: 1}
      - {id: large}
"""
STRANDS = EXAMPLE.replace("  invited_only: false", f"  strands:{PATCH}  invited_only: false")
BY_HAND = STRANDS.replace(
    "{op: replace, path: /rounds/dialogue/days, value: 3}", "{op: remove, path: /rounds/dialogue/days}"
)
IN_DIALOGUE = datetime(2027, 3, 13, 9, 0, tzinfo=UTC)
LATER = datetime(2027, 3, 16, 9, 0, tzinfo=UTC)


class Both:
    """A case in each strand, and a handler who has declared."""

    def __init__(self, world: World, source: str = STRANDS) -> None:
        self.world, self.engine = world, world.engine
        self.call = world.call(source)
        self.contacts: list[str] = []
        self.small, self.large = (self._case(place, strand) for place, strand in enumerate(("small", "large")))
        world.clock.at = IN_DIALOGUE
        world.declare(self.call)

    def _case(self, place: int, strand: str) -> str:
        contact = self.world.user(f"Kontakt {place}")
        self.contacts.append(contact)
        by = self.world.by(contact)
        organisation = self.world.organisation(contact, f"Lag {place}", NUMBERS[place])
        id = start_draft(
            self.engine, by, call_id=self.call, organisation_id=organisation, answers=ANSWERS, strand=strand
        )
        submit_application(self.engine, by, id, 1)
        return id

    def ask(self, case: str, *questions: str) -> str:
        handler = self.world.by(self.world.made["handler"])
        return ask_changes(self.engine, handler, case, questions=questions or ("summary",), reason="Hvor ofte?")

    def answer(self, case: str) -> None:
        by = self.world.by(self.contacts[case == self.large])
        draft = read_application(self.engine, by, case).draft
        assert draft is not None
        answer_changes(self.engine, by, case, draft.version)


def test_a_case_is_asked_within_the_rounds_of_its_strand(world: World) -> None:
    both = Both(world)
    for case, exchanges in ((both.small, 1), (both.large, 2)):
        seen = list_rounds(both.engine, world.by(world.made["handler"]), both.call, application_id=case)
        dialogue = next(one for one in seen if one.id == "dialogue")
        assert (dialogue.exchanges, dialogue.left, dialogue.offered, dialogue.state) == (
            exchanges,
            exchanges,
            True,
            "open",
        )
    both.ask(both.small, "members")
    both.ask(both.large)
    both.answer(both.small)
    both.answer(both.large)
    both.ask(both.large)
    with pytest.raises(NotPossibleError, match="exchanges-used"):
        both.ask(both.small)
    world.clock.at = LATER
    with pytest.raises(NotPossibleError, match="no-open-round"):
        both.ask(both.small)


def test_a_case_gets_as_many_assessors_as_its_strand_says(world: World) -> None:
    both = Both(world)
    for letter in "AB":
        user = world.user(f"Vurderer {letter}")
        appoint(both.engine, world.system, authority_id=world.made["imdi"], user_id=user, role="assessor")
        world.declare(both.call, user)
    given = assign_cases(both.engine, world.by(world.made["handler"]), both.call, "assessment")
    assert (sorted(one.application_id for one in given.made), given.lacking) == (
        sorted([both.small, both.large, both.large]), (),
    )  # fmt: skip


def test_a_round_that_one_strand_has_without_an_end_is_closed_for_it(world: World) -> None:
    both, handler = Both(world, BY_HAND), world.made["handler"]
    close_round(both.engine, world.by(handler), both.call, "dialogue")
    world.clock.turn(minutes=1)
    with pytest.raises(NotPossibleError, match="no-open-round"):
        both.ask(both.small)
    both.ask(both.large)
    with pytest.raises(NotPossibleError, match="round-not-open"):
        close_round(both.engine, world.by(handler), both.call, "dialogue")
    with pytest.raises(NotPossibleError, match="round-ends-itself"):
        close_round(both.engine, world.by(handler), both.call, "completeness")


def test_it_is_enough_that_one_strand_says_that_a_tie_touches_all(world: World) -> None:
    source = STRANDS.replace("impartiality: call ", "impartiality: case ").replace(
        "      - {id: large}", "      - {id: large, patch: [{op: replace, path: /impartiality, value: call}]}"
    )
    both, handler = Both(world, source), world.made["handler"]
    one = list_applicants(both.engine, world.by(handler), both.call)[0]
    declare_interests(both.engine, world.by(handler), both.call, {one.organisation_id: "Er med i styret"})
    [tie] = list_interests(both.engine, world.by(handler), both.call)
    assert tie.whole_call
