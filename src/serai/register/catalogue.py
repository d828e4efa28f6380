"""The register's catalogue: its YAML files, read strictly into records. Pure; knows files and records, not tables."""

import hashlib
import json
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from serai.kernel.languages import CHINESE, LANGUAGES, RUSSIAN
from serai.register.errors import BrokenCatalogue, Problem
from serai.register.records import (
    BodyRecord,
    EntryRecord,
    EventRecord,
    InstrumentRecord,
    LabelsRecord,
    LineageRecord,
    MetaRecord,
    NotesRecord,
    PeriodRecord,
    PriorMetaRecord,
    PriorRecord,
    SuccessorRecord,
    TranslationRecord,
    UnavailableRecord,
    VocabularyRecord,
)

SHIPPED: Final = Path(__file__).parent / "data"
ENTRIES: Final = "astana-2025.yaml"
PRIOR: Final = "xian-2023.yaml"
TRANSLATIONS: Final = {RUSSIAN: "i18n/ru.yaml", CHINESE: "i18n/zh-hans.yaml"}
NOTES: Final = "i18n/notes.yaml"
FILES: Final = (
    ENTRIES,
    "bodies.yaml",
    "events.yaml",
    "instruments.yaml",
    PRIOR,
    "lineage.yaml",
    "vocab.yaml",
    "labels.yaml",
    *TRANSLATIONS.values(),
    NOTES,
)
_LARGEST_FILE: Final = 4 * 1024 * 1024

Translation = dict[str, dict[Any, Any]]
_R = TypeVar("_R", bound=BaseModel)


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader is optional
    """YAML without duplicate keys, aliases or dates that turn into objects."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _refuse_aliases(node)
        return node


def _refuse_aliases(root: yaml.Node) -> None:
    """Raise when a node is reached twice: the parser in C takes an alias for the node that it names."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise yaml.composer.ComposerError(None, None, "aliases are not used here", node.start_mark)
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything the register ships, as records."""

    meta: dict[str, Any]
    prior_meta: dict[str, Any]
    entries: list[EntryRecord]
    bodies: list[BodyRecord]
    events: list[EventRecord]
    periods: list[PeriodRecord]
    instruments: list[InstrumentRecord]
    prior: list[PriorRecord]
    unavailable: list[UnavailableRecord]
    lineage: list[LineageRecord]
    successors: list[SuccessorRecord]
    vocabulary: dict[str, Any]
    labels: Translation
    translations: dict[str, Translation]
    digest: str

    @property
    def adopted(self) -> date:
        return date.fromisoformat(str(self.meta["adopted"]))

    def translated(self, language: str, kind: str, key: str | int) -> Any:
        """Return a translated text, or None; English is the source and has none."""
        texts: dict[str | int, Any] = self.translations.get(language, {}).get(kind, {})
        return texts.get(key)

    def label(self, group: str, key: str | int, language: str) -> str:
        """Return the short label of a vocabulary value."""
        return str(self.labels[group][str(key)][language])


@dataclass(slots=True)
class _Reader:
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def report(self, file: str, item: str, field_name: str, reason: str) -> None:
        self.problems.append(Problem(file=file, item=item, field=field_name, reason=reason))

    def load(self, name: str) -> dict[str, Any]:
        """Return a file's mapping; an empty one, with a problem reported, when it cannot be read."""
        try:
            data = (self.folder / name).read_bytes()
        except OSError as error:
            self.report(name, "-", "-", f"cannot be read: {error.strerror}")
            return {}
        if len(data) > _LARGEST_FILE:
            self.report(name, "-", "-", f"is larger than {_LARGEST_FILE} bytes")
            return {}
        self.digest.update(_digest_part(name, data))
        try:
            content = yaml.load(data, Loader=_StrictLoader)  # noqa: S506  # a SafeLoader, made stricter
        # YAML's own constructors raise the plain ones for a value that only looks like a figure, or a list as a key.
        except (yaml.YAMLError, ValueError, TypeError, LookupError, RecursionError) as error:
            self.report(name, "-", "-", f"is not YAML: {_one_line(error)}")
            return {}
        if not isinstance(content, dict):
            self.report(name, "-", "-", "must be a mapping of names to values")
            return {}
        return content

    def records(self, file: str, content: dict[str, Any], key: str, form: type[_R]) -> list[_R]:
        """Return the records of one list; those that do not fit are reported and left out."""
        rows = content.get(key)
        if not isinstance(rows, list):
            self.report(file, "-", key, "must be a list")
            return []
        found = []
        for number, row in enumerate(rows, start=1):
            try:
                found.append(form.model_validate(row))
            except ValidationError as error:
                self._report_misfit(file, _name_of(row, number), error)
        return found

    def _report_misfit(self, file: str, item: str, error: ValidationError) -> None:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]) or "-"
            given = "" if fault["type"] == "missing" else f" (found {_shorten(fault['input'])})"
            self.report(file, item, where, fault["msg"].removeprefix("Value error, ") + given)

    def mapping(self, file: str, content: dict[str, Any], key: str, form: type[BaseModel]) -> dict[str, Any]:
        """Return a mapping of a file as it stands, once it has the form."""
        value = content.get(key)
        if not isinstance(value, dict):
            self.report(file, "-", key, "must be a mapping of names to values")
            return {}
        return self.shaped(file, key, value, form)

    def shaped(self, file: str, item: str, content: dict[str, Any], form: type[BaseModel]) -> dict[str, Any]:
        """Return the content as it stands; report where it has not the form."""
        try:
            form.model_validate(content)
        except ValidationError as error:
            self._report_misfit(file, item, error)
        return content


