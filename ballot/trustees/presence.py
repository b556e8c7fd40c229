"""Who took part in the count: what the journal says of the trustees, written and checked in one place.

In: trustees, their ceremony, shares and backups. Out: particulars of acts; or Invalid where a journal says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry, acts
from ballot.statements import digest_of
from ballot.tables import name_key
from ballot.trustees.messages import Backup, Ceremony, Piece, Transcript
from ballot.trustees.transcript import Complaint
from ballot.votes import TrusteeShare

StoodIn = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of missing trustees, each with the names of those who stood in."""


def invited(ceremony: Ceremony) -> dict[str, str]:
    """Particulars of inviting trustees to a ceremony."""
    return {"ceremony": ceremony.id, "need": str(ceremony.need), "trustees": str(len(ceremony.names))}


def stopped(ceremony: Ceremony, complaint: Complaint) -> dict[str, str]:
    """Particulars of a ceremony that a complaint has stopped: whose piece for whom, and which of the two is wrong."""
    told = {"dealer": complaint.dealer, "holder": complaint.holder, "at fault": complaint.at_fault}
    return {"ceremony": ceremony.id, **told}


def rehearsed(report: str, ballots: int, dropped: str, tie: str) -> dict[str, str]:
    """Particulars of a rehearsal: digest of its report, ballots cast, and what was stood in for and drawn by lot."""
    return {"ballots": str(ballots), "lots": tie, "report": report, "stood in for": dropped}


def shared(names: Sequence[str], share: TrusteeShare) -> dict[str, str]:
    """Particulars of a trustee's own share."""
    return {"share": digest_of(share), "trustee": _name(names, share.owner)}


def missing(name: str) -> dict[str, str]:
    """Particulars of announcing that a trustee is missing."""
    return {"trustee": name}


def given(names: Sequence[str], piece: Piece) -> dict[str, str]:
    """Particulars of a piece of a missing trustee's key."""
    return {"holder": _name(names, piece.holder), "missing": _name(names, piece.missing)}


def stood_in(names: Sequence[str], share: TrusteeShare) -> dict[str, str]:
    """Particulars of the share that was made for a missing trustee."""
    return {"missing": _name(names, share.owner), "share": digest_of(share)}


def who_stood_in(names: Sequence[str], backups: Sequence[Backup]) -> StoodIn:
    """For whom the backups of a record stood in, and who did, by name."""
    return tuple(
        (_name(names, backup.missing), tuple(_name(names, piece.holder) for piece in backup.pieces))
        for backup in backups
    )


def check_presence(
    journal: Sequence[SignedEntry],
    names: Sequence[str],
    need: int,
    held: Sequence[Transcript],
    shares: Sequence[TrusteeShare],
    backups: Sequence[Backup],
) -> None:
    """Check that the journal tells of the same ceremony, the same shares, and the same standing in, step by step.

    `need` is how many trustees are needed. Fewer pieces than that, for a trustee who came after all, stand in the
    journal only. Raises Invalid.
    """
    if acts(journal, Act.INVITED)[-1:] != [invited(transcript.ceremony) for transcript in held]:
        raise Invalid("the journal tells of another ceremony of the trustees")
    _check_ceremonies(journal)
    absent = {backup.missing for backup in backups}
    for act, said in (
        (Act.SHARED, [shared(names, share) for share in shares if share.owner not in absent]),
        (Act.STOOD_IN, [stood_in(names, share) for share in shares if share.owner in absent]),
    ):
        if _sorted(acts(journal, act)) != _sorted(said):
            raise Invalid("the shares according to the journal are not those of the record")
    followed = _Presence(names, need)
    for signed in journal:
        try:
            followed.step(signed.entry.act, signed.entry.details)
        except Invalid as error:
            raise Invalid(f"journal entry {signed.entry.height} ({signed.entry.act}): {error.message}") from None
    for backup in backups:
        name = _name(names, backup.missing)
        if followed.pieces.pop(name, set()) != {_name(names, piece.holder) for piece in backup.pieces}:
            raise Invalid(f"the pieces of the key of {name} are not those in the journal")
    for name, holders in followed.pieces.items():
        if len(holders) >= need:
            raise Invalid(f"{len(holders)} pieces of the key of {name} were received, and nobody stood in with them")


def _check_ceremonies(journal: Sequence[SignedEntry]) -> None:
    """Check that no ceremony was invited to twice, and that each could be stopped by the complaints told of it.

    Its names are in no record, only how many they are. Raises Invalid naming the entry.
    """
    seen: set[str] = set()
    size = need = 0
    named: set[str] = set()
    for entry in (signed.entry for signed in journal if signed.entry.act in (Act.INVITED, Act.STOPPED)):
        told, where = entry.details, f"journal entry {entry.height} ({entry.act})"
        if entry.act == Act.INVITED:
            if told["ceremony"] in seen:
                raise Invalid(f"{where}: the trustees were invited to this ceremony before")
            seen.add(told["ceremony"])
            size, need, named = int(told["trustees"]), int(told["need"]), set()
            continue
        pair = {name_key(told["holder"]), name_key(told["dealer"])}
        named |= pair
        if len(pair) == 1:
            raise Invalid(f"{where}: nobody deals to themselves, so {told['holder']} cannot complain of it")
        if need >= size or len(named) > size:
            raise Invalid(f"{where}: no such pieces were dealt among {size} trustees of whom {need} are needed")


@dataclass
class _Presence:
    """Who was announced as missing, gave their own shares, or has a share there, and who gave pieces of whose key."""

    names: Sequence[str]
    need: int
    told: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    pieces: dict[str, set[str]] = field(default_factory=dict)

    def step(self, act: str, details: Mapping[str, str]) -> None:
        """Take one act. Raises Invalid where it could open more than the missing trustees' keys, or says it twice."""
        if act == Act.SHARED:
            self.present.add(details["trustee"])
            self.there.add(details["trustee"])
        elif act == Act.STOOD_IN:
            self.there.add(details["missing"])
            if len(self.pieces.get(details["missing"], ())) != self.need:
                raise Invalid(f"{self.need} pieces make the share of a missing trustee")
        elif act == Act.MISSING:
            self._announce(details)
        elif act == Act.PIECE:
            self._give(details)

    def _announce(self, details: Mapping[str, str]) -> None:
        name = details.get("trustee", "")
        if details != missing(name) or name not in self.names or name in self.told | self.there:
            raise Invalid("it does not name a trustee whose share is not there, for the first time")
        self.told.add(name)
        if len(self.told) > len(self.names) - self.need:
            raise Invalid(f"{len(self.told)} trustees cannot be missing: {self.need} of {len(self.names)} are needed")

    def _give(self, details: Mapping[str, str]) -> None:
        holder, absent = details.get("holder", ""), details.get("missing", "")
        if details != {"holder": holder, "missing": absent} or holder not in self.names or holder == absent:
            raise Invalid("it does not name two trustees")
        if absent not in self.told or absent in self.there:
            raise Invalid(f"{absent} was not announced as missing, or came after all")
        if holder not in self.present:
            # Who is missing cannot stand in: else fewer than are needed could be there.
            raise Invalid(f"{holder} gave a piece before their own share")
        if holder in self.pieces.setdefault(absent, set()):
            raise Invalid(f"{holder} gave this piece twice")
        self.pieces[absent].add(holder)


def _name(names: Sequence[str], number: int) -> str:
    return names[number - 1] if 1 <= number <= len(names) else f"trustee {number}"


def _sorted(details: Sequence[Mapping[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(one.items()) for one in details)
