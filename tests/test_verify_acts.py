"""Checks 15 and 16 broken one at a time by somebody who has every key and signs all again (see test_verify)."""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot import statements
from ballot.crypto import signing
from ballot.errors import Invalid
from ballot.journal import Act, Entry, check_journal
from ballot.particulars import check_form
from ballot.trustees import presence
from ballot.votes import Signatures
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import UNREHEARSED, Staging, fair, other, play, sign_both, small_roll

# Check 15: declaration


def test_check_15_catches_each_word_of_the_declaration_changed() -> None:
    text = fair().contents.declaration.decode()
    for old, new in (
        ("Candidate 1\n", "Candidate 2\n"),
        ("Test Assembly", "Test Assembly II"),
        ("     2  No. 1", "     3  No. 1"),
        ("Papers issued                       4", "Papers issued                       5"),
        ("(VI §4(a)(b))", "(VI §4(a)(c))"),
        ("Hana Headley", "Hana Headly"),
        ("2026-05-01 12:03 UTC", "2026-05-01 12:04 UTC"),
        ("There was no tie.", "There was a tie."),
    ):
        assert old in text
        forged = Forgery(fair())
        forged.redeclare(text.replace(old, new, 1).encode())
        line = text[: text.index(old)].count("\n") + 1
        caught_at(15, f"does not say what the record says (line {line})", forged)


@pytest.mark.parametrize("tail", [b"\n", b" ", b"P.S. The head is elected by acclamation.\n"])
def test_check_15_catches_words_added_at_the_end(tail: bytes) -> None:
    forged = Forgery(fair())
    forged.redeclare(fair().contents.declaration + tail)
    caught_at(15, "does not say what the record says", forged)


