"""Steps in the life of an application as words, so that they can be written down before they are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.office_steps import OFFICE

from grantengine.bootstrap import Engine
from grantengine.records import By
from grantengine.services.attach_file import attach_file
from grantengine.services.book_meeting import book_meeting
from grantengine.services.complete_application import complete_application
from grantengine.services.invite_partner import answer_as_partner, invite_partner, remind_partner
from grantengine.services.offer_slots import remove_slot
from grantengine.services.save_draft import save_draft
from grantengine.services.start_draft import start_draft
from grantengine.services.submit_application import Receipt, submit_application
from grantengine.services.withdraw_application import withdraw_application

Args = dict[str, Any]
PDF = b"%PDF-1.7 "


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, by whom (a user's id), with what."""

    verb: str
    user: str
    args: Args

    def take(self, engine: Engine) -> Any:
        """Do it now, by the very service; what it gives, as JSON."""
        return VERBS[self.verb](engine, By("user", self.user, engine.now()), **self.args)


def _start(engine: Engine, by: By, **args: Any) -> str:
    return start_draft(engine, by, **args)


def _save(engine: Engine, by: By, id: str, **args: Any) -> int:
    return save_draft(engine, by, id, **args).version


def _invite(engine: Engine, by: By, id: str, **args: Any) -> str:
    return invite_partner(engine, by, application_id=id, **args)


def _remind(engine: Engine, by: By, id: str, partner: str) -> None:
    remind_partner(engine, by, partner)


def _answer(engine: Engine, by: By, id: str, partner: str, link: str, **args: Any) -> None:
    answer_as_partner(engine, By("link", None, by.at), link, **args)


def _attach(engine: Engine, by: By, id: str, text: str) -> str:
    content = PDF + text.encode()
    return attach_file(
        engine, by, application_id=id, question="budget_file", file_name="plan.pdf", content=content
    ).id  # fmt: skip


def _submit(engine: Engine, by: By, id: str, version: int) -> Args:
    return receipt(submit_application(engine, by, id, version))


def _complete(engine: Engine, by: By, id: str, answers: Args) -> Args:
    return receipt(complete_application(engine, by, id, answers))


def _withdraw(engine: Engine, by: By, id: str) -> None:
    withdraw_application(engine, by, id)


def _book(engine: Engine, by: By, slot: str, organisation: str) -> str:
    return book_meeting(engine, by, slot, organisation_id=organisation)


def _remove_slot(engine: Engine, by: By, slot: str) -> None:
    remove_slot(engine, by, slot)


def receipt(one: Receipt) -> Args:
    """A receipt as JSON."""
    return {"number": one.number, "arrived": one.arrived.isoformat(), "revision": one.revision}


VERBS: dict[str, Callable[..., Any]] = {
    "start": _start, "save": _save, "invite": _invite, "remind": _remind, "answer": _answer, "attach": _attach,
    "submit": _submit, "complete": _complete, "withdraw": _withdraw, "book": _book, "remove-slot": _remove_slot,
    **OFFICE,
}  # fmt: skip
