"""The trustees' ceremony (protocol §2.6): an invitation and a trustee's secrets in, that trustee's next message out.

The committee collects the messages in one file, the transcript, and sends it round; a trustee's program answers
whichever round is due, and never a second version of the same round.
"""

import secrets as random
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from ballot.crypto import backup, signing
from ballot.crypto.backup import Address
from ballot.crypto.proofs import prove_knowledge
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.trustees.messages import Acknowledge, Ceremony, Commit, Deal, Message, Transcript
from ballot.trustees.transcript import (
    NONCE_BYTES,
    add_message,
    check_ceremony,
    check_commits,
    check_deals,
    commitment_of,
    open_dealt,
    read_transcript,
)
from ballot.votes import Closing, Trustee, TrusteeKey
from ballot.wire import Wire, encode


class Secrets(Wire, frozen=True):
    """All that a trustee keeps, and each message as it was sent, so that a retry sends the same one.

    A deal without signature was not sent yet; `dealt` holds its pieces until then. `closing` is the one box that this
    key works for, and `given` names the trustees for whom it has given its piece; both are kept by the count.
    """

    ceremony: Ceremony
    number: int
    signing: bytes
    box: str
    exponent: str
    dealt: tuple[str, ...]
    commit: Commit
    deal: Deal
    answer: Acknowledge | None = None
    closing: Closing | None = None
    given: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"Secrets(number={self.number})"

    def __rich_repr__(self) -> Any:
        yield "number", self.number

    @property
    def name(self) -> str:
        return self.ceremony.names[self.number - 1]

    @property
    def trustee(self) -> Trustee:
        """The public part."""
        return Trustee(self.name, self.ceremony.group, self.deal.key)

    def sign(self, kind: str, content: bytes) -> str:
        """Signature by the key of this ceremony, in hex."""
        return signing.sign(signing.PrivateKey.from_private_bytes(self.signing), kind, content)


def begin(ceremony: Ceremony, name: str) -> tuple[Secrets, Commit]:
    """Round 1: make all keys of the trustee of that name. Raises Refused for a name that is not invited."""
    check_ceremony(ceremony)
    if name not in ceremony.names:
        raise Refused(f"{name} is no trustee of this ceremony", f"They are: {', '.join(ceremony.names)}.")
    number, ring = ceremony.names.index(name) + 1, ceremony.ring
    exponent = 0
    while exponent == 0:
        exponent = ring.random_scalar()
    backed = backup.deal(ring, exponent, ceremony.need, number, len(ceremony.names))
    key = TrusteeKey(prove_knowledge(ring, exponent), ring.text(ring.base(exponent)))
    draft = Deal(number, "", key, random.token_hex(NONCE_BYTES), backed.commitments, (), "")
    own = signing.generate()
    box, box_secret = backup.new_box()
    commit = Commit(ceremony.id, number, name, signing.public_hex(own), box, commitment_of(ceremony, draft), "")
    dealt = tuple(str(piece) for piece in backed.pieces.values())
    secrets = Secrets(ceremony, number, own.private_bytes_raw(), box_secret, str(exponent), dealt, commit, draft)
    secrets = structs.replace(secrets, commit=_signed(secrets, commit))
    return secrets, secrets.commit


def second(secrets: Secrets, commits: Sequence[Commit]) -> tuple[Secrets, Deal]:
    """Round 2: answer the complete round 1 with the key and its backup; the same answer however often one asks.

    Raises Refused when messages are missing, when the trustee's own was exchanged, or when another round 1 was
    answered before; Invalid naming every trustee whose message is wrong.
    """
    ceremony = secrets.ceremony
    check_commits(ceremony, commits)
    _own(secrets.commit, commits)
    digest = Transcript(ceremony, tuple(commits)).digest
    if secrets.deal.signature:
        if secrets.deal.commits != digest:
            raise _answered_before()
        return secrets, secrets.deal
    sealed = []
    for holder, piece in zip(ceremony.others(secrets.number), secrets.dealt, strict=True):
        address = Address(ceremony.id, secrets.number, holder)
        sealed.append(backup.seal_piece(commits[holder - 1].box, address, int(piece)))
    message = _signed(secrets, structs.replace(secrets.deal, commits=digest, pieces=tuple(sealed)))
    return structs.replace(secrets, deal=message, dealt=()), message


