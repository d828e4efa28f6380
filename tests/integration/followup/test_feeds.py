"""The three feeds against an oracle that counts by hand, and the job that asks them once a month is over."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from serai.kernel import clock
from serai.kernel.models import NodeIdentity
from serai.register import queries as register
from serai.register.catalogue import read_catalogue
from serai.register.followup import queries
from serai.register.followup.domain import Period
from serai.register.followup.feeds import FEED_OF, FEEDS, Feed, coverage_of
from serai.register.followup.jobs import run_feeds
from serai.register.followup.models import Decision, Request, Submission
from serai.register.followup.public import follow_up_of
from serai.register.models import Entry

NOTES, ANSWERS, LIVE = FEED_OF["REG-NOTES"], FEED_OF["REG-ANSWERS"], FEED_OF["REG-LIVE"]
pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def hand_in(code: str, *, on: date, state: str = "published", **fields: Any) -> Submission:
    """Put a row into the table as the actions leave it: with its decision when it has one."""
    row = Submission.objects.create(
        entry=Entry.objects.get(code=code), owner_node="SEC", made_by="focal", made_at=noon(on), state=state, **fields
    )
    if state != "waiting":
        verdict = "return" if state == "returned" else "publish"
        Decision.objects.create(submission=row, verdict=verdict, by="reviewer", at=noon(on))
    return row


def note(code: str, *, on: date, state: str = "published") -> Submission:
    return hand_in(code, on=on, state=state, kind="update", note="Done.", note_language="en")


def figure(code: str, period: str, *, state: str = "published", party: str = "") -> Submission:
    known = Period.parse(period)
    return hand_in(
        code,
        on=known.end + timedelta(days=3),
        state=state,
        kind="measurement",
        party=party,
        value=1,
        measure=0,
        unit="%",
        period=known.text,
        period_start=known.start,
        period_end=known.end,
        provenance="declared",
    )


def request(code: str, *, due: date, answered: datetime | None = None, state: str = "open", party: str) -> Request:
    return Request.objects.create(
        entry=Entry.objects.get(code=code),
        party=party,
        due=due,
        asked_by="editor",
        asked_at=noon(due - timedelta(days=30)),
        answered_at=answered,
        state=state,
    )


def share(part: int, whole: int) -> Decimal | None:
    """Round half up by whole numbers, not by the decimal module."""
    return Decimal((2000 * part + whole) // (2 * whole)) / 10 if whole else None


def month_number(day: date) -> int:
    return day.year * 12 + day.month


def is_within_a_year(day: date, month: str) -> bool:
    last = month_number(date.fromisoformat(f"{month}-01"))
    return last - 11 <= month_number(day) <= last


COMMITMENTS = [entry for entry in read_catalogue().entries if entry.kind == "commitment"]
MONTHS = ["2026-01", "2026-02", "2027-12", "2028-02", "2028-03", "2029-02"]


@pytest.mark.parametrize("seed", [1, 2])
def test_notes_are_counted_as_the_oracle_counts_them(seed: int) -> None:
    random = Random(seed)
    codes = [entry.id for entry in COMMITMENTS] + ["III.1b"]
    days = [date(2025, 1, 1) + timedelta(days=random.randrange(1600)) for _ in range(60)]
    days += [date(2027, 3, 1), date(2027, 2, 28), date(2028, 2, 29), date(2028, 3, 31), date(2028, 1, 1)]
    made = [
        (random.choice(codes), day, random.choice(["published", "published", "superseded", "waiting", "returned"]))
        for day in days
    ]
    for code, day, state in made:
        note(code, on=day, state=state)
    figure(codes[0], "2028-01")

    for month in MONTHS:
        noted = {
            code for code, day, state in made if state in {"published", "superseded"} and is_within_a_year(day, month)
        }
        wanted = {entry.id for entry in COMMITMENTS}
        assert NOTES.measure(Period.parse(month)) == share(len(noted & wanted), len(wanted)), month


@pytest.mark.parametrize("seed", [1, 2])
def test_answers_are_counted_as_the_oracle_counts_them(seed: int) -> None:
    random = Random(seed)
    made: list[tuple[date, datetime | None, str]] = []
    for number in range(80):
        due = date(2027, 12, 1) + timedelta(days=random.randrange(120))
        answered = None
        if random.random() < 0.7:
            answered = datetime(due.year, due.month, due.day, tzinfo=UTC) + timedelta(
                minutes=random.randrange(-5000, 5000)
            )
        state = "withdrawn" if random.random() < 0.2 else "open" if answered is None else "answered"
        made.append((due, answered, state))
        request(COMMITMENTS[number].id, due=due, answered=answered, state=state, party=f"state:{number}")
    last_minute = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    made.append((date(2028, 2, 29), last_minute, "closed"))
    request("II.6", due=date(2028, 2, 29), answered=last_minute, state="closed", party="state:KZ")

    for month in ("2027-12", "2028-01", "2028-02", "2028-03"):
        own = [(due, at) for due, at, state in made if f"{due:%Y-%m}" == month and state != "withdrawn"]
        in_time = [at for due, at in own if at is not None and f"{at:%Y-%m-%d}" <= f"{due:%Y-%m-%d}"]
        assert ANSWERS.measure(Period.parse(month)) == share(len(in_time), len(own)), month


@pytest.mark.parametrize("seed", [1, 2])
def test_live_indicators_are_counted_as_the_oracle_counts_them(seed: int) -> None:
    random = Random(seed)
    own = next(entry for entry in COMMITMENTS if entry.id == "VI.4")
    wanted = {entry.id for entry in COMMITMENTS if set(entry.topics) & set(own.topics)} - {own.id}
    codes = [*random.sample(sorted(wanted), k=20), *random.sample([entry.id for entry in COMMITMENTS], k=20), own.id]
    made = []
    for number, code in enumerate(codes):
        year, month = random.choice([(2026, 12), (2027, 1), (2027, 3), (2027, 11), (2028, 2), (2028, 3), (2024, 2)])
        state = random.choice(["published", "published", "superseded", "waiting"])
        made.append((code, date(year, month, 1), state))
        figure(code, f"{year}-{month:02}", state=state, party=f"state:{number}")

    for period in MONTHS:
        live = {code for code, day, state in made if state == "published" and is_within_a_year(day, period)}
        assert LIVE.measure(Period.parse(period)) == share(len(live & wanted), len(wanted)), period


def test_own_figure_of_the_live_indicator_does_not_count_itself() -> None:
    before = LIVE.measure(Period.parse("2026-10"))

    figure("VI.4", "2026-10")

    assert LIVE.measure(Period.parse("2026-10")) == before == 0


def test_year_ends_with_the_month_and_begins_with_the_day_after_the_month_before() -> None:
    note("II.6", on=date(2027, 2, 28))
    note("VI.4", on=date(2028, 2, 29))

    found = [NOTES.measure(Period.parse(month)) for month in ("2028-01", "2028-02", "2029-01", "2029-02")]

    one = share(1, len(COMMITMENTS))
    assert found == [one, one, one, Decimal(0)]


def test_nothing_to_measure_is_no_figure_and_not_zero() -> None:
    request("II.6", due=date(2027, 5, 3), state="withdrawn", party="state:KZ")

    assert ANSWERS.measure(Period.parse("2027-05")) is None
    Entry.objects.filter(kind="commitment").update(kind="principle")
    assert NOTES.measure(Period.parse("2027-05")) is None
    assert LIVE.measure(Period.parse("2027-05")) is None


def test_register_without_the_entry_gives_no_figure() -> None:
    Entry.objects.filter(code="VI.4").update(code="VI.94")

    assert LIVE.measure(Period.parse("2027-05")) is None


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.code)
def test_feed_measures_in_its_indicator_s_unit_and_its_entry_shows_the_rule_before_any_figure(feed: Feed) -> None:
    entry = register.get_entry(feed.entry)

    assert entry.indicator.text("unit", "en") == feed.unit
    assert entry.indicator.source_kind == "platform"
    shown = follow_up_of(entry, "en")
    assert (shown.feed, shown.newest, shown.total) == (feed, [], 0)


@pytest.mark.parametrize(
    ("feed", "month", "since", "expected"),
    [
        (ANSWERS, "2026-11", date(2026, 11, 1), "100"),
        (ANSWERS, "2026-11", date(2020, 1, 1), "100"),
        (ANSWERS, "2026-11", date(2026, 11, 16), "50"),
        (ANSWERS, "2026-11", date(2026, 11, 30), "3.3"),
        (ANSWERS, "2026-11", date(2026, 12, 1), "0"),
        (NOTES, "2026-11", date(2026, 11, 1), "8.2"),  # 30 of 365 days
        (NOTES, "2028-02", date(2028, 2, 29), "0.3"),  # 1 of 366
        (LIVE, "2026-12", date(2026, 7, 1), "50.4"),  # 184 of 365
        (LIVE, "2026-12", date(2026, 1, 1), "100"),
        (LIVE, "2026-12", date(2026, 1, 2), "99.7"),
    ],
)
def test_young_node_s_figure_covers_only_the_days_that_the_node_has_seen(
    feed: Feed, month: str, since: date, expected: str
) -> None:
    assert coverage_of(feed, Period.parse(month), since=since) == Decimal(expected)


@pytest.fixture
def since() -> date:
    """The day the node of the tests was made."""
    return NodeIdentity.objects.get().created_at.date()


@pytest.fixture
def in_three_months(since: date) -> Iterator[datetime]:
    """The first morning of the third month after the node's first."""
    number = month_number(since) + 2
    moment = datetime(number // 12, number % 12 + 1, 1, 0, 15, tzinfo=UTC)
    with clock.frozen(moment):
        yield moment


def test_job_records_each_closed_month_once_and_leaves_out_what_was_not_to_be_measured(
    in_three_months: datetime, since: date
) -> None:
    recorded = run_feeds(in_three_months)

    again = run_feeds(in_three_months)

    rows = Submission.objects.order_by("pk")
    months = sorted({row.period for row in rows})
    assert (recorded, again, rows.count()) == (6, 0, 6)  # no request had its date, so two feeds in three months
    assert months[0] == f"{since:%Y-%m}"
    assert len(months) == 3
    assert {(row.value, row.state, row.provenance) for row in rows} == {(Decimal(0), "published", "derived")}
    first = rows.get(key=f"REG-NOTES:{months[0]}")
    assert first.coverage == coverage_of(NOTES, Period.parse(months[0]), since=since)
    assert 0 < first.coverage < 10


def test_job_computes_each_month_from_its_own_window(in_three_months: datetime, since: date) -> None:
    note("II.6", on=since)
    request(
        "II.6",
        due=since + timedelta(days=40),
        answered=noon(since + timedelta(days=3)),
        state="answered",
        party="state:KZ",
    )
    request("II.6", due=since + timedelta(days=40), party="state:UZ")

    run_feeds(in_three_months)

    notes = [row.value for row in queries.figures_of(register.get_entry("II.6"))]
    answers = queries.figures_of(register.get_entry("III.1b"))
    assert notes == [share(1, len(COMMITMENTS))] * 3
    assert [(row.value, row.period) for row in answers] == [(Decimal(50), f"{since + timedelta(days=40):%Y-%m}")]


def test_month_that_is_not_over_has_no_figure(since: date) -> None:
    last_moment = noon(since).replace(day=28, hour=23)

    with clock.frozen(last_moment):
        assert run_feeds(last_moment) == 0


def test_figure_of_a_person_for_the_month_stays_and_is_not_counted_as_recorded(
    in_three_months: datetime, since: date
) -> None:
    mine = figure("II.6", f"{since:%Y-%m}")

    recorded = run_feeds(in_three_months)

    assert recorded == 5
    assert [row.pk for row in queries.figures_of(register.get_entry("II.6"))][-1] == mine.pk


def test_figures_that_were_missed_while_the_node_was_off_are_made_up_for_two_years_at_most(since: date) -> None:
    late = noon(since.replace(year=since.year + 4, day=2))

    with clock.frozen(late):
        recorded = run_feeds(late)

    assert recorded == 2 * 24


def test_indicator_whose_unit_has_changed_gets_no_figure_and_the_others_do(
    in_three_months: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    indicator = register.get_entry("II.6").indicator
    indicator.texts["en"]["unit"] = "count"
    indicator.save()

    recorded = run_feeds(in_three_months)

    assert recorded == 3
    assert not queries.figures_of(register.get_entry("II.6"))
    assert {getattr(line, "feed", "") for line in caplog.records} == {"REG-NOTES"}
