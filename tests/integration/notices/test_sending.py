"""Who gets which mail when: duties at once, the rest as wished, nothing twice, nothing for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from serai.kernel.models import MailState, Notice, NoticeWish, Wish
from serai.kernel.roles import Actor
from serai.site.accounts.models import Account
from serai.site.notices import claims
from serai.site.notices.actions import set_wish
from serai.site.notices.sender import send_due
from tests.integration.notices.conftest import DUTY, NOON, KnownPeople, Tell

pytestmark = pytest.mark.django_db
TOMORROW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def wish(account: str, wanted: Wish) -> None:
    set_wish(account=account, wish=wanted, actor=Actor.system("tests"))


def test_a_duty_is_mailed_at_once_and_once(reader: str, tell: Tell) -> None:
    notice = tell(reader, kind=DUTY, retry_after_s="7")

    sent = [send_due(NOON + SECOND), send_due(NOON + 2 * SECOND)]

    assert sent == [1, 0]
    assert [m.to for m in mail.outbox] == [["Aigerim <aigerim@example.org>"]]
    notice.refresh_from_db()
    assert notice.mail == MailState.SENT
    assert notice.mailed_at is not None


def test_news_waits_for_the_daily_mail_unless_wished_otherwise(reader: str, tell: Tell) -> None:
    tell(reader, "one", reason="first", at=NOON)
    tell(reader, "two", reason="second", at=NOON + SECOND)

    sent = [send_due(moment) for moment in (NOON + 2 * SECOND, TOMORROW - SECOND, TOMORROW, TOMORROW + SECOND)]

    assert sent == [0, 0, 1, 0]
    body = str(mail.outbox[0].body)
    assert 0 < body.index("first") < body.index("second")


def test_there_is_one_daily_mail_a_day_and_none_when_nothing_is_new(reader: str, tell: Tell) -> None:
    tell(reader, "one", at=NOON, reason="x")
    send_due(TOMORROW)
    tell(reader, "two", at=TOMORROW + timedelta(hours=1), reason="y")
    tell(reader, "late", at=TOMORROW - SECOND, reason="committed after the daily mail went out")

    sent = [send_due(TOMORROW + timedelta(hours=hours)) for hours in (2, 23, 24, 25, 48)]

    assert sent == [0, 0, 1, 0, 0]
    assert mail.outbox[1].subject == "Serai: 2 new notices"


def test_a_worker_that_was_down_for_days_sends_one_daily_mail(reader: str, tell: Tell) -> None:
    for day in range(5):
        tell(reader, f"day {day}", at=NOON + timedelta(days=day), reason="x")

    sent = send_due(NOON + timedelta(days=5))

    assert sent == 1
    assert mail.outbox[0].subject == "Serai: 5 new notices"


def test_whoever_wants_news_at_once_gets_a_mail_each(reader: str, tell: Tell) -> None:
    wish(reader, Wish.NOW)
    tell(reader, "one", reason="x")
    tell(reader, "two", reason="y")

    sent = send_due(NOON + SECOND)

    assert sent == 2


def test_a_changed_wish_holds_for_what_waits_already(reader: str, tell: Tell) -> None:
    tell(reader, reason="x")
    before = send_due(NOON + SECOND)  # put off until tomorrow
    wish(reader, Wish.NOW)

    after = send_due(datetime.now(UTC) + SECOND)

    assert (before, after) == (0, 1)


def test_whoever_wants_no_mails_still_gets_duties(reader: str, tell: Tell) -> None:
    wish(reader, Wish.NEVER)
    tell(reader, "news", reason="x")
    tell(reader, "duty", kind=DUTY, retry_after_s="7")

    sent = [send_due(NOON + SECOND), send_due(TOMORROW)]

    assert sent == [1, 0]
    assert "7 seconds" in str(mail.outbox[0].subject)
    assert Notice.objects.get(key="news").mail == MailState.NOT_WANTED


def test_what_was_not_wanted_does_not_come_later(reader: str, tell: Tell) -> None:
    wish(reader, Wish.NEVER)
    tell(reader, reason="x")
    send_due(NOON + SECOND)

    wish(reader, Wish.DAILY)

    assert send_due(TOMORROW + timedelta(days=300)) == 0


def test_closed_unknown_and_unreachable_people_are_never_mailed(known_people: KnownPeople, tell: Tell) -> None:
    closed, bare, nowhere = known_people.add(), known_people.add(email=""), known_people.add(email="op@sec.invalid")
    Account.objects.create(pk=closed, email="c@example.org", name="C", made_at=NOON, closed_at=NOON)
    for account in (closed, bare, nowhere, "unknown"):
        tell(account, kind=DUTY, retry_after_s="7")

    sent = send_due(NOON + SECOND)

    assert sent == 0
    assert set(Notice.objects.values_list("mail", flat=True)) == {MailState.NO_ADDRESS}
    assert claims.find_due(TOMORROW) == []


def test_the_same_key_tells_an_account_once(reader: str, tell: Tell) -> None:
    tell(reader, "same", kind=DUTY, retry_after_s="7")
    tell(reader, "same", kind=DUTY, retry_after_s="8")

    assert send_due(NOON + SECOND) == 1


def test_a_claimed_notice_is_left_to_its_worker_until_the_lease_ends(reader: str, tell: Tell) -> None:
    notice = tell(reader, kind=DUTY, retry_after_s="7")
    claims.claim([notice.pk], now=NOON)

    sent = [send_due(NOON + claims.LEASE - SECOND), send_due(NOON + claims.LEASE)]

    assert sent == [0, 1]


def test_a_worker_whose_lease_ran_out_marks_nothing(reader: str, tell: Tell) -> None:
    notice = tell(reader, kind=DUTY, retry_after_s="7")
    slow = claims.claim([notice.pk], now=NOON)
    claims.claim([notice.pk], now=NOON + claims.LEASE)

    claims.mark_failed(slow, now=NOON + claims.LEASE)

    notice.refresh_from_db()
    assert notice.claim not in {"", slow[0].claim}


def test_a_notice_that_kills_its_worker_each_time_is_given_up(reader: str, tell: Tell) -> None:
    notice = tell(reader, kind=DUTY, retry_after_s="7")
    for attempt in range(12):
        assert claims.claim([notice.pk], now=NOON + attempt * claims.LEASE)

    send_due(NOON + timedelta(days=1))

    notice.refresh_from_db()
    assert notice.mail == MailState.GIVEN_UP
    assert mail.outbox == []


def test_a_wish_is_set_with_an_audit_row_and_only_when_it_changes(reader: str) -> None:
    from serai.kernel.models import AuditRow

    wish(reader, Wish.DAILY)
    wish(reader, Wish.NEVER)
    wish(reader, Wish.NEVER)

    assert NoticeWish.objects.get().mail == Wish.NEVER
    row = AuditRow.objects.get(action="notices:wish:set")
    assert (row.subject, row.details) == (f"account {reader}", {"wish": "never"})
