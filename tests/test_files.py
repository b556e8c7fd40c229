"""Files are written whole or not at all, and never over others unless asked."""

import os
import stat
import threading
from pathlib import Path
from typing import Never

import pytest

from ballot.errors import Refused
from ballot.files import SECRET, NewFile, check_folder, check_free, placed_together, write_together, write_whole
from tests.systems import needs_modes


def _fail(*_: object, **__: object) -> Never:
    raise OSError(28, "No space left on device")


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"all\r\nof it\x00")
    assert (tmp_path / "a").read_bytes() == b"all\r\nof it\x00"
    assert _names(tmp_path) == ["a"]


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(Refused, match="is already there") as caught:
        write_whole(path, b"new")
    assert "--force" in caught.value.hint
    assert path.read_bytes() == b"old"
    write_whole(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("force", "steps"),
    [
        (False, ["open"]),
        (False, ["fsync"]),
        (False, ["link", "replace"]),
        (True, ["open"]),
        (True, ["fsync"]),
        (True, ["replace"]),
    ],
)
def test_a_failure_at_any_step_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool, steps: list[str]
) -> None:
    path = tmp_path / "a"
    if force:
        path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        for step in steps:
            patch.setattr(os, step, _fail)
        with pytest.raises(Refused, match=r"cannot write .*: No space left on device"):
            write_whole(path, b"new", force=force)
    assert _names(tmp_path) == (["a"] if force else [])
    assert not force or path.read_bytes() == b"old"


@pytest.mark.parametrize("taken", [False, True])
def test_a_file_system_without_hard_links_works_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    path = tmp_path / "a"
    monkeypatch.setattr(os, "link", _fail)
    if taken:
        path.write_bytes(b"old")
        with pytest.raises(Refused, match="is already there"):
            write_whole(path, b"new")
    else:
        write_whole(path, b"new")
    assert path.read_bytes() == (b"old" if taken else b"new")
    assert _names(tmp_path) == ["a"]


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync
    calls: list[int] = []

    def only_first(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 1:
            _fail()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", only_first)
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot write .*nosuch"):
        write_whole(tmp_path / "nosuch" / "a", b"new")


def test_a_folder_in_the_place_of_the_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for force in (False, True):
        with pytest.raises(Refused):
            write_whole(tmp_path / "a", b"new", force=force)
    assert _names(tmp_path) == ["a"]


@needs_modes
@pytest.mark.parametrize("links", [True, False])
def test_a_secret_file_is_for_its_owner_from_the_first_byte_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    modes: list[int] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    if not links:
        monkeypatch.setattr(os, "link", _fail)
    write_whole(tmp_path / "a", b"secret", SECRET)
    assert modes[0] == SECRET
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == SECRET


def test_taken_names_are_refused_early_and_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    paths = [tmp_path / name for name in "abc"]
    with pytest.raises(Refused, match=r"a, .*b are already there"):
        check_free(paths)
    check_free(paths, force=True)
    check_free(paths[2:])


def test_a_place_where_nothing_can_be_written_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, error in (
        (tmp_path / "stick" / "a", "there is no folder .*stick$"),
        (tmp_path / "file" / "a", "file is no folder"),
        (tmp_path, f"{tmp_path.name} is a folder"),
    ):
        for force in (False, True):
            with pytest.raises(Refused, match=error) as caught:
                check_free([tmp_path / "a", path], force)
            assert caught.value.hint
    assert _names(tmp_path) == ["file"]


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_of_somebody_else_is_refused_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bool
) -> None:
    # Who may do everything, as in a container, is asked for what the system would say to others.
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == tmp_path and mode & os.W_OK))
    with pytest.raises(Refused, match="cannot be written to"):
        check_free([tmp_path / "a"])
    with pytest.raises(Refused, match="cannot be written to"):
        check_folder(tmp_path / "answers" if made else tmp_path, made)


def test_a_folder_that_will_be_made_needs_a_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_folder(tmp_path / "new" / "answers", made=True)
    check_folder(Path("answers"), made=True)
    with pytest.raises(Refused, match="there is no folder"):
        check_folder(tmp_path / "new")
    for inside in ("file", "file/answers"):
        with pytest.raises(Refused, match="file is no folder"):
            check_folder(tmp_path / inside, made=True)
    assert _names(tmp_path) == ["file"]


