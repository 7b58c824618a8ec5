"""Runs the migrations on the connection that :mod:`grantengine.store.migrate` gives."""

from __future__ import annotations

from alembic import context

from grantengine.store import tables  # noqa: F401 - makes the metadata complete
from grantengine.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
