"""Audits: is an organization's log what was recorded? The chain first, then what readers are shown.

The chain tells whether the bytes are those that were signed. Readers are shown what was extracted
from them, and whether a statement is voided; that is compared with the bytes, unless it is to be
quick.
"""

from collections.abc import AsyncIterator
from typing import Final

import msgspec

from api.services import Services
from api.store import Database
from content.errors import RuleBroken
from content.findings import Finding
from content.jobs.job_queue import Run
from content.jobs.jobs import JobFinding, JobResult
from lrs.errors import BadReceipt
from lrs.ledger import receipts
from lrs.ledger.ledger import Ledger
from lrs.ledger.receipts import Receipt
from lrs.ledger.verification import Breach, Verification
from lrs.verification import Discrepancy
from lrs.verification import Verification as Contents

WORK: Final = "audit.verify"
MOST_TOLD: Final = 100
CHECKPOINTS: Final = "/api/v1/audit/checkpoints"


class Audit:
    """One organization's audit; `checked` of `total` entries are through."""

    def __init__(
        self,
        ledger: Ledger,
        database: Database,
        organization_id: str,
        receipt: Receipt | None = None,
        *,
        quick: bool = False,
    ) -> None:
        """With a receipt it is told as well whether the chain was taken back since. Raises
        BadReceipt."""
        signed = receipts.signed_by(receipt) if receipt else None
        self.organization_id = organization_id
        self.chain = Verification(
            ledger.store, organization_id, ledger.sources, signed, ledger.known_keys
        )
        self._contents = None if quick else Contents(database, organization_id)
        self.breaches = 0
        self._told: set[str] = set()

    @property
    def checked(self) -> int:
        """How many entries are through; each counts twice, unless it is quick."""
        return self.chain.checked + (self._contents.checked if self._contents else 0)

    @property
    def total(self) -> int:
        """About how many there are."""
        return max(self.chain.total * (2 if self._contents else 1), self.checked)

    async def run(self) -> AsyncIterator[list[Breach | Discrepancy]]:
        """Yield what is wrong, portion by portion; a statement that the chain shows to be altered
        is not told of again."""
        async for portion in self.chain.run():
            self.breaches += len(portion)
            self._told |= {each.where for each in portion[:MOST_TOLD]}
            yield [*portion]
        if self._contents is not None:
            async for wrong in self._contents.contents():
                found = [each for each in wrong if _id(each) not in self._told]
                self.breaches += len(found)
                yield [*found]

    @property
    def counts(self) -> dict[str, int]:
        """What it came to."""
        return {
            "checkpoints": self.chain.links,
            "entries": self.chain.checked,
            "amended": self.chain.amended,
            "breaches": self.breaches,
        }


async def verify(services: Services, run: Run) -> JobResult:
    """Audit an organization as a job; what is wrong are its findings."""
    receipt = run.given.get("receipt")
    audit = Audit(
        services.ledger,
        services.database,
        run.job.organization_id,
        msgspec.convert(receipt, Receipt) if receipt else None,
        quick=bool(run.given.get("quick")),
    )
    async for portion in audit.run():
        found = [job_finding(each) for each in portion]
        await run.advance(audit.checked, total=audit.total, findings=found)
    return JobResult(link=CHECKPOINTS, counts=audit.counts)


def check(receipt: Receipt, organization_id: str) -> None:
    """Go on only with a receipt of this organization. Raises RuleBroken."""
    try:
        receipts.signed_by(receipt)
    except BadReceipt as error:
        raise RuleBroken([Finding(where="receipt", detail=str(error))]) from error
    if receipt.organization != organization_id:
        raise RuleBroken([Finding(where="receipt", detail="is another organization's")])


def job_finding(wrong: Breach | Discrepancy) -> JobFinding:
    """What is wrong as a job tells it."""
    if isinstance(wrong, Discrepancy):
        where = f"statements/{_id(wrong)}"
        return JobFinding(where=where, code=wrong.rule, detail=wrong.detail)
    where = f"{wrong.log}/{wrong.where}" if wrong.log else f"checkpoints/{wrong.number}"
    return JobFinding(where=where, code=wrong.code, detail=wrong.told)


def _id(wrong: Discrepancy) -> str:
    return wrong.where.rpartition("/")[2]
