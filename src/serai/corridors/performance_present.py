"""The page of performance, made ready for its template: sections by indicator, charts, tables, and what is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from serai.corridors import performance_words as words
from serai.corridors.countries import name_country, sort_countries
from serai.corridors.network import Mode
from serai.corridors.performance import (
    REGION,
    Choice,
    Direction,
    Figure,
    Indicator,
    Performance,
    Scope,
    Series,
)
from serai.corridors.performance_drawing import Drawing, Line, draw

_SHAPES = {Mode.RAIL: 1, Mode.ROAD: 2}  # the same on every chart


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """Where figures of a row were printed. `mark` ties them to it where the row has several."""

    mark: str
    host: str
    link: str
    told: str
    note: str
    is_note_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What was published for a year: nothing, a value, or two that differ."""

    year: int
    values: Sequence[tuple[str, str]]  # the value, the mark of its source


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One series as a row of a table."""

    name: str
    side: str
    printed: str
    mode: str
    direction: str
    cells: Sequence[Cell]
    sources: Sequence[SourceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """The rows of one kind of place."""

    scope: Scope
    title: str
    rows: Sequence[RowView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """Rail and road of one place in one direction. `key` makes the ids of a page's charts differ."""

    key: str
    title: str
    told: Sequence[str]
    drawing: Drawing
    rows: Sequence[tuple[int, Sequence[str]]]  # the same as a table: a year, a value or none for each line
    notes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """All that was found of an indicator."""

    key: str
    title: str
    meaning: str
    unit: str
    charts: Sequence[ChartView]
    tables: Sequence[TableView]
    missing: Sequence[str]


def make_sections(performance: Performance, choice: Choice, language: str) -> list[Section]:
    """Return a section for each indicator that was asked for and found."""
    found = find_series(performance, choice, language)
    return [
        _section(performance, indicator, own, choice, language)
        for indicator in Indicator
        if (own := [series for series in found if series.indicator is indicator])
    ]


def find_series(performance: Performance, choice: Choice, language: str) -> list[Series]:
    """Return what fits, in the order of the page: by indicator, the widest places first, then by the alphabet."""
    found = performance.find(choice)
    orders = {
        scope: words.sort_places(performance, scope, {row.place for row in found if row.scope is scope}, language)
        for scope in Scope
    }

    def key(row: Series) -> tuple[object, ...]:
        place = orders[row.scope].index(row.place)
        kind = (list(Mode).index(row.mode), list(Direction).index(row.direction))
        return (list(Indicator).index(row.indicator), list(Scope).index(row.scope), place, row.printed, *kind)

    return sorted(found, key=key)


def _section(
    performance: Performance, indicator: Indicator, found: Sequence[Series], choice: Choice, language: str
) -> Section:
    years = performance.years if choice.year is None else (choice.year,)
    return Section(
        key=indicator.lower().replace("_", "-"),
        title=words.name_indicator(indicator),
        meaning=words.tell_indicator(indicator),
        unit=words.name_unit(found[0].figures[0].unit),
        charts=_charts(performance, found, choice, language),
        tables=[
            TableView(
                scope=scope,
                title=words.name_scope(scope),
                rows=[_row(performance, row, years, language) for row in found if row.scope is scope],
            )
            for scope in Scope
            if any(row.scope is scope for row in found)
        ],
        missing=_missing(performance, indicator, language),
    )


def _row(performance: Performance, row: Series, years: Sequence[int], language: str) -> RowView:
    printed = list(dict.fromkeys((figure.source, figure.note) for figure in row.figures))
    marks = {key: str(number) if len(printed) > 1 else "" for number, key in enumerate(printed, start=1)}
    firsts = {(figure.source, figure.note): figure for figure in reversed(row.figures)}
    return RowView(
        name=words.name_place(performance, row.scope, row.place, language),
        side=name_country(row.side, language) if row.side else "",
        printed=row.printed if row.scope is Scope.CROSSING else "",
        mode=words.name_mode(row.mode),
        direction=words.name_direction(row.direction),
        cells=[
            Cell(
                year=year,
                values=[
                    (words.write_value(figure.value, language), marks[figure.source, figure.note])
                    for figure in row.in_year(year)
                ],
            )
            for year in years
        ],
        sources=[_source(firsts[key], marks[key]) for key in printed],
    )


def _source(figure: Figure, mark: str) -> SourceView:
    return SourceView(
        mark=mark,
        host=figure.host,
        link=figure.link,
        told=words.tell_source(figure),
        note=words.tell_note(figure.note),
        is_note_ours=words.is_translated(figure.note),
    )


