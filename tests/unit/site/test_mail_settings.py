"""How mail is set up from the environment, and what is said when that cannot be."""

import pytest

from serai.site.environment import BadSetting
from serai.site.notices.mail_settings import MailSettings, read_mail, read_site_url

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERAI_SMTP", "SERAI_MAIL_FROM", "SERAI_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_mails_are_printed() -> None:
    assert read_mail() == MailSettings(backend=CONSOLE, sender="Serai <serai@localhost>")
    assert read_site_url() == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smtp://u:p@mail.example.org:2525?tls=1", ("mail.example.org", 2525, "u", "p", True, False)),
        ("smtp://u%40x:p%2F%3A%25@mail.example.org?tls=1", ("mail.example.org", 587, "u@x", "p/:%", True, False)),
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        ("smtp://mail.example.org/?tls=0", ("mail.example.org", 25, "", "", False, False)),
        ("smtps://u:p@mail.example.org", ("mail.example.org", 465, "u", "p", False, True)),
        ("smtp://u:p@127.0.0.1:1025", ("127.0.0.1", 1025, "u", "p", False, False)),
        ("smtp://[::1]:1025", ("::1", 1025, "", "", False, False)),
    ],
)
def test_a_mail_server_is_one_address(monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[object, ...]) -> None:
    monkeypatch.setenv("SERAI_SMTP", text)

    mail = read_mail()

    assert (mail.host, mail.port, mail.user, mail.password, mail.starttls, mail.tls) == expected
    assert (mail.backend, mail.timeout_s) == (SMTP, 10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mail.example.org", "the form smtp://"),
        ("http://mail.example.org", "the form smtp://"),
        ("smtp://", "the form smtp://"),
        ("smtp://:587", "the form smtp://"),
        ("smtp://host:many", "the form smtp://"),
        ("smtp://host:0", "the form smtp://"),
        ("smtp://host:99999", "the form smtp://"),
        ("smtp://[::1", "the form smtp://"),
        ("smtp://host/path", "the form smtp://"),
        ("smtp://host\nx", "the form smtp://"),
        ("smtp://host#x", "the form smtp://"),
        ("smtp://host?tls=yes", "tls=1 or tls=0"),
        ("smtp://host?tls=1&tls=1", "tls=1 or tls=0"),
        ("smtp://host?ssl=1", "tls=1 or tls=0"),
        ("smtps://host?tls=1", "leave tls=1 out"),
        ("smtp://:secret@host?tls=1", "no user"),
        ("smtp://u:secret@host", "unencrypted"),
    ],
)
def test_a_server_that_cannot_be_is_told_without_the_password(
    monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    monkeypatch.setenv("SERAI_SMTP", text)

    with pytest.raises(BadSetting) as told:
        read_mail()

    assert str(told.value).startswith("The setting SERAI_SMTP cannot be used: ")
    assert reason in str(told.value)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "sender", "expected"),
    [
        ("https://serai.example.org", "", "Serai <serai@serai.example.org>"),
        ("https://serai.example.org", "Office <o@example.org>", "Office <o@example.org>"),
        ("https://serai.example.org", "o@example.org", "o@example.org"),
        ("http://10.0.0.55:8000", "", "Serai <serai@localhost>"),
        ("http://inside:8000", "", "Serai <serai@localhost>"),
    ],
)
def test_the_sender_is_as_set_or_at_the_nodes_host(
    monkeypatch: pytest.MonkeyPatch, url: str, sender: str, expected: str
) -> None:
    monkeypatch.setenv("SERAI_URL", url)
    monkeypatch.setenv("SERAI_MAIL_FROM", sender)

    assert read_mail().sender == expected


@pytest.mark.parametrize("sender", ["nobody", "a@b@c", "A <a@example.org>\nBcc: b@example.org", "é@example.org", "<>"])
def test_a_sender_that_is_no_address_is_told(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    monkeypatch.setenv("SERAI_MAIL_FROM", sender)

    with pytest.raises(BadSetting, match="SERAI_MAIL_FROM cannot be used: it must be an address"):
        read_mail()


@pytest.mark.parametrize("url", ["https://serai.example.org/", "https://serai.example.org", "http://[::1]:8000"])
def test_the_address_of_the_node_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SERAI_URL", url)

    assert read_site_url() == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["serai.example.org", "ftp://x.org", "https://x.org/serai", "https://u@x.org", "https://x.org?a=1", "https://x y"],
)
def test_an_address_of_the_node_that_cannot_be_is_told(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SERAI_URL", url)

    with pytest.raises(BadSetting, match="The setting SERAI_URL cannot be used"):
        read_site_url()
