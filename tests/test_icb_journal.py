"""The secretary's journal: that a change, a cut or foreign signature breaks it, and that offices change hands."""

from collections.abc import Callable

import pytest
from msgspec import structs

from ballot.aloud import numbered
from ballot.chain import next_place
from ballot.charter import builtin, load
from ballot.crypto import signing
from ballot.crypto.signer import PublicSigner
from ballot.crypto.signing import PrivateKey
from ballot.crypto.words import fingerprint_line
from ballot.errors import Invalid, KeyRefused, Refused
from ballot.icb.journal import (
    Entry,
    SignedAct,
    check_journal,
    check_secretary,
    check_tip,
    dated_acts,
    read_journal,
    sign_act,
    sign_tip,
    signers,
    state_of,
)
from ballot.icb.secretary import Act, Closed, Corrected, Dated, Signer, SignerChanged, form_faults
from ballot.statements import digest_of
from ballot.wire import encode
from tests.icb import (
    CHARTER,
    DECLARED,
    NEXT,
    SECOND,
    SECRETARY,
    acts_of,
    assembly,
    correct,
    designate,
    digest,
    founding,
    full,
    journal_of,
    paper,
    vacate,
)

Journal = tuple[SignedAct, ...]


def journal() -> Journal:
    return journal_of(acts_of(full()))


def add(before: Journal, act: Act, secretary: PrivateKey = SECRETARY, second: PrivateKey | None = None) -> Journal:
    return (*before, sign_act(CHARTER, before, Dated(DECLARED, act), secretary, second))


def new_signer(role: str, key: PrivateKey = NEXT) -> SignerChanged:
    signer = Signer("Nana New", signing.public_hex(key))
    return SignerChanged("secretary" if role == "secretary" else "second", signer, paper("minutes"))


def forged(signed: SignedAct, *, on: str = DECLARED, key: PrivateKey = SECRETARY, second: bool = True) -> SignedAct:
    """The same act on another day, signed anew."""
    entry = structs.replace(signed.entry, on=on)
    first, other = (signing.sign(by, "icb-act", encode(entry)) for by in (key, SECOND))
    return SignedAct(entry, first, other if second else "")


def test_a_journal_is_read_back_and_leads_to_the_same_state() -> None:
    written = journal()
    assert read_journal(encode(written)) == written
    assert dated_acts(written) == acts_of(full())
    assert state_of(CHARTER, assembly(), written) == full()
    assert check_journal(CHARTER, written).secretary.name == "Sri Secretary"
    assert next_place(written) == (len(written), written[-1].digest)


def test_the_form_of_an_entry_is_what_others_can_read() -> None:
    signed = journal()[1]
    sha256 = digest("letter 1 designate regional:East Asia and Oceania Region 1")
    assert encode(signed.entry).decode() == (
        f'{{"height":1,"parent":"{journal()[0].digest}","on":"{DECLARED}","act":{{"act":"designated",'
        '"seat":"regional:East Asia and Oceania","person":"Region 1","member":"R1B",'
        f'"letter":{{"reference":"letter 1","sha256":"{sha256}"}}}}}}'
    )
    signing.verify(signing.public_hex(SECRETARY), signed.secretary, "icb-act", encode(signed.entry))


ATTACKS: list[tuple[str, str, Callable[[Journal], Journal]]] = [
    ("an entry left out", "entry 3", lambda j: (*j[:3], *j[4:])),
    ("two entries in another order", "entry 3", lambda j: (*j[:3], j[4], j[3], *j[5:])),
    ("an entry twice", "entry 4", lambda j: (*j[:4], j[3], *j[4:])),
    ("the founding cut off", "entry 0", lambda j: j[1:]),
    ("nothing left", "empty", lambda _: ()),
    (
        "another name, with the old signature",
        "entry 9",
        lambda j: (*j[:9], SignedAct(_renamed(j[9]), j[9].secretary, j[9].second)),
    ),
    (
        "an entry changed and signed anew",
        "entry 4",
        lambda j: (*j[:3], forged(j[3], on="2026-05-04"), *j[4:]),
    ),
    ("the founding rewritten by another secretary", "entry 1", lambda j: (_usurped(j[0]), *j[1:])),
    ("the last entry by another key", "entry 9", lambda j: (*j[:-1], forged(j[-1], key=NEXT))),
    ("the second signature taken off the founding", "entry 0", lambda j: (forged(j[0], second=False), *j[1:])),
    ("a second signature that is none", "entry 9", lambda j: (*j[:-1], structs.replace(j[-1], second="00" * 64))),
    ("the secretary's signature taken off", "entry 9", lambda j: (*j[:-1], structs.replace(j[-1], secretary=""))),
    ("signatures exchanged", "entry 9", lambda j: (*j[:-1], SignedAct(j[-1].entry, j[-1].second, j[-1].secretary))),
    ("a height that skips", "entry 10", lambda j: (*j, _at(len(j) + 1, j[-1].digest))),
    ("another parent", "entry 10", lambda j: (*j, _at(len(j), j[-2].digest))),
]


