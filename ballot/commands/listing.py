"""What `ballot --help` lists and who registers it: in, nothing; out, two tables.

With them help and usage errors import no command, and a command imports only the module that registers it. A test holds
them true against what the modules register.
"""

from ballot.commands.help import COMMITTEE, DELEGATE, OBSERVER, SECRETARY, TRUSTEE, TRY_IT

MODULES: dict[str, tuple[str, ...]] = {
    "committee": ("new", "status"),
    "open": ("open", "opening"),
    "box": ("cast", "close"),
    "papers": ("issue", "seal-papers"),
    "envelopes": ("envelopes",),
    "account": ("spoil", "replace", "reconcile"),
    "register": ("register", "salt"),
    "desk": ("desk",),
    "result": ("count",),
    "declare": ("declare", "publish"),
    "lots": ("lots",),
    "keys": ("keys",),
    "trustees": ("trustees",),
    "rehearse": ("rehearse",),
    "keeper": ("keeper",),
    "request": ("request", "receive", "delegate"),
    "delegate": ("vote",),
    "booth": ("booth",),
    "receipts": ("receipt", "check", "check-name", "check-challenge"),
    "trustee": ("trustee",),
    "observer": ("verify", "show"),
    "handcount": ("handcount",),
    "demo": ("demo",),
    "seats": ("seats",),
    "vacancy": ("vacancy", "proxy"),
    "officers": ("officers",),
    "membership": ("membership", "acts"),
}
"""Which command or group a module registers, in this order."""

