"""What comes after submission: dialogue, assessment, proposals, decisions, letters; and files with messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from grantengine.store.guards import Erasable, guard, guard_budget

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As they were when this was written: a migration never changes.
ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
AT = sa.DateTime(timezone=True)
JSON = sa.JSON()
DEFERRED: Mapping[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
DECISION = Erasable(
    (
        "id", "application_id", "call_id", "allocation_id", "place", "granted", "ground", "outcome", "decided_by",
        "decided_at",
    ),
    "content",
)  # fmt: skip
LETTER = Erasable(
    ("id", "application_id", "decision_id", "kind", "mark", "language", "made_at", "appeal_until"), "html"
)


def upgrade() -> None:
    """Make the tables, the guards of what never changes, and the triggers that hold the budget."""
    _dialogue()
    _meetings()
    _impartiality()
    _ratings()
    _proposals()
    _budgets()
    _letters()
    op.add_column("outbox", sa.Column("attachments", JSON, nullable=True))
    dialect = op.get_bind().dialect.name
    for statement in guard(dialect, (), {"decisions": DECISION, "letters": LETTER}):
        op.execute(statement)
    for statement in guard_budget(dialect):
        op.execute(statement)


def _column(name: str, type: Any = None, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column; a text where nothing else is said."""
    return sa.Column(name, type or sa.String(), nullable=null, info={"key": key})