def no_hard_links(_self: Path, _target: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_usb_stick_pulled_out_leaves_no_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pulled(_self: Path, _target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "hardlink_to", no_hard_links)
    monkeypatch.setattr(Path, "replace", pulled)
    with pytest.raises(Refused, match="Input/output error"):
        write_whole(tmp_path / "head.key", b"data", SECRET)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_and_file_as_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "missing" / "head.key", tmp_path / "file" / "head.key"):
        with pytest.raises(Refused, match=r"head\.key"):
            write_whole(path, b"data", SECRET)
    with pytest.raises(Refused):
        write_whole(tmp_path, b"data", SECRET, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_two_writers_at_once_never_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "head.key"
    outcomes: list[str] = []

    def write(data: bytes) -> None:
        try:
            write_whole(path, data, SECRET)
        except Refused:
            outcomes.append("refused")
        else:
            outcomes.append(data.decode())

    threads = [threading.Thread(target=write, args=(str(count).encode(),)) for count in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [outcome for outcome in outcomes if outcome != "refused"]
    assert len(outcomes) == 8
    assert winners == [path.read_text(encoding="utf-8")]
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_belong_together_are_all_written_or_none(tmp_path: Path) -> None:
    first = NewFile(tmp_path / "key", b"secret", SECRET)
    for bad in (tmp_path / "nosuch" / "public", tmp_path / "taken"):
        (tmp_path / "taken").write_bytes(b"old")
        with pytest.raises(Refused, match=bad.name):
            write_together([first, NewFile(bad, b"public")])
        assert _names(tmp_path) == ["taken"]
        assert (tmp_path / "taken").read_bytes() == b"old"
    write_together([first, NewFile(tmp_path / "public", b"public")])
    assert _names(tmp_path) == ["key", "public", "taken"]
    assert (tmp_path / "key").read_bytes() == b"secret"


def test_two_files_of_the_same_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="already there"):
        write_together([NewFile(tmp_path / "a", b"one"), NewFile(tmp_path / "a", b"two")])
    assert not _names(tmp_path)


def test_a_file_that_cannot_be_written_leaves_what_force_would_have_overwritten(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"old")
    with pytest.raises(Refused, match="nosuch"):
        write_together([NewFile(tmp_path / "key", b"new"), NewFile(tmp_path / "nosuch" / "b", b"")], force=True)
    assert (tmp_path / "key").read_bytes() == b"old"
    assert _names(tmp_path) == ["key"]


@pytest.mark.parametrize("links", [True, False])
def test_what_force_has_replaced_is_there_again_when_a_later_file_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_hard_links)
    (tmp_path / "first").write_bytes(b"old")
    (tmp_path / "last").mkdir()
    files = [NewFile(tmp_path / name, b"new", SECRET) for name in ("first", "fresh", "last")]
    with pytest.raises(Refused, match="last"):
        write_together(files, force=True)
    assert _names(tmp_path) == ["first", "last"]
    assert (tmp_path / "first").read_bytes() == b"old"


@pytest.mark.parametrize("links", [True, False])
def test_files_are_as_they_were_when_what_they_are_for_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_hard_links)
    (tmp_path / "old").write_bytes(b"old")
    files = [NewFile(tmp_path / name, b"new") for name in ("fresh", "old")]
    seen: list[bytes] = []

    def fail() -> None:
        with placed_together(files, force=True):
            seen.extend(file.path.read_bytes() for file in files)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [b"new", b"new"]
    assert _names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"
    with placed_together(files, force=True):
        pass
    assert _names(tmp_path) == ["fresh", "old"]
    assert (tmp_path / "old").read_bytes() == b"new"


def test_a_file_that_cannot_be_put_back_is_named_with_where_the_old_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").write_bytes(b"old")

    def fail() -> None:
        with placed_together([NewFile(tmp_path / "old", b"new")], force=True):
            monkeypatch.setattr(os, "replace", _fail)
            raise Refused("the disk is gone")

    with pytest.raises(Refused, match=r"the disk is gone; and these could not be put back: .*old \(No space") as caught:
        fail()
    (kept,) = (name for name in _names(tmp_path) if name != "old")
    assert kept in caught.value.message
    assert (tmp_path / kept).read_bytes() == b"old"
