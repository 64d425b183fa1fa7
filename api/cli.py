"""The `lyceum` command."""

import sys
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from api import audit_commands, badge_commands, lrs_commands, organization_commands
from api.command_settings import DATABASE_SETTINGS, takes_settings
from api.errors import LyceumError, SettingError
from api.settings import Settings
from api.settings.reference import reference

app = typer.Typer(
    name="lyceum",
    help="A self-hosted learning record store and content runtime: xAPI, SCORM and an LMS API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(lrs_commands.app, name="lrs")
app.add_typer(audit_commands.app, name="audit")
app.add_typer(organization_commands.app, name="organizations")
app.add_typer(badge_commands.app, name="badges")


@app.command()
@takes_settings()
def serve(
    *,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="Load the demo course first, if it is not there yet; into the server that runs "
            "on this data folder, if one does.",
        ),
    ] = False,
    settings: Settings,
) -> None:
    """Run the server, with a MongoDB of its own unless --mongodb-uri names one."""
    from api.database import running_server
    from api.serve import serve as run

    if demo and running_server(settings) is not None:
        load_demo(settings)
    else:
        run(settings, demo=demo)


@app.command("rebuild-progress")
@takes_settings(*DATABASE_SETTINGS)
def rebuild_progress(*, settings: Settings) -> None:
    """Compute all progress anew from the statements alone; a running server may go on."""
    from api.maintenance import rebuild

    count = rebuild(settings)
    typer.echo(f"Progress of {count} enrollments was computed anew.")


@app.command("rebuild-compliance")
@takes_settings(*DATABASE_SETTINGS)
def rebuild_compliance(*, settings: Settings) -> None:
    """Make the compliance register anew from statements and decisions; a server may go on."""
    from api.maintenance import rebuild_compliance as rebuild

    count = rebuild(settings)
    typer.echo(f"The records of {count} people were made anew.")


@app.command()
@takes_settings(*DATABASE_SETTINGS)
def demo(*, settings: Settings) -> None:
    """Load the demo course, three learners and a requirement; a running server may go on."""
    load_demo(settings)


def load_demo(settings: Settings) -> None:
    """Load the demo and print its learners."""
    from api.banner import demo_text
    from api.maintenance import demo as load

    typer.echo(demo_text(load(settings)))


@app.command()
@takes_settings(*DATABASE_SETTINGS)
def password(
    email: Annotated[str, typer.Argument(help="Whose password is to be set.")],
    *,
    settings: Settings,
) -> None:
    """Give a person a new password, which is printed; every session of theirs ends."""
    from api.maintenance import new_password

    typer.echo(f"The new password of {email} is {new_password(settings, email)}")


@app.command("settings")
def print_settings() -> None:
    """Print the reference of every setting, in Markdown."""
    typer.echo(reference(), nl=False)


@app.command("roles")
def print_roles() -> None:
    """Print the table of which role may call what, in Markdown."""
    from api.rest import routes
    from api.rest.role_reference import reference as table

    typer.echo(table(routes()), nl=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"lyceum {version_of('lyceum')}")


def main() -> None:
    """Run the command line; what goes wrong is told in a line. Exit code 2: a wrong setting."""
    try:
        app()
    except LyceumError as error:
        typer.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, SettingError) else 1)
