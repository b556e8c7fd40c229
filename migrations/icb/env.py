"""Alembic's way in: `ballot.store.engine` hands over a connection with an open transaction, and commits it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])

with context.begin_transaction():
    context.run_migrations()
