"""The certificate of a seat: the ICB's state and its journal in, the plain text that a member shows out.

It says who holds the seat, under which article, by which acts and which vote, and gives the fingerprints by which
anybody can find the same in the published record. The text depends on nothing else.
"""

from collections.abc import Sequence

from ballot.clauses import Part
from ballot.coordination import BODY
from ballot.crypto.words import fingerprint_groups
from ballot.declaration import RULE, wrapped
from ballot.errors import Refused
from ballot.icb.journal import SignedAct, dated_acts, signings
from ballot.icb.places import Office, Place, State, same_name
from ballot.icb.seats import history
from ballot.icb.secretary import Dated, sentence
from ballot.ranking import Ranking

_MARGIN = " " * 14
_CHECK = (
    "Whoever has the ICB's published record can check this paper: `ballot verify` tells whether the record is true, "
    "and `ballot show` shows the same seat, and the same fingerprints in words."
)


def certificate(state: State, seat: str, journal: Sequence[SignedAct]) -> str:
    """The certificate of whoever holds a seat, lines of at most 76 characters, each ending in a line feed.

    `journal` is the one that led to the state. Raises Refused when the seat is vacant, unknown, or the journal is
    another.
    """
    if dated_acts(journal) != [Dated(step.on, step.act) for step in state.steps] or not journal:
        raise Refused("the certificate needs the journal that led to this state, from the founding on")
    place = state.place(seat)
    if not place.person:
        raise Refused(f"{seat} is vacant since {place.since}, so there is nothing to certify ({place.article})")
    lines = [
        RULE,
        "CERTIFICATE OF A SEAT",
        f"International Coordinating Body ({state.charter.body(BODY).article})",
        RULE,
        "",
        *_who(state, place),
        "",
        *_vote(state, place),
        *_acts(state, place),
        "",
        *_fingerprints(state, place, journal),
    ]
    return "\n".join(lines) + "\n"


def _heading(text: str) -> list[str]:
    return [text, "-" * len(text)]


def _who(state: State, place: Place) -> list[str]:
    kind, organisation = state.kind(place), state.organisation(place.member)
    lines = [
        *_entry("Name", place.person),
        *_entry("Organisation", organisation.name),
        *_entry("Region", organisation.region),
        *_entry("Seat", place.seat),
        *_entry("Since", f"{place.since}, by act {place.act} of the secretary's journal"),
        *_entry("Article", place.article),
    ]
    for part in _articles(state, place):
        lines += wrapped(f"{_MARGIN}{part.text} ({part.article})", len(_MARGIN))
    lines += _entry("Votes", "yes" if kind.votes else "no")
    for office in _offices(state, place):
        lines += _entry("Office", f"{office.name}, since {office.since}, by act {office.act} ({office.article})")
    if place.proxy:
        lines += _entry("Proxy", f"{place.proxy.person}, since {place.proxy.since} ({place.proxy.article})")
    term = state.charter.articles("provisions.term")[0]
    return [*lines, *_entry("Term", f"{term.text} ({term.article})")]


def _offices(state: State, place: Place) -> list[Office]:
    return [office for office in state.offices if office.person and same_name(office.person, place.person)]


def _entry(label: str, text: str) -> list[str]:
    return wrapped(f"{label + ':':<{len(_MARGIN)}}{text}", len(_MARGIN))


def _articles(state: State, place: Place) -> list[Part]:
    """What the charter says of the seat, and of filling it where it was vacant before."""
    kind = state.kind(place)
    rules = [rule for rule in state.charter.vacancies if rule.name == kind.vacancy]
    return [kind, *(rule for rule in rules if rule.article == place.article)]


def _by_vote(state: State, place: Place) -> bool:
    """Whether the Assembly's vote put the holder into this place, and not a letter."""
    kind = state.kind(place)
    if kind.origin in ("regular", "alternates"):
        return True
    rules = [rule for rule in state.charter.vacancies if rule.name == kind.vacancy and rule.by == "alternate"]
    return any(rule.article == place.article for rule in rules)


def _vote(state: State, place: Place) -> list[str]:
    if not _by_vote(state, place):
        return []
    for contest, ranking in zip(state.assembly.contests, state.assembly.rankings, strict=True):
        for candidate in contest.candidates:
            elected = candidate.number in (*ranking.regular, *ranking.alternates)
            if elected and same_name(candidate.name, place.person) and candidate.member == place.member:
                rule = state.charter.rule(contest.rule)
                return [
                    *_heading("The vote"),
                    *wrapped(f"Assembly, declared {state.assembly.declared}: {contest.question} ({rule.article})"),
                    *wrapped(
                        f"No. {candidate.number}  {candidate.name}: {ranking.totals[candidate.number]} votes, "
                        f"elected as {_elected_as(ranking, candidate.number)}."
                    ),
                    *_lots(ranking, candidate.number),
                    "",
                ]
    return []


def _elected_as(ranking: Ranking, number: int) -> str:
    if number in ranking.regular:
        return f"number {ranking.regular.index(number) + 1} of the regular members"
    return f"number {ranking.alternates.index(number) + 1} of the alternates"


def _lots(ranking: Ranking, number: int) -> list[str]:
    lines = []
    for tie in ranking.ties:
        if number in tie.order:
            order = ", ".join(f"No. {candidate}" for candidate in tie.order)
            lines += wrapped(f"Places {tie.places} were tied; lots drawn in public put them in the order {order}.")
    return lines


def _acts(state: State, place: Place) -> list[str]:
    on_seat = {step.number for step, _ in history(state, place.seat)}
    on_offices = {office.act for office in _offices(state, place)}
    lines = _heading("The acts on this seat, and on the office" if on_offices else "The acts on this seat")
    for step in [step for step in state.steps if step.number in {0} | on_seat | on_offices]:
        margin = " " * len(head := f"{step.number:>4}  {step.on}  ")
        first, *others = wrapped(f"{margin}{sentence(step.act)}", len(margin))
        lines += [head + first.lstrip(" "), *others, f"{margin}({step.article})"]
    return lines


def _fingerprints(state: State, place: Place, journal: Sequence[SignedAct]) -> list[str]:
    secretary = [one for one in signings(journal) if one.role == "secretary"][-1]
    lines = _heading("Fingerprints, to be read aloud and compared")
    for title, digest in (
        (f"Act {place.act} of the journal", journal[place.act].digest),
        (f"Last act of the journal when this was written, act {len(journal) - 1}", journal[-1].digest),
        ("Opening statement of the Assembly's election", state.assembly.opening),
        (f"Key of {secretary.name}, secretary", secretary.digest),
    ):
        lines += [f"{title}:", *(f"  {line}" for line in (digest, *fingerprint_groups(digest)))]
    return [*lines, "", *wrapped(_CHECK, 0)]
