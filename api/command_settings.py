"""Settings as flags of a command."""

import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from api.settings import SETTINGS, Setting, read_settings, unknown_variables
from api.settings.reference import help_text

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
