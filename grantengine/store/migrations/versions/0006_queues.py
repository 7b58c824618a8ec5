"""The lists of cases that handlers work from, in the order that cases came in; what is given to someone now; saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As they were when this was written: a migration never changes.
ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the indexes, and make the table."""
    op.create_index("ix_applications_queue", "applications", ["call_id", "status", "submitted_at", "id"])
    op.create_index(
        "ix_assignments_now", "assignments", ["user_id", "id"], sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )  # fmt: skip
    op.create_index("ix_assignments_application_id", "assignments", ["application_id", "id"])
    op.create_table(
        "saved_views",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        _refers("user_id", "users"),
        _refers("call_id", "calls"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "call_id", "name", name=op.f("uq_saved_views_user_id")),
    )


def _refers(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_saved_views_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, deferrable=True, initially="DEFERRED")
