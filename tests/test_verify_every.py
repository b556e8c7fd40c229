"""Every single value in every file of a record is vouched for by a check, even where head and seal sign another."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ballot.crypto import signing
from ballot.record import NAMES, SignedIndex, index_of, pack, read_record
from ballot.register import Way
from ballot.votes import SignedOpening
from ballot.wire import decode, encode
from tests.forge import first_fault
from tests.play import Played, play

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The ways to all values inside JSON that are neither lists nor objects."""
    if not isinstance(value, dict | list):
        yield path
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(item, (*path, key))


def altered(data: bytes, path: Path) -> bytes:
    """The JSON with one value changed as little as its type allows."""
    value = msgspec.json.decode(data)
    place = value
    for key in path[:-1]:
        place = place[key]
    leaf = place[path[-1]]
    if isinstance(leaf, bool):
        place[path[-1]] = not leaf
    elif path[-1] == "way":
        # Other words are refused when the file is read.
        place["way"] = next(way for way in Way if way != leaf)
    elif isinstance(leaf, int):
        place[path[-1]] = leaf + 1
    else:
        place[path[-1]] = leaf[:-1] + ("2" if leaf.endswith("1") else "1")
    return msgspec.json.encode(value)


def signed_again(played: Played, name: str, data: bytes) -> bytes:
    """The record with another file in it and an index that head and seal signed."""
    files = {**played.contents.files(), name: data}
    opening = decode(files["opening.json"], SignedOpening, "the opening").opening
    index = index_of(opening, files)
    signatures = [signing.sign(key.ed25519, "index", encode(index)) for key in (played.keys.head, played.keys.seal)]
    return pack({"index.json": encode(SignedIndex(index, *signatures)), **files})


def test_no_value_can_be_altered_though_head_and_seal_sign_it() -> None:
    played = play((((1,),),), candidates=1, trustees=1, outstanding=0)
    files = played.contents.files()
    assert signed_again(played, "roll.json", files["roll.json"]) == played.record()
    tried = 0
    for name in NAMES:
        if not name.endswith(".json"):
            continue
        for path in leaves(msgspec.json.decode(files[name])):
            number, sentence = first_fault(signed_again(played, name, altered(files[name], path)))
            assert number > (1 if "ed25519" in path else 2), (name, path, sentence)
            tried += 1
    assert tried > 100
    assert read_record(played.record()).contents == played.contents
