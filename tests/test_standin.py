"""Standing in: whoever is present, enough always make the same totals and too few never any; wrong pieces are named."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, permutations
from pathlib import Path

import pytest
from msgspec import structs

from ballot.belenios import write_archive
from ballot.booth import fill, marks_of, seal
from ballot.charter import builtin
from ballot.count import check_share, decrypt, share_of, tally_box
from ballot.crypto import signing
from ballot.crypto.groups import group
from ballot.errors import Error, Invalid, KeyRefused, Refused
from ballot.opening import election_of, new_uuid, state_opening
from ballot.statements import closing_of
from ballot.trustees.ceremony import Secrets, begin
from ballot.trustees.messages import Backup, Piece, Transcript
from ballot.trustees.standin import check_backup, check_piece, give_piece, give_share, stand_in
from ballot.votes import Ballot, BoothPaper, Closing, Election, Opening, Paper, Totals, TrusteeShare
from ballot.wire import encode
from tests.play import officials, small_contest, small_roll
from tests.trustees import NAMES, hold

GRID = [(count, need) for count in range(1, 6) for need in range(1, count + 1)]
MARKS = ((1,), (1, 2))
TOTALS = Totals(2, ((2, 1),))


@dataclass(frozen=True)
class Closed:
    """A closed box of an election whose trustees held a ceremony."""

    everybody: tuple[Secrets, ...]
    transcript: Transcript
    opening: Opening
    election: Election
    ballots: tuple[Ballot, ...]

    @property
    def closing(self) -> Closing:
        return closing_of(self.opening, self.ballots)

    def piece(self, holder: int, missing: int) -> Piece:
        """A piece from a holder's fresh key file."""
        return self.piece_from(self.everybody[holder - 1], missing)[1]

    def piece_from(self, secrets: Secrets, missing: int) -> tuple[Secrets, Piece]:
        return give_piece(secrets, self.transcript, missing, self.opening, self.election, self.closing, self.ballots)

    def share(self, number: int) -> TrusteeShare:
        secrets = self.everybody[number - 1]
        return give_share(secrets, self.transcript, self.opening, self.election, self.closing, self.ballots)[1]

    def stood_in(self, missing: int, pieces: Sequence[Piece]) -> TrusteeShare:
        """The share of a missing trustee, after looking at all that standing in gives."""
        stood = stand_in(self.transcript, self.closing, missing, pieces)
        assert stood.exponent == int(self.everybody[missing - 1].exponent)
        assert check_backup(self.transcript, self.closing, stood.backup) == stood.exponent
        assert stood.wrong == ()
        return share_of(stood.exponent, missing, self.opening, self.election, self.closing, self.ballots)

    def count(self, shares: list[TrusteeShare]) -> Totals:
        sums = tally_box(self.election, self.ballots)
        for owned in shares:
            check_share(self.election, self.transcript.keys, sums, owned)
        return decrypt(self.election, sums, shares, len(self.ballots), len(self.everybody))


@cache
def closed(count: int, need: int, name: str = "Ed25519") -> Closed:
    everybody, transcript = hold(count, need, name)
    ring = group(name)
    head, keeper = officials()
    contests = (small_contest(small_roll(), 2),)
    election = election_of("Test Assembly", "With a backup", name, contests, transcript.keys, new_uuid())
    publics, desk = (head.public, keeper.public), signing.public_hex(signing.generate())
    opening = state_opening(
        election,
        NAMES[:count],
        contests,
        transcript.keys,
        publics,
        desk,
        (b"roll", builtin("ima"), len(MARKS)),
        need,
        transcript.digest,
    )
    ballots = []
    for marks in MARKS:
        secret = ring.random_scalar()
        credential = ring.text(ring.base(secret))
        paper = BoothPaper(opening.fingerprint, Paper(credential, "", "", ""), str(secret))
        ballots.append(seal(election, paper, fill(election, credential, [marks_of(contests[0], marks)])).ballot)
    return Closed(tuple(everybody), transcript, opening, election, tuple(ballots))


@pytest.mark.parametrize(("count", "need"), GRID)
def test_enough_trustees_always_make_the_same_totals_and_too_few_never_any(count: int, need: int) -> None:
    box, numbers = closed(count, need), range(1, count + 1)
    own = {number: box.share(number) for number in numbers}
    pieces = {pair: box.piece(*pair) for pair in permutations(numbers, 2) if need < count}
    for size in range(count + 1):
        for present in combinations(numbers, size):
            shares = [own[number] for number in present]
            for missing in sorted(set(numbers) - set(present)):
                given = [pieces[holder, missing] for holder in present if need < count]
                if size >= need:
                    shares.append(box.stood_in(missing, given))
                    continue
                said = f"^{need - size} more piece.* of the key of {NAMES[missing - 1]}"
                with pytest.raises(Refused, match="nobody can stand in" if need == count else said):
                    stand_in(box.transcript, box.closing, missing, given)
            if size >= need:
                assert box.count(shares) == TOTALS
            else:
                with pytest.raises(Refused, match="shares are missing"):
                    box.count(shares)


