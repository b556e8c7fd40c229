"""Keys of trustees from a damaged or hostile file whose passphrase fits: faults that fuzzing found."""

from collections.abc import Callable
from functools import cache

import pytest
from msgspec import structs

from ballot.crypto.keys import DEMO, lock
from ballot.errors import Invalid
from ballot.trustees.ceremony import Secrets
from ballot.trustees.keeping import Keeper, load_secrets, save_secrets
from ballot.wire import encode
from tests.trustees import hold

PASSPHRASE = "correct horse battery"

Harm = Callable[[Secrets], Secrets]


@cache
def secrets_after(rounds: int) -> Secrets:
    """The first trustee's secrets after so many rounds of a ceremony."""
    everybody, _ = hold(3, 2, rounds=rounds)
    return everybody[0]


def locked(secrets: Secrets) -> bytes:
    """A key file of secrets that this program would not have made."""
    public = Keeper(secrets.ceremony.id, secrets.number, secrets.ceremony.names[0])
    return lock("ceremony", encode(public), encode(secrets), PASSPHRASE, DEMO)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_key_is_read_after_every_round(rounds: int) -> None:
    secrets = secrets_after(rounds)
    assert load_secrets(save_secrets(secrets, PASSPHRASE, DEMO), PASSPHRASE) == secrets


HARMS: dict[str, tuple[int, Harm]] = {
    "an exponent that is no number": (3, lambda s: structs.replace(s, exponent="/S1K")),
    "an exponent of 5000 digits": (3, lambda s: structs.replace(s, exponent="9" * 5000)),
    "a box that is no hex": (3, lambda s: structs.replace(s, box="zz")),
    "a signing key of 31 bytes": (3, lambda s: structs.replace(s, signing=bytes(31))),
    "a piece that is no number": (1, lambda s: structs.replace(s, dealt=("commit", *s.dealt[1:]))),
    "a piece beyond the group": (1, lambda s: structs.replace(s, dealt=("9" * 79, *s.dealt[1:]))),
    "a piece too few": (1, lambda s: structs.replace(s, dealt=s.dealt[1:])),
    "pieces that were sent": (2, lambda s: structs.replace(s, dealt=("1", "2"))),
    "a first message of trustee 99": (3, lambda s: structs.replace(s, commit=structs.replace(s.commit, number=99))),
    "a deal of another trustee": (3, lambda s: structs.replace(s, deal=structs.replace(s.deal, number=2))),
    "an answer of trustee 0": (
        3,
        lambda s: structs.replace(s, answer=None if s.answer is None else structs.replace(s.answer, number=0)),
    ),
    "a group that nobody knows": (
        3,
        lambda s: structs.replace(s, ceremony=structs.replace(s.ceremony, group="P-256")),
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_key_file_whose_secrets_are_none_is_refused_when_it_is_opened(harm: str) -> None:
    rounds, spoil = HARMS[harm]
    with pytest.raises(Invalid) as caught:
        load_secrets(locked(spoil(secrets_after(rounds))), PASSPHRASE)
    assert "9999" not in caught.value.message
    assert "/S1K" not in caught.value.message
