"""What is written to an ICB's store, in one transaction: records and signed acts in; rows stay in here."""

from sqlalchemy.orm import Session

from ballot.chain import check_place
from ballot.errors import Invalid, Refused
from ballot.icb.journal import SignedAct
from ballot.store.engine import refusals, rows_of
from ballot.store.icb import IcbView
from ballot.store.tables_icb import ActRow, IcbBase, RecordRow
from ballot.wire import encode, sha256_hex


class IcbUnit(IcbView):
    """A view of an ICB's store that can be written to. Raises Refused where a guard of the store forbids it."""

    def __init__(self, session: Session) -> None:
        super().__init__(rows_of(session))
        self._session = session

    def append(self, signed: SignedAct) -> None:
        """Add the next act. Raises Refused unless it follows the last one."""
        chain = (*self.journal(), signed)
        try:
            check_place(chain, len(chain) - 1)
        except Invalid:
            raise Refused(
                "another command wrote to the journal meanwhile", "Nothing was changed; run the command again."
            ) from None
        self._add(ActRow(height=signed.entry.height, entry=encode(signed)))

    def add_record(self, data: bytes) -> None:
        """Keep a record, once; one that is there already stays."""
        digest = sha256_hex(data)
        if not self._rows("SELECT 1 FROM icb_records WHERE sha256 = :digest", digest=digest):
            self._add(RecordRow(sha256=digest, record=data))

    def _add(self, row: IcbBase) -> None:
        self._session.add(row)
        hint = "Nothing was changed; `ballot seats show` shows where the ICB stands."
        with refusals("another command wrote to the store meanwhile", hint):
            self._session.flush()
