"""Where an answer to a message goes, when a person wrote it; and the organisations that want to be found, by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address, and the index."""
    op.add_column("outbox", sa.Column("reply_to", sa.String(), nullable=True))
    op.create_index(
        "ix_organisations_listed", "organisations", ["id"], sqlite_where=sa.text("listed = 1"),
        postgresql_where=sa.text("listed"),
    )  # fmt: skip
