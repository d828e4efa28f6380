"""Guessing is slow, whoever guesses and from wherever, and never locks the rightful person out for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from serai.kernel import clock
from serai.site.accounts import throttle
from serai.site.accounts.models import Failure
from serai.site.accounts.refusals import TooManyTries
from tests.signing_in import PASSWORD, is_signed_in, open_account, signed_in, try_password
from tests.signing_in import browser as browser_at

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)


def fail(kind: str = "sign-in", *, times: int = 1, **who: str) -> None:
    for _ in range(times):
        throttle.note_failure(kind, **{"account": "a@example.org", "address": "192.0.2.1", **who})


def may(kind: str = "sign-in", **who: str) -> bool:
    try:
        throttle.check_may_try(kind, **{"account": "a@example.org", "address": "192.0.2.1", **who})
    except TooManyTries:
        return False
    return True


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the hasher."""
    from serai.site.accounts.passwords import Hasher

    seen: list[str] = []
    verify = Hasher.verify
    monkeypatch.setattr(Hasher, "verify", lambda *args: (seen.append(args[1]), verify(*args))[1])
    return seen


def test_five_failures_close_an_account_for_an_address_and_for_no_other() -> None:
    with clock.frozen(NOON):
        fail(times=4)
        before = may()
        fail()

        assert before
        assert not may()
        assert may(address="192.0.2.2")
        assert may(account="b@example.org")


def test_thirty_failures_over_all_accounts_close_an_address() -> None:
    with clock.frozen(NOON):
        for number in range(30):
            assert may(account=f"{number}@example.org")
            fail(account=f"{number}@example.org")

        assert not may(account="yet-another@example.org")
        assert may(account="yet-another@example.org", address="192.0.2.2")


def test_a_flood_from_many_addresses_leaves_known_devices_in() -> None:
    with clock.frozen(NOON):
        for number in range(100):
            fail(address=f"198.51.100.{number}")

        assert not may(address="203.0.113.1")
        assert may(address="203.0.113.1", known_device="phone")
        assert may(account="b@example.org", address="203.0.113.1")


def test_a_known_device_has_a_count_of_its_own() -> None:
    with clock.frozen(NOON):
        fail(times=30)
        fail(times=5, known_device="phone")

        assert not may(known_device="phone")
        assert may(known_device="laptop")


def test_it_is_over_after_a_quarter_of_an_hour() -> None:
    with clock.frozen(NOON):
        fail(times=5)
        assert not may()
    with clock.frozen(NOON + timedelta(minutes=14)):
        assert may()


def test_the_refusal_says_until_when() -> None:
    with clock.frozen(NOON):
        fail(times=5)

        with pytest.raises(TooManyTries, match=r"Try again after 12:15 UTC") as caught:
            throttle.check_may_try("sign-in", account="a@example.org", address="192.0.2.1")

    assert caught.value.fields["retry_after_s"] == 14 * 60 + 1


def test_one_subscriber_of_ipv6_is_one_address() -> None:
    with clock.frozen(NOON):
        for number in range(5):
            fail(address=f"2001:db8:1:2::{number}")

        assert not may(address="2001:db8:1:2:ffff::1")
        assert may(address="2001:db8:1:3::1")


def test_without_an_account_only_the_address_counts() -> None:
    with clock.frozen(NOON):
        fail("link", times=29, account="")
        assert may("link", account="")
        fail("link", account="")
        assert not may("link", account="")


def test_what_proved_right_is_taken_back() -> None:
    with clock.frozen(NOON):
        for _ in range(200):
            fail()
            throttle.forget("sign-in", account="a@example.org", address="192.0.2.1")

        assert may()
        assert set(Failure.objects.values_list("count", flat=True)) <= {0}


def test_a_success_does_not_clear_what_an_address_did_to_others() -> None:
    with clock.frozen(NOON):
        for number in range(30):
            fail(account=f"{number}@example.org")
        fail(account="own@example.org")
        throttle.forget("sign-in", account="own@example.org", address="192.0.2.1")

        assert not may(account="31@example.org")


def test_rows_hold_neither_address_nor_account() -> None:
    fail()

    kept = str(list(Failure.objects.values()))
    assert "192.0.2.1" not in kept
    assert "example.org" not in kept


def test_rows_are_bounded_and_a_full_table_keeps_strangers_out_but_not_known_devices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttle, "MOST_ROWS", 60)
    with clock.frozen(NOON):
        for number in range(100):
            fail(account=f"{number}@example.org", address=f"198.51.100.{number}")

        assert Failure.objects.count() <= 61
        assert not may(account="new@example.org", address="203.0.113.1")
        assert may(account="new@example.org", address="203.0.113.1", known_device="phone")
    with clock.frozen(NOON + timedelta(minutes=15)):
        assert may(account="new@example.org", address="203.0.113.1")
        fail()
        assert Failure.objects.count() == 3


def test_sweeping_takes_the_windows_that_are_over() -> None:
    with clock.frozen(NOON):
        fail()
    with clock.frozen(NOON + timedelta(minutes=15)):
        fail()

        assert throttle.sweep(clock.now()) == 3
        assert throttle.sweep(clock.now()) == 0
        assert Failure.objects.count() == 3


