"""`ballot demo --by-files`: a sample election between machines that share nothing, each a folder of its own.

In: a sample's lists and choices. Out: a record that an observer has verified. Only files that are named are ever
carried from one folder to another, and everything is done by the commands that people use.
"""

import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ballot.commands import outbox
from ballot.commands.demo_lists import write_lists
from ballot.commands.demo_machine import Machine
from ballot.commands.progress import Advance

if TYPE_CHECKING:
    from ballot.verify import Report

OWN_DEVICES = 6
"""Most delegates of a demonstration who use a device of their own; the others draw envelopes."""

WORDS = "words-of-all-keys.txt"
PHRASE = ("--passphrase-file", WORDS)
HEAD = ("--head", "head.key", "--head-passphrase-file", WORDS)
SEAL = ("--seal", "seal.key", "--seal-passphrase-file", WORDS)
LOG = ("--log", "seal.log")

Watch = Callable[[str, int], AbstractContextManager[Advance]]


@dataclass(frozen=True)
class Voter:
    """A voting delegate who comes, and what they mark."""

    number: int
    name: str
    marks: tuple[int, ...]


@dataclass
class Played:
    """What came of it: the record where it was published, the observer's report, and what happened on the way."""

    record: Path
    report: "Report"
    folders: tuple[str, ...]
    told: list[str] = field(default_factory=list)


