"""Checks 5, 9 and 16 broken over envelopes, spoiled papers and replaced delegates by somebody who has every key."""

from collections.abc import Callable
from functools import cache

import pytest
from msgspec import structs

from ballot import statements
from ballot.crypto.keys import DelegateKey, new_delegate
from ballot.crypto.paper import sign_request
from ballot.journal import Act, Entry
from ballot.papers import BY_KEY, envelope_request, register
from ballot.register import Papers, RegisterEntry, Way
from ballot.request import ask
from ballot.votes import Paper
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import Played, Staging, play, small_roll

LAST = 7
"""The delegate whose paper was not cast."""


@cache
def roomy() -> Played:
    """Papers of delegates 1, 3, 5 and 7, of which three were cast, and four voting delegates who have none."""
    return play(staging=Staging(roll=small_roll(8)))


def spare() -> Paper:
    return roomy().papers[3].paper


def entry_for(delegate: int, instead_of: str = "") -> RegisterEntry:
    """A fresh entry of the register."""
    request, _ = ask(roomy().opening, roomy().election, delegate)
    entry = register(roomy().roll, roomy().opening, request, Way.DESK, "desk")
    return structs.replace(entry, instead_of=instead_of)


def told(entries: list[RegisterEntry], *acts: tuple[Act, dict[str, str]], spoiled: tuple[Paper, ...] = ()) -> Forgery:
    """The roomy election with this register; between opening and close the journal tells these acts and no others."""
    forged = Forgery(roomy())
    forged.change(register=tuple(sorted(entries, key=lambda entry: entry.request.delegate)))
    forged.change(papers=Papers(forged.contents.papers.cast, spoiled, ()))
    kept, place = [entry for entry in forged.entries if entry.act != Act.ISSUED], forged.place(Act.OPENED) + 1
    forged.rechain([*kept[:place], *(Entry(0, "", kept[place - 1].at, *act) for act in acts), *kept[place:]])
    forged.redeclare()
    return forged


def issued(entry: RegisterEntry) -> tuple[Act, dict[str, str]]:
    return Act.ISSUED, statements.issued(entry)


def spoiled(delegate: int) -> tuple[Act, dict[str, str]]:
    return Act.SPOILED, statements.spoiled(delegate, spare())


def printed(count: int) -> tuple[Act, dict[str, str]]:
    return Act.ENVELOPES_PRINTED, statements.envelopes_printed(count, b"a booth's file")


def replaced(delegate: int) -> tuple[Act, dict[str, str]]:
    return Act.REPLACED, statements.replaced(delegate, "00" * 32, "letter 2")


def four() -> list[RegisterEntry]:
    return list(roomy().contents.register)


# Envelopes


def drawn() -> list[RegisterEntry]:
    """The register in which the last delegate drew an envelope."""
    request = envelope_request(roomy().opening, LAST)
    return [*four()[:3], RegisterEntry(request, "desk", Way.ENVELOPE, "")]


def test_an_envelope_that_was_printed_and_drawn_is_believed() -> None:
    assert faults(told(drawn(), printed(2), *map(issued, drawn())).record()) == {}


def test_an_envelope_drawn_when_there_is_one_for_everybody_is_believed() -> None:
    """The papers in use are then as many as may be: drawing one of them makes no more."""
    acts = (*map(issued, drawn()[:3]), printed(5), issued(drawn()[3]))
    assert faults(told(drawn(), *acts).record()) == {}


@pytest.mark.parametrize("acts", [(), (printed(1),)], ids=["none", "later"])
def test_check_16_catches_an_envelope_drawn_before_it_was_printed(acts: tuple[tuple[Act, dict[str, str]], ...]) -> None:
    forged = told(drawn(), *map(issued, drawn()), *acts)
    caught_first_at(16 if acts else 9, "envelopes", forged)
    assert "all envelopes are handed out or returned" in faults(forged.record())[16]


@pytest.mark.parametrize("field", ["head", "seal", "signature"])
def test_check_5_catches_an_envelope_that_can_be_traced(field: str) -> None:
    *others, last = drawn()
    traced = structs.replace(last, request=structs.replace(last.request, **{field: "00" * 384}))
    forged = told([*others, traced], printed(1), *map(issued, [*others, traced]))
    caught_at(5, "an envelope, says more than who drew one", forged)


