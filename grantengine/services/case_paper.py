"""What a committee decides by: a proposal as a page, with every application in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import Message, NotPossibleError
from grantengine.letters.data import CasePaper, Proposal
from grantengine.letters.render import case_paper_html
from grantengine.records import By, Ground
from grantengine.services.budgets import budgets_of
from grantengine.services.decision_letter import OSLO, office_of, requested_of
from grantengine.services.people_input import Checks
from grantengine.services.proposals import Opened, allocation_for
from grantengine.services.reads import keep_exported
from grantengine.store.tables.decisions import ProposedCase

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

WHO = {"handler", "leader", "approver"}
LONGEST = 4000


def case_paper(engine: Engine, by: By, allocation_id: str, *, recommendation: str = "") -> str:
    """The case paper of a proposal that a committee decides, as a page in the authority's language.

    That each application in it is read is kept first.

    :param recommendation: what the committee is advised to do (default: to decide as proposed).
    :raises InputError: ``text-length``.
    :raises NotFoundError: ``allocation-not-found``.
    :raises NotAllowedError: ``role-needed``, ``interests-undeclared``, ``conflict-of-interest``.
    :raises NotPossibleError: ``no-committee``: the administration decides; ``allocation-settled``: it has been dropped.
    :raises StoreError: that it is read can not be kept.
    """
    checks = Checks()
    advice = checks.text(recommendation, "recommendation", LONGEST)
    checks.done()
    with engine.store.read() as reading:
        opened = allocation_for(engine, reading, by, allocation_id, WHO)
        if opened.plan.scheme.decision.by != "committee":
            raise NotPossibleError("no-committee")
        if opened.allocation.status == "dropped":
            raise NotPossibleError("allocation-settled")
        paper = _paper(engine, reading, by, opened, advice)
    keep_exported(engine, by, opened.applications, allocation_id)
    return case_paper_html(paper, engine.registry.texts)


def _paper(engine: Engine, work: Reading, by: By, opened: Opened, advice: str | None) -> CasePaper:
    allocation, call, plan = opened.allocation, opened.call, opened.plan
    authority = work.authorities.get(call.authority_id)
    assert authority is not None  # held by a foreign key
    language = authority.language
    names = work.users.named([id for id in (allocation.made_by, allocation.approved_by) if id])
    usual = engine.registry.texts.say(Message("letter.paper.usual-recommendation"), language)
    return CasePaper(
        dict(plan.scheme.title), dict(call.title), language, office_of(work, call), by.at.astimezone(OSLO).date(),
        _budget(opened), tuple(_proposals(engine, work, opened, language)), advice or usual,
        names.get(allocation.made_by, ""), names.get(allocation.approved_by or ""), plan.currency,
        (allocation.resolution or {}).get("committee", ""),
    )  # fmt: skip


def _budget(opened: Opened) -> int:
    """What there is to share in the proposal: without what had been used, and of its own strand only."""
    strand, used = opened.allocation.strand, opened.allocation.committed
    budgets = budgets_of(opened.plan)
    own = {name: budget for name, budget in budgets.items() if strand is None or name.split("/")[0] == strand}
    return sum(budget - used.get(name, 0) for name, budget in own.items())


def _proposals(engine: Engine, work: Reading, opened: Opened, language: str) -> list[Proposal]:
    """Every application: those ranked first by rank, then the others by number."""
    names = work.organisations.names([one.organisation_id for one in opened.applications.values()])
    because = {rule.id: rule.because for rule in opened.plan.all_rules}

    def place(case: ProposedCase) -> tuple[bool, int, str]:
        rank = case.outcome.get("rank")
        return rank is None, rank or 0, opened.applications[case.application_id].number

    found = []
    for case in sorted(opened.cases, key=place):
        application = opened.applications[case.application_id]
        ground = Ground(case.ground.split(":")[0])
        failed = [because[id] for id in case.outcome.get("failed", ()) if id in because]
        why = " ".join(engine.registry.texts.show(one, language) for one in failed)
        note = why if ground is Ground.NOT_ELIGIBLE else case.hand_reason or ""
        found.append(
            Proposal(
                names.get(application.organisation_id, ""), application.number,
                requested_of(opened.plan, case.record), case.granted, case.outcome.get("total"), ground, note,
            )
        )  # fmt: skip
    return found
