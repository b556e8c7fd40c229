"""What is opened: nothing that check 4 would refuse, though the lists were taken in under other rules."""

from pathlib import Path

import pytest
from msgspec import structs

from ballot.acts import setup, voting
from ballot.acts.intake import Intake
from ballot.crypto.keys import TrusteeSecret
from ballot.errors import Refused
from ballot.opening import new_trustee
from ballot.people import Roll
from ballot.votes import Contest, Phase
from tests.hall import PLAN, hall
from tests.play import CHARTER, NOON, UNREHEARSED, officials, small_contest, small_roll

ROLL = small_roll(3)
CONTEST = small_contest(ROLL)
NAMESAKE = structs.replace(ROLL.members[1], organisation=ROLL.members[0].organisation)


@pytest.mark.parametrize(
    ("roll", "contest", "said"),
    [
        (ROLL, structs.replace(CONTEST, max_marks=99), "contest 1, marks"),
        (ROLL, structs.replace(CONTEST, rule="amendment"), "does not ask its question"),
        (Roll((ROLL.members[0], NAMESAKE, *ROLL.members[2:]), ROLL.delegates), CONTEST, "is the same name as"),
    ],
)
def test_what_the_verifier_would_refuse_is_not_opened(roll: Roll, contest: Contest, said: str, tmp_path: Path) -> None:
    intake = Intake(tmp_path, PLAN, CHARTER, roll, (contest,))
    with setup.create(tmp_path / "election.db", intake, NOON) as store:
        setup.add_trustees(store, [TrusteeSecret(*new_trustee(PLAN.trustees[0], "Ed25519")).public], NOON)
        with pytest.raises(Refused, match=said):
            setup.open_box(store, *officials(), NOON, without_rehearsal=UNREHEARSED)
        with store.read() as view:
            assert view.phase() == Phase.DRAFT


def test_an_act_of_a_time_that_no_record_can_have_is_refused_until_the_clock_is_set(tmp_path: Path) -> None:
    """The archive has the time of the close, in eleven octal digits: they end in March of 2242."""
    here = hall(tmp_path)
    with pytest.raises(Refused, match="of 2242-04-01T12:00Z, and no record can have that time"):
        voting.close(here.store, NOON.replace(year=2242, month=4))
    # The last month that fits.
    voting.close(here.store, NOON.replace(year=2242, month=3))
    assert here.verified().verified
