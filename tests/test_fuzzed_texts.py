"""Texts that made a reader crash or work without end: found by fuzzing, each with what must be said instead."""

import pytest

from ballot.crypto.groups import GROUPS, Element, Group, group
from ballot.crypto.proofs import check_interval, encrypt, multiply, prove_interval
from ballot.errors import BadInput, Fault, Invalid
from ballot.toml import read_toml
from ballot.votes import Proof

LIMIT = 256 * 1024


def fault_of(data: bytes) -> Fault:
    with pytest.raises(BadInput) as caught:
        read_toml(data, "a.toml", LIMIT)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    "name", ["at line 99", "(at line 99, column 1)", "at line " + "9" * 5000], ids=["line", "place", "many digits"]
)
def test_a_table_whose_name_speaks_of_a_line_is_refused_with_its_own_line(name: str) -> None:
    fault = fault_of(f'a = 1\n["{name}"]\n["{name}"]\n'.encode())
    assert fault.row == 3
    assert fault.problem.startswith("not TOML: ")


@pytest.mark.parametrize("ring", [group(name) for name in GROUPS], ids=GROUPS)
def test_attack_an_election_that_asks_for_a_million_marks_costs_no_more_than_another(
    ring: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[Element] = []
    divide = type(ring).divide

    def counted(self: Group, left: Element, right: Element) -> Element:
        steps.append(left)
        return divide(self, left, right)

    monkeypatch.setattr(type(ring), "divide", counted)
    key = ring.base(7)
    for values in (range(1_000_000, 1_000_001), range(2**70, 2**70 + 1)):
        with pytest.raises(Invalid, match="does not hold"):
            check_interval(ring, key, encrypt(ring, key, 1, 5), values, "context", (Proof("1", "1"),))
    assert len(steps) < 5


def test_attack_an_election_with_more_marks_than_a_machine_counts_is_refused() -> None:
    ring = group(GROUPS[0])
    key = ring.base(7)
    with pytest.raises(Invalid, match="1 parts where"):
        check_interval(ring, key, encrypt(ring, key, 1, 5), range(2**70), "context", (Proof("1", "1"),))


@pytest.mark.parametrize("ring", [group(name) for name in GROUPS], ids=GROUPS)
def test_a_proof_of_marks_that_begin_above_one_still_holds(ring: Group) -> None:
    key = ring.base(7)
    whole = multiply(ring, [encrypt(ring, key, 1, randomness) for randomness in (2, 3, 4)])
    proofs = prove_interval(ring, key, whole, 9, 3, range(2, 5), "context")
    check_interval(ring, key, whole, range(2, 5), "context", proofs)
    with pytest.raises(Invalid, match="does not hold"):
        check_interval(ring, key, whole, range(4, 7), "context", proofs)
