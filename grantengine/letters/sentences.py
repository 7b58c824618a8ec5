"""The three plain sentences that every letter begins with: what, why, and what the reader can do now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grantengine.letters.words import Speaker
from grantengine.outcome import MONEY
from grantengine.records import Ground

if TYPE_CHECKING:
    from grantengine.letters.data import AppealReceipt, CasePaper, DecisionLetter, InterimLetter

MOST_WORDS = 15
"""A longer reason is told of below the three sentences, not in them."""


def decision_sentences(letter: DecisionLetter, speaker: Speaker) -> tuple[str, str, str]:
    """What was decided, the main reason, and what the applicant can do now."""
    return _decided(letter, speaker), main_reason(letter, speaker), _next(letter, speaker)


def interim_sentences(letter: InterimLetter, speaker: Speaker) -> tuple[str, str, str]:
    """That it takes longer, why, and when the answer comes."""
    say = speaker.say
    when = (
        say("letter.interim.unknown")
        if letter.expected is None
        else say("letter.interim.expected", date=speaker.date(letter.expected))
    )
    why = short(letter.why)
    return (
        say("letter.interim.longer"),
        say("letter.reason.is", reason=why) if why else say("letter.interim.why-below"),
        when,
    )


def receipt_sentences(letter: AppealReceipt, speaker: Speaker) -> tuple[str, str, str]:
    """That the appeal has come, whether in time, and what happens now."""
    say, until = speaker.say, speaker.date(letter.until)
    if letter.in_time:
        return (
            say("letter.receipt.arrived", date=speaker.date(letter.arrived)),
            say("letter.receipt.in-time", date=until),
            say("letter.receipt.again"),
        )
    return (
        say("letter.receipt.arrived", date=speaker.date(letter.arrived)),
        say("letter.receipt.late", date=until),
        say("letter.receipt.whether"),
    )


def paper_sentences(paper: CasePaper, speaker: Speaker) -> tuple[str, str, str]:
    """What is to be decided, what is proposed, and what is left to choose."""
    say = speaker.say
    given = sum(one.proposed for one in paper.proposals)
    proposed = say(
        "letter.paper.proposed", funded=sum(one.proposed > 0 for one in paper.proposals), cases=len(paper.proposals),
        amount=speaker.amount(given, paper.currency), budget=speaker.amount(paper.budget, paper.currency),
    )  # fmt: skip
    choices = len(paper.choices)
    left = say("letter.paper.choices", count=choices) if choices > 1 else say("letter.paper.choice")
    return say("letter.paper.decides"), proposed, left if choices else say("letter.paper.no-choice")


def main_reason(letter: DecisionLetter, speaker: Speaker) -> str:
    """Why, in one sentence of at most 25 words."""
    say = speaker.say
    match letter.ground:
        case Ground.NOT_ELIGIBLE:
            return _not_eligible(letter, speaker)
        case Ground.BELOW_MINIMUM:
            if below_minimum(letter):
                points = {"total": speaker.number(letter.total or 0), "minimum": speaker.number(letter.minimum or 0)}
                return say("letter.reason.below-minimum", **points)
            return say("letter.reason.no-amount")
        case Ground.SET_BY_HAND:
            reason = short(letter.reason)
            if reason:
                return say("letter.reason.is", reason=reason)
            return say("letter.reason.refused-by-hand" if letter.kind == "refused" else "letter.reason.set-by-hand")
        case Ground.FUNDED:
            return say("letter.reason.most" if _asked_for_more(letter) else "letter.reason.funded")
        case _:
            return say(f"letter.reason.{letter.ground.replace(' ', '-')}")


def below_minimum(letter: DecisionLetter) -> bool:
    """Whether it is points that lack; the ground is also that of an amount of nothing."""
    return letter.minimum is not None and letter.total is not None and letter.total < letter.minimum


def sums(letter: DecisionLetter) -> dict[str, int]:
    """What is given of each unit, in all years together; the unit of money is its currency."""
    found: Counter[str] = Counter()
    for line in letter.award:
        found[letter.currency if line.unit == MONEY else line.unit] += line.amount
    return dict(found)


def short(reason: str) -> str:
    """A reason that fits in a sentence of ours, without its full stop; nothing where it is too long for that."""
    text = " ".join(reason.split()).removesuffix(".")
    several = any(mark in text for mark in (". ", "! ", "? "))
    return "" if several or len(text.split()) > MOST_WORDS else text


def _decided(letter: DecisionLetter, speaker: Speaker) -> str:
    if letter.kind == "refused":
        return speaker.say("letter.refused")
    amount = speaker.listed([speaker.amount(sum, unit) for unit, sum in sums(letter).items()])
    if _asked_for_more(letter):
        requested = speaker.amount(letter.requested or 0, letter.currency)
        return speaker.say("letter.granted-of", amount=amount, requested=requested)
    return speaker.say("letter.granted-part" if letter.kind == "granted_in_part" else "letter.granted", amount=amount)


def _asked_for_more(letter: DecisionLetter) -> bool:
    """Whether a sum of money is given that is less than what was asked for."""
    given = sums(letter)
    return (
        letter.requested is not None and list(given) == [letter.currency] and given[letter.currency] < letter.requested
    )


def _not_eligible(letter: DecisionLetter, speaker: Speaker) -> str:
    say, failed = speaker.say, len(letter.rules)
    if failed == 1:
        reason = short(letter.rules[0].because)
        return say("letter.reason.is", reason=reason) if reason else say("letter.reason.not-eligible-one")
    return say("letter.reason.not-eligible-several", count=failed) if failed else say("letter.reason.not-eligible")


def _next(letter: DecisionLetter, speaker: Speaker) -> str:
    if letter.answer_by is not None and letter.kind != "refused":
        return speaker.say("letter.next.answer", date=speaker.date(letter.answer_by))
    until = speaker.date(letter.appeal.until)
    return speaker.say("letter.next.reserve" if letter.reserve else "letter.next.appeal", date=until)
