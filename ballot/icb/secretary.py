"""What the ICB's secretary can record: the acts with their particulars, what is wrong with their form, what they say.

Whether an act is permitted is the business of `ballot.icb.seats`. Every document that an act stands on is named by its
reference in the files and by the SHA-256 of the file. The name of an act is also its name in the charter.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from ballot.errors import Invalid
from ballot.tables import shown, text_problem
from ballot.wire import Wire, decode, encode

OFFICE = "office:"
"""What an office is called among places: this and its name, as in `office:Chairperson`."""

ROLE = {"secretary": "secretary", "second": "second officer"}
"""What the two who sign acts are called in sentences."""

_DIGESTS = frozenset({"sha256", "record", "opening", "charter", "key"})


class Document(Wire, frozen=True):
    """A paper: its reference in the files, and the SHA-256 of the file in hex."""

    reference: str
    sha256: str


class Signer(Wire, frozen=True):
    """Somebody who signs acts: a name, and the Ed25519 public key in hex."""

    name: str
    key: str


class Organisation(Wire, frozen=True):
    """A member as the ICB needs it; `kind` and `standing` are the charter's."""

    id: str
    name: str
    region: str
    kind: str
    standing: str


class Founded(Wire, frozen=True, tag_field="act", tag="founded"):
    """The ICB is seated: Ω, the SHA-256 of the Assembly's record and charter, and who signs acts from now on."""

    opening: str
    record: str
    charter: str
    secretary: Signer
    second: Signer


class Designated(Wire, frozen=True, tag_field="act", tag="designated"):
    """A region or a caucus sends its first member; `member` is the id of the person's organisation."""

    seat: str
    person: str
    member: str
    letter: Document


class VacancyDeclared(Wire, frozen=True, tag_field="act", tag="vacancy declared"):
    """A seat, or an office as `office:NAME`, is vacant, on the communication of the member or the organisation."""

    place: str
    cause: Literal["illness", "resignation", "other"]
    source: Literal["member", "organisation"]
    communication: Document


class VacancyFilled(Wire, frozen=True, tag_field="act", tag="vacancy filled"):
    """A vacant seat is filled; `letter` is the region's designation, or the alternate's acceptance."""

    seat: str
    person: str
    member: str
    letter: Document


class AlternateDeclined(Wire, frozen=True, tag_field="act", tag="alternate declined"):
    """The alternate who comes next declines this vacant seat."""

    seat: str
    person: str
    letter: Document


class ProxyAppointed(Wire, frozen=True, tag_field="act", tag="proxy appointed"):
    """Whoever holds the seat names a proxy; `member` is the id of the proxy's organisation."""

    seat: str
    person: str
    member: str
    letter: Document


class ProxyEnded(Wire, frozen=True, tag_field="act", tag="proxy ended"):
    """The proxy for a seat ends."""

    seat: str
    letter: Document


class OfficerElected(Wire, frozen=True, tag_field="act", tag="officer elected"):
    """An officer is elected: Ω and SHA-256 of that election's record, members present, minutes of the meeting."""

    office: str
    person: str
    opening: str
    record: str
    present: int
    meeting: Document


class MemberAdmitted(Wire, frozen=True, tag_field="act", tag="member admitted"):
    """The ICB admits a member."""

    organisation: Organisation
    decision: Document


class MembershipChanged(Wire, frozen=True, tag_field="act", tag="membership changed"):
    """The ICB acts on a member's letter or case, and the member has another standing."""

    member: str
    standing: str
    letter: Document
    decision: Document


class SignerChanged(Wire, frozen=True, tag_field="act", tag="signer changed"):
    """Another secretary, or second officer, signs this act and those after it."""

    role: Literal["secretary", "second"]
    signer: Signer
    decision: Document


class Corrected(Wire, frozen=True, tag_field="act", tag="corrected"):
    """The act of this number was recorded in error; `wrong` says what was wrong with it."""

    number: int
    wrong: str


class Closed(Wire, frozen=True, tag_field="act", tag="closed"):
    """The succeeding Assembly has ended; `assembly` names its record or minutes."""

    assembly: Document


