"""What mails say: in the reader's language, with links that lead there, and with headers that cannot be widened."""

import re
from dataclasses import replace
from datetime import date, timedelta
from email.message import Message
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from serai.kernel.languages import LANGUAGES
from serai.kernel.models import Wish
from serai.kernel.notices import NoticeKind, define
from serai.kernel.roles import Actor
from serai.site.home import Realm
from serai.site.notices import links
from serai.site.notices.actions import set_wish
from serai.site.notices.letter import _MOST_IN_DIGEST
from serai.site.notices.sender import send_due
from tests.integration.notices.conftest import DUTY, NOON, KnownPeople, Tell

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=2)
TEXTS = define(NoticeKind(code="test:texts", sentence="{title}, {due}", is_duty=True))


def send_one(at: Any = NOON + timedelta(seconds=1)) -> tuple[mail.EmailMessage, Message]:
    """Send the one mail that is due; return it, and as it goes over the wire."""
    assert send_due(at) == 1
    message = mail.outbox[-1]
    return message, message.message()


@pytest.mark.parametrize(
    ("language", "words", "link"),
    [
        ("en", "Try again in 7 seconds.", "https://serai.example.org/work/requests/3/"),
        ("ru", "Повторите попытку через 7 с.", "https://serai.example.org/ru/work/requests/3/"),
        ("zh-hans", "请在 7 秒后重试", "https://serai.example.org/zh-hans/work/requests/3/"),
    ],
)
def test_a_mail_is_in_its_readers_language(
    known_people: KnownPeople, tell: Tell, language: str, words: str, link: str
) -> None:
    tell(known_people.add(language=language), kind=DUTY, path="/work/requests/3/", retry_after_s="7")

    with override("en"):
        message, _ = send_one()

    assert words in str(message.body)
    assert words[:8] in str(message.subject)
    assert f"{link}\n" in str(message.body)


def test_texts_and_days_are_told_as_the_reader_reads(known_people: KnownPeople, tell: Tell) -> None:
    title = {"en": "Green corridors", "ru": "Зелёные коридоры"}
    for language in LANGUAGES:
        tell(known_people.add(language=language), kind=TEXTS, title=title, due=date(2026, 12, 1))

    send_due(NOON)

    assert {str(message.body).partition("\n")[0] for message in mail.outbox} == {
        "Green corridors, 1 December 2026",
        "Зелёные коридоры, 1 декабря 2026 года",
        "Green corridors, 2026年12月1日",
    }


def test_a_notice_without_a_field_or_of_an_unknown_kind_is_still_told(reader: str, tell: Tell) -> None:
    tell(reader, "bare", kind=TEXTS, title="Green corridors")
    tell(reader, "other", kind=NoticeKind(code="test:of-other-software", sentence="?", is_duty=True))

    send_due(NOON)

    assert [str(message.subject) for message in mail.outbox] == [
        "Serai: Green corridors, …",
        "Serai: There is something new for you.",
    ]


@pytest.mark.parametrize("name", ["A\r\nBcc: all@example.org", "A\nB", "A\u2028B", "\x00A", "A, B <x@y.z>", '"A" \\'])
def test_a_name_cannot_add_a_header_or_an_address(known_people: KnownPeople, tell: Tell, name: str) -> None:
    tell(known_people.add(name=name), kind=DUTY, retry_after_s="7")

    message, wire = send_one()

    assert message.recipients() == message.to
    assert wire["Bcc"] is None
    assert re.findall(r"[\w.]+@[\w.]+(?=>$|$)", str(wire["To"])) == ["aigerim@example.org"]


def test_a_field_cannot_add_a_header_or_a_paragraph(reader: str, tell: Tell) -> None:
    set_wish(account=reader, wish=Wish.NOW, actor=Actor.system("tests"))
    tell(reader, reason="x\r\nBcc: all@example.org\r\n\r\nPay here: http://evil.example")

    message, wire = send_one()

    assert wire["Bcc"] is None
    assert "x Bcc: all@example.org Pay here" in str(message.body).partition("\n")[0]


