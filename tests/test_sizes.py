"""Sizes: what is bounded before an election is at least what comes of it, and what could not be read is not begun."""

from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts.sizes import largest_ballot, size_problem
from ballot.crypto.groups import GROUPS
from ballot.record import MAX_MEMBER
from ballot.wire import encode
from tests.commands.assembly import begin, refused
from tests.play import play, small_contest, small_roll

ROLL = small_roll(40)


@pytest.mark.parametrize("group", GROUPS)
def test_neither_a_ballot_nor_a_record_is_larger_than_what_was_reckoned(group: str) -> None:
    played = play((((1,),), ((2,),)), group=group, candidates=12, outstanding=0)
    sizes = [len(encode(sealed.ballot)) for sealed in played.sealed]
    most = largest_ballot(group, played.opening.contests)
    assert max(sizes) <= most <= 1.1 * max(sizes)
    assert len(played.record()) <= 2 * (most + 12 * 1024) + 8 * (2 * len(encode(played.opening.contests)) + 64 * 1024)


def test_an_election_whose_record_nobody_could_read_is_not_begun() -> None:
    contests = [small_contest(ROLL, 40)]
    for group in GROUPS:
        most = MAX_MEMBER // (largest_ballot(group, contests) + 12 * 1024)
        assert size_problem(group, contests, most - 100) == ""
        assert f"too large: {most} ballots of up to" in size_problem(group, contests, most)


def test_a_ballot_or_an_opening_that_no_booth_could_read_is_refused_with_any_number_of_delegates() -> None:
    contest = small_contest(ROLL, 40)
    many = structs.replace(contest, candidates=contest.candidates * 130)
    assert "too large" in size_problem("BELENIOS-2048", [many], 1)
    assert size_problem("Ed25519", [many], 1) == ""
    long = structs.replace(contest.candidates[0], name="\u0e01" * 300, organisation="\u0e02" * 300)
    assert "too large" in size_problem("Ed25519", [structs.replace(contest, candidates=(long,) * 5200)], 1)


def test_lists_that_are_too_long_for_a_record_are_told_at_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path)
    monkeypatch.setattr("ballot.acts.sizes.MAX_MEMBER", 100_000)
    said = refused(tmp_path, "new", "--from", "lists/election.toml")
    assert any("election.toml, contests: too large: 6 ballots of up to" in line for line in said.err.splitlines())
    assert not (tmp_path / "election.db").exists()
