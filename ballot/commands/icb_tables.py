"""The ICB on the screen: in, its state and its journal; out, the tables and JSON that its commands share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ballot.commands.render import Cell, Listing, Part, Table, Tone, Toned, Whole

if TYPE_CHECKING:
    from ballot.acts.seats import Standing
    from ballot.icb.journal import SignedAct, Signing
    from ballot.icb.places import Office, Place, State


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
    return Table(title, ("Act", "Date", "Says", "Article", "SHA-256"), rows)


def fingerprint_table(now: "Standing") -> Table:
    """The fingerprints that people compare, in hex and in words: the openings, which were read aloud, and every act."""
    from ballot.crypto.words import fingerprint_line
    from ballot.icb.secretary import OfficerElected

    digests = [("Opening", now.state.assembly.opening)]
    elected = [(step.number, step.act) for step in now.state.steps if isinstance(step.act, OfficerElected)]
    digests += [(f"Opening of the election of act {number}", act.opening) for number, act in elected]
    digests += [(f"Act {height}", signed.digest) for height, signed in enumerate(now.journal)]
    rows = tuple((of, digest, fingerprint_line(digest)) for of, digest in digests)
    return Table("Fingerprints", ("Of", "SHA-256", "In words"), rows)


def signers_table(journal: "Sequence[SignedAct]") -> Table:
    """Who signs since when, with the words that `ballot keys new` showed, and who signed the act that says so."""
    from ballot.commands.keyfiles import OFFICE
    from ballot.crypto.words import fingerprint_line
    from ballot.icb.journal import signings

    rows = tuple(
        (f"act {one.act}, {one.on}", OFFICE[one.role], one.name, fingerprint_line(one.digest), _signed_by(one))
        for one in signings(journal)
    )
    return Table("Who signs", ("From", "Office", "Name", "Key, in words", "Signed by"), rows)


def changes_of_signers(journal: "Sequence[SignedAct]") -> "list[tuple[str, ...]]":
    """Every change of a signer after the founding: act, day, office, new name, and who signed it."""
    from ballot.commands.keyfiles import OFFICE
    from ballot.icb.journal import signings

    return [(str(one.act), one.on, OFFICE[one.role], one.name, _signed_by(one)) for one in signings(journal) if one.act]


def _signed_by(one: "Signing") -> str:
    secretary, second = one.signed_by
    if not one.act:
        return "both"
    other = f"{second}, second officer" if one.role == "secretary" else f"{secretary}, secretary"
    return f"the new key, and {other}"
