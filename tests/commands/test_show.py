"""`ballot show`: what a record says is told as the count told it, and a record that says nothing whole is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from ballot.record import Contents, write_record
from ballot.verify import verify
from tests.commands.assembly import ballot
from tests.play import Played, fair, officials
from tests.test_questions import asked, office

RUN_OFF = ((1,), (1,), (2,), (3,))


def shown(folder: Path, contents: Contents) -> str:
    (folder / "record.zip").write_bytes(write_record(contents, *officials()))
    done = ballot(folder, "show", "record.zip", "--plain")
    assert done.code == 0, done.err
    assert done.err == "This is what the record says. `ballot verify record.zip` tells whether it is true.\n"
    result, _, text = done.out.partition("=" * 76)
    assert "=" * 76 + text == contents.declaration.decode()
    return result


def test_nobody_has_a_seat_where_there_is_a_run_off(tmp_path: Path) -> None:
    played = office(RUN_OFF)
    told = shown(tmp_path, played.contents)
    assert "nobody has it; a run-off between No. 1 and No." in told
    assert "Seat:" not in told
    assert verify(played.record(), workers=1)[0].checks[12].figure == "a run-off"


def test_an_office_that_is_won_is_told_with_its_majority(tmp_path: Path) -> None:
    played = office(((1,), (1,), (2,)))
    told = shown(tmp_path, played.contents)
    assert "that is at least 2 of 3: No. 1 is elected with 2/3 (VI §4(f.2), VII §3)." in told
    assert "Seat:" not in told
    assert verify(played.record(), workers=1)[0].checks[12].figure == "1 elected"


def test_a_question_is_told_with_its_threshold(tmp_path: Path) -> None:
    told = shown(tmp_path, asked("motion").contents)
    assert "more than 1/2 of the members present" in told
    assert "\n\n\n" not in told


def cut(played: Played) -> Contents:
    """The contents of a record with totals for no candidate."""
    ranking = structs.replace(played.contents.rankings[0], totals={})
    return replace(played.contents, rankings=(ranking,))


@pytest.mark.parametrize("contents", [cut(fair()), replace(fair().contents, rankings=())], ids=["cut", "none"])
def test_results_that_are_not_of_the_contests_are_refused(tmp_path: Path, contents: Contents) -> None:
    (tmp_path / "record.zip").write_bytes(write_record(contents, *officials()))
    done = ballot(tmp_path, "show", "record.zip")
    assert (done.code, done.errors) == (3, ["the record's results are not of its contests"])
    assert done.hint == "`ballot verify` says what is wrong with it."
