"""Key files of trustees who hold a ceremony: secrets and a passphrase in, the bytes of a key file out, and back.

The file is of the kind `ceremony`; its public part says which ceremony and which trustee, and not the election key,
which nobody may know before round 2. It is written anew whenever the secrets change, under the same passphrase.
"""

from ballot.crypto.backup import box_of
from ballot.crypto.keys import STRONG, Profile, TrusteeSecret, lock, profile_of, save_trustee, unlock
from ballot.errors import Invalid
from ballot.trustees.ceremony import Secrets
from ballot.trustees.transcript import check_ceremony
from ballot.wire import Wire, decode, encode

SIGNING_BYTES = 32
"""Length of the secret half of the key that signs a trustee's messages."""


class Keeper(Wire, frozen=True):
    """Public part of a key file: the ceremony's id, and the trustee's number from 1 and name."""

    ceremony: str
    number: int
    name: str


def save_secrets(secrets: Secrets, passphrase: str, profile: Profile = STRONG) -> bytes:
    """Key file of a trustee of a ceremony. Raises Refused for a short passphrase."""
    public = Keeper(secrets.ceremony.id, secrets.number, secrets.name)
    return lock("ceremony", encode(public), encode(secrets), passphrase, profile)


def load_secrets(data: bytes, passphrase: str) -> Secrets:
    """A trustee's secrets from a key file.

    Raises KeyRefused and Invalid as `ballot.crypto.keys.unlock` does, and Invalid when they do not belong to the
    public part, or are not what a trustee of a ceremony keeps.
    """
    public, secret = unlock(data, "ceremony", passphrase)
    keeper = decode(public, Keeper, "the public part of the key file")
    secrets = decode(secret, Secrets, "the secret part of the key file")
    if not 1 <= secrets.number <= len(secrets.ceremony.names) or keeper != Keeper(
        secrets.ceremony.id, secrets.number, secrets.name
    ):
        raise Invalid("the secrets in the key file do not belong to its public part")
    _check_form(secrets)
    return secrets


def _check_form(secrets: Secrets) -> None:
    """Raise Invalid unless every secret can be read; a passphrase is no proof that this program wrote what it locks."""
    ceremony, deal = secrets.ceremony, secrets.deal
    check_ceremony(ceremony)
    awaited = 0 if deal.signature else len(ceremony.others(secrets.number))
    sent = [message.number for message in (secrets.commit, deal, secrets.answer) if message is not None]
    if set(sent) != {secrets.number} or len(secrets.signing) != SIGNING_BYTES or len(secrets.dealt) != awaited:
        raise Invalid("the key file does not hold what a trustee of a ceremony keeps", "Use another copy of the file.")
    box_of(secrets.box)
    for scalar in (secrets.exponent, *secrets.dealt):
        ceremony.ring.scalar(scalar)


def renew(data: bytes, key: Secrets | TrusteeSecret, passphrase: str) -> bytes:
    """The same key file with other secrets, at the same cost of guessing."""
    if isinstance(key, Secrets):
        return save_secrets(key, passphrase, profile_of(data))
    return save_trustee(key, passphrase, profile_of(data))
