"""The count: a closed box in, tally, trustees' shares and totals out (protocol §6). Only totals are decrypted."""

from collections.abc import Callable, Sequence

from ballot.crypto.groups import Element, Group, group
from ballot.crypto.logs import discrete_log
from ballot.crypto.pool import check_ballots
from ballot.crypto.proofs import (
    Cipher,
    Statement,
    check_belenios_decryption,
    check_decryption,
    prove_decryption,
)
from ballot.crypto.sealing import tally
from ballot.errors import Invalid, Refused
from ballot.votes import Ballot, Choice, Ciphertexts, Closing, Election, Opening, Proof, Share, Totals, TrusteeKey
from ballot.votes import TrusteeShare as OwnedShare
from ballot.wire import encode, sha256_hex


def box_digest(ballots: Sequence[Ballot]) -> str:
    """SHA-256 in hex of the canonical JSON list of all trackers, sorted: what the closing statement pins."""
    return sha256_hex(encode(sorted(ballot.tracker for ballot in ballots)))


_last_tally: dict[tuple[str, str], Ciphertexts] = {}
"""The last tally by election and digest of the box, which are hashes of all that goes into it."""


def forget_tally() -> None:
    """Let the next tally be made anew, for measurements."""
    _last_tally.clear()


def check_box(
    election: Election,
    ballots: Sequence[Ballot],
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """A verdict for each ballot of a box, as `check_ballots` gives them; what was added up on the way is kept."""
    checked = check_ballots(election, ballots, workers, progress)
    if not any(checked.verdicts):
        _keep_tally(election, ballots, checked.tally)
    return checked.verdicts


def tally_box(election: Election, ballots: Sequence[Ballot]) -> Ciphertexts:
    """The encrypted tally of all ballots of the box, made once for all trustees who count at one machine."""
    key = election.fingerprint, box_digest(ballots)
    if key not in _last_tally:
        _keep_tally(election, ballots, tally(election, [ballot.unsigned for ballot in ballots]))
    return _last_tally[key]


def _keep_tally(election: Election, ballots: Sequence[Ballot], made: Ciphertexts) -> None:
    _last_tally.clear()
    _last_tally[election.fingerprint, box_digest(ballots)] = made


def share_of(
    secret: int, owner: int, opening: Opening, election: Election, closing: Closing, ballots: Sequence[Ballot]
) -> OwnedShare:
    """A trustee's share over the closed box, with both proofs per ciphertext; `owner` counts from 1.

    The trustee computes the tally from the ballots and refuses any that is not the closed box of the election whose
    opening this is: a share over anything else could decrypt a single ballot.
    """
    if opening.election != election.fingerprint or closing.opening != opening.fingerprint:
        raise Refused("this is not the closed box of the election that the opening statement names")
    if closing.ballots != len(ballots) or closing.box != box_digest(ballots):
        raise Refused("these ballots are not the box that was closed")
    ring, named = group(election.group), election.fingerprint
    public = ring.base(secret)
    factors: list[tuple[str, ...]] = []
    proofs: list[list[tuple[Proof, Proof]]] = []
    for row in tally_box(election, ballots):
        ciphers = [_read(ring, choice) for choice in row]
        powers = [ring.power(cipher.alpha, secret) for cipher in ciphers]
        factors.append(tuple(ring.text(power) for power in powers))
        proofs.append(
            [
                prove_decryption(ring, secret, Statement(named, owner, public, cipher, power))
                for cipher, power in zip(ciphers, powers, strict=True)
            ]
        )
    belenios = tuple(tuple(pair[0] for pair in row) for row in proofs)
    ours = tuple(tuple(pair[1] for pair in row) for row in proofs)
    return OwnedShare(owner, Share(tuple(factors), belenios), ours)


def check_share(election: Election, trustees: Sequence[TrusteeKey], sums: Ciphertexts, owned: OwnedShare) -> None:
    """Check every factor of a share with both proofs. Raises Invalid naming the trustee, contest and place."""
    if not 1 <= owned.owner <= len(trustees):
        raise Invalid(f"a share names trustee {owned.owner}, but there are {len(trustees)}")
    ring, named = group(election.group), election.fingerprint
    public = ring.element(trustees[owned.owner - 1].public_key)
    wanted = [len(row) for row in sums]
    for part in (owned.share.decryption_factors, owned.share.decryption_proofs, owned.proofs):
        if [len(row) for row in part] != wanted:
            raise Invalid(f"the share of trustee {owned.owner} does not have one part for every candidate")
    for contest, row in enumerate(sums):
        for place, choice in enumerate(row):
            factor = ring.element(owned.share.decryption_factors[contest][place], identity=True)
            statement = Statement(named, owned.owner, public, _read(ring, choice), factor)
            try:
                check_decryption(ring, statement, owned.proofs[contest][place])
                check_belenios_decryption(ring, statement, owned.share.decryption_proofs[contest][place])
            except Invalid as error:
                raise Invalid(f"{error.message} (contest {contest + 1}, candidate in place {place + 1})") from None


def decrypt(election: Election, sums: Ciphertexts, shares: Sequence[OwnedShare], ballots: int, trustees: int) -> Totals:
    """Totals from the shares of all trustees, already checked: the m with g^m = Πβ/ΠF, 0 ≤ m ≤ ballots.

    Raises Refused unless every trustee's share is there once, and Invalid when a total is out of range.
    """
    missing = sorted(set(range(1, trustees + 1)) - {owned.owner for owned in shares})
    if missing or len(shares) != trustees:
        listed = ", ".join(str(owner) for owner in missing)
        raise Refused(
            f"shares are missing: {len(missing)} of {trustees} trustees (number {listed})",
            "Run `ballot trustee share KEY` with each of their keys.",
        )
    ring = group(election.group)
    votes: list[tuple[int, ...]] = []
    for contest, row in enumerate(sums):
        counted: list[int] = []
        for place, choice in enumerate(row):
            parts = [ring.element(owned.share.decryption_factors[contest][place], identity=True) for owned in shares]
            counted.append(_total(ring, _read(ring, choice).beta, parts, ballots))
        votes.append(tuple(counted))
    return Totals(ballots, tuple(votes))


def _total(ring: Group, beta: Element, factors: Sequence[Element], limit: int) -> int:
    return discrete_log(ring, ring.divide(beta, ring.product(factors)), limit)


def _read(ring: Group, choice: Choice) -> Cipher:
    # A sum may be the identity, and is for a box without ballots.
    return Cipher(ring.element(choice.alpha, identity=True), ring.element(choice.beta, identity=True))
