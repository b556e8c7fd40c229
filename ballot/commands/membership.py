"""`ballot membership` and `ballot acts`: in, the ICB's decisions and corrections; out, signed acts, and the journal."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ballot.aloud import numbered
from ballot.commands import ask, icb, icb_keys
from ballot.commands.help import SECRETARY, PersonGroup, example
from ballot.commands.icb import (
    DEFAULT_ICB,
    BothSecondOption,
    DecisionOption,
    DecisionReference,
    IcbOption,
    OnOption,
    ReferenceOption,
    SecondPassphrase,
    SecretaryOption,
    SecretaryPassphrase,
)
from ballot.commands.icb_next import say_next, say_vacant
from ballot.commands.icb_tables import acts_table, acts_value, papers_table, signers_table
from ballot.commands.keyfiles import OFFICE
from ballot.commands.options import JsonOption, PlainOption, YesOption
from ballot.commands.render import Listing, say, show

if TYPE_CHECKING:
    from ballot.icb.places import State
    from ballot.icb.secretary import MembershipChanged

MemberArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of the organisation.")]


class Role(StrEnum):
    """Who signs acts."""

    SECRETARY = "secretary"
    SECOND = "second"


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    keys = "--secretary secretary.key --second second.key"
    changed = "ballot membership change M013 --standing resigned --letter letter.pdf --decision minutes.pdf"
    line = example(f"{changed} {keys}")
    members = typer.Typer(
        cls=PersonGroup, rich_markup_mode=None, help="The ICB's decisions on member organisations.", epilog=line
    )
    members.command("change", epilog=line)(change)
    admitted = 'ballot membership admit M126 --name "Lantern Union" --region Europe --decision minutes.pdf'
    members.command("admit", epilog=example(f"{admitted} {keys}"))(admit)
    app.add_typer(members, name="membership", rich_help_panel=SECRETARY)
    line = example("ballot acts list")
    acts = typer.Typer(cls=PersonGroup, rich_markup_mode=None, help="The journal of the secretary's acts.", epilog=line)
    acts.command("list", epilog=line)(list_)
    acts.command("correct", epilog=example(f'ballot acts correct 7 --wrong "the letter was of another member" {keys}'))(
        correct
    )
    acts.command("signer", epilog=example(f"ballot acts signer secretary --decision minutes.pdf {keys}"))(signer)
    app.add_typer(acts, name="acts", rich_help_panel=SECRETARY)


def change(
    member: MemberArgument,
    standing: Annotated[str, typer.Option("--standing", help="good, suspended or resigned.")],
    decision: DecisionOption,
    secretary: SecretaryOption,
    second: BothSecondOption,
    letter: Annotated[
        Path | None, typer.Option("--letter", metavar="FILE", help="The member's letter, if there is one.")
    ] = None,
    yes: YesOption = False,
    reference: ReferenceOption = "",
    decision_reference: DecisionReference = "",
    on: OnOption = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that the ICB acted on a member's letter or case, and that the member has another standing.

    A withdrawal takes effect on the action of the ICB: then its people's places fall vacant. It asks first if there is
    no letter of the member's. Suspended members' people keep their places and take no new one.
    """
    from ballot.errors import UsageError
    from ballot.icb.secretary import MembershipChanged

    if reference and not letter:
        raise UsageError("--reference is what the member's letter is called, and there is none", "Leave it out.")
    minutes = icb.document(decision, decision_reference, "--decision-reference")
    paper = icb.document(letter, reference) if letter else minutes
    ending: list[str] = []

    def make(state: "State") -> "MembershipChanged":
        ending[:] = [one.name for one in state.charter.standings if not one.keeps_places]
        return MembershipChanged(member, standing, paper, minutes)

    def make_sure(act: "MembershipChanged") -> None:
        from ballot.errors import Refused

        if standing not in ending or act.letter.sha256 != act.decision.sha256:
            return
        if not ask.confirm(f"Did the ICB end the membership of {member} without a letter of the member's?", yes):
            raise Refused("nothing was recorded", "Give the member's own letter with --letter.")

    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    done = icb.enact(store, make, on, keys, (as_json, plain), make_sure=make_sure, yes=yes)
    say_vacant(done.state, secretary, store)


