"""What comes after submission: dialogue, assessment, proposals, decisions, letters; and files with messages."""

from __future__ import annotations

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
DECISION = Erasable(
    (
        "id",
        "application_id",
        "call_id",
        "allocation_id",
        "place",
        "granted",
        "ground",
        "outcome",
        "decided_by",
        "decided_at",
    ),
    "content",
)
LETTER = Erasable(
    ("id", "application_id", "decision_id", "kind", "mark", "language", "made_at", "appeal_until"), "html"
)


def upgrade() -> None:
    """Make the tables, the guards of what never changes, and the triggers that hold the budget."""
    op.create_table(
        "text_blocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_text_blocks_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_blocks")),
        sa.UniqueConstraint("authority_id", "key", name=op.f("uq_text_blocks_authority_id")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("strand", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("committed", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("patch", sa.JSON(), nullable=False),
        sa.Column("plugins", sa.JSON(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('call', 'strand', 'batch', 'reserve')", name=op.f("ck_allocations_kind_known")),
        sa.CheckConstraint(
            "status in ('proposed', 'approved', 'decided', 'dropped')", name=op.f("ck_allocations_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["users.id"],
            name=op.f("fk_allocations_approved_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_allocations_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_allocations_decided_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_allocations_made_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_call_id_id", "allocations", ["call_id", "id"], unique=False)

    op.create_table(
        "budget_parts",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0 and used <= budget", name=op.f("ck_budget_parts_within_budget")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_budget_parts_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("call_id", "part", name=op.f("pk_budget_parts")),
    )
    op.create_table(
        "closed_rounds",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("closed_by", ID, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_closed_rounds_call_id_calls"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["users.id"],
            name=op.f("fk_closed_rounds_closed_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("call_id", "round_id", name=op.f("pk_closed_rounds")),
    )
    op.create_table(
        "interest_declarations",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applicants", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_interest_declarations_call_id_calls"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_interest_declarations_user_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("call_id", "user_id", name=op.f("pk_interest_declarations")),
    )
    op.create_index(op.f("ix_interest_declarations_user_id"), "interest_declarations", ["user_id"], unique=False)

    op.create_table(
        "interests",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("whole_call", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("status in ('declared', 'conflict', 'no-conflict')", name=op.f("ck_interests_status_known")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_interests_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_interests_decided_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_interests_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_interests_user_id_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("call_id", "user_id", "organisation_id", name=op.f("uq_interests_call_id")),
    )
    op.create_index(op.f("ix_interests_user_id"), "interests", ["user_id"], unique=False)

    op.create_table(
        "meeting_slots",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("with_id", ID, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_meeting_slots_call_id_calls"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["users.id"],
            name=op.f("fk_meeting_slots_made_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["with_id"],
            ["users.id"],
            name=op.f("fk_meeting_slots_with_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_slots")),
    )
    op.create_index("ix_meeting_slots_of", "meeting_slots", ["call_id", "round_id", "starts_at"], unique=False)

    op.create_table(
        "pitch_panels",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_pitch_panels_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_pitch_panels_set_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("call_id", "round_id", name=op.f("pk_pitch_panels")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("assessor_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_assessments_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"],
            ["users.id"],
            name=op.f("fk_assessments_assessor_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("application_id", "round_id", "assessor_id", name=op.f("uq_assessments_application_id")),
    )
    op.create_index(op.f("ix_assessments_assessor_id"), "assessments", ["assessor_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("assigned_by", ID, nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("role in ('assessor', 'handler')", name=op.f("ck_assignments_role_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_assignments_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by"],
            ["users.id"],
            name=op.f("fk_assignments_assigned_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_assignments_user_id_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index("ix_assignments_of", "assignments", ["user_id", "application_id"], unique=False)
    op.create_index(
        "uq_assignments_standing",
        "assignments",
        ["application_id", "round_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )

    op.create_table(
        "bookings",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("slot_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=True),
        sa.Column("wish", sa.String(), nullable=True),
        sa.Column("booked_by", ID, nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", ID, nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_bookings_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["booked_by"], ["users.id"], name=op.f("fk_bookings_booked_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_bookings_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"],
            ["users.id"],
            name=op.f("fk_bookings_cancelled_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_bookings_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["meeting_slots.id"],
            name=op.f("fk_bookings_slot_id_meeting_slots"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_of", "bookings", ["call_id", "organisation_id"], unique=False)
    op.create_index(
        "uq_bookings_taken",
        "bookings",
        ["slot_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at is null"),
        postgresql_where=sa.text("cancelled_at is null"),
    )

    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("allocation_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
            name=op.f("fk_decisions_allocation_id_allocations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_decisions_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_decisions_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.id"],
            name=op.f("fk_decisions_decided_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("allocation_id", "application_id", name=op.f("uq_decisions_allocation_id")),
        sa.UniqueConstraint("application_id", "place", name=op.f("uq_decisions_application_id")),
    )
    op.create_index("ix_decisions_call_id_id", "decisions", ["call_id", "id"], unique=False)

    op.create_table(
        "judgements",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("rule", KEY, nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_by", ID, nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_judgements_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["judged_by"],
            ["users.id"],
            name=op.f("fk_judgements_judged_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
        sa.UniqueConstraint("application_id", "rule", name=op.f("uq_judgements_application_id")),
    )
    op.create_table(
        "proposed_cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("allocation_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("record", sa.JSON(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("computed", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("hand_reason", sa.String(), nullable=True),
        sa.Column("hand_by", ID, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
            name=op.f("fk_proposed_cases_allocation_id_allocations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_proposed_cases_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["hand_by"],
            ["users.id"],
            name=op.f("fk_proposed_cases_hand_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_cases")),
        sa.UniqueConstraint("allocation_id", "application_id", name=op.f("uq_proposed_cases_allocation_id")),
    )
    op.create_index(
        "uq_proposed_cases_open",
        "proposed_cases",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("settled_at is null"),
        postgresql_where=sa.text("settled_at is null"),
    )

    op.create_table(
        "reasons",
        sa.Column("application_id", ID, nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("counterfactuals", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("written_by", ID, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_reasons_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["users.id"],
            name=op.f("fk_reasons_written_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_reasons")),
    )
    op.create_table(
        "stand_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_by", ID, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_stand_ins_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["appointed_by"],
            ["users.id"],
            name=op.f("fk_stand_ins_appointed_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_stand_ins_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_stand_ins_user_id_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
    )
    op.create_index("ix_stand_ins_of", "stand_ins", ["call_id", "user_id"], unique=False)
    op.create_index(op.f("ix_stand_ins_user_id"), "stand_ins", ["user_id"], unique=False)

    op.create_table(
        "appeals",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", ID, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("channel in ('web', 'oral', 'paper')", name=op.f("ck_appeals_channel_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_appeals_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_appeals_decision_id_decisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["received_by"],
            ["users.id"],
            name=op.f("fk_appeals_received_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index(op.f("ix_appeals_application_id"), "appeals", ["application_id"], unique=False)

    op.create_table(
        "award_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_lines_something")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_award_lines_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "part"],
            ["budget_parts.call_id", "budget_parts.part"],
            name="fk_award_lines_budget_parts",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_award_lines_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_award_lines_decision_id_decisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_lines")),
    )
    op.create_index(op.f("ix_award_lines_application_id"), "award_lines", ["application_id"], unique=False)
    op.create_index("ix_award_lines_call_id_part", "award_lines", ["call_id", "part"], unique=False)
    op.create_index(op.f("ix_award_lines_decision_id"), "award_lines", ["decision_id"], unique=False)

    op.create_table(
        "change_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("exchange", sa.Integer(), nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_revision_id", ID, nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'answered', 'lapsed', 'taken-back')", name=op.f("ck_change_requests_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["answered_revision_id"],
            ["revisions.id"],
            name=op.f("fk_change_requests_answered_revision_id_revisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_change_requests_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["users.id"],
            name=op.f("fk_change_requests_asked_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["users.id"],
            name=op.f("fk_change_requests_closed_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_change_requests_revision_id_revisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
    )
    op.create_index("ix_change_requests_application_id_id", "change_requests", ["application_id", "id"], unique=False)
    op.create_index("ix_change_requests_status_due_at", "change_requests", ["status", "due_at"], unique=False)
    op.create_index(
        "uq_change_requests_open",
        "change_requests",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )

    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", KEY, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('decision', 'interim', 'appeal-receipt')", name=op.f("ck_letters_kind_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_letters_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_letters_decision_id_decisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("application_id", "mark", name=op.f("uq_letters_application_id")),
    )
    op.create_table(
        "meeting_logs",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=True),
        sa.Column("booking_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("logged_by", ID, nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('guidance', 'pitch', 'telephone', 'other')", name=op.f("ck_meeting_logs_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_meeting_logs_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
            name=op.f("fk_meeting_logs_booking_id_bookings"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_meeting_logs_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["logged_by"],
            ["users.id"],
            name=op.f("fk_meeting_logs_logged_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_meeting_logs_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_logs")),
    )
    op.create_index(op.f("ix_meeting_logs_application_id"), "meeting_logs", ["application_id"], unique=False)
    op.create_index("ix_meeting_logs_of", "meeting_logs", ["call_id", "organisation_id"], unique=False)

    op.create_table(
        "threads",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("criterion", sa.String(), nullable=True),
        sa.Column("round_id", KEY, nullable=True),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", ID, nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "audience in ('applicant', 'authority', 'assessors')", name=op.f("ck_threads_audience_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_threads_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["users.id"], name=op.f("fk_threads_opened_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"],
            ["users.id"],
            name=op.f("fk_threads_resolved_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_threads_revision_id_revisions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index("ix_threads_application_id_id", "threads", ["application_id", "id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("side in ('applicant', 'authority')", name=op.f("ck_comments_side_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_comments_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_comments_author_id_users"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
            name=op.f("fk_comments_thread_id_threads"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_application_id_id", "comments", ["application_id", "id"], unique=False)

    op.create_table(
        "published_answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("comment_id", ID, nullable=True),
        sa.Column("published_by", ID, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_published_answers_call_id_calls"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_published_answers_comment_id_comments"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["users.id"],
            name=op.f("fk_published_answers_published_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_answers")),
    )
    op.create_index("ix_published_answers_call_id_id", "published_answers", ["call_id", "id"], unique=False)

    op.add_column("outbox", sa.Column("attachments", sa.JSON(), nullable=True))

    dialect = op.get_bind().dialect.name
    for statement in guard(dialect, (), {"decisions": DECISION, "letters": LETTER}):
        op.execute(statement)
    for statement in guard_budget(dialect):
        op.execute(statement)
