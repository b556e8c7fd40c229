"""Whole texts against tests/expected: declarations, the certificate of a seat, and what `ballot show` prints."""

from pathlib import Path

import pytest

from ballot.declaration import Facts, declare, signature_block
from ballot.icb.certificate import certificate
from ballot.people import PublicRoll
from ballot.record import Contents, write_record
from ballot.register import Papers
from ballot.verify import Check, verify
from ballot.votes import Opening, Signatures, SignedOpening
from tests.commands.assembly import ballot
from tests.golden import assembly, compare, offices
from tests.icb import acts_of, after, decline, fill, full, journal_of, officer, proxy, vacate
from tests.play import CHARTER, fair, officials, stood_in, tied
from tests.test_questions import asked


def test_the_declaration_of_an_assembly(tmp_path: Path) -> None:
    compare("declaration.txt", declare(assembly()).decode(), tmp_path)


def test_the_declaration_of_offices(tmp_path: Path) -> None:
    block = signature_block(offices().opening, "e" * 128, "f" * 128)
    compare("declaration-offices.txt", declare(offices()).decode() + block, tmp_path)


def test_the_certificate_of_a_seat(tmp_path: Path) -> None:
    seat = "at-large:3"
    state = after(full(), vacate(seat), decline(seat, "Person 9"), on="2027-02-01")
    state = after(state, fill(seat, "Person 11", "R5A"), officer("Treasurer", "Person 11"), on="2027-02-08")
    state = after(state, proxy(seat, "Pat Proxy", "R5B"), vacate("at-large:1"), on="2027-03-01")
    compare("certificate.txt", certificate(state, seat, journal_of(acts_of(state))), tmp_path)


def test_what_show_prints_of_a_record(tmp_path: Path) -> None:
    facts = assembly()
    nothing = Signatures("", "")
    assert facts.drawing is not None
    contents = Contents(
        opening=SignedOpening(facts.opening, "", ""),
        ceremony=(),
        charter=CHARTER,
        roll=PublicRoll(1, (), ()),
        register=(),
        papers=Papers((), (), ()),
        archive=b"",
        proofs=(),
        backups=(),
        rankings=facts.rankings,
        lots=(facts.drawing,),
        declaration=declare(facts),
        declared=nothing,
        journal=(),
    )
    (tmp_path / "record.zip").write_bytes(write_record(contents, *officials()))
    shown = ballot(tmp_path, "show", "record.zip", "--plain")
    assert shown.code == 0, shown.err
    assert shown.err == "This is what the record says. `ballot verify record.zip` tells whether it is true.\n"
    tables, _, text = shown.out.partition("=" * 76)
    compare("show.txt", tables, tmp_path)
    assert "=" * 76 + text == contents.declaration.decode()


def test_what_the_checks_of_a_record_say(tmp_path: Path) -> None:
    """The first sixteen digits of Ω are another number each time, and left out."""
    lines = []
    for name, played in (("fair", fair()), ("tied", tied()), ("stood in", stood_in()), ("asked", asked("amendment"))):
        report, _ = verify(played.record(), workers=1)
        assert (report.verified, report.opening) == (True, played.opening.fingerprint)
        lines += [f"{name}:", *(line for check in report.checks for line in told(check, played.opening)), ""]
    compare("checks.txt", "\n".join(lines), tmp_path)


def told(check: Check, opening: Opening) -> tuple[str, str]:
    assert check.passed
    figure = check.figure.replace(f"{opening.fingerprint[:16]}…", "<16 digits>…")
    return f"{check.number:>4}  {check.title}: {check.sentence}", f"      {figure}"


def test_a_difference_is_shown_line_by_line(tmp_path: Path) -> None:
    text = declare(assembly()).decode().replace("Hana Headley", "Mallory")
    with pytest.raises(AssertionError) as caught:
        compare("declaration.txt", text, tmp_path)
    for line in ("-Head of the election committee: Hana Headley", "+Head of the election committee: Mallory"):
        assert line in str(caught.value).splitlines()
    assert (tmp_path / "declaration.txt").read_text(encoding="utf-8") == text


def test_the_same_facts_give_the_same_bytes() -> None:
    made: list[Facts] = [assembly.__wrapped__(), offices.__wrapped__()]
    assert [declare(facts) for facts in made] == [declare(assembly()), declare(offices())]
