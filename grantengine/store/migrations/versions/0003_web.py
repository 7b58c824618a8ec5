"""What pages need: sessions, second factors, tries of a password, and who wants to be told of new calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As they were when this was written: a migration never changes.
ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
DIGEST = sa.String(64)
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "user_sessions",
        sa.Column("id", DIGEST, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        _refers("user_sessions", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])
    op.create_index("ix_user_sessions_ends_at", "user_sessions", ["ends_at"])
    op.create_table(
        "second_factors",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        _refers("second_factors", "user_id", "users"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "tries",
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_since", "tries", ["since"])
    _alerts()


def _alerts() -> None:
    op.create_table(
        "call_alerts",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        _refers("call_alerts", "organisation_id", "organisations"),
        _refers("call_alerts", "asked_by", "users"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_call_alerts")),
    )
    op.create_table(
        "call_alerts_told",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("told_at", AT, nullable=False),
        _refers("call_alerts_told", "call_id", "calls"),
        _refers("call_alerts_told", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("call_id", "organisation_id", name=op.f("pk_call_alerts_told")),
    )


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, deferrable=True, initially="DEFERRED")
