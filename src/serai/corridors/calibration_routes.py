"""Which ways the published transit times are of: the ends, and what their rows or pages say of the way between. Pure data."""

from dataclasses import dataclass, field
from typing import Final

from serai.corridors.graph import Limits

CAPE: Final = "cape"  # by which ships go round Africa
_KHORGOS: Final = "crossing:cn-khorgos-horgos-rail--kz-altynkol--rail"
_IRKESHTAM: Final = "crossing:cn-irkeshtam-prc-ulugqat--kg-irkeshtam-kg--road"
_AKTAU: Final = "place:kz-aktau-port"
_XIAN: Final = "cn-xi-an-international-port-station"

_BY_RAIL: Final = Limits(modes=frozenset({"road"}))
# Where the published way leads through Kazakhstan, Mongolia is not on it.
_NOT_MONGOLIA: Final = Limits(modes=frozenset({"road"}), countries=frozenset({"MN"}))
# In containers over the Caspian and the Caucasus: neither round the sea nor on a wagon on a ferry.
_MIDDLE: Final = Limits(modes=frozenset({"road", "rail_ferry"}), countries=frozenset({"IR", "RU", "TM"}))
# And from Poti or Batumi by ship.
_TO_THE_BLACK_SEA: Final = Limits(modes=_MIDDLE.modes, countries=_MIDDLE.countries | {"TR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The places a published time is between, several where the row names several, and what is known of the way."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    via: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    load: str = "c40dry"
    passage: str = ""


# (name, from, to) of the row in services.csv → its way.
ROUTES: Final = {
    ("Middle Corridor block train", "Xi'an/Yiwu/Zhengzhou", "Constanta"): Route(
        starts=(_XIAN, "cn-yiwu", "cn-zhengzhou"), ends=("ro-constanta",), via=(_AKTAU,), limits=_TO_THE_BLACK_SEA
    ),
    ("CRE northern route", "Xi'an", "Malaszewicze"): Route(
        starts=(_XIAN,), ends=("pl-malaszewicze",), via=("country:KZ",), limits=_NOT_MONGOLIA
    ),
    ("CRE northern route", "Chongqing", "Duisburg"): Route(
        starts=("cn-chongqing-tuanjiecun",), ends=("de-duisburg",), via=("country:KZ",), limits=_NOT_MONGOLIA
    ),
    ("TITR container", "Altynkol", "Absheron (Baku)"): Route(
        starts=("kz-altynkol",), ends=("az-absheron-keshla",), via=(_AKTAU,), limits=_MIDDLE
    ),
    ("TITR container", "Altynkol", "Poti/Batumi"): Route(
        starts=("kz-altynkol",), ends=("ge-poti", "ge-batumi"), via=(_AKTAU,), limits=_MIDDLE
    ),
    ("TITR container", "Altynkol", "Constanta"): Route(
        starts=("kz-altynkol",), ends=("ro-constanta",), via=(_AKTAU,), limits=_TO_THE_BLACK_SEA
    ),
    ("Middle Corridor container train", "Xi'an", "Baku"): Route(
        starts=(_XIAN,), ends=("az-absheron-keshla",), via=(_AKTAU,), limits=_MIDDLE
    ),
    ("China-Central Asia train", "Chengdu", "Uzbekistan (via Khorgos)"): Route(
        starts=("cn-chengdu-qingbaijiang",), ends=("uz-chukursay",), via=(_KHORGOS,), limits=_BY_RAIL
    ),
    ("China-Central Asia train", "Tianjin", "Tashkent"): Route(
        starts=("cn-tianjin-xingang",), ends=("uz-chukursay",), via=("country:KZ",), limits=_NOT_MONGOLIA
    ),
    ("China-Central Asia train", "Zhangjiakou", "Tashkent (via Khorgos)"): Route(
        starts=("cn-beijing",),
        ends=("uz-chukursay",),
        via=(_KHORGOS,),
        limits=_BY_RAIL,  # the nearest place: 160 km
    ),
    ("CKU multimodal", "Lanzhou", "Dushanbe-2"): Route(
        starts=("cn-lanzhou",), ends=("tj-dushanbe-2",), via=(_IRKESHTAM, "place:uz-andijan", "mode:rail")
    ),
    ("China-Iran train", "Xi'an", "Tehran (Altynkol-Bolashak-Etrek)"): Route(
        starts=(_XIAN,),
        ends=("ir-aprin-dry-port",),
        via=(_KHORGOS, "crossing:kz-bolashak--tm-serhetyaka--rail", "crossing:tm-etrek-akyayla--ir-incheh-borun--rail"),
        limits=_BY_RAIL,
    ),
    ("China-Iran train", "Xi'an", "Incheh Borun"): Route(
        starts=(_XIAN,), ends=("ir-incheh-borun",), via=("country:KZ", "country:TM"), limits=_NOT_MONGOLIA
    ),
    ("TIR truck", "Shenzhen", "Tashkent (via Irkeshtam)"): Route(
        starts=("cn-shenzhen",), ends=("uz-tashkent",), via=(_IRKESHTAM,), load="truck20"
    ),
    ("TIR truck", "Samarkand", "Qingdao (via Khorgos)"): Route(
        starts=("uz-samarkand",),
        ends=("cn-qingdao",),
        via=("crossing:cn-khorgos-horgos-road-port--kz-nur-zholy--road",),
        load="truck20",
    ),
    ("ocean via Cape of Good Hope", "China", "North Europe"): Route(
        starts=("cn-shanghai",), ends=("nl-rotterdam",), limits=Limits(modes=frozenset({"rail", "road"})), passage=CAPE
    ),
}
