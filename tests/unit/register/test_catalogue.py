"""A catalogue that cannot be used is refused whole, with file, id, field and reason of every fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from serai.register.catalogue import FILES, digest_of, fingerprint, read_catalogue, read_labels
from serai.register.errors import BrokenCatalogue, Problem
from tests.catalogue import change_entry, copy_catalogue, edit_file, find_row, replace_text

ENTRIES = "astana-2025.yaml"
Plant = Callable[[Path], object]
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\nmeta: *d\n"


@pytest.fixture
def folder(small: Path, tmp_path: Path) -> Path:
    return copy_catalogue(tmp_path / "catalogue", source=small)


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(BrokenCatalogue) as caught:
        read_catalogue(folder)
    return caught.value.problems


def overwrite(name: str, content: str | bytes) -> Plant:
    data = content if isinstance(content, bytes) else content.encode()
    return lambda folder: (folder / name).write_bytes(data)


def append(name: str, text: str) -> Plant:
    return lambda folder: (folder / name).write_text((folder / name).read_text() + text)


FILE_FAULTS: dict[str, tuple[Plant, str, str]] = {
    "broken YAML": (overwrite(ENTRIES, "meta: [unclosed\n"), ENTRIES, "is not YAML"),
    "a key twice": (append("bodies.yaml", "bodies: []\n"), "bodies.yaml", "the key 'bodies' is there twice"),
    "a bomb of aliases": (overwrite(ENTRIES, BOMB), ENTRIES, "aliases are not used here"),
    "an alias of itself": (overwrite("vocab.yaml", "topics: &t [*t]\n"), "vocab.yaml", "aliases are not used here"),
    "a merge": (overwrite("labels.yaml", "<<: {a: b}\n"), "labels.yaml", "is not YAML"),
    "an object of Python": (
        overwrite("vocab.yaml", "a: !!python/object/apply:os.getcwd []\n"),
        "vocab.yaml",
        "is not YAML",
    ),
    "a tag of ours": (overwrite("vocab.yaml", "a: !secret x\n"), "vocab.yaml", "is not YAML"),
    "a list as a key": (overwrite("vocab.yaml", "? [a]\n: b\n"), "vocab.yaml", "is not YAML"),
    "a figure that is none": (overwrite("vocab.yaml", "a: 0x_\n"), "vocab.yaml", "is not YAML"),
    "a figure without an end": (overwrite("vocab.yaml", f"a: {'9' * 5000}\n"), "vocab.yaml", "is not YAML"),
    "a truth that is none": (overwrite("vocab.yaml", "a: !!bool perhaps\n"), "vocab.yaml", "is not YAML"),
    "a thousand levels": (overwrite("vocab.yaml", "a: " + "[" * 1000), "vocab.yaml", "is not YAML"),
    "two documents": (append("lineage.yaml", "---\nlineage: []\n"), "lineage.yaml", "is not YAML"),
    "not UTF-8": (overwrite("events.yaml", "events: [Сиань]".encode("cp1251")), "events.yaml", "is not YAML"),
    "a zero byte": (overwrite("events.yaml", b"events: \0"), "events.yaml", "is not YAML"),
    "a list at the top": (
        overwrite("instruments.yaml", "- id: x\n"),
        "instruments.yaml",
        "must be a mapping of names to values",
    ),
    "nothing at all": (overwrite("instruments.yaml", ""), "instruments.yaml", "must be a mapping of names to values"),
    "too large": (append("i18n/ru.yaml", "#" * (4 * 1024 * 1024)), "i18n/ru.yaml", "is larger than 4194304 bytes"),
    "missing": (
        lambda folder: (folder / "i18n/notes.yaml").unlink(),
        "i18n/notes.yaml",
        "cannot be read: No such file or directory",
    ),
}


@pytest.mark.parametrize(("plant", "file", "reason"), FILE_FAULTS.values(), ids=FILE_FAULTS.keys())
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    folder: Path, plant: Plant, file: str, reason: str
) -> None:
    plant(folder)

    problems = problems_of(folder)

    assert problems[0].file == file
    assert reason in problems[0].reason
    assert {problem.file for problem in problems} == {file}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("paragraph", "thirteen", "valid integer"),
        ("strength", 6, "less than or equal to 5 (found 6)"),
        ("strength", -1, "greater than or equal to 0"),
        ("act", "promise", "'undertake', 'intend'"),
        ("kind", None, "Input should be"),
        ("scope", "everybody", "Input should be"),
        ("title", "", "at least 1 character"),
        ("title", 7, "valid string (found 7)"),
        ("topics", [], "at least 1 item"),
        ("actors", "all", "valid list"),
        ("due", "31.12.2026", "write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("due", "2026-02-30", "is not a date that exists"),
        ("system", "E Permit", "match pattern"),
        ("system", "x" * 33, "at most 32 characters"),
        ("text_check", "x" * 201, "at most 200 characters"),
        ("color", "blue", "Extra inputs are not permitted"),
    ],
)
def test_a_field_of_the_wrong_form_is_named_with_its_entry(
    folder: Path, field: str, value: object, reason: str
) -> None:
    change_entry(folder, "VI.13a", **{field: value})

    problems = problems_of(folder)

    assert [(problem.file, problem.item, problem.field) for problem in problems] == [(ENTRIES, "VI.13a", field)]
    assert reason in problems[0].reason


@pytest.mark.parametrize(
    ("code", "reason"), [("vi.13a", "write VI.13a"), ("VI-13", "is not an entry number"), (13, "valid string")]
)
def test_an_id_that_is_none_is_named(folder: Path, code: object, reason: str) -> None:
    change_entry(folder, "VI.13a", id=code)

    problems = problems_of(folder)

    assert {problem.field for problem in problems} == {"id"}
    assert reason in problems[0].reason


def test_a_field_inside_a_field_is_named_by_its_way(folder: Path) -> None:
    change_entry(
        folder,
        "VI.13a",
        indicator={"name": "x", "unit": "y", "direction": "sideways", "source_kind": "public"},
        actors=["CN", "RU"],
    )

    problems = problems_of(folder)

    assert [(problem.item, problem.field) for problem in problems] == [
        ("VI.13a", "actors.1"),
        ("VI.13a", "indicator.direction"),
        ("VI.13a", "indicator.source"),
    ]


def test_a_row_without_an_id_is_named_by_its_number(folder: Path) -> None:
    edit_file(folder, "bodies.yaml", lambda content: content["bodies"].insert(1, "just a name"))

    assert [(p.file, p.item, p.field) for p in problems_of(folder)] == [("bodies.yaml", "row 2", "-")]


def test_a_missing_list_is_named(folder: Path) -> None:
    edit_file(folder, "lineage.yaml", lambda content: content.pop("xian_without_successor"))

    assert [str(p) for p in problems_of(folder)] == ["lineage.yaml: -: xian_without_successor: must be a list"]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (ENTRIES, "  adopted: '2025-06-17'\n  place", "  adopted: 2025-06\n  place", ("meta", "adopted")),
        (ENTRIES, "  place: Astana\n  language_used", "  language_used", ("meta", "place")),
        ("xian-2023.yaml", "  entries: 58\n", "  entries: many\n", ("meta", "entries")),
        ("vocab.yaml", "topics:\n- political\n", "topics:\n- [political]\n", ("-", "topics.0")),
        ("labels.yaml", "    ru: Преамбула\n", "    ru: 1\n", ("-", "sections.0.ru")),
        (
            "i18n/ru.yaml",
            "    title: Проведение второго саммита в Астане\n",
            "    title: 2\n",
            ("-", "entries.0.1.title"),
        ),
        ("i18n/notes.yaml", ": второй саммит\n", ": [второй саммит]\n", ("ru", "entry_date_what.second summit")),
    ],
)
def test_what_stands_around_the_records_is_read_as_strictly(
    folder: Path, file: str, old: str, new: str, place: tuple[str, str]
) -> None:
    replace_text(folder, file, old, new)

    problems = problems_of(folder)

    assert (problems[0].file, problems[0].item) == (file, place[0])
    assert problems[0].field.startswith(place[1])


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    change_entry(folder, "VI.13a", strength=9)
    change_entry(folder, "VI.12", act="promise")
    edit_file(folder, "bodies.yaml", lambda content: content["bodies"][0].pop("name"))

    found = {(problem.file, problem.item, problem.field) for problem in problems_of(folder)}

    assert found == {(ENTRIES, "VI.13a", "strength"), (ENTRIES, "VI.12", "act"), ("bodies.yaml", "mechanism", "name")}


def test_the_error_is_one_sentence_with_the_first_fault(folder: Path) -> None:
    change_entry(folder, "VI.13a", strength=9)

    with pytest.raises(
        BrokenCatalogue,
        match=r"has 1 faults; the register stays as it was\. The first: astana-2025\.yaml: VI\.13a: strength: ",
    ):
        read_catalogue(folder)


def test_an_empty_folder_names_every_file(tmp_path: Path) -> None:
    reasons = {problem.file for problem in problems_of(tmp_path) if problem.reason.startswith("cannot be read")}

    assert reasons == set(FILES)


def test_a_copy_reads_the_same_and_an_edit_shows_in_the_fingerprint(folder: Path) -> None:
    before = read_catalogue(folder)
    replace_text(folder, "i18n/ru.yaml", "Проведение второго саммита в Астане", "Второй саммит в Астане")

    after = read_catalogue(folder)

    assert read_catalogue().digest == fingerprint()
    assert before.digest != after.digest == fingerprint(folder)
    assert find_row(before, "entries", "VI.13a") == find_row(after, "entries", "VI.13a")


def test_a_folder_that_lacks_a_file_has_no_fingerprint(folder: Path) -> None:
    (folder / "vocab.yaml").unlink()

    assert fingerprint(folder) == ""


def test_a_digest_depends_on_the_record_and_on_what_belongs_to_it() -> None:
    catalogue = read_catalogue()
    one, other = catalogue.entries[:2]

    digests = {digest_of(one, {"ru": "a"}), digest_of(one, {"ru": "b"}), digest_of(other, {"ru": "a"})}

    assert len(digests) == 3
    assert digest_of(one, {"ru": "a", "en": "b"}) == digest_of(one, {"en": "b", "ru": "a"})


def test_labels_are_read_from_the_shipped_files() -> None:
    labels, vocabulary, translations = read_labels()

    assert set(labels["topics"]) == set(vocabulary["topics"])
    assert set(translations) == {"ru", "zh-hans"}
