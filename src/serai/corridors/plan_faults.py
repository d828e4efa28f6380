"""Where in the form an error belongs, and which places may have been meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from serai.corridors import errors
from serai.corridors.errors import UnknownPlace
from serai.corridors.finding import find_place, suggest_places
from serai.corridors.network import Network
from serai.corridors.plan_query import write_place
from serai.kernel.errors import BadInput
from serai.kernel.sentences import sentence_of

_FIELDS: Final[Mapping[type[BadInput], str]] = {
    errors.TooHeavy: "cargo_t",
    errors.NotTonnes: "cargo_t",
    errors.UnknownLoad: "load",
    errors.BadChapter: "hs_chapter",
    errors.SamePlace: "to",
    errors.NoTimeZone: "ready",
    errors.BadWindow: "window_days",
    errors.ArrivesTooSoon: "arrive_by",
    errors.TooManyPoints: "via",
}
_PLACES: Final = ("from", "to", "via", "avoid_place")
_MOST_NEAR: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, at which field; empty when it is of the whole question. `near` are names and queries that ask with them."""

    field: str
    sentence: str
    near: Sequence[tuple[str, str]] = ()


def make_fault(network: Network, query: QueryDict, error: BadInput, language: str) -> Fault:
    field = _field_of(network, query, error)
    near = _near(network, query, field, error, language) if isinstance(error, UnknownPlace) else []
    return Fault(field=field, sentence=sentence_of(error), near=near)


def _field_of(network: Network, query: QueryDict, error: BadInput) -> str:
    if isinstance(error, UnknownPlace):
        return next((name for name in _PLACES if _written(error) in map(_cut, query.getlist(name))), "")
    if isinstance(error, errors.NotAMoment):
        return str(error.fields["field"])
    if isinstance(error, errors.NoEndThere):
        starts = find_place(network, query.get("from", "")).names
        return "from" if error.fields["place"] == starts else "to"
    return _FIELDS.get(type(error), "")


def _written(error: UnknownPlace) -> str:
    return str(error.fields["name"])


def _cut(value: str) -> str:
    """Return a value as the error tells it: of “place:…” what follows, and at most a hundred letters."""
    return value.strip().removeprefix("place:").strip()[:100]


def _near(
    network: Network, query: QueryDict, field: str, error: UnknownPlace, language: str
) -> list[tuple[str, str]]:
    found = []
    for place in suggest_places(network, _written(error), _MOST_NEAR) if field else ():
        asked = query.copy()
        written = write_place(network, place.id, language)
        asked.setlist(field, [written if _cut(one) == _written(error) else one for one in query.getlist(field)])
        found.append((f"{place.name(language)} ({place.country})", asked.urlencode()))
    return found