def test_check_5_catches_a_paper_without_a_request_that_is_no_envelope() -> None:
    *others, last = drawn()
    bare = structs.replace(last, way=Way.DESK)
    caught_at(5, "the request of delegate 7 for the head", told([*others, bare], *map(issued, [*others, bare])))


# Spoiled papers


def second(instead_of: str | None = None) -> RegisterEntry:
    return entry_for(LAST, spare().credential if instead_of is None else instead_of)


def test_a_paper_instead_of_a_spoiled_one_is_believed() -> None:
    again = second()
    acts = (*map(issued, four()), spoiled(LAST), issued(again))
    assert faults(told([*four(), again], *acts, spoiled=(spare(),)).record()) == {}


def with_one_returned() -> Forgery:
    forged = Forgery(roomy())
    forged.hand_in(forged.contents.papers.cast, returned=(spare(),))
    return forged


def test_check_16_catches_a_returned_paper_that_is_not_the_one_published() -> None:
    assert faults(with_one_returned().record()) == {}
    said = statements.returned(spare())
    for details in (said | {"paper": "0" * 64}, said | {"credential": "0" * 64}, said | {"by": "the head"}):
        forged = with_one_returned()
        forged.amend(Act.RETURNED, details)
        caught_at(16, "the papers returned according to the journal are not those published", forged)


def test_check_16_catches_a_spoiled_paper_published_twice() -> None:
    found = faults(told(four(), *map(issued, four()), spoiled(LAST), spoiled=(spare(), spare())).record())
    assert found[16] == "the papers spoiled according to the journal are not those published"


def test_check_5_catches_a_second_paper_though_the_first_was_not_spoiled() -> None:
    again = second()
    caught_first_at(5, "twice without surrendering", told([*four(), again], *map(issued, [*four(), again])))


def test_check_5_catches_two_papers_instead_of_one_spoiled() -> None:
    more = [second(), second()]
    acts = (*map(issued, four()), spoiled(LAST), *map(issued, more))
    caught_first_at(5, "twice without surrendering", told([*four(), *more], *acts, spoiled=(spare(),)))


def test_check_5_catches_one_spoiled_paper_replaced_for_two_delegates() -> None:
    more = [second(), entry_for(5, spare().credential)]
    acts = (*map(issued, four()), spoiled(LAST), *map(issued, more))
    caught_first_at(5, "twice without surrendering", told([*four(), *more], *acts, spoiled=(spare(),)))


@pytest.mark.parametrize("instead_of", ["", "00"])
def test_check_5_catches_a_second_paper_that_names_no_spoiled_one(instead_of: str) -> None:
    again = second(instead_of)
    acts = (*map(issued, four()), spoiled(LAST), issued(again))
    caught_first_at(5, "twice without surrendering", told([*four(), again], *acts, spoiled=(spare(),)))


def test_check_5_catches_a_first_paper_that_claims_to_replace_one() -> None:
    fresh = entry_for(9, spare().credential)
    acts = (*map(issued, four()), spoiled(LAST), issued(fresh))
    caught_first_at(5, "delegate 9 stands in the register twice", told([*four(), fresh], *acts, spoiled=(spare(),)))


def test_check_5_catches_one_request_entered_for_two_delegates() -> None:
    copied = structs.replace(four()[0], request=structs.replace(four()[0].request, delegate=9))
    caught_at(
        5,
        "two entries of the register are for the same paper",
        told([*four(), copied], *map(issued, [*four(), copied])),
    )


