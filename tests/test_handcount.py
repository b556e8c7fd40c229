"""The hand count: the samples, blanks, ballots set aside, and files that cannot be used."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ballot import wire
from ballot.charter import builtin, load
from ballot.errors import BadInput
from ballot.handcount import HandCount, Rejected, handcount, read_choices

RULE = load(builtin("ima")).rule("at-large")
SAMPLES = Path(__file__).parent.parent / "sample_elections"
CANDIDATES = 14
LIST = "number,name,organisation,region\n" + "".join(
    f"{number},Person {number},Organisation {number},Europe\n" for number in range(1, CANDIDATES + 1)
)


def count(rows: str, candidates: str = LIST, max_marks: int | None = None) -> HandCount:
    return handcount(("marks\n" + rows).encode(), candidates.encode(), RULE, max_marks)


@pytest.mark.parametrize("sample", ["board-2003", "ima-assembly", "tied-cuts"])
def test_samples_give_what_they_must(sample: str) -> None:
    folder = SAMPLES / sample
    choices, candidates = (folder / "choices.csv").read_bytes(), (folder / "candidates.csv").read_bytes()
    result = wire.encode(handcount(choices, candidates, RULE))
    expected = json.loads((folder / "expected.json").read_bytes())
    assert result == json.dumps(expected, separators=(",", ":")).encode()


@given(st.lists(st.sets(st.integers(1, CANDIDATES), max_size=12), max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_totals_agree_with_a_plain_counter_in_any_order(ballots: list[set[int]], chance: random.Random) -> None:
    rows = [";".join(map(str, sorted(ballot))) + "\n" for ballot in ballots]
    result = count("".join(rows))
    plain = Counter(mark for ballot in ballots for mark in ballot)
    assert result.totals == {number: plain[number] for number in range(1, CANDIDATES + 1)}
    assert (result.ballots, result.blank, result.rejected) == (len(ballots), ballots.count(set()), ())
    chance.shuffle(rows)
    assert wire.encode(count("".join(rows))) == wire.encode(result)


def test_an_empty_row_is_a_blank_but_not_the_end_of_the_file() -> None:
    for rows, ballots, blank in (
        ("", 0, 0),
        ("\n", 1, 1),
        ("1\n\n", 2, 1),
        ("\n1", 2, 1),
        ('""\n', 1, 1),
        ("   \n", 1, 1),
        ("1\n", 1, 0),
        ("1", 1, 0),
        ("1\r\n\r\n", 2, 1),
    ):
        result = count(rows)
        assert (result.ballots, result.blank, result.rejected) == (ballots, blank, ()), rows


def test_plainly_readable_spellings_count() -> None:
    result = count('"3;7"\n 3; 7 \n03;7\n')
    assert (result.totals[3], result.totals[7], result.rejected) == (3, 3, ())


def test_ballots_that_break_the_rule_are_set_aside_with_row_and_reason() -> None:
    thirteen = ";".join(str(number) for number in range(1, 14))
    result = count(f'1;2\n{thirteen}\n\n5;5\n99\n0\n3;x\n3;;4\n1,2\n"1;2\n-1\n+1\n１\n1.0\n99;5;5\n1\x00\n1\u202e\n')
    reasons = {
        3: "13 marks, at most 12 are allowed",
        5: "candidate 5 is marked more than once",
        6: "there is no candidate 99",
        7: "there is no candidate 0",
        8: "'x' is not a candidate's number",
        9: "a mark is missing between semicolons",
        10: "the row is not one value; marks are separated by semicolons",
        11: "the row is not one value; marks are separated by semicolons",
        12: "'-1' is not a candidate's number",
        13: "'+1' is not a candidate's number",
        14: "'１' is not a candidate's number",
        15: "'1.0' is not a candidate's number",
        16: "candidate 5 is marked more than once; there is no candidate 99",
        17: "'1<U+0000>' is not a candidate's number",
        18: "'1<U+202E>' is not a candidate's number",
    }
    assert result.rejected == tuple(Rejected(row, reason) for row, reason in reasons.items())
    assert (result.ballots, result.blank) == (17, 1)
    assert result.totals == {number: int(number < 3) for number in range(1, CANDIDATES + 1)}


def test_the_most_marks_can_be_replaced() -> None:
    assert count("1;2\n1\n", max_marks=1).rejected == (Rejected(2, "2 marks, at most 1 are allowed"),)


def test_a_rule_can_ask_for_more_than_one_mark_but_a_blank_stays_a_blank() -> None:
    result = handcount(b"marks\n1\n1;2\n\n", LIST.encode(), replace(RULE, min_marks=2))
    assert result.rejected == (Rejected(2, "1 mark, at least 2 are needed"),)
    assert (result.totals[1], result.blank) == (1, 1)


def test_a_row_without_a_readable_mark_is_not_told_how_many_are_needed() -> None:
    result = handcount(b"marks\nx\n1;x\n1,2\n", LIST.encode(), replace(RULE, min_marks=2))
    assert result.rejected == (
        Rejected(2, "'x' is not a candidate's number"),
        Rejected(3, "'x' is not a candidate's number; 1 mark, at least 2 are needed"),
        Rejected(4, "the row is not one value; marks are separated by semicolons"),
    )


def test_a_huge_ballot_is_set_aside() -> None:
    result = count("1;" * 100_000 + "1\n2\n")
    assert result.rejected == (Rejected(2, "the row is too long for a ballot"),)
    assert result.totals[2] == 1


@pytest.mark.parametrize(
    ("choices", "row"),
    [
        (b"", 0),
        (b"\xef\xbb\xbfmarks\n1\n", 0),
        (b"\xff\xfem\x00", 0),
        (b"1;2\n", 1),
        (b"marks,row\n1,1\n", 1),
        (b"Marks\n", 1),
        (b"marks\n1\n\xff\n", 3),
        (b"marks\n" + b"\n" * 100_001, 0),
        (b"marks\n" + b"1" * 6_000_000, 0),
    ],
)
def test_choices_that_cannot_be_used_are_refused(choices: bytes, row: int) -> None:
    with pytest.raises(BadInput) as caught:
        handcount(choices, LIST.encode(), RULE)
    assert [(fault.file, fault.row) for fault in caught.value.faults] == [("choices.csv", row)]


def test_faults_of_both_files_are_named_at_once() -> None:
    candidates = LIST.replace("\n3,", "\n4,").replace("Person 6,", "person 5,").replace("Organisation 9,", ",")
    with pytest.raises(BadInput) as caught:
        handcount(b"votes\n1\n", candidates.encode(), RULE, names=("a.csv", "b.csv"))
    places = [(fault.file, fault.row, fault.field) for fault in caught.value.faults]
    assert places == [
        ("a.csv", 1, "marks"),
        ("b.csv", 5, "number"),
        ("b.csv", 7, "name"),
        ("b.csv", 10, "organisation"),
    ]


@pytest.mark.parametrize(
    ("candidates", "faults"),
    [
        ("number,name,organisation,region\n", ["candidates.csv: there is no row after the header"]),
        ("number,name,organisation,region\n1\n", ["candidates.csv, row 2: 1 value, the header has 4"]),
    ],
)
def test_a_list_without_candidates_is_refused(candidates: str, faults: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        count("1\n", candidates)
    assert [str(fault) for fault in caught.value.faults] == faults


def test_a_row_is_read_to_its_longest_and_a_number_to_nine_digits() -> None:
    result = count(f"1{' ' * 4999}\n1{' ' * 5000}\n000000002\n0000000002\n1000;99\n")
    assert (result.totals[1], result.totals[2]) == (1, 1)
    assert result.rejected == (
        Rejected(3, "the row is too long for a ballot"),
        Rejected(5, "'0000000002' is not a candidate's number"),
        Rejected(6, "there is no candidate 99; there is no candidate 1000"),
    )


def test_the_ballots_of_a_sample_are_read_as_they_were_marked() -> None:
    assert read_choices(b"marks\n2;1\n\n3\n", {1, 2, 3}) == [(2, 1), (), (3,)]


@pytest.mark.parametrize(
    ("choices", "faults"),
    [
        (
            b"marks\n1;1\n1\n4;x\n",
            [
                "row 2, marks: candidate 1 is marked more than once",
                "row 4, marks: 'x' is not a candidate's number",
                "row 4, marks: there is no candidate 4",
            ],
        ),
        (b"choice\n4\n", ["row 1, marks: the header must be this one column", "row 2, marks: there is no candidate 4"]),
    ],
)
def test_ballots_of_a_sample_with_any_fault_are_refused(choices: bytes, faults: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        read_choices(choices, {1, 2, 3})
    assert [str(fault) for fault in caught.value.faults] == [f"choices.csv, {fault}" for fault in faults]


def test_json_is_in_the_agreed_order() -> None:
    data = wire.encode(count("1\n"))
    assert list(json.loads(data)) == [
        "ballots",
        "blank",
        "rejected",
        "totals",
        "regular",
        "alternates",
        "ties",
        "not_elected",
    ]
    assert wire.decode(data, HandCount, "count").ballots == 1