def third(secrets: Secrets, commits: Sequence[Commit], deals: Sequence[Deal]) -> tuple[Secrets, Acknowledge]:
    """Round 3: answer the complete round 2, complaining of every dealer whose piece is wrong; repeatable like `second`.

    Raises Refused when messages are missing, when the trustee's own was exchanged, or when others were answered
    before; KeyRefused for a copy that has not answered round 2; Invalid naming every trustee whose message is wrong for
    all to see.
    """
    ceremony = secrets.ceremony
    check_commits(ceremony, commits)
    check_deals(ceremony, commits, deals)
    _own(secrets.commit, commits)
    if not secrets.deal.signature:
        raise KeyRefused(
            "this copy of the key is from round 1",
            "Take the file that answered round 2. Without it the ceremony has to begin anew: `ballot trustees invite "
            "--again`.",
        )
    _own(secrets.deal, deals)
    digest = Transcript(ceremony, tuple(commits), tuple(deals)).digest
    if secrets.answer is not None:
        if secrets.answer.deals != digest:
            raise _answered_before()
        return secrets, secrets.answer
    wrong = tuple(dealer for dealer in ceremony.others(secrets.number) if not _is_right(secrets, deals, dealer))
    answer = _signed(secrets, Acknowledge(secrets.number, digest, wrong, secrets.box if wrong else "", ""))
    return structs.replace(secrets, answer=answer), answer


def check_finished(secrets: Secrets) -> Acknowledge:
    """The answer of round 3 in a key. Raises KeyRefused, saying what can be done, for a copy from before that round."""
    if secrets.answer is not None:
        return secrets.answer
    _check_dealt(secrets)
    raise _early(2, "Or bring it up to date: `ballot trustee next ceremony.json --key FILE`.")


def _check_dealt(secrets: Secrets) -> None:
    """Raise KeyRefused for a copy from round 1; whoever has the complete ceremony can make the key from it."""
    if not secrets.deal.signature:
        sheet = "make a sheet of this copy (`ballot trustee sheet`), and from it the key (`ballot trustee restore`)"
        raise _early(1, f"Or {sheet}.")


def _early(number: int, hint: str) -> KeyRefused:
    return KeyRefused(
        f"this is a copy from round {number}, before the end of the ceremony: it cannot count",
        f"Take the file that answered round 3. {hint}",
    )


def _is_right(secrets: Secrets, deals: Sequence[Deal], dealer: int) -> bool:
    try:
        piece_from(secrets, deals, dealer)
    except Invalid:
        return False
    return True


def piece_from(secrets: Secrets, deals: Sequence[Deal], dealer: int) -> int:
    """The checked piece that a dealer (from 1) dealt to this trustee. Raises Invalid when it is wrong."""
    return open_dealt(secrets.ceremony, secrets.box, deals[dealer - 1], secrets.number)


def next_message(secrets: Secrets, bundle: bytes) -> tuple[Secrets, bytes]:
    """Answer the transcript as it stands, whichever round that is; a lost message is answered with the same again.

    The new secrets must be kept before the message is sent. Raises Invalid and Refused as `second` and `third` do,
    and Refused for another ceremony.
    """
    transcript = read_transcript(bundle)
    if transcript.ceremony != secrets.ceremony:
        anew = "" if transcript.commits else " If the ceremony was started anew, make a new key: --key NEW.key."
        raise Refused("this key was made for another ceremony", f"Choose the key file of this election.{anew}")
    count = len(secrets.ceremony.names)
    message: Commit | Deal | Acknowledge = secrets.commit
    if len(transcript.deals) == count:
        if len(transcript.answers) == count and secrets.commit in transcript.commits:
            # With the whole ceremony a copy from round 1 can be mended, and nothing has to begin anew.
            _check_dealt(secrets)
        secrets, message = third(secrets, transcript.commits, transcript.deals)
    elif len(transcript.commits) == count:
        secrets, message = second(secrets, transcript.commits)
    return secrets, encode(message)


def hold_at_once(invitation: Transcript) -> tuple[tuple[Secrets, ...], Transcript]:
    """All three rounds in one place: everybody's secrets in order, and the complete transcript."""
    everybody = [begin(invitation.ceremony, name)[0] for name in invitation.ceremony.names]
    transcript = invitation
    for _ in range(3):
        asked = encode(transcript)
        for place, secrets in enumerate(everybody):
            everybody[place], message = next_message(secrets, asked)
            transcript = add_message(transcript, message)
    return tuple(everybody), transcript


def _signed(secrets: Secrets, message: Message) -> Message:
    return structs.replace(message, signature=secrets.sign("ceremony", encode(message)))


def _own(sent: Message, messages: Sequence[Message]) -> None:
    if messages[sent.number - 1] != sent:
        raise Refused(
            "your own message in the ceremony is not the one of this key file",
            "First look whether you have another key file or a newer copy. If this is the only one, somebody exchanged "
            "your message: tell the others before anything else.",
        )


def _answered_before() -> Refused:
    return Refused(
        "this key has already answered other messages of this round",
        "Somebody has exchanged a message. Compare the transcripts, or start a new ceremony.",
    )
