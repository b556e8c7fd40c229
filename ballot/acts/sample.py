"""A sample election, played whole: a folder with its choices in, a store, a record and keys in another folder out.

It walks through the same acts as the commands. Keys, papers and ballots are always random; a seed decides only who
comes and who draws which ballot.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from ballot.acts import counting, papers, setup, voting
from ballot.acts.intake import Intake, read_folder
from ballot.acts.lots import draw_from
from ballot.acts.sample_trustees import WORDS_OF_ALL_KEYS, give_shares, key_path, make_keys
from ballot.booth import fill, marks_of, seal
from ballot.crypto.groups import group as known_group
from ballot.crypto.keys import DEMO, OfficialKey, new_official, save_official
from ballot.declaration import signature_block
from ballot.errors import Refused
from ballot.files import SECRET, check_free, write_whole
from ballot.handcount import read_choices
from ballot.plan import DemoPlan, Plan, Words
from ballot.ranking import Ranking
from ballot.store.repo import Store
from ballot.tables import MAX_BYTES
from ballot.trustees.transcript import MAX_TRUSTEES
from ballot.votes import BoothPaper, Opening, OpeningFile, SealedBallot
from ballot.wire import encode, read_file, tagged

T = TypeVar("T")


class Advance(Protocol):
    """Told that `n` more steps are done."""

    def __call__(self, n: int = 1) -> None: ...


Watch = Callable[[str, int], AbstractContextManager[Advance]]
"""Shows progress: a label and the number of steps in, a context in which each step is told out."""


@dataclass
class Played:
    """A finished sample election: where it is, its opening and rankings, the key file that was lost if one was, and the
    seconds that each part took."""

    folder: Path
    record: Path
    opening: Opening
    rankings: tuple[Ranking, ...]
    lost: Path | None
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Cast:
    """An election and who plays it: the marks of every ballot, contributions to lots, and how many are present."""

    intake: Intake
    choices: Sequence[tuple[int, ...]]
    lots: tuple[Words, ...] = ()
    present: int = 0


def _now() -> datetime:
    return datetime.now(UTC)


def samples() -> Path:
    """The folder of the sample elections: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "sample_elections"
    return inside if inside.is_dir() else package.parent / "sample_elections"


def sample(name: str) -> Path:
    """The plan of a sample election. Raises Refused for an unknown name."""
    known = sorted(path.parent.name for path in samples().glob("*/election.toml"))
    if name not in known:
        raise Refused(f"there is no sample election {name!r}", f"There are: {', '.join(known)}.")
    return samples() / name / "election.toml"


@dataclass(frozen=True)
class Staff:
    """The trustees of a sample election: how many, how many of them are needed (None: what the plan says), and whether
    one loses the key before the count."""

    count: int | None = None
    need: int | None = None
    lose: bool = False


def play(plan: Path, out: Path, group: str | None, seed: int | None, staff: Staff, watch: Watch, force: bool) -> Played:
    """Play the election of a plan into the folder `out`, from the lists to the record.

    `group` replaces the plan's; `seed` makes who comes and who marks what repeatable. Raises Refused when files are in
    the way, unless `force`, or the trustees cannot be as asked, and BadInput for faults of the plan or its choices.
    """
    intake, demo, choices = read_sample(plan, group)
    return play_intake(Cast(intake, choices, demo.lots), out, seed, staff, watch, force)


def play_intake(
    cast: Cast,
    out: Path,
    seed: int | None,
    staff: Staff,
    watch: Watch,
    force: bool,
    now: Callable[[], datetime] = _now,
) -> Played:
    """Play an election that was read into the folder `out`; `now` is the clock of its journal."""
    intake, choices = cast.intake, cast.choices
    seconds: dict[str, float] = {}

    @contextmanager
    def timed(label: str, total: int) -> Iterator[Advance]:
        start = time.perf_counter()
        with watch(label, total) as advance:
            yield advance
        seconds[label] = time.perf_counter() - start

    intake = replace(intake, plan=_staffed(intake.plan, staff))
    _make_room(out, force)
    with timed("Keys and opening", 4) as advance:
        store = setup.create(out / "election.db", intake, now())
        officials = _officials(out, intake, advance)
        keys = make_keys(store, out, now)
        advance()
        reason = "this is a sample election"
        file = setup.open_box(store, *officials, now(), without_rehearsal=reason, present=cast.present)
        write_whole(out / "opening.json", encode(file))
        advance()
    order = str(seed) if seed is not None else secrets.token_hex()
    with store:
        issued: list[BoothPaper] = []
        voters = shuffled([d.number for d in intake.roll.voting_delegates()], f"{order}/voters")[: len(choices)]
        with timed("Issuing papers", len(voters)) as advance:
            for number in voters:
                papers.issue(store, *officials, number, now(), issued.append)
                advance()
        with timed("Marking and sealing", len(issued)) as advance:
            sealed = [_vote(file, paper, marks, advance) for paper, marks in zip(issued, choices, strict=True)]
        with timed("Casting", len(sealed)) as advance:
            for ballot in shuffled(sealed, f"{order}/queue"):
                voting.cast(store, [("a ballot", ballot)])
                advance()
        with timed("Closing and counting", 2) as advance:
            voting.close(store, now())
            lost = shuffled(keys, f"{order}/lost")[0] if staff.lose else None
            if lost is not None:
                lost.unlink()
            give_shares(store, keys, now)
            advance()
            counting.count(store, now())
            draw_from(store, cast.lots, now())
            advance()
        with timed("Declaring and publishing", 1) as advance:
            rankings = _publish(store, out, file.signed.opening, officials, now)
            advance()
    return Played(out, out / "record.zip", file.signed.opening, rankings, lost, seconds)


