"""The check of the trustees' ceremony (protocol §2.6): messages in, the trustees or Invalid out."""

import re
import secrets as random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import structs

from ballot.aloud import numbered
from ballot.crypto import backup, signing
from ballot.crypto.backup import Address
from ballot.crypto.groups import group
from ballot.crypto.proofs import check_knowledge
from ballot.crypto.words import fingerprint_line
from ballot.errors import Invalid, Refused
from ballot.tables import name_key, text_problem
from ballot.trustees.messages import Acknowledge, Ceremony, Commit, Deal, Message, Transcript
from ballot.votes import Trustee
from ballot.wire import Wire, decode, encode, sha256_hex, tagged

MAX_TRUSTEES = 7
NONCE_BYTES = 32
_HEX = re.compile("[0-9a-f]{64}")


def invite(names: Sequence[str], need: int, group_name: str) -> Transcript:
    """The invitation to a new ceremony. Raises Invalid as `check_ceremony` does."""
    ceremony = Ceremony(tuple(names), need, group_name, random.token_hex(NONCE_BYTES))
    check_ceremony(ceremony)
    return Transcript(ceremony)


def check_ceremony(ceremony: Ceremony) -> None:
    """Raises Invalid unless 1 to 7 different printable names, a need up to their number, and the group make sense."""
    count = len(ceremony.names)
    if not 1 <= count <= MAX_TRUSTEES or len(set(map(name_key, ceremony.names))) != count:
        raise Invalid(f"a ceremony wants 1 to {MAX_TRUSTEES} trustees with different names")
    if any(not name or text_problem(name) for name in ceremony.names):
        raise Invalid("a trustee's name is empty or not plain text")
    if not 1 <= ceremony.need <= count:
        raise Invalid(f"{ceremony.need} of {count} trustees cannot be needed")
    if not _HEX.fullmatch(ceremony.nonce):
        raise Invalid("the nonce of the ceremony is not written as 64 lower-case hex digits")
    group(ceremony.group)


def read_transcript(data: bytes) -> Transcript:
    """Read a transcript, complete or not; of its messages only the numbers are checked.

    Raises Invalid for its form, its ceremony, and messages of nobody who was invited.
    """
    transcript = decode(data, Transcript, "the transcript of the ceremony")
    check_ceremony(transcript.ceremony)
    _check_numbers(transcript)
    return transcript


def _check_numbers(transcript: Transcript) -> None:
    """Raise Invalid unless every round has messages of those invited only, in their order, one of each at most."""
    for messages in (transcript.commits, transcript.deals, transcript.answers):
        numbers = [message.number for message in messages]
        if numbers != sorted(set(numbers) & set(range(1, len(transcript.ceremony.names) + 1))):
            raise Invalid(
                "the messages of the ceremony are not those of its trustees, in their order",
                "Get the file of the ceremony again, whole.",
            )


def add_message(transcript: Transcript, data: bytes) -> Transcript:
    """Put a trustee's message into the round that is due; one that is already there changes nothing.

    Raises Invalid naming the trustee when it is wrong, or when the transcript is none; and Refused when it is one
    message too many, or the ceremony is complete. A complaint is taken in: `complaints` then says who is at fault.
    """
    ceremony, commits, deals, answers = transcript.ceremony, transcript.commits, transcript.deals, transcript.answers
    _check_numbers(transcript)
    if data in [encode(message) for message in (*commits, *deals, *answers)]:
        return transcript
    count = len(ceremony.names)
    if not waiting_for(transcript):
        raise Refused(
            "the ceremony is complete, and this is no message of it",
            "Put it away: it is of another ceremony, or was replaced.",
        )
    _check_round(data, round_due(transcript))
    if len(commits) < count:
        commits = _inserted(ceremony, commits, decode(data, Commit, "the message of round 1"))
        _check_each(ceremony, commits, _commit_check(ceremony, commits))
    elif len(deals) < count:
        deals = _inserted(ceremony, deals, decode(data, Deal, "the message of round 2"))
        _check_each(ceremony, deals, _deal_check(ceremony, commits, deals))
    else:
        answers = _inserted(ceremony, answers, decode(data, Acknowledge, "the message of round 3"))
        _check_each(ceremony, answers, _answer_check(ceremony, commits, deals))
    return Transcript(ceremony, commits, deals, answers)


def _check_round(data: bytes, due: int) -> None:
    """Raise Invalid for a message of another round than the one that is due."""
    forms: tuple[type[Wire], ...] = (Commit, Deal, Acknowledge)
    for number, form in enumerate(forms, start=1):
        if number != due and _is_a(form, data):
            raise Invalid(f"this is a message of round {number}, and round {due} is due")


def _is_a(form: type[Wire], data: bytes) -> bool:
    try:
        decode(data, form, "a message")
    except Invalid:
        return False
    return True


