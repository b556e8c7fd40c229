"""The first tables of the ICB's secretary, and the guards that no program can pass by mistake.

Names of revisions are numbers of four digits in rising order: `ballot.store.engine` compares them as text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables and guards. Fails on a database for which no guards are written."""
    op.create_table(
        "icb_records",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "icb_journal",
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("height"),
        sqlite_with_rowid=False,
    )
    for statement in {"sqlite": _sqlite_guards}[op.get_bind().dialect.name]():
        op.execute(statement)


def _sqlite_guards() -> list[str]:
    # INSERT OR REPLACE fires no DELETE trigger in a plain SQLite shell, so a row that exists is refused at INSERT.
    guards = [
        _guard(
            "icb_journal",
            "INSERT",
            "this entry is not the next one of the journal",
            "NEW.height <> (SELECT count(*) FROM icb_journal)",
        ),
        _guard(
            "icb_records",
            "INSERT",
            "this record is kept already",
            "EXISTS (SELECT 1 FROM icb_records WHERE sha256 = NEW.sha256)",
        ),
    ]
    for table in ("icb_journal", "icb_records"):
        for event in ("UPDATE", "DELETE"):
            guards.append(_guard(table, event, f"what is in {table} is never changed or deleted"))
    return guards


def _guard(table: str, event: str, message: str, when: str = "true") -> str:
    name = f"{table}_{event.lower()}"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
