"""What became of a call, summed up when its letters have gone out, so that pages read one row and not every case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As they were when this was written: a migration never changes.
ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "call_results",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("funded", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("least_total", sa.BigInteger(), nullable=True),
        sa.Column("told_at", AT, nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_results_call_id_calls"), deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_results")),
    )
