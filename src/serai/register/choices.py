"""What a list may be asked for: each facet's values by definition, whether an entry has one today or not."""

import re
from functools import lru_cache

from serai.kernel.countries import Party
from serai.register.index import NO_INDICATOR, UNNAMED, EntryIndex
from serai.register.labels import keys
from serai.register.states import State
from serai.register.vocabulary import STRENGTHS, Act, Kind

_YEAR = re.compile(r"[0-9]{4}")


@lru_cache(maxsize=16)
def defined_values(facet: str) -> tuple[str, ...]:
    """Return the values of a facet by definition; none for `body` and `due`, which only the entries know."""
    if facet in {"topic", "system", "section"}:
        return tuple(keys(f"{facet}s"))
    defined: dict[str, tuple[str, ...]] = {
        "act": tuple(Act),
        "kind": tuple(Kind),
        "strength": tuple(map(str, STRENGTHS)),
        "state": tuple(State),
        "actor": ("all", UNNAMED, *Party),
        "indicator": (*keys("source_kinds"), NO_INDICATOR),
    }
    return defined.get(facet, ())


def is_known(facet: str, value: str, index: EntryIndex) -> bool:
    """Whether a list may be asked for the value; it may well find nothing."""
    if value in index.facets.bits.get(facet, {}) or value in defined_values(facet):
        return True
    return facet == "due" and _YEAR.fullmatch(value) is not None
