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
    statements = [f"create or replace function never_changes() returns trigger language plpgsql as $$ {raises} $$"]
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
        # As text: JSON can not be compared.
        other = " or ".join(f"new.{name}::text is distinct from old.{name}::text" for name in parts.kept)
        edited = (
            f"new.{content} is not null and (new.{content}::text is distinct from old.{content}::text "
            f"or new.{salt} is distinct from old.{salt})"
        )
        statements.append(
            f"create trigger {table}_unchanged before update on {table} for each row "
            f"when ({other} or ({edited})) execute function never_changes()"
        )
    return statements


LINE = ("id", "decision_id", "application_id", "call_id", "part", "year", "unit", "amount")


def guard_budget(dialect: str) -> list[str]:
    """The statements that have the database reckon what lines of awards take of each part of a budget, and free again.

    What is used is never more than there is, whoever writes the lines, and however many do so at once. A line never
    changes, but that it is freed, once.
    """
    return _sqlite_budget() if dialect == "sqlite" else _postgresql_budget()


def _sqlite_budget() -> list[str]:
    same = " and ".join(f"new.{name} is old.{name}" for name in LINE)
    freed = "old.freed_at is null and new.freed_at is not null"
    stays = "begin select raise(abort, '{0}: rows are never removed'); end"
    change = (
        "begin update budget_parts set used = used {0} new.amount where call_id = new.call_id and part = new.part; end"
    )
    triggers = {
        "award_lines_stay before delete on award_lines": stays.format("award_lines"),
        "budget_parts_stay before delete on budget_parts": stays.format("budget_parts"),
        f"award_lines_unchanged before update on award_lines when not ({same} and {freed})": (
            "begin select raise(abort, 'award_lines: rows never change'); end"
        ),
        "award_lines_take after insert on award_lines": change.format("+"),
        "award_lines_free after update on award_lines": change.format("-"),
    }
    return [f"create trigger {when} {what}" for when, what in triggers.items()]


def _postgresql_budget() -> list[str]:
    same = " and ".join(f"new.{name} is not distinct from old.{name}" for name in LINE)
    freed = "old.freed_at is null and new.freed_at is not null"
    where = "where call_id = new.call_id and part = new.part; return null; end"
    functions = {
        "takes_of_budget": f"begin update budget_parts set used = used + new.amount {where}",
        "frees_of_budget": f"begin update budget_parts set used = used - new.amount {where}",
    }
    triggers = {
        "award_lines_stay before delete on award_lines for each row": "never_changes",
        "budget_parts_stay before delete on budget_parts for each row": "never_changes",
        "award_lines_whole before truncate on award_lines for each statement": "never_changes",
        f"award_lines_unchanged before update on award_lines for each row when (not ({same} and {freed}))": "never_changes",
        "award_lines_take after insert on award_lines for each row": "takes_of_budget",
        "award_lines_free after update on award_lines for each row": "frees_of_budget",
    }
    return [
        *(
            f"create function {name}() returns trigger language plpgsql as $$ {body} $$"
            for name, body in functions.items()
        ),
        *(f"create trigger {when} execute function {what}()" for when, what in triggers.items()),
    ]
