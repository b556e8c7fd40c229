"""What remains of an honest election, seized afterwards: no secret in any file or on a screen, and no order of casting.

Everything that the program draws at random is noted while an election is played through the commands, each machine in
a folder of its own. Then all files and all that was ever shown are searched for it, however it may be written.
"""

import base64
import math
import os
import re
import secrets
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import gmpy2
import pytest

from ballot.challenge import Challenge
from ballot.commands import box as box_commands
from ballot.commands import envelopes as envelope_commands
from ballot.commands import outbox
from ballot.commands.layout import lay_out_anew
from ballot.crypto import codes, groups, signing
from ballot.crypto.groups import group
from ballot.errors import BadInput
from ballot.journal import Act, acts
from ballot.store.repo import Store
from ballot.votes import BoothPaper, SealedBallot
from ballot.wire import MAX_JSON, decode
from tests.commands.assembly import (
    KEYS,
    PASSPHRASE,
    TRUSTEES,
    UNREHEARSED,
    Outcome,
    ballot,
    begin,
    official,
    opening_of,
    trustee,
)
from tests.hall import hall

WINDOW = 8
"""Bytes by which a secret is first looked for; all its writings are longer."""

CODE = re.compile("(?:[0-9A-Z]{5}-){4}[0-9A-Z]{6}")

Number = int | bytes


