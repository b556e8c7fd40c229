"""Tables of the roll: who may vote, who comes instead, who was issued a paper. Identity lives here, and no ballot.

Nothing here may refer to the tables of the box, nor they to these (design §4, the secrecy wall).
"""

from typing import Self

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ballot.people import Delegate, Member
from ballot.store.engine import Base


class MemberRow(Base):
    """A `people.Member`, field by field."""

    __tablename__ = "roll_members"

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    country: Mapped[str]
    region: Mapped[str]
    kind: Mapped[str]
    standing: Mapped[str]

    @classmethod
    def of(cls, member: Member) -> Self:
        """The row of a member."""
        return cls(
            id=member.id,
            organisation=member.organisation,
            country=member.country,
            region=member.region,
            kind=member.kind,
            standing=member.standing,
        )


class DelegateRow(Base):
    """A `people.Delegate`, field by field, and the 16 random bytes that keep the published hash of the name apart."""

    __tablename__ = "roll_delegates"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    member: Mapped[str] = mapped_column(ForeignKey("roll_members.id"))
    voting: Mapped[bool]
    credentials: Mapped[str]
    key: Mapped[str]
    salt: Mapped[bytes]

    @classmethod
    def of(cls, delegate: Delegate, salt: bytes) -> Self:
        """The row of a delegate."""
        return cls(
            number=delegate.number,
            name=delegate.name,
            member=delegate.member,
            voting=delegate.voting,
            credentials=delegate.credentials,
            key=delegate.key,
            salt=salt,
        )


class RegisterRow(Base):
    """A line in the register: canonical JSON of the `votes.RegisterEntry` and of the `votes.Response`.

    A delegate's lines count from 1; there is a second one only after the first paper was spoiled.
    """

    __tablename__ = "roll_register"

    delegate: Mapped[int] = mapped_column(ForeignKey("roll_delegates.number"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]
    response: Mapped[bytes]


class ReplacementRow(Base):
    """Who comes instead of a delegate, by which letter, and the salt of the new name; the last place counts."""

    __tablename__ = "roll_replacements"

    delegate: Mapped[int] = mapped_column(ForeignKey("roll_delegates.number"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    letter: Mapped[str]
    salt: Mapped[bytes]
