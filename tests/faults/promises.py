"""What people were told, held against what the store has: nothing missing, nothing half done, nothing twice."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from faults.journal import Line
from faults.steps import PDF
from faults.verdicts import way
from sqlalchemy import select

from grantengine.bootstrap import Engine
from grantengine.hooks.kinds import FactSource
from grantengine.services.pinned import plan_of_call
from grantengine.store.tables.applications import Application, ApplicationNumber, AttachmentContent, Partner
from grantengine.store.tables.people import OneTimeLink
from grantengine.store.unit_of_work import Reading

EVENTS = {
    "start": ("start",), "save": ("draft-saved",), "invite": ("partner-invited",), "remind": ("partner-reminded",),
    "answer": ("partner-confirmed", "partner-declined"), "attach": ("file-attached",), "submit": ("submit",),
    "complete": ("completed",), "withdraw": ("withdraw",),
}  # fmt: skip
CONTACTS = 1
"""How many contacts each organisation has: each gets every receipt."""


@dataclass
class Told:
    """What is known of one application: steps acknowledged, those that were taken twice without an end, one that is open.

    ``known`` steps are done (``did``, or ``refused`` as they were done before); ``lost`` counts, by verb, tries that can
    be taken again and again, and may have been done before the process was killed. ``last`` is the place of its last line.
    """

    known: list[Line] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    unfinished: Line | None = None
    last: int = 0


def told_of(lines: Iterable[Line]) -> dict[str, Told]:
    """What a journal says of each application; one that has no id yet has its request's mark."""
    told: dict[str, Told] = defaultdict(Told)
    begun = {
        line["args"]["request_id"]: line["result"] for line in lines if (line["kind"], line["verb"]) == ("did", "start")
    }
    open_step: Line | None = None
    for place, line in enumerate(lines):
        mark = line["args"].get("id") or begun.get(line["args"]["request_id"], line["args"]["request_id"])
        told[mark].last = place
        if line["kind"] == "try":
            if line["again"] and line["verb"] in ("invite", "remind"):
                told[mark].lost[line["verb"]] += 1
            told[mark].unfinished = line
            open_step = line
        else:
            told[mark].known.append(line)
            told[mark].unfinished = None
            open_step = None
    assert sum(one.unfinished is not None for one in told.values()) == (open_step is not None)
    return told


def unfinished_of(lines: list[Line]) -> Line | None:
    """The step that nobody knows the end of, as it is taken again."""
    last = lines[-1] if lines else None
    return {name: last[name] for name in ("verb", "user", "args")} if last and last["kind"] == "try" else None


def broken_promises(engine: Engine, told: dict[str, Told]) -> list[str]:
    """What was acknowledged and is not there, or is there more often than it was done."""
    found: list[str] = []
    with engine.store.read() as reading:
        for id, one in told.items():
            application = reading.applications.get(id)
            if application is not None:
                found += [f"{id}: {words}" for words in _broken(reading, application, one)]
            elif one.known:
                found.append(f"{id}: acknowledged, and not there")
    return found


def done_unseen(engine: Engine, told: dict[str, Told]) -> int:
    """How many steps were kept although whoever took them was killed before it knew."""
    unseen = 0
    with engine.store.read() as reading:
        for id, one in told.items():
            if one.unfinished is not None:
                verb = one.unfinished["verb"]
                events = Counter(event.verb for event in reading.trail.of("application", id))
                sure = sum(line["verb"] == verb for line in one.known) + one.lost[verb]
                begun = verb == "start" and reading.applications.by_request(id) is not None
                unseen += begun or sum(events[event] for event in EVENTS[verb]) > sure
    return unseen


def _broken(reading: Reading, application: Application, told: Told) -> list[str]:
    verbs = Counter(event.verb for event in reading.trail.of("application", application.id))
    found = []
    for verb, events in EVENTS.items():
        done = sum(verbs[event] for event in events)
        sure = sum(line["verb"] == verb for line in told.known)
        perhaps = told.lost[verb] + (told.unfinished is not None and told.unfinished["verb"] == verb)
        if not sure <= done <= sure + perhaps:
            found.append(f"{verb} was done {sure} to {sure + perhaps} times, and is told {done} times")
    revisions = reading.applications.revisions(application.id, limit=10_000)
    kept = {(one.draft_version, one.cause): one for one in revisions}
    for line in told.known:
        args, result = line["args"], line.get("result")
        match line["verb"]:
            case "save" if args["keep"]:
                one = kept.get((result, "kept"))
                if one is None or one.answers != args["answers"]:
                    found.append(f"version {result} was kept, and is not")
            case "submit":
                one = next((one for one in revisions if one.place == result["revision"]), None)
                if one is None or (one.cause, one.draft_version) != ("submitted", args["version"]):
                    found.append(f"the receipt's revision {result['revision']} is not there")
                if (application.number, application.submitted_at) != (
                    result["number"], datetime.fromisoformat(result["arrived"]),
                ):  # fmt: skip
                    found.append("the receipt tells something else")
            case "complete" if result is not None:
                one = next((one for one in revisions if one.place == result["revision"]), None)
                if one is None or one.cause != "completed" or {**(one.answers or {}), **args["answers"]} != one.answers:
                    found.append(f"what completed it is not in revision {result['revision']}")
            case "invite":
                if reading.parts.partner(result) is None:
                    found.append(f"partner {result} is not there")
            case "answer":
                partner = reading.parts.partner(args["partner"])
                if partner is None or (partner.status, partner.amount) != (args["answer"], int(args["amount"]) * 100):
                    found.append(f"the answer of partner {args['partner']} is not there")
            case "attach":
                content = PDF + args["text"].encode()
                if reading.parts.content(result) != content:
                    found.append(f"file {result} is not there")
    return found + _broken_draft(reading, application, told)