def _refers(name: str, table: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column with the id of a row of another table."""
    return sa.Column(name, ID, nullable=null, info={"key": key, "table": table})


def _of_budget_part() -> sa.ForeignKeyConstraint:
    parts = ["budget_parts.call_id", "budget_parts.part"]
    return sa.ForeignKeyConstraint(["call_id", "part"], parts, name="fk_award_lines_budget_parts", **DEFERRED)


def _table(
    table: str, *columns: sa.Column[Any], checks: Mapping[str, str] | None = None,
    unique: Sequence[Sequence[str]] = (), also: Sequence[sa.Constraint] = (),
) -> None:  # fmt: skip
    """Make a table; its constraints have the names that all tables give theirs."""
    keys = [one.name for one in columns if one.info["key"]]
    others = {one.name: one.info["table"] for one in columns if "table" in one.info}
    foreign = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"), **DEFERRED)
        for name, other in others.items()
    ]
    op.create_table(
        table,
        *columns,
        *(sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}")) for name, text in (checks or {}).items()),
        *foreign,
        *also,
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{names[0]}")) for names in unique),
    )


def _once(index: str, table: str, columns: list[str], where: str) -> None:
    """What may stand once among the rows where this is so."""
    text = sa.text(where)
    op.create_index(index, table, columns, unique=True, sqlite_where=text, postgresql_where=text)


def _dialogue() -> None:
    """What is said after submission."""
    _table(
        "threads",
        _column("id", ID, key=True), _refers("application_id", "applications"), _refers("revision_id", "revisions"),
        _column("audience"), _column("question", null=True), _column("criterion", null=True),
        _column("round_id", KEY, null=True), _refers("opened_by", "users"), _column("opened_at", AT),
        _refers("resolved_by", "users", null=True), _column("resolved_at", AT, null=True), _column("salt"),
        checks={"audience_known": "audience in ('applicant', 'authority', 'assessors')"},
    )  # fmt: skip
    op.create_index("ix_threads_application_id_id", "threads", ["application_id", "id"])
    _table(
        "comments",
        _column("id", ID, key=True), _refers("application_id", "applications"), _refers("thread_id", "threads"),
        _column("side"), _column("body", null=True), _refers("author_id", "users"), _column("written_at", AT),
        _column("salt"),
        checks={"side_known": "side in ('applicant', 'authority')"},
    )  # fmt: skip
    op.create_index("ix_comments_application_id_id", "comments", ["application_id", "id"])
    _table(
        "change_requests",
        _column("id", ID, key=True), _refers("application_id", "applications"), _column("round_id", KEY),
        _column("exchange", sa.Integer()), _refers("revision_id", "revisions"), _column("questions", JSON),
        _column("reason", null=True), _column("due_at", AT), _refers("asked_by", "users"), _column("asked_at", AT),
        _column("status"), _column("closed_at", AT, null=True), _refers("closed_by", "users", null=True),
        _column("answer", null=True), _refers("answered_revision_id", "revisions", null=True), _column("salt"),
        checks={"status_known": "status in ('open', 'answered', 'lapsed', 'taken-back')"},
    )  # fmt: skip
    op.create_index("ix_change_requests_application_id_id", "change_requests", ["application_id", "id"])
    op.create_index("ix_change_requests_status_due_at", "change_requests", ["status", "due_at"])
    _once("uq_change_requests_open", "change_requests", ["application_id"], "status = 'open'")
    _table(
        "closed_rounds",
        _refers("call_id", "calls", key=True), _column("round_id", KEY, key=True), _refers("closed_by", "users"),
        _column("closed_at", AT), _column("salt"),
    )  # fmt: skip
    _table(
        "published_answers",
        _column("id", ID, key=True), _refers("call_id", "calls"), _column("asked"), _column("answer"),
        _refers("comment_id", "comments", null=True), _refers("published_by", "users"), _column("published_at", AT),
        _column("salt"),
    )  # fmt: skip
    op.create_index("ix_published_answers_call_id_id", "published_answers", ["call_id", "id"])


def _meetings() -> None:
    """Times to meet, and what was said."""
    _table(
        "meeting_slots",
        _column("id", ID, key=True), _refers("call_id", "calls"), _column("round_id", KEY),
        _column("starts_at", AT), _column("ends_at", AT), _column("place"), _refers("with_id", "users"),
        _refers("made_by", "users"), _column("made_at", AT), _column("removed_at", AT, null=True), _column("salt"),
    )  # fmt: skip
    op.create_index("ix_meeting_slots_of", "meeting_slots", ["call_id", "round_id", "starts_at"])
    _table(
        "bookings",
        _column("id", ID, key=True), _refers("call_id", "calls"), _refers("slot_id", "meeting_slots"),
        _refers("organisation_id", "organisations"), _refers("application_id", "applications", null=True),
        _column("wish", null=True), _refers("booked_by", "users"), _column("booked_at", AT),
        _column("cancelled_at", AT, null=True), _refers("cancelled_by", "users", null=True), _column("salt"),
    )  # fmt: skip
    op.create_index("ix_bookings_of", "bookings", ["call_id", "organisation_id"])
    _once("uq_bookings_taken", "bookings", ["slot_id"], "cancelled_at is null")
    _table(
        "meeting_logs",
        _column("id", ID, key=True), _refers("call_id", "calls"), _refers("organisation_id", "organisations"),
        _refers("application_id", "applications", null=True), _refers("booking_id", "bookings", null=True),
        _column("kind"), _column("held_at", AT), _column("present", JSON), _column("summary", null=True),
        _refers("logged_by", "users"), _column("logged_at", AT), _column("salt"),
        checks={"kind_known": "kind in ('guidance', 'pitch', 'telephone', 'other')"},
    )  # fmt: skip
    op.create_index("ix_meeting_logs_application_id", "meeting_logs", ["application_id"])
    op.create_index("ix_meeting_logs_of", "meeting_logs", ["call_id", "organisation_id"])
    _table(
        "pitch_panels",
        _refers("call_id", "calls", key=True), _column("round_id", KEY, key=True), _column("members", JSON),
        _refers("set_by", "users"), _column("set_at", AT), _column("salt"),
    )  # fmt: skip


def _impartiality() -> None:
    """Who may take part."""
    _table(
        "interest_declarations",
        _refers("call_id", "calls", key=True), _refers("user_id", "users", key=True), _column("declared_at", AT),
        _column("applicants", sa.Integer()), _column("salt"),
    )  # fmt: skip
    op.create_index("ix_interest_declarations_user_id", "interest_declarations", ["user_id"])
    _table(
        "interests",
        _column("id", ID, key=True), _refers("call_id", "calls"), _refers("user_id", "users"),
        _refers("organisation_id", "organisations"), _column("description"), _column("whole_call", sa.Boolean()),
        _column("declared_at", AT), _column("status"), _refers("decided_by", "users", null=True),
        _column("decided_at", AT, null=True), _column("reason", null=True), _column("salt"),
        checks={"status_known": "status in ('declared', 'conflict', 'no-conflict')"},
        unique=(("call_id", "user_id", "organisation_id"),),
    )  # fmt: skip
    op.create_index("ix_interests_user_id", "interests", ["user_id"])
    _table(
        "stand_ins",
        _column("id", ID, key=True), _refers("call_id", "calls"),
        _refers("application_id", "applications", null=True), _refers("user_id", "users"), _column("role"),
        _column("reason"), _column("since", AT), _refers("appointed_by", "users"), _column("until", AT, null=True),
        _column("salt"),
    )  # fmt: skip
    op.create_index("ix_stand_ins_of", "stand_ins", ["call_id", "user_id"])
    op.create_index("ix_stand_ins_user_id", "stand_ins", ["user_id"])


def _ratings() -> None:
    """Who rates what, and what they find."""
    _table(
        "assignments",
        _column("id", ID, key=True), _refers("application_id", "applications"), _column("round_id", KEY),
        _refers("user_id", "users"), _column("role"), _refers("assigned_by", "users", null=True),
        _column("assigned_at", AT), _column("ended_at", AT, null=True), _column("end_reason", null=True),
        _column("salt"),
        checks={"role_known": "role in ('assessor', 'handler')"},
    )  # fmt: skip
    op.create_index("ix_assignments_of", "assignments", ["user_id", "application_id"])
    _once("uq_assignments_standing", "assignments", ["application_id", "round_id", "user_id"], "ended_at is null")
    _table(
        "assessments",
        _column("id", ID, key=True), _refers("application_id", "applications"), _column("round_id", KEY),
        _refers("assessor_id", "users"), _column("version", sa.Integer()), _column("marks", JSON),
        _column("notes", JSON), _column("saved_at", AT), _column("delivered_at", AT, null=True),
        _column("earlier", JSON), _column("salt"),
        unique=(("application_id", "round_id", "assessor_id"),),
    )  # fmt: skip
    op.create_index("ix_assessments_assessor_id", "assessments", ["assessor_id"])
    _table(
        "judgements",
        _column("id", ID, key=True), _refers("application_id", "applications"), _column("rule", KEY),
        _column("answer", sa.Boolean()), _column("reason"), _refers("judged_by", "users"), _column("judged_at", AT),
        _column("salt"),
        unique=(("application_id", "rule"),),
    )  # fmt: skip


def _proposals() -> None:
    """Who gets what."""
    _table(
        "allocations",
        _column("id", ID, key=True), _refers("call_id", "calls"), _column("kind"), _column("strand", null=True),
        _column("status"), _column("as_of"), _column("committed", JSON), _column("digest", sa.String(64)),
        _column("patch", JSON), _column("plugins", JSON), _refers("made_by", "users"), _column("made_at", AT),
        _refers("approved_by", "users", null=True), _column("approved_at", AT, null=True),
        _refers("decided_by", "users", null=True), _column("decided_at", AT, null=True),
        _column("resolution", JSON, null=True), _column("reason", null=True), _column("salt"),
        checks={
            "kind_known": "kind in ('call', 'strand', 'batch', 'reserve')",
            "status_known": "status in ('proposed', 'approved', 'decided', 'dropped')",
        },
    )  # fmt: skip
    op.create_index("ix_allocations_call_id_id", "allocations", ["call_id", "id"])
    _table(
        "proposed_cases",
        _column("id", ID, key=True), _refers("allocation_id", "allocations"),
        _refers("application_id", "applications"), _column("record", JSON, null=True), _column("outcome", JSON),
        _column("computed", sa.BigInteger()), _column("granted", sa.BigInteger()), _column("ground"),
        _column("lines", JSON), _column("hand_reason", null=True), _refers("hand_by", "users", null=True),
        _column("settled_at", AT, null=True), _column("salt"),
        unique=(("allocation_id", "application_id"),),
    )  # fmt: skip
    _once("uq_proposed_cases_open", "proposed_cases", ["application_id"], "settled_at is null")
    _table(
        "decisions",
        _column("id", ID, key=True), _refers("application_id", "applications"), _refers("call_id", "calls"),
        _refers("allocation_id", "allocations"), _column("place", sa.Integer()),
        _column("granted", sa.BigInteger()), _column("ground"), _column("outcome", JSON),
        _refers("decided_by", "users"), _column("decided_at", AT), _column("content", JSON, null=True),
        _column("salt"),
        unique=(("allocation_id", "application_id"), ("application_id", "place"),),
    )  # fmt: skip
    op.create_index("ix_decisions_call_id_id", "decisions", ["call_id", "id"])


def _budgets() -> None:
    """What decisions take of budgets."""
    _table(
        "budget_parts",
        _refers("call_id", "calls", key=True), _column("part", KEY, key=True), _column("budget", sa.BigInteger()),
        _column("used", sa.BigInteger()),
        checks={"within_budget": "used >= 0 and used <= budget"},
    )  # fmt: skip
    _table(
        "award_lines",
        _column("id", ID, key=True), _refers("decision_id", "decisions"), _refers("application_id", "applications"),
        _refers("call_id", "calls"), _column("part", KEY), _column("year", sa.Integer()), _column("unit"),
        _column("amount", sa.BigInteger()), _column("freed_at", AT, null=True), _column("salt"),
        checks={"something": "amount > 0"},
        also=(_of_budget_part(),),
    )  # fmt: skip
    op.create_index("ix_award_lines_application_id", "award_lines", ["application_id"])
    op.create_index("ix_award_lines_call_id_part", "award_lines", ["call_id", "part"])
    op.create_index("ix_award_lines_decision_id", "award_lines", ["decision_id"])


def _letters() -> None:
    """What is told, and what comes back."""
    _table(
        "reasons",
        _refers("application_id", "applications", key=True), _column("notes", JSON), _column("note", null=True),
        _column("blocks", JSON), _column("counterfactuals", JSON), _column("conditions", JSON),
        _refers("written_by", "users"), _column("written_at", AT), _column("salt"),
    )  # fmt: skip
    _table(
        "text_blocks",
        _column("id", ID, key=True), _refers("authority_id", "authorities"), _column("key", KEY),
        _column("words", JSON), _column("grounds", JSON), _column("removed_at", AT, null=True), _column("salt"),
        unique=(("authority_id", "key"),),
    )  # fmt: skip
    _table(
        "letters",
        _column("id", ID, key=True), _refers("application_id", "applications"),
        _refers("decision_id", "decisions", null=True), _column("kind"), _column("mark", KEY), _column("language"),
        _column("html", sa.Text(), null=True), _column("made_at", AT), _column("appeal_until", AT, null=True),
        _column("salt"),
        checks={"kind_known": "kind in ('decision', 'interim', 'appeal-receipt')"},
        unique=(("application_id", "mark"),),
    )  # fmt: skip
    _table(
        "appeals",
        _column("id", ID, key=True), _refers("application_id", "applications"), _refers("decision_id", "decisions"),
        _column("body", null=True), _column("channel"), _column("in_time", sa.Boolean()),
        _column("received_at", AT), _refers("received_by", "users"), _column("salt"),
        checks={"channel_known": "channel in ('web', 'oral', 'paper')"},
    )  # fmt: skip
    op.create_index("ix_appeals_application_id", "appeals", ["application_id"])
