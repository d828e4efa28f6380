"""Copies of the shipped catalogue to plant faults in: as files, and as records."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from serai.register.catalogue import FILES, SHIPPED, Catalogue


def copy_catalogue(folder: Path, *, source: Path = SHIPPED) -> Path:
    """Copy a catalogue's files, by default the shipped ones, to a new folder."""
    shutil.copytree(source, folder)
    return folder


def shorten(folder: Path, *, keep: set[str]) -> None:
    """Leave only some entries, and a few rows of everything else: of the right form, but no longer whole."""

    def cut(content: Any) -> None:
        for key, value in content.items():
            if isinstance(value, list):
                content[key] = (
                    [row for row in value if row["id"] in keep]
                    if key == "entries" and "scope" in value[0]
                    else value[:2]
                )
            elif isinstance(value, dict) and len(value) > 20:
                content[key] = {name: part for name, part in value.items() if name in keep} or dict(
                    list(value.items())[:4]
                )

    for name in FILES:
        edit_file(folder, name, cut)


def replace_text(folder: Path, name: str, old: str, new: str) -> None:
    """Change one place of one file as an editor would; the place must be there once."""
    file = folder / name
    text = file.read_text()
    assert text.count(old) == 1, f"{name}: {text.count(old)} times {old!r}"
    file.write_text(text.replace(old, new))


def edit_file(folder: Path, name: str, change: Callable[[Any], object]) -> None:
    """Change the content of one file and write it back; what it said stays, its layout does not."""
    file = folder / name
    content = yaml.load(file.read_text(), Loader=_PlainLoader)
    change(content)
    file.write_text(yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False))


def change_entry(folder: Path, code: str, **fields: object) -> None:
    """Set fields of one entry in its file; only its own lines are written anew."""
    file = folder / "astana-2025.yaml"
    text = file.read_text()
    start = text.index(f"\n- id: {code}\n") + 1
    end = text.find("\n- id: ", start) + 1 or len(text)
    (row,) = yaml.load(text[start:end], Loader=_PlainLoader)
    lines = yaml.dump([row | fields], Dumper=_PlainDumper, allow_unicode=True, sort_keys=False)
    file.write_text(text[:start] + lines + text[end:])


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader is optional
    """Reads dates as text, as the catalogue does."""


class _PlainDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes a list that stands in two places twice, since the catalogue takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def drop_entry(folder: Path, code: str) -> None:
    """Take an entry out of every file, so that the catalogue is whole without it."""

    def drop_from_entries(content: Any) -> None:
        content["entries"] = [row for row in content["entries"] if row["id"] != code]
        content["meta"]["entries"] -= 1

    def drop_from_lineage(content: Any) -> None:
        content["lineage"] = [row for row in content["lineage"] if row["astana"] != code]

    edit_file(folder, "astana-2025.yaml", drop_from_entries)
    edit_file(folder, "lineage.yaml", drop_from_lineage)
    for language in ("ru", "zh-hans"):
        edit_file(folder, f"i18n/{language}.yaml", lambda content: content["entries"].pop(code))
    edit_file(
        folder, "i18n/notes.yaml", lambda content: [part["entry_note"].pop(code, None) for part in content.values()]
    )


def with_row(catalogue: Catalogue, kind: str, key: str, /, **fields: object) -> Catalogue:
    """Return the catalogue with fields of one record changed; `kind` is one of its lists."""
    rows = getattr(catalogue, kind)
    changed = [row.model_copy(update=fields) if _key_of(row) == key else row for row in rows]
    assert changed != rows, f"{kind} {key}: nothing was planted"
    return _with(catalogue, kind, changed)


def without_row(catalogue: Catalogue, kind: str, key: str) -> Catalogue:
    """Return the catalogue without one record."""
    rows = getattr(catalogue, kind)
    kept = [row for row in rows if _key_of(row) != key]
    assert len(kept) == len(rows) - 1, f"{kind}: no {key}"
    return _with(catalogue, kind, kept)


def twice(catalogue: Catalogue, kind: str, key: str) -> Catalogue:
    """Return the catalogue with one record there twice, one behind the other."""
    rows = getattr(catalogue, kind)
    return _with(catalogue, kind, [row for row in rows for _ in range(2 if _key_of(row) == key else 1)])


def find_row(catalogue: Catalogue, kind: str, key: str) -> Any:
    """Return one record."""
    return next(row for row in getattr(catalogue, kind) if _key_of(row) == key)


def _with(catalogue: Catalogue, kind: str, rows: list[Any]) -> Catalogue:
    change: dict[str, Any] = {kind: rows}
    return replace(catalogue, **change)


def _key_of(row: Any) -> str:
    return str(next(getattr(row, name) for name in ("id", "astana", "xian") if hasattr(row, name)))
