"""Many figures, notes and requests: questions to the store do not grow with them, and answers stay right."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serai.kernel import clock
from serai.kernel.models import Notice
from serai.kernel.roles import Role
from serai.register import queries as register
from serai.register.bench.followup.data import Made, Row, make, store
from serai.register.followup import present, public, queries
from serai.register.followup.domain import Kind, SubmissionState
from serai.register.followup.jobs import remind_silent
from serai.register.followup.models import Request
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from tests.integration.followup.conftest import NOW, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(db: None) -> Made:
    made = make(figures=2000, account="editor", today=NOW.date(), seed=5)
    store(made)
    return made


def count(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def test_entry_with_hundreds_of_figures_costs_no_more_questions_than_one_with_few(many: Made) -> None:
    largest, smallest = (register.get_entry(many.places[place].code) for place in (0, -1))

    def show(entry: Entry) -> object:
        found = public.follow_up_of(entry, "en")
        return [view.row.entry.code for view in (*found.newest, *found.notes)]

    assert count(lambda: show(largest)) <= count(lambda: show(smallest)) + 3  # statements, bodies, the count


def test_work_list_asks_nothing_for_single_rows(many: Made, staff: Staff) -> None:
    found = queries.work_of(staff.editor, today=NOW.date())
    rows = [*queries.list_to_review(staff.reviewer, page=1).rows, *found.waiting, *found.returned]

    asked = count(lambda: present.view_rows(rows, "en", indicators={}, reader=staff.editor))

    assert len(rows) > 30
    assert asked <= 2  # the statements beside their figures, and the names of bodies


def test_entry_shows_the_newest_of_its_series_and_says_how_many_there_are(many: Made) -> None:
    found = public.follow_up_of(register.get_entry(many.places[0].code), "en")

    assert (len(found.newest), found.shown, found.total) == (public.MOST_PANELS, queries.MOST_POINTS, 400)
    assert found.series > public.MOST_PANELS
    ends = [view.row.period_end for view in found.newest]
    assert ends == sorted(ends, reverse=True)


def test_newest_figures_of_all_entries_are_those_that_a_plain_search_finds(many: Made) -> None:
    newest: dict[tuple[int, str, str], Row] = {}
    for row in many.rows:
        if row.kind is Kind.MEASUREMENT and row.state is SubmissionState.PUBLISHED and row.period:
            key = (row.entry, row.series, row.party)
            known = newest.get(key)
            if known is None or known.period is None or row.period.end > known.period.end:
                newest[key] = row

    found = queries.latest_figures(Entry.objects.values_list("pk", flat=True))

    assert {row.pk for rows in found.values() for row in rows} == {row.number for row in newest.values()}
    assert queries.measured_entries() == set(found) == {place.entry for place in many.places}
    assert count(lambda: queries.latest_figures(list(found))) == 2


def test_history_shows_the_newest_decisions_first(many: Made) -> None:
    place = many.places[0]
    decided = [(row.decided_at, row.number) for row in many.rows if row.entry == place.entry and row.decided_at]

    shown = queries.public_history_of(register.get_entry(place.code))

    assert [row.pk for row in shown] == [number for _, number in sorted(decided, reverse=True)[: queries.PAGE_SIZE]]


def test_drafts_on_an_entry_are_seen_by_an_editor_and_only_by_who_may(many: Made, staff: Staff) -> None:
    waiting = [row for row in many.rows if row.state is SubmissionState.WAITING]
    entry = Entry.objects.get(pk=waiting[0].entry)
    own = {row.number for row in waiting if row.entry == entry.pk}
    of_kazakhstan = {row.number for row in waiting if row.entry == entry.pk and row.party == state_party("KZ")}

    assert {row.pk for row in queries.drafts_on(entry, staff.editor)} == own
    assert {row.pk for row in queries.drafts_on(entry, staff.focal)} == of_kazakhstan
    assert not queries.drafts_on(entry, staff.operator)


def test_reminders_that_were_given_cost_one_question_for_all(staff: Staff) -> None:
    staff.directory.add("all", *((Role.FOCAL_POINT, state_party(code)) for code in ("KZ", "UZ", "KG", "TJ")))
    entries = Entry.objects.order_by("pk")[:20]
    Request.objects.bulk_create(
        Request(entry=entry, party=state_party(code), due=date(2026, 11, 20), asked_by="editor", asked_at=NOW)
        for entry in entries
        for code in ("KG", "TJ")
    )
    remind_silent(NOW)
    told = Notice.objects.count()

    asked = count(lambda: remind_silent(NOW))

    assert told == 40
    assert asked == 2
    assert Notice.objects.count() == told


def test_reminder_of_the_next_week_is_given_though_the_one_before_was(staff: Staff) -> None:
    Request.objects.create(
        entry=Entry.objects.order_by("pk")[0],
        party=state_party("KZ"),
        due=date(2026, 11, 20),
        asked_by="editor",
        asked_at=NOW,
    )
    for days in range(15):
        with clock.frozen(NOW + timedelta(days=days)):
            remind_silent(NOW + timedelta(days=days))

    keys = Notice.objects.order_by("pk").values_list("key", flat=True)
    assert [key.rpartition(":")[2] for key in keys] == ["silent-0", "silent-1", "silent-2"]
