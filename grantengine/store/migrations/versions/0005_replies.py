"""Where an answer to a message goes, when a person wrote it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address."""
    op.add_column("outbox", sa.Column("reply_to", sa.String(), nullable=True))
