"""What a feed may hand in: one figure a key, corrections instead of changes, and never over what a person said."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from serai.kernel.errors import Refused
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor, Role
from serai.register import queries as register
from serai.register.errors import NoSuchEntry
from serai.register.followup import queries
from serai.register.followup.actions import decisions, submissions
from serai.register.followup.actions.feeding import record_measurement
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.errors import (
    BadCoverage,
    BadValue,
    FuturePeriod,
    InvalidSubmission,
    KeyUsed,
    NoIndicator,
    OutOfRange,
    WrongUnit,
)
from serai.register.followup.models import Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from serai.register.states import State
from tests.integration.followup.conftest import Staff

FEEDER = Actor.system("a feed")
Record = Callable[..., Submission]
pytestmark = pytest.mark.django_db


@pytest.fixture
def fed() -> Entry:
    """An entry measured in per cent by the register's own operation."""
    return register.get_entry("II.6")


@pytest.fixture
def record(fed: Entry) -> Record:
    """Hand in a figure for October, with what the test says otherwise."""

    def call(**changed: Any) -> Submission:
        given: dict[str, Any] = {
            "entry": fed.code,
            "value": Decimal("12.5"),
            "unit": "% of entries of kind commitment",
            "period": "2026-10",
            "coverage": Decimal("33.333"),
            "coverage_note": "all commitments",
            "provenance": "derived",
            "source": "serai:rule/TEST",
            "rule": "TEST",
            "key": "TEST:2026-10",
            "actor": FEEDER,
        }
        return record_measurement(**given | changed)

    return call


def test_figure_is_public_at_once_with_its_coverage_and_rule_and_makes_the_entry_measured(
    fed: Entry, record: Record
) -> None:
    assert register.state_of(fed) is State.NOT_YET_MEASURED

    row = record()

    assert [figure.pk for figure in queries.figures_of(fed)] == [row.pk]
    row.refresh_from_db()
    assert (row.value, row.coverage, row.coverage_note) == (Decimal("12.5"), Decimal("33.33"), "all commitments")
    assert (row.rule, row.source_kind, row.provenance, row.decision.by) == ("TEST", "platform", "derived", "a feed")
    assert register.state_of(fed) is State.MEASURED
    actions = AuditRow.objects.filter(subject=f"submission {row.pk}").values_list("action", flat=True)
    assert sorted(actions) == ["followup:submission:hand-in", "followup:submission:publish"]


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"value": Decimal("12.50")},
        {"coverage": Decimal("33.33")},
        {"period": " 2026-10 "},
        {"source": "serai:rule/TEST "},
    ],
    ids=["the same", "zeros", "coverage as kept", "spaces", "spaces in a text"],
)
def test_same_key_with_the_same_content_gives_the_same_row(record: Record, again: dict[str, Any]) -> None:
    first = record()
    before = AuditRow.objects.count()

    second = record(**again)

    assert second.pk == first.pk
    assert (Submission.objects.count(), AuditRow.objects.count()) == (1, before)


@pytest.mark.parametrize(
    "other",
    [
        {"value": Decimal(13)},
        {"coverage": Decimal(34)},
        {"coverage": None},
        {"coverage_note": "half of them"},
        {"period": "2026-09"},
        {"source": "elsewhere"},
        {"provenance": "measured"},
        {"rule": "OTHER"},
        {"series": "north"},
        {"party": state_party("KZ")},
        {"source_kind": "public"},
        {"entry": "VI.4", "unit": "% of entries"},
        {"actor": Actor.system("another feed")},
    ],
    ids=" ".join,
)
def test_same_key_with_other_content_is_refused_and_changes_nothing(record: Record, other: dict[str, Any]) -> None:
    first = record()

    with pytest.raises(KeyUsed) as caught:
        record(**other)

    assert caught.value.theirs["number"] == str(first.pk)
    assert Submission.objects.count() == 1


