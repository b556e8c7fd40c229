"""Standing in for a trustee who is missing at the count (protocol §6.1): closed box and pieces in, missing key out.

A trustee's program works for one closed box only, and gives its pieces for no more trustees than the election can
spare. That bound matters, because whoever is stood in for has no secret left, and a ballot stays closed only as long
as one key is secret: the committee must not be able to collect all keys by calling others missing each time. It cannot
know what other trustees were told; so who is missing is to be announced to all of them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import structs

from ballot.belenios import encode_trustees
from ballot.count import share_of
from ballot.crypto import backup, signing
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.statements import closing_of
from ballot.trustees.ceremony import Secrets, check_finished, piece_from
from ballot.trustees.messages import Backup, Ceremony, Piece, Transcript
from ballot.trustees.transcript import check_transcript
from ballot.votes import Ballot, Closing, Election, Opening, TrusteeShare
from ballot.wire import encode, sha256_hex


@dataclass(frozen=True)
class StoodIn:
    """A missing trustee's exponent, its backup for the record, and a sentence for every piece that was wrong."""

    exponent: int = field(repr=False)
    backup: Backup
    wrong: tuple[str, ...]


def give_share(
    secrets: Secrets,
    transcript: Transcript,
    opening: Opening,
    election: Election,
    closing: Closing,
    ballots: Sequence[Ballot],
) -> tuple[Secrets, TrusteeShare]:
    """The trustee's own share as `ballot.count.share_of` makes it, and the secrets that remember the box.

    Raises Refused for anything but the closed box of this ceremony's election, and for a second box.
    """
    secrets = _pinned(secrets, transcript, opening, election, closing, ballots)
    exponent = election_exponent(secrets)
    return secrets, share_of(exponent, secrets.number, opening, election, closing, ballots)


def election_exponent(secrets: Secrets) -> int:
    """The trustee's exponent in [1, q). Raises Invalid when it does not belong to the public key."""
    ring = secrets.ceremony.ring
    exponent = ring.scalar(secrets.exponent)
    if ring.text(ring.base(exponent)) != secrets.deal.key.public_key:
        raise Invalid("the secret in the key file does not belong to its public part")
    return exponent


def give_piece(
    secrets: Secrets,
    transcript: Transcript,
    missing: int,
    opening: Opening,
    election: Election,
    closing: Closing,
    ballots: Sequence[Ballot],
) -> tuple[Secrets, Piece]:
    """The piece for a missing trustee (from 1), signed, and the secrets that remember it; repeatable.

    Raises Refused for oneself, for a number that no trustee has, for more trustees than can be spared, and like
    `give_share` for anything but the closed box; Invalid when the piece in the transcript is wrong.
    """
    secrets = _pinned(secrets, transcript, opening, election, closing, ballots)
    _check_missing(secrets.ceremony, missing)
    if missing == secrets.number:
        raise Refused("nobody can stand in for themselves", "Give your own share instead.")
    given = sorted({*secrets.given, missing})
    if len(given) > secrets.ceremony.spare:
        listed = ", ".join(_name(secrets.ceremony, number) for number in secrets.given)
        raise Refused(
            f"pieces were given for {listed} already, and at most {secrets.ceremony.spare} "
            f"{'trustee' if secrets.ceremony.spare == 1 else 'trustees'} can be missing",
            "If somebody was not missing after all, that trustee gives a share.",
        )
    value = piece_from(secrets, transcript.deals, missing)
    piece = Piece(transcript.digest, closing, missing, secrets.number, str(value), "")
    piece = structs.replace(piece, signature=secrets.sign("piece", encode(piece)))
    return structs.replace(secrets, given=tuple(given)), piece


def _pinned(
    secrets: Secrets,
    transcript: Transcript,
    opening: Opening,
    election: Election,
    closing: Closing,
    ballots: Sequence[Ballot],
) -> Secrets:
    check_transcript(transcript)
    check_took_part(secrets, transcript)
    if opening.ceremony != transcript.digest or (opening.trustee_names, opening.trustees) != (
        transcript.ceremony.names,
        sha256_hex(encode_trustees(transcript.keys)),
    ):
        raise Refused("the opening statement is not about the trustees of this ceremony")
    if opening.election != election.fingerprint or closing.opening != opening.fingerprint:
        raise Refused("this is not the closed box of the election that the opening statement names")
    if closing != closing_of(opening, ballots) or len({ballot.credential for ballot in ballots}) != len(ballots):
        raise Refused("these ballots are not the box that was closed")
    if secrets.closing not in (None, closing):
        raise second_box()
    return structs.replace(secrets, closing=closing)


def check_took_part(secrets: Secrets, transcript: Transcript) -> None:
    """Raise KeyRefused unless a key is of this complete ceremony and went through all of it, saying which it is not."""
    mine = secrets.number - 1
    if transcript.ceremony != secrets.ceremony:
        raise KeyRefused("this is not the ceremony that this key took part in", "Choose the key file of this election.")
    if transcript.commits[mine] != secrets.commit:
        raise KeyRefused(
            f"this is not the key with which {secrets.name} took part in the ceremony",
            "Two keys were made in round 1: take the other key file.",
        )
    if check_finished(secrets) != transcript.answers[mine]:
        raise KeyRefused("this copy has answered otherwise than the ceremony tells", "Take another copy of the key.")