def _renamed(signed: SignedAct) -> Entry:
    return structs.replace(signed.entry, act=designate("ex-officio:2", "Somebody Else", "A2"))


def _usurped(signed: SignedAct) -> SignedAct:
    act = structs.replace(founding(), secretary=Signer("Usurper", signing.public_hex(NEXT)))
    entry = structs.replace(signed.entry, act=act)
    return SignedAct(entry, *(signing.sign(key, "icb-act", encode(entry)) for key in (NEXT, SECOND)))


def _at(height: int, parent: str) -> SignedAct:
    entry = Entry(height, parent, DECLARED, vacate("at-large:1"))
    return SignedAct(entry, signing.sign(SECRETARY, "icb-act", encode(entry)), "")


@pytest.mark.parametrize(("place", "attack"), [row[1:] for row in ATTACKS], ids=[row[0] for row in ATTACKS])
def test_attack_on_the_journal_is_found_where_it_is(place: str, attack: Callable[[Journal], Journal]) -> None:
    with pytest.raises(Invalid, match=rf"ICB journal .*{place}\b"):
        check_journal(CHARTER, attack(journal()))


def test_attack_cutting_the_end_is_found_by_the_signed_tip() -> None:
    written = journal()
    tip = sign_tip(written, SECRETARY)
    check_tip(written, tip)
    check_journal(CHARTER, written[:-1])
    for other in (written[:-1], add(written, vacate("at-large:1"))):
        with pytest.raises(Invalid, match="does not end"):
            check_tip(other, tip)
    with pytest.raises(KeyRefused, match="Sri Secretary signs with another"):
        sign_tip(written, NEXT)
    with pytest.raises(Invalid, match="does not belong"):
        check_tip(written, structs.replace(tip, secretary=signing.sign(NEXT, "icb-tip", encode(tip.tip))))
    with pytest.raises(Invalid, match="empty"):
        sign_tip((), SECRETARY)


def test_attack_two_journals_of_one_secretary_both_hold_and_only_their_last_acts_tell() -> None:
    """Nothing shows which is the newest, or the right one; the last act of an earlier record is not in the other."""
    before = add(journal(), vacate("at-large:1"))
    other = add(journal(), vacate("at-large:2"))
    for one in (journal(), before, other):
        check_tip(one, sign_tip(one, SECRETARY))
        state_of(CHARTER, assembly(), one)
    assert before[-1].digest not in [signed.digest for signed in other]
    assert before[-2].digest in [signed.digest for signed in other]


def test_attack_a_day_is_what_was_written_but_never_before_the_act_above_or_the_declaration() -> None:
    for on, permitted in ((DECLARED, True), ("2026-05-02", False)):
        late = (*journal(), sign_act(CHARTER, journal(), Dated(on, vacate("at-large:1")), SECRETARY, None))
        if permitted:
            state_of(CHARTER, assembly(), late)
        else:
            with pytest.raises(Refused, match="before the one it follows"):
                state_of(CHARTER, assembly(), late)


def test_attack_an_act_that_is_signed_but_not_permitted_is_found() -> None:
    again = structs.replace(vacate("at-large:1"), communication=paper("another"))
    with pytest.raises(Refused, match=r"act 11 .*VI §4\(f\)"):
        state_of(CHARTER, assembly(), add(add(journal(), vacate("at-large:1")), again))
    with pytest.raises(Refused, match="another Assembly"):
        state_of(CHARTER, structs.replace(assembly(), record=digest("another")), journal())


@pytest.mark.parametrize("act", [correct(9), Closed(paper()), new_signer("secretary")])
def test_what_undoes_or_ends_something_needs_the_second_signature(act: Act) -> None:
    with pytest.raises(Refused, match=r"second officer.*\(VI"):
        add(journal(), act)
    key = NEXT if isinstance(act, SignerChanged) else SECRETARY
    longer = add(journal(), act, key, SECOND)
    check_journal(CHARTER, longer)
    with pytest.raises(Invalid, match="ICB journal entry 10"):
        check_journal(CHARTER, (*journal(), structs.replace(longer[-1], second="")))


def test_which_acts_need_it_is_the_charters() -> None:
    lax = load(builtin("ima").replace(b"second_signature = true", b"second_signature = false"))
    before = journal()
    longer = (*before, sign_act(lax, before, Dated(DECLARED, Corrected(9, "wrong name")), SECRETARY, None))
    check_journal(lax, longer)
    with pytest.raises(Refused, match="second officer"):
        sign_act(lax, before, Dated(DECLARED, new_signer("secretary")), NEXT, None)


def test_a_new_secretary_signs_with_the_second_officer_and_from_then_on() -> None:
    longer = add(journal(), new_signer("secretary"), NEXT, SECOND)
    longer = add(longer, vacate("at-large:1"), NEXT)
    assert check_journal(CHARTER, longer) == signers(longer)
    assert signers(longer).secretary.name == "Nana New"
    with pytest.raises(KeyRefused, match="secretary's key"):
        add(longer, vacate("at-large:2"), SECRETARY)


