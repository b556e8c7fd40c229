"""After the close: trustees' shares and pieces of missing trustees' keys, taken in until totals can be decrypted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ballot.acts.election import enter, opening_file
from ballot.count import check_share, share_of, tally_box
from ballot.crypto.keys import TrusteeSecret
from ballot.errors import Error, Fault, KeyRefused, Refused
from ballot.journal import Act, acts
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.trustees import presence
from ballot.trustees.boxfile import BoxFile, closed_entry
from ballot.trustees.messages import Backup, Piece
from ballot.trustees.standin import check_piece, second_box, stand_in
from ballot.typed import word
from ballot.votes import Ciphertexts, Opening, Phase, TrusteeShare

if TYPE_CHECKING:
    from ballot.store.unit import Unit

Given = TrusteeShare | Piece
"""What a trustee gives for the count: the share of their own key, or a piece of a missing trustee's key."""

THERE = "Nothing needs to be done about it; `ballot status` shows what is awaited."
"""What to do about a share or piece that came before."""


@dataclass(frozen=True)
class Received:
    """What came in: names of those whose shares are now there by themselves or by others, faults, and what is awaited.

    `pieces` names the holder and the key of each piece that came in; `awaited` holds a sentence for each trustee whose
    share is still missing.
    """

    shared: tuple[str, ...]
    pieces: tuple[str, ...]
    stood_in: tuple[str, ...]
    faults: tuple[Fault, ...]
    awaited: tuple[str, ...]


def box_file(view: View) -> BoxFile:
    """The closed box, for trustees' own machines. Raises WrongPhase before the close."""
    if view.phase() in (Phase.DRAFT, Phase.OPEN):
        view.require(Phase.CLOSED, "handing out the closed box")
    held = view.transcript()
    ceremony = () if held is None else (held,)
    return BoxFile(opening_file(view), ceremony, closed_entry(view.journal()), view.ballots())


def own_share(box: BoxFile, key: TrusteeSecret) -> tuple[TrusteeSecret, TrusteeShare]:
    """The share of a trustee who held no ceremony, and the key that remembers the box; keep it before giving the share.

    Raises KeyRefused for a key that is none of this election; Refused for a box with two ballots on a paper, and for a
    second box: the difference of two boxes of one election would be single ballots.
    """
    opening = box.opening
    owners = [owner for owner, public in enumerate(opening.trustees, start=1) if public == key.public.key]
    if not owners:
        raise KeyRefused(f"the key of {key.public.name} is not a key of this election", "Choose another key file.")
    if len({ballot.credential for ballot in box.ballots}) != len(box.ballots):
        raise Refused("a paper was cast twice in this box: a ballot that is counted often can be read from the totals")
    if key.closing not in (None, box.closing):
        raise second_box()
    share = share_of(key.exponent, owners[0], opening.signed.opening, opening.election, box.closing, box.ballots)
    return replace(key, closing=box.closing), share


def announce_missing(store: Store, names: Sequence[str], now: datetime) -> None:
    """Say who is missing at the count, before anybody stands in; saying it again changes nothing.

    Raises WrongPhase, and Refused for a name that is no trustee's, one whose share is there, and more trustees than
    the election can spare.
    """
    with store.write() as unit:
        unit.require(Phase.CLOSED, "saying which trustees are missing")
        opening = opening_file(unit).signed.opening
        told = _announced(unit)
        given = {owned.owner for owned in unit.shares()}
        for name in names:
            if number_of(opening, name) in given:
                raise Refused(f"the share of {name} is there, so {name} is not missing")
        spare = len(opening.trustee_names) - opening.need
        fresh = [name for name in dict.fromkeys(names) if name not in told]
        if len(told) + len(fresh) > spare:
            raise Refused(
                f"{len(told) + len(fresh)} trustees cannot be missing: {opening.need} of {len(opening.trustee_names)} "
                f"are needed, so at most {spare} can be spared",
                "Find the others; nobody can count without them." if not told else f"Told so far: {', '.join(told)}.",
            )
        for name in fresh:
            enter(unit, Act.MISSING, presence.missing(name), now)


