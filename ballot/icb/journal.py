"""The journal of the ICB's secretary: signed acts in, a longer chain out; a chain in, Invalid out where it is broken.

Every entry names the SHA-256 of the one before it and is signed with the secretary's Ed25519 key, and with a second
officer's where the charter wants it; the first entry says whose keys those are. Whoever takes over an office signs the
entry that says so, together with the other office. A chain cannot show that its end was cut off: for that there is
the signed tip, which says how long it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ballot.aloud import numbered
from ballot.chain import check_place, next_place
from ballot.charter import Charter
from ballot.crypto import signing
from ballot.crypto.signer import PublicSigner, SignerRole
from ballot.crypto.signing import PrivateKey
from ballot.crypto.words import fingerprint_line
from ballot.errors import Error, Invalid, KeyRefused, Refused
from ballot.icb.places import Assembly, State, same_name
from ballot.icb.seats import replay
from ballot.icb.secretary import ROLE, Act, Dated, Founded, Signer, SignerChanged, name_of
from ballot.icb.signers import Signers, signers_after, signers_of
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
    keys = [secretary] if second is None else [secretary, second]
    check_keys(charter, journal, dated.act, *(Signer("", signing.public_hex(key)) for key in keys))
    height, parent = next_place(journal)
    entry = Entry(height, parent, dated.on, dated.act)
    first, *rest = (signing.sign(key, "icb-act", encode(entry)) for key in keys)
    return SignedAct(entry, first, rest[0] if rest else "")


def check_keys(
    charter: Charter, journal: Sequence[SignedAct], act: Act, secretary: Signer, second: Signer | None = None
) -> None:
    """Check that keys can sign an act; the name of a key is empty where it is not known. Raises as `sign_act`."""
    if not second and wants_second(charter, act):
        rule = charter.act(name_of(act))
        raise Refused(f"the act {rule.name!r} needs the second officer's signature too ({rule.article})")
    offices = signers_after(signers(journal) if journal else None, act)
    _check_key("secretary", secretary, offices.secretary)
    if second:
        _check_key("second", second, offices.second)


def check_secretary(journal: Sequence[SignedAct], secretary: Signer) -> None:
    """Check that this is the secretary's key in force at the end of a journal. Raises as `sign_tip` does."""
    _check_key("secretary", secretary, signers(journal).secretary)


def _check_key(role: SignerRole, given: Signer, wanted: Signer) -> None:
    if given.key == wanted.key:
        return
    if given.name and same_name(given.name, wanted.name):
        has, needs = (numbered(fingerprint_line(_digest(role, signer))) for signer in (given, wanted))
        raise KeyRefused(
            f"this is another key of {wanted.name} than the one that signs; its words are: {has}",
            f"`ballot acts list` shows who signs since when. Give the key file of these words: {needs}",
        )
    raise KeyRefused(
        f"this is not the {ROLE[role]}'s key: {wanted.name} signs with another one",
        f"Give the key file of {wanted.name}; `ballot acts list` shows who signs since when.",
    )


def _digest(role: SignerRole, signer: Signer) -> str:
    """The digest of a key's public part, as `ballot keys new` shows it in words."""
    return sha256_hex(encode(PublicSigner(role, signer.name, signer.key)))


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
    return signers_of(signed.entry.act for signed in journal)


class Signing(NamedTuple):
    """Who signs for an office from an act on, its day, and the names of the two who signed that act, secretary first.

    `digest` is that of the key's public part, as its owner was shown it; `before` is who signed until then, or empty.
    """

    act: int
    on: str
    role: SignerRole
    name: str
    digest: str
    signed_by: tuple[str, str]
    before: str


def signings(journal: Sequence[SignedAct]) -> tuple[Signing, ...]:
    """Everybody whose signatures ever counted, in the order of the acts that say so."""
    found: list[Signing] = []
    offices = None
    for height, signed in enumerate(journal):
        act = signed.entry.act
        if not isinstance(act, Founded | SignerChanged):
            continue
        offices = signers_after(offices, act)
        new: list[tuple[SignerRole, Signer]] = [("secretary", offices.secretary), ("second", offices.second)]
        for role, signer in new:
            if isinstance(act, Founded) or act.role == role:
                both = offices.secretary.name, offices.second.name
                before = next((one.name for one in reversed(found) if one.role == role), "")
                found.append(Signing(height, signed.entry.on, role, signer.name, _digest(role, signer), both, before))
    return tuple(found)


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
    _check_key("secretary", Signer("", signing.public_hex(secretary)), signer)
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
