"""`serai register`: load, check, read and export at the command line. The same queries and actions as the pages."""

import json
import sys
from pathlib import Path

import click

from serai.kernel.languages import CHINESE, RUSSIAN
from serai.register.catalogue import SHIPPED, read_catalogue
from serai.register.errors import BrokenCatalogue, Problem
from serai.register.labels import read_glossary
from serai.register.proof import prove
from serai.register.wording import prove_wording

_FACET_OPTIONS = ("topic", "act", "strength", "state", "actor", "indicator", "system", "kind", "section", "body", "due")


@click.group()
def register() -> None:
    """Load, check, read and export the register."""


@register.command()
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=SHIPPED,
    help="Folder of catalogue files; the shipped one by default.",
)
@click.option("--json", "as_json", is_flag=True)
def load(folder: Path, as_json: bool) -> None:
    """Bring the register to the state of a catalogue; broken data is refused whole."""
    _start()
    from serai.kernel.roles import Actor
    from serai.register.actions import load_catalogue

    try:
        result = load_catalogue(actor=Actor.operator(), folder=folder, progress=_progress)
    except BrokenCatalogue as error:
        _print_problems(error.problems)
        click.echo(f"serai: {error} [{error.code}]", err=True)
        sys.exit(1)
    if as_json:
        click.echo(
            json.dumps(
                {"version": result.version, "entries": result.entries, "changed": result.changed, "new": result.is_new}
            )
        )
    elif result.is_kept:
        click.echo(
            f"The Secretariat's catalogue stays (version {result.version} here); its node alone publishes another"
        )
    elif result.is_new:
        click.echo(f"Catalogue version {result.version}: {result.entries} entries, {result.changed} new or changed")
    else:
        click.echo(f"Nothing changed: catalogue version {result.version} is loaded already")


@register.command()
@click.option("--from", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=SHIPPED)
@click.option(
    "--text", type=click.Path(exists=True, dir_okay=False), help="The declaration's text, for the checks of wording."
)
@click.option("--json", "as_json", is_flag=True)
def check(folder: Path, text: str | None, as_json: bool) -> None:
    """Prove the catalogue's data; with --text also its wording. Exit 1 when something is wrong."""
    sys.exit(1 if run_checks(folder=folder, text=text, as_json=as_json) else 0)


def run_checks(*, folder: Path = SHIPPED, text: str | None = None, as_json: bool = False) -> int:
    """Run the register's checks, print what they found, and return how many problems there are."""
    try:
        catalogue = read_catalogue(folder)
    except BrokenCatalogue as error:
        problems = error.problems
    else:
        problems = prove(catalogue)
        if text:
            problems += prove_wording(catalogue, Path(text))
    if as_json:
        click.echo(
            json.dumps(
                [{"file": p.file, "id": p.item, "field": p.field, "reason": p.reason} for p in problems],
                ensure_ascii=False,
            )
        )
        return len(problems)
    _print_problems(problems)
    wording = "with the wording" if text else "without the checks of wording: they need --text FILE"
    click.echo(f"register: {len(problems)} problems, {wording}")
    return len(problems)


def _print_problems(problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem))


@register.command("list")
@click.option("-q", "text", default="", help="Words to search for.")
@click.option("--order", type=click.Choice(["declaration", "relevance", "strength", "due"]))
@click.option("--json", "as_json", is_flag=True)
def list_command(text: str, order: str | None, as_json: bool, **facets: tuple[str, ...]) -> None:
    """List entries; each filter may be given several times."""
    _start()
    from serai.register import queries
    from serai.register.schemas import entries_data

    choice = {facet: list(values) for facet, values in facets.items() if values}
    request = queries.ListRequest(text=text, choice=choice, order=queries.Order(order) if order else None)
    entries, states = queries.find_entries(request)
    if as_json:
        rows = entries_data(queries.with_relations(entries), states)
        click.echo(json.dumps([row.model_dump() for row in rows], ensure_ascii=False))
        return
    for entry in entries:
        click.echo(f"{entry.code:8} {entry.act:12} {entry.strength}  {states[entry.pk]:20} {entry.text('title', 'en')}")
    click.echo(f"{len(entries)} entries", err=True)


for _facet in reversed(_FACET_OPTIONS):
    list_command = click.option(f"--{_facet}", multiple=True)(list_command)


