"""Checks of places and of their names."""

import re
from collections.abc import Mapping
from typing import Final

from network_checks.files import NAMES, PLACES
from network_checks.tables import Data, Outcome, Row, count, first, index, over

KINDS: Final = frozenset("rail city border road port hub dry_port river_port waypoint planned".split())
CONFIDENCES: Final = ("high", "medium", "low")
NAME_BASES: Final = ("GeoNames", "established", "transliterated")
EVERYWHERE: Final = ("ru", "zh-hans")  # languages in which every place and crossing has a name

_UNLOCODE: Final = re.compile("[A-Z]{2}[A-Z2-9]{3}")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[A-Za-z]")
SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "ru": _CYRILLIC,
    "kk": _CYRILLIC,
    "ky": _CYRILLIC,
    "tg": _CYRILLIC,
    "zh-hans": re.compile("[\u4e00-\u9fff]"),
    "fa": re.compile("[\u0600-\u06ff]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "az": _LATIN,
    "tk": _LATIN,
    "tr": _LATIN,
    "uz": _LATIN,
}


def check_ids(data: Data) -> Outcome:
    """Ids are unique and begin with the country; so does a UN/LOCODE, which stands for one place alone."""
    ids, codes = count(data[PLACES], "id"), count(data[PLACES], "unlocode")
    return over(
        data[PLACES],
        lambda row: first(
            (ids[(row["id"],)] > 1, f"the id {row['id']} stands twice."),
            (not row["id"].startswith(row["country"].lower() + "-"), f"{row['id']} does not begin with its country."),
            (is_wrong_unlocode(row), f"{row['unlocode']} is no UN/LOCODE of {row['country']}."),
            (bool(row["unlocode"]) and codes[(row["unlocode"],)] > 1, f"{row['unlocode']} stands for two places."),
        ),
    )


def is_wrong_unlocode(row: Row) -> bool:
    """Say whether a place has a UN/LOCODE that is none or of another country."""
    code = row["unlocode"]
    return bool(code) and not (_UNLOCODE.fullmatch(code) and code.startswith(row["country"]))


def check_positions(data: Data) -> Outcome:
    """Coordinates lie on the globe and not at its zero, confidence and kinds are known words."""
    return over(data[PLACES], _find_position)


def _find_position(row: Row) -> str | None:
    kinds = row["kinds"].split(";")
    return first(
        (abs(row.number("lat")) > 90 or abs(row.number("lon")) > 180, f"{row['id']} lies off the globe."),
        (row.number("lat") == row.number("lon") == 0, f"{row['id']} lies at zero degrees both ways."),
        (row["confidence"] not in CONFIDENCES, f"the confidence of {row['id']} is none of {', '.join(CONFIDENCES)}."),
        (not KINDS.issuperset(kinds), f"{row['id']} has a kind that is not known: {row['kinds']}."),
        (len(set(kinds)) < len(kinds), f"{row['id']} has a kind twice: {row['kinds']}."),
    )


def check_place_names(data: Data) -> Outcome:
    """Every place has a name in Russian and in Chinese."""
    named = count(data[NAMES], "place_id", "lang")
    return over(data[PLACES], lambda row: find_missing_name(row["id"], named))


def find_missing_name(key: str, named: Mapping[tuple[str, ...], int]) -> str | None:
    """Return the sentence on the first language everybody reads in which this place or crossing has no name."""
    missing = [lang for lang in EVERYWHERE if (key, lang) not in named]
    return f"{key} has no name in {', '.join(missing)}." if missing else None


def check_name_rows(data: Data) -> Outcome:
    """Names are of known places, one for a language, in its script; no name stands for two places."""
    places, keys = index(data[PLACES], "id"), count(data[NAMES], "place_id", "lang")
    names = count(data[NAMES], "lang", "name")
    return over(
        data[NAMES],
        lambda row: first(
            (row["place_id"] not in places, f"{row['place_id']} is no place."),
            (row["lang"] not in SCRIPTS, f"the language {row['lang']} is not known."),
            (row["basis"] not in NAME_BASES, f"the basis is none of {', '.join(NAME_BASES)}."),
            (keys[row["place_id"], row["lang"]] > 1, f"{row['place_id']} has two names in {row['lang']}."),
            (names[row["lang"], row["name"]] > 1, f"{row['name']} stands for two places in {row['lang']}."),
            (is_other_script(row), f"{row['name']} is not written in the script of {row['lang']}."),
        ),
    )


def is_other_script(row: Row) -> bool:
    """Say whether a name holds no letter of its language's script."""
    script = SCRIPTS.get(row["lang"])
    return script is not None and bool(row["name"]) and not script.search(row["name"])
