"""Ceremonies held in memory, message by message as files would carry them, for tests of trustees with backups."""

from collections.abc import Callable

from ballot.trustees.ceremony import Secrets, begin, next_message
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import add_message, invite
from ballot.wire import encode

NAMES = ("Tara", "Tomas", "Teodor", "Tirza", "Tuan")

Forge = Callable[[int, int, bytes], bytes]
"""Round and trustee (both from 1) and the message, to the message that is sent instead."""


def hold(
    count: int, need: int, group: str = "Ed25519", forge: Forge | None = None, rounds: int = 3
) -> tuple[list[Secrets], Transcript]:
    """Hold the ceremony's first rounds; everybody's secrets in order, and the transcript."""
    transcript = invite(NAMES[:count], need, group)
    everybody = [begin(transcript.ceremony, name)[0] for name in NAMES[:count]]
    for number in range(1, rounds + 1):
        transcript = collect(everybody, transcript, number, forge)
    return everybody, transcript


def collect(everybody: list[Secrets], transcript: Transcript, number: int, forge: Forge | None = None) -> Transcript:
    """One round: everybody answers the same transcript, and keeps what it answered in `everybody`."""
    asked = encode(transcript)
    for place, secrets in enumerate(everybody):
        everybody[place], message = next_message(secrets, asked)
        transcript = add_message(transcript, forge(number, place + 1, message) if forge else message)
    return transcript
