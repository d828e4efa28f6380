"""Where in the form an error belongs, and which places may have been meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from serai.corridors import plan_words as words
from serai.corridors.errors import TooHeavy, UnknownPlace
from serai.corridors.finding import suggest_places
from serai.corridors.network import Network
from serai.corridors.plan_query import write_place
from serai.kernel.errors import BadInput
from serai.kernel.sentences import sentence_of

# What a field of the question is called in the form; a list of checkboxes has no single place for an error.
_FORM: Final = {
    "avoid_places": "avoid_place",
    "avoid_countries": "",
    "avoid_modes": "",
    "avoid_crossings": "",
    "scenarios": "",
}
DEFAULT_LOAD: Final = "c40dry"
_MOST_NEAR: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, at which field; empty when it is of the whole question. `near` are names and queries that ask with them."""

    field: str
    sentence: str
    near: Sequence[tuple[str, str]] = ()


def make_fault(network: Network, query: QueryDict, error: BadInput, language: str) -> Fault:
    told = str(error.fields.get("field", ""))
    field = _FORM.get(told, told)
    near = _near(network, query, field, str(error.fields["name"]), language) if isinstance(error, UnknownPlace) else []
    return Fault(field=field, sentence=sentence_of(_in_words(query, error, language)), near=near)


def _in_words(query: QueryDict, error: BadInput, language: str) -> BadInput:
    """Return an error that names the load and its mass as the form does."""
    if not isinstance(error, TooHeavy):
        return error
    masses = {name: words.as_it_is(float(str(error.fields[name])), language) for name in ("cargo_t", "most_t")}
    load = words.name_load(query.get("load", DEFAULT_LOAD), str(error.fields["load"]))
    return TooHeavy(**error.fields | masses | {"load": load})


def _near(network: Network, query: QueryDict, field: str, written: str, language: str) -> list[tuple[str, str]]:
    found = []
    for place in suggest_places(network, written, _MOST_NEAR) if field else ():
        asked, name = query.copy(), write_place(network, place.id, language)
        asked.setlist(field, [name if _is_told(one, written) else one for one in query.getlist(field)])
        found.append((f"{place.name(language)} ({place.country})", asked.urlencode()))
    return found


def _is_told(value: str, written: str) -> bool:
    """Return whether a value is what the error speaks of: it leaves “place:” out, and what is longer than a hundred letters."""
    return value.strip().removeprefix("place:").strip()[: len(written) or None] == written
