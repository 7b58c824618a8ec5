"""The table of statuses is checked when it is made, and has words for people in every language."""

import pytest

from grantengine.errors import Message
from grantengine.lifecycle import LIFECYCLE, Lifecycle, LifecycleError, Status, Transition, Who
from grantengine.texts.catalogue import LANGUAGES, core_texts

ENDS = frozenset({Status.WITHDRAWN, Status.LAPSED, Status.DECLINED, Status.FORFEITED})


def _without(*verbs: str) -> tuple[Transition, ...]:
    return tuple(one for one in LIFECYCLE.transitions if one.verb not in verbs)


def _way(verb: str, sources: set[Status], to: Status, who: set[Who] | None = None) -> Transition:
    return Transition(verb, frozenset(sources), to, frozenset({Who.CONTACT} if who is None else who))


@pytest.mark.parametrize(
    ("transitions", "ends", "words"),
    [
        (_without("lapse"), ENDS, "never reached: lapsed"),
        (_without("withdraw"), ENDS - {Status.WITHDRAWN}, "never reached: withdrawn"),
        (LIFECYCLE.transitions, ENDS - {Status.WITHDRAWN}, "dead ends: withdrawn"),
        (LIFECYCLE.transitions, ENDS | {Status.DRAFT}, "ends that can be left: draft"),
        ((*LIFECYCLE.transitions, LIFECYCLE.find("start")), ENDS, "a verb stands twice"),
        ((*LIFECYCLE.transitions, _way("x", {Status.DRAFT}, Status.LAPSED, set())), ENDS, "nobody may do"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(
    transitions: tuple[Transition, ...], ends: frozenset[Status], words: str
) -> None:
    with pytest.raises(LifecycleError, match=words):
        Lifecycle(transitions, ends)


def test_each_status_leads_where_the_table_says() -> None:
    found = {status: {one.verb for one in LIFECYCLE.from_status(status)} for status in Status}
    assert found == {
        Status.DRAFT: {"submit", "withdraw", "lapse"},
        Status.UNCONFIRMED: {"confirm", "withdraw", "lapse"},
        Status.SUBMITTED: {"ask-changes", "decide", "withdraw"},
        Status.CHANGES_ASKED: {"answer-changes", "close-changes", "withdraw"},
        Status.DECIDED: {"grant", "refuse", "withdraw"},
        Status.GRANTED: {"decline", "forfeit"},
        Status.MOVED_UP: {"grant", "refuse"},
        Status.REFUSED: {"move-up"},
        Status.DECLINED: set(),
        Status.FORFEITED: set(),
        Status.WITHDRAWN: set(),
        Status.LAPSED: set(),
    }
    assert LIFECYCLE.ends == ENDS
    with pytest.raises(KeyError):
        LIFECYCLE.find("dance")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_status_and_verb_has_words(language: str) -> None:
    words = [
        core_texts().catalogues[language].get(f"status.{status}{end}") for status in Status for end in ("", ".help")
    ]
    words += [core_texts().catalogues[language].get(f"verb.{one.verb}") for one in LIFECYCLE.transitions]
    assert all(words)
    assert core_texts().say(Message("status.draft"), "nb") == "Under arbeid"
