"""Files of a ceremony whose messages are of nobody who was invited: they crashed, and are refused."""

from collections.abc import Sequence
from functools import cache

import pytest
from msgspec import structs

from ballot.errors import Invalid
from ballot.trustees.ceremony import Secrets, next_message
from ballot.trustees.messages import Commit, Deal, Transcript
from ballot.trustees.transcript import add_message, read_transcript
from ballot.wire import encode
from tests.trustees import hold

STRANGERS = (99, 0, -1, -2, 2**70)


@cache
def begun(rounds: int) -> tuple[Sequence[Secrets], Transcript, bytes]:
    """A ceremony after so many rounds and one message more, and the message of the last trustee."""
    everybody, transcript = hold(3, 2, rounds=rounds)
    asked = encode(transcript)
    messages = [next_message(secrets, asked)[1] for secrets in everybody]
    return everybody, add_message(transcript, messages[0]), messages[2]


def with_stranger(transcript: Transcript, number: int) -> Transcript:
    """The only message of the round that is due said to be of another trustee."""
    if transcript.deals:
        (deal,) = transcript.deals
        strange_deal: Deal = structs.replace(deal, number=number)
        return structs.replace(transcript, deals=(strange_deal,))
    (commit,) = transcript.commits
    strange: Commit = structs.replace(commit, number=number)
    return structs.replace(transcript, commits=(strange,))


@pytest.mark.parametrize("number", STRANGERS)
@pytest.mark.parametrize("rounds", [0, 1])
def test_attack_a_transcript_with_the_message_of_a_trustee_who_was_not_invited(rounds: int, number: int) -> None:
    everybody, transcript, message = begun(rounds)
    forged = with_stranger(transcript, number)
    for step in (
        lambda: add_message(forged, message),
        lambda: read_transcript(encode(forged)),
        lambda: next_message(everybody[0], encode(forged)),
    ):
        with pytest.raises(Invalid, match="not those of its trustees"):
            step()


def test_attack_a_transcript_with_a_message_twice_or_out_of_order() -> None:
    _, transcript = hold(3, 2, rounds=1)
    one, two, three = transcript.commits
    for commits in ((one, one), (two, one), (one, two, three, three), (three, two, one)):
        with pytest.raises(Invalid, match="in their order"):
            read_transcript(encode(structs.replace(transcript, commits=commits)))


def test_a_transcript_of_any_length_is_still_read() -> None:
    for rounds in (0, 1):
        _, transcript, message = begun(rounds)
        assert read_transcript(encode(add_message(transcript, message)))
