"""The printed half-year report: all its parts, room to write, requests by their dates and never by state."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from serai.kernel import clock
from serai.register.followup.domain import Kind, RequestState, SubmissionState
from serai.register.followup.models import Decision, Request, Submission
from serai.register.followup.report import HalfYear, Report, make_report
from serai.register.models import Entry, Event
from serai.site.printing.report import report_data, report_pdf
from tests.pdf import Pdf

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 20)


def squeeze(text: str) -> str:
    """The text without what depends on where its lines end."""
    return re.sub(r"[\s\u00ad\u200b\u2010-]", "", text)


@pytest.fixture
def report() -> Report:
    entry = Entry.objects.get(code="VI.16c")
    figure = _publish(
        kind=Kind.MEASUREMENT,
        entry=entry,
        party="state:UZ",
        value=Decimal("12.25"),
        measure=0,
        unit="median hours per post and direction",
        period="2026-Q1",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 3, 31),
        provenance="declared",
        source="Table 7",
    )
    _publish(kind=Kind.UPDATE, entry=entry, party="state:KZ", note="A new *post* was opened.", note_language="en")
    for party, due, code in (("state:UZ", 3, "VI.16d"), ("state:CN", 9, "VI.16e"), ("state:KZ", 1, "VI.16c")):
        Request.objects.create(
            entry=Entry.objects.get(code=code),
            party=party,
            due=date(2026, 6, due),
            asked_by="x",
            asked_at=datetime(2026, 4, 1, tzinfo=UTC),
            state=RequestState.OPEN,
        )
    Event.objects.filter(pk="cop29").update(outcome=_outcome(Event.objects.get(pk="cop29")))
    assert figure.pk
    return make_report(HalfYear.parse("2026-H1"), today=TODAY)


def _publish(**values: object) -> Submission:
    common = {"owner_node": "SEC", "made_by": "a", "made_at": datetime(2026, 5, 1, tzinfo=UTC), "digest": "0" * 64}
    row = Submission.objects.create(state=SubmissionState.PUBLISHED, **common, **values)
    Decision.objects.create(submission=row, verdict="publish", by="b", at=datetime(2026, 5, 2, tzinfo=UTC))
    return row


def _outcome(event: Event) -> dict[str, Any]:
    """An outcome inside of the half-year, with the source that the event has."""
    assert event.outcome is not None
    return {**event.outcome, "start": "2026-04-02", "end": "2026-04-03"}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_part_is_printed_with_room_to_write(report: Report, language: str) -> None:
    with clock.frozen(datetime(2026, 7, 20, tzinfo=UTC)):
        data: dict[str, Any] = report_data(report, language)
        pdf = Pdf(report_pdf(report, language))

    text = squeeze(pdf.text)
    assert [squeeze(part["title"]) for part in data["sections"] if squeeze(part["title"]) not in text] == []
    assert len(data["sections"]) == 6
    remarks = squeeze(data["sections"][0]["remarks"])
    assert text.count(remarks) == 6
    assert squeeze("A new *post* was opened.") in text
    assert squeeze("12,25" if language == "ru" else "12.25") in text
    assert squeeze(data["disclaimer"]) in text


def test_requests_stand_by_their_dates_whatever_the_state(report: Report) -> None:
    with clock.frozen(datetime(2026, 7, 20, tzinfo=UTC)):
        data: dict[str, Any] = report_data(report, "en")

    [part] = [part for part in data["sections"] if part["title"].startswith("Requests")]
    asked = [tuple(fact["text"] for fact in row["facts"][:2]) for row in part["rows"]]
    assert asked == [("Kazakhstan", "1 Jun 2026"), ("Uzbekistan", "3 Jun 2026"), ("China", "9 Jun 2026")]
    assert part["lines"] == ["Asked: 3. Answered: 0, of them by the date: 0. Nothing received yet: 3."]


def test_an_event_is_told_with_its_source_as_a_link(report: Report) -> None:
    data: dict[str, Any] = report_data(report, "en")

    [part] = [part for part in data["sections"] if part["title"].startswith("Events")]
    [row] = part["rows"]
    source = Event.objects.get(pk="cop29").outcome
    assert source is not None
    assert row["facts"][0]["text"] == "2 April 2026 – 3 April 2026"
    assert row["facts"][1]["text"] == source["source"]["title"]
    assert row["facts"][2]["link"] == source["source"]["url"]


def test_a_half_year_in_which_nothing_happened_says_so() -> None:
    data: dict[str, Any] = report_data(make_report(HalfYear.parse("2020-H1"), today=TODAY), "en")

    said = [part["lines"] for part in data["sections"]]
    assert said[0] == ["No figure was published in this half-year."]
    assert said[1] == said[2] == ["None."]
    assert said[4] == ["None recorded."]
    assert Pdf(report_pdf(make_report(HalfYear.parse("2020-H1"), today=TODAY), "en")).pages
