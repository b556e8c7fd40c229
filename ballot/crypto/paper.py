"""The signatures that make a paper (protocol §3): the delegate's on a request, blind ones of head and seal, and checks.

In: an opening, a credential, a key. Out: what the signers are shown, their answers, and a paper; Invalid unless the
signatures hold.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from msgspec import structs

from ballot.crypto import blind_rsa, signing
from ballot.crypto.groups import group
from ballot.crypto.keys import OfficialKey, Role
from ballot.errors import Invalid, KeyRefused
from ballot.register import Request
from ballot.votes import Election, Official, Opening, Paper


@dataclass(frozen=True)
class Blinding:
    """What turns the signers' answers into a paper; it ties the request to the paper, so all of it is secret."""

    prefix: bytes = field(repr=False)
    head: blind_rsa.Unblinding = field(repr=False)
    seal: blind_rsa.Unblinding = field(repr=False)


def paper_message(opening: str, credential: str) -> bytes:
    """m = "paper|" + Ω + "|" + C, in bytes; the 32 random bytes of the paper's prefix stand before it when signed."""
    return f"paper|{opening}|{credential}".encode()


def blind_paper(opening: Opening, credential: str) -> tuple[str, str, Blinding]:
    """What the head and the seal are to sign for a paper on this credential, in hex; both see a random number."""
    prepared = blind_rsa.prepare(paper_message(opening.fingerprint, credential))
    for_head, head = blind_rsa.blind(_public(opening.head.rsa), prepared)
    for_seal, seal = blind_rsa.blind(_public(opening.seal.rsa), prepared)
    return for_head.hex(), for_seal.hex(), Blinding(prepared[: blind_rsa.PREFIX_BYTES], head, seal)


def sign_request(request: Request, key: signing.PrivateKey) -> Request:
    """The request with the delegate's signature: T("request", Ω, number, head, seal) under the key on the roll."""
    return structs.replace(request, signature=signing.sign(key, "request", *_signed_fields(request)))


def check_request(request: Request, key: str) -> None:
    """Check a request's signature with the delegate's public key (hex). Raises Invalid."""
    signing.verify(key, request.signature, "request", *_signed_fields(request))


def _signed_fields(request: Request) -> tuple[str, ...]:
    return request.opening, str(request.delegate), request.head, request.seal


def check_official(public: Official, opening: Opening, role: Role) -> None:
    """Raises KeyRefused unless this is the public part of the key that the opening names for this office."""
    named, office = (opening.head, "head") if role == "head" else (opening.seal, "keeper of the seal")
    if public != named:
        raise KeyRefused(f"this is not the key of the {office} of this election", "Choose another key file.")


def sign_blindly(key: OfficialKey, blinded: str) -> str:
    """The blind signature of the head or the seal on a blinded paper, both in hex (RFC 9474 §4.3)."""
    private = key.rsa
    return blind_rsa.blind_sign(private, read_hex(blinded, private.key_size // 8, "the blinded paper")).hex()


def try_key(key: OfficialKey, message: bytes) -> tuple[bytes, bytes]:
    """Prefix and signature that a key for papers makes blindly, to show that it works, on what is no paper.

    `message` begins with another word than a paper. Raises KeyRefused where the key does not work.
    """
    public = key.rsa.public_key()
    prepared = blind_rsa.prepare(message)
    blinded, unblinding = blind_rsa.blind(public, prepared)
    signature = blind_rsa.finalize(public, prepared, blind_rsa.blind_sign(key.rsa, blinded), unblinding)
    return prepared[: blind_rsa.PREFIX_BYTES], signature


def check_blinded(blinded: str, pem: str, what: str) -> None:
    """Check that a blinded paper has the form that the signer with this public key can sign. Raises Invalid."""
    key = _public(pem)
    if int.from_bytes(read_hex(blinded, key.key_size // 8, what), "big") >= key.public_numbers().n:
        raise Invalid(f"{what} is not below the modulus of the key")


def unblind_paper(
    opening: Opening, election: Election, credential: str, blinding: Blinding, head: str, seal: str
) -> Paper:
    """The paper that both answers make, checked in full. Raises Invalid naming the answer that does not hold."""
    prepared = blinding.prefix + paper_message(opening.fingerprint, credential)
    signatures = []
    for office, answer, pem, unblinding in (
        ("the head's answer", head, opening.head.rsa, blinding.head),
        ("the seal's answer", seal, opening.seal.rsa, blinding.seal),
    ):
        key = _public(pem)
        try:
            blind_signature = read_hex(answer, key.key_size // 8, office)
            signatures.append(blind_rsa.finalize(key, prepared, blind_signature, unblinding).hex())
        except Invalid as error:
            raise Invalid(f"{office} is no signature on this request: {error.message}") from None
    paper = Paper(credential, blinding.prefix.hex(), *signatures)
    check_paper(opening, election, paper)
    return paper


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
