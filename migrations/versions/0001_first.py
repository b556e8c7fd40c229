"""The first tables, and the guards that no program can pass by mistake.

Names of revisions are numbers of four digits in rising order: `ballot.store.engine` compares them as text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

STEPS = ("draft", "open"), ("open", "closed"), ("closed", "counted"), ("counted", "declared")


def upgrade() -> None:
    """Make all tables and guards. Fails on a database for which no guards are written."""
    _roll_tables()
    _box_tables()
    _election_tables()
    for statement in {"sqlite": _sqlite_guards}[op.get_bind().dialect.name]():
        op.execute(statement)


def _roll_tables() -> None:
    op.create_table(
        "roll_members",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_delegates",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("credentials", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.ForeignKeyConstraint(["member"], ["roll_members.id"]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_register",
        sa.Column("delegate", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("delegate", "place"),
        sa.ForeignKeyConstraint(["delegate"], ["roll_delegates.number"]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roll_replacements",
        sa.Column("delegate", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("delegate", "place"),
        sa.ForeignKeyConstraint(["delegate"], ["roll_delegates.number"]),
        sqlite_with_rowid=False,
    )


def _box_tables() -> None:
    op.create_table(
        "box_ballots",
        sa.Column("tracker", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tracker"),
        sa.UniqueConstraint("credential"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "box_withdrawn",
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("credential"),
        sqlite_with_rowid=False,
    )


def _election_tables() -> None:
    op.create_table(
        "election",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("setup", sa.LargeBinary(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("charter", sa.LargeBinary(), nullable=False),
        sa.Column("desk_secret", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_election"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    for table, number, value in (
        ("contests", "position", "contest"),
        ("trustees", "position", "trustee"),
        ("journal", "height", "entry"),
        ("shares", "owner", "share"),
    ):
        op.create_table(
            table,
            sa.Column(number, sa.Integer(), autoincrement=False, nullable=False),
            sa.Column(value, sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint(number),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "ceremony",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transcript", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_ceremony"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pieces",
        sa.Column("missing", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("piece", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("missing", "holder"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )


def _sqlite_guards() -> list[str]:
    not_draft = "(SELECT phase FROM election) IS NOT 'draft'"
    not_open = "(SELECT phase FROM election) IS NOT 'open'"
    not_closed = "(SELECT phase FROM election) IS NOT 'closed'"
    phase = "(SELECT phase FROM election)"
    permitted = f"NEW.fate = 'spoiled' AND {phase} IS 'open' OR NEW.fate = 'returned' AND {phase} IN ('open', 'closed')"
    not_withdrawing = f"({permitted}) IS NOT true"
    guards = []
    for table in ("roll_members", "roll_delegates", "contests", "trustees", "ceremony"):
        for event in ("INSERT", "UPDATE", "DELETE"):
            message = "roll, candidates and trustees are frozen once the election is open"
            guards.append(_guard(table, event, message, not_draft))

    once = "NEW.phase <> 'draft' OR EXISTS (SELECT 1 FROM election)"
    step = "(OLD.phase, NEW.phase) NOT IN (VALUES " + ", ".join(map(str, STEPS)) + ")"
    guards += [
        _guard("election", "INSERT", "an election begins once, as a draft", once),
        _guard("election", "UPDATE OF id, setup, charter, desk_secret", "the setup of an election never changes"),
        _guard("election", "UPDATE OF phase", "an election moves forward, one phase at a time", step),
        _guard("election", "DELETE", "an election is never deleted"),
        _guard("box_ballots", "INSERT", "the box takes ballots only while the election is open", not_open, "phase"),
        _guard("roll_register", "INSERT", "papers are issued only while the election is open", not_open, "phase"),
        _guard(
            "roll_replacements", "INSERT", "delegates are replaced only while the election is open", not_open, "phase"
        ),
        _guard("shares", "INSERT", "shares are taken only while the election is closed", not_closed, "phase"),
        _guard(
            "box_withdrawn",
            "INSERT",
            "papers are spoiled only while the election is open, and returned until it is counted",
            not_withdrawing,
            "phase",
        ),
        _guard("pieces", "INSERT", "pieces are taken only while the election is closed", not_closed, "phase"),
    ]

    # INSERT OR REPLACE fires no DELETE trigger in a plain SQLite shell, so a row that exists is refused at INSERT.
    same_ballot = "EXISTS (SELECT 1 FROM box_ballots WHERE tracker = NEW.tracker OR credential = NEW.credential)"
    withdrawn = "EXISTS (SELECT 1 FROM box_withdrawn WHERE credential = NEW.credential)"
    used = "EXISTS (SELECT 1 FROM box_ballots WHERE credential = NEW.credential)"
    not_next_paper = "NEW.place <> (SELECT 1 + count(*) FROM roll_register WHERE delegate = NEW.delegate)"
    not_next_person = "NEW.place <> (SELECT 1 + count(*) FROM roll_replacements WHERE delegate = NEW.delegate)"
    has_paper = "EXISTS (SELECT 1 FROM roll_register WHERE delegate = NEW.delegate)"
    same_owner = "EXISTS (SELECT 1 FROM shares WHERE owner = NEW.owner)"
    same_piece = "EXISTS (SELECT 1 FROM pieces WHERE missing = NEW.missing AND holder = NEW.holder)"
    same_name = "EXISTS (SELECT 1 FROM documents WHERE name = NEW.name)"
    not_next = "NEW.height <> (SELECT count(*) FROM journal)"
    guards += [
        _guard("box_ballots", "INSERT", "this paper has been used for a ballot already", same_ballot, "taken"),
        _guard("box_ballots", "INSERT", "this paper was spoiled or returned", withdrawn, "withdrawn"),
        _guard("box_withdrawn", "INSERT", "this paper was spoiled or returned already", withdrawn, "taken"),
        _guard("box_withdrawn", "INSERT", "this paper has been used for a ballot", used, "used"),
        _guard("roll_register", "INSERT", "this delegate is in the register already", not_next_paper, "taken"),
        _guard("roll_replacements", "INSERT", "this delegate was replaced already", not_next_person, "taken"),
        _guard("roll_replacements", "INSERT", "this delegate is in the register already", has_paper, "issued"),
        _guard("shares", "INSERT", "this trustee has given a share already", same_owner, "taken"),
        _guard("pieces", "INSERT", "this trustee has given this piece already", same_piece, "taken"),
        _guard("documents", "INSERT", "this document is fixed already", same_name, "taken"),
        _guard("journal", "INSERT", "this entry is not the next one of the journal", not_next, "taken"),
    ]

    kept = (
        "box_ballots",
        "box_withdrawn",
        "roll_register",
        "roll_replacements",
        "shares",
        "pieces",
        "documents",
        "journal",
    )
    for table in kept:
        for event in ("UPDATE", "DELETE"):
            guards.append(_guard(table, event, f"what is in {table} is never changed or deleted"))
    return guards


def _guard(table: str, event: str, message: str, when: str = "true", suffix: str = "") -> str:
    name = "_".join(filter(None, (table, *event.lower().replace(",", "").split(), suffix)))
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
