"""The triggers of the store: each is tried against a plain SQLite shell, in every phase of an election."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ballot.errors import Refused
from ballot.register import Fate
from ballot.store.repo import Store
from ballot.votes import Paper, Phase
from tests.store.making import CEREMONY, cast, issue, move, perform, piece, share, together, trustee

PHASES = list(Phase)


@pytest.fixture(scope="module")
def stores(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Phase, Path]:
    """A store in every phase, with something in every table as soon as that can be."""
    path = Path(shutil.copy(template, tmp_path_factory.mktemp("stores") / "election.db"))
    with Store.open(path) as store, store.write() as unit:
        unit.add_trustee(trustee("Chidi"))
        unit.keep_transcript(CEREMONY)
        unit.add_document("plan", b"a document")
    kept = {}
    for phase in PHASES:
        if phase != Phase.DRAFT:
            with Store.open(path) as store, store.write() as unit:
                unit.set_phase(phase)
        if phase == Phase.OPEN:
            perform(path, (issue, 1), (cast, 1))
            with Store.open(path) as store, store.write() as unit:
                unit.add_replacement(3, "Newcomer", "letter", b"salt")
                unit.withdraw(Fate.SPOILED, Paper("gone", "00", "11", "22"))
        if phase == Phase.CLOSED:
            with Store.open(path) as store, store.write() as unit:
                unit.add_share(share(1))
                unit.add_piece(piece(2, 1))
        kept[phase] = Path(shutil.copy(path, path.with_name(f"{phase}.db")))
    return kept


def attempt(path: Path, statement: str) -> str:
    """The message of the guard that refuses a statement, or nothing when it is let through; the file stays as it is."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers = OFF")
        connection.execute("BEGIN")
        try:
            changed = connection.execute(statement).rowcount
        except sqlite3.IntegrityError as error:
            return f"{error.sqlite_errorname}: {error}"
    assert changed > 0
    return ""


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO roll_members VALUES ('M9', 'o', 'PH', 'r', 'k', 's')",
        "UPDATE roll_members SET standing = 'suspended'",
        "DELETE FROM roll_members",
        "INSERT INTO roll_delegates VALUES (999, 'n', 'M1', 1, 'c', '', x'00')",
        "UPDATE roll_delegates SET voting = 1",
        "DELETE FROM roll_delegates",
        "INSERT INTO contests VALUES (3, x'00')",
        "UPDATE contests SET contest = x'00'",
        "DELETE FROM contests",
        "INSERT INTO trustees VALUES (2, x'00')",
        "UPDATE trustees SET trustee = x'00'",
        "DELETE FROM trustees",
        "INSERT OR REPLACE INTO ceremony VALUES (1, x'00')",
        "UPDATE ceremony SET transcript = x'00'",
        "DELETE FROM ceremony",
    ],
)
def test_roll_candidates_and_trustees_are_frozen_after_the_draft(stores: dict[Phase, Path], statement: str) -> None:
    assert attempt(stores[Phase.DRAFT], statement) == ""
    for phase in PHASES[1:]:
        refusal = attempt(stores[phase], statement)
        assert refusal.startswith("SQLITE_CONSTRAINT_TRIGGER: ")
        assert "frozen" in refusal


STEPS = {
    "draft": "UPDATE election SET phase = 'draft'",
    "open": "UPDATE election SET phase = 'open'",
    "closed": "UPDATE election SET phase = 'closed'",
    "counted": "UPDATE election SET phase = 'counted'",
    "declared": "UPDATE election SET phase = 'declared'",
    "": "UPDATE election SET phase = ''",
    "reopened": "UPDATE election SET phase = 'reopened'",
}


