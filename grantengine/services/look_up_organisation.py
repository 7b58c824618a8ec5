"""What the organisation register says of a number, before an organisation is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotPossibleError
from grantengine.records import By
from grantengine.services.access import user_of
from grantengine.services.collect_facts import ask_about
from grantengine.services.people_input import Checks
from grantengine.services.prepare_draft import REGISTER
from grantengine.services.throttle import count_try
from grantengine.store.tables.people import Organisation

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


@dataclass(frozen=True, slots=True)
class RegisterSays:
    """What is known of a number. ``answered``: the register could be asked; ``is_active``: it stands there and is in use.

    What the register does not say is None.
    """

    number: str
    answered: bool
    is_active: bool = False
    name: str | None = None
    municipality: str | None = None
    founded: int | None = None


def look_up_organisation(engine: Engine, by: By, number: str, *, sender: str = "") -> RegisterSays:
    """Look a number up. Nothing is kept; where the register does not answer, one can go on without it.

    :param sender: the network address it comes from; empty where there is none to count.
    :raises NotAllowedError: ``too-many-tries`` of this person, or from this sender.
    :raises InputError: ``organisation-number``, or ``number-unwritten``.
    :raises NotPossibleError: ``organisation-exists`` here already.
    """
    checks = Checks()
    found = checks.number(number)
    if found is None:
        checks.add("number-unwritten", "number")
    checks.done()
    assert found is not None
    with engine.store.read() as reading:
        user = user_of(reading, by)
        if reading.organisations.by_number(found) is not None:
            raise NotPossibleError("organisation-exists", number=found)
    count_try(engine, by.at, ("look-up-from", sender), ("look-up", user.id))
    # The same question that a submission asks, of an organisation that is not here yet.
    asked = Organisation(id="", number=found, name="", since=by.at)
    gathered = ask_about(engine, REGISTER, asked, by)
    if gathered is None or gathered.collected is None:
        return RegisterSays(found, answered=False)
    said, raw = gathered.collected.values, gathered.collected.raw or {}
    founded, name = said.get("founded"), raw.get("navn")
    return RegisterSays(
        found, True, bool(said.get("active")), name if isinstance(name, str) and name else None, said.get("municipality"),
        int(founded[:4]) if founded else None,
    )  # fmt: skip
