"""What an authority's letters say of the law, of how it is reached, and of who decides appeals: its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from grantengine.letters.data import LetterSettings
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.people_input import Checks
from grantengine.store.tables.operations import Setting

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Reading

CHANGERS = frozenset({"leader", "administrator"})
READERS = frozenset({"handler", "approver", *CHANGERS})
SECTIONS = ("reasons_section", "appeal_section", "access_section", "interim_section")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class LetterSettingsSeen:
    """What letters say. A section that is empty is not pointed to; ``appeal_body`` is a name by language."""

    sections: LetterSettings = field(default_factory=LetterSettings)
    email: str | None = None
    phone: str | None = None
    appeal_body: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def change_letter_settings(
    engine: Engine, by: By, authority_id: str, *, reasons_section: str | None = None, appeal_section: str | None = None,
    access_section: str | None = None, interim_section: str | None = None, email: str | None = None,
    phone: str | None = None, appeal_body: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Say what letters say from now on, all of it: what is not given is left out of them.

    :param reasons_section: what the law says of reasons, as it is to be written: «forvaltningsloven § 25».
    :param appeal_section: of the right to appeal.
    :param access_section: of the right to see the case.
    :param interim_section: of answers that take longer.
    :param email: how the reader reaches the authority (default: the authority's own address).
    :param phone: the same, by telephone.
    :param appeal_body: who decides appeals where the scheme leaves it to the authority, by language.
    :raises InputError: every field that does not fit.
    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    checks = Checks()
    given = (reasons_section, appeal_section, access_section, interim_section)
    value: dict[str, object] = {
        name: checks.text(text, name, LONGEST) for name, text in zip(SECTIONS, given, strict=True)
    }
    value["email"] = checks.email(email) if email else None
    value["phone"] = checks.phone(phone)
    value["appeal_body"] = {
        checks.language(code, "appeal_body"): checks.name(name, f"appeal_body/{code}")
        for code, name in checks.record(appeal_body, "appeal_body").items()
    }
    checks.done()
    with engine.store.work(by) as work:
        authority_for(work, by, authority_id, CHANGERS, lock=True)
        row = work.letters.settings(authority_id)
        if row is None:
            row = Setting(authority_id=authority_id, name="letters", value=value)
            work.add(row)
        else:
            row.value = value
        work.record("letter-settings-changed", row)


def read_letter_settings(engine: Engine, by: By, authority_id: str) -> LetterSettingsSeen:
    """What letters of an authority say; nothing where nobody has said anything.

    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        authority_for(reading, by, authority_id, READERS)
        return settings_of(reading, authority_id)


def settings_of(work: Reading, authority_id: str) -> LetterSettingsSeen:
    """What letters of an authority say."""
    row = work.letters.settings(authority_id)
    if row is None:
        return LetterSettingsSeen()
    value = row.value
    sections = LetterSettings(**{name: value.get(name) for name in SECTIONS})
    return LetterSettingsSeen(sections, value.get("email"), value.get("phone"), dict(value.get("appeal_body") or {}))