@register.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True)
def search(words: tuple[str, ...], as_json: bool) -> None:
    """Search the register, in any of its languages."""
    _start()
    from serai.register import queries

    found = queries.list_entries(queries.ListRequest(text=" ".join(words)))
    understood = found.search.searched_for if found.search else ""
    if as_json:
        click.echo(
            json.dumps(
                {"total": found.total, "searched_for": understood, "entries": [entry.code for entry in found.entries]},
                ensure_ascii=False,
            )
        )
        return
    if understood != " ".join(words):
        click.echo(f"searched for: {understood}", err=True)
    for entry in found.entries:
        click.echo(f"{entry.code:8} {entry.text('title', 'en')}")
    click.echo(f"{found.total} entries", err=True)


@register.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True)
@click.option("--language", type=click.Choice(["en", "ru", "zh-hans"]), default="en")
def show(code: str, as_json: bool, language: str) -> None:
    """Show one entry."""
    _start()
    from serai.register import queries
    from serai.register.followup.queries import latest_figures
    from serai.register.schemas import entry_data
    from serai.register.states import RULE_OF

    entry = queries.get_entry(code)
    state = queries.state_of(entry)
    if as_json:
        click.echo(
            json.dumps(
                entry_data(entry, state, latest_figures([entry.pk]).get(entry.pk, ())).model_dump(), ensure_ascii=False
            )
        )
        return
    click.echo(f"{entry.code}  {entry.text('title', language)}\n\n{entry.text('summary', language)}\n")
    click.echo(
        f"act {entry.act} · strength {entry.strength} of 5 · {entry.kind} · scope {entry.scope} · due {entry.due or 'none stated'}"
    )
    click.echo(f"state: {RULE_OF[state].label}")


@register.command()
@click.argument("codes", nargs=-1)
@click.option("--json", "as_json", is_flag=True)
def digest(codes: tuple[str, ...], as_json: bool) -> None:
    """Print the digest of each entry's page: the same on every node that shows the same. All entries without CODE."""
    _start()
    from serai.register import queries
    from serai.register.followup.page_digest import page_digests
    from serai.register.schemas import digest_data

    found = page_digests(
        [queries.get_entry(code) for code in codes] or list(queries.find_entries(queries.ListRequest())[0])
    )
    for row in found:
        if as_json:
            click.echo(digest_data(row).model_dump_json())
            continue
        owners = ", ".join(f"{owner.code} {owner.count}" for owner in row.owners) or "nothing published"
        click.echo(f"{row.code:8} {row.digest}  catalogue {row.catalogue}  {owners}")


@register.command()
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a CSV file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write a JSON file.")
@click.option("--ics", "ics_file", type=click.Path(path_type=Path), help="Write the calendar.")
@click.option("--language", type=click.Choice(["en", "ru", "zh-hans"]), default="en")
def export(csv_file: Path | None, json_file: Path | None, ics_file: Path | None, language: str) -> None:
    """Write the open data files, the same as the pages give."""
    if not (csv_file or json_file or ics_file):
        raise click.UsageError("Name at least one of --csv, --json, --ics.")
    _start()
    from serai.register.downloads import make_file

    for file, kind in ((csv_file, "csv"), (json_file, "json"), (ics_file, "ics")):
        if file is not None:
            content = make_file(kind, language)
            file.write_bytes(content)
            click.echo(f"{file}: {len(content):,} bytes")


@register.command()
def glossary() -> None:
    """Print the terms in three languages, as docs/glossary.md holds them."""
    click.echo(make_glossary(), nl=False)


def make_glossary() -> str:
    """Return the glossary as Markdown: every term that both translations have."""
    russian, chinese = (read_glossary(language) for language in (RUSSIAN, CHINESE))
    rows = [
        f"| {english} | {russian[english]} | {chinese[english]} |"
        for english in sorted(russian.keys() & chinese.keys(), key=str.casefold)
    ]
    return "\n".join([*_GLOSSARY_HEAD, *rows]) + "\n"


_GLOSSARY_HEAD = (
    "# Glossary",
    "",
    "The words of the field as Serai uses them, printed by `serai register glossary`. The translations of the register",
    "are checked against the terms marked in `register/translations.py`.",
    "",
    "| English | Русский | 中文 |",
    "|---|---|---|",
)


def _start() -> None:
    """Bring the node up; the site hands down how, since a context may not know the site."""
    click.get_current_context().obj()


def _progress(sentence: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"  {sentence} …", err=True)