def _broken_draft(reading: Reading, application: Application, told: Told) -> list[str]:
    """The draft is the one last acknowledged, or the next, if that was being saved when the process was killed."""
    version, answers = 1, {}
    for line in told.known:
        if line["verb"] == "save":
            version, answers = line["result"], line["args"]["answers"]
        if line["verb"] == "complete":
            version, answers = version + 1, {**answers, **line["args"]["answers"]}
    may_be = [(version, answers)]
    if told.unfinished is not None and told.unfinished["verb"] == "save":
        may_be.append((version + 1, told.unfinished["args"]["answers"]))
    if told.unfinished is not None and told.unfinished["verb"] == "complete":
        may_be.append((version + 1, {**answers, **told.unfinished["args"]["answers"]}))
    draft = reading.applications.draft(application.id)
    if draft is None or (draft.version, draft.answers) not in may_be:
        return [f"the draft is version {draft and draft.version}, and was acknowledged as {version}"]
    return []


def half_done(engine: Engine, of: Iterable[str] | None = None) -> list[str]:
    """Applications (by id; None: all) of which one part says that something happened, and another that it did not."""
    with engine.store.read() as reading:
        wanted = select(Application).order_by(Application.id)
        if of is not None:
            wanted = wanted.where(Application.id.in_(sorted(of)))
        found = []
        for application in reading.session.scalars(wanted):
            found += [f"{application.id}: {words}" for words in _half_done(engine, reading, application)]
        numbers = list(reading.session.scalars(select(Application.number)))
    return found + [f"number {number} is given twice" for number, times in Counter(numbers).items() if times > 1]


def _half_done(engine: Engine, reading: Reading, application: Application) -> list[str]:
    call = reading.schemes.call(application.call_id)
    assert call is not None
    verbs = Counter(event.verb for event in reading.trail.of("application", application.id))
    partners = list(reading.session.scalars(select(Partner).where(Partner.application_id == application.id)))
    mails = Counter(one.template for one in reading.outbox.about([application.id, *(one.id for one in partners)]))
    links = list(
        reading.session.scalars(
            select(OneTimeLink).where(OneTimeLink.chain_id == application.id, OneTimeLink.purpose == "partner")
        )
    )
    revisions = Counter(one.cause for one in reading.applications.revisions(application.id, limit=10_000))
    sources = set(engine.registry.of_role(FactSource, plan_of_call(engine, reading, call).scheme.plugins))
    submitted, withdrawn = verbs["submit"], verbs["withdraw"]
    invited, asked = verbs["partner-invited"], verbs["partner-invited"] + verbs["partner-reminded"]
    number = reading.session.scalar(
        select(ApplicationNumber.number).where(ApplicationNumber.application_id == application.id)
    )
    last = reading.applications.last_revision(application.id)
    agree: dict[str, tuple[Any, Any]] = {
        "number": (application.number, f"{application.begun_at.year}/{number}"),
        "status": (application.status, way(one.verb for one in reading.trail.of("application", application.id))),
        "once": (max(submitted, withdrawn, verbs["start"]), 1),
        "submitted at": (application.submitted_at is not None, submitted == 1),
        "revision": (application.revision_id, last.id if submitted and last else None),
        "revisions": ((revisions["submitted"], revisions["completed"]), (submitted, verbs["completed"])),
        "facts": ({one.source for one in reading.parts.facts(application.id)}, sources if submitted else set()),
        "receipts": (mails["submitted"], submitted * CONTACTS),
        "farewells": (mails["withdrawn"], withdrawn * CONTACTS if submitted else 0),
        "partners": (len(partners), invited),
        "invitations": ((mails["partner"], len(links)), (asked, asked)),
        "answers": (
            Counter(one.status for one in partners if one.status != "invited"),
            Counter({word: verbs[f"partner-{word}"] for word in ("confirmed", "declined") if verbs[f"partner-{word}"]}),
        ),
        "answers told": (
            (mails["partner-confirmed"], mails["partner-declined"]),
            (verbs["partner-confirmed"], verbs["partner-declined"]),
        ),
        "links that can be used": (
            sorted(one.subject_id for one in links if one.used_at is None),
            sorted(one.id for one in partners if one.status == "invited" and one.removed_at is None),
        ),
        "files": (_files(reading, application), verbs["file-attached"]),
    }  # fmt: skip
    return [f"{name}: {one} and {other}" for name, (one, other) in agree.items() if one != other]


def _files(reading: Reading, application: Application) -> int:
    """How many files have the bytes that their rows tell of."""
    return sum(
        hashlib.sha256(content.content).hexdigest() == one.content_digest
        for one in reading.parts.attachments(application.id)
        if (content := reading.session.get(AttachmentContent, one.id)) is not None
    )
