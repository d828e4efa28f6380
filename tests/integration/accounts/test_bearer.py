"""Who calls the API: the account of a token that is good, inside its limits; else the public, or nobody at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from serai.kernel import clock
from serai.kernel.roles import Actor, ActorKind, Grant, Role
from serai.kernel.who import actor_of
from serai.register.followup.rights import LIMITS
from serai.site.accounts import actions
from serai.site.accounts.bearer import Bearer
from serai.site.accounts.errors import BadToken
from serai.site.accounts.models import ApiToken, Failure
from serai.site.accounts.refusals import TooManyTries
from serai.site.accounts.rights import is_operator
from tests.signing_in import open_account, signed_in

pytestmark = pytest.mark.django_db


def make_token(account: Any, *limits: str, days: int = 1) -> str:
    return actions.make_token(
        account=account, name="nightly", limits=limits or ("read",), days=days, actor=Actor.operator()
    )


def call(header: str | None, address: str = "192.0.2.1") -> Any:
    """Return the request of a program that was let in."""
    more: dict[str, Any] = {} if header is None else {"HTTP_AUTHORIZATION": header}
    request = RequestFactory().get("/api/v1/follow-up/work", REMOTE_ADDR=address, **more)
    Bearer()(request)
    return request


def test_a_token_acts_as_its_account_inside_its_limits() -> None:
    account = open_account(role=Role.EDITOR)
    token = make_token(account, "ask", "read")

    actor = actor_of(call(f"Bearer {token}"))

    assert (actor.kind, actor.name, actor.limits) == (ActorKind.ACCOUNT, str(account.pk), frozenset({"read", "ask"}))
    assert actor.grants == frozenset({Grant(Role.EDITOR)})


def test_a_token_begins_as_scanners_know_it_and_is_kept_as_a_hash_only() -> None:
    token = make_token(open_account())

    kept = ApiToken.objects.values().get()

    assert token.startswith("serai_")
    assert len(token) >= 49  # 256 bits
    assert not any(token[6:] in str(value) for value in kept.values())


def test_a_role_taken_away_is_taken_from_the_tokens() -> None:
    account = open_account(role=Role.EDITOR)
    token = make_token(account)
    actions.revoke_role(account=account, grant=Grant(Role.EDITOR), actor=Actor.operator())

    assert actor_of(call(f"Bearer {token}")).grants == frozenset()


def test_the_token_of_an_operator_manages_nobody() -> None:
    token = make_token(open_account(role=Role.OPERATOR), *LIMITS)

    assert not is_operator(actor_of(call(f"Bearer {token}")))


def test_without_the_header_the_caller_is_the_public_whatever_cookies_came_along() -> None:
    client = signed_in(open_account(role=Role.EDITOR))
    request = RequestFactory().get("/api/v1/follow-up/work")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    request.user = open_account("another@example.org", role=Role.EDITOR)

    Bearer()(request)

    assert actor_of(request) == Actor.public()


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer serai_never", "Basic Zm9vOmJhcg==", "Bearer \udcff", "Bearer " + "x" * 9999],
)
def test_what_is_no_token_is_refused(header: str) -> None:
    open_account()

    with pytest.raises(BadToken) as refusal:
        call(header)

    assert (refusal.value.code, refusal.value.http_status) == ("bad_token", 401)


def test_the_word_bearer_is_read_in_any_case() -> None:
    account = open_account()

    assert actor_of(call(f"bearer  {make_token(account)} ")).account == str(account.pk)


def test_a_token_that_was_ended_is_refused() -> None:
    token = make_token(open_account())
    actions.end_token(number=ApiToken.objects.get().pk, actor=Actor.operator())

    with pytest.raises(BadToken):
        call(f"Bearer {token}")


def test_a_token_is_refused_from_the_moment_it_expires() -> None:
    token = make_token(open_account(), days=1)
    expires_at = ApiToken.objects.get().expires_at

    with clock.frozen(expires_at - timedelta(microseconds=1)):
        call(f"Bearer {token}")
    with clock.frozen(expires_at), pytest.raises(BadToken):
        call(f"Bearer {token}")


def test_the_tokens_of_a_closed_account_end_and_stay_so_when_it_is_reopened() -> None:
    account = open_account()
    token = make_token(account)
    actions.close_account(account=account, reason="left", actor=Actor.operator())

    with pytest.raises(BadToken):
        call(f"Bearer {token}")
    actions.reopen_account(account=account, actor=Actor.operator())
    with pytest.raises(BadToken):
        call(f"Bearer {token}")


def test_the_last_use_is_written_at_most_once_a_day(django_assert_num_queries: Any) -> None:
    token = make_token(open_account(), days=9)
    made_at = ApiToken.objects.get().made_at

    call(f"Bearer {token}")
    with django_assert_num_queries(2):  # the token with its account, and what it was granted
        call(f"Bearer {token}")
    with clock.frozen(made_at + timedelta(days=2)):
        call(f"Bearer {token}")

    assert ApiToken.objects.get().last_used == (made_at + timedelta(days=2)).date()


def test_wrong_tokens_are_slowed_down_by_address_and_no_program_is_locked_out_by_a_neighbour() -> None:
    token = make_token(open_account())
    for number in range(30):
        with pytest.raises(BadToken):
            call(f"Bearer serai_guess{number}")

    with pytest.raises(TooManyTries):
        call("Bearer serai_guess30")
    with pytest.raises(BadToken):
        call("Bearer serai_guess31", address="192.0.2.2")

    assert actor_of(call(f"Bearer {token}")).account
    assert Failure.objects.filter(kind="token").count() == 2  # a row per address, however many tries
