"""Tables of the box: sealed ballots under their trackers, and papers that can never be cast.

They hold no identity, no time and no order.

Nothing here may refer to the tables of the roll, nor they to this one (design §4, the secrecy wall).
"""

from sqlalchemy.orm import Mapped, mapped_column

from ballot.store.engine import Base


class BallotRow(Base):
    """Canonical JSON of a `votes.SealedBallot`, with its tracker and the credential that may be used only once."""

    __tablename__ = "box_ballots"

    tracker: Mapped[str] = mapped_column(primary_key=True)
    credential: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes]


class WithdrawnRow(Base):
    """A paper that can never be cast: canonical JSON of the `votes.Paper`, and its `votes.Fate`."""

    __tablename__ = "box_withdrawn"

    credential: Mapped[str] = mapped_column(primary_key=True)
    fate: Mapped[str]
    paper: Mapped[bytes]
