"""The `lyceum` command."""

import inspect
import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version as version_of
from typing import Annotated, Any

import typer

from api.errors import LyceumError, SettingError
from api.settings import SETTINGS, Setting, Settings, read_settings, unknown_variables
from api.settings.reference import help_text, reference

app = typer.Typer(
    name="lyceum",
    help="A self-hosted learning record store and content runtime: xAPI, SCORM and an LMS API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

lrs = typer.Typer(no_args_is_help=True, help="What can be done with the record store.")
app.add_typer(lrs, name="lrs")

DATABASE_SETTINGS = ("data", "mongodb_uri", "mongodb_database", "mongodb_cache")

Command = Callable[..., None]


def takes_settings(*names: str) -> Callable[[Command], Command]:
    """Give a command the flags of some settings (none named: of all); it is called with
    Settings as `settings`."""
    chosen = [each for each in SETTINGS if not names or each.name in names]

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            flags = {each.name: given.pop(each.name) for each in chosen}
            settings = read_settings(os.environ, flags)
            for line in unknown_variables(os.environ):
                typer.echo(f"Note: {line}", err=True)
            command(settings=settings, **given)

        own = [p for p in inspect.signature(command).parameters.values() if p.name != "settings"]
        parameters = [*own, *(_parameter(each) for each in chosen)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return run

    return decorate


def _parameter(setting: Setting) -> inspect.Parameter:
    option = typer.Option(
        setting.flag,
        help=help_text(setting),
        show_default=False,
        rich_help_panel=setting.group,
        metavar="VALUE",
    )
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, option],
    )


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


@lrs.command()
@takes_settings(*DATABASE_SETTINGS)
def verify(*, settings: Settings) -> None:
    """Check every stored statement; a running server may go on. Exit code 1: something is wrong."""
    from api.maintenance import verify as run

    checked, wrong = run(settings, typer.echo)
    typer.echo(f"{checked} statements were checked; {wrong or 'no'} discrepancies were found.")
    if wrong:
        raise typer.Exit(1)


@app.command("settings")
def print_settings() -> None:
    """Print the reference of every setting, in Markdown."""
    typer.echo(reference(), nl=False)


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
