"""A submitted file: refused with any of its fields altered, missing or repeated, and in any other spelling."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
import pytest

from ballot.box import accept
from ballot.crypto.groups import Ed25519
from ballot.errors import Invalid
from ballot.votes import SealedBallot
from ballot.wire import MAX_JSON, decode, encode
from tests.play import fair

ORDER = Ed25519.q


def submitted(data: bytes) -> bool:
    """What becomes of a submitted file."""
    return accept(fair().opening, fair().election, decode(data, SealedBallot, "the ballot"), None)


def mine() -> SealedBallot:
    return fair().sealed[0]


@dataclass(frozen=True)
class Leaf:
    """A text inside JSON: the way to it, and itself."""

    path: tuple[str | int, ...]
    text: str


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    if isinstance(value, str):
        yield Leaf(path, value)
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield from leaves(item, (*path, key))


def altered(data: bytes, leaf: Leaf, text: Any) -> bytes:
    """The JSON with another value in the place of a leaf."""
    value = msgspec.json.decode(data)
    place = value
    for key in leaf.path[:-1]:
        place = place[key]
    place[leaf.path[-1]] = text
    return msgspec.json.encode(value)


def other_spellings(text: str) -> Iterator[Any]:
    """One digit or letter changed in the middle and at the end, more and less of it, other types, and nothing."""
    for place in (len(text) // 2, len(text) - 1):
        yield text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
    yield from (text + "0", "0" + text, text[:-1], text + "\n", " " + text, text.swapcase() + "x", "", None, 1, [text])


@cache
def texts() -> tuple[Leaf, ...]:
    return tuple(leaves(msgspec.json.decode(encode(mine()))))


def test_the_walk_finds_every_text_of_a_submitted_file() -> None:
    assert len(texts()) == 4 + 3 + 3 * 2 + 3 * 4 + 13 * 2 + 3
    assert encode(mine()).count(b'":"') == len(texts())


def test_a_file_is_refused_with_any_text_in_it_altered() -> None:
    data = encode(mine())
    donor = {leaf.path: leaf.text for leaf in leaves(msgspec.json.decode(encode(fair().sealed[1])))}
    for leaf in texts():
        for text in (*other_spellings(leaf.text), donor[leaf.path]):
            if text == leaf.text:
                assert leaf.path[-1] in ("election_uuid", "election_hash")
                continue
            with pytest.raises(Invalid):
                submitted(altered(data, leaf, text))


def nodes(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict | list):
        yield path
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from nodes(item, (*path, key))


def test_a_file_is_refused_with_any_part_missing_or_repeated() -> None:
    data = encode(mine())
    for path in nodes(msgspec.json.decode(data)):
        for change in ("empty", "more", "less"):
            value = msgspec.json.decode(data)
            place = value
            for key in path:
                place = place[key]
            if isinstance(place, dict):
                first = next(iter(place))
                if change == "less":
                    del place[first]
                elif change == "more":
                    place["remark"] = "counted first"
                else:
                    place.clear()
            elif change == "less":
                place.pop()
            elif change == "more":
                place.append(place[-1])
            else:
                place.clear()
            with pytest.raises(Invalid):
                submitted(msgspec.json.encode(value))


def test_a_file_is_refused_in_any_other_spelling() -> None:
    data = encode(mine())
    assert submitted(data)
    credential = mine().paper.credential.encode()
    for other_one in (
        data + b"\n",
        b" " + data,
        data.replace(b":", b": ", 1),
        data.replace(b'"paper"', b'"p\\u0061per"', 1),
        data.replace(
            credential, credential[:1].replace(credential[:1], b"\\u00%02x" % credential[0]) + credential[1:], 1
        ),
        b"\xef\xbb\xbf" + data,
        data.decode().encode("utf-16"),
        data[:-1],
        data[1:],
        data + data,
        msgspec.json.format(data, indent=1),
    ):
        assert other_one != data
        with pytest.raises(Invalid):
            submitted(other_one)


def test_a_file_with_the_same_key_twice_is_refused() -> None:
    data = encode(mine())
    second = encode(fair().sealed[1].ballot)
    for twice in (
        data.replace(b'{"paper":', b'{"paper":' + encode(mine().paper) + b',"paper":', 1),
        data[:-1] + b',"ballot":' + second + b"}",
        data.replace(b'"ballot":', b'"ballot":' + second + b',"ballot":', 1),
    ):
        assert twice.count(b'"paper"') + twice.count(b'"ballot"') == 3
        with pytest.raises(Invalid, match="duplicate keys"):
            submitted(twice)


def test_a_file_with_its_keys_in_another_order_is_refused() -> None:
    turned = b'{"ballot":' + encode(mine().ballot) + b',"paper":' + encode(mine().paper) + b"}"
    with pytest.raises(Invalid, match="not canonical"):
        submitted(turned)


def test_a_hundred_megabytes_are_refused_before_they_are_parsed() -> None:
    for huge in (bytes(100_000_000), b"[" * (MAX_JSON + 1)):
        with pytest.raises(Invalid, match="too large"):
            submitted(huge)


@pytest.mark.parametrize(
    "deep",
    [
        b"[" * 10_000,
        b'{"paper":' * 10_000,
        b'{"paper":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b"[" * 10_000 + b"]" * 10_000,
    ],
    ids=["lists", "objects", "inside", "closed"],
)
def test_a_depth_of_ten_thousand_is_refused(deep: bytes) -> None:
    with pytest.raises(Invalid):
        submitted(deep)


@pytest.mark.parametrize("data", [b"", b"null", b"0", b"[]", b"{}", b'"paper"', b"\xff\xfe", b"NaN", b"\x00"])
def test_what_is_no_ballot_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        submitted(data)


def test_scalars_not_below_the_order_of_the_group_are_refused() -> None:
    data = encode(mine())
    for leaf in texts():
        if leaf.path[-1] not in ("challenge", "response"):
            continue
        for text in (str(int(leaf.text) + ORDER), str(ORDER), str(2**256), "-" + leaf.text, "9" * 5_000):
            with pytest.raises(Invalid):
                submitted(altered(data, leaf, text))
