"""A trustee's key without ceremony works for one closed box, remembers it, and opens no single ballot."""

from functools import cache
from itertools import combinations

import pytest
from msgspec import structs

from ballot.acts.standins import own_share
from ballot.belenios import read_archive
from ballot.count import check_share, tally_box
from ballot.crypto.keys import DEMO, TrusteeSecret, load_trustee, save_trustee
from ballot.errors import KeyRefused, Refused
from ballot.journal import Act, record_act
from ballot.opening import new_trustee
from ballot.statements import closed, closing_of
from ballot.trustees.boxfile import BoxFile, closed_entry
from ballot.trustees.keeping import renew
from ballot.votes import OpeningFile, SealedBallot, Trustee, TrusteeKey
from tests.play import NOON, Played, fair, other
from tests.trustees import NAMES

PASSPHRASE = "correct horse battery"


@cache
def key(place: int = 0) -> TrusteeSecret:
    """A trustee's key of the fair election."""
    return key_of(fair(), place)


def key_of(played: Played, place: int) -> TrusteeSecret:
    public = box_of(played).opening.trustees[place]
    return TrusteeSecret(Trustee(NAMES[place], played.election.group, public), played.keys.trustees[place])


def box_of(played: Played) -> BoxFile:
    keys = tuple(TrusteeKey(one.pok, one.public_key) for one in read_archive(played.contents.archive).trustees)
    opening = OpeningFile(played.contents.opening, played.election, keys)
    return BoxFile(opening, (), closed_entry(played.contents.journal), played.sealed)


def another_box(sealed: tuple[SealedBallot, ...]) -> BoxFile:
    """Another closed box of the fair election, which the desk has signed."""
    box = box_of(fair())
    details = closed(closing_of(fair().opening, [one.ballot for one in sealed]))
    entry = record_act((), Act.CLOSED, details, NOON, fair().keys.desk)
    return structs.replace(box, closed=entry, sealed=sealed)


def test_a_key_remembers_the_box_it_worked_for() -> None:
    box = box_of(fair())
    kept, share = own_share(box, key())
    assert (key().closing, kept.closing) == (None, box.closing)
    check_share(fair().election, box.opening.trustees, tally_box(fair().election, box.ballots), share)
    assert load_trustee(save_trustee(kept, PASSPHRASE, DEMO), PASSPHRASE) == kept
    assert load_trustee(renew(save_trustee(key(), PASSPHRASE, DEMO), kept, PASSPHRASE), PASSPHRASE) == kept


def test_the_same_box_may_be_worked_for_again() -> None:
    kept, first = own_share(box_of(fair()), key())
    again, second = own_share(box_of(fair()), kept)
    assert (again, second.share.decryption_factors) == (kept, first.share.decryption_factors)


def test_a_second_box_that_lacks_one_ballot_is_refused() -> None:
    kept, _ = own_share(box_of(fair()), key())
    for two in combinations(fair().sealed, 2):
        box = another_box(two)
        assert own_share(box, key())[0].closing == box.closing
        with pytest.raises(Refused, match="already worked for another box"):
            own_share(box, kept)


def test_the_whole_box_is_refused_after_one_that_lacked_a_ballot() -> None:
    kept, _ = own_share(another_box(fair().sealed[:2]), key())
    with pytest.raises(Refused, match="already worked for another box"):
        own_share(box_of(fair()), kept)


def test_a_second_box_is_refused_after_the_key_file_was_read_back() -> None:
    kept, _ = own_share(box_of(fair()), key())
    read = load_trustee(save_trustee(kept, PASSPHRASE, DEMO), PASSPHRASE)
    with pytest.raises(Refused, match="already worked for another box"):
        own_share(another_box(fair().sealed[1:]), read)


def test_a_box_that_holds_one_ballot_many_times_is_refused() -> None:
    first, *others = fair().sealed
    with pytest.raises(Refused, match="a paper was cast twice"):
        own_share(another_box((*[first] * 50, *others)), key())


def test_ballots_that_are_not_those_of_the_closing_statement_are_refused() -> None:
    box = structs.replace(box_of(fair()), sealed=fair().sealed[:2])
    with pytest.raises(Refused, match="not the box that was closed"):
        own_share(box, key())


def test_a_key_of_another_election_is_refused() -> None:
    stranger = TrusteeSecret(*new_trustee(NAMES[0], "Ed25519"))
    for wrong in (stranger, key_of(other(), 0)):
        with pytest.raises(KeyRefused, match=f"the key of {NAMES[0]} is not a key of this election"):
            own_share(box_of(fair()), wrong)
