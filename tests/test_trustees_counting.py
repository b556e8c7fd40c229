"""Shares and standing in through the store: enough trustees always make the same totals, and too few never any."""

import shutil
import subprocess
from itertools import combinations
from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import counting, standins
from ballot.acts.standins import Given
from ballot.belenios import write_archive
from ballot.count import check_share, tally_box
from ballot.crypto.groups import group
from ballot.crypto.proofs import Cipher, Statement, check_belenios_decryption
from ballot.errors import Invalid, Refused, WrongPhase
from ballot.journal import Act, acts
from ballot.record import write_record
from ballot.store.repo import Store
from ballot.trustees.messages import Piece
from ballot.verify import verify
from ballot.votes import Proof, Totals, TrusteeShare
from ballot.wire import encode, hash_to_scalar
from tests.play import NOON, officials
from tests.table import TOTALS, Table, draft, give, table
from tests.trustees import NAMES

GRID = [(count, need) for count in range(1, 6) for need in range(1, count + 1)]


def subsets(count: int, need: int) -> list[tuple[int, ...]]:
    """Every set of those present; of four or five, those at the edge and all (test_standin has every one)."""
    chosen = []
    for size in range(count + 1):
        found = list(combinations(range(1, count + 1), size))
        if count < 4:
            chosen += found
        elif size in (need - 1, need, count):
            chosen += sorted({found[0], found[-1]})
    return chosen


def attempt(at: Table, store: Store, present: tuple[int, ...]) -> Totals | None:
    """Count with those present, who stand in as far as the election allows; None when that is refused."""
    opening = at.sealed[0]
    spare = len(at.everybody) - opening.need
    missing = [number for number in range(1, len(at.everybody) + 1) if number not in present]
    if len(missing) > spare:
        with pytest.raises(Refused, match=f"at most {spare} can be spared"):
            standins.announce_missing(store, [NAMES[number - 1] for number in missing], NOON)
    told = missing[:spare]
    standins.announce_missing(store, [NAMES[number - 1] for number in told], NOON)
    given: list[Given] = [at.share(number) for number in present]
    given += [at.piece(holder, number) for number in told for holder in present[: opening.need]]
    received = give(store, *given)
    assert received.faults == ()
    assert received.shared == tuple(NAMES[number - 1] for number in present)
    if len(present) >= opening.need:
        assert received.stood_in == tuple(NAMES[number - 1] for number in missing)
        return counting.count(store, NOON)[0]
    with pytest.raises(Refused, match=f"^{opening.need - len(present)} more trustee") as refused:
        counting.count(store, NOON)
    assert all(NAMES[number - 1] in refused.value.message for number in missing)
    return None


@pytest.mark.parametrize(("count", "need"), GRID)
def test_enough_trustees_always_make_the_same_totals_and_too_few_never_any(
    tmp_path: Path, count: int, need: int
) -> None:
    at = table(count, need)
    for place, present in enumerate(subsets(count, need)):
        (tmp_path / str(place)).mkdir()
        with at.copy(tmp_path / str(place)) as store:
            assert attempt(at, store, present) == (TOTALS if len(present) >= need else None)


def test_the_record_shows_who_took_part_and_who_stood_in_for_whom(tmp_path: Path) -> None:
    at = table(4, 2)
    with at.copy(tmp_path) as store:
        assert attempt(at, store, (2, 4)) == TOTALS
        counting.declare_result(store, *officials(), NOON)
        with store.read() as view:
            contents = counting.contents(view)
    report, _ = verify(write_record(contents, *officials()), workers=1)
    assert report.checks[10].figure == "2 of 4 trustees; for Tara: Tomas, Tirza; for Teodor: Tomas, Tirza"
    declared = " ".join(contents.declaration.decode().split())
    assert "Needed for the count: 2 of 4." in declared
    assert "Missing at the count: Tara. With pieces of that key stood in: Tomas, Tirza." in declared
    assert "Missing at the count: Teodor. With pieces of that key stood in: Tomas, Tirza." in declared
    assert "All trustees took part" not in declared


def loose(at: Table, number: int) -> TrusteeShare:
    """A share with a wrong first factor and a Belenios proof that holds all the same (protocol §6)."""
    _, election, _, ballots = at.sealed
    ring, honest = group(election.group), at.share(number)
    key = at.box.opening.trustees[number - 1].public_key
    choice = tally_box(election, ballots)[0][0]
    cipher = Cipher(ring.element(choice.alpha), ring.element(choice.beta))
    secret, nonce = int(at.everybody[number - 1].exponent), ring.random_scalar()
    # The Belenios challenge leaves the factor out, so the factor can be chosen to fit after it is known.
    first, second = ring.base(nonce), ring.base(ring.random_scalar())
    text = f"decrypt|{election.fingerprint}|{key}|{ring.text(first)},{ring.text(second)}"
    challenge = hash_to_scalar(text, ring.q)
    response = (nonce - secret * challenge) % ring.q
    rest = ring.divide(second, ring.power(cipher.alpha, response))
    wrong, proof = ring.power(rest, pow(challenge, -1, ring.q)), Proof(str(challenge), str(response))
    statement = Statement(election.fingerprint, number, ring.element(key), cipher, wrong)
    check_belenios_decryption(ring, statement, proof)
    (factors,), (proofs,) = honest.share.decryption_factors, honest.share.decryption_proofs
    assert ring.text(wrong) != factors[0]
    changed = structs.replace(
        honest.share,
        decryption_factors=((ring.text(wrong), *factors[1:]),),
        decryption_proofs=((proof, *proofs[1:]),),
    )
    return structs.replace(honest, share=changed)


