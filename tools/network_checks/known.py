"""What the network leaves open and is known to: places that no listed crossing reaches, and crossings no line leads over."""

from collections.abc import Mapping
from typing import Final

_NO_CROSSING: Final = "no crossing of this mode is listed between its country and a neighbour that is reached"
_BEHIND_MK: Final = "its lines to the north lead through North Macedonia, of which no crossing is listed"
_BROAD: Final = "the lines of 1676 mm have no yard to those of Iran"

# Places on a network that nobody reaches who crosses borders at listed crossings only, and why.
APART: Final[Mapping[str, Mapping[str, str]]] = {
    "rail": {
        "gr-piraeus": _BEHIND_MK,
        "gr-thessaloniki": _BEHIND_MK,
        "lt-klaipeda": _NO_CROSSING,
        "lt-vilnius": _NO_CROSSING,
        "lv-riga": _NO_CROSSING,
        "pk-chaman": _BROAD,
        "pk-islamabad": _BROAD,
        "pk-karachi": _BROAD,
        "pk-lahore": _BROAD,
        "pk-peshawar": _BROAD,
        "pk-quetta": _BROAD,
        "rs-belgrade": _NO_CROSSING,
        "ru-kaliningrad": _NO_CROSSING,
    },
    "road": {
        "ae-jebel-ali": _NO_CROSSING,
        "in-mundra": _NO_CROSSING,
        "mn-sukhbaatar": _NO_CROSSING,
        "mn-ulaanbaatar": _NO_CROSSING,
        "mn-zamyn-uud": _NO_CROSSING,
        "rs-belgrade": _NO_CROSSING,
        "ru-kaliningrad": _NO_CROSSING,
        "ru-naushki": "the roads of Russia east of Novosibirsk are not in the network",
        "ua-chop": _NO_CROSSING,
        "ua-kyiv": _NO_CROSSING,
        "ua-odesa": _NO_CROSSING,
    },
}

# Crossings that no line leads over, and why.
LOOSE: Final[Mapping[str, str]] = {
    "cn-bedel-prc--kg-bedel-kg-ak-shyirak-road--road": "opened in 2024 with temporary works; its road is being built",
}
