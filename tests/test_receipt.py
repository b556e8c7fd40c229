"""What delegates keep: receipts as one line and back, and hashes as words, with every slip noticed."""

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.errors import Invalid
from ballot.receipt import digest_bytes, digest_words, from_line, is_line, is_noted, noted_words, to_line
from ballot.votes import Receipt
from ballot.wire import b64
from tests.noted import spellings

QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
DIGEST = b64(b"a ballot")
RECEIPT = Receipt("5f" * 32, DIGEST, "a0" * 64)


def receipts() -> st.SearchStrategy[Receipt]:
    return st.builds(
        lambda opening, tracker, signature: Receipt(
            opening.hex(), base64.b64encode(tracker).decode().rstrip("="), signature.hex()
        ),
        *(st.binary(min_size=size, max_size=size) for size in (32, 32, 64)),
    )


@given(receipts())
def test_a_receipt_comes_back_from_its_line(receipt: Receipt) -> None:
    line = to_line(receipt)
    assert len(line) == 264
    assert set(line) <= QR_ALPHANUMERIC
    assert is_line(line)
    assert from_line(line) == receipt


def test_case_and_white_space_do_not_matter() -> None:
    line = to_line(RECEIPT)
    folded = "\n".join(line[start : start + 40] for start in range(0, len(line), 40))
    assert from_line(f"  {folded.lower()} \r\n") == RECEIPT
    assert is_line(folded.lower())


@pytest.mark.parametrize("length", [0, 7, 8, 9, 263])
def test_a_line_that_was_cut_is_refused(length: int) -> None:
    with pytest.raises(Invalid, match="a receipt's line"):
        from_line(to_line(RECEIPT)[:length])


@pytest.mark.parametrize("change", [lambda line: line + "0", lambda line: line[:-1] + "G", lambda line: "X" + line])
def test_a_line_with_other_characters_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(Invalid, match="a receipt's line"):
        from_line(change(to_line(RECEIPT)))


def test_a_file_name_is_no_line() -> None:
    assert not is_line("ballot1.receipt.json")


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt("5F" * 32, DIGEST, "a0" * 64),
        Receipt("5f" * 31, DIGEST, "a0" * 64),
        Receipt("5f" * 32, DIGEST, "a0" * 63),
        Receipt("5f" * 32, DIGEST[:-1], "a0" * 64),
        Receipt("5f" * 32, DIGEST + "=", "a0" * 64),
    ],
    ids=str,
)
def test_a_malformed_receipt_has_no_line(receipt: Receipt) -> None:
    with pytest.raises(Invalid):
        to_line(receipt)


def test_a_hash_has_twelve_words_of_its_first_128_bits() -> None:
    assert digest_bytes(DIGEST) == hashlib.sha256(b"a ballot").digest()
    assert len(digest_words(DIGEST)) == 12


def test_two_spellings_of_one_hash_are_not_both_accepted() -> None:
    """The last of 43 characters has two bits that mean nothing; only one spelling is canonical."""
    others = {DIGEST[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"}
    good = []
    for other in others:
        try:
            digest_bytes(other)
        except Invalid:
            continue
        good.append(other)
    assert DIGEST in good
    assert len(good) == 16


@pytest.mark.parametrize(
    "noted",
    [
        DIGEST,
        f" {DIGEST} ",
        " ".join(DIGEST[start : start + 4] for start in range(0, 43, 4)),
        " ".join(digest_words(DIGEST)),
        " · ".join(digest_words(DIGEST)),
        ", ".join(digest_words(DIGEST)).upper(),
        *spellings(digest_words(DIGEST)),
    ],
)
def test_what_was_noted_in_any_form_is_recognised(noted: str) -> None:
    assert is_noted(DIGEST, noted)
    assert not is_noted(b64(b"another ballot"), noted)


def test_a_hash_in_which_digits_part_twelve_runs_of_letters_is_no_list_of_words() -> None:
    digests = (b64(str(number).encode()) for number in range(10000))
    parted = next(digest for digest in digests if len(re.findall("[A-Za-z]+", digest)) == 12)
    assert len(noted_words(parted)) == 12
    assert is_noted(parted, parted)
    assert is_noted(parted, " ".join(parted[start : start + 4] for start in range(0, 43, 4)))
    assert not is_noted(DIGEST, parted)


@pytest.mark.parametrize("noted", ["", "x", DIGEST[:-1], DIGEST.swapcase() + "=", "abandon " * 11])
def test_what_is_no_hash_is_refused(noted: str) -> None:
    with pytest.raises(Invalid):
        is_noted(DIGEST, noted)


def test_words_with_a_slip_are_refused_and_not_taken_for_another_ballot() -> None:
    words = list(digest_words(DIGEST))
    words[0], words[1] = words[1], words[0]
    with pytest.raises(Invalid, match="do not fit together"):
        is_noted(DIGEST, " ".join(words))
    with pytest.raises(Invalid, match="not in the english word list"):
        is_noted(DIGEST, " ".join(["ballotbox", *words[1:]]))


def test_a_receipt_has_no_place_for_marks_order_or_time() -> None:
    assert Receipt.__struct_fields__ == ("opening", "tracker", "signature")
