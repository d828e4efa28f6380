"""Loading brings the tables to the state of the files: once, whole or not at all, and with a history."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from serai.kernel.models import AuditRow
from serai.kernel.revision import get_revision
from serai.kernel.roles import Actor
from serai.register import queries
from serai.register.actions import LoadResult, load_catalogue
from serai.register.errors import BrokenCatalogue
from serai.register.models import CatalogueVersion, Entry, EntryRevision, Event, Indicator, Lineage, Period
from tests.catalogue import change_entry, copy_catalogue, drop_entry, edit_file, replace_text

pytestmark = pytest.mark.django_db
TESTER = Actor.system("tests")
ENTRIES = "astana-2025.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_catalogue(tmp_path / "catalogue")


def load(folder: Path) -> LoadResult:
    return load_catalogue(actor=TESTER, folder=folder)


def everything() -> dict[str, list[Any]]:
    """All rows of the register's and the kernel's tables."""
    models = [*apps.get_app_config("register").get_models(), *apps.get_app_config("kernel").get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def refusal(folder: Path) -> list[tuple[str, str, str]]:
    """Load what must be refused; return file, id and field of each fault."""
    before = everything()
    with pytest.raises(BrokenCatalogue) as caught:
        load(folder)
    assert everything() == before
    assert all(problem.reason for problem in caught.value.problems)
    return [(problem.file, problem.item, problem.field) for problem in caught.value.problems]


def test_the_shipped_register_is_loaded_whole() -> None:
    version = CatalogueVersion.objects.get()

    assert (version.number, version.entries, version.changed) == (1, 230, 230)
    assert Entry.objects.count() == Lineage.objects.count() == EntryRevision.objects.count() == 230
    assert Indicator.objects.count() == 127
    assert (Event.objects.count(), Period.objects.count()) == (19, 7)


def test_a_second_load_of_the_same_files_writes_nothing() -> None:
    before = everything()

    result = load_catalogue(actor=TESTER)

    assert (result.version, result.entries, result.changed, result.is_new) == (1, 230, 0, False)
    assert everything() == before


def test_a_changed_title_gives_a_new_version_with_one_revision_and_one_audit_row(folder: Path) -> None:
    revision, rows = get_revision("register"), AuditRow.objects.count()
    change_entry(folder, "VI.13a", title="Permits for road carriage")

    result = load(folder)

    entry = queries.get_entry("VI.13a")
    assert (result.version, result.changed, result.is_new) == (2, 1, True)
    assert (entry.text("title", "en"), entry.version) == ("Permits for road carriage", 2)
    assert [(row.entry.code, row.changed) for row in EntryRevision.objects.filter(version=2)] == [("VI.13a", ["title"])]
    assert [row.changed for row in entry.revisions.order_by("version_id")] == [[], ["title"]]
    assert Entry.objects.filter(version=2).count() == 1
    assert get_revision("register") == revision + 1
    assert AuditRow.objects.count() == rows + 1
    assert AuditRow.objects.order_by("-pk")[0].details["changed"] == 1


def test_a_changed_title_is_found_and_the_former_one_is_not(folder: Path) -> None:
    change_entry(folder, "VI.13a", title="Zebra crossings", summary="Zebra crossings.")

    load(folder)

    assert [row.code for row in queries.list_entries(queries.ListRequest(text="zebra")).entries] == ["VI.13a"]


def test_going_back_to_the_former_files_is_a_version_of_its_own(folder: Path) -> None:
    change_entry(folder, "VI.13a", title="Permits for road carriage")
    load(folder)

    result = load_catalogue(actor=TESTER)

    assert (result.version, result.changed) == (3, 1)
    assert queries.get_entry("VI.13a").text("title", "en") == "Electronic road transport permits"


def test_relations_and_indicator_follow_the_files(folder: Path) -> None:
    change_entry(folder, "I.1c", bodies=["ministerials", "customs-dg"], indicator=None)
    edit_file(folder, "bodies.yaml", lambda content: _find(content["bodies"], "customs-dg")["mentions"].append("I.1c"))
    for language in ("ru", "zh-hans"):
        edit_file(
            folder,
            f"i18n/{language}.yaml",
            lambda content: [content["entries"]["I.1c"].pop(part) for part in ("indicator", "unit")],
        )
    edit_file(
        folder, "i18n/notes.yaml", lambda content: [part["indicator_source"].pop("I.1c") for part in content.values()]
    )

    load(folder)

    entry = queries.get_entry("I.1c")
    assert {body.pk for body in entry.bodies.all()} == {"ministerials", "customs-dg"}
    assert not hasattr(entry, "indicator")
    assert EntryRevision.objects.get(version=2).changed == ["bodies", "indicator"]


def _find(rows: list[Any], key: str) -> Any:
    return next(row for row in rows if row["id"] == key)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("title: Проведение второго саммита в Астане", "title: Второй саммит в Астане", "title"),
        (
            "    indicator: министерские механизмы, проводившие",
            "    indicator: министерские форматы, проводившие",
            "indicator",
        ),
    ],
    ids=["of a title", "of an indicator"],
)
def test_a_changed_translation_is_a_change_of_its_entry(folder: Path, old: str, new: str, field: str) -> None:
    replace_text(folder, "i18n/ru.yaml", old, new)

    result = load(folder)

    revision = EntryRevision.objects.get(version=2)
    row = revision.entry if field == "title" else revision.entry.indicator
    assert (result.changed, revision.changed) == (1, ["translations"])
    assert row.text("title" if field == "title" else "name", "ru").startswith(new.partition(": ")[2])


def test_an_outcome_that_is_added_moves_the_state_but_not_the_entry(folder: Path) -> None:
    def add_outcome(content: Any) -> None:
        rows = {row["id"]: row for row in content["events"]}
        rows["mountain-youth-festival"]["outcome"] = rows["lldc3"]["outcome"]

    edit_file(folder, "events.yaml", add_outcome)

    result = load(folder)

    assert (result.version, result.changed) == (2, 0)
    assert queries.state_of(queries.get_entry("XII.7b")) == "held"
    assert Event.objects.get(pk="mountain-youth-festival").version == 2


def test_an_entry_added_in_the_middle_moves_the_others_on(folder: Path) -> None:
    """A new part VI.13c stands between VI.13b and VI.14a."""

    def add_entry(content: Any) -> None:
        rows = content["entries"]
        place = next(number for number, row in enumerate(rows) if row["id"] == "VI.13b")
        new = {
            **rows[place],
            "id": "VI.13c",
            "bodies": [],
            "events": [],
            "instruments": [],
            "indicator": None,
            "note": None,
            "dates": [],
            "places": [],
        }
        rows.insert(place + 1, new)
        content["meta"]["entries"] += 1

    edit_file(folder, ENTRIES, add_entry)
    edit_file(
        folder,
        "lineage.yaml",
        lambda content: content["lineage"].append(
            {**content["lineage"][0], "astana": "VI.13c", "relation": "new", "xian": []}
        ),
    )
    for language in ("ru", "zh-hans"):
        edit_file(
            folder,
            f"i18n/{language}.yaml",
            lambda content: content["entries"].update(
                {"VI.13c": {part: content["entries"]["VI.13b"][part] for part in ("title", "summary")}}
            ),
        )

    result = load(folder)

    codes = list(Entry.objects.order_by("position").values_list("code", flat=True))
    assert (result.entries, result.changed) == (231, 1)
    assert codes[codes.index("VI.13b") : codes.index("VI.14a") + 1] == ["VI.13b", "VI.13c", "VI.14a"]
    assert sorted(Entry.objects.values_list("position", flat=True)) == list(range(231))


def test_broken_data_changes_nothing_and_names_every_fault(folder: Path) -> None:
    change_entry(folder, "VI.13a", strength=9)
    change_entry(folder, "VI.12", act="promise")

    assert refusal(folder) == [(ENTRIES, "VI.12", "act"), (ENTRIES, "VI.13a", "strength")]


def test_data_that_contradict_themselves_change_nothing(folder: Path) -> None:
    change_entry(folder, "VI.13a", topics=["roads"], actors=["KZ"])

    assert set(refusal(folder)) == {(ENTRIES, "VI.13a", "topics"), (ENTRIES, "VI.13a", "actors")}


def test_a_file_that_says_nothing_of_the_declaration_changes_nothing(folder: Path) -> None:
    replace_text(folder, ENTRIES, "  document: Astana Declaration", "  dokument: Astana Declaration")

    assert refusal(folder) == [(ENTRIES, "meta", "document")]


def test_a_published_entry_may_not_vanish(folder: Path) -> None:
    drop_entry(folder, "VI.5j")

    assert refusal(folder) == [(ENTRIES, "VI.5j", "id")]


def test_a_published_period_may_not_vanish(folder: Path) -> None:
    edit_file(folder, "events.yaml", lambda content: content["periods"].pop())
    for language in ("ru", "zh-hans"):
        edit_file(folder, f"i18n/{language}.yaml", lambda content: content["periods"].pop("secgen"))

    assert refusal(folder) == [("events.yaml", "secgen", "id")]


def test_a_published_earlier_item_may_not_vanish(folder: Path) -> None:
    """It is named in the file that it would have to be in."""

    def drop(content: Any) -> None:
        content["entries"] = [row for row in content["entries"] if row["id"] != "xp-7"]
        content["meta"]["entries"] -= 1

    edit_file(folder, "xian-2023.yaml", drop)
    edit_file(folder, "lineage.yaml", lambda content: _forget(content, "xp-7"))
    edit_file(
        folder,
        "i18n/notes.yaml",
        lambda content: [
            (part["xian"].pop("xp-7"), part["successor_note"].pop("xp-7", None)) for part in content.values()
        ],
    )

    assert refusal(folder) == [("xian-2023.yaml", "xp-7", "id")]


def _forget(content: Any, item: str) -> None:
    content["xian_without_successor"] = [row for row in content["xian_without_successor"] if row["xian"] != item]
    for row in content["lineage"]:
        row["xian"] = [prior for prior in row["xian"] if prior != item]
