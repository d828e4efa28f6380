"""Faults in labels, translations and the glossary are found and named."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from serai.register.catalogue import Catalogue
from serai.register.proof import prove

RU, ZH = "i18n/ru.yaml", "i18n/zh-hans.yaml"
Change = Callable[[dict[str, Any]], object]


def with_labels(catalogue: Catalogue, change: Change) -> Catalogue:
    labels = deepcopy(catalogue.labels)
    change(labels)
    return replace(catalogue, labels=labels)


def with_translation(catalogue: Catalogue, language: str, change: Change) -> Catalogue:
    translations = deepcopy(catalogue.translations)
    change(translations[language])
    return replace(catalogue, translations=translations)


LABEL_FAULTS: dict[str, tuple[Change, str, str]] = {
    "a topic without a Russian label": (lambda labels: labels["topics"]["water"].pop("ru"), "topics.water", "ru"),
    "an act without an English label": (lambda labels: labels["acts"]["call"].update(en=""), "acts.call", "en"),
    "a strength without any label": (lambda labels: labels["strength"].pop("4"), "strength.4", "zh-hans"),
    "a whole group missing": (lambda labels: labels.pop("lineage_basis"), "lineage_basis.text", "en"),
    "a section without a Chinese label": (
        lambda labels: labels["sections"]["VI"].pop("zh-hans"),
        "sections.VI",
        "zh-hans",
    ),
}

TRANSLATION_FAULTS: dict[str, tuple[str, Change, tuple[str, str, str]]] = {
    "a title missing": ("ru", lambda texts: texts["entries"]["VI.13a"].pop("title"), (RU, "entries.VI.13a", "title")),
    "a summary blank": (
        "zh-hans",
        lambda texts: texts["entries"]["0.1"].update(summary="  "),
        (ZH, "entries.0.1", "summary"),
    ),
    "an entry missing": ("ru", lambda texts: texts["entries"].pop("VI.13a"), (RU, "entries.VI.13a", "unit")),
    "an indicator missing": (
        "zh-hans",
        lambda texts: texts["entries"]["VI.13a"].pop("indicator"),
        (ZH, "entries.VI.13a", "indicator"),
    ),
    "a body missing": ("ru", lambda texts: texts["bodies"].pop("customs-dg"), (RU, "bodies.customs-dg", "-")),
    "a note missing": ("ru", lambda texts: texts["entry_note"].pop("VI.13a"), (RU, "entry_note.VI.13a", "-")),
    "a place missing": ("zh-hans", lambda texts: texts["place"].pop("Astana"), (ZH, "place.Astana", "-")),
    "an unavailable part missing": ("ru", lambda texts: texts["unavailable"].pop(3), (RU, "unavailable.3", "-")),
    "an earlier summary missing": (
        "ru",
        lambda texts: texts["xian"]["xa-0.1"].pop("summary"),
        (RU, "xian.xa-0.1", "summary"),
    ),
    "an entry left over": (
        "ru",
        lambda texts: texts["entries"].update({"VI.99": {"title": "x"}}),
        (RU, "entries.VI.99", "-"),
    ),
    "a place left over": ("zh-hans", lambda texts: texts["place"].update(Atlantis="x"), (ZH, "place.Atlantis", "-")),
    "an enforced term missing": ("ru", lambda texts: texts["glossary"].pop("corridor"), (RU, "glossary.corridor", "-")),
    "a term rendered another way": (
        "zh-hans",
        lambda texts: texts["entries"]["VI.16d"].update(title="各国单窗合作", summary="各方合作。", indicator="x"),
        (ZH, "entries.VI.16d", "-"),
    ),
    "a Russian term rendered another way": (
        "ru",
        lambda texts: texts["entries"]["VI.13a"].update(title="О допусках", summary="Допуски.", indicator="x"),
        (RU, "entries.VI.13a", "-"),
    ),
}


@pytest.mark.parametrize(("change", "item", "field"), LABEL_FAULTS.values(), ids=LABEL_FAULTS.keys())
def test_a_missing_label_is_found(shipped: Catalogue, change: Change, item: str, field: str) -> None:
    problems = prove(with_labels(shipped, change))

    assert ("labels.yaml", item, field, "has no label") in {(p.file, p.item, p.field, p.reason) for p in problems}


@pytest.mark.parametrize(("language", "change", "place"), TRANSLATION_FAULTS.values(), ids=TRANSLATION_FAULTS.keys())
def test_a_fault_of_translation_is_found(
    shipped: Catalogue, language: str, change: Change, place: tuple[str, str, str]
) -> None:
    problems = prove(with_translation(shipped, language, change))

    assert place in {(p.file, p.item, p.field) for p in problems}
    assert {p.file for p in problems} == {place[0]}


def test_an_inflected_term_is_the_term(shipped: Catalogue) -> None:
    """The glossary has “коридор”; a text may well speak of “коридорами”."""
    title = "Коридорами и в коридорах"

    problems = prove(with_translation(shipped, "ru", lambda texts: texts["entries"]["VI.8a"].update(title=title)))

    assert [problem for problem in problems if "corridor" in problem.reason] == []
