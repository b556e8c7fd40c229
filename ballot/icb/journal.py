"""The journal of the ICB's secretary: signed acts in, a longer chain out; a chain in, Invalid out where it is broken.

Every entry names the SHA-256 of the one before it and is signed with the secretary's Ed25519 key, and with a second
officer's where the charter wants it; the first entry says whose keys those are. Whoever takes over an office signs the
entry that says so, together with the other office. A chain cannot show that its end was cut off: for that there is
the signed tip, which says how long it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ballot.chain import check_place, next_place
from ballot.charter import Charter
from ballot.crypto import signing
from ballot.crypto.signer import PublicSigner, SignerRole
from ballot.crypto.signing import PrivateKey
from ballot.errors import Error, Invalid, KeyRefused, Refused
from ballot.icb.places import Assembly, State
from ballot.icb.seats import replay
from ballot.icb.secretary import Act, Dated, Founded, Signer, SignerChanged, name_of
from ballot.wire import Wire, decode, encode, sha256_hex


class Entry(Wire, frozen=True):
    """One act: its place in the chain, the entry before it, the date from which it holds (YYYY-MM-DD), and the act."""

    height: int
    parent: str
    on: str
    act: Act


class SignedAct(Wire, frozen=True):
    """An entry and the signatures over T("icb-act", its bytes), in hex; `second` is empty where none is wanted."""

    entry: Entry
    secretary: str
    second: str

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, which the next entry names as its parent."""
        return sha256_hex(encode(self))


class Signers(Wire, frozen=True):
    """Whose signatures count: the secretary and the second officer."""

    secretary: Signer
    second: Signer


class Tip(Wire, frozen=True):
    """How long a journal was when it was published, and the digest of its last entry."""

    entries: int
    digest: str


class SignedTip(Wire, frozen=True):
    """A tip with the secretary's signature over T("icb-tip", its bytes), in hex."""

    tip: Tip
    secretary: str


def sign_act(
    charter: Charter, journal: Sequence[SignedAct], dated: Dated, secretary: PrivateKey, second: PrivateKey | None
) -> SignedAct:
    """The next entry of a journal; whether the act is permitted is not checked here (`ballot.icb.seats.perform`).

    Raises Refused, with the article, when the charter wants a second signature and there is no second key; KeyRefused
    for a key that is not the one in force after this act.
    """
    wanted = wants_second(charter, dated.act)
    if wanted and second is None:
        rule = charter.act(name_of(dated.act))
        raise Refused(f"the act {rule.name!r} needs the second officer's signature too ({rule.article})")
    offices = signers_after(signers(journal) if journal else None, dated.act)
    keys = [("secretary", secretary, offices.secretary)]
    keys += [("second officer", second, offices.second)] if second is not None else []
    for role, key, signer in keys:
        _check_key(role, key, signer)
    height, parent = next_place(journal)
    entry = Entry(height, parent, dated.on, dated.act)
    first, *rest = (signing.sign(key, "icb-act", encode(entry)) for _, key, _ in keys)
    return SignedAct(entry, first, rest[0] if rest else "")


def _check_key(role: str, key: PrivateKey, signer: Signer) -> None:
    if signing.public_hex(key) != signer.key:
        raise KeyRefused(
            f"this is not the {role}'s key: {signer.name} signs with another one",
            f"Give the key file of {signer.name}; `ballot acts list` shows who signs since when.",
        )


def check_journal(charter: Charter, journal: Sequence[SignedAct]) -> Signers:
    """Check the chain and every signature. Returns whose signatures count at its end.

    Whether the acts are permitted is not checked here. Raises Invalid naming the first entry at fault.
    """
    offices = None
    for height, signed in enumerate(journal):
        entry = signed.entry
        try:
            check_place(journal, height)
            offices = signers_after(offices, entry.act)
            data = encode(entry)
            signing.verify(offices.secretary.key, signed.secretary, "icb-act", data)
            if signed.second or wants_second(charter, entry.act):
                signing.verify(offices.second.key, signed.second, "icb-act", data)
        except Error as error:
            raise Invalid(f"ICB journal entry {height} ({name_of(entry.act)}): {error.message}") from None
    if offices is None:
        raise Invalid("the ICB journal is empty")
    return offices


