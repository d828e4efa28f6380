"""Asking for an update: who may, whom it reaches, what is refused."""

from datetime import date, timedelta

import pytest

from serai.kernel import clock
from serai.kernel.models import AuditRow, Notice
from serai.kernel.roles import Role
from serai.register import queries as register
from serai.register.followup import queries
from serai.register.followup.actions import focal_points, requests
from serai.register.followup.errors import BadDue, NoFocalPoint, NotAllowed, NotBound, RequestEnded, RequestRunning
from serai.register.followup.jobs import remind_silent
from serai.register.followup.models import FocalPoint, Request
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from tests.integration.followup.conftest import NOW, Staff

KZ, UZ = state_party("KZ"), state_party("UZ")
DUE = date(2026, 12, 15)
pytestmark = pytest.mark.django_db


def test_request_reaches_the_focal_point_and_leaves_one_audit_row(entry: Entry, staff: Staff) -> None:
    before = AuditRow.objects.count()

    request = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    assert [notice.account for notice in Notice.objects.all()] == ["focal"]
    assert Notice.objects.get().is_duty
    assert AuditRow.objects.count() == before + 1
    assert AuditRow.objects.latest("pk").action == "followup:request:ask"
    assert request.state == "open"


def test_focal_point_named_for_the_entry_is_asked_before_all_holders(entry: Entry, staff: Staff) -> None:
    staff.directory.add("colleague", (Role.FOCAL_POINT, "state:KZ"))
    focal_points.name_focal_point(party=KZ, entry=entry, account="colleague", actor=staff.editor)

    requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    assert [notice.account for notice in Notice.objects.filter(kind="followup:asked")] == ["colleague"]


def test_naming_another_ends_the_one_before_and_keeps_it_in_history(entry: Entry, staff: Staff) -> None:
    staff.directory.add("colleague", (Role.FOCAL_POINT, "state:KZ"))
    focal_points.name_focal_point(party=KZ, entry=entry, account="focal", actor=staff.editor)

    focal_points.name_focal_point(party=KZ, entry=entry, account="colleague", actor=staff.editor)

    assert [(point.account, point.ended_at is None) for point in FocalPoint.objects.order_by("pk")] == [
        ("focal", False),
        ("colleague", True),
    ]


def test_party_without_anybody_to_answer_cannot_be_asked(entry: Entry, staff: Staff) -> None:
    with pytest.raises(NoFocalPoint) as caught:
        requests.ask_for_update(entry=entry, party=state_party("TJ"), due=DUE, actor=staff.editor)

    assert "Tajikistan" in str(caught.value)
    assert not Request.objects.exists()


def test_state_that_the_entry_does_not_bind_cannot_be_asked(staff: Staff) -> None:
    row = next(entry for entry in Entry.objects.filter(scope="named") if "KZ" not in entry.actors)

    with pytest.raises(NotBound):
        requests.ask_for_update(entry=row, party=KZ, due=DUE, actor=staff.editor)


@pytest.mark.parametrize("due", [NOW.date(), NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=731)])
def test_date_that_cannot_be_met_is_refused(entry: Entry, staff: Staff, due: date) -> None:
    with pytest.raises(BadDue):
        requests.ask_for_update(entry=entry, party=KZ, due=due, actor=staff.editor)


def test_second_request_to_the_same_party_shows_the_one_that_runs(entry: Entry, staff: Staff) -> None:
    first = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    with pytest.raises(RequestRunning) as caught:
        requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    assert caught.value.theirs["number"] == str(first.pk)


def test_same_key_gives_the_same_request(entry: Entry, staff: Staff) -> None:
    first = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor, key="a1")

    again = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor, key="a1")

    assert again.pk == first.pk


def test_asking_several_asks_nobody_when_one_cannot_be_asked(entry: Entry, staff: Staff) -> None:
    with pytest.raises(NoFocalPoint):
        requests.ask_several(entry=entry, parties=[KZ, state_party("TJ")], due=DUE, actor=staff.editor)

    assert not Request.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("who", ["reviewer", "focal", "auditor", "operator"])
def test_only_an_editor_asks(entry: Entry, staff: Staff, who: str) -> None:
    with pytest.raises(NotAllowed):
        requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=getattr(staff, who))


def test_editor_of_one_state_does_not_ask_another(entry: Entry, staff: Staff) -> None:
    editor = staff.directory.add("narrow", (Role.EDITOR, "state:UZ"))

    with pytest.raises(NotAllowed):
        requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=editor)


def test_withdrawn_request_takes_no_reminder_and_tells_the_addressee(entry: Entry, staff: Staff) -> None:
    request = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    requests.withdraw_request(number=request.pk, reason="asked twice", actor=staff.editor)

    assert Notice.objects.filter(kind="followup:request-withdrawn", account="focal").exists()
    with pytest.raises(RequestEnded):
        requests.remind(number=request.pk, actor=staff.editor)


def test_reminders_come_a_week_before_on_the_day_and_each_week_after_once_each(entry: Entry, staff: Staff) -> None:
    requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)
    told = []

    for day in range(40):
        moment = NOW + timedelta(days=day)
        with clock.frozen(moment):
            remind_silent(moment)
            remind_silent(moment)
        told.append(Notice.objects.exclude(kind="followup:asked").count())

    changed = [day for day in range(1, 40) if told[day] != told[day - 1]]
    assert [NOW.date() + timedelta(days=day) for day in changed] == [
        DUE - timedelta(days=7),
        DUE,
        DUE + timedelta(days=1),
        DUE + timedelta(days=7),
        DUE + timedelta(days=14),
    ]


def test_list_shows_where_requests_stand_in_the_order_of_their_dates(entry: Entry, staff: Staff) -> None:
    other = register.get_entry("XI.1d")
    late = requests.ask_for_update(entry=entry, party=UZ, due=date(2026, 12, 1), actor=staff.editor)
    soon = requests.ask_for_update(entry=entry, party=KZ, due=date(2026, 11, 30), actor=staff.editor)
    ahead = requests.ask_for_update(entry=other, party=KZ, due=date(2027, 1, 10), actor=staff.editor)

    found = queries.list_requests(queries.RequestFilter(), staff.auditor, today=date(2026, 12, 5))

    assert [row.pk for row in found.rows] == [soon.pk, late.pk, ahead.pk]
    assert found.counts == {"open": 1, "silent": 2, "answered": 0, "ended": 0}


def test_focal_point_sees_only_requests_to_their_own_party(entry: Entry, staff: Staff) -> None:
    requests.ask_for_update(entry=entry, party=UZ, due=DUE, actor=staff.editor)
    own = requests.ask_for_update(entry=entry, party=KZ, due=DUE, actor=staff.editor)

    found = queries.list_requests(queries.RequestFilter(), staff.focal, today=NOW.date())

    assert [row.pk for row in found.rows] == [own.pk]
