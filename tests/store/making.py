"""Values to fill stores with. The store reads no meaning into them, so they hold no real cryptography."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from ballot.journal import Act, Entry, SignedEntry
from ballot.people import Delegate, Member, Roll
from ballot.register import RegisterEntry, Request, Response, Way
from ballot.store.repo import Store
from ballot.store.unit import Unit
from ballot.trustees.messages import Ceremony, Piece, Transcript
from ballot.votes import (
    Answer,
    Ballot,
    BallotSignature,
    Candidate,
    Choice,
    Closing,
    Contest,
    Paper,
    Phase,
    Proof,
    SealedBallot,
    Setup,
    Share,
    Trustee,
    TrusteeKey,
    TrusteeShare,
)

DELEGATES = 300
SECRET = bytes(range(32))
CHARTER = b"[charter]\nname = 'IMA'\n"

SETUP = Setup("Assembly 2025", "At-large seats", "Ed25519", "ima", "Ana Díaz", "Bikram Rai", ("Chidi", "Dalia"), 2)
CONTESTS = (
    Contest("Who sits at large?", "at-large", 0, 2, (Candidate(1, "Eun-ji", "M1", "Org 1", "Asia Pacific"),)),
    Contest("Who audits?", "auditors", 0, 1, (Candidate(1, "Fatima", "M2", "Org 2", "Africa"),)),
)
ROLL = Roll(
    tuple(Member(f"M{n}", f"Org {n}", "PH", "Asia Pacific", "regular", "good") for n in (1, 2, 3)),
    tuple(
        Delegate(n, f"Δelegate {n}", f"M{n % 3 + 1}", n % 2 == 0, f"letter {n}", "") for n in range(1, DELEGATES + 1)
    ),
)
PROOF = Proof("1", "2")


def entry(height: int, parent: str) -> SignedEntry:
    """An entry of the journal, of any act."""
    return SignedEntry(Entry(height, parent, "2025-11-21T10:00Z", Act.ISSUED, {"delegate": str(height)}), "00" * 64)


def create(path: Path) -> None:
    """A store of the election above, as a draft."""
    Store.create(path, SETUP, CHARTER, ROLL, CONTESTS, SECRET, entry(0, "")).close()


def move(path: Path, phase: Phase) -> None:
    """Bring a draft to a phase, one write for each step."""
    with Store.open(path) as store:
        for step in list(Phase)[1 : list(Phase).index(phase) + 1]:
            with store.write() as unit:
                unit.set_phase(step)


def sealed(number: int, other: str = "") -> SealedBallot:
    """The ballot on paper `number`, of about 9 kB; `other` makes another ballot on the same paper."""
    credential = _digits(f"credential {number}", 64)
    choices = tuple(Choice(_digits(f"{number}{other}a{n}", 64), _digits(f"{number}{other}b{n}", 64)) for n in range(50))
    ballot = Ballot(
        "uuid", "hash", credential, (Answer(choices, ((PROOF,),), (PROOF,)),), BallotSignature("hash", PROOF)
    )
    return SealedBallot(Paper(credential, "00", "11", "22"), ballot)


def request(delegate: int) -> tuple[RegisterEntry, Response]:
    """A delegate's line in the register."""
    head, seal = _digits(f"head {delegate}", 768), _digits(f"seal {delegate}", 768)
    return RegisterEntry(Request("opening", delegate, head, seal, ""), "desk", Way.DESK, ""), Response(
        "opening", delegate, seal, head
    )


def trustee(name: str) -> Trustee:
    """A trustee of this name."""
    return Trustee(name, "Ed25519", TrusteeKey(PROOF, _digits(name, 64)))


CEREMONY = Transcript(Ceremony(("Chidi", "Dalia", "Eun-ji"), 2, "Ed25519", "00" * 32))


def piece(missing: int, holder: int) -> Piece:
    """A holder's piece of a missing trustee's key."""
    return Piece("00" * 32, Closing("00" * 32, 1, "00" * 32), missing, holder, "7", "00" * 64)


def share(owner: int) -> TrusteeShare:
    """A trustee's share."""
    return TrusteeShare(owner, Share((("1",),), ((PROOF,),)), ((PROOF,),))


def issue(unit: Unit, delegate: int) -> None:
    """Enter a delegate in the register and the act in the journal, as one command does."""
    last = unit.last_entry()
    unit.append(entry(last.entry.height + 1, last.digest))
    unit.add_register(*request(delegate))


def cast(unit: Unit, number: int) -> None:
    """Put the ballot on paper `number` in the box."""
    unit.add_ballot(sealed(number))


def together(path: Path, *acts: Callable[[Unit], None]) -> None:
    """Do everything in one transaction."""
    with Store.open(path) as store, store.write() as unit:
        for act in acts:
            act(unit)


def perform(path: Path, *steps: tuple[Callable[[Unit, int], None], int]) -> None:
    """Take each step in a transaction of its own."""
    with Store.open(path) as store:
        for act, number in steps:
            with store.write() as unit:
                act(unit, number)


def uncounted(path: Path) -> bytes:
    """The file without what its header counts: writes (24, 92) and layouts (40, 60); file format 1.3 of SQLite."""
    data = bytearray(path.read_bytes())
    for offset in (24, 40, 60, 92):
        data[offset : offset + 4] = bytes(4)
    return bytes(data)


def _digits(text: str, length: int) -> str:
    return hashlib.shake_256(text.encode()).hexdigest(length // 2)