def second_box() -> Refused:
    """What a key answers that has worked for one closed box and is shown another."""
    return Refused(
        "this key has already worked for another box, of this election or of another",
        "A key is for one election, and a box is closed once. Do not go on before it is clear which box that was.",
    )


def _check_missing(ceremony: Ceremony, missing: int) -> None:
    if not 1 <= missing <= len(ceremony.names):
        raise Refused(f"there is no trustee {missing}", f"They are numbered 1 to {len(ceremony.names)}.")
    if not ceremony.spare:
        raise Refused("all trustees are needed in this election, so nobody can stand in")


def _name(ceremony: Ceremony, number: int) -> str:
    return ceremony.names[number - 1]


def check_piece(transcript: Transcript, closing: Closing, piece: Piece) -> int:
    """Check a piece against a checked transcript and the closed box; its value in [0, q).

    Raises Invalid naming the holder: wrong signature, ceremony, box or value; Refused for a number without trustee.
    """
    ceremony = transcript.ceremony
    _check_missing(ceremony, piece.missing)
    if piece.holder not in ceremony.others(piece.missing):
        raise Invalid(f"trustee {piece.holder} has no piece of the key of {_name(ceremony, piece.missing)}")
    try:
        return _value(transcript, closing, piece)
    except Invalid as error:
        raise Invalid(
            f"the piece of {_name(ceremony, piece.holder)} for {_name(ceremony, piece.missing)}: {error.message}",
            "The pieces of the others remain good.",
        ) from None


def _value(transcript: Transcript, closing: Closing, piece: Piece) -> int:
    ring = transcript.ceremony.ring
    unsigned = encode(structs.replace(piece, signature=""))
    signing.verify(transcript.commits[piece.holder - 1].signing, piece.signature, "piece", unsigned)
    if piece.transcript != transcript.digest or piece.closing != closing:
        raise Invalid("it is for another ceremony or another box")
    value = ring.scalar(piece.value)
    backup.check_piece(ring, transcript.deals[piece.missing - 1].commitments, piece.holder, value)
    return value


def stand_in(transcript: Transcript, closing: Closing, missing: int, pieces: Sequence[Piece]) -> StoodIn:
    """The key of a missing trustee from any `need` good pieces; wrong ones are named and left out.

    The share is then made from the exponent by `ballot.count.share_of`. Raises Refused saying how many more pieces are
    wanted, with every wrong one; and as `check_transcript` does.
    """
    check_transcript(transcript)
    ceremony = transcript.ceremony
    _check_missing(ceremony, missing)
    good: dict[int, Piece] = {}
    wrong: list[str] = []
    for piece in pieces:
        try:
            _check_for(transcript, closing, missing, piece)
            good[piece.holder] = piece
        except Invalid as error:
            wrong.append(error.message)
    more = ceremony.need - len(good)
    if more > 0:
        said = "".join(f"; {message}" for message in wrong)
        raise Refused(
            f"{more} more piece{'s' if more > 1 else ''} of the key of {_name(ceremony, missing)} "
            f"{'are' if more > 1 else 'is'} wanted{said}",
            f"Any {ceremony.need} of the other trustees can stand in.",
        )
    record = Backup(missing, tuple(good[holder] for holder in sorted(good)[: ceremony.need]))
    return StoodIn(_rebuilt(transcript, record), record, tuple(wrong))


def check_backup(transcript: Transcript, closing: Closing, record: Backup) -> int:
    """Check a backup of the record in full; the exponent of the missing trustee, which the record makes public.

    Raises Invalid and Refused naming what is wrong; and as `check_transcript` does.
    """
    check_transcript(transcript)
    _check_missing(transcript.ceremony, record.missing)
    holders = [piece.holder for piece in record.pieces]
    if len(holders) != transcript.ceremony.need or holders != sorted(set(holders)):
        raise Invalid(f"the backup of trustee {record.missing} does not have exactly the pieces needed, by holder")
    for piece in record.pieces:
        _check_for(transcript, closing, record.missing, piece)
    return _rebuilt(transcript, record)


def _check_for(transcript: Transcript, closing: Closing, missing: int, piece: Piece) -> None:
    if piece.missing != missing:
        raise Invalid(f"the piece of trustee {piece.holder} is for another missing trustee")
    check_piece(transcript, closing, piece)


def _rebuilt(transcript: Transcript, record: Backup) -> int:
    ring = transcript.ceremony.ring
    exponent = backup.interpolate(ring, {piece.holder: ring.scalar(piece.value) for piece in record.pieces})
    if ring.text(ring.base(exponent)) != transcript.keys[record.missing - 1].public_key:
        raise Invalid(f"the pieces do not make the key of {_name(transcript.ceremony, record.missing)}")
    return exponent
