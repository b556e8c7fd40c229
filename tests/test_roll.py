"""Lists of members, delegates and candidates: every kind of fault, with file, row and field, and all at once."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from ballot.charter import builtin, load
from ballot.errors import BadInput, Invalid, Refused
from ballot.people import PublicMember, PublicRoll, Roll, check_public, find_name, publish
from ballot.roll import read_candidates, read_roll
from ballot.tables import id_key, name_key, read_table, text_problem
from tests.faults import sound

CHARTER = load(builtin("ima"))
MEMBERS = [
    "id,organisation,country,region,kind,standing",
    "M001,Kite Workers,HK,East Asia and Oceania,regular,good",
    "M002,Bridge Union,NL,Europe,regular,good",
    "M003,Lantern House,NP,South Asia,associate,good",
    "M004,Moon Collective,CA,Canada,regular,suspended",
    "M005,Harbour Circle,US,USA,regular,resigned",
    "M006,Ferry Alliance,MX,Latin America & Caribbean,regular,good",
]
DELEGATES = [
    "number,name,member,voting,credentials",
    "1,Ana Cruz,M001,yes,letter 1",
    "2,Binh Tran,M001,no,letter 1",
    "3,Chi Das,M002,no,letter 2",
    "4,Dua Ali,M002,yes,letter 2",
    "5,Eka Putri,M003,no,letter 3",
    "6,Fe Reyes,M004,no,letter 4",
    "7,Gul Khan,M004,no,letter 4",
]
CANDIDATES = [
    "number,name,organisation,region,member",
    "1,Ana Cruz,Kite Workers,East Asia and Oceania,M001",
    "2,Dua Ali,Bridge Union,Europe,M002",
    "3,Hana Sato,Ferry Alliance,Latin America & Caribbean,M006",
]
Place = tuple[str, int, str]


def text(rows: Sequence[str]) -> bytes:
    return "".join(row + "\n" for row in rows).encode()


def roll() -> Roll:
    return sound(read_roll(text(MEMBERS), text(DELEGATES), CHARTER))


def edited(rows: list[str], row: int, new: str) -> list[str]:
    """A list with one row replaced, counting the header as row 1; the row after the last is added."""
    return [*rows[: row - 1], new, *rows[row:]]


def places(error: BadInput) -> list[Place]:
    return [(fault.file, fault.row, fault.field) for fault in error.faults]


def roll_faults(members: Sequence[str] | bytes = MEMBERS, delegates: Sequence[str] | bytes = DELEGATES) -> BadInput:
    with pytest.raises(BadInput) as caught:
        sound(
            read_roll(
                members if isinstance(members, bytes) else text(members),
                delegates if isinstance(delegates, bytes) else text(delegates),
                CHARTER,
            )
        )
    return caught.value


def candidate_faults(rows: list[str]) -> BadInput:
    with pytest.raises(BadInput) as caught:
        sound(read_candidates(text(rows), roll(), CHARTER))
    return caught.value


def test_a_good_roll_is_read_in_one_form_whatever_the_order_of_rows() -> None:
    good = roll()
    assert [d.number for d in good.voting_delegates()] == [1, 4]
    assert good.delegate(3).name == "Chi Das"
    assert good.member("M003").kind == "associate"
    members, delegates = text([MEMBERS[0], *MEMBERS[:0:-1]]), text([DELEGATES[0], *DELEGATES[:0:-1]])
    assert sound(read_roll(members, delegates.replace(b"\n", b"\r\n"), CHARTER)) == good


@pytest.mark.parametrize("name", ["Bridge Union", "BRIDGE\u00a0UNION", "Вridge Union", "Bridgе\u00a0Union"], ids=ascii)
def test_attack_one_organisation_on_the_roll_under_two_ids(name: str) -> None:
    error = roll_faults(members=[*MEMBERS, f"M007,{name},NL,Europe,regular,good"])
    assert places(error) == [("members.csv", 8, "organisation")]
    assert "the same name as that of the member 'M002'" in error.faults[0].problem


def test_two_members_without_a_name_are_told_so_and_nothing_else() -> None:
    nameless = [f"M{number},,NL,Europe,regular,good" for number in (7, 8)]
    assert [fault.problem for fault in roll_faults(members=[*MEMBERS, *nameless]).faults] == [
        "the value is missing"
    ] * 2


def test_two_delegates_without_a_name_are_told_so_and_nothing_else() -> None:
    error = roll_faults(delegates=[*DELEGATES, "8,,M004,no,letter 4", "9,,M004,no,letter 4"])
    assert places(error) == [("delegates.csv", 9, "name"), ("delegates.csv", 10, "name")]


def test_a_list_that_is_not_there_has_no_fault() -> None:
    assert read_roll(None, None, CHARTER)[1] == []
    (member,) = read_roll(text(MEMBERS[:2]), None, CHARTER)[0].members
    assert member.id == "M001"


@pytest.mark.parametrize(("kind", "standing"), [("choir", "good"), ("regular", "famous"), ("choir", "famous")])
def test_a_candidate_of_a_member_of_an_unknown_kind_is_judged_all_the_same(kind: str, standing: str) -> None:
    members = edited(MEMBERS, 2, f"M001,Kite Workers,HK,East Asia and Oceania,{kind},{standing}")
    known, faults, unclear = read_roll(text(members), text(DELEGATES), CHARTER)
    assert {(fault.row, fault.field) for fault in faults} <= {(2, "kind"), (2, "standing")}
    wrong = edited(CANDIDATES, 2, "1,Ana Cruz,Kite Makers,East Asia and Oceania,M001")
    _, found = read_candidates(text(wrong), known, CHARTER, unclear=unclear)
    assert [(fault.row, fault.field) for fault in found] == [(2, "organisation")]


def test_unknown_numbers_and_ids_are_refused() -> None:
    with pytest.raises(Refused, match="99"):
        roll().delegate(99)
    with pytest.raises(Refused, match="M999"):
        roll().member("M999")


def test_columns_may_stand_in_any_order() -> None:
    turned = [",".join(reversed(row.split(","))) for row in MEMBERS]
    assert sound(read_roll(text(turned), text(DELEGATES), CHARTER)) == roll()


@pytest.mark.parametrize(
    ("row", "new", "field", "words"),
    [
        (3, "2,Binh Tran,M001,yes,letter 1", "voting", "more voting delegates than 1"),
        (2, "1,Ana Cruz,M001,no,letter 1", "voting", "0 voting delegates"),
        (6, "5,Eka Putri,M003,yes,letter 3", "voting", "more voting delegates than 0"),
        (7, "6,Fe Reyes,M004,yes,letter 4", "voting", "suspended"),
        (9, "8,Ida Berg,M006,yes,letter 6", "member", "sends 1, allowed are 2 to 5"),
        (9, "8,Ida Berg,M999,no,letter 6", "member", "no member 'M999'"),
        (9, "7,Ida Berg,M004,no,letter 6", "number", "used twice"),
        (9, "0,Ida Berg,M004,no,letter 6", "number", "whole number"),
        (9, "08,Ida Berg,M004,no,letter 6", "number", "whole number"),
        (9, "８,Ida Berg,M004,no,letter 6", "number", "whole number"),
        (9, "8,Ida Berg,M004,maybe,letter 6", "voting", "neither"),
        (9, "8,Ida Berg,M004,Yes,letter 6", "voting", "neither"),
        (9, "8,Ida Berg,M004,,letter 6", "voting", "missing"),
        (5, "4,Dua Ali,M002,maybe,letter 2", "voting", "neither"),  # not also that M002 has no voting delegate
        (9, "8,fe\u00a0REYES,M004,no,letter 6", "name", "same name as in row 7"),
        (9, "8,Fe Rеyеs,M004,no,letter 6", "name", "same name as in row 7"),
        (9, "8,Ida Berg,M004,no,", "credentials", "missing"),
        (9, "8,Ida Berg,M004,no", "", "4 values, the header has 5"),
        (9, "", "", "the row is empty"),
        (9, '8,"Ida Berg,M004,no,letter 6', "", "every quote must close"),
        (9, "8,Ida\rBerg,M004,no,letter 6", "", "U+000D"),
        (9, "8,Ida\x00Berg,M004,no,letter 6", "name", "U+0000"),
        (9, "8,\x1b[31mIda,M004,no,letter 6", "name", "U+001B"),
        (9, "8,\u202eIda,M004,no,letter 6", "name", "U+202E"),
        (9, "8,Ida\u200bBerg,M004,no,letter 6", "name", "U+200B"),
        (9, "8,[red]Ida,M004,no,letter 6", "name", "square bracket"),
        (9, "8,Ida\ufffdBerg,M004,no,letter 6", "name", "U+FFFD"),
        (9, "8,Rene\u0301,M004,no,letter 6", "name", "NFC"),
        (9, "8, Ida,M004,no,letter 6", "name", "white space"),
        (9, "8,Ida\u00a0,M004,no,letter 6", "name", "white space"),
        (9, "8," + "I" * 301 + ",M004,no,letter 6", "name", "too long"),
    ],
)
def test_each_fault_of_a_delegate(row: int, new: str, field: str, words: str) -> None:
    error = roll_faults(delegates=edited(DELEGATES, row, new))
    assert places(error) == [("delegates.csv", row, field)]
    assert words in error.faults[0].problem
    assert new == "" or "\x1b" not in str(error.faults[0])


def test_attack_suspended_member_with_a_voting_delegate() -> None:
    error = roll_faults(delegates=[*DELEGATES, "8,Ida Berg,M005,yes,letter 5", "9,Joy Lim,M005,no,letter 5"])
    assert places(error) == [("delegates.csv", 9, "voting")]
    assert "resigned" in error.faults[0].problem


def test_too_many_delegates_of_regular_and_associate_members() -> None:
    regular = [f"{number},Person {number},M002,no,letter 2" for number in (11, 12, 13, 14)]
    associate = [f"{number},Person {number},M003,no,letter 3" for number in (21, 22)]
    error = roll_faults(delegates=[*DELEGATES, *regular, *associate])
    assert places(error) == [("delegates.csv", 12, "member"), ("delegates.csv", 14, "member")]
    assert "sends 6, allowed are 2 to 5 (V §3(b), VI §2(b))" in error.faults[0].problem
    assert "sends 3, allowed are 1 to 2 (V §3, VI §2(c))" in error.faults[1].problem


def test_the_largest_delegations_are_taken() -> None:
    regular = [f"{number},Person {number},M002,no,letter 2" for number in (11, 12, 13)]
    delegates = [*DELEGATES, *regular, "999999,Person 14,M003,no,letter 3"]
    full = sound(read_roll(text(MEMBERS), text(delegates), CHARTER))
    assert len(full.delegates) == 11


def test_an_unreadable_list_of_members_accuses_no_delegate() -> None:
    assert places(roll_faults(members=text(["id"]))) == [("members.csv", 1, c) for c in MEMBERS[0].split(",")[1:]]


def test_sizes_at_the_limit_are_taken() -> None:
    table = read_table(b"a,b\n" + b"1,2\n" * 100_000, "x.csv", ("a", "b"))
    assert (len(table.rows), table.faults) == (100_000, ())
    assert text_problem("x" * 300) == ""


@pytest.mark.parametrize(
    ("new", "field", "words"),
    [
        ("M001,Other,HK,Europe,regular,good", "id", "used twice"),
        ("M0O1,Other,HK,Europe,regular,good", "id", "mistaken for 'M001'"),
        ("MOOI,Other,HK,Europe,regular,good", "id", "mistaken for 'M001'"),
        ("M00L,Other,HK,Europe,regular,good", "id", "mistaken for 'M001'"),
        ("M 07,Other,HK,Europe,regular,good", "id", "only A to Z"),
        ("M007,Other,UK,Europe,regular,good", "country", "ISO 3166-1"),
        ("M007,Other,nl,Europe,regular,good", "country", "ISO 3166-1"),
        ("M007,Other,NLD,Europe,regular,good", "country", "ISO 3166-1"),
        ("M007,Other,HK,Antarctica,regular,good", "region", "not in the charter"),
        ("M007,Other,HK,Europe,Regular,good", "kind", "not in the charter"),
        ("M007,Other,HK,Europe,regular,unknown", "standing", "not in the charter"),
        ("M007,,HK,Europe,regular,good", "organisation", "missing"),
        ("M007,Other,,Europe,regular,good", "country", "missing"),
        ("M007,Other,HK,,regular,good", "region", "missing"),
        ("M007,Other,HK,Europe,regular,good,more", "", "7 values"),
    ],
)
def test_each_fault_of_a_member(new: str, field: str, words: str) -> None:
    error = roll_faults(members=[*MEMBERS, new])
    assert places(error) == [("members.csv", 8, field)]
    assert words in error.faults[0].problem


@pytest.mark.parametrize("lookalike", ["m001", "Ｍ００１", "М001", "M0о1", "Mo0l", "Μ001", "M00|"])
def test_attack_id_that_looks_like_another(lookalike: str) -> None:
    error = roll_faults(members=[*MEMBERS, f"{lookalike},Other,HK,Europe,regular,good"])
    assert places(error) == [("members.csv", 8, "id")] * 2
    assert "only A to Z" in error.faults[0].problem
    assert "mistaken for 'M001'" in error.faults[1].problem


def test_ids_that_differ_plainly_are_not_confused() -> None:
    assert len({id_key(f"M{number:03}") for number in range(1000)}) == 1000
    assert name_key("Mila") != name_key("Mlia")
    assert name_key("Lia") != name_key("Ila")


@pytest.mark.parametrize("name", ["মেঘপাথর", "क्‍ष", "نام‌خانوادگی", "Núñez-Ōtani", "陳大文", "O’Brien (Jr.)", "ශ්‍රී"])
def test_names_of_many_scripts_are_taken(name: str) -> None:
    assert text_problem(name) == ""


def test_faults_of_both_files_are_all_named_at_once_and_in_order() -> None:
    members = edited(MEMBERS, 3, "m002,Bridge Union,XX,Europe,regular,good")
    members = edited(members, 5, "M004,Moon Collective,CA,Moon,regular,suspended")
    delegates = edited(DELEGATES, 8, "6,Gul Khan,M004,nobody,")
    delegates = edited(delegates, 3, "2,Binh Tran,M001,yes,letter 1")
    assert places(roll_faults(members, delegates)) == [
        ("members.csv", 3, "country"),
        ("members.csv", 3, "id"),
        ("members.csv", 5, "region"),
        ("delegates.csv", 3, "voting"),
        ("delegates.csv", 8, "credentials"),
        ("delegates.csv", 8, "voting"),
        ("delegates.csv", 8, "number"),
    ]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", [(0, "")]),
        (b"\xef\xbb\xbf" + text(MEMBERS), [(0, "")]),
        ("\ufeff".join(MEMBERS).encode("utf-16"), [(0, "")]),
        (text(MEMBERS[:1]), [(0, "")]),
        (text([MEMBERS[0], "M001"]), [(2, "")]),
        (text(["id,organisation,region,kind,standing"]), [(1, "country")]),
        (text([MEMBERS[0] + ",colour"]), [(1, "'colour'")]),
        (text([MEMBERS[0] + ",id"]), [(1, "id")]),
        (text([MEMBERS[0] + ",a;b"]), [(1, "'a;b'")]),
        (
            text(["id,id,land"]),
            [(1, f) for f in ("organisation", "country", "region", "kind", "standing", "id", "'land'")],
        ),
        (
            text([MEMBERS[0].replace(",", ";")]),
            [(1, "")],
        ),
        (text(MEMBERS).replace(b"Union", b"Uni\xf3n"), [(3, "")]),
        (text(MEMBERS).replace(b"id,", b"id\xff,"), [(1, "")]),
        (text(MEMBERS).replace(b"Bridge Union", b'"Bridge\nUnion"'), [(3, ""), (4, "")]),
        (b"x" * 5_300_000, [(0, "")]),
        (text([MEMBERS[0]]) + b"\n" * 100_001, [(0, "")]),
    ],
)
def test_each_fault_of_a_file_as_a_whole(data: bytes, found: list[tuple[int, str]]) -> None:
    expected = [("members.csv", row, field) for row, field in found]
    members_only = [place for place in places(roll_faults(members=data)) if place[0] == "members.csv"]
    assert members_only == expected


def test_a_wrong_byte_is_named() -> None:
    error = roll_faults(delegates=text(DELEGATES).replace(b"Dua", b"Du\xe1"))
    fault = next(fault for fault in error.faults if fault.row == 5)
    assert "0xE1 at position 5" in fault.problem


def test_attack_rows_dropped_in_silence() -> None:
    table = read_table(b"a,b\n1,2\n1\n\n1,2,3\n3,4\n", "x.csv", ("a", "b"))
    assert [row.number for row in table.rows] == [2, 6]
    assert [fault.row for fault in table.faults] == [3, 4, 5]


def test_candidates_are_read_in_ballot_order() -> None:
    found = sound(read_candidates(text([CANDIDATES[0], *CANDIDATES[:0:-1]]), roll(), CHARTER))
    assert [(c.number, c.name, c.member) for c in found] == [
        (1, "Ana Cruz", "M001"),
        (2, "Dua Ali", "M002"),
        (3, "Hana Sato", "M006"),
    ]


@pytest.mark.parametrize(
    ("new", "field", "words"),
    [
        ("4,Ida Berg,Lantern House,South Asia,M003", "member", "associate"),
        ("4,Ida Berg,Moon Collective,Canada,M004", "member", "suspended"),
        ("4,Ida Berg,Harbour Circle,USA,M005", "member", "resigned"),
        ("4,Ida Berg,Bridge Union,Europe,M999", "member", "no member"),
        ("4,Ida Berg,Bridge\u00a0Union,Europe,M002", "organisation", "the roll has 'Bridge Union'"),
        ("4,Ida Berg,Bridge Union,Canada,M002", "region", "the roll has 'Europe'"),
        ("4,DUA ALI,Bridge Union,Europe,M002", "name", "row 3"),
        ("4,Dua Аli,Bridge Union,Europe,M002", "name", "row 3"),
        ("4,,Bridge Union,Europe,M002", "name", "missing"),
        ("3,Ida Berg,Bridge Union,Europe,M002", "number", "row 4"),
        ("5,Ida Berg,Bridge Union,Europe,M002", "number", "gap"),
        ("0,Ida Berg,Bridge Union,Europe,M002", "number", "whole number"),
        ("four,Ida Berg,Bridge Union,Europe,M002", "number", "whole number"),
        ("4,Ida [link]Berg,Bridge Union,Europe,M002", "name", "square bracket"),
    ],
)
def test_each_fault_of_a_candidate(new: str, field: str, words: str) -> None:
    error = candidate_faults([*CANDIDATES, new])
    assert places(error) == [("candidates.csv", 5, field)]
    assert words in error.faults[0].problem


def test_a_candidate_of_no_member_hides_no_fault_below() -> None:
    strangers = ["4,Ida Berg,Bridge Union,Europe,M999", "5,Ivo Bax,Lantern House,South Asia,M003"]
    error = candidate_faults([*CANDIDATES, *strangers])
    assert places(error) == [("candidates.csv", 5, "member"), ("candidates.csv", 6, "member")]


@pytest.mark.parametrize("name", ["members.csv", "delegates.csv"])
def test_a_list_of_nobody_is_told_before_an_election_without_voters_is_set_up(name: str) -> None:
    members, delegates = (
        rows[:1] if name == file else rows
        for file, rows in zip(("members.csv", "delegates.csv"), (MEMBERS, DELEGATES), strict=True)
    )
    faults = read_roll(text(members), text(delegates), CHARTER)[1]
    assert (name, "there is no row after the header") in [(fault.file, fault.problem) for fault in faults]


def test_a_row_that_cannot_be_read_leaves_no_gap_behind() -> None:
    error = candidate_faults([*CANDIDATES[:-1], CANDIDATES[-1] + ",more", "4,Ida Berg,Bridge Union,Europe,M002"])
    assert places(error) == [("candidates.csv", 4, "")]
    error = candidate_faults([*CANDIDATES[:-1], CANDIDATES[-1] + ",more", "5,Ida Berg,Bridge Union,Europe,M002"])
    assert places(error) == [("candidates.csv", 4, ""), ("candidates.csv", 5, "number")]


def test_all_faults_of_candidates_are_named_at_once() -> None:
    rows = [
        CANDIDATES[0],
        "1,Ana,Wrong,Wrong,M002",
        "1,ANA,Lantern House,South Asia,M003",
        "9,,Bridge Union,Europe,M999",
    ]
    assert places(candidate_faults(rows)) == [
        ("candidates.csv", 2, "organisation"),
        ("candidates.csv", 2, "region"),
        ("candidates.csv", 3, "number"),
        ("candidates.csv", 3, "name"),
        ("candidates.csv", 3, "member"),
        ("candidates.csv", 4, "name"),
        ("candidates.csv", 4, "number"),
        ("candidates.csv", 4, "member"),
    ]


def test_no_candidates_and_a_missing_column_are_faults() -> None:
    assert places(candidate_faults(CANDIDATES[:1])) == [("candidates.csv", 0, "")]
    assert places(candidate_faults(["number,name,organisation,region"])) == [("candidates.csv", 1, "member")]


def salts() -> dict[int, bytes]:
    return {delegate.number: bytes([delegate.number]) * 16 for delegate in roll().delegates}


def test_the_published_roll_holds_no_name_but_lets_a_delegate_find_theirs() -> None:
    public = publish(roll(), salts())
    assert "Ana" not in repr(public)
    ana = public.delegates[0]
    assert len(ana.name_hash) == 64
    assert find_name(public, [], 1, "Ana Cruz", salts()[1]) == (ana, True)
    for number, name, salt in ((1, "Ana Cruze", 1), (1, "Ana Cruz", 2), (2, "Ana Cruz", 1), (99, "Ana Cruz", 1)):
        with pytest.raises(Invalid, match=f"delegate {number} "):
            find_name(public, [], number, name, salts()[salt])


def test_a_name_is_found_however_a_keyboard_puts_its_accents_together() -> None:
    full = replace(roll(), delegates=(replace(roll().delegate(1), name="Ana Crúz"),))
    public = publish(full, salts())
    assert find_name(public, [], 1, "Ana Cru\u0301z", salts()[1])[1]


def test_a_name_is_found_whichever_apostrophe_is_on_the_list_and_on_the_keyboard() -> None:
    signs = ("'", "\u2019", "\u02bc", "\u2018", "\u02bb")
    for listed in signs:
        full = replace(roll(), delegates=(replace(roll().delegate(1), name=f"Ana D{listed}Arcy O{listed}Neil"),))
        public = publish(full, salts())
        for typed in signs:
            assert find_name(public, [], 1, f"Ana D{typed}Arcy O{typed}Neil", salts()[1])[1]
        with pytest.raises(Invalid, match="name and salt are not those of delegate 1"):
            find_name(public, [], 1, "Ana DArcy ONeil", salts()[1])


def test_a_name_that_no_terminal_could_mean_is_refused() -> None:
    for name in ("Ana\udcff", "Ana\x1b[2J", "A" * 400):
        with pytest.raises(Invalid, match="the name: "):
            find_name(publish(roll(), salts()), [], 1, name, salts()[1])


def test_publishing_without_a_good_salt_is_refused() -> None:
    with pytest.raises(Refused, match="delegate 7"):
        publish(roll(), {number: salt for number, salt in salts().items() if number != 7})
    with pytest.raises(Refused, match="delegate 1"):
        publish(roll(), dict.fromkeys(salts(), b"short"))


def public_roll() -> PublicRoll:
    return publish(roll(), salts())


def broken(public: PublicRoll) -> str:
    """The only problem of a published roll."""
    problems = check_public(public, CHARTER)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_published_roll_obeys_the_charter() -> None:
    assert check_public(public_roll(), CHARTER) == []


def with_delegate(index: int, **changes: object) -> PublicRoll:
    public = public_roll()
    delegates = list(public.delegates)
    delegates[index] = replace(delegates[index], **changes)
    return replace(public, delegates=tuple(delegates))


def with_member(index: int, **changes: object) -> PublicRoll:
    public = public_roll()
    members = list(public.members)
    members[index] = replace(members[index], **changes)
    return replace(public, members=tuple(members))


def test_each_breach_of_a_published_roll() -> None:
    public = public_roll()
    extra = replace(public.delegates[-1], number=8, member="M006", voting=True, name_hash="ab" * 32)
    twin = PublicMember("M0O6", "Twin", "MX", "Europe", "regular", "good")
    assert broken(with_delegate(1, voting=True)).startswith("delegate 2, voting: ")
    assert broken(with_delegate(0, voting=False)).startswith("delegate 1, voting: ")
    assert broken(with_delegate(4, voting=True)).startswith("delegate 5, voting: ")
    assert broken(with_delegate(5, voting=True)).startswith("delegate 6, voting: ")
    assert broken(with_delegate(0, name_hash="AB" * 32)).startswith("delegate 1, name_hash: ")
    assert broken(with_delegate(1, name_hash=public.delegates[0].name_hash)) == (
        "delegate 2, name_hash: it is also that of delegate 1"
    )
    assert broken(with_member(5, organisation="kite\u00a0Wоrkers")).startswith("member 'M006', organisation: ")
    assert broken(with_delegate(1, number=1)).startswith("delegate 1, number: ")
    assert broken(with_delegate(4, member="M9")).startswith("delegate 5, member: ")
    assert broken(with_member(5, region="Moon")).startswith("member 'M006', region: ")
    assert broken(with_member(5, kind="friend")).startswith("member 'M006', kind: ")
    assert broken(with_member(5, standing="fine")).startswith("member 'M006', standing: ")
    assert broken(replace(public, members=(*public.members, twin))).startswith("member 'M0O6', id: ")
    assert broken(replace(public, delegates=(*public.delegates, extra))).startswith("delegate 8, member: ")
    assert "version" in broken(replace(public, version=2))
    assert "sorted" in broken(replace(public, delegates=public.delegates[::-1]))
    assert "sorted" in broken(replace(public, members=public.members[::-1]))
