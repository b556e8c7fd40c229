"""The booth's session: in, what voters type; out, sealed ballots in the outbox, and opened ones where they are kept.

Marks are shown on the terminal only, which is cleared with its scrollback; nothing of them reaches a file but in a
challenge, which the voter asks for.
"""

import re
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ballot.commands import files, kinds, outbox
from ballot.commands.booth_screens import (
    CAST,
    CHALLENGE,
    END,
    Made,
    show_cast,
    show_challenge,
    show_sealed,
    show_start,
    show_words,
)
from ballot.commands.layout import lay_out_anew
from ballot.commands.marking import AGAIN, LIST, Marks, ask_marks, sentences
from ballot.commands.terminal import Ended, Terminal
from ballot.errors import Error, Refused
from ballot.typed import word

if TYPE_CHECKING:
    from ballot.booth import Filled
    from ballot.envelopes import Envelopes
    from ballot.votes import BoothPaper, Contest, OpeningFile

_OPTIONS = "Without a terminal, give --paper, --marks for every contest, and --cast or --challenge."
_STOPPED = "The last ballot was stopped: nothing was cast, and its paper is still good."
_PATH_LIKE = re.compile(r"[/\\~]|\.json")


class Session:
    """A terminal with the election it is for, and the folders where what is made there goes."""

    def __init__(
        self, terminal: Terminal, file: "OpeningFile", envelopes: "Envelopes | None", out: Path, challenges: Path
    ) -> None:
        self.terminal = terminal
        self.file = file
        self.envelopes = envelopes
        self.out = out
        self.challenges = challenges

    @property
    def contests(self) -> tuple["Contest", ...]:
        """What is voted on."""
        return self.file.signed.opening.contests

    def open(self) -> None:
        """Serve one voter after the other, until somebody types the word for the end, or the input ends."""
        self.terminal.require(_OPTIONS)
        outbox.make(self.out)
        notice = ""
        with self.terminal.guarded():
            try:
                with suppress(Ended):
                    while (typed := self._next(notice)).casefold() != END:
                        notice = self._turn(typed)
            finally:
                with suppress(Ended):
                    self.terminal.wipe()
        with suppress(Ended):
            there = len(outbox.ballots(self.out))
            self.terminal.tell("The booth is closed. Ballots in the outbox: {}.", there)
            if there:
                self.terminal.tell(
                    "Next, at the desk: `ballot cast {} --receipts receipts`.", f"{word(self.out)}/*.json"
                )

    def serve_one(self, paper: "BoothPaper", chosen: list[Marks] | None, decision: str) -> Made:
        """Serve one voter whose paper is known, and perhaps the marks or the decision; returns what was cast.

        Raises Refused when the voter stops.
        """
        self.terminal.require(_OPTIONS)
        outbox.make(self.out)
        with self.terminal.guarded():
            try:
                show_words(self.terminal, self.file.election.name, self.file.signed.opening.fingerprint)
                return self._serve(paper, chosen, decision)
            except (KeyboardInterrupt, Ended):
                raise Refused("stopped: nothing was cast", "Run the command again; the paper is still good.") from None
            finally:
                with suppress(Ended):
                    self.terminal.wipe()

    def by_options(self, paper: "BoothPaper", chosen: list[Marks], decision: str) -> Made:
        """Cast or challenge without asking; returns what was made."""
        from ballot.booth import fill

        filled = fill(self.file.election, paper.paper.credential, chosen)
        return self._cast(paper, filled) if decision == CAST else self._challenge(filled)

    def paper_in(self, path: Path) -> "BoothPaper":
        """The paper in a file, or of the envelope whose code stands in the file. Raises Invalid and Refused."""
        from ballot.booth import check_booth_paper
        from ballot.crypto import codes
        from ballot.votes import BoothPaper
        from ballot.wire import MAX_JSON

        data = files.read(path, kinds.PAPER, MAX_JSON)
        code = kinds.code_in(data)
        if code and (self.envelopes or codes.is_whole(code)):
            return self._paper_of(code)
        paper = kinds.decode_as("this file", data, BoothPaper, kinds.PAPER, MAX_JSON)
        with kinds.unchanged("this file"):
            check_booth_paper(self.file.signed.opening, self.file.election, paper)
        return self._unused(paper)

    def _paper_of(self, code: str) -> "BoothPaper":
        from ballot.booth import check_booth_paper
        from ballot.crypto import codes
        from ballot.envelopes import open_envelope

        if self.envelopes is None:
            raise Refused(
                "this booth was started without the file of envelopes (envelopes.json), so it opens no codes",
                "Tell the committee: it has to start the booth again, with --envelopes.",
            )
        opening = self.file.signed.opening
        paper = open_envelope(opening, self.file.election, self.envelopes, codes.read(code))
        check_booth_paper(opening, self.file.election, paper)
        return self._unused(paper)

    def _unused(self, paper: "BoothPaper") -> "BoothPaper":
        if outbox.holds(self.out, paper.paper.credential):
            raise Refused(
                "a ballot was already cast on this paper",
                "One paper, one vote. Receipts of all ballots lie at the desk: take a copy of all of them.",
            )
        return paper

    def _next(self, notice: str) -> str:
        """The start screen: what somebody types as a code or as the path of a paper. Raises Ended.

        Who hears the screen hears after a mistake only what was wrong, and all of it again after an empty line.
        """
        wanted = "the code of your envelope, or " if self.envelopes else ""
        # A screen reader may have said no more than the last line.
        what = f"Type {wanted}your paper's file; Enter alone repeats the start. " if self.terminal.plain else ""
        while True:
            self.terminal.wipe()
            if notice:
                self.terminal.tell("{}", notice)
                self.terminal.gap()
            if not notice or notice == _STOPPED or not self.terminal.plain:
                show_start(self.terminal, self.file.election.name, self.file.signed.opening.fingerprint, wanted)
            notice = ""
            try:
                if typed := self.terminal.ask(f"{what}Paper:"):
                    return typed
            except KeyboardInterrupt:
                continue
            except Ended:
                if not self.terminal.is_there():
                    raise
                notice = f"The booth is still open. To close it, type {END}."

    def _turn(self, typed: str) -> str:
        """One voter; returns what the start screen then says."""
        from ballot.crypto import codes

        try:
            path = _path(typed)
            if path is None and (_PATH_LIKE.search(typed) or not (self.envelopes or codes.is_whole(typed))):
                return "There is no such file. Look at its path again, or ask the committee."
            self._serve(self._paper_of(typed) if path is None else self.paper_in(path))
        except (KeyboardInterrupt, Ended):
            return _STOPPED
        except Error as error:
            return sentences(error)
        return ""

    def _serve(self, paper: "BoothPaper", chosen: list[Marks] | None = None, decision: str = "") -> Made:
        """Mark, seal, and challenge or cast, until a ballot is cast."""
        from ballot.booth import fill

        while True:
            marks = chosen or ask_marks(self.terminal, self.file.signed.opening)
            filled = fill(self.file.election, paper.paper.credential, marks)
            made = self._decide(paper, filled, decision)
            if made is not None:
                return made
            chosen, decision = None, ""

    def _decide(self, paper: "BoothPaper", filled: "Filled", decision: str) -> Made | None:
        """What becomes of a filled ballot; returns what was cast, or None when the voter marks afresh."""
        words: tuple[str, ...] = (CAST, CHALLENGE, AGAIN)
        again = (LIST,) if self.terminal.plain else ()
        heard = f"{LIST} repeats this. " if again else ""
        show_sealed(self.terminal, filled.ballot.hash)
        while True:
            question = f"{heard}Type {', '.join(words[:-1])} or {words[-1]}:"
            word = decision or self.terminal.choose(question, (*words, *again))
            decision = ""
            if word == LIST:
                show_sealed(self.terminal, filled.ballot.hash)
                continue
            try:
                if word == CAST:
                    return self._farewell(self._cast(paper, filled))
                if word == CHALLENGE:
                    show_challenge(self.terminal, self._challenge(filled))
                return None
            except Refused as error:
                self.terminal.tell("{}", sentences(error))
                # A ballot that was signed must not be opened any more.
                words = (CAST, AGAIN) if word == CAST else words

    def _cast(self, paper: "BoothPaper", filled: "Filled") -> Made:
        """Sign the ballot and put it into the outbox. Raises Refused, and then nothing was cast."""
        from ballot.booth import seal
        from ballot.receipt import digest_line
        from ballot.wire import encode

        sealed = seal(self.file.election, paper, filled)
        tracker = sealed.ballot.tracker
        path = outbox.put(self.out, f"{outbox.stem(tracker)}.json", encode(sealed))
        made = {"tracker": tracker, "in words": digest_line(tracker), "hash": filled.ballot.hash, "file": str(path)}
        return made | self._without_order(self.out)

    def _without_order(self, folder: Path) -> Made:
        """Take the order out of a folder; a warning if that failed, for what was made is made all the same."""
        try:
            lay_out_anew(folder)
        except Refused as error:
            return {"warning": f"The files of {folder} may show an order: {error.message}. Tell the committee."}
        return {}

    def _farewell(self, made: Made) -> Made:
        """Show what to keep. Whatever happens here, the ballot is cast."""
        with suppress(KeyboardInterrupt, Ended):
            show_cast(self.terminal, made)
        return made

    def _challenge(self, filled: "Filled") -> Made:
        """Open the ballot, which nobody signed. Raises Refused, and then nothing was opened."""
        from ballot.booth import challenge
        from ballot.files import SECRET
        from ballot.receipt import digest_line
        from ballot.wire import encode

        digest = filled.ballot.hash
        opened = encode(challenge(self.file.signed.opening, filled))
        path = outbox.put(self.challenges, f"challenge-{outbox.stem(digest)}.json", opened, SECRET)
        made = {"hash": digest, "in words": digest_line(digest), "file": str(path)}
        return made | self._without_order(self.challenges)


def _path(typed: str) -> Path | None:
    """The file that is meant, also when the terminal put quotes or backslashes into its path."""
    spellings = [typed]
    with suppress(ValueError):
        spellings += shlex.split(typed)[:1]
    for spelling in spellings:
        with suppress(OSError, ValueError, RuntimeError):
            path = Path(spelling).expanduser()
            if path.is_file():
                return path
    return None
