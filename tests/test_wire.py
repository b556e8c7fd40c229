"""Files and texts are read up to their limit, and a larger one is refused: nobody goes on with a part of one."""

from pathlib import Path

import pytest

from ballot.errors import Invalid
from ballot.wire import decode, read_file


def test_a_file_is_read_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "acts.jsonl"
    path.write_bytes(b"12345")
    assert read_file(path, "the acts", 5) == b"12345"
    path.write_bytes(b"123456")
    with pytest.raises(Invalid, match="the acts is larger than 5 bytes"):
        read_file(path, "the acts", 5)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"none\.csv: the input cannot be read: "):
        read_file(tmp_path / "none.csv", "the input", 5)
    with pytest.raises(Invalid, match="this is a folder, and a file is wanted") as caught:
        read_file(tmp_path, "the input")
    assert caught.value.hint == "Name the file in it."


def test_a_text_is_read_up_to_its_limit() -> None:
    assert decode(b'"12"', str, "the text", 4) == "12"
    with pytest.raises(Invalid, match="the text is too large: 5 bytes, at most 4 are read"):
        decode(b'"123"', str, "the text", 4)