@pytest.mark.parametrize("old", PHASES)
@pytest.mark.parametrize("new", STEPS)
def test_the_phase_moves_forward_by_one_step_only(stores: dict[Phase, Path], old: Phase, new: str) -> None:
    refusal = attempt(stores[old], STEPS[new])
    if [old, new] in [PHASES[place : place + 2] for place in range(4)]:
        assert refusal == ""
    else:
        assert refusal == "SQLITE_CONSTRAINT_TRIGGER: an election moves forward, one phase at a time"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE election SET id = 1", "never changes"),
        ("UPDATE election SET setup = x'00'", "never changes"),
        ("UPDATE election SET charter = x'00'", "never changes"),
        ("UPDATE election SET desk_secret = x'00'", "never changes"),
        ("DELETE FROM election", "never deleted"),
        ("INSERT INTO election VALUES (2, x'00', 'draft', x'00', x'00')", "begins once"),
        ("INSERT OR REPLACE INTO election VALUES (1, x'00', 'draft', x'00', x'00')", "begins once"),
    ],
)
def test_there_is_one_election_and_its_setup_stays(stores: dict[Phase, Path], statement: str, message: str) -> None:
    for phase in PHASES:
        assert message in attempt(stores[phase], statement)


@pytest.mark.parametrize(
    ("phase", "statement"),
    [
        (Phase.OPEN, "INSERT INTO box_ballots VALUES ('new', 'new', x'00')"),
        (Phase.OPEN, "INSERT INTO roll_register VALUES (2, 1, x'00', x'00')"),
        (Phase.OPEN, "INSERT INTO roll_replacements VALUES (2, 1, 'n', 'l', x'00')"),
        (Phase.CLOSED, "INSERT INTO shares VALUES (2, x'00')"),
        (Phase.CLOSED, "INSERT INTO pieces VALUES (2, 3, x'00')"),
    ],
)
def test_each_thing_is_taken_only_in_its_phase(stores: dict[Phase, Path], phase: Phase, statement: str) -> None:
    assert attempt(stores[phase], statement) == ""
    for other in set(PHASES) - {phase}:
        assert f"only while the election is {phase}" in attempt(stores[other], statement)


@pytest.mark.parametrize(
    ("since", "statement"),
    [
        (Phase.OPEN, "UPDATE box_ballots SET sealed = x'00'"),
        (Phase.OPEN, "DELETE FROM box_ballots"),
        (Phase.OPEN, "UPDATE roll_register SET entry = x'00'"),
        (Phase.OPEN, "DELETE FROM roll_register"),
        (Phase.OPEN, "UPDATE roll_replacements SET name = 'n'"),
        (Phase.OPEN, "DELETE FROM roll_replacements"),
        (Phase.OPEN, "UPDATE box_withdrawn SET fate = 'returned'"),
        (Phase.OPEN, "DELETE FROM box_withdrawn"),
        (Phase.CLOSED, "UPDATE shares SET share = x'00'"),
        (Phase.CLOSED, "DELETE FROM shares"),
        (Phase.CLOSED, "UPDATE pieces SET piece = x'00'"),
        (Phase.CLOSED, "DELETE FROM pieces"),
        (Phase.DRAFT, "UPDATE journal SET entry = x'00'"),
        (Phase.DRAFT, "DELETE FROM journal"),
        (Phase.DRAFT, "UPDATE documents SET data = x'00'"),
        (Phase.DRAFT, "DELETE FROM documents"),
    ],
)
def test_what_is_kept_is_never_changed_or_deleted(stores: dict[Phase, Path], since: Phase, statement: str) -> None:
    for phase in PHASES[PHASES.index(since) :]:
        assert "never changed or deleted" in attempt(stores[phase], statement)


