"""Where each of the 230 entries stands on a day, from the tables."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from serai.kernel import clock
from serai.kernel.dates import PartialDate
from serai.register import queries
from serai.register.catalogue import Catalogue, read_catalogue
from serai.register.index import get_index
from serai.register.records import EntryRecord
from serai.register.states import Facts, State, decide_state
from serai.register.vocabulary import Kind

pytestmark = pytest.mark.django_db
EXPECTED = {
    "0.1": State.HELD,
    "I.1a": State.HELD,  # it speaks of the first summit as past
    "VI.12": State.HELD,
    "XI.2": State.HELD,
    "XII.4b": State.HELD,  # both of its events were held
    "II.2c": State.POSITION,
    "S.1": State.POSITION,
    "XI.4b": State.DATE_AHEAD,  # 2026 is not over
    "XII.11": State.DATE_AHEAD,
    "XV.1b": State.DATE_AHEAD,
    "XVI.2": State.DATE_AHEAD,
    "XII.7b": State.DATE_PASSED,  # August 2025, and no source read
    "VI.13a": State.NOT_YET_MEASURED,
    "III.1b": State.NOT_YET_MEASURED,
    "VI.16e": State.NOT_YET_MEASURED,
}


@pytest.fixture(autouse=True)
def _in_november_2026() -> Iterator[None]:
    with clock.frozen(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        yield


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


def facts_of_record(record: EntryRecord, catalogue: Catalogue) -> Facts:
    """The facts of an entry straight from the files, past the tables."""
    events = [event for event in catalogue.events if event.id in record.events]
    return Facts(
        kind=record.kind,
        strength=record.strength,
        has_indicator=record.indicator is not None,
        is_measured=False,
        due=PartialDate.parse(record.due) if record.due else None,
        event_ends=tuple(PartialDate.parse(event.end or event.start) for event in events),
        outcomes=tuple(event.outcome.result if event.outcome else None for event in events),
    )


def test_every_entry_has_exactly_one_state() -> None:
    counts = get_index().facets.count({})["state"]

    assert sum(counts.values()) == 230
    assert set(counts) <= set(State)
    assert Counter(get_index().states) == counts


@pytest.mark.parametrize(("code", "state"), EXPECTED.items())
def test_an_entry_stands_where_its_reader_expects(code: str, state: State) -> None:
    assert queries.state_of(queries.get_entry(code)) is state


def test_the_tables_say_what_the_files_say(catalogue: Catalogue) -> None:
    index = get_index()

    expected = {
        record.id: decide_state(facts_of_record(record, catalogue), today=index.day) for record in catalogue.entries
    }

    assert dict(zip(index.codes, index.states, strict=True)) == expected
    assert {queries.state_of(queries.get_entry(code)) for code in ("VI.13a", "XII.7b")} == {
        expected["VI.13a"],
        expected["XII.7b"],
    }


def test_nothing_is_measured_before_anything_measures() -> None:
    assert State.MEASURED not in get_index().states


def test_positions_are_never_scored() -> None:
    index = get_index()
    kinds = {entry.code: entry.kind for entry in queries.get_rows(range(230), index)}

    scored = {code for code, state in zip(index.codes, index.states, strict=True) if state is not State.POSITION}

    assert {code for code in scored if kinds[code] in {Kind.POSITION, Kind.PROTOCOL}} == set()


def test_a_date_that_passed_is_nothing_but_the_festival_of_august_2025() -> None:
    index = get_index()

    assert [code for code, state in zip(index.codes, index.states, strict=True) if state is State.DATE_PASSED] == [
        "XII.7b"
    ]
