"""Recovery sheets: a trustee's key in, lists of words and a text for paper out; and back.

Only what is secret stands on the sheet: the exponent behind the election key and, after a ceremony, the key that signs
and the box that the others' pieces are sealed for, each as 24 words. Everything else is public. Whose words they are
shows when they are checked against the public part, so no list can be typed in the place of another.
"""

from collections.abc import Sequence

from ballot.crypto import backup, signing
from ballot.crypto.groups import group
from ballot.crypto.keys import TrusteeSecret
from ballot.crypto.words import SECRET_BYTES, fingerprint_groups, secret_words, unknown_words, words_to_secret
from ballot.errors import Invalid, KeyRefused
from ballot.statements import digest_of
from ballot.trustees.ceremony import Secrets
from ballot.trustees.messages import Transcript
from ballot.trustees.transcript import check_transcript
from ballot.votes import Trustee

Lists = tuple[tuple[str, ...], ...]
"""24 words for each secret: one list for a plain key, three for the key of a ceremony."""

TITLES = ("A", "B", "C")
DEFAULT_LANGUAGE = "english"
_COLUMNS = 4
_IN_ORDER = "Type the lists in their order, of one sheet."


def lists_of(key: TrusteeSecret | Secrets, language: str = DEFAULT_LANGUAGE) -> Lists:
    """The words of a key: exponent; then signing key and box, if it has them. Raises UsageError for the language."""
    exponent = int(key.exponent).to_bytes(SECRET_BYTES, "big")
    secrets = [exponent]
    if isinstance(key, Secrets):
        secrets += [key.signing, bytes.fromhex(key.box)]
    return tuple(secret_words(secret, language) for secret in secrets)


def sheet(key: TrusteeSecret | Secrets, language: str = DEFAULT_LANGUAGE) -> str:
    """The text for paper, lines of at most 76 characters. Raises UsageError for a language without words."""
    ceremony = isinstance(key, Secrets)
    public = key.trustee if isinstance(key, Secrets) else key.public
    lines = [
        "RECOVERY SHEET OF A TRUSTEE'S KEY",
        "",
        # The key knows of no election: it is made before there is one.
        "Election and date: ________________________________________",
        f"Trustee: {public.name}",
        "Public key, in words:",
        *(f"  {part}" for part in fingerprint_groups(fingerprint(public))),
        "",
        "Whoever has these words has the key, without any passphrase.",
        "Keep the sheet in a sealed envelope, away from the key file.",
    ]
    for title, words in zip(TITLES, lists_of(key, language), strict=False):
        lines += ["", f"List {title}"]
        for start in range(0, len(words), _COLUMNS):
            numbered = enumerate(words[start : start + _COLUMNS], start=start + 1)
            lines.append("".join(f"{place:>4}. {word:<13}" for place, word in numbered).rstrip())
    option = "--ceremony ceremony.json" if ceremony else "--public FILE"
    command = f"ballot trustee restore {option} --key NEW.key"
    if language == DEFAULT_LANGUAGE:
        lines += ["", f"To restore: {command}", ""]
    else:
        lines += ["", f"The words are in this language: {language}", "To restore, in one line:"]
        lines += [f"  {command}", f"  --language {language}", ""]
    return "\n".join(lines)


def fingerprint(trustee: Trustee) -> str:
    """SHA-256 of a trustee's public part, in hex; it is the same on the sheet and of what was restored from it."""
    return digest_of(trustee)


def restore(transcript: Transcript, lists: Sequence[Sequence[str]], language: str = DEFAULT_LANGUAGE) -> Secrets:
    """The secrets of a trustee of a complete ceremony from the words of the sheet.

    They do not remember which box they have worked for, nor for whom pieces were given. Raises Invalid naming the list
    whose words do not fit together, KeyRefused when they are of no trustee of this ceremony or in another order, and as
    `check_transcript` does.
    """
    check_transcript(transcript)
    if len(lists) != len(TITLES):
        raise Invalid(
            f"the sheet of a ceremony has {len(TITLES)} lists, here are {len(lists)}",
            "Type all lists of the sheet, one in a line.",
        )
    number, (exponent, seed, box) = check_lists(transcript, lists, language)
    scalar = str(int.from_bytes(exponent, "big"))
    commit, deal, answer = (
        transcript.commits[number - 1],
        transcript.deals[number - 1],
        transcript.answers[number - 1],
    )
    return Secrets(transcript.ceremony, number, seed, box.hex(), scalar, (), commit, deal, answer)


def check_lists(
    transcript: Transcript, lists: Sequence[Sequence[str]], language: str = DEFAULT_LANGUAGE
) -> tuple[int, list[bytes]]:
    """Whose sheet of a checked ceremony the first lists of a sheet are, one or more, and the secrets on them.

    Raises Invalid and KeyRefused naming the first list at fault, as `restore` does.
    """
    secrets = _secrets(lists, language)
    number = _owner(transcript, int.from_bytes(secrets[0], "big"))
    commit = transcript.commits[number - 1]
    if len(secrets) > 1 and signing.public_hex(signing.load_private(secrets[1])) != commit.signing:
        raise KeyRefused(f"list B is not that of {commit.name}, whose list A is", _IN_ORDER)
    if len(secrets) > 2 and backup.box_of(secrets[2].hex()) != commit.box:
        raise KeyRefused(f"list C is not that of {commit.name}, whose lists A and B are", _IN_ORDER)
    return number, secrets


def restore_plain(public: Trustee, lists: Sequence[Sequence[str]], language: str = DEFAULT_LANGUAGE) -> TrusteeSecret:
    """A plain key from its public part and the words of the sheet. Raises Invalid and KeyRefused like `restore`."""
    if len(lists) != 1:
        raise Invalid(
            f"the sheet of a plain key has one list, here are {len(lists)}", "Type its words, all of them in one line."
        )
    (exponent,) = (int.from_bytes(secret, "big") for secret in _secrets(lists, language))
    ring = group(public.group)
    if not 0 < exponent < ring.q or ring.text(ring.base(exponent)) != public.key.public_key:
        raise KeyRefused(f"these words are not of the key of {public.name}", "Take the sheet of this key.")
    return TrusteeSecret(public, exponent)


def _secrets(lists: Sequence[Sequence[str]], language: str) -> list[bytes]:
    secrets = []
    for title, words in zip(TITLES, lists, strict=False):
        unknown = unknown_words(words, language)
        other = f" If the sheet is not in {language}, name its language with --language." if unknown else ""
        if 2 * len(unknown) > len(words):
            # They are the key itself, in another language: no message shows them.
            most = f"list {title}: {len(unknown)} of {len(words)} words are not in the {language} word list"
            raise Invalid(most, f"Correct these words.{other}")
        try:
            secrets.append(words_to_secret(words, language))
        except Invalid as error:
            hint = error.hint or "Type all the words of each list, one list in a line."
            raise Invalid(f"list {title}: {error.message}", f"{hint}{other}") from None
    return secrets


def _owner(transcript: Transcript, exponent: int) -> int:
    ring = transcript.ceremony.ring
    if 0 < exponent < ring.q:
        public = ring.text(ring.base(exponent))
        for number, key in enumerate(transcript.keys, start=1):
            if key.public_key == public:
                return number
    raise KeyRefused(
        "what was typed is not list A of a trustee of this ceremony",
        "Look at the letter above the list, and that sheet and ceremony are of the same election.",
    )
