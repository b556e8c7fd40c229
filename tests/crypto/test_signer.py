"""Keys of the ICB's signers: key files there and back, and what is refused."""

import pytest

from ballot.crypto.keys import DEMO, lock, peek
from ballot.crypto.signer import load_signer, new_signer, read_signer, save_signer
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.wire import encode

PHRASE = "correct horse battery"


def test_a_key_comes_back_from_its_file() -> None:
    for role in ("secretary", "second"):
        signer = new_signer(role, "Sri Secretary")
        data = save_signer(signer, PHRASE, DEMO)
        assert load_signer(data, role, PHRASE).public == signer.public
        assert read_signer(peek(data)[1]) == signer.public
        assert "ed25519" not in repr(signer)


def test_attack_the_key_of_one_office_used_for_the_other() -> None:
    data = save_signer(new_signer("second", "Chidi"), PHRASE, DEMO)
    with pytest.raises(KeyRefused, match="this is a second key"):
        load_signer(data, "secretary", PHRASE)
    with pytest.raises(KeyRefused, match="passphrase"):
        load_signer(data, "second", "wrong horse battery")


def test_attack_a_public_part_that_is_not_the_secrets() -> None:
    mine, other = new_signer("secretary", "Sri"), new_signer("secretary", "Sri")
    for public in (other.public, new_signer("second", "Sri").public):
        data = lock("secretary", encode(public), mine.ed25519.private_bytes_raw(), PHRASE, DEMO)
        with pytest.raises(Invalid, match="does not belong"):
            load_signer(data, "secretary", PHRASE)
    short = lock("secretary", encode(mine.public), b"short", PHRASE, DEMO)
    with pytest.raises(Invalid, match="cannot be read"):
        load_signer(short, "secretary", PHRASE)


@pytest.mark.parametrize("name", ["", "  ", "Sri\n"])
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="name"):
        new_signer("secretary", name)