LISTED: dict[str, dict[str, str]] = {
    COMMITTEE: {
        "new": "Set up an election from the lists of members, delegates and candidates.",
        "status": "Show where the election stands and what to do next.",
        "open": "Open the box: freeze roll and candidates, fix the keys, sign the opening statement.",
        "opening": "Write the public opening once more, for booths, delegates and the keeper of the seal, and show "
        "its words.",
        "cast": "Put sealed ballots into the box, all of them or none.",
        "close": "Close the box for good: no paper is issued and no ballot cast after this.",
        "issue": "Issue a voting delegate's paper at the desk, or answer request files, all of them or none.",
        "seal-papers": "Put the seal on papers where the seal is kept, without the store, all of them or none.",
        "spoil": "Take back a damaged paper: its credential is published as spoiled, and the delegate may have one "
        "fresh paper.",
        "replace": "Let another person come for a delegate, by a letter of the organisation, until a paper is issued.",
        "reconcile": "Show where all papers are: issued = cast + spoiled + returned + outstanding.",
        "register": "Show who was handed a paper, when and how, and which papers were spoiled and delegates replaced.",
        "salt": "Show the salt with which a delegate can check that the published roll has their name.",
        "desk": "Sit at the registration table: find a delegate while typing, and hand out an envelope or issue a "
        "paper.",
        "count": "Count: decrypt the totals from the trustees' shares, and rank the candidates.",
        "declare": "Declare the result: the text that is read out, signed by the head and sealed.",
        "publish": "Publish the record: everything public in one file, signed by the head and sealed.",
        "rehearse": "Rehearse the whole election before the box is opened.",
        "envelopes print": "Make anonymous papers, signed by the head and sealed, with codes on slips for opaque "
        "envelopes.",
        "envelopes hand-out": "Enter in the register that a delegate draws an envelope.",
        "envelopes return": "Publish the papers of envelopes that nobody drew, so that they can never be cast.",
        "lots show": "Show the ties that wait for lots, and what the draw still needs.",
        "lots announce": "Fix the ties, the totals and who contributes, before anybody says a word.",
        "lots commit": "Take a contributor's commitment: a hash of words that are revealed later.",
        "lots reveal": "Reveal a contributor's words, once all have committed.",
        "lots refuse": "Record that a contributor does not commit or reveal; dice must then be rolled after "
        "everything else.",
        "lots dice": "Type in dice that were rolled in public.",
        "lots draw": "Draw: compute the order of all tied candidates from what was contributed.",
        "keys new": "Make the keys of the head or of the seal, for one election, or the key of who signs the ICB's "
        "acts.",
        "trustees invite": "Invite the trustees to the ceremony in which they make their keys and deal each other "
        "backups.",
        "trustees collect": "Take in the trustees' messages; when a round is complete, write the file for the next.",
        "trustees table-ceremony": "Hold the whole ceremony with all trustees around one laptop.",
        "trustees missing": "Announce which trustees are missing at the count, before others stand in for them.",
        "trustees box": "Write the closed box once more, for trustees who give their shares on machines of their own, "
        "and its words.",
        "keeper ready": "Show today, for rehearsal and opening, that the seal's keys and passphrase work, and which "
        "keys they are.",
        "keeper opening": "Put the seal on the opening statement, the only one of its log, where the seal is kept.",
        "keeper declaration": "Put the seal on the declaration, the only one of its log, where the seal is kept.",
        "keeper record": "Put the seal on the record, where the seal is kept, if the whole of it verifies.",
        "trustee add": "Collect the public parts of trustees; the box opens when those of all are there.",
        "trustee receive": "Take in shares and pieces that trustees made on machines of their own.",
    },
    DELEGATE: {
        "request": "Ask for a paper from your own device.",
        "receive": "Turn the committee's answer into your paper.",
        "vote": "Mark a paper in secret and seal the ballot.",
        "booth": "Mark, seal, and challenge or cast ballots in secret, one voter after the other.",
        "receipt": "Show a receipt, in words and as a line for a QR code, and check that the box signed it.",
        "check": "Check that the ballot of a receipt is in the box that was counted.",
        "check-name": "Check that a delegate on the published roll is the person of this name.",
        "check-challenge": "Show what a challenged ballot really holds, and whether the booth was honest.",
        "delegate new": "Make a delegate's key, under a passphrase, and its public part for the committee.",
    },
    TRUSTEE: {
        "trustee next": "Take the next step of the trustees' ceremony: answer the committee's file with a message.",
        "trustee new": "Make a trustee's key, under a passphrase, and its public part for the committee.",
        "trustee ready": "Show today, for the rehearsal, that key and passphrase work.",
        "trustee check": "Check on your own machine that the box was opened for the keys that you know, before anybody "
        "votes.",
        "trustee share": "Give a trustee's share of the decryption, over the closed box only.",
        "trustee stand-in": "Give your piece of a missing trustee's key, so that enough of you can stand in.",
        "trustee sheet": "Write a key as words on paper, from which it can be restored.",
        "trustee restore": "Restore a trustee's key from the words of its sheet, under a new passphrase.",
    },
    OBSERVER: {
        "verify": "Verify a whole election from one file, offline, without believing anybody.",
        "show": "Show the result that a record tells, without verifying it.",
        "handcount": "Count plain ballots under the charter's rule and rank the candidates.",
    },
    SECRETARY: {
        "seats found": "Seat the regular members at large and the alternates from the Assembly's record.",
        "seats designate": "Record whom a region, or the caucus of the associate members, sends to the ICB, by its "
        "letter.",
        "seats show": "Show all places of the ICB: who, since when, by which act, under which article, and which are "
        "vacant.",
        "seats members": "Show all member organisations with the id that --member takes, and their region, kind and "
        "standing.",
        "seats publish": "Publish the ICB's record: the Assembly's record, officers' records and all acts in one file.",
        "seats restore": "Make the ICB's store anew from its published record, where the store was lost.",
        "seats certificate": "Write the certificate that a member shows: who, which seat, under which article, by "
        "which vote and acts.",
        "seats close": "End all terms: the succeeding Assembly is over.",
        "vacancy declare": "Declare a seat or an office vacant, on the formal communication of the member or the "
        "organisation.",
        "vacancy fill": "Fill a vacant seat: a region's by its designation, any other by the next alternate, who "
        "accepts in writing.",
        "vacancy decline": "Record that the alternate who comes next declines a vacant seat in writing; the following "
        "one comes next.",
        "proxy appoint": "Record the proxy that a member appoints in writing: one for each, and for a region's seat "
        "from that region.",
        "proxy end": "Record that the proxy for a seat ends.",
        "officers elected": "Record that the ICB elected an officer, for the rest of the current officers' term.",
        "membership change": "Record that the ICB acted on a member's letter or case, and that the member has another "
        "standing.",
        "membership admit": "Record that the ICB admitted a member since the Assembly; its people can take seats from "
        "then on.",
        "acts list": "List all acts in order, with dates, articles and fingerprints; corrected ones are marked.",
        "acts correct": "Correct an act that was recorded in error: it stays in the journal and counts no more.",
        "acts signer": "Record that somebody else, or another key, signs from now on; the new key signs this act, "
        "with the other office.",
    },
    TRY_IT: {
        "demo": "Play a sample election from the lists to the verified record.",
    },
}
"""The first sentence of every command, by its full name, under the person who uses it."""