def signers(journal: Sequence[SignedAct]) -> Signers:
    """Whose signatures count at the end of a journal. Raises Invalid when it does not begin with the founding."""
    offices = None
    for signed in journal:
        if offices is None or isinstance(signed.entry.act, Founded | SignerChanged):
            offices = signers_after(offices, signed.entry.act)
    if offices is None:
        raise Invalid("the ICB journal is empty")
    return offices


class Signing(NamedTuple):
    """Who signs for an office from an act on; `digest` is that of the key's public part, as its owner was shown it."""

    act: int
    role: SignerRole
    name: str
    digest: str


def signings(journal: Sequence[SignedAct]) -> tuple[Signing, ...]:
    """Everybody whose signatures ever counted, in the order of the acts that say so."""
    found: list[Signing] = []
    for height, signed in enumerate(journal):
        match signed.entry.act:
            case Founded() as act:
                found += [_signing(height, "secretary", act.secretary), _signing(height, "second", act.second)]
            case SignerChanged() as act:
                found.append(_signing(height, act.role, act.signer))
    return tuple(found)


def _signing(act: int, role: SignerRole, signer: Signer) -> Signing:
    return Signing(act, role, signer.name, sha256_hex(encode(PublicSigner(role, signer.name, signer.key))))


def signers_after(before: Signers | None, act: Act) -> Signers:
    """Whose signatures count from this act on, itself included.

    Raises Invalid when the first act is not the founding or a later one is, and when one key holds both offices.
    """
    if isinstance(act, Founded) != (before is None):
        raise Invalid("a journal begins with the founding, and has no other")
    match act, before:
        case Founded(), _:
            after = Signers(act.secretary, act.second)
        case SignerChanged(role="secretary"), Signers():
            after = Signers(act.signer, before.second)
        case SignerChanged(), Signers():
            after = Signers(before.secretary, act.signer)
        case _, Signers():
            return before
    if after.secretary.key == after.second.key:
        raise Invalid("the secretary and the second officer need keys of their own")
    return after


def wants_second(charter: Charter, act: Act) -> bool:
    """Whether an act needs the second officer's signature too.

    An act that says whose signatures count always does: otherwise one stolen key could take over the journal.
    """
    return isinstance(act, Founded | SignerChanged) or charter.act(name_of(act)).second_signature


def dated_acts(journal: Sequence[SignedAct]) -> list[Dated]:
    """The acts of a journal with their dates, in order."""
    return [Dated(signed.entry.on, signed.entry.act) for signed in journal]


def state_of(charter: Charter, assembly: Assembly, journal: Sequence[SignedAct]) -> State:
    """The state that a journal leads to, everything checked: chain, signatures, and that every act was permitted.

    Raises Invalid for a journal that is broken, and Refused for an act that is not permitted.
    """
    check_journal(charter, journal)
    return replay(charter, assembly, dated_acts(journal))


def read_journal(data: bytes) -> tuple[SignedAct, ...]:
    """Read a journal from canonical JSON. Raises Invalid for another form; nothing else is checked."""
    return decode(data, tuple[SignedAct, ...], "the ICB journal")


def sign_tip(journal: Sequence[SignedAct], secretary: PrivateKey) -> SignedTip:
    """The signed tip of a journal. Raises Invalid when the journal is empty, KeyRefused for a key not in force."""
    tip, signer = _tip(journal), signers(journal).secretary
    _check_key("secretary", secretary, signer)
    return SignedTip(tip, signing.sign(secretary, "icb-tip", encode(tip)))


def check_tip(journal: Sequence[SignedAct], signed: SignedTip) -> None:
    """Check that a journal ends where its secretary said. Raises Invalid for a journal that is cut or longer."""
    signing.verify(signers(journal).secretary.key, signed.secretary, "icb-tip", encode(signed.tip))
    if _tip(journal) != signed.tip:
        raise Invalid(f"the ICB journal has {len(journal)} entries and does not end as its secretary signed")


def _tip(journal: Sequence[SignedAct]) -> Tip:
    if not journal:
        raise Invalid("the ICB journal is empty")
    return Tip(len(journal), journal[-1].digest)