class Drawn:
    """Random numbers by the module that asked for them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.by: defaultdict[str, list[Number]] = defaultdict(list)
        for name in ("randbelow", "randbits", "token_bytes"):
            patch.setattr(secrets, name, self._noting(getattr(secrets, name)))
        patch.setattr(groups, "randbelow", secrets.randbelow)

    def _noting(self, draw: Callable[..., Number]) -> Callable[..., Number]:
        def noted(*arguments: int) -> Number:
            number = draw(*arguments)
            frame = sys._getframe(1)
            while frame.f_back and frame.f_globals["__name__"] in ("secrets", groups.__name__):
                frame = frame.f_back
            self.by[frame.f_globals["__name__"]].append(number)
            return number

        return noted

    def of(self, module: str, length: int = 0) -> list[Number]:
        """What a module drew: numbers, or random bytes of this length."""
        every = self.by[f"ballot.{module}"]
        return [one for one in every if (len(one) == length if isinstance(one, bytes) else not length)]


class Played:
    """An election played in folders: what was shown, what was drawn, who was given which paper."""

    def __init__(self, root: Path, drawn: Drawn) -> None:
        self.root = root
        self.drawn = drawn
        self.shown: list[Outcome] = []
        self.desk, self.booth, self.home, self.stick = (root / name for name in ("desk", "booth", "home", "stick"))
        for folder in (self.desk, self.booth, self.home, self.stick):
            folder.mkdir()

    def does(self, folder: Path, *words: str, code: int = 0) -> None:
        """Run a command; all that it shows is kept."""
        outcome = ballot(folder, *words)
        assert outcome.code == code, outcome
        self.shown.append(outcome)

    def remains(self) -> Iterator[tuple[str, bytes]]:
        """Every file by its folders, and the screens."""
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                yield str(path.parent.relative_to(self.root)), path.read_bytes()
        for outcome in self.shown:
            yield "screen", (outcome.out + outcome.err).encode()


def open_desk(played: Played) -> None:
    """From the lists to the opening."""
    begin(played.desk)
    played.does(played.desk, "new", "--from", "lists/election.toml")
    played.does(played.desk, "trustee", "add", *(f"{file}.public" for file in TRUSTEES))
    played.does(played.desk, "open", *KEYS, *UNREHEARSED)
    for folder in (played.booth, played.home):
        shutil.copy(played.desk / "opening.json", folder)


def hand_out_papers(played: Played) -> None:
    """Papers in all ways, one of them spoiled and replaced."""
    desk, home = played.desk, played.home
    for number in (1, 3):
        played.does(desk, "issue", str(number), *KEYS, "--out", f"../stick/paper{number}.json")
    played.does(home, "request", "opening.json", "--delegate", "5")
    played.does(desk, "issue", "../home/request.json", *KEYS, "--attested-by", "the registration desk")
    played.does(home, "receive", "../desk/answers/delegate-5.response.json", "--opening", "opening.json")
    played.does(desk, "envelopes", "print", "--count", "3", *KEYS, "--out", "../stick/slips.txt")
    shutil.copy(desk / "envelopes.json", played.booth)
    for drawn, code in zip((7, 9, 11), CODE.findall((played.stick / "slips.txt").read_text()), strict=True):
        (played.stick / f"code{drawn}.txt").write_text(code)
        if drawn != 11:
            played.does(desk, "envelopes", "hand-out", str(drawn), "--yes")
    played.does(desk, "spoil", "--delegate", "3", "../stick/paper3.json", "--yes")
    played.does(desk, "issue", "3", *KEYS, "--out", "../stick/fresh3.json")


def mark(played: Played) -> None:
    """Ballots in the booth, one after a challenge, and at home."""
    booth = ("booth", "--opening", "opening.json", "--envelopes", "envelopes.json", "--out", "outbox")
    played.does(played.booth, *booth, "--paper", "../stick/paper1.json", "--marks", "9", "--challenge")
    for paper, marks in (("paper1.json", "1,2,3,4,5,6,7,8,9"), ("fresh3.json", "1,2,3,4,5,6,7,8"), ("code7.txt", "8")):
        played.does(played.booth, *booth, "--paper", f"../stick/{paper}", "--marks", marks, "--cast")
    for marks, name in (("", "sealed.json"), ("2", "again.json")):
        played.does(
            played.home, "vote", "paper.json", "--opening", "opening.json", "--marks", marks, "--out", f"../home/{name}"
        )


def finish(played: Played) -> None:
    """From the close to the record; one envelope was never drawn."""
    played.does(played.desk, "close", "--yes")
    played.does(played.desk, "envelopes", "return", "--codes", "../stick/code11.txt", "--yes")
    for file in TRUSTEES:
        played.does(played.desk, "trustee", "share", file)
    played.does(played.desk, "count")
    played.does(played.desk, "declare", *KEYS)
    played.does(played.desk, "publish", *KEYS)
    played.does(played.desk, "verify", "record.zip")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """An election up to the ballots that lie in the outbox and at home; not to be changed."""
    with pytest.MonkeyPatch.context() as patch:
        played = Played(tmp_path_factory.mktemp("traces"), Drawn(patch))
        open_desk(played)
        hand_out_papers(played)
        mark(played)
        yield played


# Secrets


@pytest.fixture(scope="module")
def seized(marked: Played, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The same election played to its end: everything that remains of it, in every folder."""
    played = another(marked, tmp_path_factory.mktemp("seized"))
    ballots = (f"../booth/outbox/{path.name}" for path in outbox.ballots(played.booth / "outbox"))
    played.does(played.desk, "cast", *ballots, "--receipts", "receipts")
    played.does(played.desk, "cast", "../home/sealed.json", "--receipts", "receipts")
    played.does(played.desk, "cast", "../home/again.json", code=3)
    finish(played)
    return played


def another(marked: Played, root: Path) -> Played:
    """A copy of an election to go on with."""
    played = Played(root, marked.drawn)
    played.shown += marked.shown
    shutil.copytree(marked.root, root, dirs_exist_ok=True)
    return played


