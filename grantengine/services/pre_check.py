"""Which open calls fit an organisation: every one, with yes, no and why, or what must be known first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grantengine.compile.plan import Plan, Words
from grantengine.errors import CodedError, GrantEngineError, Message
from grantengine.form.answers import check_draft
from grantengine.hooks.context import Applicant, HttpReader, SourceDown, Submitted
from grantengine.http_client import OnceOnly
from grantengine.records import By
from grantengine.services.access import organisation_for
from grantengine.services.case_record import case_record
from grantengine.services.collect_facts import gather
from grantengine.services.fact_reader import ProfileFacts, StoreFacts
from grantengine.services.look import Answer, RuleLook, look
from grantengine.services.pinned import plan_of_call
from grantengine.services.rule_words import rule_words
from grantengine.store.tables.people import Organisation
from grantengine.store.tables.schemes import Call

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

SAME_AS = {"members": "members", "employees": "employees"}
"""Questions that ask what a profile tells, by id."""
ORDER: Mapping[Answer, int] = {"yes": 0, "needs": 1, "no": 2}
"""In which order calls are told of, by how they fit."""
INVITED = "facts.invitation.invited"
"""The fact of a rule that asks whether one is invited, in words of its own."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organisation says of itself, with an account or without. ``has_number``: None where it has not said."""

    kind: str = "organisation"
    number: str | None = None
    has_number: bool | None = None
    municipality: str | None = None
    founded: int | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    organisation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A call and how it fits. ``rules`` are those that say no or are open; ``obstacles`` are what the call itself asks.

    ``failed`` says why the call could not be checked; ``asks`` are the questions of the form that rules need answers
    to, and ``words`` what those rules ask, by rule.
    """

    call_id: str
    title: Mapping[str, str]
    closes: datetime | None
    answer: Answer
    rules: tuple[RuleLook, ...] = ()
    obstacles: tuple[Message, ...] = ()
    failed: Message | None = None
    asks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)


class _Silent:
    """Other systems, for someone for whom they have been asked too often: a :class:`grantengine.hooks.context.HttpReader`."""

    def get_json(self, url: str) -> tuple[int, Any]:
        raise SourceDown("not asked: too many questions from one sender or person")


def pre_check(engine: Engine, by: By, profile: Profile, *, asks: bool = True) -> list[Fit]:
    """Every call that is open now; those that fit first, then those that need something, then those that do not.

    :param asks: other systems are asked; without them rules about what they know need something.
    """
    with engine.store.read() as reading:
        looked_at = _opened(engine, reading, profile, reading.schemes.calls_open(by.at))
    http = OnceOnly(engine.http) if asks else _Silent()
    return sorted(_fits(engine, by, profile, looked_at, http), key=lambda fit: ORDER[fit.answer])


def fit_of_call(reading: Reading, engine: Engine, by: By, organisation: Organisation, call: Call) -> Callable[[], Fit]:
    """How one call fits an organisation by its profile; sources are asked when what is given is called, outside of any
    transaction.
    """
    profile = profile_of(organisation)
    looked_at = _opened(engine, reading, profile, [call])
    return lambda: _fits(engine, by, profile, looked_at, OnceOnly(engine.http))[0]


@dataclass(frozen=True, slots=True)
class _Opened:
    """Calls with their plans, or why there is none, and those of them that one is invited to."""

    calls: Sequence[Call]
    plans: Mapping[str, Plan | GrantEngineError]
    invited: frozenset[str]


def _opened(engine: Engine, reading: Reading, profile: Profile, calls: Sequence[Call]) -> _Opened:
    digests = reading.schemes.digests([call.version_id for call in calls])
    plans: dict[str, Plan | GrantEngineError] = {}
    for call in calls:
        try:
            plans[call.id] = plan_of_call(engine, reading, call, digests[call.version_id])
        except GrantEngineError as error:  # one broken scheme must not hide the others
            plans[call.id] = error
    mine = profile.organisation_id
    return _Opened(calls, plans, frozenset(reading.schemes.invitations(mine)) if mine is not None else frozenset())


def _fits(engine: Engine, by: By, profile: Profile, opened: _Opened, http: HttpReader) -> list[Fit]:
    whose = (profile.organisation_id or "", profile.number)
    is_told = profile.organisation_id is not None or profile.number is None
    awards = StoreFacts(engine.store, None, "", *whose).earlier_awards() if is_told else None
    fits = []
    for call in opened.calls:
        read = ProfileFacts(engine.store, None, call.id, *whose, awards, call.id in opened.invited)
        fits.append(_fit(engine, by, profile, call, opened.plans[call.id], read, http))
    return fits


def pre_check_organisation(engine: Engine, by: By, organisation_id: str, *, asks: bool = True) -> list[Fit]:
    """Every call that is open now against an organisation's own profile.

    :param asks: as of ``pre_check``.
    :raises NotFoundError: ``organisation-not-found``.
    """
    with engine.store.read() as reading:
        one = organisation_for(reading, by, organisation_id, ("contact", "writer", "signatory"))
    return pre_check(engine, by, profile_of(one), asks=asks)


def profile_of(one: Organisation) -> Profile:
    """What an organisation says of itself."""
    return Profile(one.kind, one.number, one.number is not None, one.municipality, one.founded, one.profile, one.id)


def _fit(
    engine: Engine,
    by: By,
    profile: Profile,
    call: Call,
    plan: Plan | GrantEngineError,
    read: ProfileFacts,
    http: HttpReader,
) -> Fit:
    if isinstance(plan, GrantEngineError):
        code = plan.code if isinstance(plan, CodedError) else "scheme-does-not-run"
        return Fit(call.id, call.title, call.closes_at, "needs", failed=Message(f"problem.{code}"))
    who = Organisation(
        id=profile.organisation_id or "", number=profile.number, name="", kind=profile.kind,
        municipality=profile.municipality, founded=profile.founded, profile=dict(profile.profile), since=by.at,
    )  # fmt: skip
    answers = _answers(plan, profile)
    facts: dict[str, Mapping[str, Any]] = {}
    if profile.number is not None or profile.has_number is False:  # else nobody can be asked about it
        applicant = Applicant(
            who.id, "", profile.number, profile.kind, profile.municipality, profile.founded, who.profile
        )
        submitted = Submitted("", call.id, plan.scheme.authority, applicant, answers, by.at)
        facts = {
            one.source: one.collected.values
            for one in gather(engine, plan, submitted, http=http, read=read)
            if one.collected
        }
    record = case_record(plan, engine.registry, who, answers, id="profile", facts=facts, submitted_at=by.at)
    found = look(engine, plan, record)
    rules = tuple(rule for rule in found.rules if rule.answer != "yes")
    said = {one.id for one in rules if one.answer == "no"}
    tells = any(INVITED in one.reading.facts for one in plan.all_rules if one.id in said)
    obstacles = _obstacles(plan, profile, is_told=read.invited or tells)
    answer: Answer = "no" if obstacles else found.answer
    open_ = dict.fromkeys(name for rule in rules if rule.answer == "needs" for name in rule.questions)
    words = {one.id: rule_words(engine, plan, one) for one in plan.all_rules}
    asks = {name: plan.form.by_id[name].label for name in open_ if name in plan.form.by_id}
    return Fit(call.id, call.title, call.closes_at, answer, rules, obstacles, asks=asks, words=words)


def _answers(plan: Plan, profile: Profile) -> dict[str, Any]:
    """Answers that the profile gives to questions of the form."""
    known = {name: profile.profile.get(key) for name, key in SAME_AS.items()}
    known |= {"municipality": profile.municipality, "organisation_number": profile.number, "founded": profile.founded}
    given = {name: value for name, value in known.items() if value is not None and name in plan.form.by_id}
    wrong = {problem.where.pointer.split("/")[1] for problem in check_draft(plan.form, given)}
    return {name: value for name, value in given.items() if name not in wrong}


def _obstacles(plan: Plan, profile: Profile, *, is_told: bool) -> tuple[Message, ...]:
    """What the call itself asks; ``is_told``: one is invited, or a rule says already that one is not."""
    found = []
    if plan.scheme.call.invited_only and not is_told:
        found.append(Message("problem.invited-only"))
    if plan.scheme.call.organisation_number == "required" and profile.has_number is False:
        found.append(Message("problem.organisation-number-needed"))
    return tuple(found)
