"""Words of command lines that are shown: a shell takes each for what it is, and plain ones look as they are."""

import re
import shlex
from pathlib import Path

import pytest

import ballot
from ballot.typed import word

COMMAND = re.compile(r"`ballot [^`]*\{\}[^`]*`")


@pytest.mark.parametrize("text", ["record.zip", "out/record-1.zip", "größe.key", "a=b,c:d@e%f+g"])
def test_a_plain_word_stays_as_it_is(text: str) -> None:
    assert word(Path(text)) == str(Path(text))


@pytest.mark.parametrize(
    "text",
    [
        "our record.zip",
        "Hazel Kitefield",
        "a;b",
        "a&b",
        "*",
        "~x",
        "",
        "it's",
        'a "b"',
        "$HOME `x`",
        "a\\b !",
        "it's $5",
    ],
)
def test_a_shell_takes_it_for_one_word(text: str) -> None:
    assert shlex.split(f"ballot verify {word(text)}") == ["ballot", "verify", text]


@pytest.mark.parametrize("text", ["$(reboot)", "`reboot`", "last year!1", "two\\ words", 'say "aye"'])
def test_attack_a_file_with_a_name_that_a_shell_would_run(text: str) -> None:
    """Between double quotes a shell would still do what these say; `shlex` does not, so it cannot tell."""
    assert word(text) == f"'{text}'"


def test_a_name_with_a_space_stands_between_the_quotes_of_every_shell() -> None:
    assert word("Hazel Kitefield") == '"Hazel Kitefield"'


def test_modules_that_show_a_command_with_a_name_in_it_use_it() -> None:
    for path in sorted(Path(ballot.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if COMMAND.search(text) and path.name != "account.py":  # which shows a number
            assert "import word" in text, path.name