def writings(secret: Number | str) -> set[bytes]:
    """How a secret may be written: raw from either end, in base 10, 16 and 64, or as text."""
    if isinstance(secret, str):
        return {secret.encode(), secret.replace("-", "").encode(), secret.lower().encode(), secret.encode("utf-16-le")}
    found = set()
    if isinstance(secret, int):
        found.add(str(secret).encode())
        secret = secret.to_bytes((secret.bit_length() + 7) // 8, "big")
    for raw in (secret, secret[::-1]):
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for before in range(3):
            # What stands before a secret decides which characters of base 64 it becomes; its ends belong to others too.
            text = base64.b64encode(bytes(before) + raw).rstrip(b"=")[(0, 2, 3)[before] : -1]
            found |= {text, text.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def places(played: Played, wanted: Iterable[Number | str]) -> dict[Number | str, set[str]]:
    """By secret, the folders in which it is found."""
    found: dict[Number | str, set[str]] = {secret: set() for secret in wanted}
    index: defaultdict[bytes, list[tuple[bytes, Number | str]]] = defaultdict(list)
    for secret in found:
        for writing in writings(secret):
            assert len(writing) >= WINDOW
            index[writing[:WINDOW]].append((writing, secret))
    for folder, data in played.remains():
        for start in range(len(data) - WINDOW + 1):
            for writing, secret in index.get(data[start : start + WINDOW], ()):
                if data.startswith(writing, start):
                    found[secret].add(folder)
    return found


def numbers(drawn: Iterable[Number]) -> list[int]:
    return [one for one in drawn if isinstance(one, int)]


def test_attack_the_secret_of_a_paper_is_nowhere_but_in_the_paper(seized: Played) -> None:
    made = seized.drawn.of("request")
    assert len(made) == 4
    assert sorted(map(sorted, places(seized, made).values())) == [["home"], ["stick"], ["stick"], ["stick"]]


def test_attack_an_envelopes_code_is_nowhere_but_on_its_slip(seized: Played) -> None:
    omega = opening_of(seized.desk).signed.opening.fingerprint
    bits = numbers(seized.drawn.of("crypto.codes"))
    assert list(places(seized, map(codes.write, bits)).values()) == [{"stick"}] * 3
    derived = [codes.secret_of(group("Ed25519"), omega, one) for one in bits]
    assert list(places(seized, [*bits, *derived]).values()) == [set()] * 6


def test_attack_nothing_that_blinds_a_paper_remains_but_with_its_delegate(seized: Played) -> None:
    """With a blinding factor, or the salt of a signature, a line of the register would lead to a ballot."""
    factors = [one + 1 for one in numbers(seized.drawn.of("crypto.blind_rsa"))]
    salts = seized.drawn.of("crypto.blind_rsa", 48)
    assert len(factors) == len(salts) == 14
    assert not any(places(seized, [*factors, *salts]).values())
    moduli = [official(role).rsa.private_numbers().public_numbers.n for role in ("head", "seal")]
    inverses = [int(gmpy2.invert(factor, moduli[place % 2])) for place, factor in enumerate(factors)]
    found = list(places(seized, inverses).values())
    assert found.count({"home"}) == 2
    assert found.count(set()) == 12


def test_attack_the_randomness_of_a_ballot_is_gone_unless_it_was_challenged(seized: Played) -> None:
    """With it, one ballot could be opened without any trustee. Five ballots were sealed, and one opened."""
    found = list(places(seized, seized.drawn.of("crypto.sealing")).values())
    candidates = len(opening_of(seized.desk).signed.opening.contests[0].candidates)
    assert found.count({"booth/challenges"}) == candidates
    assert found.count(set()) == 5 * candidates


def test_attack_no_nonce_of_a_proof_remains(seized: Played) -> None:
    """With it a proof gives away what it hides. What a proof makes up for the cases that are not so is published."""
    found = list(places(seized, seized.drawn.of("crypto.proofs")).values())
    contest = opening_of(seized.desk).signed.opening.contests[0]
    cases = len(contest.candidates) + contest.max_marks - contest.min_marks
    assert len(found) - found.count(set()) == 6 * 2 * cases


def test_attack_no_key_and_no_passphrase_remains_in_the_open(seized: Played) -> None:
    keys = [official(role) for role in ("head", "seal")]
    secret: list[Number | str] = [PASSPHRASE, *(trustee(name).exponent for name in TRUSTEES.values())]
    for key in keys:
        private = key.rsa.private_numbers()
        secret += [private.p, private.q, private.d, private.dmp1, private.dmq1, private.iqmp]
        secret.append(signing.private_bytes(key.ed25519))
    assert not any(places(seized, secret).values())


def test_the_desks_key_is_in_the_store_alone(seized: Played) -> None:
    with Store.open(seized.desk / "election.db") as store, store.read() as view:
        secret = view.desk_secret()
    assert places(seized, [secret]) == {secret: {"desk"}}
    assert [path.name for path in seized.root.rglob("*") if path.is_file() and secret in path.read_bytes()] == [
        "election.db"
    ]


@pytest.mark.parametrize("before", [b"", b"1", b"12", b"123"])
def test_the_search_finds_what_is_written_in_any_way(tmp_path: Path, before: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        played = Played(tmp_path, Drawn(patch))
    raw = secrets.token_bytes(32)
    ways = (raw, raw[::-1], raw.hex().encode(), raw[::-1].hex().upper().encode(), base64.b64encode(before + raw + b"1"))
    for data in (*ways, base64.urlsafe_b64encode(before + raw[::-1] + b"1")):
        (played.desk / "file").write_bytes(before + data)
        assert places(played, [raw]) == {raw: {"desk"}}
    number = int.from_bytes(raw, "big")
    (played.desk / "file").write_bytes(b'"' + str(number).encode() + b'"')
    assert places(played, [number]) == {number: {"desk"}}


def test_attack_no_name_stands_with_a_credential_or_a_tracker(seized: Played) -> None:
    """No screen and no small file shows both; the store keeps them in tables that nothing joins."""
    sealed = [
        decode(path.read_bytes(), SealedBallot, "a ballot", MAX_JSON)
        for path in (*outbox.ballots(seized.booth / "outbox"), seized.home / "sealed.json")
    ]
    marks = [mark.encode() for one in sealed for mark in (one.ballot.tracker, one.ballot.credential)]
    names = [f"Delegate {number}".encode() for number in range(1, 7)]
    for folder, data in seized.remains():
        if data.startswith(b"SQLite"):
            continue
        assert not (any(mark in data for mark in marks) and any(name in data for name in names)), folder


def test_attack_an_opened_ballot_tells_which_ballot_in_the_box_is_of_the_same_paper(seized: Played) -> None:
    """Nothing can be done against it: a ballot is made for its paper before anybody knows whether it is challenged."""
    (path,) = (seized.booth / "challenges").iterdir()
    credential = decode(path.read_bytes(), Challenge, "an opened ballot", MAX_JSON).ballot.credential
    with Store.open(seized.desk / "election.db") as store, store.read() as view:
        held = [one for one in view.ballots() if one.ballot.credential == credential]
    paper = decode((seized.stick / "paper1.json").read_bytes(), BoothPaper, "a paper", MAX_JSON).paper
    assert [one.paper for one in held] == [paper]


def test_attack_a_ballot_on_a_spoiled_paper_tells_with_the_journal_whose_it_is(tmp_path: Path) -> None:
    """A delegate sealed a ballot, then surrendered its paper. The desk is told that the ballot must not stay."""
    place = hall(tmp_path)
    paper = place.paper(1)
    sealed = place.sealed(paper, 2)
    place.spoil(1, paper)
    with place.store.read() as view:
        (told,) = acts(view.journal(), Act.SPOILED)
    assert (told["delegate"], told["credential"]) == ("1", sealed.ballot.credential)
    with pytest.raises(BadInput) as caught:
        place.cast(sealed)
    hint = caught.value.faults[0].hint
    assert hint.startswith("Delete this file, for the journal names the delegate")
    assert hint.endswith("Nothing was cast: cast the others again without what is refused.")
    assert "move" not in hint.casefold()
    assert sealed.ballot.tracker.encode() not in (tmp_path / "election.db").read_bytes()
    place.store.close()


# The order of casting


def cast_in_order(marked: Played, root: Path, order: Sequence[int]) -> dict[str, tuple[bytes, int, int]]:
    """All that the desk keeps when ballots are cast in this order, one by one, with looks and refusals in between."""
    played = another(marked, root)
    names = [f"../booth/outbox/{path.name}" for path in outbox.ballots(root / "booth/outbox")]
    names.append("../home/sealed.json")
    for place, chosen in enumerate(order):
        played.does(played.desk, "cast", names[chosen], "--receipts", "receipts")
        played.does(played.desk, "cast", names[chosen], "--receipts", "receipts")
        played.does(played.desk, "cast", "../stick/paper1.json", code=3)
        played.does(played.desk, "status")
        played.does(played.desk, "reconcile")
        if place == 1:
            played.does(played.desk, "envelopes", "hand-out", "11", "--yes")
    played.does(played.desk, "cast", "../home/again.json", code=3)
    played.does(played.desk, "close", "--yes")
    kept = {}
    for path in played.desk.rglob("*"):
        if path.is_file():
            known = path.stat()
            time = known.st_mtime_ns if path.parent.name == "receipts" else 0
            kept[str(path.relative_to(played.desk))] = (path.read_bytes(), known.st_mode, time)
    return kept


def test_attack_the_order_of_casting_is_in_nothing_that_the_desk_keeps(marked: Played, tmp_path: Path) -> None:
    """Names, bytes and modes of all files are the same in whatever order the ballots came."""
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        for module in (box_commands, envelope_commands):
            patch.setattr(module, "now", lambda: datetime(2100, 1, 1, tzinfo=UTC))
        for place, order in enumerate(((0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2))):
            root = tmp_path / str(place)
            root.mkdir()
            kept.append(cast_in_order(marked, root, order))
    assert sum(name.startswith("receipts") for name in kept[0]) == 4
    assert kept[0] == kept[1] == kept[2]


TURNS, FILES = 12, 6


def rank(values: Sequence[int]) -> list[float]:
    """Places of values in their order; equal ones share theirs."""
    return [fmean(place for place, one in enumerate(sorted(values)) if one == value) for value in values]


def correlation(values: Sequence[int]) -> float:
    """Spearman's: 1 when the values grow with their places, -1 when they fall, about 0 when they tell nothing."""
    ranks, middle = rank(values), (len(values) - 1) / 2
    if len(set(values)) == 1:
        return 0.0
    spread = sum((one - middle) ** 2 for one in ranks) * sum((place - middle) ** 2 for place in range(len(values)))
    return sum((one - middle) * (place - middle) for place, one in enumerate(ranks)) / math.sqrt(spread)


def test_attack_no_number_that_the_system_keeps_of_a_file_follows_the_order_of_casting(tmp_path: Path) -> None:
    """Times of change, numbers of files, their sizes, and the order in which the system lists them."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for turn in range(TURNS):
        folder = tmp_path / str(turn)
        names = [f"{outbox.stem(secrets.token_hex())}.json" for _ in range(FILES)]
        for name in names:
            outbox.put(folder, name, secrets.token_bytes(5000))
            lay_out_anew(folder)
        listed = [entry.name for entry in os.scandir(folder)]
        known = [(folder / name).stat() for name in names]
        found["listed"].append(correlation([listed.index(name) for name in names]))
        for field in ("st_ino", "st_ctime_ns", "st_mtime_ns", "st_atime_ns", "st_size"):
            found[field].append(correlation([int(getattr(one, field)) for one in known]))
    # Five times the spread that chance has: it comes up once in a million runs.
    limit = 5 / math.sqrt(TURNS * (FILES - 1))
    assert {field: fmean(values) for field, values in found.items() if abs(fmean(values)) > limit} == {}


def test_the_correlation_sees_an_order() -> None:
    assert correlation([3, 5, 8, 9, 20, 21]) == pytest.approx(1)
    assert correlation([21, 20, 9, 8, 5, 3]) == pytest.approx(-1)
    assert correlation([7, 7, 7, 7, 7, 7]) == 0
    assert abs(correlation([2, 1, 4, 3, 6, 5])) < 1