Acts = Callable[[RegisterEntry], tuple[tuple[Act, dict[str, str]], ...]]
STORIES: dict[str, tuple[Acts, str]] = {
    "a paper surrendered by somebody else": (
        lambda again: (*map(issued, four()), spoiled(5), issued(again)),
        "delegate 7 already has a paper",
    ),
    "the new paper before the old was surrendered": (
        lambda again: (*map(issued, four()), issued(again), spoiled(LAST)),
        "delegate 7 already has a paper",
    ),
    "a paper surrendered before it was issued": (
        lambda again: (spoiled(LAST), *map(issued, [*four(), again])),
        "delegate 7 has no paper that could be spoiled",
    ),
    "a paper surrendered twice": (
        lambda again: (*map(issued, four()), spoiled(LAST), issued(again), spoiled(LAST)),
        "this paper was spoiled already",
    ),
    "another paper surrendered": (
        lambda again: (
            *map(issued, four()),
            (Act.SPOILED, {**statements.spoiled(LAST, spare()), "paper": "00" * 32}),
            issued(again),
        ),
        "the particulars of 'spoiled' are not those of the record",
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_check_16_catches(name: str) -> None:
    acts, telling = STORIES[name]
    again = second()
    caught_at(16, telling, told([*four(), again], *acts(again), spoiled=(spare(),)))


@pytest.mark.parametrize("published", [(), (0,)], ids=["published", "told"])
def test_check_16_catches_a_spoiled_paper_that_is_only(published: tuple[int, ...]) -> None:
    acts = (*map(issued, four()), *(spoiled(LAST) for _ in published))
    caught_at(16, "spoiled according to the journal", told(four(), *acts, spoiled=() if published else (spare(),)))


@pytest.mark.parametrize(
    "number", ["", "ten", "07", "-7", "7.0", "²", "٧", "1" * 10, "1" * 5000], ids=lambda text: ascii(text[:11])
)
def test_check_16_catches_a_paper_surrendered_by_no_number(number: str) -> None:
    said = statements.spoiled(LAST, spare()) | {"delegate": number}
    forged = told(four(), *map(issued, four()), (Act.SPOILED, said), spoiled=(spare(),))
    caught_at(16, "delegate is not a plain number", forged)


# Replaced delegates


def test_a_delegate_replaced_before_a_paper_was_issued_is_believed() -> None:
    assert faults(told(four(), replaced(LAST), *map(issued, four())).record()) == {}


def test_check_16_catches_a_delegate_replaced_after_a_paper_was_issued() -> None:
    caught_at(16, "a paper was issued to delegate 7", told(four(), *map(issued, four()), replaced(LAST)))


# Delegates' keys


@cache
def keyed() -> tuple[Played, DelegateKey]:
    """An election in which delegate 7 has a key on the roll, and the key."""
    key, roll = new_delegate("Delegate 4-0"), small_roll(8)
    delegates = [structs.replace(one, key=key.public.key if one.number == LAST else "") for one in roll.delegates]
    return play(staging=Staging(roll=structs.replace(roll, delegates=tuple(delegates)))), key


def asked_by_file(*acts: tuple[Act, dict[str, str]], signed: bool) -> Forgery:
    """Delegate 7 sent a request, signed with the key or attested by the desk; before, the journal tells these acts."""
    played, key = keyed()
    *others, last = played.contents.register
    request = sign_request(last.request, key.ed25519) if signed else last.request
    forged = Forgery(played)
    forged.reregister([*others, RegisterEntry(request, BY_KEY if signed else "desk", Way.REQUEST, "")])
    for act in acts:
        forged.insert(forged.place(Act.OPENED) + 1, *act)
    return forged


def test_a_request_is_believed_with_the_key_or_without_it_once_another_person_comes() -> None:
    for forged in (asked_by_file(signed=True), asked_by_file(replaced(LAST), signed=False)):
        assert faults(forged.record()) == {}


def test_check_5_catches_a_request_that_the_delegate_did_not_sign() -> None:
    caught_at(5, "delegate 7 has a key on the roll, and the request is not signed", asked_by_file(signed=False))


def test_check_5_catches_somebody_who_was_replaced_and_still_asks_with_the_key() -> None:
    telling = "the request of delegate 7 is signed, and the roll has no key to check it with"
    caught_at(5, telling, asked_by_file(replaced(LAST), signed=True))


def test_check_5_catches_a_request_without_the_key_because_somebody_else_was_replaced() -> None:
    caught_at(5, "and the request is not signed", asked_by_file(replaced(9), signed=False))