def admit(
    member: MemberArgument,
    name: Annotated[str, typer.Option("--name", help="The organisation.")],
    region: Annotated[str, typer.Option("--region", help="Its region, as the charter names it.")],
    decision: DecisionOption,
    secretary: SecretaryOption,
    second: BothSecondOption,
    kind: Annotated[str, typer.Option("--kind", help="regular or associate.")] = "regular",
    decision_reference: DecisionReference = "",
    on: OnOption = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that the ICB admitted a member since the Assembly; its people can take seats from then on."""
    from ballot.icb.secretary import MemberAdmitted, Organisation

    paper = icb.document(decision, decision_reference, "--decision-reference")
    icb.enact(
        store,
        lambda state: MemberAdmitted(Organisation(member, name, region, kind, state.charter.standings[0].name), paper),
        on,
        (secretary, second, secretary_passphrase_file, second_passphrase_file),
        (as_json, plain),
    )


def list_(store: IcbOption = DEFAULT_ICB, as_json: JsonOption = False, plain: PlainOption = False) -> None:
    """List all acts in order, with dates, articles and fingerprints; corrected ones are marked.

    So are the papers that they stand on, with the SHA-256 of each, and who signs since when, with the words of each
    key.
    """
    from ballot.acts.seats import standing

    with icb.opened(store) as opened, opened.read() as view:
        now = standing(view)
    last = Listing("", (("Last act", now.journal[-1].digest),))
    tables = acts_table("", now), papers_table(now.state), signers_table(now.journal)
    show(acts_value(now), *tables, last, as_json=as_json, plain=plain)


def correct(
    number: Annotated[int, typer.Argument(metavar="ACT", help="The number of the act.")],
    wrong: Annotated[str, typer.Option("--wrong", metavar="TEXT", help="What was wrong with it.")],
    secretary: SecretaryOption,
    second: BothSecondOption,
    on: OnOption = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Correct an act that was recorded in error: it stays in the journal and counts no more.

    Later acts that depend on it are corrected first, the last one before the others.
    """
    from ballot.icb.secretary import AlternateDeclined, Corrected

    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    state = icb.enact(store, lambda _: Corrected(number, wrong), on, keys, (as_json, plain)).state
    corrected = state.steps[number].act
    if isinstance(corrected, AlternateDeclined):
        say_next(state, corrected.seat, secretary, store)


def signer(
    role: Annotated[
        Role, typer.Argument(metavar="OFFICE", help="secretary or second: whose key is another one from now on.")
    ],
    decision: DecisionOption,
    secretary: SecretaryOption,
    second: BothSecondOption,
    yes: YesOption = False,
    decision_reference: DecisionReference = "",
    on: OnOption = "",
    store: IcbOption = DEFAULT_ICB,
    secretary_passphrase_file: SecretaryPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """Record that somebody else, or another key, signs from now on; the new key signs this act, with the other office.

    It shows the new key's words, and asks: the act cannot be taken back, and a key that was replaced never signs again.
    A lost key must be replaceable, so one office with a new key can replace the other. It cannot hide that: `verify`
    and `show` tell every change, its day and who signed it. Compare the key's words with those in the minutes.
    """
    from ballot.errors import Refused
    from ballot.icb.secretary import SignerChanged

    def make_sure(act: SignerChanged) -> None:
        words = icb_keys.words(act.signer, act.role)
        say("Another key signs as {} from now on: that of {}. Its words:", OFFICE[act.role], act.signer.name)
        say("{}", numbered(words))
        if not ask.confirm("Are these the words of the right key? The act cannot be taken back.", yes):
            raise Refused("nothing was recorded", "Compare the words with those that `ballot keys new` showed.")

    paper = icb.document(decision, decision_reference, "--decision-reference")
    new = icb_keys.owner(secretary if role == Role.SECRETARY else second, role.value)
    keys = secretary, second, secretary_passphrase_file, second_passphrase_file
    act = SignerChanged(role.value, new, paper)
    icb.enact(store, lambda _: act, on, keys, (as_json, plain), make_sure=make_sure)
