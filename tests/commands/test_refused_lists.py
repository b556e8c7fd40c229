"""`ballot new` on faulty lists: every fault with file, row and field, all at once, and no store."""

from pathlib import Path

import pytest

from tests.commands.assembly import ballot, lists, refused, write_lists

NEW = ("new", "--from", "lists/election.toml")
DEEP = b"x = " + b"[" * 10_000
CANDIDATE = "\n1,Candidate 1,Organisation 1,South Asia,M001"


def write(folder: Path, *edits: tuple[str, str | bytes, str | bytes]) -> None:
    """The lists with pieces replaced, each of which must be there once."""
    write_lists(folder / "lists", lists())
    for file, old, new in edits:
        path = folder / "lists" / file
        data = path.read_bytes()
        piece = old.encode() if isinstance(old, str) else old
        assert data.count(piece) == 1, (file, old)
        path.write_bytes(data.replace(piece, new.encode() if isinstance(new, str) else new))


def test_the_lists_are_good_as_they_are(tmp_path: Path) -> None:
    write(tmp_path)
    assert ballot(tmp_path, *NEW).code == 0


def test_one_person_perhaps_listed_twice_is_warned_of(tmp_path: Path) -> None:
    write(tmp_path)
    for name, one, other in (
        ("candidates.csv", "Candidate 2,", "Cándidate 1,"),
        ("delegates.csv", "Second 1,", "Délegate 1,"),
    ):
        path = tmp_path / "lists" / name
        path.write_text(path.read_text(encoding="utf-8").replace(one, other), encoding="utf-8")
    said = ballot(tmp_path, *NEW)
    assert said.code == 0
    assert "Warning: Candidate 1 and Cándidate 1 differ by accents only." in said.err
    assert "Warning: Delegate 1 and Délegate 1 differ by accents only." in said.err


def test_a_roll_on_which_nobody_votes_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "lists" / "delegates.csv"
    header, *_, guest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(header + guest, encoding="utf-8")
    said = refused(tmp_path, *NEW)
    assert "delegates.csv: nobody votes, so nobody could be given a paper" in said.err
    assert not (tmp_path / "election.db").exists()


