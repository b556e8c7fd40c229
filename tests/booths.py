"""What a booth needs, made quickly: an opening with contests of one's own, papers, and envelopes."""

from dataclasses import dataclass
from pathlib import Path

from ballot.crypto import signing
from ballot.crypto.groups import group
from ballot.crypto.paper import blind_paper, sign_blindly, unblind_paper
from ballot.opening import election_of, new_trustee, new_uuid, sign_opening, state_opening
from ballot.votes import Ballot, BoothPaper, Candidate, Contest, Election, Opening, OpeningFile
from ballot.wire import encode
from tests.play import CHARTER, officials


@dataclass(frozen=True)
class Scene:
    """An open election as a booth sees it."""

    file: OpeningFile
    trustee: int

    @property
    def opening(self) -> Opening:
        return self.file.signed.opening

    @property
    def election(self) -> Election:
        return self.file.election

    def paper(self) -> BoothPaper:
        """A fresh paper, signed and sealed."""
        head, seal = officials()
        ring = group(self.election.group)
        secret = ring.random_scalar()
        credential = ring.text(ring.base(secret))
        for_head, for_seal, blinding = blind_paper(self.opening, credential)
        answers = sign_blindly(head, for_head), sign_blindly(seal, for_seal)
        paper = unblind_paper(self.opening, self.election, credential, blinding, *answers)
        return BoothPaper(self.opening.fingerprint, paper, str(secret))

    def marks_in(self, ballot: Ballot) -> tuple[tuple[int, ...], ...]:
        """The numbers marked on a ballot, decrypted as nobody ever may."""
        ring = group(self.election.group)
        found = []
        for contest, answer in zip(self.opening.contests, ballot.answers, strict=True):
            blanks = [ring.power(ring.element(choice.alpha), self.trustee) for choice in answer.choices]
            held = [choice.beta != ring.text(blank) for choice, blank in zip(answer.choices, blanks, strict=True)]
            found.append(tuple(c.number for c, mark in zip(contest.candidates, held, strict=True) if mark))
        return tuple(found)

    def write(self, folder: Path, papers: int = 1) -> None:
        """opening.json and paper-1.json, paper-2.json, … in a folder."""
        (folder / "opening.json").write_bytes(encode(self.file))
        for number in range(1, papers + 1):
            (folder / f"paper-{number}.json").write_bytes(encode(self.paper()))


def contest(
    *names: str, question: str = "At-large members", most: int = 3, least: int = 0, shuffle: bool = False
) -> Contest:
    """A contest among these people."""
    people = tuple(
        Candidate(number, name, f"M{number:03}", f"Organisation {number}", "Europe")
        for number, name in enumerate(names, start=1)
    )
    return Contest(question, "at-large", least, most, people, shuffle)


def scene(*contests: Contest, name: str = "Test Assembly", group_name: str = "Ed25519") -> Scene:
    """Open an election with these contests; the opening is signed and checks out."""
    head, seal = officials()
    trustee, secret = new_trustee("Tara", group_name)
    election = election_of(name, "For tests", group_name, contests, [trustee.key], new_uuid())
    box = signing.public_hex(signing.generate())
    opening = state_opening(
        election, ("Tara",), contests, [trustee.key], (head.public, seal.public), box, (b"", CHARTER, 9), 1, ""
    )
    return Scene(OpeningFile(sign_opening(opening, head, seal), election, (trustee.key,)), secret)