def test_the_same_key_files_stand_in_for_as_many_as_the_election_can_spare() -> None:
    box = closed(5, 2)
    keepers = {number: box.everybody[number - 1] for number in (2, 4)}
    shares = [box.share(number) for number in keepers]
    for missing in (1, 3, 5):
        pieces = []
        for number in keepers:
            keepers[number], piece = box.piece_from(keepers[number], missing)
            pieces.append(piece)
        shares.append(box.stood_in(missing, pieces))
    assert box.count(shares) == TOTALS


def test_belenios_tool_accepts_an_archive_with_a_trustee_stood_in_for(tmp_path: Path) -> None:
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed")
    box = closed(3, 2, "BELENIOS-2048")
    shares = [box.share(1), box.stood_in(2, [box.piece(1, 2), box.piece(3, 2)]), box.share(3)]
    totals = box.count(shares)
    assert totals == TOTALS
    listed = [(owned.owner, owned.share) for owned in shares]
    credentials = [ballot.credential for ballot in box.ballots]
    sums = tally_box(box.election, box.ballots)
    data = write_archive(
        1_700_000_000, box.election, box.transcript.keys, credentials, box.ballots, sums, listed, totals.votes
    )
    (tmp_path / f"{box.election.uuid}.bel").write_bytes(data)
    run = subprocess.run([tool, "election", "verify", "--dir", tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "all checks passed" in run.stderr


def test_nobody_stands_in_for_oneself_or_for_nobody() -> None:
    box = closed(3, 2)
    with pytest.raises(Refused, match="for themselves"):
        box.piece(2, 2)
    for missing in (0, 4, -1):
        with pytest.raises(Refused, match="there is no trustee"):
            box.piece(2, missing)
        with pytest.raises(Refused, match="there is no trustee"):
            stand_in(box.transcript, box.closing, missing, [])


def test_a_piece_is_the_same_however_often_one_asks() -> None:
    box = closed(3, 2)
    secrets, first = box.piece_from(box.everybody[0], 2)
    assert secrets.given == (2,)
    assert box.piece_from(secrets, 2) == (secrets, first)


def test_a_committee_that_calls_everybody_missing_in_turn_gets_no_further_pieces() -> None:
    box, small = closed(5, 3), closed(3, 2)
    secrets, _ = small.piece_from(small.everybody[0], 2)
    with pytest.raises(Refused, match="pieces were given for Tomas already, and at most 1 trustee can be missing"):
        small.piece_from(secrets, 3)
    secrets = box.everybody[0]
    for missing in (2, 4):
        secrets, _ = box.piece_from(secrets, missing)
    for missing in (3, 5):
        with pytest.raises(Refused, match="pieces were given for Tomas, Tirza already, and at most 2"):
            box.piece_from(secrets, missing)


def test_nothing_is_given_for_a_subset_a_single_ballot_or_a_box_that_is_not_closed() -> None:
    box = closed(3, 2)
    one, two = box.ballots
    for ballots in ((), (one,), (two,), (one, one), (one, two, two)):
        for closing in (box.closing, structs.replace(box.closing, ballots=len(ballots))):
            with pytest.raises(Refused, match="not the box that was closed"):
                give_piece(box.everybody[0], box.transcript, 2, box.opening, box.election, closing, ballots)
            with pytest.raises(Refused, match="not the box that was closed"):
                give_share(box.everybody[0], box.transcript, box.opening, box.election, closing, ballots)


def test_the_same_ballot_twice_is_no_box_even_if_a_closing_says_so() -> None:
    box = closed(3, 2)
    doubled = (box.ballots[0], box.ballots[0])
    with pytest.raises(Refused, match="not the box that was closed"):
        replace(box, ballots=doubled).piece(1, 2)


@pytest.mark.parametrize("first", ["share", "piece"])
def test_a_second_box_of_the_same_election_gets_nothing_from_the_same_key(first: str) -> None:
    box = closed(3, 2)
    smaller = replace(box, ballots=box.ballots[:1])
    secrets = box.everybody[0]
    if first == "share":
        secrets, _ = give_share(secrets, box.transcript, box.opening, box.election, box.closing, box.ballots)
    else:
        secrets, _ = box.piece_from(secrets, 2)
    with pytest.raises(Refused, match="another box, of this election"):
        smaller.piece_from(secrets, 2)
    with pytest.raises(Refused, match="another box, of this election"):
        give_share(secrets, box.transcript, box.opening, box.election, smaller.closing, smaller.ballots)


def test_a_box_of_another_election_or_ceremony_gets_nothing() -> None:
    box, other = closed(3, 2), closed(3, 2, "BELENIOS-2048")
    same_trustees = replace(box, election=structs.replace(box.election, uuid="11111111111111"))
    with pytest.raises(Refused, match="closed box of the election that the opening"):
        same_trustees.piece(1, 2)
    foreign = structs.replace(box.closing, opening="00" * 32)
    with pytest.raises(Refused, match="closed box of the election that the opening"):
        give_piece(box.everybody[0], box.transcript, 2, box.opening, box.election, foreign, box.ballots)
    with pytest.raises(Refused, match="not about the trustees of this ceremony"):
        replace(box, opening=other.opening).piece(1, 2)
    parts: tuple[dict[str, object], ...] = (
        {"trustee_names": ("Tara", "Teodor", "Tomas")},
        {"trustees": "00" * 32},
        {"ceremony": "00" * 32},
        {"ceremony": ""},
    )
    for part in parts:
        altered = replace(box, opening=structs.replace(box.opening, **part))
        with pytest.raises(Refused, match="not about the trustees of this ceremony"):
            altered.piece(1, 2)
        with pytest.raises(Refused, match="not about the trustees of this ceremony"):
            altered.share(1)


def test_nothing_is_made_of_a_transcript_that_is_not_complete() -> None:
    box = closed(3, 2)
    pieces = [box.piece(holder, 2) for holder in (1, 3)]
    record = stand_in(box.transcript, box.closing, 2, pieces).backup
    partial = structs.replace(box.transcript, answers=box.transcript.answers[:2])
    with pytest.raises(Refused, match="the message of Teodor is missing"):
        stand_in(partial, box.closing, 2, pieces)
    with pytest.raises(Refused, match="the message of Teodor is missing"):
        check_backup(partial, box.closing, record)
    with pytest.raises(Refused, match="the message of Teodor is missing"):
        replace(box, transcript=partial).share(1)


def test_key_files_from_another_election_are_refused() -> None:
    box, other = closed(3, 2), closed(3, 2, "BELENIOS-2048")
    with pytest.raises(Refused, match="not the ceremony that this key took part in"):
        replace(box, everybody=other.everybody).piece(1, 2)


def test_a_copy_from_an_earlier_round_is_told_from_a_key_of_another_ceremony() -> None:
    box = closed(3, 2)
    first = box.everybody[0]
    copied = structs.replace(first, answer=None)
    for copy, number, hint in (
        (copied, 2, "ballot trustee next ceremony.json --key"),
        (structs.replace(copied, deal=structs.replace(first.deal, signature="")), 1, "ballot trustee restore"),
    ):
        with_copy = replace(box, everybody=(copy, *box.everybody[1:]))
        with pytest.raises(KeyRefused, match=f"a copy from round {number}, before the end") as caught:
            with_copy.share(1)
        assert hint in caught.value.hint
        with pytest.raises(KeyRefused, match=f"a copy from round {number}, before the end"):
            with_copy.piece(1, 2)
    second = begin(box.transcript.ceremony, "Tara")[0]
    with pytest.raises(KeyRefused, match="not the key with which Tara took part"):
        replace(box, everybody=(second, *box.everybody[1:])).share(1)
    answer = structs.replace(box.transcript.answers[0], signature="00" * 64)
    with pytest.raises(KeyRefused, match="answered otherwise"):
        replace(box, everybody=(structs.replace(first, answer=answer), *box.everybody[1:])).share(1)


def test_a_key_that_does_not_belong_to_its_public_part_gives_no_share() -> None:
    box = closed(3, 2)
    broken = structs.replace(box.everybody[0], exponent="7")
    with pytest.raises(Invalid, match="does not belong to its public part"):
        replace(box, everybody=(broken, *box.everybody[1:])).share(1)


def lying(box: Closed, piece: Piece) -> list[Piece]:
    """The piece with every field altered, signed again by its holder."""
    value = int(piece.value)
    closing = piece.closing
    changed = [
        structs.replace(piece, value=str(value + 1)),
        structs.replace(piece, value=f"0{value}"),
        structs.replace(piece, value=str(value + group("Ed25519").q)),
        structs.replace(piece, value=""),
        structs.replace(piece, transcript="00" * 32),
        structs.replace(piece, closing=structs.replace(closing, ballots=closing.ballots + 1)),
        structs.replace(piece, closing=structs.replace(closing, opening="00" * 32)),
        structs.replace(piece, closing=structs.replace(closing, box="00" * 32)),
        structs.replace(piece, missing=piece.missing % 5 + 1),
    ]
    secrets = box.everybody[piece.holder - 1]
    signed = [
        structs.replace(one, signature=secrets.sign("piece", encode(structs.replace(one, signature=""))))
        for one in changed
    ]
    return [*signed, *changed, structs.replace(piece, signature=""), structs.replace(piece, signature="00" * 64)]


def test_a_wrong_piece_is_named_with_its_holder_and_does_not_stop_the_others() -> None:
    box = closed(5, 2)
    good = [box.piece(holder, 3) for holder in (1, 4)]
    for wrong in lying(box, box.piece(2, 3)):
        stood = stand_in(box.transcript, box.closing, 3, [wrong, *good])
        assert stood.exponent == int(box.everybody[2].exponent)
        assert len(stood.wrong) == 1
        assert "Tomas" in stood.wrong[0] or "trustee 2" in stood.wrong[0]
        assert [piece.holder for piece in stood.backup.pieces] == [1, 4]
        with pytest.raises(Refused, match=r"1 more piece of the key of Teodor.*(Tomas|trustee 2)"):
            stand_in(box.transcript, box.closing, 3, [wrong, good[0]])


def test_a_piece_under_anothers_name_is_refused() -> None:
    box = closed(5, 2)
    piece = box.piece(2, 3)
    for holder in (0, 1, 3, 4, 6):
        with pytest.raises(Invalid):
            check_piece(box.transcript, box.closing, structs.replace(piece, holder=holder))


@pytest.mark.parametrize("missing", [0, -1, 4, 100])
def test_a_piece_of_the_key_of_nobody_is_refused_though_its_holder_signed_it(missing: int) -> None:
    box = closed(3, 2)
    piece = structs.replace(box.piece(1, 2), missing=missing, signature="")
    piece = structs.replace(piece, signature=box.everybody[0].sign("piece", encode(piece)))
    with pytest.raises(Refused, match=f"there is no trustee {missing}$"):
        check_piece(box.transcript, box.closing, piece)


def test_a_good_piece_for_another_missing_trustee_is_named_and_left_out() -> None:
    box = closed(5, 2)
    other = box.piece(2, 4)
    with pytest.raises(Refused, match=r"1 more piece of the key of Teodor.*trustee 2 is for another missing trustee"):
        stand_in(box.transcript, box.closing, 3, [box.piece(1, 3), other])
    with pytest.raises(Invalid, match="trustee 2 is for another missing trustee"):
        check_backup(box.transcript, box.closing, Backup(3, (box.piece(1, 3), other)))


def test_nothing_is_given_after_a_ceremony_that_somebody_did_not_acknowledge() -> None:
    box = closed(3, 2)
    first, second, third = box.transcript.answers
    liar = box.everybody[1]
    complaint = structs.replace(second, complaints=(3,), box=liar.box, signature="")
    complaint = structs.replace(complaint, signature=liar.sign("ceremony", encode(complaint)))
    for answers in ((first, complaint, third), (first, structs.replace(second, signature="00" * 64), third)):
        stopped = replace(box, transcript=structs.replace(box.transcript, answers=answers))
        with pytest.raises(Error, match="Tomas"):
            stopped.piece(1, 2)
        with pytest.raises(Error, match="Tomas"):
            stopped.share(1)
        with pytest.raises(Error, match="Tomas"):
            stand_in(stopped.transcript, box.closing, 2, [])


def test_the_same_piece_twice_counts_once() -> None:
    box = closed(3, 2)
    piece = box.piece(1, 3)
    with pytest.raises(Refused, match="1 more piece"):
        stand_in(box.transcript, box.closing, 3, [piece, piece])


def test_a_backup_with_any_part_altered_is_refused() -> None:
    box = closed(5, 2)
    pieces = tuple(box.piece(holder, 3) for holder in (1, 2, 4))
    good = Backup(3, pieces[:2])
    assert check_backup(box.transcript, box.closing, good) == int(box.everybody[2].exponent)
    for number in (0, -1, 6):
        with pytest.raises(Refused, match=f"there is no trustee {number}$"):
            check_backup(box.transcript, box.closing, Backup(number, pieces[:2]))
    wrong = [Backup(number, pieces[:2]) for number in (1, 2, 4)]
    wrong += [Backup(3, chosen) for chosen in ((), pieces[:1], pieces, pieces[1::-1], (pieces[0], pieces[0]))]
    wrong += [Backup(3, (pieces[0], piece)) for piece in lying(box, pieces[1])]
    for record in wrong:
        with pytest.raises(Error):
            check_backup(box.transcript, box.closing, record)
    with pytest.raises(Invalid, match="another box"):
        check_backup(box.transcript, structs.replace(box.closing, ballots=3), good)


def test_a_stood_in_exponent_does_not_show_in_a_repr() -> None:
    box = closed(3, 2)
    stood = stand_in(box.transcript, box.closing, 3, [box.piece(1, 3), box.piece(2, 3)])
    assert str(stood.exponent) not in repr(stood)
