"""Places by what people type."""

from collections import defaultdict
from time import process_time

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
        ("de dui", "de-duisburg"),
        ("CN-XI-AN", "cn-xi-an"),
        ("Małaszewicze", "pl-malaszewicze"),
        ("MALASZEWICZE", "pl-malaszewicze"),
        ("Алматы", "kz-almaty"),
        ("کابل", "af-kabul"),
        ("كابل", "af-kabul"),  # as an Arabic keyboard writes it
        ("Bakı", "az-baku"),
        ("Baki", "az-baku"),
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


@pytest.mark.parametrize("text", ["Khorgos", "khorgos ", "Хоргос", "霍尔果斯"])
def test_a_name_that_several_places_bear_tells_them_all_on_either_side_of_the_border(text: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_place(NETWORK, text)

    near = str(caught.value.fields["near"])
    told = {one for one in NETWORK.places if near.endswith(f": {one}") or f": {one};" in near}
    assert told >= {"cn-khorgos-horgos-rail", "cn-khorgos-horgos-road-port", "kz-khorgos-gateway"}
    assert "(CN)" in near
    assert "(KZ)" in near


@pytest.mark.parametrize(("text", "place"), [("Aktau", "kz-aktau-port"), ("Актау", "kz-aktau-port")])
def test_a_part_of_a_name_is_no_name_but_tells_first_what_bears_it(text: str, place: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_place(NETWORK, text)

    assert str(caught.value.fields["near"]).startswith(NETWORK.places[place].name())


@pytest.mark.parametrize("text", ["", "   ", "!!!", "x" * 5000, "\0", "🚂"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UnknownPlace):
        find_place(NETWORK, text)


def test_what_begins_a_name_is_suggested_first() -> None:
    assert suggest_places(NETWORK, "tash")[0].id == "uz-tashkent"
    assert suggest_places(NETWORK, "алм", limit=3)[0].country == "KZ"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ali", "ae-jebel-ali"),  # a later word
        ("порт акт", "kz-aktau-port"),
        ("港站", "cn-xi-an-international-port-station"),
        ("KZALA", "kz-almaty"),
        ("cn-xi", "cn-xi-an"),
        ("toshknt", "uz-tashkent"),  # no beginning of anything: the nearest
    ],
)
def test_ids_codes_and_later_words_are_suggested_too(text: str, place: str) -> None:
    assert place in [one.id for one in suggest_places(NETWORK, text, limit=5)]


def test_a_place_without_freight_is_offered_after_those_with_it_and_still_found() -> None:
    """Madrid and Harbin stand in the tables, but no line, ship or terminal is there."""
    begun = [one for one in suggest_places(NETWORK, "ha", limit=40) if fold(one.name()).startswith("ha")]

    assert [one.id for one in begun][-1] == "cn-harbin"
    assert len(begun) >= 3
    assert suggest_places(NETWORK, "Madrid")[0].id == "es-madrid"


def test_each_place_is_suggested_once_and_no_more_than_asked() -> None:
    for text in ("a", "т", "k", "ташк", "塔", "port", "international"):
        found = [one.id for one in suggest_places(NETWORK, text, limit=6)]

        assert len(found) == len(set(found)) <= 6
        assert found


def test_finding_is_quick_enough_to_do_at_each_letter() -> None:
    suggest_places(NETWORK, "warm up")
    texts = ["t", "ta", "tas", "tash", "Tashknet", "霍尔", "Хоргос", "international port station", "x" * 100]

    began = process_time()
    for text in texts:
        suggest_places(NETWORK, text)

    assert (process_time() - began) / len(texts) < 0.005


def test_folding_keeps_letters_of_all_scripts() -> None:
    assert fold("Qoʻqon – 浩罕 Коканд 2") == "qoqon浩罕коканд2"