def _charts(performance: Performance, found: Sequence[Series], choice: Choice, language: str) -> list[ChartView]:
    """Draw the chosen place, else CAREC as a whole, one chart for each post and direction: never two states on one."""
    if choice.year is not None:
        return []
    own = [row for row in found if row.place == (choice.place or REGION)]
    groups: dict[tuple[str, Direction], list[Series]] = {}
    for row in own:
        groups.setdefault((row.printed, row.direction), []).append(row)
    return [
        _chart(performance, rows, f"{rows[0].indicator.lower().replace('_', '-')}-{number}", language)
        for number, rows in enumerate(groups.values(), start=1)
        if any(len({figure.year for figure in row.figures}) > 1 for row in rows)
    ]


def _chart(performance: Performance, rows: Sequence[Series], key: str, language: str) -> ChartView:
    first = rows[0]
    lines = [
        Line(
            name=words.name_mode(row.mode),
            shape=_SHAPES[row.mode],
            values={year: found[0].value for year in performance.years if (found := row.in_year(year))},
        )
        for row in rows
    ]
    unit = words.name_unit(first.figures[0].unit)

    def write(value: Decimal) -> str:
        return words.write_value(value, language)

    return ChartView(
        key=key,
        title=_title(performance, first, language),
        told=[sentence for line in lines for sentence in _tell(line, performance.years, write)],
        drawing=draw(lines, performance.years, unit=unit, write=write),
        rows=[
            (year, [write(line.values[year]) if year in line.values else "" for line in lines])
            for year in performance.years
        ],
        notes=[note for row in rows for note in (*_restated(row, language), *_cautions(row))],
    )


def _title(performance: Performance, row: Series, language: str) -> str:
    place = words.name_place(performance, row.scope, row.place, language)
    if row.side:
        place = _("%(crossing)s, post of %(country)s") % {
            "crossing": place,
            "country": name_country(row.side, language),
        }
    parts = {
        "what": words.name_indicator(row.indicator),
        "place": place,
        "direction": words.name_direction(row.direction),
    }
    return _("%(what)s: %(place)s, %(direction)s") % parts


def _tell(line: Line, years: Sequence[int], write: Callable[[Decimal], str]) -> list[str]:
    """State each value with its year, then the years for which none was published."""
    figures = _("; ").join(f"{write(value)} ({year})" for year, value in line.values.items())
    lacking = [str(year) for year in years if year not in line.values]
    sentences = [_("%(mode)s: %(figures)s.") % {"mode": line.name, "figures": figures}]
    if lacking:
        sentences.append(_("Not published: %(years)s.") % {"years": ", ".join(lacking)})
    return sentences


def _restated(row: Series, language: str) -> list[str]:
    """Say where a later report prints another value for a year: the line has the later one, the table both."""
    notes = []
    for year in sorted({figure.year for figure in row.figures}):
        newest, *others = row.in_year(year)
        notes += [
            _(
                "%(year)s was printed as %(old)s (%(old_source)s) and as %(new)s (%(new_source)s). The line has the latter."
            )
            % {
                "year": year,
                "old": words.write_value(other.value, language),
                "old_source": words.tell_source(other),
                "new": words.write_value(newest.value, language),
                "new_source": words.tell_source(newest),
            }
            for other in others
        ]
    return notes


def _cautions(row: Series) -> list[str]:
    """Return the notes that a reader of the drawing needs, too: all but those that only say where a figure stands."""
    notes = dict.fromkeys(figure.note for figure in row.figures if figure.note and figure.note not in words.PLACES)
    mode = words.name_mode(row.mode)
    return [_("%(mode)s: %(note)s.") % {"mode": mode, "note": words.tell_note(note)} for note in notes]


def _missing(performance: Performance, indicator: Indicator, language: str) -> list[str]:
    """Say for what nothing was published, counted from the tables themselves."""
    sentences = []
    if without := performance.members_without(indicator):
        names = ", ".join(name_country(code, language) for code in sort_countries(without, language))
        sentences.append(
            _("For these members of CAREC no figure of the country was published: %(names)s.") % {"names": names}
        )
    sentences.append(
        _("%(n)s of the %(all)s border crossings listed in Serai have a figure.")
        % {"n": performance.crossings_with(indicator), "all": len(performance.crossings)}
    )
    whole = performance.find(Choice(indicator=indicator, scope=Scope.REGION))
    lacking = [str(year) for year in performance.years if not any(row.in_year(year) for row in whole)]
    if lacking:
        sentences.append(_("For all corridors together there is none for: %(years)s.") % {"years": ", ".join(lacking)})
    return sentences
