"""The form that asks for figures of performance: its lists, and what of an address could not be used."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.corridors import performance_words as words
from serai.corridors.performance import ALL, FILTERS, MODES, Choice, Direction, Indicator, Performance, Scope

Options = Sequence[tuple[str, str]]  # value and words


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Options under one heading; of a list without headings there is one group, which has none."""

    label: str
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One list of the form."""

    name: str
    label: str
    groups: Sequence[Group]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChoice:
    """What an address asks for, and sentences about what was left out."""

    choice: Choice
    left_out: Sequence[str]


def read_choice(performance: Performance, query: QueryDict) -> ReadChoice:
    """Read the address of the page leniently: a value that is not known is left out, and that is said."""
    choice, unknown = performance.choose({name: query.get(name, "") for name in FILTERS})
    left_out = [
        _("The filter “%(facet)s” has no value “%(value)s”, so it was left out.")
        % {"facet": words.name_filter(name), "value": value[:40]}
        for name, value in unknown.items()
    ]
    return ReadChoice(choice=choice, left_out=left_out)


def make_fields(performance: Performance, choice: Choice, language: str) -> list[Field]:
    """Return the lists of the form with what is chosen."""
    every = ("", _("all"))
    indicators = [*((str(item), words.name_indicator(item)) for item in Indicator), (ALL, _("all indicators"))]
    chosen = {
        "indicator": str(choice.indicator or ALL),
        "place": choice.place,
        "scope": str(choice.scope or ""),
        "mode": str(choice.mode or ""),
        "direction": str(choice.direction or ""),
        "year": str(choice.year or ""),
    }
    lists: dict[str, list[Group]] = {
        "indicator": [_plain(indicators)],
        "place": [_plain([every]), *_place_groups(performance, language)],
        "scope": [_plain([every, *((str(item), words.name_scope(item)) for item in Scope)])],
        "mode": [_plain([every, *((str(item), words.name_mode(item)) for item in MODES)])],
        "direction": [_plain([every, *((str(item), words.name_direction(item)) for item in Direction)])],
        "year": [_plain([every, *((str(year), str(year)) for year in performance.years)])],
    }
    return [Field(name=name, label=words.name_filter(name), groups=lists[name], value=chosen[name]) for name in FILTERS]


def _plain(options: Options) -> Group:
    return Group(label="", options=options)


def _place_groups(performance: Performance, language: str) -> list[Group]:
    return [
        Group(
            label=words.name_scope(scope),
            options=[
                (place, _with_mode(performance, scope, place, language))
                for place in words.sort_places(performance, scope, performance.places(scope), language)
            ],
        )
        for scope in Scope
    ]


def _with_mode(performance: Performance, scope: Scope, place: str, language: str) -> str:
    """Return a place's name; of a crossing with its mode, as a road and a railway may cross under one name."""
    name = words.name_place(performance, scope, place, language)
    crossing = performance.crossings.get(place)
    return f"{name} ({words.name_mode(crossing.mode).lower()})" if crossing else name