@pytest.mark.parametrize("email", ["a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "a b@c", "@"])
def test_an_address_that_is_none_gets_no_mail(known_people: KnownPeople, tell: Tell, email: str) -> None:
    tell(known_people.add(email=email), kind=DUTY, retry_after_s="7")

    assert send_due(NOON) == 0


def test_duties_cannot_be_ended_and_news_can(reader: str, tell: Tell) -> None:
    tell(reader, "duty", kind=DUTY, retry_after_s="7")
    tell(reader, "news", reason="x")

    _, duty = send_one()
    news_message, news = send_one(NOON + DAYS)

    assert duty["List-Unsubscribe"] is None
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(news["List-Unsubscribe"]).strip("<>")
    assert address.startswith("https://serai.example.org/work/notices/unsubscribe/")
    assert address in str(news_message.body)
    assert (duty["Auto-Submitted"], news["Auto-Submitted"]) == ("auto-generated", "auto-generated")


def test_the_same_mail_has_the_same_message_id_and_others_have_others(reader: str, tell: Tell) -> None:
    from serai.site.notices.addressees import find_addressees
    from serai.site.notices.letter import write_digest, write_letter

    one, two = tell(reader, "one", reason="x"), tell(reader, "two", reason="x")
    to = find_addressees([reader])[reader]

    ids = [write(*what).message()["Message-ID"] for write, what in (
        (write_letter, (one, to)), (write_letter, (one, to)), (write_letter, (two, to)),
        (write_digest, ([one, two], to)), (write_digest, ([two, one], to)),
    )]  # fmt: skip

    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == ids[4]
    assert len(set(ids)) == 3
    assert reader not in str(ids)
    assert re.fullmatch(r"<[0-9a-f]{40}@serai\.example\.org>", ids[0])


def test_a_daily_mail_is_grouped_by_matter_newest_last(reader: str, tell: Tell) -> None:
    for hour, (path, reason) in enumerate([("/work/1/", "a"), ("/work/2/", "b"), ("/work/1/", "c")]):
        tell(reader, f"{hour}", path=path, reason=reason, at=NOON + timedelta(hours=hour))

    body = str(send_one(NOON + DAYS)[0].body)

    places = [body.index(text) for text in (": b (", "/work/2/\n", ": a (", ": c (", "/work/1/\n")]
    assert places == sorted(places)
    assert body.count("/work/1/") == 1
    assert "(24 November 2026, 14:00 UTC)" in body


def test_a_very_long_daily_mail_says_what_it_leaves_out(reader: str, tell: Tell) -> None:
    for number in range(_MOST_IN_DIGEST + 3):
        tell(reader, f"{number}", path=f"/work/{number}/", reason=f"r{number}.")

    body = str(send_one(NOON + DAYS)[0].body)

    assert body.startswith("3 older notices are not repeated here")
    assert "r2." not in body
    assert "r3." in body
    assert send_due(NOON + DAYS + DAYS) == 0


def test_mails_of_a_training_node_say_so_first(settings: Any, known_people: KnownPeople, tell: Tell) -> None:
    settings.IDENTITY = replace(django_settings.IDENTITY, realm=Realm.TRAINING)
    tell(known_people.add(email="editor@training.invalid"), kind=DUTY, retry_after_s="7")

    message, wire = send_one()

    assert str(message.subject).startswith("[Training] Serai: ")
    assert str(message.body).startswith("This mail comes from a training node")
    assert wire["X-Serai-Realm"] == "training"


def test_a_subject_stays_short(reader: str, tell: Tell) -> None:
    tell(reader, kind=TEXTS, title="long " * 100, due="x")

    message, wire = send_one()

    assert len(str(message.subject)) <= 120
    assert str(message.subject).endswith("…")
    assert wire.get_content_type() == "text/plain"


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_in_mails_are_those_of_the_pages(language: str) -> None:
    with override(language):
        pages = [
            reverse("notices:notices"),
            reverse("notices:wishes"),
            reverse("notices:unsubscribe", args=[links.unsubscribe_path("a").split("/")[-2]]),
        ]

    assert [
        links.in_language(path, language) for path in (links.NOTICES, links.WISHES, links.unsubscribe_path("a"))
    ] == pages
