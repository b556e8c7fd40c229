"""The booth's folders: names follow from contents, and a paper that was used is known."""

from pathlib import Path

import pytest

from ballot.booth import fill, seal
from ballot.commands import outbox
from ballot.errors import Refused
from ballot.votes import SealedBallot
from ballot.wire import encode
from tests.booths import contest, scene


@pytest.fixture(scope="module")
def ballots() -> list[SealedBallot]:
    place = scene(contest("Ana", "Bo"))
    papers = [place.paper() for _ in range(4)]
    return [seal(place.election, paper, fill(place.election, paper.paper.credential, [(1, 0)])) for paper in papers]


def cast(folder: Path, ballots: list[SealedBallot]) -> list[Path]:
    paths = []
    for ballot in ballots:
        paths.append(outbox.put(folder, f"{outbox.stem(ballot.ballot.tracker)}.json", encode(ballot)))
    return paths


def test_ballots_lie_whole_under_names_that_follow_from_their_trackers(
    tmp_path: Path, ballots: list[SealedBallot]
) -> None:
    first = cast(tmp_path / "a", ballots)
    second = cast(tmp_path / "b", ballots[::-1])
    assert sorted(path.name for path in first) == sorted(path.name for path in second)
    assert [path.read_bytes() for path in first] == [encode(ballot) for ballot in ballots]
    assert outbox.ballots(tmp_path / "a") == sorted(first)


def test_a_paper_that_was_used_is_known_and_other_files_are_passed_by(
    tmp_path: Path, ballots: list[SealedBallot]
) -> None:
    cast(tmp_path, ballots[:2])
    (tmp_path / "0123456789abcdef.json").write_bytes(b"{")
    (tmp_path / "notes.json").write_bytes(encode(ballots[3]))
    assert outbox.holds(tmp_path, ballots[0].paper.credential)
    assert outbox.holds(tmp_path, ballots[1].paper.credential)
    assert not outbox.holds(tmp_path, ballots[2].paper.credential)
    assert not outbox.holds(tmp_path, ballots[3].paper.credential)


def test_nothing_is_overwritten_and_no_half_file_is_left(tmp_path: Path) -> None:
    name = f"{outbox.stem('tracker')}.json"
    outbox.put(tmp_path, name, b"first")
    with pytest.raises(Refused, match="already there"):
        outbox.put(tmp_path, name, b"second")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"first"


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused, match="cannot use the folder"):
        outbox.put(tmp_path / "file", "a.json", b"")
    with pytest.raises(Refused, match="cannot use the folder"):
        outbox.make(tmp_path / "file" / "below")
