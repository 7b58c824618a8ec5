"""Letters and case papers as HTML pages that stand alone: no script, nothing from elsewhere; read, printed and filed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grantengine.letters.sentences import (
    below_minimum,
    decision_sentences,
    interim_sentences,
    paper_sentences,
    receipt_sentences,
    sums,
)
from grantengine.letters.words import Speaker, paragraphs
from grantengine.money import IN_KIND
from grantengine.outcome import MONEY
from grantengine.records import POINT_UNITS, Ground
from grantengine.texts.catalogue import Texts

if TYPE_CHECKING:
    from jinja2 import Environment

    from grantengine.errors import Message
    from grantengine.letters.data import AppealReceipt, CasePaper, Counterfactual, DecisionLetter, InterimLetter

_MORE = frozenset(
    {Ground.NOT_ELIGIBLE, Ground.NOT_RATED, Ground.DOES_NOT_FIT, Ground.BUDGET_USED, Ground.FUNDED_IN_PART}
)
"""Grounds of which there is more to say than the one sentence, whatever the case is."""


def decision_html(letter: DecisionLetter, texts: Texts, *, draft: Message | None = None) -> str:
    """The answer to an application, in the letter's language; ``draft`` marks one that has not gone out."""
    speaker = Speaker(texts, letter.subject.language)
    return _page(
        "decision.html", speaker, letter=letter, sentences=decision_sentences(letter, speaker),
        award=_award(letter, speaker), more=_more(letter, speaker), draft=texts.say(draft, speaker.language) if draft else "",
        most=_most(letter, speaker), quoted=lambda names: ", ".join(f"«{name}»" for name in names),
        changes=[(one.because, _change(one, speaker)) for one in letter.approved],
    )  # fmt: skip


def interim_html(letter: InterimLetter, texts: Texts) -> str:
    """That the answer takes longer, why, and when it comes."""
    speaker = Speaker(texts, letter.subject.language)
    return _page("interim.html", speaker, letter=letter, sentences=interim_sentences(letter, speaker))


def appeal_receipt_html(letter: AppealReceipt, texts: Texts) -> str:
    """That an appeal has come, whether in time, and what happens now."""
    speaker = Speaker(texts, letter.subject.language)
    return _page("appeal_receipt.html", speaker, letter=letter, sentences=receipt_sentences(letter, speaker))


def case_paper_html(paper: CasePaper, texts: Texts) -> str:
    """What a committee decides by: the proposal with every application, the recommendation, and what is to be chosen."""
    speaker = Speaker(texts, paper.language)
    return _page(
        "case_paper.html", speaker, paper=paper, sentences=paper_sentences(paper, speaker),
        proposed=sum(one.proposed for one in paper.proposals),
        requested=sum(one.requested or 0 for one in paper.proposals),
        with_points=any(one.points is not None for one in paper.proposals),
        with_requested=any(one.requested is not None for one in paper.proposals),
    )  # fmt: skip


def change_words(change: Counterfactual, texts: Texts, language: str) -> str:
    """What would have changed the outcome, as a letter in this language says it."""
    return _change(change, Speaker(texts, language))


def _page(template: str, speaker: Speaker, **context: Any) -> str:
    page = _environment().get_template(template)
    return page.render(language=speaker.language, say=speaker.say, speaker=speaker, paragraphs=paragraphs, **context)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("grantengine.letters"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _award(letter: DecisionLetter, speaker: Speaker) -> dict[str, Any]:
    """The lines of the award as they are shown, and their sums where there is more than one line."""
    lines = [
        (
            str(line.year),
            speaker.say(f"letter.unit.{line.unit if line.unit in IN_KIND else MONEY}"),
            speaker.amount(line.amount, letter.currency if line.unit == MONEY else line.unit),
        )
        for line in letter.award
    ]
    total = [speaker.amount(sum, unit) for unit, sum in sums(letter).items()] if len(lines) > 1 else []
    return {"lines": lines, "total": total}


def _most(letter: DecisionLetter, speaker: Speaker) -> str:
    """The most points there are in all; nothing where a criterion has no limit."""
    known = [line.most for line in letter.criteria if line.most is not None]
    return speaker.number(sum(known)) if len(known) == len(letter.criteria) else ""


def _more(letter: DecisionLetter, speaker: Speaker) -> str:
    """What can be said of the ground at more length than in the main reason; nothing where that says all."""
    if letter.ground is Ground.BELOW_MINIMUM:
        if below_minimum(letter):
            points = {"total": speaker.number(letter.total or 0), "minimum": speaker.number(letter.minimum or 0)}
            return speaker.say("letter.more.below-minimum", **points)
        return speaker.say("letter.more.no-amount")
    return speaker.say(f"letter.more.{letter.ground.replace(' ', '-')}") if letter.ground in _MORE else ""


def _change(one: Counterfactual, speaker: Speaker) -> str:
    """One thing that would have changed the outcome, in a sentence or two."""
    if one.points is not None:
        more = _points(one.points, speaker)
        if one.minimum is None:
            return more
        minimum = speaker.number(one.minimum)
        if one.crowded:
            return f"{speaker.say('letter.change.minimum-crowded', minimum=minimum)} {more}"
        return f"{speaker.say('letter.change.minimum', minimum=minimum)} {more}"
    if not one.today:
        return speaker.say("letter.change.unanswered", question=one.question, value=one.value)
    return speaker.say("letter.change.answer", question=one.question, value=one.value, today=one.today)


def _points(points: float, speaker: Speaker) -> str:
    """Points that were short. Who must pass another lacks the least part of a point: that is «a little more»."""
    units = round(points * POINT_UNITS)
    if units % 100 != 1:
        return speaker.say("letter.change.points", points=speaker.number(points))
    whole = units // 100 / 100
    if not whole:
        return speaker.say("letter.change.points-least")
    return speaker.say("letter.change.points-more-than", points=speaker.number(whole))
