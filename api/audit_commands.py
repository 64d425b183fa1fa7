"""`lyceum audit`: whether the log is what was recorded, receipts, and the keys that sign."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_settings import DATABASE_SETTINGS, takes_settings
from api.errors import Refused
from api.settings import Settings

if TYPE_CHECKING:
    from api.audits import Audit

app = typer.Typer(
    no_args_is_help=True,
    help="The ledger: check that nothing was altered, keep receipts, change keys.",
)

WITH_SECRET = (*DATABASE_SETTINGS, "ledger_secret")
WITH_KNOWN_KEYS = (*DATABASE_SETTINGS, "ledger_known_keys")
STANDARD = "-"
PROGRESS_EVERY = 100_000

Organization = Annotated[str | None, typer.Option(metavar="ID", help="Of this organization alone.")]


@app.command()
@takes_settings(*WITH_KNOWN_KEYS)
def verify(
    *,
    receipt: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A receipt that was kept elsewhere."),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Check only the chain, not what readers are shown."),
    ] = False,
    organization: Organization = None,
    settings: Settings,
) -> None:
    """Check that nothing was altered; a running server may go on. Exit code 1: it was."""
    from api.auditing import verify as run

    written = None if receipt is None else _read(receipt)
    progress = _Progress()
    audits = run(settings, written, organization, progress.tell, typer.echo, quick=quick)
    for each in audits:
        typer.echo(_outcome(each))
    if any(each.breaches for each in audits):
        raise typer.Exit(1)


@app.command("receipt")
@takes_settings(*WITH_SECRET)
def write_receipt(
    file: Annotated[str, typer.Argument(help="The file to write; - for standard output.")],
    *,
    organization: Organization = None,
    settings: Settings,
) -> None:
    """Write a receipt of all that is recorded until now, to be kept elsewhere."""
    from api.auditing import receipt as made

    written = made(settings, organization)
    if file == STANDARD:
        sys.stdout.buffer.write(written)
        return
    try:
        Path(file).write_bytes(written)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error


@app.command("rotate-key")
@takes_settings(*WITH_SECRET)
def rotate_key(
    *,
    lost: Annotated[
        bool,
        typer.Option("--lost", help="Where the secret of the present key is lost: begin anew."),
    ] = False,
    organization: Organization = None,
    settings: Settings,
) -> None:
    """Sign by a new key from now on; the present one vouches for it and is forgotten."""
    from api.auditing import rotate

    rotated = rotate(settings, organization, lost=lost)
    for organization_id, key in rotated:
        typer.echo(f"{organization_id}: the key {key} signs from now on.")
    if lost:
        known = ",".join(key for _, key in rotated)
        typer.echo(
            f"No key vouches for it. Say that you know of it: LYCEUM_LEDGER_KNOWN_KEYS={known}"
        )


@app.command("check-package")
def check_package(
    file: Annotated[Path, typer.Argument(help="The evidence package, a zip.")],
    *,
    receipt: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A receipt that was kept from before."),
    ] = None,
) -> None:
    """Check an evidence package, without any server. Exit code 1: something is wrong."""
    from content.compliance.evidence_packages.checking import check
    from lrs.errors import BadReceipt
    from lrs.ledger import receipts

    if not file.is_file():
        raise Refused(f"{file} cannot be opened: there is no such file.")
    try:
        checked = check(file, receipts.read(_read(receipt)) if receipt else None)
    except BadReceipt as error:
        raise Refused(str(error)) from error
    for problem in checked.problems:
        typer.echo(str(problem))
    typer.echo(f"{checked.title}, of {checked.organization}")
    typer.echo(f"{checked.proven} of {checked.statements} statements are proven.")
    for number in checked.breaks:
        typer.echo(f"Link {number} begins anew by a key of its own, since the one before was lost.")
    typer.echo(f"Compare the key with a published one: {checked.public_key}")
    if checked.problems:
        raise typer.Exit(1)


class _Progress:
    """Tells on standard error how far it is."""

    def __init__(self) -> None:
        self._next = PROGRESS_EVERY

    def tell(self, audit: "Audit") -> None:
        if audit.checked >= self._next:
            typer.echo(f"{audit.checked} of {audit.total} entries", err=True)
            self._next = audit.checked + PROGRESS_EVERY


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be opened: {error.strerror}.") from error


def _outcome(audit: "Audit") -> str:
    chain = audit.chain
    if chain.last_at is None:
        return f"{audit.organization_id}: no checkpoint has been made yet."
    since, until = (f"{each:%Y-%m-%dT%H:%MZ}" for each in (chain.first_at, chain.last_at))
    wrong = "Nothing is" if not audit.breaches else f"{audit.breaches} things are"
    return (
        f"{audit.organization_id}: {chain.checked} entries are covered by {chain.links} links "
        f"from {since} to {until}; {chain.amended} were erased or changed on purpose. "
        f"{wrong} wrong."
    )