Act = (
    Founded
    | Designated
    | VacancyDeclared
    | VacancyFilled
    | AlternateDeclined
    | ProxyAppointed
    | ProxyEnded
    | OfficerElected
    | MemberAdmitted
    | MembershipChanged
    | SignerChanged
    | Corrected
    | Closed
)


class Dated(Wire, frozen=True):
    """An act and the date from which it holds, as YYYY-MM-DD."""

    on: str
    act: Act


def name_of(act: Act) -> str:
    """The name of an act, as in the charter."""
    return str(act.__struct_config__.tag)


def papers_of(act: Act) -> tuple[tuple[str, Document], ...]:
    """The papers that an act stands on, each with what it is there: letter, communication, decision and so on."""
    values = ((field, getattr(act, field)) for field in act.__struct_fields__)
    return tuple((field, value) for field, value in values if isinstance(value, Document))


def is_date(text: str) -> bool:
    """Whether this is a date of the calendar as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def form_faults(dated: Dated) -> list[str]:
    """All that is wrong with the form of an act, in plain words; empty when nothing is."""
    faults = [] if is_date(dated.on) else [f"{shown(dated.on)} is not a date as YYYY-MM-DD"]
    try:
        decode(encode(dated), Dated, "the act")
    except (Invalid, UnicodeEncodeError) as error:
        faults.append(str(error))
    return faults + list(_text_faults(dated.act, ""))


def _text_faults(value: Wire, path: str) -> Iterator[str]:
    for field in value.__struct_fields__:
        item, name = getattr(value, field), f"{path}{field}"
        if isinstance(item, Wire):
            yield from _text_faults(item, f"{name}.")
        elif isinstance(item, str):
            if field in _DIGESTS:
                problem = "" if re.fullmatch("[0-9a-f]{64}", item) else "is not 64 lower-case hex digits"
            else:
                # An office can have as long a name as any other, and has to be named when it falls vacant.
                text = item.removeprefix(OFFICE) if field == "place" else item
                problem = text_problem(text) or ("" if text else "is empty")
            if problem:
                yield f"{name}: {problem}"


def sentence(act: Act) -> str:
    """What an act says, as a plain sentence without its date."""
    match act:
        case Founded():
            both = " and ".join(
                f"{signer.name} as the {ROLE[role]}"
                for role, signer in (("secretary", act.secretary), ("second", act.second))
            )
            return f"The ICB is seated from the Assembly's record {act.record[:16]}…; acts are signed by {both}."
        case Designated():
            return f"{act.person} ({act.member}) is designated for {act.seat}{_by(act.letter)}."
        case VacancyDeclared():
            why = " for another reason" if act.cause == "other" else f": {act.cause}"
            return f"{act.place} is vacant{why}, communicated by the {act.source}{_by(act.communication)}."
        case VacancyFilled():
            return f"{act.person} ({act.member}) fills {act.seat}{_by(act.letter)}."
        case AlternateDeclined():
            return f"{act.person} declines {act.seat}{_by(act.letter)}."
        case ProxyAppointed():
            return f"{act.person} ({act.member}) is the proxy for {act.seat}{_by(act.letter)}."
        case ProxyEnded():
            return f"The proxy for {act.seat} ends{_by(act.letter)}."
        case OfficerElected():
            return f"{act.person} is elected {act.office}, {act.present} members present{_by(act.meeting)}."
        case MemberAdmitted():
            return f"{act.organisation.name} ({act.organisation.id}) is admitted{_by(act.decision)}."
        case MembershipChanged():
            return f"The standing of {act.member} is now: {act.standing}{_by(act.decision)}."
        case SignerChanged():
            return f"{act.signer.name} signs as the {ROLE[act.role]} from now on{_by(act.decision)}."
        case Corrected():
            return f"Act {act.number} was recorded in error: {act.wrong.rstrip('.')}."
        case Closed():
            return f"The succeeding Assembly has ended, and every term with it{_by(act.assembly)}."


def _by(document: Document) -> str:
    return f" (document {document.reference})"