def test_check_15_catches_a_declaration_cut_short() -> None:
    for kept in (0, 1, len(fair().contents.declaration) // 2, -1):
        forged = Forgery(fair())
        forged.redeclare(fair().contents.declaration[:kept])
        caught_at(15, "does not say what the record says", forged)


@pytest.mark.parametrize("signature", ["", "00" * 64, "00"])
def test_check_15_catches_a_declaration_without_a_signature(signature: str) -> None:
    declared = fair().contents.declared
    for signatures in (Signatures(signature, declared.seal), Signatures(declared.head, signature)):
        forged = Forgery(fair())
        forged.change(declared=signatures)
        caught_at(15, "signature", forged)


def test_check_15_catches_the_signatures_of_head_and_seal_swapped() -> None:
    declared = fair().contents.declared
    forged = Forgery(fair())
    forged.change(declared=Signatures(declared.seal, declared.head))
    caught_at(15, "(declaration)", forged)


def test_check_15_catches_signatures_on_the_declaration_of_another_election() -> None:
    keys = fair().keys
    forged = Forgery(fair())
    forged.change(declared=sign_both(keys.head, keys.seal, other().opening, fair().contents.declaration))
    caught_at(15, "(declaration)", forged)


# Check 16: journal


def rechained(change: Callable[[list[Entry]], list[Entry]]) -> Forgery:
    forged = Forgery(fair())
    forged.rechain(change(forged.entries))
    return forged


def test_check_16_catches_an_act_taken_out_of_the_chain() -> None:
    issued = Forgery(fair()).place(Act.ISSUED, 1)
    for place in (0, 1, issued):
        journal = fair().contents.journal
        forged = Forgery(fair())
        forged.change(journal=journal[:place] + journal[place + 1 :])
        caught_at(16, "does not follow the entry before it", forged)


@pytest.mark.parametrize(
    ("act", "telling"),
    [
        (Act.CREATED, "journal entry 0 (trustee added): this act is not permitted at this point"),
        (Act.TRUSTEE_ADDED, "the trustees in the journal are not those of the opening statement"),
        (Act.ISSUED, "the papers handed out according to the journal are not those of the register"),
        (Act.COUNTED, "(declared): this act is not permitted at this point"),
        (Act.DECLARED, "the journal of a record ends with the declaration"),
    ],
)
def test_check_16_catches_an_act_left_out_and_the_chain_made_anew(act: Act, telling: str) -> None:
    place = Forgery(fair()).place(act)
    caught_at(16, telling, rechained(lambda entries: entries[:place] + entries[place + 1 :]))


def test_check_16_catches_a_paper_issued_after_the_close() -> None:
    def late(entries: list[Entry]) -> list[Entry]:
        closed = next(place for place, entry in enumerate(entries) if entry.act == Act.CLOSED)
        moved = entries.pop(closed - 1)
        entries.insert(closed, structs.replace(moved, at=entries[closed - 1].at))
        return entries

    caught_at(16, "(issued): this act is not permitted at this point", rechained(late))


def test_check_16_catches_a_trustee_added_after_the_opening() -> None:
    def late(entries: list[Entry]) -> list[Entry]:
        opened = next(place for place, entry in enumerate(entries) if entry.act == Act.OPENED)
        moved = entries.pop(opened - 1)
        entries.insert(opened, structs.replace(moved, at=entries[opened - 1].at))
        return entries

    caught_at(16, "(trustee added): this act is not permitted at this point", rechained(late))


def test_check_16_catches_two_acts_that_changed_places() -> None:
    journal = list(fair().contents.journal)
    journal[5], journal[6] = journal[6], journal[5]
    forged = Forgery(fair())
    forged.change(journal=tuple(journal))
    caught_at(16, "journal entry 5 (issued): it does not follow the entry before it", forged)


@pytest.mark.parametrize(
    "minute",
    [
        "2026-05-01T11:59Z",
        "2026-05-01T12:61Z",
        "2026-05-01T12:05:30Z",
        "2026-05-01 12:05",
        "noon",
        "",
        "9999-99-99T99:99Z",
    ],
)
def test_check_16_catches_a_time_that_is_back_dated_or_none(minute: str) -> None:
    place = Forgery(fair()).place(Act.ISSUED, 1)

    def dated(entries: list[Entry]) -> list[Entry]:
        entries[place] = structs.replace(entries[place], at=minute)
        return entries

    caught_at(16, f"journal entry {place} (issued): its time", rechained(dated))


def test_check_16_catches_an_act_signed_by_another_key() -> None:
    last = len(fair().contents.journal) - 1
    for place in (0, 4, last):
        for key in (signing.generate(), fair().keys.head.ed25519):
            forged = Forgery(fair())
            forged.rechain(forged.entries, {place: key})
            caught_at(16, f"journal entry {place} (", forged)


def test_check_16_catches_a_journal_of_another_desk() -> None:
    desk = signing.public_hex(signing.generate())
    forged = Forgery(fair())
    forged.amend(Act.CREATED, statements.created("Test Assembly", desk))
    caught_at(16, "another desk's key", forged)


def test_check_16_catches_a_journal_of_another_election() -> None:
    forged = Forgery(fair())
    forged.amend(Act.CREATED, statements.created("The Assembly before", fair().opening.box))
    caught_at(16, "the particulars of 'created' are not those of the record", forged)


def test_check_16_catches_a_trustee_key_exchanged_before_the_opening() -> None:
    forged = Forgery(fair())
    details = dict(forged.entries[forged.place(Act.TRUSTEE_ADDED)].details)
    forged.amend(Act.TRUSTEE_ADDED, {**details, "key": other().election.public_key})
    caught_at(16, "the trustees in the journal are not those of the opening statement", forged)


@pytest.mark.parametrize("act", [Act.OPENED, Act.CLOSED, Act.COUNTED])
def test_check_16_catches_an_act_that_happened_twice(act: Act) -> None:
    def twice(entries: list[Entry]) -> list[Entry]:
        place = next(place for place, entry in enumerate(entries) if entry.act == act)
        return [*entries[: place + 1], entries[place], *entries[place + 1 :]]

    forged = rechained(twice)
    with pytest.raises(Invalid, match="this act is not permitted at this point"):
        check_journal(forged.contents.journal, fair().opening.box)
    caught_first_at(16 if act == Act.COUNTED else 15, "", forged)


def test_check_16_catches_an_issued_paper_that_is_not_in_the_register() -> None:
    forged = Forgery(fair())
    entry = fair().contents.register[0]
    extra = structs.replace(entry, request=structs.replace(entry.request, delegate=9))
    forged.insert(forged.place(Act.CLOSED), Act.ISSUED, statements.issued(extra))
    caught_at(16, "4 papers are in use, and 1 more would be more than the 4 voting delegates", forged)


def test_check_16_catches_a_paper_in_the_journal_for_a_voting_delegate_who_is_not_in_the_register() -> None:
    forged = Forgery(play(outstanding=0, staging=Staging(roll=small_roll(8))))
    entry = forged.contents.register[0]
    extra = structs.replace(entry, request=structs.replace(entry.request, delegate=9))
    forged.insert(forged.place(Act.CLOSED), Act.ISSUED, statements.issued(extra))
    caught_at(16, "the papers handed out according to the journal", forged)


def test_check_16_catches_a_paper_entered_for_another_delegate() -> None:
    forged = Forgery(fair())
    details = forged.entries[forged.place(Act.ISSUED)].details
    forged.amend(Act.ISSUED, {**details, "delegate": "3"})
    caught_at(16, "delegate 3 already has a paper", forged)
    forged.amend(Act.ISSUED, {**details, "delegate": "2"})
    caught_at(16, "the papers handed out according to the journal", forged)
    forged.amend(Act.ISSUED, {**details, "delegate": "01"})
    caught_at(16, "'delegate' is not of the form", forged)


def test_check_16_catches_the_same_paper_issued_twice() -> None:
    forged = Forgery(fair())
    details = forged.entries[forged.place(Act.ISSUED)].details
    place = forged.place(Act.CLOSED)
    forged.insert(place, Act.ISSUED, details)
    caught_at(16, f"journal entry {place} (issued): delegate 1 already has a paper", forged)


def test_check_16_catches_an_act_that_nobody_knows() -> None:
    forged = Forgery(fair())
    forged.insert(forged.place(Act.CLOSED), "box opened", {})
    caught_at(16, "(box opened): this act is not permitted at this point", forged)


def closing_with(**fields: object) -> dict[str, str]:
    return statements.closed(structs.replace(statements.read_closing(fair().contents.journal), **fields))


OTHER_ACTS: dict[str, tuple[Act, Callable[[], dict[str, str]]]] = {
    "another opening": (Act.OPENED, lambda: {"opening": "0" * 64, "without rehearsal": UNREHEARSED}),
    "no opening": (Act.OPENED, lambda: {"without rehearsal": UNREHEARSED}),
    "fewer ballots": (Act.CLOSED, lambda: closing_with(ballots=2)),
    "another box": (Act.CLOSED, lambda: closing_with(box="0" * 64)),
    "the box of another election": (Act.CLOSED, lambda: closing_with(opening="0" * 64)),
    "no box": (Act.CLOSED, dict),
    "other totals": (Act.COUNTED, lambda: {"ballots": "3", "totals": "0" * 64}),
    "one thing more": (Act.COUNTED, lambda: {**statements.counted(Forgery(fair()).totals), "by": "the head alone"}),
    "another declaration": (Act.DECLARED, lambda: {"declaration": "0" * 64}),
}


@pytest.mark.parametrize("name", OTHER_ACTS)
def test_check_16_catches_an_act_about(name: str) -> None:
    act, details = OTHER_ACTS[name]
    forged = Forgery(fair())
    forged.amend(act, details())
    caught_at(16, f"the particulars of '{act}' are not those of the record", forged)


REPLACED = statements.replaced(1, "0" * 64, "letter of 3 May")
PRINTED = {"count": "1", "envelopes": "0" * 64}
REHEARSED = presence.rehearsed("0" * 64, 5, "", "")
STOPPED = {"at fault": "Tomas", "ceremony": "0" * 64, "dealer": "Tomas", "holder": "Tara\u00a0Tallyman"}
ESCAPE = "\n\x1b[2J"


@pytest.mark.parametrize(
    ("before", "act", "details", "said"),
    [
        (Act.ISSUED, Act.REPLACED, {**REPLACED, "delegate": "77"}, "no delegate of this number on the roll"),
        (Act.ISSUED, Act.REPLACED, {**REPLACED, "letter": ""}, "'letter'"),
        (Act.ISSUED, Act.REPLACED, {**REPLACED, "letter": ESCAPE}, "'letter'"),
        (Act.ISSUED, Act.REPLACED, {**REPLACED, "name_hash": "nothex"}, "'name_hash'"),
        (Act.ISSUED, Act.REPLACED, {**REPLACED, "by": "the head"}, "its particulars are not delegate, letter"),
        (Act.CLOSED, Act.ENVELOPES_PRINTED, {**PRINTED, "envelopes": "junk"}, "'envelopes'"),
        (Act.CLOSED, Act.ENVELOPES_PRINTED, {**PRINTED, "note": ESCAPE}, "its particulars are not count, envelopes"),
        (Act.OPENED, Act.REHEARSED, {}, "its particulars are not ballots, lots"),
        (Act.OPENED, Act.REHEARSED, {**REHEARSED, "report": "nothex"}, "'report'"),
        (Act.OPENED, Act.REHEARSED, {**REHEARSED, "ballots": "many"}, "'ballots'"),
        (Act.OPENED, Act.REHEARSED, {**REHEARSED, "stood in for": ESCAPE}, "'stood in for'"),
        (Act.OPENED, Act.REHEARSED, {**REHEARSED, "lots": "8-14; some words"}, "'lots'"),
        (Act.OPENED, Act.REHEARSED, {**REHEARSED, "lots": "8-14, "}, "'lots'"),
        (Act.TRUSTEE_ADDED, Act.STOPPED, {**STOPPED, "dealer": ESCAPE}, "'dealer'"),
        (Act.TRUSTEE_ADDED, Act.STOPPED, {**STOPPED, "holder": ""}, "'holder'"),
        (Act.TRUSTEE_ADDED, Act.STOPPED, {**STOPPED, "at fault": "Teodor"}, "at fault is neither"),
    ],
)
def test_check_16_catches_particulars_that_say_anything(
    before: Act, act: Act, details: dict[str, str], said: str
) -> None:
    forged = Forgery(play(outstanding=1))
    forged.insert(forged.place(before), act, details)
    # A rehearsal and printed envelopes are told of elsewhere, too.
    sentence = faults(forged.record())[16]
    assert sentence.startswith(f"journal entry {forged.place(act)} ({act}): ")
    assert said in sentence


FORMS: dict[Act, dict[str, str]] = {
    Act.INVITED: {"ceremony": "0" * 64, "need": "2", "trustees": "3"},
    Act.STOPPED: STOPPED,
    Act.TRUSTEE_ADDED: {"key": "0a" * 32, "name": "Tara\u00a0Tallyman"},
    Act.REHEARSED: {**REHEARSED, "lots": "8-14, 12-13", "stood in for": "Tomas"},
    Act.ISSUED: {"delegate": "1", "entry": "0" * 64, "way": "desk"},
    Act.ENVELOPES_PRINTED: PRINTED,
    Act.REPLACED: REPLACED,
}
DIGESTS = ["0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", ""]
NUMBERS = ["01", "-1", "1.0", "²", "1" * 7, "1\n", ""]
ODD: dict[str, list[str]] = {
    **dict.fromkeys(["ceremony", "report", "entry", "envelopes", "name_hash"], DIGESTS),
    **dict.fromkeys(["need", "trustees", "ballots", "delegate", "count"], NUMBERS),
    "key": ["0a" * 501, "0A", "0x0a", "0a\n", ""],
    "way": ["Desk", "by hand", ""],
    "lots": ["0-1", "8-14,12-13", "8-14, ", "8-14\n", "8", "1-1000000"],
    **{name: [""] for name in ("dealer", "holder", "at fault", "name", "letter")},
}


@pytest.mark.parametrize("act", FORMS)
def test_check_16_catches_any_other_text_in_any_particular_of(act: Act) -> None:
    def form(details: dict[str, str]) -> None:
        check_form(Entry(1, "", "2026-05-01T12:00Z", act, details))

    good = FORMS[act]
    form(good)
    for name in good:
        for text in (ESCAPE, "\u202eA", "[red]A[/red]", *ODD.get(name, [])):
            with pytest.raises(Invalid, match=f"'{name}' is not of the form that it must have"):
                form({**good, name: text})
        with pytest.raises(Invalid, match="its particulars are not"):
            form({other: text for other, text in good.items() if other != name})
    with pytest.raises(Invalid, match="its particulars are not"):
        form({**good, "note": "by the head alone"})


def test_check_16_catches_one_thing_more_about_a_paper_handed_out() -> None:
    forged = Forgery(fair())
    details = forged.entries[forged.place(Act.ISSUED)].details
    forged.amend(Act.ISSUED, {**details, "note": ESCAPE})
    caught_at(16, "its particulars are not delegate, entry, way", forged)


def test_acts_of_the_right_form_pass() -> None:
    forged = Forgery(play((((1,),),), candidates=1))
    for delegate in forged.contents.roll.delegates:
        forged.insert(forged.place(Act.ISSUED), Act.REPLACED, {**REPLACED, "delegate": str(delegate.number)})
    assert faults(forged.record()) == {}


def test_check_16_catches_a_ceremony_that_was_stopped_and_used() -> None:
    """Only a new invitation leads on from a complaint: somebody had cheated in that ceremony."""
    played = play((((1,),),), trustees=3, need=2, candidates=1)
    earlier = {"ceremony": STOPPED["ceremony"], "need": "2", "trustees": "3"}
    honest = Forgery(played)
    honest.insert(honest.place(Act.INVITED), Act.INVITED, earlier)
    honest.insert(honest.place(Act.INVITED) + 1, Act.STOPPED, STOPPED)
    assert faults(honest.record()) == {}
    used = Forgery(played)
    last = used.entries[used.place(Act.INVITED)].details["ceremony"]
    used.insert(used.place(Act.INVITED) + 1, Act.STOPPED, {**STOPPED, "ceremony": last})
    caught_at(16, "the ceremony was stopped, and no new one was begun", used)
    unknown = Forgery(played)
    unknown.insert(unknown.place(Act.INVITED), Act.STOPPED, STOPPED)
    caught_at(16, "to which the trustees were not invited last", unknown)


def stops(*told: tuple[Act, dict[str, str]]) -> Forgery:
    """A record whose journal tells this of ceremonies before the one that was used."""
    forged = Forgery(play((((1,),),), trustees=3, need=2, candidates=1))
    for act, details in reversed(told):
        forged.insert(forged.place(Act.CREATED) + 1, act, details)
    return forged


def earlier(need: int = 2, trustees: int = 3) -> tuple[Act, dict[str, str]]:
    return Act.INVITED, {"ceremony": STOPPED["ceremony"], "need": str(need), "trustees": str(trustees)}


def complaint(holder: str, dealer: str) -> tuple[Act, dict[str, str]]:
    return Act.STOPPED, {**STOPPED, "holder": holder, "dealer": dealer, "at fault": dealer}


def test_attack_a_stopped_ceremony_is_invited_to_again_and_used() -> None:
    forged = stops()
    place = forged.place(Act.INVITED)
    invited = dict(forged.entries[place].details)
    stopped = {**STOPPED, "ceremony": invited["ceremony"]}
    for act, details in ((Act.INVITED, invited), (Act.STOPPED, stopped)):
        forged.insert(place + 1, act, details)
    where = f"journal entry {place + 2} (trustees invited)"
    caught_at(16, f"{where}: the trustees were invited to this ceremony before", forged)
    caught_at(16, "were invited to this ceremony before", stops(earlier(), complaint("A", "B"), earlier()))


@pytest.mark.parametrize(("holder", "dealer"), [("Nobody A", "Nobody A"), ("Tomas", "TOMAS"), ("Tomas", "Tоmas")])
def test_attack_a_ceremony_is_stopped_by_a_dealer_who_complains_of_himself(holder: str, dealer: str) -> None:
    caught_at(16, "nobody deals to themselves", stops(earlier(), complaint(holder, dealer)))


def test_attack_a_ceremony_is_stopped_by_more_persons_than_were_invited() -> None:
    both = [complaint("Tara", "Tomas"), complaint("Tomas", "Tara")]
    for honest in ([earlier(), *both, complaint("Tara", "Teodor")], [earlier(1, 2), *both]):
        assert faults(stops(*honest).record()) == {}
    said = "no such pieces were dealt among 2 trustees of whom 1 are needed"
    caught_at(16, said, stops(earlier(1, 2), *both, complaint("Tara", "Teodor")))


def test_attack_a_ceremony_without_backups_is_stopped_by_a_complaint_of_one() -> None:
    said = "no such pieces were dealt among 3 trustees of whom 3 are needed"
    caught_at(16, said, stops(earlier(3, 3), complaint("Tara", "Tomas")))


def test_complaints_count_for_each_ceremony_anew() -> None:
    other = {**earlier()[1], "ceremony": "1" * 64}
    again = {**complaint("Tirza", "Tuan")[1], "ceremony": "1" * 64}
    told = [earlier(), complaint("Tara", "Tomas"), complaint("Teodor", "Tomas"), (Act.INVITED, other)]
    assert faults(stops(*told, (Act.STOPPED, again)).record()) == {}


def test_a_rehearsal_can_have_drawn_lots_in_any_number_of_contests() -> None:
    for lots in ("", "8-14", ", ".join(["8-14"] * 60)):
        check_form(Entry(1, "", "2026-05-01T12:00Z", Act.REHEARSED, {**REHEARSED, "lots": lots}))


def test_a_rehearsal_can_have_had_no_ballots_and_either_of_two_can_have_stopped_a_ceremony() -> None:
    check_form(Entry(1, "", "2026-05-01T12:00Z", Act.REHEARSED, {**REHEARSED, "ballots": "0"}))
    for name in ("dealer", "holder"):
        check_form(Entry(1, "", "2026-05-01T12:00Z", Act.STOPPED, {**STOPPED, "at fault": STOPPED[name]}))


def test_check_16_catches_an_archive_with_another_time_than_the_close() -> None:
    forged = Forgery(fair())
    forged.rearchive(timestamp=forged.archive.timestamp + 60)
    caught_at(16, "the archive does not carry the time of the close", forged)


def test_check_16_catches_an_empty_journal() -> None:
    forged = Forgery(fair())
    forged.rechain([])
    caught_first_at(15, "0 entries 'opened'", forged)


def test_check_16_catches_an_act_after_the_declaration() -> None:
    forged = Forgery(fair())
    forged.insert(len(forged.entries), Act.PUBLISHED, {"note": "The head won by acclamation."})
    caught_at(16, "the journal of a record ends with the declaration", forged)


@pytest.mark.parametrize("act", [Act.CREATED, Act.ISSUED, Act.SHARED, Act.COUNTED])
def test_check_16_catches_the_same_act_with_its_particulars_in_another_order(act: Act) -> None:
    forged = Forgery(fair())
    entries, place = forged.entries, forged.place(act)
    details = entries[place].details
    entries[place] = structs.replace(entries[place], details=dict(reversed(details.items())))
    forged.rechain(entries, sort=False)
    caught_at(16, f"journal entry {place} ({act}): its particulars are not in the order of their names", forged)