@pytest.mark.slow
def test_a_thousand_guesses_are_answered_without_a_thousand_hashes(hashed: list[str]) -> None:
    open_account("editor@example.org")
    guesser = browser_at("198.51.100.1")

    answers = [try_password(guesser, "editor@example.org", f"guess number {number}") for number in range(1000)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 995
    assert len(hashed) == 5
    assert int(answers[-1]["Retry-After"]) <= 901
    assert "Too many tries have failed" in answers[-1].text
    assert try_password(guesser, "editor@example.org", PASSWORD).status_code == 429  # not even the right one
    assert try_password(browser_at("203.0.113.5"), "editor@example.org").status_code == 302


def test_a_refusal_is_the_same_for_an_account_that_does_not_exist() -> None:
    open_account("known@example.org")
    refused = {}
    for email in ("known@example.org", "nobody@example.org"):
        guesser = browser_at("198.51.100.1" if email.startswith("k") else "198.51.100.2")
        refused[email] = [try_password(guesser, email, "wrong") for _ in range(6)][-1]

    assert {answer.status_code for answer in refused.values()} == {429}
    assert len({answer.text for answer in refused.values()}) == 1


def test_during_a_flood_the_owner_signs_in_from_her_device_and_strangers_wait(hashed: list[str]) -> None:
    account = open_account("editor@example.org")
    own = signed_in(account, address="203.0.113.5")
    own.post("/account/sign-out/")
    for number in range(110):
        try_password(browser_at(f"198.51.100.{number}"), "editor@example.org", "wrong")

    stranger = try_password(browser_at("203.0.113.9"), "editor@example.org")
    owner = try_password(own, "editor@example.org")

    assert len(hashed) <= 102
    assert stranger.status_code == 429
    assert owner.status_code == 302


def test_a_neighbour_behind_the_same_address_does_not_lock_a_known_device_out() -> None:
    account = open_account("editor@example.org")
    own = signed_in(account)
    own.post("/account/sign-out/")
    neighbour = browser_at()
    for number in range(40):
        try_password(neighbour, f"{number}@example.org", "wrong")
        try_password(neighbour, "editor@example.org", "wrong")

    assert try_password(browser_at(), "editor@example.org").status_code == 429
    assert try_password(own, "editor@example.org").status_code == 302


def test_a_device_is_known_to_its_own_account_only() -> None:
    signed_in(open_account("other@example.org"), address="203.0.113.5")
    open_account("editor@example.org")
    mallory = signed_in(open_account("mallory@example.org"), address="203.0.113.6")
    mallory.post("/account/sign-out/")
    for number in range(100):
        throttle.note_failure("sign-in", account="editor@example.org", address=f"198.51.100.{number}")

    assert try_password(mallory, "editor@example.org", "wrong").status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "forged:1:signature", None])
def test_a_cookie_that_this_node_did_not_sign_makes_no_known_device(cookie: str | None) -> None:
    account = open_account("editor@example.org")
    own = signed_in(account, address="203.0.113.5")
    value = own.cookies["serai-device"].value
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    stranger.cookies["serai-device"] = f"{value[:-1]}{'A' if value[-1] != 'A' else 'B'}" if cookie is None else cookie
    for number in range(100):
        throttle.note_failure("sign-in", account="editor@example.org", address=f"198.51.100.{number}")

    assert try_password(stranger, "editor@example.org").status_code == 429


def test_after_a_new_password_former_devices_are_strangers_and_this_one_is_not() -> None:
    account = open_account("editor@example.org")
    former, here = signed_in(account, address="203.0.113.5"), signed_in(account, address="203.0.113.6")
    new = "three wagons cross at noon"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    here.post("/account/sign-out/")
    for number in range(100):
        throttle.note_failure("sign-in", account="editor@example.org", address=f"198.51.100.{number}")

    assert try_password(former, "editor@example.org", new).status_code == 429
    assert try_password(here, "editor@example.org", new).status_code == 302


def test_an_open_session_is_no_leave_to_guess_the_password(hashed: list[str]) -> None:
    client = signed_in(open_account("editor@example.org"))
    hashed.clear()
    form = {"password1": "three wagons cross at noon", "password2": "three wagons cross at noon"}

    answers = [client.post("/account/password/change/", {"oldpassword": f"{n}", **form}) for n in range(8)]

    assert len(hashed) <= 5
    assert answers[-1].status_code == 429
    assert is_signed_in(client)


def test_what_two_processes_count_adds_up(run_together: Any) -> None:
    program = """
from serai.site.accounts import throttle
for number in range(50):
    throttle.note_failure("sign-in", account="a@example.org", address="192.0.2.1")
print("done")
"""
    count = (
        "from serai.site.accounts.models import Failure\nprint(sorted(Failure.objects.values_list('count', flat=True)))"
    )

    assert run_together(program, program) == ["done\n", "done\n"]
    counts = eval(run_together(count)[0])
    assert sum(counts) == 300  # in one window, or in two when the quarter of an hour turned meanwhile