def read_sample(plan: Path, group: str | None) -> tuple[Intake, DemoPlan, list[tuple[int, ...]]]:
    """The election of a sample's plan, what it adds, and the marks of its ballots. Raises Refused and BadInput."""
    intake = read_folder(plan)
    demo = intake.plan.demo
    if demo is None or len(intake.contests) != 1:
        raise Refused(f"{plan} is no sample election: it has no choices for one contest")
    if group is not None:
        known_group(group)
        intake = replace(intake, plan=msgspec.structs.replace(intake.plan, group=group))
    name = demo.choices
    numbers = {candidate.number for candidate in intake.contests[0].candidates}
    choices = read_choices(read_file(intake.folder / name, "the choices", MAX_BYTES), numbers, name)
    voting_delegates = len(intake.roll.voting_delegates())
    if len(choices) > voting_delegates:
        raise Refused(f"{name} has {len(choices)} ballots for {voting_delegates} voting delegates")
    return intake, demo, choices


def _staffed(plan: Plan, staff: Staff) -> Plan:
    count = len(plan.trustees) if staff.count is None else staff.count
    need = staff.need
    if need is None:
        need = max(count - 1, 1) if staff.lose else count if plan.need is None else min(plan.need, count)
    if not 1 <= need <= count <= MAX_TRUSTEES:
        raise Refused(f"{need} of {count} trustees cannot be needed", f"There are 1 to {MAX_TRUSTEES} trustees.")
    if staff.lose and need == count:
        raise Refused(f"all {count} trustees are needed, so no key can be lost", "Ask for fewer with --need.")
    invented = (f"Trustee {number}" for number in range(len(plan.trustees) + 1, count + 1))
    return msgspec.structs.replace(plan, trustees=(*plan.trustees[:count], *invented), need=need)


def _make_room(out: Path, force: bool) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"cannot make the folder {out}: {error.strerror}", "Choose another folder.") from None
    names = ["election.db", "opening.json", "declaration.txt", "record.zip", "head.key", "seal.key"]
    paths = [*(out / name for name in names), *(key_path(out, number) for number in range(1, MAX_TRUSTEES + 1))]
    check_free(paths, force)
    for path in paths:
        path.unlink(missing_ok=True)


def _officials(out: Path, intake: Intake, advance: Advance) -> tuple[OfficialKey, OfficialKey]:
    head = new_official("head", intake.plan.head)
    advance()
    seal_key = new_official("seal", intake.plan.seal)
    advance()
    for key in (head, seal_key):
        write_whole(out / f"{key.role}.key", save_official(key, WORDS_OF_ALL_KEYS, DEMO), SECRET)
    return head, seal_key


def shuffled(items: Sequence[T], seed: str) -> list[T]:
    """The items in an order that the seed decides."""
    places = sorted(range(len(items)), key=lambda place: tagged("sample-order", seed, str(place)))
    return [items[place] for place in places]


def _vote(file: OpeningFile, paper: BoothPaper, numbers: tuple[int, ...], advance: Advance) -> SealedBallot:
    marks = marks_of(file.signed.opening.contests[0], numbers)
    sealed = seal(file.election, paper, fill(file.election, paper.paper.credential, [marks]))
    advance()
    return sealed


def _publish(
    store: Store,
    out: Path,
    opening: Opening,
    officials: tuple[OfficialKey, OfficialKey],
    now: Callable[[], datetime],
) -> tuple[Ranking, ...]:
    text, signatures = counting.declare_result(store, *officials, now())
    block = signature_block(opening, signatures.head, signatures.seal)
    write_whole(out / "declaration.txt", text + block.encode())
    counting.publish_record(store, *officials, now(), lambda record: write_whole(out / "record.zip", record))
    with store.read() as view:
        return counting.rankings(view)
