"""Processes that do things at the same moment, or all the time, on both databases."""

from __future__ import annotations

import time
from collections import Counter

from concurrency.meeting import LEAD, Meeting, number_of
from faults.journal import read
from worlds import ANSWERS

from grantengine.services.invite_partner import invite_partner


def test_of_two_writers_on_one_draft_one_is_told_of_both_texts(meeting: Meeting) -> None:
    ola, id = meeting.writer("Ola"), meeting.draft()
    for version in range(1, 5):
        texts = [{"summary": f"Kari skrev {version}"}, {"summary": f"Ola skrev {version}"}]
        outcomes = meeting.at_once(
            meeting.step("save", id=id, version=version, answers=texts[0]),
            meeting.step("save", ola, id=id, version=version, answers=texts[1]),
        )
        [winner] = [place for place, outcome in enumerate(outcomes) if outcome == {"did": version + 1}]
        assert outcomes[1 - winner] == {
            "refused": "draft-conflict", "mine": texts[1 - winner], "theirs": texts[winner], "version": version + 1,
        }  # fmt: skip
        with meeting.engine.store.read() as reading:
            draft = reading.applications.draft(id)
        assert draft is not None
        assert (draft.version, draft.answers) == (version + 1, texts[winner])
    meeting.sound()


def test_twenty_begin_and_submit_in_the_same_second(meeting: Meeting) -> None:
    who = []
    for number in range(20):
        user = meeting.world.user(f"Leder {chr(97 + number)}")
        who.append((user, meeting.world.organisation(user, f"Lag {number}", number_of(number))))
    begun = meeting.at_once(
        *(
            meeting.step(
                "start", user, call_id=meeting.call, organisation_id=organisation, request_id=user, answers=ANSWERS
            )
            for user, organisation in who
        )
    )
    ids = [outcome["did"] for outcome in begun]
    start = time.monotonic()
    outcomes = meeting.at_once(
        *(meeting.step("submit", user, id=id, version=1) for (user, _), id in zip(who, ids, strict=True))
    )
    assert time.monotonic() - start < 20
    with meeting.engine.store.read() as reading:
        kept = [reading.applications.get(id) for id in ids]
    assert [outcome["did"] for outcome in outcomes] == [
        {"number": one.number, "arrived": one.submitted_at.isoformat(), "revision": 1}
        for one in kept
        if one is not None and one.submitted_at is not None
    ]
    numbers = sorted(int(outcome["did"]["number"].split("/")[1]) for outcome in outcomes)
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    receipts = meeting.world.messages(template="submitted")
    assert sorted(one.about or "" for one in receipts) == sorted(ids)
    meeting.sound()


def test_a_submission_that_comes_five_times_at_once_is_one(meeting: Meeting) -> None:
    id = meeting.draft()
    outcomes = meeting.at_once(*[meeting.step("submit", id=id, version=1)] * 5)
    assert outcomes[0]["did"]["revision"] == 1
    assert outcomes == [outcomes[0]] * 5
    assert len(meeting.world.messages(template="submitted")) == 1
    with meeting.engine.store.read() as reading:
        assert [event.verb for event in reading.trail.of("application", id)] == ["start", "submit"]
    meeting.sound()


def test_a_request_that_comes_five_times_at_once_begins_one_application(meeting: Meeting) -> None:
    step = meeting.step(
        "start", call_id=meeting.call, organisation_id=meeting.organisation, request_id="r1", answers=ANSWERS
    )
    outcomes = meeting.at_once(*[step] * 5)
    assert outcomes == [{"did": outcomes[0]["did"]}] * 5
    with meeting.engine.store.read() as reading:
        begun = reading.applications.begun(meeting.call, meeting.organisation)
    assert [one.id for one in begun if one.request_id] == [outcomes[0]["did"]]
    meeting.sound()


def test_of_two_answers_by_one_link_the_first_counts(meeting: Meeting) -> None:
    id = meeting.draft()
    partner = invite_partner(
        meeting.engine, meeting.world.by(meeting.kari), application_id=id, name="Biblioteket", email="bib@example.org"
    )
    link = meeting.world.link("partner", "bib@example.org")
    answers = [
        meeting.step("answer", id=id, partner=partner, link=link, answer=answer, person="Berit", amount=amount)
        for answer, amount in (("confirmed", "100"), ("declined", "200"))
    ]
    outcomes = meeting.at_once(*answers)
    [winner] = [place for place, outcome in enumerate(outcomes) if outcome == {"did": None}]
    assert outcomes[1 - winner]["refused"] == "link-used"
    with meeting.engine.store.read() as reading:
        kept = reading.parts.partner(partner)
    assert kept is not None
    assert (kept.status, kept.amount) == (("confirmed", "declined")[winner], (10_000, 20_000)[winner])
    assert len(meeting.world.messages("kari@example.org", f"partner-{kept.status}")) == 1
    meeting.sound()


def test_a_reminder_and_an_answer_at_once_do_not_wait_for_each_other(meeting: Meeting) -> None:
    for number in range(4):
        id, address = meeting.draft(), f"bib{number}@example.org"
        partner = invite_partner(
            meeting.engine, meeting.world.by(meeting.kari), application_id=id, name="Biblioteket", email=address
        )
        link = meeting.world.link("partner", address)
        answered, reminded = meeting.at_once(
            meeting.step("answer", id=id, partner=partner, link=link, answer="confirmed", person="Berit"),
            meeting.step("remind", id=id, partner=partner),
        )
        # Who was first: the answer, or the reminder, which makes the link void.
        assert (answered.get("refused"), reminded.get("refused")) in [
            (None, "partner-has-answered"), ("link-used", None),
        ]  # fmt: skip
    meeting.sound()


def test_many_writers_all_get_through(meeting: Meeting) -> None:
    cases = [meeting.draft() for _ in range(8)]
    files, when = [meeting.file() for _ in cases], time.time() + LEAD
    children = [
        meeting.start(
            "many", journal=str(file), when=when,
            steps=[meeting.step("save", id=id, version=version, answers={"members": version}) for version in range(1, 11)],
        )
        for file, id in zip(files, cases, strict=True)
    ]  # fmt: skip
    assert [child.wait() for child in children] == [0] * 8, meeting.nursery.said()
    assert [read(file) for file in files] == [[{"did": version} for version in range(2, 12)]] * 8
    meeting.sound()


def test_bustle_ends_without_anyone_being_told_that_the_store_is_busy(meeting: Meeting) -> None:
    """Six processes do anything to three applications for some seconds: no deadlock, nothing half done."""
    cases = [meeting.draft() for _ in range(3)]
    users, files = (
        [meeting.kari, *(meeting.writer(name) for name in ("Ola", "Eva"))],
        [meeting.file() for _ in range(6)],
    )
    children = [
        meeting.start(
            "bustle", journal=str(file), seed=place, seconds=4.0, user=users[place % 3], call=meeting.call, cases=cases,
            handler=meeting.world.made["handler"], organisation=meeting.organisation,
        )
        for place, file in enumerate(files)
    ]  # fmt: skip
    assert [child.wait() for child in children] == [0] * 6, meeting.nursery.said()
    outcomes = [line for file in files for line in read(file)]
    assert [line for line in outcomes if "store" in line] == []
    done = Counter(line["did"] for line in outcomes if "refused" not in line)
    print(sorted(done.items()), Counter(line["refused"] for line in outcomes if "refused" in line))
    assert {"save", "invite", "remind", "answer", "edit", "start"} <= done.keys()
    meeting.sound()
