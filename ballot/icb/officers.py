"""An officer's election in the ICB: the state before it and its record in, the roll it needs and its act out.

Who votes in the ICB is public: every voting seat is a member of the electorate of its own, and its holder or the
holder's proxy is the one delegate. So two people of one organisation both vote, and a seat never votes twice.
"""

from ballot.errors import Refused
from ballot.evidence import Evidence
from ballot.icb.places import State
from ballot.icb.secretary import OfficerElected


def check_officer(state: State, act: OfficerElected, election: Evidence) -> None:
    """Check an act against the verified record of the election; `state` is the ICB just before the act.

    Raises Refused, with the article, when the record is not of this election, electorate, office or person.
    """
    article = state.charter.act("officer elected").article
    if act.opening != election.opening.fingerprint:
        raise Refused(f"the record is not of the election that the act names ({article})")
