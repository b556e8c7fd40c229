"""Folders that are laid out anew: times and places of files tell nothing of their order, and none is ever lost."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ballot.commands import outbox
from ballot.commands.layout import lay_out_anew
from ballot.commands.outbox import AGAIN
from ballot.files import SECRET


def cast(folder: Path, count: int) -> list[Path]:
    """Put files into a folder, and lay it out after each; their paths, in this order."""
    paths = []
    for _ in range(count):
        paths.append(outbox.put(folder, f"{outbox.stem(secrets.token_hex())}.json", secrets.token_bytes(3000)))
        lay_out_anew(folder)
    return paths


def test_no_file_tells_when_it_was_changed(tmp_path: Path) -> None:
    for path in cast(tmp_path, 4):
        assert (path.stat().st_mtime_ns, path.stat().st_atime_ns) == (0, 0)


def test_the_order_of_creation_is_not_the_order_of_casting(tmp_path: Path) -> None:
    """With 4 ballots 1 order of 24 is that of casting; it would come up 12 times in a row once in 10^16."""
    in_order = []
    for turn in range(12):
        times = [path.stat().st_ctime_ns for path in cast(tmp_path / str(turn), 4)]
        if sys.platform == "win32":
            # There it is the time of creation, and can be set.
            assert set(times) == {0}
        # Files of one moment have no order.
        in_order.append(len(set(times)) == len(times) and times == sorted(times))
    assert not all(in_order)


def test_challenges_are_laid_out_anew_and_strangers_are_left_alone(tmp_path: Path) -> None:
    challenge = outbox.put(tmp_path, f"challenge-{outbox.stem('hash')}.json", b"opened", SECRET)
    stranger = tmp_path / "notes.json"
    stranger.write_bytes(b"notes")
    inode = stranger.stat().st_ino
    lay_out_anew(tmp_path)
    assert (challenge.read_bytes(), challenge.stat().st_mtime_ns) == (b"opened", 0)
    if sys.platform != "win32":
        assert challenge.stat().st_mode & 0o777 == SECRET
    assert (stranger.stat().st_ino, stranger.stat().st_mtime_ns > 0) == (inode, True)
    assert outbox.ballots(tmp_path) == []


def test_a_ballot_taken_away_meanwhile_does_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cast(tmp_path, 2)
    monkeypatch.setattr(Path, "glob", lambda _, pattern: iter([first, second] if pattern == "*.json" else []))
    first.unlink()
    lay_out_anew(tmp_path)
    assert not first.exists()
    assert second.exists()


class Places:
    """The places of names in folders, as most disks give them out: a new name takes the first free one and keeps it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        create, link, rename, replace, unlink = os.open, os.link, os.rename, os.replace, os.unlink

        def created(path: Any, flags: int, *rest: Any, **others: Any) -> int:
            descriptor = create(path, flags, *rest, **others)
            if flags & os.O_CREAT:
                self.put(path)
            return descriptor

        def after(act: Callable[..., None], *steps: Callable[..., None]) -> Callable[..., None]:
            def done(*paths: Any, **others: Any) -> None:
                act(*paths, **others)
                for step in steps:
                    step(*paths)

            return done

        patch.setattr(os, "open", created)
        patch.setattr(os, "link", after(link, lambda _, new: self.put(new)))
        for name, act in (("rename", rename), ("replace", replace)):
            patch.setattr(os, name, after(act, lambda _, new: self.put(new), lambda old, _: self.drop(old)))
        patch.setattr(os, "unlink", after(unlink, self.drop))

    def put(self, path: Any) -> None:
        if str(path) not in self.taken:
            free = self.taken.index("") if "" in self.taken else len(self.taken)
            self.taken[free : free + 1] = [str(path)]

    def drop(self, path: Any) -> None:
        self.taken[self.taken.index(str(path))] = ""


def test_attack_the_places_of_names_in_a_folder_are_not_the_order_of_casting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A raw look at the folder shows the places. By chance alone this fails once in ten factorial."""
    places = Places(monkeypatch)
    names = [f"{secrets.token_hex(8)}.json" for _ in range(10)]
    for name in names:
        outbox.put(tmp_path, name, b"sealed")
        lay_out_anew(tmp_path)
    lying = [Path(name).name for name in places.taken if name]
    assert sorted(lying) == sorted(names)
    assert lying != names


class Killed(BaseException):
    """The power fails: nothing is done any more."""


def lay_out_until(folder: Path, steps: int) -> bool:
    """Lay a folder out anew, with the power cut after so many changes; whether it was."""
    left = steps

    def before(act: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any, **others: Any) -> Any:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return act(*arguments, **others)

        return done

    with pytest.MonkeyPatch.context() as patch:
        for name in ("open", "link", "rename", "replace", "unlink", "utime"):
            patch.setattr(os, name, before(getattr(os, name)))
        try:
            lay_out_anew(folder)
        except Killed:
            return True
    return False


def test_a_power_cut_at_any_step_loses_no_ballot_and_is_made_up_for(tmp_path: Path) -> None:
    cut, steps = True, 0
    while cut:
        folder = tmp_path / str(steps)
        paths = cast(folder, 3)
        whole = {path.name: path.read_bytes() for path in paths}
        cut = lay_out_until(folder, steps)
        lying = {path.read_bytes() for path in folder.glob("*.json")}
        assert lying == set(whole.values())
        assert {path.read_bytes() for path in outbox.ballots(folder)} == lying
        lay_out_anew(folder)
        assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == whole
        assert all(path.stat().st_mtime_ns == 0 for path in paths)
        steps += 1
    assert steps > 10


@pytest.mark.parametrize("step", range(1, 5))
def test_a_ballot_taken_away_at_any_change_of_names_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    first, second = cast(tmp_path, 2)
    replace, changes = os.replace, 0

    def taken(path: Any, new: Any) -> None:
        nonlocal changes
        changes += AGAIN in f"{path}{new}"
        if changes == step:
            first.unlink(missing_ok=True)
            first.with_name(f"{AGAIN}{first.name}").unlink(missing_ok=True)
        replace(path, new)

    monkeypatch.setattr(os, "replace", taken)
    lay_out_anew(tmp_path)
    assert list(tmp_path.iterdir()) == [second]
    assert second.stat().st_mtime_ns == 0


def test_a_stranger_that_is_named_like_a_leaving_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "again-notes.json").write_bytes(b"newer")
    (tmp_path / "notes.json").write_bytes(b"notes")
    lay_out_anew(tmp_path)
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {"again-notes.json": b"newer", "notes.json": b"notes"}


BOOTH = """
import secrets, sys
from contextlib import suppress
from pathlib import Path
from ballot.commands import outbox
from ballot.commands.layout import lay_out_anew
from ballot.errors import Refused
for _ in range(15):
    outbox.put(Path(sys.argv[1]), f"{outbox.stem(secrets.token_hex())}.json", b"sealed")
    # Windows lets nobody move what another has open.
    with suppress(Refused):
        lay_out_anew(Path(sys.argv[1]))
"""


def test_two_booths_that_share_a_folder_lose_no_ballot(tmp_path: Path) -> None:
    booths = [subprocess.Popen([sys.executable, "-c", BOOTH, str(tmp_path)]) for _ in range(2)]
    assert [booth.wait() for booth in booths] == [0, 0]
    lay_out_anew(tmp_path)
    assert len(outbox.ballots(tmp_path)) == len(list(tmp_path.iterdir())) == 30