def receive(store: Store, given: Sequence[tuple[str, Given]], now: datetime) -> Received:
    """Take in shares and pieces, each with a name for faults; a wrong one is named and stops no others.

    With the last piece that is needed, the missing trustee's share is made. Raises WrongPhase.
    """
    shared: list[str] = []
    pieces: list[str] = []
    stood: list[str] = []
    faults: list[Fault] = []
    with store.write() as unit:
        unit.require(Phase.CLOSED, "taking in trustees' shares")
        box = box_file(unit)
        names = box.opening.signed.opening.trustee_names
        sums = tally_box(box.opening.election, box.ballots)
        for file, one in given:
            try:
                if isinstance(one, TrusteeShare):
                    _share(unit, box, sums, one, now)
                    shared.append(names[one.owner - 1])
                    continue
                complete = _piece(unit, box, one, now)
                pieces.append(f"{names[one.holder - 1]}, of the key of {names[one.missing - 1]}")
                if complete:
                    stood.append(names[one.missing - 1])
            except Error as error:
                faults.append(Fault.of(file, error))
        return Received(tuple(shared), tuple(pieces), tuple(stood), tuple(faults), awaited(unit))


def _share(unit: "Unit", box: BoxFile, sums: Ciphertexts, share: TrusteeShare, now: datetime) -> None:
    names = box.opening.signed.opening.trustee_names
    if not 1 <= share.owner <= len(names):
        raise Refused(f"the share names trustee {share.owner}, but there are {len(names)}")
    name = names[share.owner - 1]
    if share.owner in {owned.owner for owned in unit.shares()}:
        raise Refused(f"the share of {name} is there already", THERE)
    try:
        check_share(box.opening.election, box.opening.trustees, sums, share)
    except Error as error:
        raise Refused(
            f"the share of {name} is wrong: {error.message}",
            "It may be for another box: let the trustee compare number of ballots and words, and give it again.",
        ) from None
    unit.add_share(share)
    enter(unit, Act.SHARED, presence.shared(names, share), now)


def _piece(unit: "Unit", box: BoxFile, piece: Piece, now: datetime) -> bool:
    """Keep a piece; whether it was the last one needed, so that the missing trustee's share is made."""
    opening, election, closing = box.opening.signed.opening, box.opening.election, box.closing
    if not box.ceremony:
        raise Refused("all trustees are needed in this election, so nobody can stand in")
    transcript, names = box.ceremony[0], opening.trustee_names
    check_piece(transcript, closing, piece)
    missing, holder = names[piece.missing - 1], names[piece.holder - 1]
    require_announced(unit, missing)
    pieces = [one for one in unit.pieces() if one.missing == piece.missing]
    if piece.holder in {one.holder for one in pieces}:
        raise Refused(f"{holder} has given this piece already", THERE)
    unit.add_piece(piece)
    enter(unit, Act.PIECE, presence.given(names, piece), now)
    if len(pieces) + 1 < opening.need:
        return False
    stood = stand_in(transcript, closing, piece.missing, [*pieces, piece])
    share = share_of(stood.exponent, piece.missing, opening, election, closing, box.ballots)
    unit.add_share(share)
    enter(unit, Act.STOOD_IN, presence.stood_in(names, share), now)
    return True


def number_of(opening: Opening, name: str) -> int:
    """A trustee's number from 1. Raises Refused for a name that is no trustee's."""
    if name not in opening.trustee_names:
        raise Refused(f"{name} is no trustee of this election", f"They are: {', '.join(opening.trustee_names)}.")
    return opening.trustee_names.index(name) + 1


def require_announced(view: View, name: str) -> None:
    """Raise Refused unless a trustee was announced as missing and did not come after all."""
    if name not in _announced(view):
        raise Refused(
            f"nobody has announced that {name} is missing",
            f"Announce it first, to all trustees at once: `ballot trustees missing {word(name)}`.",
        )
    number = number_of(opening_file(view).signed.opening, name)
    if number in {owned.owner for owned in view.shares()}:
        raise Refused(f"the share of {name} is there already, so no piece of that key is needed", THERE)


