"""Characters of plain texts: which are permitted, which look alike, and that no Python decides it by its own tables."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

from ballot import unicode14
from ballot.characters import LETTERS, SIGNS, is_known, is_unseen
from ballot.icb.secretary import Dated, form_faults
from ballot.tables import MAX_CELL, name_key, named_in, shown, text_problem
from tests import characters, icb

PROTOCOL = (Path(__file__).parent.parent / "docs" / "protocol.md").read_text(encoding="utf-8")
TEXTS = PROTOCOL[PROTOCOL.index("### 1.5") : PROTOCOL.index("### 1.6")]
PERMITTED = [c for c in map(chr, range(0x110000)) if not text_problem(f"x{c}x") or "NFC" in text_problem(f"x{c}x")]


def points(text: str) -> set[str]:
    """All characters that a piece of the page names, as U+XXXX or U+XXXX to U+XXXX."""
    found = re.findall(r"U\+([0-9A-F]+)(?: to U\+([0-9A-F]+))?", text)
    return {chr(code) for first, last in found for code in range(int(first, 16), int(last or first, 16) + 1)}


def test_the_shipped_table_is_that_of_unicode_14() -> None:
    if unicodedata.unidata_version != "14.0.0":
        with pytest.raises(ValueError, match="14"):
            characters.module()
        pytest.skip("only a Python with Unicode 14.0 can tell")
    assert Path(unicode14.__file__).read_text(encoding="utf-8") == characters.module()


def test_any_python_permits_the_same_characters_and_compares_names_in_the_same_way() -> None:
    digest = hashlib.sha256()
    for one in PERMITTED:
        for text in (one, f"a{one}", f"{one}\u0301", f"{one}\u0307x"):
            digest.update(f"{unicodedata.normalize('NFC', text)}|{name_key(text)}|".encode())
    assert len(PERMITTED) == 144_237
    assert digest.hexdigest() == "7050e38ff673f3e90276b7461214fcd02c85b32a753febb264ef7152e2bf645a"


def test_the_page_names_all_that_is_refused_though_unicode_14_has_it() -> None:
    unseen = points(TEXTS[TEXTS.index("what has no glyph") : TEXTS.index("So all control")])
    known = {c for c in map(chr, range(0x110000)) if is_known(c)}
    assert {c for c in known if is_unseen(c)} == unseen
    assert set(PERMITTED) == known - unseen - set("[]") | set("\u200c\u200d")


def test_the_page_names_all_that_is_replaced_where_names_are_compared() -> None:
    letters = TEXTS.split("```")[1].split()
    assert list(zip(letters[::2], letters[1::2], strict=True)) == list(LETTERS)
    told: dict[str, str] = {}
    for sign, listed in re.findall(r"^- `(.)` for (.*?);$", TEXTS, re.DOTALL | re.MULTILINE):
        told |= dict.fromkeys(points(listed), sign)
    told |= {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u0640": "", "\u200c": "", "\u200d": ""}
    assert told == SIGNS


def test_white_space_is_what_the_page_says() -> None:
    assert {c for c in PERMITTED if c.isspace()} == points(
        TEXTS[TEXTS.index("White space is") : TEXTS.index("Two names")]
    )


@pytest.mark.parametrize(
    "unseen",
    [
        "\U000e0100",
        "\U000e01ef",
        "\u180b",
        "\u180f",
        "\u17b4",
        "\u17b5",
        "\u2800",
        "\U0001d159",
        "\u2065",
        "\ufff0",
        "\U000e0080",
        "\ufdd0",
        "\U0010ffff",
        "\ufe0f",
        "\u034f",
        "\u00ad",
        "\u2d7f",
        "\ufffc",
        "\U0001107f",
        "\U00016fe4",
        "\U0001da9b",
        "\ue000",
        "\u0378",
        "\U0001e030",
        "\U00031350",
    ],
    ids=ascii,
)
def test_attack_one_person_twice_with_a_character_that_nobody_sees(unseen: str) -> None:
    name = "Rima Tidewater" + unseen
    problem = f"U+{ord(unseen):04X}"
    assert problem in text_problem(name)
    assert problem in shown(name)
    seats = [icb.designate(seat, name, "R1B") for seat in ("regional:Europe", "at-large:1")]
    assert all(problem in form_faults(Dated("2026-05-04", seat))[0] for seat in seats)


@pytest.mark.parametrize("gap", ["  ", " \u00a0", "\u3000" * 70, "\u200c\u200d", " \u200c", "\u200d "], ids=ascii)
def test_attack_a_gap_that_pushes_words_onto_a_line_of_their_own(gap: str) -> None:
    for text in (f"as declared{gap}No. 3 is elected.", f"a b{gap}c"):
        assert text_problem(text) == "two spaces or joiners in a row; leave one"
        assert text_problem(text.replace(gap, gap[0])) == ""


@pytest.mark.parametrize("name", ["\u200d", "\u200c", "ـ"], ids=ascii)
def test_attack_a_name_of_which_nothing_can_be_seen(name: str) -> None:
    assert text_problem(name) == "holds nothing that can be seen"


@pytest.mark.parametrize(
    "name",
    [
        "জোনাকি তারানাও",
        "শ্রী কৃষ্ণ",
        "فاطمه می‌نویسد",
        "محمد عبد الله",
        "ශ්‍රී ලංකා",
        "தமிழ்ச்செல்வி",
        "सुनीता श्रेष्ठ",
        "María Ñúñez de los Ángeles",
        "Ng̃a Tagalog",
        "陳大文",
        "佐々木 さくら",
        "김민준",
        "ณัฐธิดา",
        "សុភ័ក្ត្រ",
        "အောင်ဆန်းစုကြည်",
        "ሰላማዊት",
        "გიორგი",
        "Ելենա",
        "שרה כהן",
        "Nguyễn Thị Ánh",
        "ᠮᠣᠩᠭᠣᠯ",
        "བསྟན་འཛིན",
        "ഗീത",
        "ಕಮಲ",
        "లక్ష్మి",
        "ਗੁਰਪ੍ਰੀਤ",
        "D’Souza",
        "Şebnem Işık",
        "𠮷田",
    ],
)
def test_names_of_many_scripts_are_taken(name: str) -> None:
    assert text_problem(unicodedata.normalize("NFC", name)) == ""
    assert name_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rima Tidewater", "Rıma Tidewater"),
        ("Rima Tidewater", "Ri\u0307ma Tidewater"),
        ("Rima Tidewater", "Rіma Tidewater"),
        ("Rima Tidewater", "Rimɑ Tidewater"),
        ("Rima Tidewater", "Rimа Tidewater"),
        ("Carla", "ᴄarla"),
        ("Carla", "Ϲarla"),
        ("Carla", "ⲥarla"),
        ("CARLA", "ᏟARLA"),
        ("CARLA", "ꓚꓮꓣꓡꓮ"),
        ("Anna", "Ꭺnna"),
        ("Anna", "ꭺnna"),
        ("Anna", "Аnna"),
        ("Ána", "Άna"),
        ("Norа", "Nօra"),
        ("SUE", "ՏՍE"),
        ("Rene", "гene"),
        ("José", "Jоsé"),
        ("D'Souza", "D’Souza"),
        ("D'Souza", "Dʼ\u200dSouza"),
        ("D'Souza", "D´Souza"),
        ("D'Souza", "D‘Souza"),
        ("D'Souza", "D`Souza"),
        ("Anne-Marie", "Anne‑Marie"),
        ("Anne-Marie", "Anne–Marie"),
        ("Anne-Marie", "Anne―Marie"),
        ("Anne-Marie", "Anne−Marie"),
        ('"Bo" Lee', "“Bo” Lee"),
        ("علی", "علي"),
        ("محمد", "محـمد"),
        ("Anna B", "Anna\u00a0B"),
        ("Anna B", "ANNA\u2003 B"),
        ("Ａnna", "Anna"),
    ],
)
def test_attack_a_name_that_looks_like_another(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mila", "Milo"),
        ("Renée", "Renee"),
        ("Jürgen", "Jurgen"),
        ("Carmen", "Carrnen"),
        ("Иван", "Ивана"),
        ("ʿAli", "ʾAli"),
    ],
)
def test_names_that_differ_to_the_eye_stay_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_attack_a_name_so_long_that_comparing_it_takes_hours() -> None:
    long = "a" + "\u0301" * MAX_CELL + "\u0323" * MAX_CELL
    assert text_problem(long)
    assert name_key(long) == long


def test_no_two_names_of_one_script_become_one_but_for_the_twins_that_the_page_tells() -> None:
    """Whatever had keys of its own by normal form and case alone keeps them, beside every other of its script."""
    told = {*LETTERS[0][0], *SIGNS, *"\u0307"}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    letters = [c for c in PERMITTED if unicodedata.category(c)[0] == "L" and unicodedata.normalize("NFKC", c) == c]
    for one in letters:
        plain = unicodedata.normalize("NFKD", one.casefold())
        if not told & set(plain):
            found[unicodedata.name(one, "no name").split()[0], name_key(one)].add(plain)
    assert {key: plain for key, plain in found.items() if len(plain) > 1} == {}
    scripts = [{unicodedata.name(letter).split()[0] for letter in upper} for upper, _ in LETTERS[1:]]
    assert all(len(script) == 1 for script in scripts)
    assert all(len(set(upper)) == len(upper) for upper, _ in LETTERS)


@pytest.mark.parametrize(
    "given", ["Jose\u0301 O\u2019Neill", "jos\u00e9  o'neill", "JOS\u00c9 O'NEILL", " Jos\u00e9 O'Neill"]
)
def test_a_name_is_found_in_other_spellings_of_it(given: str) -> None:
    names = ("Tomas Tallyman", "Jos\u00e9 O'Neill")
    assert named_in(names, given) == names[1]
    assert named_in(names, f"{given} Junior") == named_in(names, "") == ""