def _inserted(ceremony: Ceremony, present: Sequence[Message], message: Message) -> tuple[Message, ...]:
    if not 1 <= message.number <= len(ceremony.names):
        raise Invalid(f"the message names trustee {message.number}, but there are {len(ceremony.names)}")
    for other in present:
        if other.number == message.number:
            first, second = (numbered(fingerprint_line(sha256_hex(encode(one)))) for one in (other, message))
            raise Refused(
                f"another message of {ceremony.names[message.number - 1]} is already there for this round",
                f"Find out who made which: read that trustee the words of the first, {first}, and of this one, "
                f"{second}. If the first was another's, begin anew: ballot trustees invite --again.",
            )
    merged = list(present)
    merged.append(message)
    return tuple(sorted(merged, key=lambda one: one.number))


def waiting_for(transcript: Transcript) -> tuple[str, ...]:
    """Names of the trustees whose message is missing in the round that is due; none when the ceremony is complete."""
    names = transcript.ceremony.names
    for messages in (transcript.commits, transcript.deals, transcript.answers):
        present = {message.number for message in messages}
        if len(present) < len(names):
            return tuple(name for number, name in enumerate(names, start=1) if number not in present)
    return ()


def round_due(transcript: Transcript) -> int:
    """The number of the round that is due, from 1; 3 when the ceremony is complete."""
    count = len(transcript.ceremony.names)
    return 1 + (len(transcript.commits) == count) + (len(transcript.deals) == count)


def finish(
    ceremony: Ceremony, commits: Sequence[Commit], deals: Sequence[Deal], answers: Sequence[Acknowledge]
) -> Transcript:
    """The complete transcript, checked; raises as `check_transcript` does."""
    transcript = Transcript(ceremony, tuple(commits), tuple(deals), tuple(answers))
    check_transcript(transcript)
    return transcript


def check_transcript(transcript: Transcript) -> tuple[Trustee, ...]:
    """The trustees of a complete ceremony, in order, after checking every message of it.

    Raises Invalid naming every trustee whose message is wrong; Refused when one is missing or somebody complained.
    """
    ceremony, commits, deals, answers = transcript.ceremony, transcript.commits, transcript.deals, transcript.answers
    check_ceremony(ceremony)
    check_commits(ceremony, commits)
    check_deals(ceremony, commits, deals)
    _complete(ceremony, answers)
    _check_each(ceremony, answers, _answer_check(ceremony, commits, deals))
    stopped = complaints(transcript)
    if stopped:
        hint = "Start a new ceremony, with new keys of everybody, and without whoever cheated."
        raise Refused("; ".join(map(str, stopped)), hint)
    return tuple(Trustee(name, ceremony.group, key) for name, key in zip(ceremony.names, transcript.keys, strict=True))


class Complaint(NamedTuple):
    """Who complains of whose piece, by name, and what is wrong with the piece: nothing, if `holder` is at fault."""

    holder: str
    dealer: str
    wrong: str

    @property
    def at_fault(self) -> str:
        """The name of the trustee who did not do as the protocol says."""
        return self.dealer if self.wrong else self.holder

    def __str__(self) -> str:
        if self.wrong:
            return f"{self.dealer} dealt {self.holder} a wrong piece: {self.wrong}"
        return f"{self.holder} complains of {self.dealer}, whose piece is right"


def complaints(transcript: Transcript) -> tuple[Complaint, ...]:
    """Every complaint, and who is at fault; rounds 1 and 2 and the answers have been checked."""
    ceremony, names = transcript.ceremony, transcript.ceremony.names
    found = []
    for answer in transcript.answers:
        holder = names[answer.number - 1]
        for dealer in answer.complaints:
            wrong = ""
            try:
                open_dealt(ceremony, answer.box, transcript.deals[dealer - 1], answer.number)
            except Invalid as error:
                wrong = error.message
            found.append(Complaint(holder, names[dealer - 1], wrong))
    return tuple(found)


def check_commits(ceremony: Ceremony, commits: Sequence[Commit]) -> None:
    """Check a complete round 1. Raises Refused when a message is missing and Invalid naming whose message is wrong."""
    _complete(ceremony, commits)
    _check_each(ceremony, commits, _commit_check(ceremony, commits))


def check_deals(ceremony: Ceremony, commits: Sequence[Commit], deals: Sequence[Deal]) -> None:
    """Check a complete round 2 against a checked round 1; raises as `check_commits` does."""
    _complete(ceremony, deals)
    _check_each(ceremony, deals, _deal_check(ceremony, commits, deals))


def _complete(ceremony: Ceremony, messages: Sequence[Message]) -> None:
    numbers = [message.number for message in messages]
    wanted = range(1, len(ceremony.names) + 1)
    if numbers != list(wanted):
        missing = [ceremony.names[number - 1] for number in wanted if number not in numbers]
        if missing:
            raise Refused(f"the message of {', '.join(missing)} is missing", "Wait for it, or ask for it again.")
        raise Invalid("the messages are not exactly one of each trustee, in their order")


