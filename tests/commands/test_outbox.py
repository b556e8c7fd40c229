"""The booth's folders: names, times and places of files tell nothing of the order in which ballots came."""

import sys
from pathlib import Path

import pytest

from ballot.booth import fill, seal
from ballot.commands import outbox
from ballot.errors import Refused
from ballot.files import SECRET
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
        outbox.lay_out_anew(folder)
    return paths


def test_ballots_lie_whole_under_names_that_follow_from_their_trackers(
    tmp_path: Path, ballots: list[SealedBallot]
) -> None:
    first = cast(tmp_path / "a", ballots)
    second = cast(tmp_path / "b", ballots[::-1])
    assert sorted(path.name for path in first) == sorted(path.name for path in second)
    assert [path.read_bytes() for path in first] == [encode(ballot) for ballot in ballots]
    assert outbox.ballots(tmp_path / "a") == sorted(first)


def test_no_file_tells_when_it_was_changed(tmp_path: Path, ballots: list[SealedBallot]) -> None:
    for path in cast(tmp_path, ballots):
        assert (path.stat().st_mtime_ns, path.stat().st_atime_ns) == (0, 0)


def test_the_order_of_creation_is_not_the_order_of_casting(tmp_path: Path, ballots: list[SealedBallot]) -> None:
    """With 4 ballots 1 order of 24 is that of casting; it would come up 12 times in a row once in 10^16."""
    times = []
    for turn in range(12):
        paths = cast(tmp_path / str(turn), ballots)
        times.append([path.stat().st_ctime_ns for path in paths])
    if sys.platform == "win32":
        # There it is the time of creation, and can be set.
        assert {time for each in times for time in each} == {0}
    else:
        assert len({tuple(sorted(range(len(each)), key=each.__getitem__)) for each in times}) > 1


def test_challenges_are_laid_out_anew_and_strangers_are_left_alone(tmp_path: Path) -> None:
    challenge = outbox.put(tmp_path, f"challenge-{outbox.stem('hash')}.json", b"opened", SECRET)
    stranger = tmp_path / "notes.json"
    stranger.write_bytes(b"notes")
    inode = stranger.stat().st_ino
    outbox.lay_out_anew(tmp_path)
    assert (challenge.read_bytes(), challenge.stat().st_mtime_ns) == (b"opened", 0)
    if sys.platform != "win32":
        assert challenge.stat().st_mode & 0o777 == SECRET
    assert (stranger.stat().st_ino, stranger.stat().st_mtime_ns > 0) == (inode, True)
    assert outbox.ballots(tmp_path) == []


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


def test_a_ballot_taken_away_meanwhile_does_not_come_back(
    tmp_path: Path, ballots: list[SealedBallot], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = cast(tmp_path, ballots[:2])
    monkeypatch.setattr(Path, "glob", lambda *_: iter([first, second]))
    first.unlink()
    outbox.lay_out_anew(tmp_path)
    assert not first.exists()
    assert second.exists()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused, match="cannot use the folder"):
        outbox.put(tmp_path / "file", "a.json", b"")
    with pytest.raises(Refused, match="cannot use the folder"):
        outbox.make(tmp_path / "file" / "below")