@pytest.mark.parametrize(
    ("phase", "statement", "message"),
    [
        (Phase.OPEN, "INSERT OR REPLACE INTO box_ballots SELECT tracker, 'new', x'00' FROM box_ballots", "been used"),
        (
            Phase.OPEN,
            "INSERT OR REPLACE INTO box_ballots SELECT 'new', credential, x'00' FROM box_ballots",
            "been used",
        ),
        (Phase.OPEN, "INSERT OR REPLACE INTO roll_register VALUES (1, 1, x'00', x'00')", "in the register already"),
        (Phase.OPEN, "INSERT INTO roll_register VALUES (1, 3, x'00', x'00')", "in the register already"),
        (Phase.OPEN, "INSERT OR REPLACE INTO roll_replacements VALUES (3, 1, 'n', 'l', x'00')", "replaced already"),
        (Phase.OPEN, "INSERT INTO roll_replacements VALUES (1, 1, 'n', 'l', x'00')", "in the register already"),
        (Phase.OPEN, "INSERT OR REPLACE INTO box_withdrawn VALUES ('gone', 'returned', x'00')", "returned already"),
        (
            Phase.OPEN,
            "INSERT INTO box_withdrawn SELECT credential, 'spoiled', x'00' FROM box_ballots",
            "been used for a ballot",
        ),
        (Phase.OPEN, "INSERT INTO box_ballots VALUES ('new', 'gone', x'00')", "was spoiled or returned"),
        (Phase.CLOSED, "INSERT OR REPLACE INTO shares VALUES (1, x'00')", "given a share already"),
        (Phase.CLOSED, "INSERT OR REPLACE INTO pieces VALUES (2, 1, x'00')", "given this piece already"),
        (Phase.DRAFT, "INSERT OR REPLACE INTO documents VALUES ('plan', x'00')", "fixed already"),
        (Phase.DRAFT, "INSERT OR REPLACE INTO journal VALUES (0, x'00')", "not the next"),
    ],
)
def test_attack_replacing_what_is_kept(stores: dict[Phase, Path], phase: Phase, statement: str, message: str) -> None:
    assert message in attempt(stores[phase], statement)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    ("statement", "phases"),
    [
        ("INSERT INTO box_withdrawn VALUES ('new', 'spoiled', x'00')", {Phase.OPEN}),
        ("INSERT INTO box_withdrawn VALUES ('new', 'returned', x'00')", {Phase.OPEN, Phase.CLOSED}),
        ("INSERT INTO box_withdrawn VALUES ('new', 'lost', x'00')", set()),
    ],
)
def test_papers_are_spoiled_while_open_and_returned_until_the_count(
    stores: dict[Phase, Path], phase: Phase, statement: str, phases: set[Phase]
) -> None:
    refusal = attempt(stores[phase], statement)
    assert (refusal == "") == (phase in phases)
    assert refusal == "" or "spoiled only while the election is open" in refusal


def test_the_journal_has_no_gap(stores: dict[Phase, Path]) -> None:
    assert "not the next" in attempt(stores[Phase.OPEN], "INSERT INTO journal VALUES (3, x'00')")
    assert "not the next" in attempt(stores[Phase.OPEN], "INSERT INTO journal VALUES (-1, x'00')")
    assert attempt(stores[Phase.OPEN], "INSERT INTO journal VALUES (2, x'00')") == ""


def test_every_guard_is_there(draft: Path) -> None:
    with closing(sqlite3.connect(draft)) as connection:
        found = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    frozen = ("roll_members", "roll_delegates", "contests", "trustees", "ceremony")
    kept = (
        "box_ballots",
        "box_withdrawn",
        "roll_register",
        "roll_replacements",
        "shares",
        "pieces",
        "journal",
        "documents",
    )
    phased = ("box_ballots", "box_withdrawn", "roll_register", "roll_replacements", "shares", "pieces")
    assert found == {
        *(f"{table}_{event}" for table in frozen for event in ("insert", "update", "delete")),
        *(f"{table}_{event}" for table in kept for event in ("insert_taken", "update", "delete")),
        *(f"{table}_insert_phase" for table in phased),
        "box_ballots_insert_withdrawn",
        "box_withdrawn_insert_used",
        "roll_replacements_insert_issued",
        "election_insert",
        "election_update_of_phase",
        "election_update_of_id_setup_charter_desk_secret",
        "election_delete",
    }


def test_the_guards_hold_in_the_program_too(draft: Path) -> None:
    move(draft, Phase.OPEN)
    with pytest.raises(Refused, match="frozen"), Store.open(draft) as store, store.write() as unit:
        unit.add_trustee(trustee("Late"))
    with pytest.raises(Refused, match="frozen"), Store.open(draft) as store, store.write() as unit:
        unit.keep_transcript(CEREMONY)


def test_trustees_and_their_ceremony_are_not_dropped_after_the_draft(draft: Path) -> None:
    together(draft, lambda unit: unit.keep_transcript(CEREMONY))
    move(draft, Phase.OPEN)
    with pytest.raises(Refused, match="frozen"):
        together(draft, lambda unit: unit.drop_trustees())
    with Store.open(draft) as store, store.read() as view:
        assert view.transcript() == CEREMONY


def test_there_is_one_ceremony(stores: dict[Phase, Path]) -> None:
    assert "one_ceremony" in attempt(stores[Phase.DRAFT], "INSERT INTO ceremony VALUES (2, x'00')")
