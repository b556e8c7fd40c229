"""`ballot trustee sheet` and `restore`: in, a key, or words from paper; out, a sheet for paper, or a key again."""

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Self

import typer

from ballot.aloud import numbered
from ballot.commands import ask, files, keyfiles, kinds
from ballot.commands.help import example
from ballot.commands.options import JsonOption, KeyForceOption, PlainOption
from ballot.commands.overwrite import check_free
from ballot.commands.render import Listing, say, show
from ballot.commands.trustees import MAX_MESSAGE

MAX_WORDS = 4096
"""Largest file of words that is read, in bytes."""

BACK = "back"
"""What takes a list back while it is typed; it is a word of no list, in any language."""

LanguageOption = Annotated[str, typer.Option("--language", metavar="NAME", help="The language of the words.")]


def register_sheets(group: typer.Typer) -> None:
    """Add the commands to the group `ballot trustee`."""
    for name, function, line in (
        ("sheet", sheet, "ballot trustee sheet tara.key --out sheet.txt"),
        ("restore", restore, "ballot trustee restore --ceremony ceremony.json --key tara.key"),
    ):
        group.command(name, epilog=example(line))(function)


def sheet(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The trustee's key file.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The sheet, to be printed.")] = Path("sheet.txt"),
    language: LanguageOption = "english",
    passphrase_file: keyfiles.PassphraseFile = None,
    force: KeyForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Write a key as words on paper, from which it can be restored.

    Whoever has the sheet has the key, without a passphrase: print it where nobody looks, delete the file, and keep the
    paper in a sealed envelope. Nothing of it is shown on the screen. Make it after the ceremony is complete.
    """
    from ballot.files import SECRET, write_whole
    from ballot.trustees.sheet import sheet as text_of

    check_free([out], force, kind=kinds.TEXT)
    file = keyfiles.trustee(key, passphrase_file)
    text = text_of(file.key, language)
    write_whole(out, text.encode(), SECRET, force)
    say("Print {}, delete the file, and keep the paper away from the key.", out)
    show(
        {"trustee": file.name, "file": str(out)},
        Listing("", (("Trustee", file.name), ("Sheet", str(out)))),
        as_json=as_json,
        plain=plain,
    )


def restore(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Where the key file goes.")],
    ceremony: Annotated[
        Path | None, typer.Option("--ceremony", metavar="FILE", help="The complete ceremony, as the committee has it.")
    ] = None,
    public: Annotated[
        Path | None, typer.Option("--public", metavar="FILE", help="Of a key made without a ceremony: its public part.")
    ] = None,
    words_file: Annotated[
        Path | None, typer.Option("--words-file", metavar="FILE", help="The words, one list in a line.")
    ] = None,
    language: LanguageOption = "english",
    passphrase_file: keyfiles.PassphraseFile = None,
    force: KeyForceOption = False,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Restore a trustee's key from the words of its sheet, under a new passphrase.

    The restored key does not remember whether it has given a share or a piece: do that only once, and for the box whose
    number of ballots and words were read aloud at the close.
    """
    from ballot.crypto.keys import save_trustee
    from ballot.crypto.words import fingerprint_line, unknown_words
    from ballot.errors import Refused, UsageError
    from ballot.files import SECRET, write_whole
    from ballot.trustees.keeping import save_secrets
    from ballot.trustees.messages import Transcript
    from ballot.trustees.sheet import TITLES, check_lists, fingerprint, restore_plain
    from ballot.trustees.sheet import restore as restore_secrets
    from ballot.trustees.transcript import check_transcript, waiting_for
    from ballot.votes import Trustee

    check_free([key], force, kind=kinds.KEY)
    # Known before anybody types a word.
    unknown_words((), language)
    with Shown() as shown:
        if ceremony is not None and public is None:
            transcript = kinds.read_as(ceremony, Transcript, kinds.CEREMONY, MAX_MESSAGE)
            if waiting_for(transcript):
                raise Refused(
                    f"{ceremony} is not the complete ceremony",
                    "Ask the committee for the file after round 3: ceremony.json.",
                )
            check_transcript(transcript)
            fits = partial(check_lists, transcript, language=language)
            typed = _lists(TITLES, words_file, language, shown, fits)
            made = restore_secrets(transcript, typed, language)
            trustee, save = made.trustee, partial(save_secrets, made)
        elif public is not None and ceremony is None:
            part = kinds.read_as(public, Trustee, kinds.PUBLIC, MAX_MESSAGE)
            make = partial(restore_plain, part, language=language)
            plain_key = make(_lists(TITLES[:1], words_file, language, shown, make))
            trustee, save = plain_key.public, partial(save_trustee, plain_key)
        else:
            raise UsageError("give either --ceremony or --public", "A key of a ceremony needs the file ceremony.json.")
        phrase = keyfiles.new_passphrase(trustee.name, passphrase_file, "trustee")
        write_whole(key, save(phrase), SECRET, force)
        say("The key of {} is restored in {}. Compare the words of its public key with the sheet.", trustee.name, key)
        words = fingerprint_line(fingerprint(trustee))
        show(
            {"trustee": trustee.name, "file": str(key), "words": words},
            Listing("", (("Trustee", trustee.name), ("Key", str(key)), ("Public key, in words", numbered(words)))),
            as_json=as_json,
            plain=plain,
        )


class Shown:
    """Whether words of a key were typed; however the block ends, the person is then told that the screen shows them."""

    def __init__(self) -> None:
        self.words = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if not self.words:
            return
        if kind is KeyboardInterrupt:
            # The cursor still stands behind the question that was not answered.
            sys.stderr.write("\n")
        say("The words that you typed are the key: clear the screen, or close this window.")


def _lists(
    titles: tuple[str, ...],
    words_file: Path | None,
    language: str,
    shown: Shown,
    check: Callable[[list[list[str]]], object],
) -> list[list[str]]:
    """The words of every list, from a file or typed row by row; one that `check` refuses is asked for again.

    `check` gets the lists so far, and raises Invalid or KeyRefused.
    """
    from ballot.errors import Invalid, KeyRefused

    if words_file is not None:
        data = files.read(words_file, "the file of words", MAX_WORDS)
        try:
            return [_words(line) for line in data.decode("utf-8-sig").splitlines() if line.strip()]
        except UnicodeDecodeError:
            raise Invalid(f"the file of words {words_file} is not UTF-8", "Save it as UTF-8.") from None
    typed: list[list[str]] = []
    for title in titles:
        while True:
            words = _typed_list(title, language, shown)
            try:
                check([*typed, words])
            except (Invalid, KeyRefused) as error:
                say("{}. {}", f"{error.message[0].upper()}{error.message[1:]}", error.hint or "Type the list again.")
                continue
            typed.append(words)
            break
    return typed


def _words(text: str) -> list[str]:
    """The words in a line, without the numbers before them and the signs between them."""
    return [word for word in re.split(r"[\s,;，、；]+", text) if word and not word.removesuffix(".").isdigit()]


def _typed_list(title: str, language: str, shown: Shown) -> list[str]:
    """The words of a list as somebody copies them, row by row, with or without the numbers of the words.

    A row with a word that is in no list is asked for again; BACK alone in a row begins the list again.
    """
    from ballot.crypto.words import SECRET_WORDS, unknown_words

    words: list[str] = []
    shown.words = ask.can_ask()
    if shown.words:
        say("List {}: type its words row by row. The word {}, alone in a row, begins this list again.", title, BACK)
    while len(words) < SECRET_WORDS:
        question = f"List {title}, word {len(words) + 1} of {SECRET_WORDS} and on:"
        row = _words(ask.ask_line(question, "--words-file FILE"))
        if [word.lower() for word in row] == [BACK]:
            words = []
        elif unknown := unknown_words(row, language):
            say("Not in the {} list of words: {}. Type this row again.", language, ", ".join(unknown))
            say("If the sheet is in another language: Ctrl-C, then the same command with --language.")
        elif len(words) + len(row) > SECRET_WORDS:
            say("These are more words than the list has. Type this row again.")
        else:
            words += row
    return words
