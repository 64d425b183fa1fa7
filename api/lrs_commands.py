"""`lyceum lrs`: xAPI credentials, and statements out of and into the record store."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_settings import DATABASE_SETTINGS, takes_settings
from api.errors import Refused
from api.settings import Settings

if TYPE_CHECKING:
    from lrs.credentials import CredentialRecord, IssuedCredential
    from lrs.transfers.importing import Outcome

app = typer.Typer(
    no_args_is_help=True, help="The record store: credentials, export, import, verify."
)
credential = typer.Typer(no_args_is_help=True, help="The keys and secrets of xAPI clients.")
app.add_typer(credential, name="credential")

STANDARD = "-"
PROGRESS_EVERY = 10_000

KeyOrId = Annotated[str, typer.Argument(metavar="KEY", help="The credential's key, or its id.")]


@credential.command("create")
@takes_settings(*DATABASE_SETTINGS)
def create(
    name: Annotated[str, typer.Argument(help="The name of the program.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do, such as statements/write; may be repeated. [all]"),
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="When it ends, in UTC."),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(metavar="AGENT", help="The Agent of its statements, as JSON."),
    ] = None,
    settings: Settings,
) -> None:
    """Make a credential; its secret is printed once."""
    from api.record_store import create_credential

    ends = None if expires is None else expires.replace(tzinfo=UTC)
    issued = create_credential(settings, name, scope or ["all"], _agent(authority), ends)
    typer.echo(_secret(issued))


@credential.command("list")
@takes_settings(*DATABASE_SETTINGS)
def list_credentials(*, settings: Settings) -> None:
    """Print every credential, tab-separated: key, status, last use, scopes, name."""
    from api.record_store import credentials

    for record in credentials(settings):
        typer.echo(_line(record, datetime.now(UTC)))


@credential.command("rotate")
@takes_settings(*DATABASE_SETTINGS)
def rotate(
    key: KeyOrId,
    *,
    overlap: Annotated[
        int, typer.Option(min=0, metavar="SECONDS", help="How long the old secret goes on.")
    ] = 0,
    settings: Settings,
) -> None:
    """Give a credential a new secret, which is printed once."""
    from api.record_store import rotate_credential

    typer.echo(_secret(rotate_credential(settings, key, timedelta(seconds=overlap))))


@credential.command("revoke")
@takes_settings(*DATABASE_SETTINGS)
def revoke(key: KeyOrId, *, settings: Settings) -> None:
    """End a credential for good; a running server follows within seconds."""
    from api.record_store import revoke_credential

    typer.echo(f"{revoke_credential(settings, key).name} is revoked.")


@app.command("export")
@takes_settings(*DATABASE_SETTINGS)
def export(
    file: Annotated[str, typer.Argument(help="The file to write; - for standard output.")],
    *,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV, not NDJSON.")] = False,
    columns: Annotated[
        str | None, typer.Option(metavar="PATHS", help="Columns of the CSV, comma-separated.")
    ] = None,
    attachments: Annotated[
        bool,
        typer.Option("--attachments", help="Write a tar archive with attachments, not NDJSON."),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an NDJSON file that is there.")
    ] = False,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="NAME=VALUE",
            help="A filter of GET /statements, such as verb=IRI; may be repeated.",
        ),
    ] = None,
    settings: Settings,
) -> None:
    """Write every statement that matches, oldest first."""
    from api.record_store import cut_to_last_statement, export_statements

    chosen = columns or "" if csv or columns else None
    if attachments and chosen is not None:
        raise Refused("CSV holds no attachments: leave out --attachments, or --csv and --columns.")
    if resume and (attachments or chosen is not None or file == STANDARD):
        raise Refused("Only an NDJSON file can be gone on with: give --where after=STORED.")
    query = _filters(filters or ())
    if resume and (stored := cut_to_last_statement(Path(file))):
        query["after"] = stored
    if file == STANDARD:
        export_statements(settings, sys.stdout.buffer, query, chosen, attachments=attachments)
        return
    with _opened(file, "ab" if resume else "xb") as opened:
        export_statements(settings, opened, query, chosen, attachments=attachments)


@app.command("import")
@takes_settings(*DATABASE_SETTINGS)
def import_file(
    file: Annotated[str, typer.Argument(help="The NDJSON file; - for standard input.")],
    *,
    attachments: Annotated[
        bool, typer.Option("--attachments", help="It is a tar archive with attachments.")
    ] = False,
    keep_authority: Annotated[
        bool,
        typer.Option("--keep-authority", help="Leave statements the authority that they have."),
    ] = False,
    from_line: Annotated[int, typer.Option(min=1, help="Begin with this line.")] = 1,
    settings: Settings,
) -> None:
    """Record the statements of a file; again is harmless. Exit code 1: some were not taken."""
    from api.record_store import import_statements

    progress = _Progress()
    with sys.stdin.buffer if file == STANDARD else _opened(file, "rb") as opened:
        counts = import_statements(
            settings,
            opened,
            keep_authority=keep_authority,
            first_line=from_line,
            attachments=attachments,
            tell=progress.tell,
        )
    told = ", ".join(
        f"{counts.get(each, 0)} {each}" for each in ("accepted", "unchanged", "conflict", "invalid")
    )
    typer.echo(f"{told}.")
    if counts.get("conflict") or counts.get("invalid"):
        raise typer.Exit(1)


@app.command()
@takes_settings(*DATABASE_SETTINGS)
def verify(*, settings: Settings) -> None:
    """Check every stored statement; a running server may go on. Exit code 1: something is wrong."""
    from api.maintenance import verify as run

    checked, wrong = run(settings, typer.echo)
    typer.echo(f"{checked} statements were checked; {wrong or 'no'} discrepancies were found.")
    if wrong:
        raise typer.Exit(1)


class _Progress:
    """Tells on standard error each line that was not taken, and how far the import is."""

    def __init__(self) -> None:
        self._next = PROGRESS_EVERY

    def tell(self, outcomes: "Sequence[Outcome]") -> None:
        for each in outcomes:
            for finding in each.findings:
                where = f" {finding.where}" if finding.where else ""
                typer.echo(f"line {each.line}: {each.status}:{where} {finding.detail}", err=True)
        last = outcomes[-1].line
        if last >= self._next:
            typer.echo(f"done to line {last}", err=True)
            self._next = last + PROGRESS_EVERY


def _opened(file: str, mode: str) -> Any:
    try:
        return Path(file).open(mode)
    except OSError as error:
        raise Refused(f"{file} cannot be opened: {error.strerror}.") from error


def _agent(written: str | None) -> dict[str, Any] | None:
    if written is None:
        return None
    try:
        agent = json.loads(written)
    except json.JSONDecodeError as error:
        raise Refused(f"The authority is not JSON: {error}.") from error
    if not isinstance(agent, dict):
        raise Refused("The authority must be an Agent, a JSON object.")
    return agent


def _filters(written: Sequence[str]) -> dict[str, str]:
    from lrs.http.statement_parameters import EXPORT

    pairs = [each.partition("=") for each in written]
    for name, equals, _ in pairs:
        if not equals or name not in EXPORT:
            names = ", ".join(sorted(EXPORT))
            raise Refused(f"A filter is NAME=VALUE, not {name}; the names are {names}.")
    return {name: value for name, _, value in pairs}


def _secret(issued: "IssuedCredential") -> str:
    return f"Key     {issued.key}\nSecret  {issued.secret}\nToken   {issued.token}"


def _line(record: "CredentialRecord", at: datetime) -> str:
    used = record.last_used_at.strftime("%Y-%m-%dT%H:%MZ") if record.last_used_at else "never"
    scopes = " ".join(record.scopes)
    return "\t".join((record.key, record.status(at), used, scopes, record.name))
