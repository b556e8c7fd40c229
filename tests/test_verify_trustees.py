"""Checks 3, 11, 15 and 16 on a record with a ceremony and a trustee stood in for, broken one at a time."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from ballot import statements
from ballot.journal import Act
from ballot.trustees import presence
from ballot.trustees.messages import Backup, Piece, Transcript
from ballot.verify import verify
from tests.forge import Forgery, caught_at, caught_first_at, faults
from tests.play import Played, Staging, play, stood_in
from tests.trustees import NAMES, hold

REHEARSED = presence.rehearsed("00" * 32, 5, "Tara", "8-9")


@cache
def elsewhere() -> Played:
    """Another election of trustees with the same names, whose second trustee has lost the key too."""
    return play(trustees=3, need=2, lost=(2,))


def changed(**parts: object) -> Forgery:
    forged = Forgery(stood_in())
    forged.change(**parts)
    return forged


def test_a_record_with_a_trustee_stood_in_for_passes() -> None:
    report, evidence = verify(stood_in().record(), workers=1)
    assert report.checks[10].figure == "2 of 3 trustees; for Tomas: Tara, Teodor"
    assert evidence.stood_in == (("Tomas", ("Tara", "Teodor")),)
    assert "2 of 3 trustees needed" in report.checks[2].figure


@pytest.mark.parametrize("lost", [(), (1,), (1, 3), (2, 3, 4)])
def test_records_with_any_trustees_missing_pass(lost: tuple[int, ...]) -> None:
    played = play((((1,),),), trustees=5, need=2, lost=lost, candidates=1)
    _, evidence = verify(played.record(), workers=1)
    assert [backup.missing for backup in evidence.contents.backups] == list(lost)


# Check 3: the ceremony


def test_check_3_catches_a_ceremony_left_out_or_put_in() -> None:
    transcript = stood_in().contents.ceremony[0]
    for ceremony in ((), (transcript, transcript), elsewhere().contents.ceremony):
        caught_first_at(3, "not the one that the opening statement names", changed(ceremony=ceremony))
    simple = Forgery(play((((1,),),), candidates=1))
    simple.change(ceremony=(transcript,))
    caught_first_at(3, "not the one that the opening statement names", simple)


def arranged(**fields: object) -> Played:
    """An election whose opening statement says something else of the trustees."""
    staging = Staging(opening=lambda opening: structs.replace(opening, **fields))
    return play((((1,),),), candidates=1, trustees=3, need=2, staging=staging)


@pytest.mark.parametrize("need", [1, 3])
def test_check_3_catches_another_number_of_trustees_needed_than_in_the_ceremony(need: int) -> None:
    caught_at(3, "needs another number of trustees than their ceremony", arranged(need=need).record())


@pytest.mark.parametrize("need", [0, 4, -1])
def test_check_3_catches_a_number_of_trustees_needed_that_cannot_be(need: int) -> None:
    caught_first_at(3, "cannot suffice", arranged(need=need).record())


def test_check_3_catches_fewer_trustees_needed_without_a_ceremony() -> None:
    staging = Staging(opening=lambda opening: structs.replace(opening, need=1))
    played = play((((1,),),), candidates=1, trustees=2, staging=staging)
    caught_first_at(3, "cannot suffice without a ceremony", played.record())


def test_check_3_catches_trustees_whose_names_were_exchanged() -> None:
    played = arranged(trustee_names=("Tomas", "Tara", "Teodor"))
    caught_first_at(3, "are not those of their ceremony", played.record())


def test_check_3_catches_keys_from_another_ceremony() -> None:
    _, transcript = hold(3, 2)
    played = arranged(ceremony=transcript.digest)
    contents = replace(played.contents, ceremony=(transcript,))
    caught_first_at(3, "are not those of their ceremony", played.record(contents))


def without_answer(transcript: Transcript) -> Transcript:
    return structs.replace(transcript, answers=transcript.answers[:2])


def with_wrong_signature(transcript: Transcript) -> Transcript:
    first, *others = transcript.answers
    return structs.replace(transcript, answers=(structs.replace(first, signature="00" * 64), *others))


@pytest.mark.parametrize(
    ("forge", "said"),
    [(without_answer, "the message of Teodor is missing"), (with_wrong_signature, "Tara: the Ed25519")],
)
def test_check_3_catches_a_ceremony_that_somebody_did_not_acknowledge(
    forge: Callable[[Transcript], Transcript], said: str
) -> None:
    """Head and seal sign it all the same, and everything else follows."""
    everybody, held = hold(3, 2)
    transcript = forge(held)
    trustees = tuple((secrets.trustee, int(secrets.exponent)) for secrets in everybody)
    staging = Staging(
        trustees=trustees, opening=lambda opening: structs.replace(opening, ceremony=transcript.digest, need=2)
    )
    played = play((((1,),),), candidates=1, trustees=3, staging=staging)
    caught_first_at(3, said, played.record(replace(played.contents, ceremony=(transcript,))))


# Check 11: the backups


def backed(*backups: Backup) -> Forgery:
    """Other backups, which journal and declaration follow."""
    forged = Forgery(stood_in())
    forged.change(backups=backups)
    told = (Act.MISSING, Act.PIECE, Act.STOOD_IN)
    forged.rechain([entry for entry in forged.entries if entry.act not in told])
    names = stood_in().opening.trustee_names
    for backup in backups:
        name = presence.who_stood_in(names, [backup])[0][0]
        forged.insert(forged.place(Act.COUNTED), Act.MISSING, presence.missing(name))
        for piece in backup.pieces:
            forged.insert(forged.place(Act.COUNTED), Act.PIECE, presence.given(names, piece))
    forged.reshare(stood_in().shares)
    forged.redeclare()
    return forged


def pieces() -> tuple[Piece, ...]:
    return stood_in().contents.backups[0].pieces


def test_a_forgery_of_backups_that_changes_nothing_is_believed() -> None:
    assert faults(backed(Backup(2, pieces())).record()) == {}


def test_check_11_catches_a_backup_with_too_few_pieces_or_out_of_order() -> None:
    first, second = pieces()
    for given in ((), (first,), (second, first), (first, first)):
        caught_first_at(11, "does not have exactly the pieces needed", backed(Backup(2, given)))


def test_check_11_catches_more_trustees_stood_in_for_than_can_be_spared() -> None:
    backup = Backup(2, pieces())
    for backups in ((backup, backup), (backup, Backup(3, pieces())), (Backup(1, pieces()), backup)):
        caught_first_at(11, "more trustees were stood in for than may be missing", backed(*backups))


def test_check_11_catches_backups_out_of_order_or_twice() -> None:
    played = play((((1,),),), trustees=5, need=2, lost=(1, 3), candidates=1)
    first, third = played.contents.backups
    for backups in ((third, first), (first, first), (first, first, third)):
        forged = Forgery(played)
        forged.change(backups=backups)
        assert "not each of them once" in faults(forged.record())[11]


@pytest.mark.parametrize("missing", [0, -1, 1, 3, 4])
def test_check_11_catches_a_backup_of_another_trustee(missing: int) -> None:
    assert 11 in faults(backed(Backup(missing, pieces())).record())


def test_check_11_catches_a_piece_altered_in_any_field() -> None:
    first, second = pieces()
    for wrong in (
        structs.replace(second, value=str(int(second.value) + 1)),
        structs.replace(second, transcript="00" * 32),
        structs.replace(second, closing=structs.replace(second.closing, box="00" * 32)),
        structs.replace(second, signature="00" * 64),
        elsewhere().contents.backups[0].pieces[1],
    ):
        caught_at(11, "the piece of Teodor for Tomas", backed(Backup(2, (first, wrong))))


def test_check_11_catches_a_backup_where_no_ceremony_was_held() -> None:
    forged = Forgery(play((((1,),),), candidates=1))
    forged.change(backups=(Backup(1, pieces()),))
    assert "more trustees were stood in for than may be missing" in faults(forged.record())[11]


# Checks 15 and 16: what declaration and journal say of the trustees


def test_check_15_catches_a_declaration_that_hides_who_stood_in() -> None:
    text = stood_in().contents.declaration.decode()
    line = "Missing at the count: Tomas. With pieces of that key stood in: Tara, Teodor."
    for other in (
        "All trustees took part in the count.",
        line.replace("Teodor", "Tirza"),
        line.replace("Tomas", "Tara"),
    ):
        assert line in text
        forged = Forgery(stood_in())
        forged.redeclare(text.replace(line, other).encode())
        caught_at(15, "does not say what the record says", forged)


def test_check_15_catches_a_rehearsal_that_was_not_held() -> None:
    text = stood_in().contents.declaration.decode()
    line = "The box was opened without a rehearsal: played in memory"
    assert line in text
    forged = Forgery(stood_in())
    rehearsed = "A rehearsal with these trustees was passed on 2026-05-01 12:04 UTC."
    forged.redeclare(text.replace(line, rehearsed).encode())
    caught_at(15, "does not say what the record says", forged)


def test_check_16_catches_an_opening_with_neither_rehearsal_nor_reason() -> None:
    forged = Forgery(stood_in())
    forged.amend(Act.OPENED, statements.opened(forged.opening))
    caught_first_at(15, "without a rehearsal, and nobody said why", forged)
    forged.insert(forged.place(Act.INVITED), Act.REHEARSED, {})
    caught_first_at(15, "without a rehearsal, and nobody said why", forged)


def test_check_15_and_16_catch_a_reason_that_would_forge_lines_of_the_declaration() -> None:
    forged = Forgery(stood_in())
    forged.amend(Act.OPENED, statements.opened(forged.opening, "none\n\nElected by acclamation: the head"))
    found = faults(forged.record())
    assert set(found) == {15, 16}
    assert all("the reason for having no rehearsal" in sentence for sentence in found.values())


def test_check_15_and_16_catch_a_reason_for_having_no_rehearsal_beside_one() -> None:
    forged = Forgery(stood_in())
    forged.insert(forged.place(Act.OPENED), Act.REHEARSED, REHEARSED)
    found = faults(forged.record())
    assert set(found) == {15, 16}
    assert all("a rehearsal was passed, and a reason is given" in sentence for sentence in found.values())


def test_a_rehearsal_in_the_journal_is_told_by_the_declaration() -> None:
    forged = Forgery(stood_in())
    forged.amend(Act.OPENED, statements.opened(forged.opening))
    forged.insert(forged.place(Act.OPENED), Act.REHEARSED, REHEARSED)
    forged.redeclare()
    assert faults(forged.record()) == {}
    assert "A rehearsal with these trustees was passed on 2026-05-01" in forged.contents.declaration.decode()


def test_check_16_catches_a_journal_of_another_ceremony_or_none() -> None:
    other = presence.invited(elsewhere().contents.ceremony[0].ceremony)
    forged = Forgery(stood_in())
    forged.amend(Act.INVITED, other)
    caught_at(16, "another ceremony of the trustees", forged)
    forged = Forgery(stood_in())
    forged.rechain([entry for entry in forged.entries if entry.act != Act.INVITED])
    caught_at(16, "another ceremony of the trustees", forged)


def test_check_16_catches_trustees_of_an_earlier_ceremony_in_the_place_of_the_last() -> None:
    forged = Forgery(stood_in())
    forged.insert(forged.place(Act.OPENED), Act.INVITED, forged.entries[forged.place(Act.INVITED)].details)
    caught_at(16, "the trustees in the journal are not those of the opening statement", forged)


@pytest.mark.parametrize("act", [Act.SHARED, Act.STOOD_IN])
def test_check_16_catches_shares_that_others_gave(act: Act) -> None:
    said = Forgery(stood_in()).entries[Forgery(stood_in()).place(act)].details
    by = "trustee" if act == Act.SHARED else "missing"
    for details in (said | {by: "Teodor"}, said | {by: "Tirza"}, said | {"share": "00" * 32}, {}, said | {"why": ""}):
        forged = Forgery(stood_in())
        forged.amend(act, details)
        caught_at(16, "the shares according to the journal", forged)


@pytest.mark.parametrize("act", [Act.SHARED, Act.STOOD_IN])
def test_check_16_catches_a_share_that_the_journal_does_not_tell_of(act: Act) -> None:
    forged = Forgery(stood_in())
    place = forged.place(act)
    forged.rechain([*forged.entries[:place], *forged.entries[place + 1 :]])
    caught_at(16, "the shares according to the journal", forged)


def test_check_16_catches_a_missing_trustee_whom_nobody_announced_and_pieces_nobody_gave() -> None:
    for act, said in (
        (Act.MISSING, "Tomas was not announced as missing"),
        (Act.PIECE, "2 pieces make the share of a missing trustee"),
    ):
        forged = Forgery(stood_in())
        place = forged.place(act)
        forged.rechain([*forged.entries[:place], *forged.entries[place + 1 :]])
        caught_at(16, said, forged)


def absent(*told: tuple[Act, dict[str, str]], trustees: int = 3, need: int = 2, late: int = 1) -> Forgery:
    """All trustees gave their shares in the end, the first `late` last; before that, this is told of missing ones."""
    forged = Forgery(play((((1,),),), candidates=1, trustees=trustees, need=need))
    first, entries = forged.place(Act.SHARED), forged.entries
    own = [structs.replace(entry, at=entries[first].at) for entry in entries[first : first + trustees]]
    forged.rechain([*entries[:first], *own[late:], *own[:late], *entries[first + trustees :]])
    place = first + trustees - late
    for act, details in reversed(told):
        forged.insert(place, act, details)
    return forged


def away(name: str) -> tuple[Act, dict[str, str]]:
    return Act.MISSING, presence.missing(name)


def given(holder: str, missing: str) -> tuple[Act, dict[str, str]]:
    return Act.PIECE, {"holder": holder, "missing": missing}


def test_pieces_for_a_trustee_who_came_after_all_may_stand_in_the_journal() -> None:
    assert faults(absent(away("Tara"), given("Teodor", "Tara")).record()) == {}


def test_check_16_catches_a_journal_that_gives_away_the_keys_of_trustees_who_all_came() -> None:
    caught_at(
        16,
        "2 pieces of the key of Tara were received, and nobody stood in with them",
        absent(away("Tara"), given("Tomas", "Tara"), given("Teodor", "Tara")),
    )
    caught_at(
        16,
        "2 trustees cannot be missing: 2 of 3 are needed",
        absent(away("Tara"), given("Teodor", "Tara"), away("Tomas"), given("Teodor", "Tomas"), late=2),
    )


def test_check_16_catches_pieces_of_those_who_had_not_given_their_own_shares() -> None:
    for trustees in (3, 5):
        told = [away("Tara"), given("Tomas", "Tara")]
        caught_at(16, "Tomas gave a piece before their own share", absent(*told, trustees=trustees, late=2))


@pytest.mark.parametrize(("trustees", "need", "lost"), [(3, 1, (2, 3)), (4, 2, (3, 4))])
def test_check_11_and_16_catch_missing_trustees_who_stand_in_for_each_other(
    trustees: int, need: int, lost: tuple[int, int]
) -> None:
    present = tuple(range(1, need))
    holders = {missing: (*present, other) for missing, other in (lost, lost[::-1])}
    found = faults(play((((1,),),), candidates=1, trustees=trustees, need=need, lost=lost, holders=holders).record())
    assert set(found) == {11, 16}
    assert f"trustee {lost[1]} was missing, and gave a piece of the key of trustee {lost[0]}" in found[11]
    assert f"{NAMES[lost[1] - 1]} gave a piece before their own share" in found[16]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([away("Nobody")], "does not name a trustee whose share is not there"),
        ([away("")], "does not name a trustee whose share is not there"),
        ([(Act.MISSING, {})], "does not name a trustee whose share is not there"),
        ([(Act.MISSING, {"trustee": "Tara", "why": "ill"})], "does not name a trustee whose share is not there"),
        ([away("Tara"), away("Tara")], "for the first time"),
        ([given("Tomas", "Tara")], "Tara was not announced as missing"),
        ([given("Tomas", "Tara"), away("Tara")], "Tara was not announced as missing"),
        ([away("Tara"), given("Nobody", "Tara")], "does not name two trustees"),
        ([away("Tara"), given("Tara", "Tara")], "does not name two trustees"),
        ([away("Tara"), given("Tomas", "Tirza")], "Tirza was not announced as missing"),
        ([away("Tara"), (Act.PIECE, {"holder": "Tomas"})], "does not name two trustees"),
        ([away("Tara"), (Act.PIECE, {**given("Tomas", "Tara")[1], "box": "1"})], "does not name two trustees"),
        ([away("Tara"), given("Tomas", "Tara"), given("Tomas", "Tara")], "Tomas gave this piece twice"),
    ],
)
def test_check_16_catches_a_journal_that_tells_of_absence_what_cannot_be(
    told: list[tuple[Act, dict[str, str]]], said: str
) -> None:
    caught_at(16, said, absent(*told, trustees=5))


def test_check_16_catches_a_trustee_who_is_missing_where_all_are_needed() -> None:
    forged = absent(away("Tara"), need=3)
    place = f"journal entry {forged.place(Act.MISSING)} ({Act.MISSING})"
    caught_at(16, f"{place}: 1 trustees cannot be missing: 3 of 3 are needed", forged)


def test_check_16_catches_pieces_and_absence_told_after_the_share() -> None:
    forged = Forgery(stood_in())
    place = forged.place(Act.STOOD_IN)
    for told in (given("Tara", "Tomas"), given("Teodor", "Tomas")):
        entries = forged.entries
        forged.insert(place + 1, *told)
        caught_at(16, "Tomas was not announced as missing, or came after all", forged)
        forged.rechain(entries)
    forged = absent()
    forged.insert(forged.place(Act.COUNTED), *away("Tara"))
    caught_at(16, "does not name a trustee whose share is not there", forged)


def test_check_16_catches_a_key_made_from_other_pieces_than_those_of_the_record() -> None:
    forged = Forgery(play((((1,),),), candidates=1, trustees=4, need=2, lost=(2,)))
    (backup,) = forged.contents.backups
    names = forged.opening.trustee_names
    first, last = (presence.given(names, piece)["holder"] for piece in backup.pieces)
    other = next(name for number, name in enumerate(names, 1) if number != 2 and name not in (first, last))
    forged.amend(Act.PIECE, {"holder": other, "missing": names[1]})
    caught_at(16, f"the pieces of the key of {names[1]} are not those in the journal", forged)
