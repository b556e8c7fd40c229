"""After the close: trustees' shares and pieces of missing trustees' keys, taken in until totals can be decrypted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ballot.acts.awaited import announced, awaited
from ballot.acts.election import enter, opening_file
from ballot.count import check_share, share_of, tally_box
from ballot.crypto.keys import TrusteeSecret
from ballot.errors import Error, Fault, KeyRefused, Refused
from ballot.journal import Act, acts
from ballot.store.repo import Store
from ballot.store.view import View
from ballot.tables import named_in
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


@dataclass(frozen=True)
class Announcement:
    """Who is to be announced as missing: `names` as the opening spells them, and those of them that are not told yet.

    `told` were announced before; `spare` are as many as can ever be; of `others` the shares are not there either.
    """

    names: tuple[str, ...]
    fresh: tuple[str, ...]
    told: tuple[str, ...]
    spare: int
    others: tuple[str, ...]


def announcement(view: View, given: Sequence[str]) -> Announcement:
    """What announcing these names means.

    Raises WrongPhase, and Refused for a name that is no trustee's, one whose share is there, and more trustees than
    the election can spare.
    """
    view.require(Phase.CLOSED, "saying which trustees are missing")
    opening = opening_file(view).signed.opening
    told = tuple(announced(view))
    names = tuple(dict.fromkeys(opening.trustee_names[number_of(opening, name) - 1] for name in given))
    shared = {owned.owner for owned in view.shares()}
    for name in names:
        if number_of(opening, name) in shared:
            raise Refused(f"the share of {name} is there, so {name} is not missing")
    spare = len(opening.trustee_names) - opening.need
    fresh = tuple(name for name in names if name not in told)
    if len(told) + len(fresh) > spare:
        raise Refused(
            f"{len(told) + len(fresh)} trustees cannot be missing: {opening.need} of {len(opening.trustee_names)} "
            f"are needed, so at most {spare} can be spared",
            _used_up(told) if told else "Find the others; nobody can count without them.",
        )
    every = enumerate(opening.trustee_names, start=1)
    others = tuple(name for owner, name in every if owner not in shared and name not in (*names, *told))
    return Announcement(names, fresh, told, spare, others)


def announce_missing(store: Store, names: Sequence[str], now: datetime) -> None:
    """Say who is missing at the count, before anybody stands in; saying it again changes nothing, and nothing is ever
    taken back.

    Raises as `announcement` does.
    """
    with store.write() as unit:
        for name in announcement(unit, names).fresh:
            enter(unit, Act.MISSING, presence.missing(name), now)


def _used_up(told: Sequence[str]) -> str:
    """Why nobody takes the place of those who were announced, and what to do."""
    return (
        f"Announced: {', '.join(told)}. That is never taken back, even where the trustee came, for pieces of that key "
        "may have been given already. Find the others; nobody can count without them."
    )


def receive(store: Store, given: Sequence[tuple[str, Given]], now: datetime) -> Received:
    """Take in shares and pieces, each with a name for faults; a wrong one is named and stops no others.

    Shares first, for only those who gave their own can give pieces.
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
        for file, one in sorted(given, key=lambda named: isinstance(named[1], Piece)):
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
        if name in {details["missing"] for details in acts(unit.journal(), Act.STOOD_IN)}:
            raise Refused(
                f"others have stood in for {name} already",
                "This share is not needed any more, for the count has it. The key becomes public with the record.",
            )
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
    if holder not in {details["trustee"] for details in acts(unit.journal(), Act.SHARED)}:
        made = piece.holder in {owned.owner for owned in unit.shares()}
        raise Refused(
            f"{holder} has not given a share, and only those who did can stand in for {missing}",
            f"Others have stood in for {holder} already: somebody else must give a piece."
            if made
            else f"First the share of {holder}: `ballot trustee share KEY`; then this piece again.",
        )
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
    """A trustee's number from 1, however the name is spelled. Raises Refused for a name that is no trustee's."""
    proper = named_in(opening.trustee_names, name)
    if not proper:
        raise Refused(f"{name} is no trustee of this election", f"They are: {', '.join(opening.trustee_names)}.")
    return opening.trustee_names.index(proper) + 1


def require_announced(view: View, name: str) -> None:
    """Raise Refused unless a trustee, named as in the opening, was announced as missing and did not come after all."""
    opening, told = opening_file(view).signed.opening, announced(view)
    if number_of(opening, name) in {owned.owner for owned in view.shares()}:
        raise Refused(f"the share of {name} is there already, so no piece of that key is needed", THERE)
    if name in told:
        return
    if told and len(told) >= len(opening.trustee_names) - opening.need:
        raise Refused(f"{name} was not announced as missing, and cannot be any more", _used_up(told))
    raise Refused(
        f"nobody has announced that {name} is missing",
        f"Announce it first, to all trustees at once: `ballot trustees missing {word(name)}`.",
    )


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
