"""Who may have a paper now: delegates' numbers and requests in, register entries out, or why there is none.

No key is needed for it, so that nobody types a passphrase for what would be refused all the same.
"""

from msgspec import structs

from ballot import papers, statements
from ballot.acts.election import ledger_of, opening_file
from ballot.errors import Refused
from ballot.register import RegisterEntry, Request, Response, Way
from ballot.store.view import View

Judged = tuple[RegisterEntry, Response | None]
"""A register entry, and the answer that was given to it before, if any."""


class Admission:
    """Admits one delegate after the other, each as if those before stood in the register already.

    It is made from a view of the open election.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._opening = opening_file(view).signed.opening
        self._roll = view.roll()
        self._ledger = ledger_of(view)
        self._entered: list[RegisterEntry] = []
        self._numbers = {number for entry in view.register() for number in _numbers_of(entry.request)}

    def check(self, delegate: int, way: Way) -> None:
        """Raise Refused when a delegate may have no paper, as `papers.voter` and `Ledger.issue` do."""
        papers.voter(self._roll, delegate)
        self._ledger.issue(delegate, way, "")

    def enter(self, request: Request, way: Way, attested: str) -> RegisterEntry:
        """The entry of a new request. Raises as `papers.register` and `Ledger.issue` do, and Refused for a copy."""
        entry = papers.register(self._roll, self._opening, request, way, attested)
        if self._numbers & _numbers_of(request):
            raise Refused("the request was copied from another one", "The delegate makes a new request.")
        if any(other.request.delegate == request.delegate for other in self._entered):
            raise Refused(
                f"another request of delegate {request.delegate} is among these",
                "Ask the delegate which one to answer, and give that one alone.",
            )
        entry = structs.replace(entry, instead_of=self._ledger.instead_of(request.delegate))
        self._ledger.issue(request.delegate, way, statements.issued(entry)["entry"])
        self._entered.append(entry)
        self._numbers |= _numbers_of(request)
        return entry

    def judge(self, request: Request, attested: str) -> Judged:
        """The entry of a request, new or as it was answered before; raises as `enter` does.

        `attested` says who vouches for one without a signature, empty when nobody does.
        """
        mine = [entry for entry in self._entered if entry.request.delegate == request.delegate]
        before: list[Judged] = [*self._view.register_of(request.delegate), *((entry, None) for entry in mine)]
        for place, (entry, response) in enumerate(before, start=1):
            if entry.request == request:
                if place < len(before) or not self._ledger.has_paper(request.delegate):
                    raise Refused("the paper from this request was spoiled; a new request is needed")
                return entry, response
        delegate = papers.admit(self._roll, self._opening, request)
        if not delegate.key and not request.signature and not attested:
            unsigned = f"the request of delegate {request.delegate} is not signed"
            raise Refused(f"{unsigned}; somebody must attest who asks (--attested-by)")
        return self.enter(request, Way.REQUEST, attested), None


def _numbers_of(request: Request) -> set[str]:
    return {number for number in (request.head, request.seal) if number}