def _name_of(row: object, number: int) -> str:
    if isinstance(row, dict):
        for key in ("id", "astana", "xian"):
            if isinstance(row.get(key), str):
                return str(row[key])
    return f"row {number}"


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def read_catalogue(folder: Path = SHIPPED) -> Catalogue:
    """Read a folder of catalogue files; raise BrokenCatalogue with every fault of form found in them.

    What the records say about each other is `proof.py`'s matter.
    """
    reader = _Reader(folder)
    content = {name: reader.load(name) for name in FILES}
    entries, prior = content[ENTRIES], content[PRIOR]
    catalogue = Catalogue(
        meta=reader.mapping(ENTRIES, entries, "meta", MetaRecord),
        prior_meta=reader.mapping(PRIOR, prior, "meta", PriorMetaRecord),
        entries=reader.records(ENTRIES, entries, "entries", EntryRecord),
        bodies=reader.records("bodies.yaml", content["bodies.yaml"], "bodies", BodyRecord),
        events=reader.records("events.yaml", content["events.yaml"], "events", EventRecord),
        periods=reader.records("events.yaml", content["events.yaml"], "periods", PeriodRecord),
        instruments=reader.records("instruments.yaml", content["instruments.yaml"], "instruments", InstrumentRecord),
        prior=reader.records(PRIOR, prior, "entries", PriorRecord),
        unavailable=reader.records(PRIOR, prior, "unavailable", UnavailableRecord),
        lineage=reader.records("lineage.yaml", content["lineage.yaml"], "lineage", LineageRecord),
        successors=reader.records("lineage.yaml", content["lineage.yaml"], "xian_without_successor", SuccessorRecord),
        vocabulary=reader.shaped("vocab.yaml", "-", content["vocab.yaml"], VocabularyRecord),
        labels=reader.shaped("labels.yaml", "-", content["labels.yaml"], LabelsRecord),
        translations={
            language: {
                **reader.shaped(name, "-", content[name], TranslationRecord),
                **reader.mapping(NOTES, content[NOTES], language, NotesRecord),
            }
            for language, name in TRANSLATIONS.items()
        },
        digest=reader.digest.hexdigest(),
    )
    if reader.problems:
        raise BrokenCatalogue(reader.problems)
    return catalogue


def read_labels() -> tuple[Translation, dict[str, Any], dict[str, Translation]]:
    """Return the shipped labels, the English vocabulary, and the translation files by language."""
    reader = _Reader(SHIPPED)
    labels, vocabulary = reader.load("labels.yaml"), reader.load("vocab.yaml")
    translations = {language: reader.load(name) for language, name in TRANSLATIONS.items()}
    if reader.problems:
        raise BrokenCatalogue(reader.problems)
    return labels, vocabulary, translations


def fingerprint(folder: Path = SHIPPED) -> str:
    """Return what `Catalogue.digest` will be, without reading the content; "" when a file is missing."""
    digest = hashlib.sha256()
    for name in FILES:
        try:
            data = (folder / name).read_bytes()
        except OSError:
            return ""
        digest.update(_digest_part(name, data))
    return digest.hexdigest()


def _digest_part(name: str, data: bytes) -> bytes:
    return f"{name} {len(data)}\n".encode() + data


def digest_of(record: BaseModel, *more: object) -> str:
    """Return a fingerprint of a record and what belongs to it."""
    body = json.dumps([record.model_dump(mode="json"), *more], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def languages_to_translate() -> tuple[str, ...]:
    return tuple(language for language in LANGUAGES if language in TRANSLATIONS)
