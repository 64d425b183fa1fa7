"""`lyceum organizations`: the tenants of one server."""

from typing import Annotated

import typer

from api.command_settings import DATABASE_SETTINGS, takes_settings
from api.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The organizations (tenants) of this server.")

WITH_ADDRESS = (*DATABASE_SETTINGS, "host", "port", "public_url")


@app.command("add")
@takes_settings(*WITH_ADDRESS)
def add(
    name: Annotated[str, typer.Argument(help="The name of the organization.")],
    administrator: Annotated[str, typer.Argument(help="The e-mail address of who administers it.")],
    *,
    slug: Annotated[str, typer.Option(help="What it is called where people sign in.")] = "",
    host_name: Annotated[
        list[str] | None,
        typer.Option(help="A host name by which people reach it; may be repeated."),
    ] = None,
    url: Annotated[
        str, typer.Option(help="What names its people in statements for good. [the public URL]")
    ] = "",
    settings: Settings,
) -> None:
    """Add an organization; where its administrator sets a password is printed."""
    from api.tenants import add as add_tenant
    from content.organizations import OrganizationDraft

    draft = OrganizationDraft(
        name=name,
        public_url=url or settings.public_origin,
        slug=slug,
        hosts=tuple(host_name or ()),
    )
    organization, link = add_tenant(settings, draft, administrator)
    typer.echo(f"The organization {organization.id} was added.")
    typer.echo(f"{administrator} sets a password at {link}")


@app.command("list")
@takes_settings(*DATABASE_SETTINGS)
def list_all(*, settings: Settings) -> None:
    """Print every organization, tab-separated: id, slug, hosts, name."""
    from api.tenants import all_of

    for each in all_of(settings):
        typer.echo("\t".join((each.id, each.slug or "-", ",".join(each.hosts) or "-", each.name)))


@app.command("operator")
@takes_settings(*DATABASE_SETTINGS)
def operator(
    email: Annotated[str, typer.Argument(help="Who is to run the server, by e-mail address.")],
    *,
    settings: Settings,
) -> None:
    """Let a person of the first organization add and change organizations over REST."""
    from api.tenants import make_operator

    make_operator(settings, email)
    typer.echo(f"{email} may add and change organizations.")