def test_a_wrong_factor_with_a_belenios_proof_that_holds_is_named_and_stops_no_others(tmp_path: Path) -> None:
    at = table(3, 2)
    with at.copy(tmp_path) as store:
        received = give(store, at.share(1), loose(at, 2), at.share(3))
        (fault,) = received.faults
        assert fault.file == "2"
        assert fault.problem.startswith("the share of Tomas is wrong: a decryption proof of trustee 2 does not hold")
        assert received.shared == ("Tara", "Teodor")
        with pytest.raises(Refused, match=r"awaited: the share of Tomas"):
            counting.count(store, NOON)
        standins.announce_missing(store, ["Tomas"], NOON)
        assert give(store, at.piece(1, 2), at.piece(3, 2)).stood_in == ("Tomas",)
        assert counting.count(store, NOON)[0] == TOTALS


def test_belenios_tool_does_not_see_the_wrong_factor(tmp_path: Path) -> None:
    """It checks the proof before it looks at a result: an archive that ends with the wrong share passes."""
    tool = shutil.which("belenios-tool")
    if tool is None:
        pytest.skip("belenios-tool is not installed")
    at = table(2, 1, "BELENIOS-2048")
    _, election, _, ballots = at.sealed
    credentials = [ballot.credential for ballot in ballots]
    shares = [(share.owner, share.share) for share in (loose(at, 1), at.share(2))]
    sums = tally_box(election, ballots)
    data = write_archive(1_700_000_000, election, at.box.opening.trustees, credentials, ballots, sums, shares, None)
    (tmp_path / f"{election.uuid}.bel").write_bytes(data)
    done = subprocess.run([tool, "election", "verify", "--dir", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with pytest.raises(Invalid, match="a decryption proof of trustee 1"):
        check_share(election, at.box.opening.trustees, sums, loose(at, 1))


def lying(at: Table, piece: Piece) -> list[Piece]:
    """A piece with every field altered, and signed by its holder."""
    secrets = at.everybody[piece.holder - 1]
    changed = [
        structs.replace(piece, value=str(int(piece.value) + 1)),
        structs.replace(piece, transcript="00" * 32),
        structs.replace(piece, closing=structs.replace(piece.closing, ballots=1)),
        structs.replace(piece, closing=structs.replace(piece.closing, box="00" * 32)),
    ]
    signed = [
        structs.replace(one, signature=secrets.sign("piece", encode(structs.replace(one, signature=""))))
        for one in changed
    ]
    return [*signed, *changed, structs.replace(piece, signature="00" * 64)]


def test_a_wrong_piece_is_named_and_stops_no_others(tmp_path: Path) -> None:
    at = table(4, 2)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Teodor"], NOON)
        wrong = lying(at, at.piece(2, 3))
        received = give(store, at.share(1), at.share(4), *wrong, at.piece(1, 3))
        assert len(received.faults) == len(wrong)
        assert all("the piece of Tomas for Teodor" in fault.problem for fault in received.faults)
        assert "1 more piece of the key of Teodor: ballot trustee stand-in Teodor --key KEY" in received.awaited
        assert give(store, at.piece(4, 3)).stood_in == ("Teodor",)


def test_nobody_stands_in_for_a_trustee_who_was_not_announced_as_missing(tmp_path: Path) -> None:
    at = table(3, 2)
    with at.copy(tmp_path) as store:
        (fault,) = give(store, at.share(1), at.piece(1, 2)).faults
        assert "nobody has announced that Tomas is missing" in fault.problem


def test_attack_two_missing_trustees_stand_in_for_each_other(tmp_path: Path) -> None:
    at = table(3, 1)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tomas", "Teodor"], NOON)
        received = give(store, at.share(1), at.piece(3, 2), at.piece(2, 3))
        assert [fault.problem for fault in received.faults] == [
            "Teodor has not given a share, and only those who did can stand in for Tomas",
            "Tomas has not given a share, and only those who did can stand in for Teodor",
        ]
        assert "First the share of Teodor: `ballot trustee share KEY`" in received.faults[0].hint
        assert received.stood_in == ()
        with store.read() as view:
            assert (view.pieces(), acts(view.journal(), Act.PIECE)) == ((), [])
        # Nor does a share that others made, in which nobody was present, make a missing trustee a holder.
        received = give(store, at.piece(1, 2), at.piece(2, 3))
        assert received.stood_in == ("Tomas",)
        assert "Tomas has not given a share" in received.faults[0].problem
        assert received.faults[0].hint == "Others have stood in for Tomas already: somebody else must give a piece."
        assert give(store, at.piece(1, 3)).stood_in == ("Teodor",)


def test_whoever_gives_share_and_piece_together_is_taken_in_whichever_comes_first(tmp_path: Path) -> None:
    at = table(3, 2)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tomas"], NOON)
        received = give(store, at.piece(1, 2), at.piece(3, 2), at.share(1), at.share(3))
        assert (received.faults, received.stood_in) == ((), ("Tomas",))


def test_a_committee_cannot_announce_more_missing_than_can_be_spared_one_by_one(tmp_path: Path) -> None:
    at = table(4, 3)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tara"], NOON)
        standins.announce_missing(store, ["Tara", "Tara"], NOON)
        with pytest.raises(Refused, match="at most 1 can be spared") as refused:
            standins.announce_missing(store, ["Tomas"], NOON)
        assert "Tara" in refused.value.hint
        with store.read() as view:
            assert acts(view.journal(), Act.MISSING) == [{"trustee": "Tara"}]


def test_a_trustee_who_comes_after_all_gives_the_share_and_pieces_are_refused(tmp_path: Path) -> None:
    at = table(3, 2)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tomas"], NOON)
        given = give(store, at.piece(1, 2), at.share(2), at.piece(3, 2), at.share(1), at.share(3))
        assert [fault.file for fault in given.faults] == ["1", "3"]
        assert all("the share of Tomas is there already" in fault.problem for fault in given.faults)
        assert (given.shared, given.stood_in, given.awaited) == (("Tomas", "Tara", "Teodor"), (), ())
        with pytest.raises(Refused, match="so Tomas is not missing"):
            standins.announce_missing(store, ["Tomas"], NOON)
        assert counting.count(store, NOON)[0] == TOTALS
        with store.read() as view:
            assert standins.backups(view) == ()
        counting.declare_result(store, *officials(), NOON)
        with store.read() as view:
            contents = counting.contents(view)
    report, _ = verify(write_record(contents, *officials()), workers=1)
    assert report.checks[10].figure == "3 of 3 trustees"
    assert "All trustees took part in the count." in contents.declaration.decode()


def test_shares_and_pieces_count_once(tmp_path: Path) -> None:
    at = table(4, 2)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tomas"], NOON)
        twice = give(store, at.share(1), at.share(1), at.piece(1, 2), at.piece(1, 2))
        assert [fault.problem for fault in twice.faults] == [
            "the share of Tara is there already",
            "Tara has given this piece already",
        ]
        assert "1 more piece of the key of Tomas: ballot trustee stand-in Tomas --key KEY" in twice.awaited


def test_shares_and_pieces_of_another_election_are_named(tmp_path: Path) -> None:
    at, foreign = table(3, 2), table(4, 2)
    with at.copy(tmp_path) as store:
        standins.announce_missing(store, ["Tomas"], NOON)
        received = give(store, foreign.share(1), foreign.piece(1, 2), foreign.share(4), foreign.piece(4, 2))
        assert received.shared == ()
        told = [fault.problem for fault in received.faults]
        assert told[0].startswith("the share of Tara is wrong")
        assert "names trustee 4" in told[1]
        assert told[2].startswith("the piece of Tara for Tomas")
        assert "trustee 4 has no piece" in told[3]
        (nobody,) = give(store, structs.replace(at.share(1), owner=0)).faults
        assert nobody.problem == "the share names trustee 0, but there are 3"


def test_where_all_are_needed_nobody_can_be_missing(tmp_path: Path) -> None:
    at = table(3, 3)
    with at.copy(tmp_path) as store:
        with pytest.raises(Refused, match="at most 0 can be spared"):
            standins.announce_missing(store, ["Tara"], NOON)
        with pytest.raises(Refused, match="nobody can stand in"):
            at.piece(1, 2)


def test_an_unknown_name_is_missing_from_nowhere(tmp_path: Path) -> None:
    with table(3, 2).copy(tmp_path) as store, pytest.raises(Refused, match="Mallory is no trustee") as refused:
        standins.announce_missing(store, ["Mallory"], NOON)
    assert "Tara, Tomas, Teodor" in refused.value.hint


def test_nothing_is_given_before_the_close(tmp_path: Path) -> None:
    with draft(tmp_path / "election.db", 3, 2) as store:
        with pytest.raises(WrongPhase):
            standins.announce_missing(store, ["Tara"], NOON)
        with pytest.raises(WrongPhase):
            give(store)
        with store.read() as view, pytest.raises(WrongPhase):
            standins.box_file(view)
