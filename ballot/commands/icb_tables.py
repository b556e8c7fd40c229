"""The ICB on the screen: in, its state and its journal; out, the tables and JSON that its commands share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ballot.aloud import numbered
from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, Whole

if TYPE_CHECKING:
    from ballot.acts.seats import Standing
    from ballot.icb.journal import SignedAct, Signing
    from ballot.icb.places import Office, Place, State
    from ballot.icb.secretary import Act


_PAPERS = {"decision": "minutes", "meeting": "minutes", "assembly": "next Assembly"}
"""What papers are called that are called otherwise in the journal."""


def seats_value(state: "State") -> dict[str, object]:
    """What `seats show` prints as JSON."""
    return {
        "declared": state.assembly.declared,
        "acts": len(state.steps),
        "closed": state.closed,
        "places": state.places,
        "offices": state.offices,
        "voters": state.voters(),
        "alternates": [place.person for place in state.alternates()],
    }


def seats_parts(state: "State") -> list[Part]:
    """The tables of all places and offices, the regular ICB first."""
    waiting = [place for place in state.places if state.kind(place).origin == "alternates"]
    regular = [place for place in state.places if place not in waiting]
    held = sum(bool(place.person) for place in regular)
    entries = (
        ("Regular ICB", f"{held} of {len(regular)} places held, {len(state.voters())} vote"),
        ("Alternates", f"{len(state.alternates())} of {len(waiting)} places held"),
        ("Assembly", f"declared {state.assembly.declared}, opening {state.assembly.opening}"),
        ("Acts", len(state.steps)),
        *((("Ended", state.closed),) if state.closed else ()),
    )
    parts: list[Part] = [
        place_table("Regular ICB", state, regular),
        place_table("Alternates", state, waiting),
        *([office_table(state.offices)] if state.offices else []),
    ]
    return [*parts, Listing("", entries)]


def place_table(title: str, state: "State", places: "Sequence[Place]") -> Table:
    """Places with who holds them, since when, by which act and under which article."""
    names = {organisation.id: organisation.name for organisation in state.organisations}
    rows = tuple(
        (Whole(place.label), _holder(place, names), place.since, place.act, Whole(place.article)) for place in places
    )
    return Table(title, ("Seat", "Who", "Since", "Act", "Article"), rows)


def office_table(offices: "Sequence[Office]") -> Table:
    """Offices with who holds them."""
    rows = tuple(
        (office.name, office.person or Toned("vacant", Tone.WARN), office.since, office.act, office.article)
        for office in offices
    )
    return Table("Offices", ("Office", "Who", "Since", "Act", "Article"), rows)


def _holder(place: "Place", names: Mapping[str, str]) -> Cell:
    if not place.person:
        return Toned("vacant", Tone.WARN)
    proxy = f" (proxy: {place.proxy.person})" if place.proxy else ""
    return f"{place.person}{proxy}, of {names[place.member]}"


def acts_value(now: "Standing") -> list[dict[str, object]]:
    """All acts in order, as JSON."""
    from ballot.icb.secretary import name_of, sentence

    return [
        {
            "act": step.number,
            "name": name_of(step.act),
            "on": step.on,
            "sentence": sentence(step.act),
            "article": step.article,
            "corrected_by": step.corrected_by,
            "digest": signed.digest,
            "papers": papers_value(step.act),
        }
        for step, signed in zip(now.state.steps, now.journal, strict=True)
    ]


def acts_table(title: str, now: "Standing") -> Table:
    """All acts in order, corrected ones marked, with the beginnings of their fingerprints."""
    from ballot.icb.secretary import sentence

    rows = tuple(
        (
            step.number,
            step.on,
            sentence(step.act) + (f" Corrected by act {step.corrected_by}." if step.corrected_by else ""),
            step.article,
            signed.digest[:16] + "…",
        )
        for step, signed in zip(now.state.steps, now.journal, strict=True)
    )
    return Table(title, ("Act", "Date", "Says", "Article", "Act's SHA-256"), rows)


def papers_value(act: "Act") -> list[dict[str, str]]:
    """The papers that an act stands on, as JSON."""
    from ballot.icb.secretary import papers_of

    return [{"paper": what, "reference": paper.reference, "sha256": paper.sha256} for what, paper in papers_of(act)]


def papers_of_act(act: "Act") -> list[tuple[str, str]]:
    """The SHA-256 of every paper that an act stands on, with a label."""
    from ballot.icb.secretary import papers_of

    return [(f"SHA-256 of the {_PAPERS.get(what, what)}", paper.sha256) for what, paper in papers_of(act)]


def papers_table(state: "State") -> Table:
    """The papers that acts stand on, by what they are called, with the SHA-256 that whoever wrote one compares."""
    from ballot.icb.secretary import papers_of

    rows = tuple(
        (step.number, _PAPERS.get(what, what), paper.reference, paper.sha256)
        for step in state.steps
        for what, paper in papers_of(step.act)
    )
    return Table("Papers that acts stand on", ("Act", "Paper", "Called", "SHA-256 of the file"), rows)


def fingerprint_table(now: "Standing") -> Table:
    """The fingerprints that people compare, in hex and in words: the openings, which were read aloud, and every act."""
    from ballot.crypto.words import fingerprint_line
    from ballot.icb.secretary import OfficerElected

    digests = [("Opening", now.state.assembly.opening)]
    elected = [(step.number, step.act) for step in now.state.steps if isinstance(step.act, OfficerElected)]
    digests += [(f"Opening of the election of act {number}", act.opening) for number, act in elected]
    digests += [(f"Act {height}", signed.digest) for height, signed in enumerate(now.journal)]
    rows = tuple((of, digest, numbered(fingerprint_line(digest))) for of, digest in digests)
    return Table("Fingerprints", ("Of", "SHA-256", "In words"), rows)


def signers_table(journal: "Sequence[SignedAct]") -> Table:
    """Who signs since when, with the words that `ballot keys new` showed, and who signed the act that says so."""
    from ballot.commands.keyfiles import OFFICE
    from ballot.crypto.words import fingerprint_line
    from ballot.icb.journal import signings

    rows = tuple(
        (
            f"act {one.act}, {one.on}",
            OFFICE[one.role],
            one.name,
            numbered(fingerprint_line(one.digest)),
            _signed_by(one),
        )
        for one in signings(journal)
    )
    return Table("Who signs", ("From", "Office", "Name", "Key, in words", "Signed by"), rows)


def changes_of_signers(journal: "Sequence[SignedAct]") -> "list[tuple[str, ...]]":
    """Every change of a signer after the founding: act, day, who signs as what, and who signed it."""
    from ballot.commands.keyfiles import OFFICE
    from ballot.icb.journal import signings

    return [
        (str(one.act), one.on, _signs(one), OFFICE[one.role], _signed_by(one)) for one in signings(journal) if one.act
    ]


def _signs(one: "Signing") -> str:
    """Who signs now, told apart from somebody who just has another key than before."""
    from ballot.icb.places import same_name

    return f"{one.name} signs with a new key" if same_name(one.name, one.before) else f"{one.name} signs"


def _signed_by(one: "Signing") -> str:
    secretary, second = one.signed_by
    if not one.act:
        return "both"
    other = f"{second}, second officer" if one.role == "secretary" else f"{secretary}, secretary"
    return f"the new key, and {other}"
