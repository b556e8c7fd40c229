"""The journal: what an entry holds, and every place where a chain or the particulars of an act are broken."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec import structs

from ballot import statements
from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.journal import PERMITTED, PERMITTED_TWICE, Act, Entry, SignedEntry, acts, check_journal, record_act
from ballot.votes import Phase
from ballot.wire import encode
from tests.play import NOON, fair

DESK = signing.generate()
PUBLIC = signing.public_hex(DESK)
WHOLE = (
    Act.CREATED,
    Act.INVITED,
    Act.STOPPED,
    Act.TRUSTEE_ADDED,
    Act.REHEARSED,
    Act.OPENED,
    Act.ENVELOPES_PRINTED,
    Act.REPLACED,
    Act.ISSUED,
    Act.SPOILED,
    Act.RETURNED,
    Act.CLOSED,
    Act.RETURNED,
    Act.SHARED,
    Act.MISSING,
    Act.PIECE,
    Act.STOOD_IN,
    Act.COUNTED,
    Act.LOTS_ANNOUNCED,
    Act.LOT_COMMITTED,
    Act.LOT_REVEALED,
    Act.LOT_REFUSED,
    Act.DICE_ROLLED,
    Act.LOTS_DRAWN,
    Act.DECLARED,
    Act.PUBLISHED,
)


def journal_of(*done: Act, at: datetime = NOON) -> tuple[SignedEntry, ...]:
    journal: tuple[SignedEntry, ...] = ()
    for act in done:
        journal = (*journal, record_act(journal, act, {"act": act}, at, DESK))
    return journal


def resigned(entry: Entry) -> SignedEntry:
    return SignedEntry(entry, signing.sign(DESK, "journal", encode(entry)))


# Writing


def test_an_entry_names_the_one_before_it() -> None:
    first, second = journal_of(Act.CREATED, Act.TRUSTEE_ADDED)
    assert (first.entry.height, first.entry.parent) == (0, "")
    assert (second.entry.height, second.entry.parent) == (1, first.digest)
    signing.verify(PUBLIC, second.signature, "journal", encode(second.entry))


def test_a_time_is_cut_to_the_minute_in_utc() -> None:
    noon = datetime(2026, 5, 1, 23, 59, 59, 999_999, timezone(timedelta(hours=-5, minutes=-30)))
    (entry,) = journal_of(Act.CREATED, at=noon)
    assert entry.entry.at == "2026-05-02T05:29Z"


def test_a_clock_set_back_does_not_make_the_journal_contradict_itself() -> None:
    journal = journal_of(Act.CREATED)
    later = record_act(journal, Act.TRUSTEE_ADDED, {}, NOON - timedelta(hours=3), DESK)
    assert later.entry.at == journal[0].entry.at
    assert check_journal((*journal, later), PUBLIC) == Phase.DRAFT


def test_particulars_are_kept_as_they_are_and_sorted_by_name() -> None:
    details = {"note": "", "name": "ARROZ & 'Çay' \u202e"}
    entry = record_act((), Act.CREATED, details, NOON, DESK)
    details["name"] = "changed afterwards"
    assert list(entry.entry.details.items()) == [("name", "ARROZ & 'Çay' \u202e"), ("note", "")]
    assert acts((entry,), Act.CREATED) == [entry.entry.details]
    assert acts((entry,), Act.OPENED) == []


# The chain


def test_a_whole_election_is_a_permitted_order() -> None:
    reached = [check_journal(journal_of(*WHOLE[:end]), PUBLIC) for end in range(1, len(WHOLE) + 1)]
    assert list(dict.fromkeys(reached)) == list(Phase)
    assert set(WHOLE) == set(Act) == {Act.CREATED, *PERMITTED, *PERMITTED_TWICE}


@pytest.mark.parametrize("act", list(Act))
def test_an_act_is_permitted_in_its_phase_and_in_no_other(act: Act) -> None:
    ways = {
        Phase.DRAFT: WHOLE[:1],
        Phase.OPEN: (Act.CREATED, Act.OPENED),
        Phase.CLOSED: (Act.CREATED, Act.OPENED, Act.CLOSED),
        Phase.COUNTED: (Act.CREATED, Act.OPENED, Act.CLOSED, Act.COUNTED),
        Phase.DECLARED: (Act.CREATED, Act.OPENED, Act.CLOSED, Act.COUNTED, Act.DECLARED),
    }
    for phase, way in ways.items():
        journal = journal_of(*way, act)
        if act in PERMITTED and PERMITTED[act][0] == phase:
            assert check_journal(journal, PUBLIC) == PERMITTED[act][1]
        elif phase in PERMITTED_TWICE.get(act, ()):
            assert check_journal(journal, PUBLIC) == phase
        else:
            with pytest.raises(Invalid, match="this act is not permitted at this point"):
                check_journal(journal, PUBLIC)


def test_an_empty_journal_is_refused() -> None:
    with pytest.raises(Invalid, match="the journal is empty"):
        check_journal((), PUBLIC)


@pytest.mark.parametrize("act", [act for act in Act if act != Act.CREATED])
def test_a_journal_begins_with_the_creation(act: Act) -> None:
    with pytest.raises(Invalid, match=rf"journal entry 0 \({act}\): this act is not permitted"):
        check_journal(journal_of(act), PUBLIC)


BROKEN: dict[str, Callable[[list[SignedEntry]], list[SignedEntry]]] = {
    "an entry left out": lambda chain: [chain[0], *chain[2:]],
    "the first left out": lambda chain: chain[1:],
    "an entry twice": lambda chain: [*chain[:2], *chain[1:]],
    "two entries exchanged": lambda chain: [chain[0], chain[2], chain[1], *chain[3:]],
    "another parent": lambda chain: [
        chain[0],
        resigned(structs.replace(chain[1].entry, parent="0" * 64)),
        *chain[2:],
    ],
    "another height": lambda chain: [chain[0], resigned(structs.replace(chain[1].entry, height=7)), *chain[2:]],
    "another height at the end": lambda chain: [*chain[:-1], resigned(structs.replace(chain[-1].entry, height=0))],
    "an entry altered and signed": lambda chain: [
        chain[0],
        resigned(structs.replace(chain[1].entry, details={})),
        *chain[2:],
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_chain_is_refused_with(name: str) -> None:
    chain = BROKEN[name](list(journal_of(*WHOLE)))
    with pytest.raises(Invalid, match="it does not follow the entry before it"):
        check_journal(chain, PUBLIC)


@pytest.mark.parametrize("field", ["at", "act", "details"])
def test_an_entry_altered_without_the_key_is_refused(field: str) -> None:
    *chain, last = journal_of(Act.CREATED, Act.TRUSTEE_ADDED)
    values = {"at": "2026-05-01T12:01Z", "act": Act.OPENED, "details": {"act": "x"}}
    altered = SignedEntry(structs.replace(last.entry, **{field: values[field]}), last.signature)
    with pytest.raises(Invalid, match="signature"):
        check_journal((*chain, altered), PUBLIC)


def test_entries_signed_by_another_key_are_refused() -> None:
    with pytest.raises(Invalid, match=r"journal entry 0 \(created\): .*signature"):
        check_journal(journal_of(Act.CREATED), signing.public_hex(signing.generate()))
    for signature in ("", "00" * 64):
        (entry,) = journal_of(Act.CREATED)
        with pytest.raises(Invalid, match="signature"):
            check_journal((structs.replace(entry, signature=signature),), PUBLIC)


@pytest.mark.parametrize(
    "minute",
    [
        "",
        "noon",
        "2026-05-01",
        "2026-05-01T12:00",
        "2026-05-01T12:00:00Z",
        "2026-05-01t12:00z",
        "2026-13-01T12:00Z",
        "2026-02-30T12:00Z",
        "2026-05-01T24:00Z",
        "2026-5-1T12:00Z",
        "2026-05-01T12:00+00:00",
        " 2026-05-01T12:00Z",
        "0001-01-01T00:00Z",
        "0999-12-31T23:59Z",
    ],
)
def test_a_time_that_is_no_minute_in_utc_is_refused(minute: str) -> None:
    first = resigned(Entry(0, "", minute, Act.CREATED, {}))
    with pytest.raises(Invalid, match="its time is not a minute in UTC"):
        check_journal((first,), PUBLIC)


def test_a_time_before_that_of_the_entry_before_is_refused() -> None:
    (first,) = journal_of(Act.CREATED)
    second = resigned(Entry(1, first.digest, "2026-05-01T11:59Z", Act.TRUSTEE_ADDED, {}))
    with pytest.raises(Invalid, match="is before that of the entry before it"):
        check_journal((first, second), PUBLIC)


def test_the_same_act_in_a_second_spelling_is_refused() -> None:
    (first,) = journal_of(Act.CREATED)
    turned = resigned(structs.replace(first.entry, details={"name": "Assembly", "desk": "00"}))
    with pytest.raises(Invalid, match=r"journal entry 0 \(created\): its particulars are not in the order"):
        check_journal((turned,), PUBLIC)


@pytest.mark.parametrize("act", ["", "bribed", "Created", "created ", "CREATED"])
def test_an_act_that_nobody_knows_is_refused(act: str) -> None:
    (first,) = journal_of(Act.CREATED)
    for entry in (Entry(0, "", first.entry.at, act, {}), Entry(1, first.digest, first.entry.at, act, {})):
        chain = (first, resigned(entry))[-1 if entry.height == 0 else 0 :]
        with pytest.raises(Invalid, match="this act is not permitted at this point"):
            check_journal(chain, PUBLIC)


# Particulars


@pytest.mark.parametrize("times", [0, 2])
def test_an_act_that_happens_once_is_wanted_once(times: int) -> None:
    journal = journal_of(*(Act.CLOSED,) * times)
    for ask in (statements.only, statements.minute_of):
        with pytest.raises(Invalid, match=f"the journal has {times} entries 'closed', and one is wanted"):
            ask(journal, Act.CLOSED)
    with pytest.raises(Invalid, match=f"{times} entries 'closed'"):
        statements.read_closing(journal)
    with pytest.raises(Invalid, match=f"{times} entries 'closed'"):
        statements.timestamp_of(journal)


def test_the_closing_in_the_journal_is_read_back() -> None:
    ballots = [sealed.ballot for sealed in fair().sealed]
    assert statements.read_closing(fair().contents.journal) == statements.closing_of(fair().opening, ballots)
    with pytest.raises(Invalid, match="the closing statement"):
        statements.read_closing(journal_of(Act.CLOSED))


def test_the_timestamp_is_the_minute_of_the_close() -> None:
    closed = datetime(2026, 5, 1, 12, 8, tzinfo=UTC)
    assert statements.minute_of(fair().contents.journal, Act.CLOSED) == "2026-05-01T12:08Z"
    assert statements.timestamp_of(fair().contents.journal) == int(closed.timestamp())


@pytest.mark.parametrize("at", ["", "noon", "2026-05-01T12:61Z"])
def test_a_minute_that_is_none_is_no_timestamp(at: str) -> None:
    (closed,) = journal_of(Act.CLOSED)
    altered = structs.replace(closed, entry=structs.replace(closed.entry, at=at))
    with pytest.raises(Invalid, match="the journal does not say in which minute the box was closed"):
        statements.timestamp_of((altered,))


def test_particulars_of_an_issued_paper_name_the_delegate_and_the_entry() -> None:
    first, second = fair().contents.register[:2]
    assert statements.issued(first)["delegate"] == "1"
    assert statements.issued(first)["entry"] != statements.issued(second)["entry"]
    assert statements.issued(first)["entry"] == statements.digest_of(first)


def test_casting_leaves_no_entry() -> None:
    told = [signed.entry for signed in fair().contents.journal]
    assert {entry.act for entry in told} <= set(Act)
    assert not any("cast" in act for act in Act)
    trackers = [sealed.ballot.tracker for sealed in fair().sealed]
    assert not any(tracker in str(entry.details) for tracker in trackers for entry in told)
