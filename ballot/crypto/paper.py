"""The two signatures that make a paper (protocol §3): an opening and a paper in, Invalid out unless both hold."""

from functools import lru_cache

from ballot.crypto import blind_rsa
from ballot.crypto.groups import group
from ballot.errors import Invalid
from ballot.votes import Election, Opening, Paper


def paper_message(opening: str, credential: str) -> bytes:
    """m = "paper|" + Ω + "|" + C, in bytes; the 32 random bytes of the paper's prefix stand before it when it is signed."""
    return f"paper|{opening}|{credential}".encode()


def check_paper(opening: Opening, election: Election, paper: Paper) -> None:
    """Check that a paper bears the signature of the head and the seal, on a credential of the group (Art. VII §4).

    Raises Invalid naming which of the two is missing.
    """
    ring = group(election.group)
    ring.element(paper.credential)
    prefix = read_hex(paper.prefix, blind_rsa.PREFIX_BYTES, "the paper's prefix")
    prepared = prefix + paper_message(opening.fingerprint, paper.credential)
    for office, signature, pem in (
        ("the signature of the head", paper.signature, opening.head.rsa),
        ("the seal", paper.seal, opening.seal.rsa),
    ):
        key = _public(pem)
        try:
            blind_rsa.verify(key, prepared, read_hex(signature, key.key_size // 8, office))
        except Invalid:
            raise Invalid(f"the paper does not bear {office}") from None


_public = lru_cache(maxsize=16)(blind_rsa.load_public)


def read_hex(text: str, length: int, what: str) -> bytes:
    """Exactly `length` bytes from lower-case hex. Raises Invalid."""
    if len(text) != 2 * length or not set(text) <= set("0123456789abcdef"):
        raise Invalid(f"{what} is not {length} bytes in lower-case hex")
    return bytes.fromhex(text)
