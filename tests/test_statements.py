"""Particulars: what each act says, word for word, and what the journal tells of rehearsals and envelopes."""

from collections.abc import Sequence

import pytest

from ballot import statements
from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.journal import Act, SignedEntry, record_act
from ballot.wire import encode, sha256_hex
from tests.forge import Forgery
from tests.play import NOON, fair

Told = tuple[Act, dict[str, str]]

DESK = signing.generate()


def journal_of(*done: Told) -> tuple[SignedEntry, ...]:
    journal: tuple[SignedEntry, ...] = ()
    for act, details in done:
        journal = (*journal, record_act(journal, act, details, NOON, DESK))
    return journal


def test_what_a_withdrawn_paper_was_is_in_the_journal_with_its_signatures() -> None:
    """Whoever has only the journal can tell a published paper from another one on the same credential."""
    paper = fair().contents.papers.cast[0]
    digest = sha256_hex(encode(paper))
    assert statements.spoiled(3, paper) == {"credential": paper.credential, "delegate": "3", "paper": digest}
    assert statements.returned(paper) == {"credential": paper.credential, "paper": digest}


def test_the_opening_is_in_the_journal_and_says_only_then_why_there_was_no_rehearsal() -> None:
    opening = fair().opening
    assert statements.opened(opening) == {"opening": opening.fingerprint}
    assert statements.opened(opening, "no time") == {"opening": opening.fingerprint, "without rehearsal": "no time"}


def test_the_count_and_the_close_are_in_the_journal_with_what_they_counted() -> None:
    totals, closing = Forgery(fair()).totals, statements.read_closing(fair().contents.journal)
    assert statements.counted(totals) == {"ballots": str(totals.ballots), "totals": totals.digest}
    assert (closing.opening, closing.ballots) == (fair().opening.fingerprint, len(fair().sealed))


@pytest.mark.parametrize("act", [Act.INVITED, Act.TRUSTEE_ADDED])
def test_a_rehearsal_does_not_count_for_trustees_who_came_after_it(act: Act) -> None:
    created: Told = (Act.CREATED, {})
    rehearsed: Told = (Act.REHEARSED, {})
    assert statements.rehearsal_of(journal_of(created)) == ""
    assert statements.rehearsal_of(journal_of(created, rehearsed)) == "2026-05-01T12:00Z"
    assert statements.rehearsal_of(journal_of(created, rehearsed, (act, {}))) == ""
    assert statements.rehearsal_of(journal_of(created, (act, {}), rehearsed)) == "2026-05-01T12:00Z"


REHEARSED: Told = (Act.REHEARSED, {})


@pytest.mark.parametrize(
    ("rehearsed", "reason", "said"),
    [
        ((), "", "the election was opened without a rehearsal, and nobody said why"),
        ((REHEARSED,), "no time", "a rehearsal was passed, and a reason is given for having none"),
        ((), "no\ntime", "the reason for having no rehearsal: holds a control character (U+000A)"),
        ((REHEARSED, (Act.TRUSTEE_ADDED, {})), "", "the election was opened without a rehearsal, and nobody said why"),
    ],
)
def test_an_opening_has_a_rehearsal_or_a_reason_for_having_none(
    rehearsed: Sequence[Told], reason: str, said: str
) -> None:
    opened: Told = (Act.OPENED, {"without rehearsal": reason} if reason else {})
    with pytest.raises(Invalid) as caught:
        statements.unrehearsed(journal_of(*rehearsed, opened))
    assert caught.value.message == said


def test_a_rehearsal_needs_no_reason_and_a_reason_no_rehearsal() -> None:
    assert statements.unrehearsed(journal_of(REHEARSED, (Act.OPENED, {}))) == ""
    assert statements.unrehearsed(journal_of((Act.OPENED, {"without rehearsal": "no time"}))) == "no time"


@pytest.mark.parametrize("acts", [[], [(Act.OPENED, {"opening": "1"}), (Act.OPENED, {"opening": "2"})]])
def test_what_happens_once_is_there_once(acts: Sequence[Told]) -> None:
    for ask in (statements.only, statements.minute_of):
        with pytest.raises(Invalid) as caught:
            ask(journal_of(*acts), Act.OPENED)
        assert caught.value.message == f"the journal has {len(acts)} entries 'opened', and one is wanted"


def test_who_was_replaced_is_known_by_number_and_by_the_hashes_of_the_new_names() -> None:
    journal = journal_of(
        *((Act.REPLACED, {"delegate": d, "name_hash": h}) for d, h in (("3", "a"), ("12", "b"), ("3", "c")))
    )
    assert statements.replaced_delegates(journal) == {3, 12}
    assert statements.replaced_names(journal, 3) == ["a", "c"]
    assert statements.replaced_names(journal, 1) == []
    odd = journal_of(*((Act.REPLACED, {"delegate": d}) for d in ("²", "x", "", "1" * 10, "1" * 9)))
    assert statements.replaced_delegates(odd) == {111_111_111}


@pytest.mark.parametrize("counts", [["many", "1"], ["1", "many"], ["-1", "5"], ["1", ""], ["²"], ["9" * 5000]])
def test_envelopes_that_are_not_counted_in_numbers_are_refused(counts: Sequence[str]) -> None:
    journal = journal_of(*((Act.ENVELOPES_PRINTED, {"count": count}) for count in counts))
    with pytest.raises(Invalid, match="does not say how many envelopes were printed"):
        statements.printed_envelopes(journal)


def test_all_envelopes_that_were_printed_count() -> None:
    journal = journal_of(*((Act.ENVELOPES_PRINTED, {"count": count}) for count in ("3", "40", "0")))
    assert statements.printed_envelopes(journal) == 43
