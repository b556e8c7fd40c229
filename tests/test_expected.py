"""Whole texts against tests/expected: declarations, the certificate of a seat, and what `ballot show` prints."""

from pathlib import Path

import pytest

from ballot.commands.render import plain_lines
from ballot.commands.result import result_parts
from ballot.declaration import Facts, declare, signature_block
from ballot.icb.certificate import certificate
from ballot.verify import Check, verify
from ballot.votes import Opening
from tests.golden import assembly, compare, offices
from tests.icb import acts_of, after, decline, fill, full, journal_of, officer, proxy, vacate
from tests.play import fair, stood_in, tied
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


def test_what_show_prints_of_results(tmp_path: Path) -> None:
    texts = []
    for facts in (assembly(), offices()):
        parts = result_parts(facts.opening.contests, facts.rankings, facts.outcomes)
        texts += ["\n".join(plain_lines(part)) for part in parts]
    compare("show.txt", "\n\n".join(texts) + "\n", tmp_path)


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
