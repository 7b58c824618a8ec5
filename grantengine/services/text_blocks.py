"""Texts that an authority uses again and again in its letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grantengine.errors import NotFoundError
from grantengine.letters.data import AWARDS, REFUSALS
from grantengine.records import By
from grantengine.services.access import authority_for
from grantengine.services.people_input import Checks
from grantengine.store.tables.decisions import TextBlock

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine

WHO = frozenset({"handler", "leader", "administrator"})
NEEDED = ("nb", "nn")
LONGEST = 4000
GROUNDS = tuple(sorted(str(ground) for ground in AWARDS | REFUSALS))
"""The grounds that a letter may have."""
_KEY = re.compile(r"[a-z][a-z0-9-]{0,59}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TextBlockSeen:
    """A text block: its words by language, and the grounds it goes with (none: any)."""

    key: str
    words: Mapping[str, str]
    grounds: tuple[str, ...]

    def fits(self, ground: str | None) -> bool:
        """Whether it goes with this ground (None: nobody knows it yet)."""
        return not self.grounds or ground is None or ground in self.grounds


def keep_text_block(
    engine: Engine, by: By, authority_id: str, key: str, words: Mapping[str, str], *, grounds: Sequence[str] = ()
) -> None:
    """Keep a text block, in place of one with the same key. Letters that have gone out stay as they are.

    :param key: small letters, digits and hyphens, such as ``few-partners``.
    :param words: by language: bokmål and nynorsk, and English where it is to be had.
    :param grounds: what it goes with, such as ``below minimum``; none: anything.
    :raises InputError: every field that does not fit.
    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    checks = Checks()
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        checks.add("block-key-format", "key", key=str(key)[:60])
    said = checks.record(words, "words")
    told = {checks.language(code, "words"): checks.text(text, f"words/{code}", LONGEST) for code, text in said.items()}
    for code in NEEDED:
        if not told.get(code):
            checks.add("block-language-missing", f"words/{code}", language=code)
    kept = sorted({checks.one_of(ground, GROUNDS, "grounds") for ground in checks.listed(grounds, "grounds")})
    checks.done()
    known = {code: text for code, text in told.items() if text}
    with engine.store.work(by) as work:
        authority_for(work, by, authority_id, WHO, lock=True)
        block = work.letters.block(authority_id, key)
        if block is None:
            block = TextBlock(id=work.new_id(), authority_id=authority_id, key=key, words=known, grounds=kept)
            work.add(block)
        else:
            block.words, block.grounds, block.removed_at = known, kept, None
        work.record("text-block-kept", block, key=key)


def remove_text_block(engine: Engine, by: By, authority_id: str, key: str) -> None:
    """Use a text block no more: it falls out of letters that have not gone out. Removed already, it stays so.

    :raises NotFoundError: ``authority-not-found`` or ``text-block-unknown``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.work(by) as work:
        authority_for(work, by, authority_id, WHO, lock=True)
        block = work.letters.block(authority_id, key)
        if block is None:
            raise NotFoundError("text-block-unknown", key=key)
        if block.removed_at is None:
            block.removed_at = by.at
            work.record("text-block-removed", block, key=key)


def list_text_blocks(engine: Engine, by: By, authority_id: str) -> tuple[TextBlockSeen, ...]:
    """The text blocks that are in use, by key.

    :raises NotFoundError: ``authority-not-found``.
    :raises NotAllowedError: ``role-needed``.
    """
    with engine.store.read() as reading:
        authority_for(reading, by, authority_id, WHO)
        return tuple(seen(block) for block in reading.letters.blocks(authority_id))


def seen(block: TextBlock) -> TextBlockSeen:
    """A text block as it is shown."""
    return TextBlockSeen(block.key, dict(block.words), tuple(block.grounds))