def test_a_new_second_officer_signs_with_the_secretary() -> None:
    longer = add(journal(), new_signer("second"), SECRETARY, NEXT)
    assert check_journal(CHARTER, longer).second.name == "Nana New"
    with pytest.raises(KeyRefused, match="second officer's key"):
        add(longer, correct(9), SECRETARY, SECOND)


@pytest.mark.parametrize(
    ("role", "name", "old", "keys"),
    [
        ("secretary", "Sri Secretary", SECRETARY, (NEXT, SECOND)),
        ("second", "Chidi Chair", SECOND, (SECRETARY, NEXT)),
    ],
)
def test_attack_a_key_that_was_replaced_is_put_back(
    role: str, name: str, old: PrivateKey, keys: tuple[PrivateKey, PrivateKey]
) -> None:
    """Else whoever found the lost key, with the other office, could take a place that was taken from them."""
    longer = add(journal(), new_signer(role), *keys)
    back = structs.replace(new_signer(role), signer=Signer(name, signing.public_hex(old)))
    forged_back = add(longer, back, SECRETARY, SECOND)
    with pytest.raises(Refused, match=r"act 11 .*replaced before.*\(VI"):
        state_of(CHARTER, assembly(), forged_back)
    with pytest.raises(Invalid, match="never signs again"):
        signers(forged_back)


def test_another_key_of_the_same_person_is_told_by_its_words() -> None:
    given = Signer("Sri Secretary", signing.public_hex(NEXT))
    with pytest.raises(KeyRefused, match="another key of Sri Secretary than the one that signs") as caught:
        check_secretary(journal(), given)
    has, needs = (
        numbered(fingerprint_line(digest_of(PublicSigner("secretary", "Sri Secretary", signing.public_hex(key)))))
        for key in (NEXT, SECRETARY)
    )
    assert (has in caught.value.message, needs in caught.value.hint) == (True, True)
    with pytest.raises(KeyRefused, match="Sri Secretary signs with another"):
        check_secretary(journal(), structs.replace(given, name="Nana New"))


def test_attack_taking_over_the_journal_with_one_stolen_key() -> None:
    with pytest.raises(KeyRefused):
        add(journal(), new_signer("secretary"), NEXT, SECRETARY)
    before = journal()
    entry = Entry(len(before), before[-1].digest, DECLARED, new_signer("second"))
    both = [signing.sign(key, "icb-act", encode(entry)) for key in (SECOND, NEXT)]
    with pytest.raises(Invalid, match="signer changed"):
        check_journal(CHARTER, (*before, SignedAct(entry, *both)))


def test_who_signs_is_not_told_of_a_journal_that_begins_with_anything_but_the_founding() -> None:
    first, *others = journal()
    for acts in ((*others, first), tuple(others), (first, *others, first)):
        with pytest.raises(Invalid, match="begins with the founding"):
            signers(acts)
    with pytest.raises(Invalid, match="the ICB journal is empty"):
        signers(())


@pytest.mark.parametrize("text", ["", "Ω", "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n"], ids=ascii)
def test_attack_any_other_text_in_the_place_of_a_digest_or_key(text: str) -> None:
    founded = founding()
    acts = {name: structs.replace(founded, **{name: text}) for name in ("opening", "record", "charter")}
    acts["secretary.key"] = structs.replace(founded, secretary=structs.replace(founded.secretary, key=text))
    acts["second.key"] = structs.replace(founded, second=structs.replace(founded.second, key=text))
    for name, act in acts.items():
        assert form_faults(Dated(DECLARED, act)) == [f"{name}: is not 64 lower-case hex digits"]
    sent = designate("regional:europe", "Ana", "M001")
    sent = structs.replace(sent, letter=structs.replace(sent.letter, sha256=text))
    assert form_faults(Dated(DECLARED, sent)) == ["letter.sha256: is not 64 lower-case hex digits"]
    assert form_faults(Dated(DECLARED, founded)) == []


def test_one_key_cannot_hold_both_offices() -> None:
    with pytest.raises(Invalid, match="keys of their own"):
        add(journal(), new_signer("second", SECRETARY), SECRETARY, SECRETARY)


def test_the_secretary_must_have_the_key_that_the_founding_names() -> None:
    with pytest.raises(KeyRefused, match="Sri Secretary signs with another"):
        add(journal(), vacate("at-large:1"), NEXT)
    with pytest.raises(Invalid, match="begins with the founding"):
        add((), vacate("at-large:1"))
    with pytest.raises(Invalid, match="empty"):
        signers(())
    with pytest.raises(Invalid, match="has no other"):
        add(journal(), founding(), SECRETARY, SECOND)


def test_other_forms_of_a_journal_are_refused() -> None:
    data = encode(journal())
    for other in (
        data.replace(b'"act":"designated"', b'"act":"appointed"', 1),
        data.replace(b'"height":3', b'"height":3.0'),
        data.replace(b'"on":', b'"on": '),
        data.replace(b'"seat":', b'"colour":"red","seat":', 1),
        data[:-1],
        b"[" * 10_000,
    ):
        with pytest.raises(Invalid):
            read_journal(other)