class Director:
    """Carries files between machines and lets people act; nobody else knows all of them."""

    def __init__(self, sample: Path, out: Path, group: str | None, seed: int | None) -> None:
        from ballot.acts.sample import read_sample, shuffled

        self.intake, self.demo, choices = read_sample(sample, group)
        self.order = str(seed) if seed is not None else secrets.token_hex()
        everybody = shuffled(self.intake.roll.voting_delegates(), f"{self.order}/voters")
        voters = [Voter(one.number, one.name, marks) for one, marks in zip(everybody, choices, strict=False)]
        own = min(OWN_DEVICES, len(voters) // 2)
        self.by_file, self.by_envelope = voters[:own], voters[own:]
        self.unused = len(everybody) - len(voters)
        self.out = out
        self.machines: dict[str, Machine] = {}
        self.told: list[str] = []
        self.desk, self.keeper = self._machine("committee"), self._machine("keeper-of-the-seal")
        self.booth, self.observer = self._machine("booth"), self._machine("observer")
        self.trustees = [self._machine(f"trustee-{n}") for n, _ in enumerate(self.intake.plan.trustees, start=1)]
        self.devices = {voter.number: self._machine(f"delegate-{voter.number}") for voter in self.by_file}

    def _machine(self, name: str) -> Machine:
        from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS
        from ballot.files import SECRET, write_whole

        machine = Machine(self.out / name)
        machine.folder.mkdir()
        write_whole(machine / WORDS, WORDS_OF_ALL_KEYS.encode(), SECRET)
        self.machines[name] = machine
        return machine

    # Before the opening

    def prepare(self, advance: Advance) -> None:
        """Keys of everybody, the lists with the delegates' keys, and the opening."""
        plan = self.intake.plan
        keys = {}
        for voter in self.by_file:
            device = self.devices[voter.number]
            made = device.does("delegate", "new", "--name", voter.name, "--out", "own.key", *PHRASE)
            keys[voter.number] = made["key"]
            advance()
        write_lists(self.intake, self.desk.folder, keys)
        self.desk.does("keys", "new", "head", "--name", plan.head, "--out", "head.key", *PHRASE)
        self.keeper.does("keys", "new", "seal", "--name", plan.seal, "--out", "seal.key", *PHRASE)
        self.desk.does("new", "--from", "election.toml")
        for number, (machine, name) in enumerate(zip(self.trustees, plan.trustees, strict=True), start=1):
            machine.does("trustee", "new", "--name", name, "--group", plan.group, "--out", "own.key", *PHRASE)
            machine.gives("own.key.public", self.desk, f"trustee-{number}.public")
            self.desk.does("trustee", "add", f"trustee-{number}.public")
            advance()
        self.keeper.does("keeper", "ready", *SEAL)
        self.keeper.gives("seal-ready.json", self.desk)
        reason = ("--without-rehearsal", "this is a sample election")
        self.desk.does("open", *HEAD, *reason, "--seal-ready", "seal-ready.json")
        self._sealed("opening", "opening.half.json", "opening.sealed.json")
        self.desk.does("open", *HEAD, *reason, "--sealed", "opening.sealed.json")
        for machine in self.machines.values():
            if machine is not self.desk:
                self.desk.gives("opening.json", machine)
        advance()

    def _sealed(self, what: str, half: str, sealed: str, *options: str) -> None:
        """The head's half goes to the keeper of the seal, and comes back with the seal on it."""
        self.desk.gives(half, self.keeper)
        self.keeper.does("keeper", what, half, *SEAL, *LOG, *options)
        self.keeper.gives(sealed, self.desk)
        self.desk.takes_back(half)

    # Papers by file

    def papers_by_file(self, advance: Advance) -> None:
        """Requests, halves, seals and papers; one paper is damaged and replaced."""
        for voter in self.by_file:
            self._asks(voter, "request.json", "paper.pending")
        self._answers(self.by_file, "request.json")
        for voter in self.by_file:
            self._receives(voter, f"delegate-{voter.number}.response.json", "paper.pending", "paper.json")
            advance()
        damaged = self.by_file[0]
        device = self.devices[damaged.number]
        device.gives("paper.json", self.desk, "surrendered.json")
        device.takes_back("paper.json")
        spoiled = self.desk.does("spoil", "surrendered.json", "--delegate", str(damaged.number), "--yes")["credential"]
        self.desk.takes_back("surrendered.json")
        self._asks(damaged, "second.json", "second.pending")
        (answer,) = self._answers([damaged], "second.json")
        self._receives(damaged, answer, "second.pending", "paper.json")
        self.told.append(f"delegate {damaged.number} surrendered a damaged paper ({spoiled[:16]}…) and got a fresh one")
        advance()

    def _asks(self, voter: Voter, request: str, pending: str) -> None:
        device = self.devices[voter.number]
        made = ("--delegate", str(voter.number), "--key", "own.key", "--out", request, "--pending", pending)
        device.does("request", "opening.json", *made, *PHRASE)
        device.gives(request, self.desk, f"{voter.number}-{request}")

    def _answers(self, voters: Sequence[Voter], request: str) -> list[str]:
        """The head answers at the committee, the seal where it is kept; returns the names of the answers there."""
        halves = self.desk.does("issue", *(f"{voter.number}-{request}" for voter in voters), *HEAD)
        names = [Path(half).name for half in halves]
        for half, name in zip(halves, names, strict=True):
            self.desk.gives(half, self.keeper, name)
        told = self.keeper.does("seal-papers", *names, *SEAL, *LOG, "--opening", "opening.json")
        return [Path(answer).name for answer in told]

    def _receives(self, voter: Voter, answer: str, pending: str, paper: str) -> None:
        device = self.devices[voter.number]
        self.keeper.gives(str(Path("answers") / answer), device, "answer.json")
        device.does("receive", "answer.json", "--opening", "opening.json", "--pending", pending, "--out", paper)
        # What ties a request to a paper is of no more use, and could only do harm.
        device.takes_back(pending)

    # Envelopes and booth

    def envelopes(self, advance: Advance) -> None:
        """Envelopes are printed, drawn and marked at the booth; one voter challenges it, and some are left over."""
        from ballot.acts.sample import shuffled

        count = len(self.by_envelope) + self.unused
        # The keeper comes to the committee's machine with the seal on a stick, and takes it away again.
        self.keeper.gives("seal.key", self.desk)
        self.desk.does("envelopes", "print", "--count", str(count), *HEAD, *SEAL)
        self.desk.takes_back("seal.key")
        self.desk.gives("envelopes.json", self.booth)
        slips = (self.desk / "slips.txt").read_text(encoding="utf-8")
        self.desk.takes_back("slips.txt")
        codes = shuffled([line.strip() for line in slips.splitlines() if line.startswith("    ")], f"{self.order}/draw")
        for voter in self.by_envelope:
            self.desk.does("envelopes", "hand-out", str(voter.number), "--yes")
            (self.booth / "code.txt").write_text(codes.pop(), encoding="utf-8")
            if voter is self.by_envelope[0]:
                self._challenges(voter)
            self._booth(voter, "--cast")
            self.booth.takes_back("code.txt")
            advance()
        if codes:
            self.desk.does("envelopes", "return", *codes, "--yes")
            self.told.append(f"{len(codes)} envelopes that nobody drew were opened and returned")

    def _booth(self, voter: Voter, decision: str) -> Any:
        marks = ("--marks", ",".join(map(str, voter.marks)))
        folders = ("--out", "outbox", "--challenges", "challenges")
        files = ("--opening", "opening.json", "--envelopes", "envelopes.json", "--paper", "code.txt")
        return self.booth.does("booth", *files, *folders, *marks, decision)

    def _challenges(self, voter: Voter) -> None:
        """A voter opens a sealed ballot, and another machine tells whether the booth was honest."""
        self._booth(voter, "--challenge")
        (opened,) = (self.booth / "challenges").glob("*.json")
        self.booth.gives(str(opened.relative_to(self.booth.folder)), self.observer, "challenge.json")
        marks = ("--marks", ",".join(map(str, voter.marks)))
        self.observer.does("check-challenge", "challenge.json", "--opening", "opening.json", *marks)
        self.told.append("a voter challenged the booth: another machine found it honest, and the paper stayed good")

    # The box

    def cast(self, advance: Advance) -> None:
        """Delegates vote on their devices; all ballots go into the box in an order that tells nothing."""
        names: list[str] = []
        (self.desk / "inbox").mkdir()
        for voter in self.by_file:
            device = self.devices[voter.number]
            marks = ("--marks", ",".join(map(str, voter.marks)))
            tracker = device.does("vote", "paper.json", "--opening", "opening.json", *marks)["tracker"]
            # Named after the ballot: a name of the voter would stay with it.
            names.append(f"{outbox.stem(tracker)}.json")
            device.gives("sealed.json", self.desk, str(Path("inbox") / names[-1]))
            device.takes_back("paper.json")
            advance()
        for path in outbox.ballots(self.booth / "outbox"):
            self.booth.gives(str(path.relative_to(self.booth.folder)), self.desk, str(Path("inbox") / path.name))
        ballots = sorted(str(Path("inbox") / path.name) for path in outbox.ballots(self.desk / "inbox"))
        self.desk.does("cast", *ballots, "--receipts", "receipts")
        first = self.by_file[0]
        receipt = Path("receipts") / f"{Path(names[0]).stem}.receipt.json"
        self.desk.gives(str(receipt), self.devices[first.number], "receipt.json")
        sheet = self.desk.does("reconcile")
        parts = ", ".join(f"{sheet[part]} {part}" for part in ("cast", "spoiled", "returned", "outstanding"))
        self.told.append(f"{sheet['issued']} papers were issued: {parts}")
        advance()

    def finish(self, advance: Advance) -> Played:
        """Close, shares from the trustees' own machines, count, lots, declare, publish; the observer verifies."""
        import msgspec

        from ballot.verify import Report

        self.desk.does("close", "--yes")
        for number, machine in enumerate(self.trustees, start=1):
            self.desk.gives("box.json", machine)
            machine.does("trustee", "share", "own.key", "--box", "box.json", "--out", "share.json", *PHRASE)
            machine.gives("share.json", self.desk, f"share-{number}.json")
            self.desk.does("trustee", "receive", f"share-{number}.json")
            advance()
        self.desk.does("count")
        self._lots()
        self.desk.does("declare", *HEAD)
        self._sealed("declaration", "declaration.half.json", "declaration.sealed.json", "--opening", "opening.json")
        self.desk.does("declare", *HEAD, "--sealed", "declaration.sealed.json")
        self.desk.does("publish", *HEAD)
        self._sealed("record", "record.half.zip", "record.zip")
        self.desk.does("publish", *HEAD, "--sealed", "record.zip")
        self.desk.gives("record.zip", self.observer)
        report = msgspec.convert(self.observer.does("verify", "record.zip"), Report)
        first = self.by_file[0]
        self.desk.gives("record.zip", self.devices[first.number])
        self.devices[first.number].does("check", "receipt.json", "record.zip")
        self.told.append(f"delegate {first.number} found their ballot in the record, with the receipt")
        advance()
        return Played(self.desk / "record.zip", report, tuple(self.machines), self.told)

    def _lots(self) -> None:
        """Lots, if a tie waits for them: everybody commits to words before anybody says them."""
        if not self.desk.does("lots", "show").get("ties"):
            return
        said = self.demo.lots
        self.desk.does("lots", "announce", "--yes", *(part for one in said for part in ("--by", one.by)))
        for one in said:
            (self.desk / "words.txt").write_text(one.text, encoding="utf-8")
            self.desk.does("lots", "commit", one.by, "--words-file", "words.txt")
            self.desk.takes_back("words.txt")
        for one in said:
            self.desk.does("lots", "reveal", one.by, one.text)
        self.desk.does("lots", "draw")
        self.told.append(f"lots were drawn from the words of {', '.join(one.by for one in said)}")


def play_by_files(sample: Path, out: Path, group: str | None, seed: int | None, watch: Watch) -> Played:
    """Play a sample in folders below `out`, which must not be there yet.

    Raises Refused when it is, or naming the machine and the command that failed.
    """
    from ballot.errors import Refused

    try:
        out.mkdir(parents=True)
    except OSError as error:
        raise Refused(f"cannot make {out}: {error.strerror}", "Name a folder that is not there yet.") from None
    director = Director(sample, out.absolute(), group, seed)
    own, others = len(director.by_file), len(director.by_envelope)
    with watch("Keys and opening", own + len(director.trustees) + 1) as advance:
        director.prepare(advance)
    with watch("Papers by file", own + 1) as advance:
        director.papers_by_file(advance)
    with watch("Envelopes and booth", others) as advance:
        director.envelopes(advance)
    with watch("Voting and casting", own + 1) as advance:
        director.cast(advance)
    with watch("Counting, publishing, verifying", len(director.trustees) + 1) as advance:
        return director.finish(advance)


def forget(played: Played, out: Path) -> None:
    """Leave nothing but the record in the folder."""
    played.record.replace(out / "record.zip")
    for name in played.folders:
        shutil.rmtree(out / name)