FAULTS: dict[str, tuple[str, str | bytes, str | bytes, str, str]] = {
    "two voting delegates": ("delegates.csv", "Second 1,M001,no", "Second 1,M001,yes", "row 3, voting", "V"),
    "no voting delegate": ("delegates.csv", "Delegate 1,M001,yes", "Delegate 1,M001,no", "row 2, voting", "V"),
    "an associate votes": ("delegates.csv", "Guest,A001,no", "Guest,A001,yes", "row 14, voting", "V §3"),
    "only one delegate": ("delegates.csv", "2,Second 1,M001,no,letter 1\n", "", "row 2, member", "V §3"),
    "a delegate without credentials": ("delegates.csv", "yes,letter 1\n", "yes,\n", "row 2, credentials", "missing"),
    "a suspended member votes": (
        "delegates.csv",
        "\n13,Guest",
        "\n14,Sam,S001,yes,letter\n15,Sue,S001,no,letter\n13,Guest",
        "row 14, voting",
        "suspended",
    ),
    "an unknown member": ("delegates.csv", "Guest,A001", "Guest,A002", "row 14, member", "A002"),
    "a delegate's number twice": ("delegates.csv", "\n4,Second 2", "\n3,Second 2", "row 5, number", "twice"),
    "an associate stands": (
        "candidates.csv",
        CANDIDATE,
        "\n1,Candidate 1,Friends of the Assembly,Europe,A001",
        "row 2, member",
        "associate",
    ),
    "a suspended member stands": (
        "candidates.csv",
        CANDIDATE,
        "\n1,Candidate 1,Harbour Circle,Europe,S001",
        "row 2, member",
        "suspended",
    ),
    "another organisation than the roll's": (
        "candidates.csv",
        CANDIDATE,
        CANDIDATE.replace("Organisation 1", "Organisation 2"),
        "row 2, organisation",
        "Organisation 2",
    ),
    "a candidate's number missing": ("candidates.csv", "\n10,", "\n11,", "row 11, number", "11"),
    "a candidate twice": ("candidates.csv", "Candidate 2,", "candidate\u00a01,", "row 3, name", "row 2"),
    "a candidate's look-alike": ("candidates.csv", "Candidate 2,", "Саndidаte 1,", "row 3, name", "row 2"),
    "an id twice": ("members.csv", "M007,", "M006,", "row 8, id", "twice"),
    "an id that looks like another": ("members.csv", "M007,", "MO06,", "row 8, id", "mistaken"),
    "an unknown region": ("members.csv", "NL,Europe,associate", "NL,Atlantis,associate", "row 12, region", "Atlantis"),
    "an unknown country": ("members.csv", "NL,Europe,associate", "ZZ,Europe,associate", "row 12, country", "ZZ"),
    "another encoding": ("members.csv", "Harbour", "Harb\u00f6ur".encode("latin-1"), "row 13", "UTF-8"),
    "a byte-order mark": ("members.csv", "id,", b"\xef\xbb\xbfid,", "", "byte-order mark"),
    "a missing column": ("members.csv", "id,organisation,country", "id,organisation", "row 1, country", "missing"),
    "an unknown column": ("members.csv", "id,organisation", "id,born,organisation", "row 1, 'born'", "unknown"),
    "semicolons": ("delegates.csv", "number,name,member,voting,credentials", "number;name", "row 1", "semicolons"),
    "a quoted newline": ("members.csv", "Harbour Circle", '"Harbour\nCircle"', "row 13", "same line"),
    "a missing value": ("members.csv", "A001,Friends of the Assembly", "A001,", "row 12, organisation", "missing"),
    "markup": ("members.csv", "Harbour Circle", "[red]Harbour[/red]", "row 13, organisation", "U+005B"),
    "ANSI escapes": ("members.csv", "Harbour Circle", "\x1b[2JHarbour", "row 13, organisation", "U+001B"),
    "bidi controls": ("members.csv", "Harbour Circle", "Harbour\u202eelcriC", "row 13, organisation", "U+202E"),
    "zeros": ("members.csv", "Harbour Circle", "Harbour\x00", "row 13, organisation", "U+0000"),
    "a list that is no list": ("candidates.csv", "number,", "\x89PNG\n", "row 1, number", "missing"),
    "no TOML": ("election.toml", 'name = "', "name = ", "row 1", "not TOML"),
    "TOML of depth 10,000": ("election.toml", 'name = "Small Assembly"', DEEP, "", "nested too deeply"),
    "an unknown key": ("election.toml", "head =", "haed =", "haed", "unknown"),
    "a key behind the block of a contest": (
        "election.toml",
        'rule = "at-large"',
        'rule = "at-large"\nneed = 2',
        "contests[1].need",
        "it stands above the first block",
    ),
    "a missing key": ("election.toml", 'seal = "', 'sael = "', "seal", "missing"),
    "an unknown group": ("election.toml", '"Ed25519"', '"Curve448"', "group", "BELENIOS-2048"),
    "a trustee twice": ("election.toml", "Tomas Tallyman", "Tara Trustworthy", "trustees[2]", "same name"),
    "more marks wanted than there are candidates": (
        "election.toml",
        'rule = "at-large"',
        'rule = "at-large"\nmin_marks = 11',
        "contests[1].min_marks",
        "there are 10 candidates",
    ),
    "one organisation under two ids": (
        "members.csv",
        "Harbour Circle",
        "Оrganisation 1",
        "row 13, organisation",
        "M001",
    ),
    "markup in the title": ("election.toml", "Small Assembly", "[b]Small", "name", "U+005B"),
    "an unknown rule": ("election.toml", '"at-large"', '"by-lot"', "contests[1].rule", "by-lot"),
    "more marks than the rule": ("election.toml", "max_marks = 9", "max_marks = 13", "contests[1].max_marks", "12"),
    "a path in place of a name": ("election.toml", '"members.csv"', '"../members.csv"', "members", "without a path"),
    "an unknown charter": ("election.toml", 'group = "', 'charter = "un"\ngroup = "', "charter", "ima"),
}
"""By name: file, what is replaced and by what, the place that must be named, and a word of the reason."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    file, old, new, place, word = FAULTS[name]
    write(tmp_path, (file, old, new))
    errors = refused(tmp_path, *NEW).errors
    where = f"{file}, {place}: " if place else f"{file}: "
    assert any(error.startswith(where) and word in error for error in errors), errors


def test_all_faults_of_all_files_come_in_one_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        ("election.toml", "max_marks = 9", "max_marks = 99"),
        ("members.csv", "A001,Friends", "A001,[Friends]"),
        ("members.csv", "S001,Harbour Circle,PH", "S001,Harbour Circle,QQ"),
        ("delegates.csv", "Second 1,M001,no", "Second 1,M001,maybe"),
        ("delegates.csv", "\n12,Second 6", "\n0,Second 6"),
        ("candidates.csv", "\n10,", "\n12,"),
        ("candidates.csv", "Candidate 4,", "Candidate \u202e4,"),
    )
    outcome = refused(tmp_path, *NEW)
    assert [error.split(":")[0] for error in outcome.errors] == [
        "election.toml, contests[1].max_marks",
        "members.csv, row 12, organisation",
        "members.csv, row 13, country",
        "delegates.csv, row 3, voting",
        "delegates.csv, row 13, number",
        "candidates.csv, row 5, name",
        "candidates.csv, row 11, number",
    ]
    assert "nothing was changed" in outcome.hint


def test_a_missing_file_does_not_hide_the_faults_of_others(tmp_path: Path) -> None:
    write(tmp_path, ("members.csv", "A001,Friends", "A001,[Friends]"))
    (tmp_path / "lists" / "candidates.csv").unlink()
    errors = refused(tmp_path, *NEW).errors
    assert [error.split(":")[0] for error in errors] == ["candidates.csv", "members.csv, row 12, organisation"]


BAD_LISTS = (
    ("members.csv", "A001,Friends", "A001,[Friends]"),
    ("delegates.csv", "Second 1,M001,no", "Second 1,M001,maybe"),
    ("candidates.csv", "\n10,", "\n12,"),
)
THEIR_FAULTS = ["members.csv, row 12, organisation", "delegates.csv, row 3, voting", "candidates.csv, row 11, number"]


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ('"at-large"', '"by-lot"', ["contests[1].rule"]),
        ("head =", "haed =", ["haed", "head"]),
        ("trustees = ", "trustees = 3 #", ["trustees"]),
        ('name = "', 'need = 3\nname = "', ["need"]),
        ("[[contests]]", "[[contests]]\ncandidate = 1", ["contests[1].candidate"]),
    ],
)
def test_a_faulty_plan_does_not_hide_the_faults_of_lists(tmp_path: Path, old: str, new: str, fields: list[str]) -> None:
    write(tmp_path, *BAD_LISTS, ("election.toml", old, new))
    errors = [error.split(":")[0] for error in refused(tmp_path, *NEW).errors]
    assert errors == [*(f"election.toml, {field}" for field in fields), *THEIR_FAULTS]


def test_a_list_that_is_not_named_is_missing_beside_what_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, *BAD_LISTS, ("election.toml", "candidates =", "candidate ="))
    assert [error.split(":")[0] for error in refused(tmp_path, *NEW).errors] == [
        "election.toml, contests[1].candidate",
        "election.toml, contests[1].candidates",
        *THEIR_FAULTS[:2],
    ]


@pytest.mark.parametrize("file", ["members.csv", "delegates.csv"])
def test_a_missing_list_does_not_hide_the_faults_of_others(tmp_path: Path, file: str) -> None:
    write(tmp_path, *BAD_LISTS)
    (tmp_path / "lists" / file).unlink()
    expected = [file, *(fault for fault in THEIR_FAULTS if not fault.startswith(file))]
    assert [error.split(":")[0] for error in refused(tmp_path, *NEW).errors] == expected


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("M001,Organisation 1,PH,South Asia", "M001,Organisation 1,PH,Atlantis", "row 2, region"),
        ("M001,Organisation 1,", "M001,[Organisation] 1,", "row 2, organisation"),
        ("M007,", "m007,", "row 8, id"),
        ("M007,", "M006,", "row 8, id"),
        ("M007,", '"M007,', "row 8"),
        ("regular,suspended", "regular,suspendid", "row 13, standing"),
    ],
)
def test_what_only_follows_from_another_fault_is_not_told(tmp_path: Path, old: str, new: str, place: str) -> None:
    write(tmp_path, ("members.csv", old, new))
    (error,) = refused(tmp_path, *NEW).errors
    assert error.startswith(f"members.csv, {place}: ")


def test_an_unknown_rule_is_answered_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, ("election.toml", '"at-large"', '"by-lot"'))
    (error,) = refused(tmp_path, *NEW).errors
    assert "; Its" not in error
    assert "(Its rules for electing are at-large, officer, for questions motion, amendment, " in error


@pytest.mark.parametrize("file", ["election.toml", "members.csv", "delegates.csv", "candidates.csv"])
def test_missing_and_huge_files_are_named(tmp_path: Path, file: str) -> None:
    write(tmp_path)
    path = tmp_path / "lists" / file
    path.unlink()
    assert refused(tmp_path, *NEW).errors[0].startswith(f"{file}: ")
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    (error,) = ballot(tmp_path, *NEW).errors
    assert error.startswith(f"{file}: ")
    assert "larger than" in error
    assert not (tmp_path / "election.db").exists()


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    write(tmp_path)
    assert refused(tmp_path, "new", "--from", "lists").errors[0].startswith("lists: ")


def test_a_store_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path)
    assert ballot(tmp_path, *NEW).code == 0
    again = refused(tmp_path, *NEW)
    assert "exists already" in again.errors[0]
    assert "Rename it if the new one is to take its place" in again.hint


def test_whoever_names_a_store_is_told_how_later_commands_find_it(tmp_path: Path) -> None:
    write(tmp_path)
    told = "Give `--store {}` to every later command, or set the variable BALLOT_STORE to it.\n"
    assert told.format("other.db") in ballot(tmp_path, *NEW, "--store", "other.db").err
    assert told.format('"my store.db"') in ballot(tmp_path, *NEW, "--store", "my store.db").err
    for named in ((), ("--store", "by-variable.db")):
        # By then every later command finds it.
        assert "--store" not in ballot(tmp_path, *NEW, *named, BALLOT_STORE="by-variable.db").err
        (tmp_path / "by-variable.db").unlink()
    assert "--store" not in ballot(tmp_path, *NEW).err


def test_a_store_in_no_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    assert "nowhere" in refused(tmp_path, *NEW, "--store", "nowhere/election.db").errors[0]