def test_key_that_a_person_used_is_refused(fed: Entry, record: Record, staff: Staff) -> None:
    draft = Draft(kind=Kind.UPDATE, note="A note.")
    submissions.submit(entry=fed, party=state_party("KZ"), draft=draft, actor=staff.focal, key="TEST:2026-10")

    with pytest.raises(KeyUsed):
        record()


def test_new_value_for_a_period_is_a_correction_and_the_old_one_stays_in_history(fed: Entry, record: Record) -> None:
    first = record()

    second = record(value=Decimal(13), key="TEST:2026-10:2")

    first.refresh_from_db()
    assert (first.state, second.state, second.supersedes_id) == ("superseded", "published", first.pk)
    assert [row.pk for row in queries.figures_of(fed)] == [second.pk]
    assert {row.pk for row in queries.public_history_of(fed)} == {first.pk, second.pk}


def test_correction_of_a_correction_stands_alone(fed: Entry, record: Record) -> None:
    record()
    record(value=Decimal(13), key="second")

    third = record(value=Decimal(14), key="third")

    assert [row.pk for row in queries.figures_of(fed)] == [third.pk]
    assert record().state == "superseded", "the first key still names the first row"


def test_another_key_with_nothing_new_makes_no_row(record: Record) -> None:
    first = record()

    second = record(key="another")

    assert second.pk == first.pk
    assert Submission.objects.count() == 1


def test_what_a_person_corrected_is_not_written_over(fed: Entry, record: Record, staff: Staff) -> None:
    first = record()
    mine = Draft(kind=Kind.MEASUREMENT, value="20", period="2026-10", provenance="declared", source="counted by hand")
    row = submissions.submit(entry=fed, party=first.scope, draft=mine, actor=staff.editor, supersedes=first)
    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    standing = record(value=Decimal(14), key="later")

    assert standing.pk == row.pk
    assert [figure.value for figure in queries.figures_of(fed)] == [Decimal(20)]


def test_figures_of_other_periods_and_series_stand_beside_each_other(fed: Entry, record: Record) -> None:
    rows = [record(), record(period="2026-09", key="b"), record(series="north", key="c")]

    assert {row.pk for row in queries.figures_of(fed)} == {row.pk for row in rows}


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({"unit": "hectares"}, "value", WrongUnit),
        ({"value": Decimal("100.1")}, "value", OutOfRange),
        ({"value": Decimal(-1)}, "value", OutOfRange),
        ({"value": Decimal("NaN")}, "value", BadValue),
        ({"value": Decimal("0.1234567")}, "value", BadValue),
        ({"period": "2026-11"}, "period", FuturePeriod),
        ({"period": "2027"}, "period", FuturePeriod),
        ({"coverage": Decimal("100.01")}, "coverage", BadCoverage),
        ({"coverage": Decimal(-1)}, "coverage", BadCoverage),
    ],
)
def test_figure_that_cannot_be_is_refused_and_nothing_is_kept(
    record: Record, wrong: dict[str, Any], field: str, error: type[Exception]
) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        record(**wrong)

    assert [(fault.field, type(fault.error)) for fault in caught.value.faults] == [(field, error)]
    assert not Submission.objects.exists()


def test_entry_that_is_not_there_or_has_no_indicator_takes_no_figure(record: Record) -> None:
    bare = Entry.objects.filter(indicator=None).values_list("code", flat=True)[0]

    with pytest.raises(NoIndicator):
        record(entry=bare)
    with pytest.raises(NoSuchEntry):
        record(entry="VI.99")
    with pytest.raises(NoSuchEntry):
        record(entry="nonsense")


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_figure_without_a_fit_key_is_a_fault_of_the_program(record: Record, key: str) -> None:
    with pytest.raises(ValueError, match="1 to 100 characters"):
        record(key=key)


def test_only_the_software_itself_may_feed(record: Record, staff: Staff) -> None:
    mighty = staff.directory.add("mighty", *((role, "") for role in Role))

    for actor in (mighty, Actor.public(), Actor.operator()):
        with pytest.raises(Refused):
            record(actor=actor)

    assert not Submission.objects.exists()
