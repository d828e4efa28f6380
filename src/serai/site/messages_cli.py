"""`serai messages`: translations of the pages' own sentences."""

import subprocess
import sys

import click

from serai.site.messages import LOCALE, compile_messages, find_faults


@click.group()
def messages() -> None:
    """Compile and check translations."""


@messages.command("compile")
def compile_command() -> None:
    """Compile all translations."""
    for path in compile_messages():
        click.echo(f"compiled {path.relative_to(LOCALE)}")


@messages.command()
def collect() -> None:
    """Gather sentences from code and templates into the translation files (needs gettext)."""
    arguments = [
        "makemessages",
        "--locale=ru",
        "--locale=zh_Hans",
        "--no-location",
        "--no-obsolete",
        "--add-location=file",
    ]
    done = subprocess.run(  # noqa: S603  # our own interpreter, fixed arguments
        [sys.executable, "-m", "django", *[part for part in arguments if part != "--no-location"]],
        cwd=LOCALE.parent,
        check=False,
    )
    sys.exit(2 if done.returncode else 0)


@messages.command()
def check() -> None:
    """Say which sentences lack a translation."""
    faults = list(find_faults())
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} sentences to mend", err=True)
    sys.exit(1 if faults else 0)
