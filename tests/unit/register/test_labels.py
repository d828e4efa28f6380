"""Every value that a page can show has a label and a definition in every language."""

import pytest

from serai.kernel.languages import LANGUAGES
from serai.register.labels import definition, keys, label
from serai.register.vocabulary import STRENGTHS, Act, Kind, Relation, Scope

DEFINED = {"acts": list(Act), "strength": list(STRENGTHS), "kinds": list(Kind), "scopes": list(Scope)}
MORE_DEFINED = {"systems": keys("systems"), "source_kinds": ["platform", "public", "declared"]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("group", "values"), [*DEFINED.items(), *MORE_DEFINED.items()])
def test_every_value_has_a_label_and_a_definition(group: str, values: list[str], language: str) -> None:
    for value in values:
        assert label(group, value, language), value
        assert language == "en" or label(group, value, language) != str(value), value
        assert len(definition(group, value, language)) >= 5, value


@pytest.mark.parametrize(
    "group", [*DEFINED, *MORE_DEFINED, "topics", "sections", "body_types", "instrument_types", "lineage_relations"]
)
def test_no_two_values_of_a_group_share_a_label(group: str) -> None:
    for language in LANGUAGES:
        labels = [label(group, value, language) for value in keys(group)]

        assert len(set(labels)) == len(labels), language


def test_the_rules_closed_vocabularies_are_those_of_the_labels() -> None:
    assert set(keys("acts")) == set(Act)
    assert set(keys("kinds")) == set(Kind)
    assert set(keys("scopes")) == set(Scope)
    assert set(keys("lineage_relations")) == set(Relation)
    assert keys("strength") == [str(level) for level in STRENGTHS]


def test_a_value_without_a_label_shows_as_itself() -> None:
    assert label("topics", "unheard-of", "ru") == "unheard-of"


def test_states_are_named_as_on_all_pages() -> None:
    names = [label("countries", "KG", language) for language in LANGUAGES]

    assert names == ["Kyrgyz Republic", "Кыргызская Республика", "吉尔吉斯共和国"]