def _announced(view: View) -> list[str]:
    return [details["trustee"] for details in acts(view.journal(), Act.MISSING)]


def awaited(view: View) -> tuple[str, ...]:
    """A sentence for every trustee whose share is missing: that it is, or how many more pieces of the key it takes."""
    lacking = _lacking(view)
    return (*lacking.shares, *lacking.pieces)


@dataclass(frozen=True)
class _Lacking:
    """A sentence for every own share and for all pieces of each key that are missing, and how many shares it takes.

    `more` own shares are needed at least; `spare` more trustees can be announced as missing.
    """

    shares: tuple[str, ...]
    pieces: tuple[str, ...]
    more: int
    spare: int

    @property
    def may_be_missing(self) -> bool:
        """Whether somebody whose share has not come could be announced as missing."""
        return bool(self.shares) and self.spare > 0

    @property
    def line(self) -> str:
        """All sentences in one, with what to do when somebody does not come."""
        shares = "; ".join(self.shares)
        if 0 < self.more < len(self.shares):
            shares += " (one of them is enough)" if self.more == 1 else f" ({self.more} of them are enough)"
        missing = '; whoever does not come: ballot trustees missing "NAME"' if self.may_be_missing else ""
        return "; ".join(filter(None, (shares + missing, *self.pieces)))


def _lacking(view: View) -> _Lacking:
    opening = opening_file(view).signed.opening
    given, told = {owned.owner for owned in view.shares()}, _announced(view)
    held = [piece.missing for piece in view.pieces()]
    shares, pieces = [], []
    for number, name in enumerate(opening.trustee_names, start=1):
        if number in given:
            continue
        if name in told:
            more = opening.need - held.count(number)
            plural = "piece" if more == 1 else "pieces"
            pieces.append(f"{more} more {plural} of the key of {name}: ballot trustee stand-in {word(name)} --key KEY")
        else:
            shares.append(f"the share of {name}: ballot trustee share KEY")
    own = len(acts(view.journal(), Act.SHARED))
    spare = len(opening.trustee_names) - opening.need - len(told)
    return _Lacking(tuple(shares), tuple(pieces), max(opening.need - own, 0), spare)


def next_of(view: View) -> str:
    """What a closed box waits for, in plain words; empty when every trustee's share is there."""
    lacking = _lacking(view)
    return f"awaited: {lacking.line}" if lacking.line else ""


def require_shares(view: View) -> None:
    """Raise Refused, saying how many more trustees are needed, unless every trustee's share is there."""
    lacking, opening = _lacking(view), opening_file(view).signed.opening
    if not lacking.line:
        return
    own, more = len(acts(view.journal(), Act.SHARED)), lacking.more
    message = f"{own} of {len(opening.trustee_names)} trustees gave their shares, and {opening.need} are needed"
    if more:
        message = f"{more} more {'trustee is' if more == 1 else 'trustees are'} needed: {message}"
    else:
        message = f"{message}: that is enough, but the share of whoever did not come must be made first"
    hints = []
    if lacking.shares:
        hints.append("Whoever is there gives the share.")
    if lacking.may_be_missing:
        hints.append("Announce who does not come; then those who came stand in.")
    if lacking.pieces:
        hints.append("Those who came stand in, each with their own key.")
    raise Refused(f"{message}; awaited: {lacking.line}", " ".join(hints))


def backups(view: View) -> tuple[Backup, ...]:
    """Who stood in for whom, for the record: the pieces of every trustee for whom the share was made."""
    names = opening_file(view).signed.opening.trustee_names
    made = {details["missing"] for details in acts(view.journal(), Act.STOOD_IN)}
    pieces = view.pieces()
    return tuple(
        Backup(number, tuple(piece for piece in pieces if piece.missing == number))
        for number, name in enumerate(names, start=1)
        if name in made
    )
