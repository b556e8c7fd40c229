"""The charter as data: what the shipped one says, and that a faulty one is refused with every fault at once."""

import hashlib
import re
from pathlib import Path
from typing import get_args

import pytest

import ballot
from ballot.charter import builtin, load, shipped
from ballot.coordination import ACTS
from ballot.errors import BadInput, Refused
from ballot.icb.secretary import Act

IMA = builtin("ima")


def faults(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        load(text.encode(), "my.toml")
    return [str(fault) for fault in caught.value.faults]


def test_the_shipped_charter_says_what_the_constitution_says() -> None:
    charter = load(IMA)
    rule = charter.rule("at-large")
    assert (rule.seats, rule.regular, rule.alternates, rule.min_marks, rule.max_marks) == (12, 8, 4, 0, 12)
    assert rule.article == "VI §4(a)(b)"
    regular, associate = charter.delegates("regular"), charter.delegates("associate")
    assert (regular.min, regular.max, regular.voting, regular.may_stand) == (2, 5, 1, True)
    assert (associate.min, associate.max, associate.voting, associate.may_stand) == (1, 2, 0, False)
    assert len(charter.regions) == 7
    assert [seat.number for seat in charter.seats] == [7, 2, 8, 4]
    decisions = {d.name: (d.passes, d.share, d.of) for d in charter.decisions}
    assert decisions["motion"] == ("more than", "1/2", "members present")
    assert decisions["amendment"] == ("at least", "2/3", "votes cast")
    assert decisions["dissolution"] == ("at least", "2/3", "members")
    assert charter.decision("amendment").article == "X"
    assert len(charter.interpretations) == 18
    assert not charter.standing("suspended").votes


def test_every_part_cites_an_article() -> None:
    for part in load(IMA).articles():
        assert re.match(r"(I|V|X)+( §[0-9]|$)", part.article), part
    for interpretation in load(IMA).interpretations:
        assert re.match(r"(I|V|X)+ §[0-9]", interpretation.article), interpretation


def test_articles_are_found_by_topic() -> None:
    found = load(IMA).articles("provisions.secret-ballot", "rules.at-large")
    assert [part.article for part in found] == ["VII §4", "VI §4(a)(b)"]
    with pytest.raises(Refused, match=re.escape("rules.nothing")):
        load(IMA).articles("rules.nothing")


@pytest.mark.parametrize("ask", ["rule", "decision", "delegates", "standing"])
def test_an_unknown_name_is_refused_with_the_known_ones(ask: str) -> None:
    with pytest.raises(Refused) as caught:
        getattr(load(IMA), ask)("nothing")
    assert caught.value.hint


def test_a_charter_that_comes_with_the_program_is_known_by_its_digest() -> None:
    assert shipped(hashlib.sha256(IMA).hexdigest()) == load(IMA)
    assert shipped(hashlib.sha256(IMA + b"\n").hexdigest()) is None


def test_an_unknown_builtin_is_refused() -> None:
    with pytest.raises(Refused, match="nothing"):
        builtin("nothing")
    with pytest.raises(Refused):
        builtin("../rules/ima")


def test_windows_line_ends_mean_the_same() -> None:
    assert load(IMA.replace(b"\n", b"\r\n")) == load(IMA)


def test_no_number_of_the_constitution_is_in_the_code() -> None:
    for name in ("charter", "people", "roll", "ranking", "handcount"):
        source = (Path(ballot.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        code = re.sub(r'""".*?"""|#[^\n]*|"[^"\n]*"', "", source, flags=re.DOTALL)
        assert not re.search(r"\b(8|4|12|21|7)\b", code), name


def test_all_faults_of_shape_are_named_at_once() -> None:
    text = IMA.decode()
    text = text.replace("max_marks = 12", 'max_marks = "twelve"')
    text = text.replace("may_stand = false", "may_stand = 0", 1)
    text = text.replace('share = "2/3"', "share = 0.66", 1)
    text = text.replace('method = "lots"', 'method = "coin"', 1)
    text = text.replace('vacancy = "region"', 'vacancy = "region"\ncolour = "red"')
    text = text.replace('title = "Constitution of the International Migrants\' Alliance"\n', "")
    text = text.replace("period = 6\n", "", 1)
    places = [fault.split(", ")[1].split(":")[0] for fault in faults(text)]
    assert places == [
        "title",
        "members[2].may_stand",
        "seats[1].colour",
        "rules[1].max_marks",
        "decisions[2].share",
        "notices[2].period",
        "ties[1].method",
    ]


def test_all_contradictions_are_named_at_once() -> None:
    text = IMA.decode()
    text = text.replace("alternates = 4", "alternates = 5")
    text = text.replace("number = 7", "number = 8")
    text = text.replace("min = 2", "min = 6")
    text = text.replace('  "South Asia",', '  "Europe",')
    text = text.replace('body = "icb"', 'body = "council"', 2)
    text = text.replace('quorum = "2/3"', 'quorum = "3/2"')
    text = text.replace('vacancy = "alternate"', 'vacancy = "nobody"', 1)
    text = text.replace("max_marks = 1\n", "max_marks = 0\n")
    text = text.replace('name = "suspended"', 'name = "good"')
    text = text.replace(
        'name = "officer"\narticle = "VI §4(f.2)"\ntext = "A tie', 'name = "o"\narticle = "X"\ntext = "A tie'
    )
    text = text.replace('name = "term"', 'name = "terms"')
    places = {fault.split(", ", 1)[1].split(":")[0] for fault in faults(text)}
    assert places == {
        "provisions.term",
        "rules.at-large.seats",
        "bodies.icb.seats",
        "members.regular",
        "regions",
        "members.icb.body",
        "seats.regional.body",
        "bodies.icb",
        "seats.ex-officio.vacancy",
        "rules.officer.max_marks",
        "standings.good",
        "ties.officer",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "alternate declined"', 'name = "declined"', "acts.alternate declined: it is missing"),
        ('name = "journal"', 'name = "book"', "provisions.journal: it is missing"),
        ('name = "proxy"', 'name = "proxies"', "provisions.proxy: it is missing"),
        ('name = "executive"', 'name = "committee"', "bodies.executive: it is missing"),
        ("min = 1\nmax = 1\nvoting = 1", "min = 1\nmax = 1\nvoting = 0", "members.icb: a seat of the ICB sends one"),
        ("min = 1\nmax = 1\nvoting = 1", "min = 2\nmax = 2\nvoting = 1", "members.icb: a seat of the ICB sends one"),
        ('name = "regional"', 'name = "região"', "seats.região: as a member of the ICB's meetings"),
        ('name = "regional"', f'name = "{"R" * 19}"', "as a member of the ICB's meetings"),
        ('name = "ex-officio"', 'name = "ALTERNATE"', "seats.alternate: it is easily mistaken for 'ALTERNATE'"),
        ('"South Asia"', f'"{"S" * 295}"', "seats.regional: with its region: too long"),
        ('"South Asia"', '"EUROPE"', "regions: 'Europe' is the same name as 'EUROPE'"),
        (
            'number = 2\norigin = "caucus"',
            'number = 8\norigin = "regular"\nrule = "at-large"',
            "seats.at-large.rule: the seats of the kind 'ex-officio' are filled with the same people",
        ),
        (
            'number = 2\norigin = "caucus"',
            'number = 1\norigin = "regular"\nrule = "officer"',
            "seats.ex-officio.rule: who stands in a run-off has no seat yet",
        ),
        (
            'number = 2\norigin = "caucus"',
            'number = 1\norigin = "regular"\nrule = "officer"',
            "seats.at-large.rule: other seats are elected by the body 'icb'",
        ),
    ],
)
def test_a_charter_by_which_no_icb_could_sit_is_refused_before_anybody_votes(old: str, new: str, told: str) -> None:
    text = IMA.decode()
    assert old in text
    assert any(told in fault for fault in faults(text.replace(old, new, 1)))


def test_the_acts_that_a_charter_must_have_are_those_of_the_secretary() -> None:
    assert tuple(act.__struct_config__.tag for act in get_args(Act)) == ACTS


def test_values_at_the_edge_of_what_makes_sense_are_taken() -> None:
    text = IMA.decode()
    for old, new in (
        ("min = 2\nmax = 5", "min = 1\nmax = 1"),
        ('quorum = "2/3"', 'quorum = "1/1"'),
        ("min_marks = 0\nmax_marks = 12", "min_marks = 12\nmax_marks = 12"),
    ):
        assert old in text
        text = text.replace(old, new)
    assert load(text.encode()).rule("at-large").min_marks == 12


@pytest.mark.parametrize(("number", "taken"), [(-1, False), (0, True), (100_000, True), (100_001, False)])
def test_numbers_run_from_0_to_100000(number: int, taken: bool) -> None:
    text = IMA.decode().replace("period = 2\n", f"period = {number}\n")
    if taken:
        assert number in {notice.period for notice in load(text.encode()).notices}
    else:
        assert [fault.split(":")[0] for fault in faults(text)] == ["my.toml, notices[5].period"]


@pytest.mark.parametrize("share", ["1/9999", "9999/9999", "10/11"])
def test_a_fraction_has_numbers_from_1_to_9999(share: str) -> None:
    text = IMA.decode().replace('share = "1/2"', f'share = "{share}"')
    assert load(text.encode()).decision("motion").share == share


@pytest.mark.parametrize(
    "share", ["1", "1/", "/2", "0/2", "1/0", "01/2", "1/02", "1/10000", "1/2/3", "1 /2", "-1/2", "a1/2", "1/2a", "0.5"]
)
def test_what_is_no_fraction_is_refused(share: str) -> None:
    text = IMA.decode().replace('quorum = "2/3"', f'quorum = "{share}"').replace('"1/2"', f'"{share}"', 1)
    assert [fault.split(":")[0] for fault in faults(text)] == [
        "my.toml, bodies[2].quorum",
        "my.toml, decisions[1].share",
    ]


def test_what_is_left_out_counts_as_empty_nought_or_false() -> None:
    charter = load(IMA)
    assembly, rule = charter.body("assembly"), charter.rule("at-large")
    assert (assembly.seats, assembly.quorum, rule.majority, rule.run_off) == (0, "", "", 0)
    assert (charter.delegates("regular").body, charter.seat("regional").rule, charter.seat("alternate").vacancy) == (
        "",
        "",
        "",
    )
    assert charter.decision("motion").blanks is False


@pytest.mark.parametrize("name", ["\\u001B[31mred", "[bold]rule", "\\u202Ereversed", " space", ""])
def test_text_that_could_trick_a_screen_is_refused(name: str) -> None:
    text = IMA.decode().replace('name = "ima"', f'name = "{name}"')
    assert [fault.split(":")[0] for fault in faults(text)] == ["my.toml, name"]


def test_what_is_no_charter_at_all_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        load(b"name = 'x'\ntitle = \xff\n", "my.toml")
    assert (caught.value.faults[0].row, "0xFF" in caught.value.faults[0].problem) == (2, True)
    with pytest.raises(BadInput) as caught:
        load(b"name = 'x'\nname = 'y'\n", "my.toml")
    assert caught.value.faults[0].row == 2
    with pytest.raises(BadInput):
        load(b"regions = 1\nrules = [1]\nmembers = []\n")
    with pytest.raises(BadInput, match="1 fault"):
        load(b"#" * 300_000)
    with pytest.raises(BadInput):
        load(b"a = " + b"[" * 10_000)


def test_a_charter_is_read_up_to_256_kib_and_no_further() -> None:
    whole = IMA + b"#" * (262_144 - len(IMA))
    assert load(whole) == load(IMA)
    with pytest.raises(BadInput) as caught:
        load(whole + b"#")
    assert [str(fault) for fault in caught.value.faults] == [
        "charter: too large: 262145 bytes, at most 262144 are read"
    ]
