"""Rules that the database itself holds: what is published, kept or told never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erasable:
    """A table of which nothing changes, but that ``content`` may be erased; ``salt`` is drawn anew then."""

    kept: tuple[str, ...]
    content: str
    salt: str = "salt"


def guard(dialect: str, fixed: Sequence[str], erasable: Mapping[str, Erasable], added: Sequence[str] = ()) -> list[str]:
    """The statements for ``sqlite`` or ``postgresql`` that keep rows of ``fixed`` tables from being changed or removed.

    Rows of ``added`` tables never change either, but may be removed when they are old.
    """
    return _sqlite(fixed, erasable, added) if dialect == "sqlite" else _postgresql(fixed, erasable, added)


def _sqlite(fixed: Sequence[str], erasable: Mapping[str, Erasable], added: Sequence[str]) -> list[str]:
    statements = []
    for table in (*fixed, *erasable):
        statements.append(
            f"create trigger {table}_stay before delete on {table} "
            f"begin select raise(abort, '{table}: rows are never removed'); end"
        )
    for table in (*fixed, *added):
        statements.append(
            f"create trigger {table}_unchanged before update on {table} "
            f"begin select raise(abort, '{table}: rows never change'); end"
        )
    for table, parts in erasable.items():
        content, salt = parts.content, parts.salt
        same = " and ".join(f"new.{name} is old.{name}" for name in parts.kept)
        statements.append(
            f"create trigger {table}_unchanged before update on {table} "
            f"when not ({same} and (new.{content} is null or (new.{content} is old.{content} and new.{salt} is old.{salt}))) "
            f"begin select raise(abort, '{table}: rows never change'); end"
        )
    return statements


def _postgresql(fixed: Sequence[str], erasable: Mapping[str, Erasable], added: Sequence[str]) -> list[str]:
    raises = "begin raise exception '%: rows never change', tg_table_name; end"
    statements = [f"create function never_changes() returns trigger language plpgsql as $$ {raises} $$"]
    for table in (*fixed, *erasable):
        statements.append(
            f"create trigger {table}_stay before delete on {table} for each row execute function never_changes()"
        )
        statements.append(
            f"create trigger {table}_whole before truncate on {table} for each statement execute function never_changes()"
        )
    for table in (*fixed, *added):
        statements.append(
            f"create trigger {table}_unchanged before update on {table} for each row execute function never_changes()"
        )
    for table, parts in erasable.items():
        content, salt = parts.content, parts.salt
        other = " or ".join(f"new.{name} is distinct from old.{name}" for name in parts.kept)
        edited = (
            f"new.{content} is not null and (new.{content}::text is distinct from old.{content}::text "
            f"or new.{salt} is distinct from old.{salt})"
        )
        statements.append(
            f"create trigger {table}_unchanged before update on {table} for each row "
            f"when ({other} or ({edited})) execute function never_changes()"
        )
    return statements
