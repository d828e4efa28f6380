"""Compile the translations with Babel, so that running needs no gettext on the machine; and check them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE: Final = Path(__file__).resolve().parent.parent / "locale"


def compile_messages(*, only_stale: bool = False) -> list[Path]:
    """Write `django.mo` beside each `django.po`; return what was written."""
    written = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if only_stale and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, read_catalog(source))
        draft.replace(target)  # two processes may compile at once
        written.append(target)
    return written


def read_catalog(source: Path) -> Catalog:
    """Return a translation file."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def find_faults() -> Iterator[str]:
    """Say, one sentence each, which messages lack a translation or would break a page."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        language = source.parent.parent.name
        for message in read_catalog(source):
            if message.id and (fault := _fault_of(message)):
                text = message.id if isinstance(message.id, str) else message.id[0]
                yield f"{language}: {text[:70]!r}: {fault}"


def _fault_of(message: Message) -> str:
    if message.fuzzy:
        return "is marked fuzzy"
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not all(strings):
        return "has no translation"
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = _places(ids[-1])
    for string in strings:
        if _places(str(string)) != wanted:
            return f"has other places to fill than {sorted(wanted)}"
    return ""


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)\w|\{\w*\}", text))
