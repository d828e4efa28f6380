"""A write of a program is done once under its key; its repeats get the answer kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from serai.kernel import clock
from serai.register.followup.api.errors import KeyOfAnother
from serai.register.followup.api.once import Answer, Write
from serai.site.accounts.idempotency import KEPT, keep_answer, sweep_answers
from serai.site.accounts.models import IdempotentAnswer
from tests.signing_in import open_account

pytestmark = pytest.mark.django_db


class Doing:
    """Counts how often a write was done, and answers with the count."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Answer:
        self.times += 1
        return Answer(201, f'{{"done": {self.times}, "word": "Пётр 卡"}}')


def write_of(account: Any, *, key: str = "k", fingerprint: str = "a" * 64) -> Write:
    return Write(account=str(account.pk), key=key, fingerprint=fingerprint)


def test_a_repeat_gets_the_first_answer_and_nothing_is_done() -> None:
    act, write = Doing(), write_of(open_account())

    first = keep_answer(write, act)
    again = keep_answer(write, act)

    assert act.times == 1
    assert (again.status, again.body) == (first.status, first.body)
    assert (first.is_repeat, again.is_repeat) == (False, True)


def test_the_same_key_with_another_request_is_refused_by_name_and_nothing_is_done() -> None:
    account, act = open_account(), Doing()
    keep_answer(write_of(account), act)

    with pytest.raises(KeyOfAnother) as refusal:
        keep_answer(write_of(account, fingerprint="b" * 64), act)

    assert act.times == 1
    assert "“k”" in str(refusal.value)


def test_two_accounts_may_use_the_same_key() -> None:
    act = Doing()

    for email in ("a@example.org", "b@example.org"):
        keep_answer(write_of(open_account(email)), act)

    assert act.times == 2


def test_a_write_that_failed_may_be_repeated() -> None:
    def fail() -> Answer:
        open_account("made-by-the-write@example.org")
        raise IntegrityError

    account, act = open_account(), Doing()

    with pytest.raises(IntegrityError):
        keep_answer(write_of(account), fail)
    keep_answer(write_of(account), act)

    assert act.times == 1
    assert type(account).objects.count() == 1  # the change went with its failure


def test_the_answer_goes_when_the_change_goes() -> None:
    account = open_account()

    @transaction.atomic
    def keep_and_fail() -> None:
        keep_answer(write_of(account), Doing())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        keep_and_fail()

    assert not IdempotentAnswer.objects.exists()


def test_answers_are_kept_for_two_days() -> None:
    account, act = open_account(), Doing()
    keep_answer(write_of(account), act)
    at = IdempotentAnswer.objects.get().at

    assert sweep_answers(at + KEPT) == 0
    assert keep_answer(write_of(account), act).is_repeat
    assert sweep_answers(at + KEPT + timedelta(seconds=1)) == 1


def test_the_worker_sweeps_answers() -> None:
    from serai.site import wiring

    keep_answer(write_of(open_account()), Doing())

    wiring._sweep(clock.now() + KEPT + timedelta(minutes=1))

    assert not IdempotentAnswer.objects.exists()
