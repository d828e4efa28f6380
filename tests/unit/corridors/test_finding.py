"""Places by what people type."""

from collections import defaultdict

import pytest

from serai.corridors.errors import UnknownPlace
from serai.corridors.finding import find_place, fold, suggest_places
from serai.corridors.network import LANGUAGES, Network

NETWORK = Network.load()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("cn-xi-an", "cn-xi-an"),
        ("Xi'an", "cn-xi-an"),
        ("Xi’an", "cn-xi-an"),
        ("  XIAN ", "cn-xi-an"),
        ("Сиань", "cn-xi-an"),
        ("西安", "cn-xi-an"),
        ("Ташкент", "uz-tashkent"),
        ("塔什干", "uz-tashkent"),
        ("Toshkent", "uz-tashkent"),
        ("almaty", "kz-almaty"),
        ("Ürümqi", "cn-urumqi"),
        ("DEDUI", "de-duisburg"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(text: str, place: str) -> None:
    assert find_place(NETWORK, text).id == place


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_that_the_tables_give_leads_to_its_place_or_to_all_that_bear_it(language: str) -> None:
    bearing = defaultdict[str, set[str]](set)
    for place in NETWORK.places.values():
        for name in place.names.values():
            bearing[fold(name)].add(place.id)

    for place in NETWORK.places.values():
        name = place.name(language)
        if len(bearing[fold(name)]) == 1:
            assert find_place(NETWORK, name) is place
        else:
            with pytest.raises(UnknownPlace) as caught:
                find_place(NETWORK, name)
            assert place.id in str(caught.value.fields["near"])


@pytest.mark.parametrize(
    ("text", "near"), [("Tashknet", "Tashkent / Ташкент / 塔什干 (UZ)"), ("Ташкнет", "塔什干"), ("塔什", "Tashkent")]
)
def test_a_slip_tells_the_nearest_names_in_three_scripts(text: str, near: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_place(NETWORK, text)

    assert near in str(caught.value.fields["near"])


def test_a_name_that_several_places_bear_tells_them_all() -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_place(NETWORK, "Khorgos")

    assert "(CN)" in str(caught.value.fields["near"])


@pytest.mark.parametrize("text", ["", "   ", "!!!", "x" * 5000, "\0", "🚂"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UnknownPlace):
        find_place(NETWORK, text)


def test_what_begins_a_name_is_suggested_first() -> None:
    assert suggest_places(NETWORK, "tash")[0].id == "uz-tashkent"
    assert suggest_places(NETWORK, "алм", limit=3)[0].country == "KZ"


def test_folding_keeps_letters_of_all_scripts() -> None:
    assert fold("Qoʻqon – 浩罕 Коканд 2") == "qoqon浩罕коканд2"
