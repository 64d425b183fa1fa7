"""`lyceum badges`: the keys by which Open Badges are signed."""

from typing import Annotated

import typer

from api.command_settings import DATABASE_SETTINGS, takes_settings
from api.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The keys by which Open Badges are signed.")

Organization = Annotated[str | None, typer.Option(metavar="ID", help="Of this organization alone.")]


@app.command("keys")
@takes_settings(*DATABASE_SETTINGS)
def list_keys(*, organization: Organization = None, settings: Settings) -> None:
    """Print every key, tab-separated: organization, id, since when, whether it signs."""
    from api.badge_keys import keys

    for each in keys(settings, organization):
        use = "signs" if each.current_for else "verifies"
        since = each.created_at.isoformat(timespec="seconds")
        typer.echo("\t".join((each.organization_id, each.id, since, use)))


@app.command("rotate-key")
@takes_settings(*DATABASE_SETTINGS)
def rotate_key(*, organization: Organization = None, settings: Settings) -> None:
    """Sign by a new key from now on; the old ones stay published, and a server may go on."""
    from api.badge_keys import rotate

    for each in rotate(settings, organization):
        typer.echo(f"{each.organization_id}: the key {each.id} signs from now on.")


@app.command("withdraw-key")
@takes_settings(*DATABASE_SETTINGS)
def withdraw_key(
    key: Annotated[str, typer.Argument(help="The id of a key that does not sign any more.")],
    *,
    organization: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose key. [the first organization's]")
    ] = None,
    settings: Settings,
) -> None:
    """Forget a key that others have: badges signed by it are not verified any more."""
    from api.badge_keys import withdraw

    withdrawn = withdraw(settings, organization, key)
    typer.echo(f"{withdrawn.id} is forgotten. Whose badge it signed downloads it anew.")