def _check_each(ceremony: Ceremony, messages: Sequence[Message], check: Callable[[Message], None]) -> None:
    faults, hints = [], set()
    for message in messages:
        try:
            check(message)
        except Invalid as error:
            faults.append(f"{ceremony.names[message.number - 1]}: {error.message}")
            hints.add(error.hint or "Ask whoever is named for the message again; the others need do nothing.")
    if faults:
        raise Invalid("; ".join(faults), " ".join(sorted(hints)))


def _commit_check(ceremony: Ceremony, commits: Sequence[Commit]) -> Callable[[Commit], None]:
    def check(commit: Commit) -> None:
        if commit.ceremony != ceremony.id:
            raise Invalid(
                "the message is from another ceremony",
                "If this one was begun anew, give whoever is named the new ceremony-1.json: they make a new key with "
                "`ballot trustee next`. The others need do nothing.",
            )
        if commit.name != ceremony.names[commit.number - 1]:
            raise Invalid("the message is of another trustee")
        _check_signature(commit.signing, commit)
        backup.check_box(commit.box)
        for other in commits:
            if other.number < commit.number and other.signing == commit.signing:
                raise Invalid(f"the message is signed with the key of {other.name}")

    return check


def _deal_check(ceremony: Ceremony, commits: Sequence[Commit], deals: Sequence[Deal]) -> Callable[[Deal], None]:
    ring = ceremony.ring
    digest = Transcript(ceremony, tuple(commits)).digest
    dealing = ceremony.spare > 0

    def check(deal: Deal) -> None:
        commit = commits[deal.number - 1]
        if deal.commits != digest:
            raise Invalid("the message answers another round 1 than the one collected")
        _check_signature(commit.signing, deal)
        if not _HEX.fullmatch(deal.nonce):
            raise Invalid("the nonce is not written as 64 lower-case hex digits")
        if commit.commitment != commitment_of(ceremony, deal):
            raise Invalid("the key or its backup is not the one committed to in round 1")
        check_knowledge(ring, ring.element(deal.key.public_key), deal.key.pok)
        if any(other.number < deal.number and other.key.public_key == deal.key.public_key for other in deals):
            raise Invalid("the key is also another trustee's")
        if len(deal.commitments) != (ceremony.need if dealing else 0):
            raise Invalid("the backup is not for the number of trustees needed")
        if len(deal.pieces) != len(ceremony.others(deal.number)):
            raise Invalid("the backup does not have one piece for every other trustee")
        backup.read_commitments(ring, deal.commitments)
        if dealing and deal.commitments[0] != deal.key.public_key:
            raise Invalid("the backup is of another key")

    return check


def _answer_check(
    ceremony: Ceremony, commits: Sequence[Commit], deals: Sequence[Deal]
) -> Callable[[Acknowledge], None]:
    digest = Transcript(ceremony, tuple(commits), tuple(deals)).digest

    def check(answer: Acknowledge) -> None:
        commit = commits[answer.number - 1]
        if answer.deals != digest:
            raise Invalid("the message answers another round 2 than the one collected")
        _check_signature(commit.signing, answer)
        dealers = ceremony.others(answer.number)
        if list(answer.complaints) != [dealer for dealer in dealers if dealer in answer.complaints]:
            raise Invalid("the message complains of nobody who dealt to this trustee")
        if answer.complaints and backup.box_of(answer.box) != commit.box:
            raise Invalid("the message complains and does not open the trustee's box, so nobody can see who is right")
        if not answer.complaints and answer.box:
            raise Invalid("the message opens the trustee's box and complains of nobody")

    return check


def commitment_of(ceremony: Ceremony, deal: Deal) -> str:
    """What round 1 commits to: T("ceremony-commit", id, number, X, commitments to the backup, nonce), in hex."""
    fields = (ceremony.id, str(deal.number), deal.key.public_key, *deal.commitments, deal.nonce)
    return tagged("ceremony-commit", *fields).hex()


def open_dealt(ceremony: Ceremony, box: str, deal: Deal, holder: int) -> int:
    """The piece in a deal for a holder (from 1), opened with the secret half of the holder's box and checked.

    Raises Invalid when it does not open, is not for this holder, or does not fit the commitments.
    """
    sealed = deal.pieces[ceremony.others(deal.number).index(holder)]
    piece = backup.open_piece(ceremony.ring, box, Address(ceremony.id, deal.number, holder), sealed)
    backup.check_piece(ceremony.ring, deal.commitments, holder, piece)
    return piece


def _check_signature(public: str, message: Message) -> None:
    signing.verify(public, message.signature, "ceremony", encode(structs.replace(message, signature="")))
