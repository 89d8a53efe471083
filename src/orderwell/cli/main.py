"""`orderwell`: finds the command by name and imports nothing else, so that help is there at once."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from .errors import translated
from .resources import RESOURCES, group

# Name, where it lives, what it does. Beside these, every resource of the API is a command (see `resources`).
COMMANDS = [
    ("init", "setting_up:init", "Create the tables, set up the business, print a first API key."),
    ("serve", "serving:serve", "Run the server."),
    ("demo", "demonstrating:demo", "Remove the demonstration business."),
    ("migrate", "setting_up:migrate", "Bring the tables up to date."),
    ("backup", "keeping:backup", "Copy a database while it is in use."),
    ("restore", "keeping:restore", "Put a backup in the place of a database."),
    ("replay", "replaying:replay", "Send recorded trade through the same requests as live orders."),
    ("verify", "proving:verify", "Prove that every unit and every cent is accounted for."),
    ("report", "proving:report", "Sales, stock value, receivables and the like."),
    ("export", "proving:export", "The journal for hledger, beancount or a spreadsheet."),
    ("events", "feed:events", "Follow what happens."),
    ("listen", "feed:listen", "Forward events to a local URL, signed."),
    ("get", "requests:get", "GET a path of a running server."),
    ("post", "requests:post", "POST to a path of a running server."),
    ("delete", "requests:delete", "DELETE a path of a running server."),
]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Commands(TyperGroup):
    """The list above, each imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*(name for name, _, _ in COMMANDS), *RESOURCES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        for name, place, _ in COMMANDS:
            if name == cmd_name:
                module, _, attribute = place.partition(":")
                return _command(name, getattr(import_module(f".{module}", __package__), attribute))
        made = group(cmd_name)
        return _command(cmd_name, made) if made is not None else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, _, text in COMMANDS])
        with formatter.section("Resources (orderwell RESOURCE --help shows what can be done)"):
            formatter.write_text(", ".join(RESOURCES))


def _command(name: str, made: Any) -> Any:
    """A function, or a Typer with commands of its own, as the command of this name."""
    if not isinstance(made, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(made)
        made = app
    made._add_completion = False
    command = typer.main.get_command(made)
    command.name = name
    command.context_settings = {**command.context_settings, **CONTEXT}
    return command


app = typer.Typer(
    cls=Commands,
    name="orderwell",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    context_settings=CONTEXT,
)


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def orderwell(
    version: bool = typer.Option(False, "--version", is_eager=True, callback=_version, help="Print it and stop."),
) -> None:
    """Orders, stock and money of a business, from the order to the cash.

    \b
    orderwell init --database sqlite:///shop.db --name "My shop"
    orderwell serve --database sqlite:///shop.db
    """


def main() -> None:
    """The entry point: run the command, and end with the exit code that docs/guide/cli.md lists."""
    sys.exit(translated(lambda: app(standalone_mode=False)))
