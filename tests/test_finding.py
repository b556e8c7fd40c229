"""Finding a delegate while typing: numbers first, then names, then organisations, whatever the spelling."""

import pytest

from ballot.finding import alike, find, numbered, people_of
from ballot.people import Delegate, Member, Roll

ROLL = Roll(
    (
        Member("KM1", "Kilusang Manggagawa", "PH", "Asia Pacific", "regular", "good"),
        Member("RUF", "Red de Mujeres del Sur", "AR", "Latin America", "regular", "good"),
        Member("ORG-2", "منظمة الأمل", "LB", "Middle East", "regular", "good"),
    ),
    (
        Delegate(1, "Ana Díaz", "RUF", True, "letter", ""),
        Delegate(2, "Luningning Bituin", "KM1", False, "letter", ""),
        Delegate(3, "Bituin Tulaylangit", "KM1", True, "letter", ""),
        Delegate(12, "محمد علي", "ORG-2", True, "letter", ""),
        Delegate(13, "Anabel Süd", "RUF", False, "letter", ""),
        Delegate(120, "Maria-Luisa O'Hara", "RUF", False, "letter", ""),
        Delegate(200, "Zofia Mgłolampa", "KM1", False, "letter", ""),
        Delegate(201, "Søren Færœvej", "KM1", False, "letter", ""),
        Delegate(202, "Yıldız Đorđević", "KM1", False, "letter", ""),
        Delegate(203, "Þóra Sigurðardóttir Groß", "KM1", False, "letter", ""),
    ),
)
PEOPLE = people_of(ROLL)


def found(typed: str) -> list[int]:
    return [one.delegate.number for one in find(PEOPLE, typed)]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", []),
        ("   ", []),
        ("1", [1, 12, 13, 120]),
        ("12", [12, 120]),
        ("120", [120]),
        ("4", []),
        ("ana", [1, 13]),
        ("ANA DI", [1]),
        ("diaz", [1]),
        ("díaz ana", [1]),
        ("sud", [13]),
        ("bituin", [3, 2]),
        ("bit tul", [3]),
        ("mujeres", [1, 13, 120]),
        ("red ana", [1, 13]),
        ("kilusang", [3, 2, 200, 201, 202, 203]),
        ("km1", [3, 2, 200, 201, 202, 203]),
        ("manggagawa lun", [2]),
        ("langit", [3]),
        ("ngi", [3]),
        ("ingn", [2]),
        ("ng", []),
        ("hara", [120]),
        ("maria luisa", [120]),
        ("محمد", [12]),
        ("الأمل", [12]),
        ("mglolampa", [200]),
        ("Mgłolampa", [200]),
        ("MGŁOLAMPA", [200]),
        ("soren faeroevej", [201]),
        ("SØREN FÆRŒVEJ", [201]),
        ("yildiz dordevic", [202]),
        ("thora sigurdardottir gross", [203]),
        ("th", [203]),
        ("þóra sigurðardóttir groß", [203]),
        ("nobody", []),
        ("ana nobody", []),
        ("[bold]", []),
        ("\x1b[31m", []),
    ],
)
def test_typing_finds(typed: str, numbers: list[int]) -> None:
    assert found(typed) == numbers


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), (" 12 ", 12), ("１２", 12), ("1", 1), ("2 0", 0), ("12 ana", 0), ("4", 0), ("", 0)],
)
def test_a_whole_number_is_one_person(typed: str, number: int) -> None:
    person = numbered(PEOPLE, typed)
    assert (person.delegate.number if person else 0) == number


def test_every_letter_more_finds_no_others() -> None:
    for whole in ("bituin tulaylangit", "red de mujeres del sur", "محمد علي"):
        for length in range(1, len(whole)):
            assert set(found(whole[: length + 1])) <= set(found(whole[:length])) or len(whole[:length].split()[-1]) < 3


def test_everybody_is_found_by_number_name_and_organisation() -> None:
    members = {member.id: member for member in ROLL.members}
    for delegate in ROLL.delegates:
        assert found(str(delegate.number))[0] == delegate.number
        assert delegate.number in found(delegate.name)
        assert delegate.number in found(members[delegate.member].organisation)


def test_names_that_differ_by_accents_only_are_found_in_their_order() -> None:
    names = ["Łukasz Żółć", "Ana Lem", "Lukasz Zolc", "Ana Lima", "ŁUKASZ ZÓŁĆ", "—", "–"]
    assert alike(names) == (("Łukasz Żółć", "Lukasz Zolc"), ("Łukasz Żółć", "ŁUKASZ ZÓŁĆ"))
    assert alike(["Ana Lem", "Ana Lem"]) == ()


def test_the_best_fit_comes_first() -> None:
    """Ranks decide before the vote and the number do, and each is met here by somebody who would else come later."""
    members = (
        Member("SE", "7 Seas", "GR", "Europe", "regular", "good"),
        Member("MV", "Moving Voices", "GR", "Europe", "regular", "good"),
    )
    delegates = (
        Delegate(2, "Chelsea Potoo", "MV", True, "letter", ""),
        Delegate(3, "7up Sean", "MV", False, "letter", ""),
        Delegate(4, "Oto Lund", "SE", True, "letter", ""),
        Delegate(7, "Zed Iversen", "MV", False, "letter", ""),
        Delegate(70, "Yara Olsen", "MV", True, "letter", ""),
        Delegate(71, "Xenia Kay", "MV", False, "letter", ""),
    )
    people = people_of(Roll(members, delegates))
    for typed, numbers in {
        "7": [7, 70, 71, 3, 4],
        "sea": [3, 4, 2],
        "oto sea": [4, 2],
        "ch oto": [2],
        "eas": [4],
        "oices": [2, 70, 3, 7, 71],
        "7 nobody": [],
    }.items():
        assert [one.delegate.number for one in find(people, typed)] == numbers, typed
